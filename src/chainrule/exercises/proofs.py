"""The exercises of section 1.5."""

from collections.abc import Iterator
from math import comb
from typing import Any

import numpy as np

from .core import Exercise, vectors


def _probabilities(rng: np.random.Generator) -> Iterator[tuple]:
    for classes in (2, 3, 3, 4):
        yield (rng.dirichlet(np.ones(classes)).round(3),)


def _jacobian(a: Any) -> list[list[float]]:
    indices = range(len(a))
    return [[a[i] * ((i == j) - a[j]) for j in indices] for i in indices]


def _outer(delta: Any, a: Any) -> list[list[float]]:
    return [[d * a_k for a_k in a] for d in delta]


EXERCISES = {
    "which-theorem-fails": Exercise(difficulty=2, solution="b")
    .wrong("a", "the output layer has tanh: it is elementwise, and (1.4) is about it alone")
    .wrong("c", "(1.8) only asks how z depends on b: no activation comes into it")
    .wrong("d", "(1.9) only asks how z depends on w: no activation comes into it"),
    "where-it-breaks": Exercise(difficulty=2, solution="c")
    .wrong("a", "that is what an error is, by definition")
    .wrong("b", "that is the chain rule, with one term for each neuron above")
    .wrong("d", "this line follows from the one before: the mistake is made already"),
    "weights-of-a-layer": Exercise(difficulty=1, solution=_outer, cases=vectors)
    .wrong(lambda d, a: np.outer(a, d), "transposed: δ gives the row, a the column")
    .wrong(lambda d, a: d * a, "that is the diagonal: every δ_j meets every a_k")
    .wrong(lambda d, a: d @ a, "a number: δᵀ a; wanted is δ aᵀ"),
    "jacobian-entry": Exercise(difficulty=1, solution=-0.15, bound=1e-6)
    .wrong(0.15, "to raise one logit lowers the other probabilities")
    .wrong(0.25, "that is i = j = 1")
    .wrong(0.21, "that is i = j = 2")
    .wrong(0.0, "softmax is not elementwise"),
    "softmax-jacobian": Exercise(difficulty=2, solution=_jacobian, cases=_probabilities)
    .wrong(lambda a: np.diag(a * (1 - a)), "only the diagonal: the others depend on z_j, too")
    .wrong(lambda a: np.diag(a) + np.outer(a, a), "the sign off the diagonal: −a_i a_j")
    .wrong(lambda a: np.outer(a, 1 - a), "the 1 belongs to i = j alone")
    .wrong(lambda a: np.outer(a, a) - np.diag(a), "all signs are flipped"),
    "curvature-of-two": Exercise(difficulty=2, solution=1.0)
    .wrong(2.0, "each pair comes twice in the double sum: that is what the ½ is for")
    .wrong(0.5, "the difference of 1 and −1 is 2, and its square 4")
    .wrong(0.25, "a₁ a₂ is ¼, but the difference of v is 2, not 1")
    .wrong(0.0, "0 is right for v = (1, 1)"),
    "batches-with-sample": Exercise(difficulty=2, solution=comb(6, 2))
    .wrong(comb(7, 3), "that is how many batches there are in all")
    .wrong(comb(6, 3), "that is how many do without it")
    .wrong(comb(7, 2), "one of the three is chosen already, and it is not among the rest")
    .wrong(3 / 7, "that is their share; how many are they?"),
    "weights-add-up": Exercise(difficulty=2, solution=44, bound=1e-3)
    .wrong(43, "1 − 0.9⁴³ is 0.98922: not yet")
    .wrong(43.7, "steps are whole numbers")
    .wrong(22, "that is for 0.9")
    .wrong(4603, "that is for β₂ = 0.999"),
    "map-of-nesterov": Exercise(difficulty=3, solution=-10.0, bound=1e-6)
    .wrong(-5.0, "that is b for the old rate: what is it multiplied with?")
    .wrong(-2.5, "the other way round: times the old rate over the new one")
    .wrong(10.0, "v points downhill and b uphill")
    .wrong(-0.5, "that is −v: the rate has to be taken out of it"),
    "bound-of-three": Exercise(difficulty=2, solution=0.25**3 * 4)
    .wrong(0.25**3 * 8, "between layers 3 and 1 there are two weight matrices, not three")
    .wrong(0.25**2 * 4, "there are three slopes: of layers 3, 2 and 1")
    .wrong(0.25**3, "the weights stretch, too")
    .wrong(0.25 * 2, "that is one layer"),
    "backward-count": Exercise(difficulty=2, solution=115_200)
    .wrong(97_600, "that is the forward pass")
    .wrong(195_200, "the first layer's inputs need no error")
    .wrong(7_200, "that is one sample")
    .wrong(212_800, "that is both passes"),
    "price-of-differences": Exercise(difficulty=2, solution=2 * 13 * 9)
    .wrong(13 * 9, "central differences run the network twice for each parameter")
    .wrong(2 * 9 * 9, "the biases are parameters, too")
    .wrong(26, "that is the number of runs: how many multiplications has each?")
    .wrong(9 + 12, "that is both passes of backpropagation"),
}
