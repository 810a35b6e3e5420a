"""The exercises of section 1.5."""

from collections.abc import Iterator
from math import comb
from typing import Any

import numpy as np

from .core import Exercise

SIZES = ((2, 3), (1, 2), (3, 1), (2, 2), (3, 4))  # of a layer, outputs and inputs
NUMBERS = [0.0, -1.5, 2.0, 0.25, -1.0, 0.75]


def _of_two_inputs(rng: np.random.Generator) -> Iterator[tuple]:
    outs, ins = zip(*SIZES, strict=True)
    arguments = [
        np.split(rng.permutation(np.resize(NUMBERS, sum(sizes))), np.cumsum(sizes)[:-1])
        for sizes in (outs, ins, outs, ins)
    ]
    yield from zip(*arguments, strict=True)


def _probabilities(rng: np.random.Generator) -> Iterator[tuple]:
    for classes in (2, 3, 1, 4):
        yield (rng.dirichlet(np.ones(classes)),)


def _jacobian(a: Any) -> list[list[float]]:
    indices = range(len(a))
    return [[a[i] * ((i == j) - a[j]) for j in indices] for i in indices]


def _shared(delta: Any, a: Any, delta2: Any, a2: Any) -> list[list[float]]:
    return [[delta[j] * a[k] + delta2[j] * a2[k] for k in range(len(a))] for j in range(len(delta))]


EXERCISES = {
    "which-theorem-fails": Exercise(difficulty=2, solution="b")
    .wrong("a", "the output layer has tanh: it is elementwise, and (1.4) is about it alone")
    .wrong("c", "(1.8) only asks how z depends on b: no activation comes into it")
    .wrong("d", "(1.9) only asks how z depends on w: no activation comes into it"),
    "where-it-breaks": Exercise(difficulty=2, solution="c")
    .wrong("a", "that is what an error is, by definition")
    .wrong("b", "that is the chain rule, with one term for each neuron above")
    .wrong("d", "this line follows from the one before: the mistake was made before"),
    "weights-of-a-layer": Exercise(difficulty=2, solution=_shared, cases=_of_two_inputs)
    .wrong(
        lambda d, a, d2, a2: np.outer(a, d) + np.outer(a2, d2),
        "transposed: δ numbers the rows, a the columns",
    )
    .wrong(lambda d, a, d2, a2: np.outer(d, a), "w acts on the cost through the second input, too")
    .wrong(
        lambda d, a, d2, a2: (np.outer(d, a) + np.outer(d2, a2)) / 2,
        "the chain rule adds the two contributions; it does not take their mean",
    )
    .wrong(
        lambda d, a, d2, a2: np.outer(d + d2, a + a2),
        "too many products: the error of one input never meets the activation of the other",
    )
    .wrong(
        lambda d, a, d2, a2: np.outer(d, a2) + np.outer(d2, a),
        "crossed: each error belongs to the activations of its own input",
    )
    .wrong(
        lambda d, a, d2, a2: d * a + d2 * a2,
        "that is the diagonal at best: every δ_j meets every a_k",
    ),
    "jacobian-entry": Exercise(difficulty=2, solution=-0.16)
    .wrong(0.16, "the sign is wrong: raising other logits lowers this probability")
    .wrong(-0.1, "that is what the first logit does; the second rises, too")
    .wrong(-0.06, "that is what the second logit does; the first rises, too")
    .wrong(0.0, "0 would be right if all three logits rose")
    .wrong(-0.15, "that is −a₁ a₂, what one of the two does to the other")
    .wrong(-0.8, "each entry has the factor a₃, too"),
    "softmax-jacobian": Exercise(difficulty=2, solution=_jacobian, cases=_probabilities)
    .wrong(
        lambda a: np.diag(a * (1 - a)),
        "that is the diagonal alone: the other probabilities depend on z_j, too",
    )
    .wrong(
        lambda a: np.diag(a) + np.outer(a, a), "off the diagonal the sign is wrong: it is −a_i a_j"
    )
    .wrong(lambda a: np.outer(a, 1 - a), "the 1 belongs to i = j alone")
    .wrong(lambda a: np.outer(a, a) - np.diag(a), "all signs are flipped"),
    "curvature-of-two": Exercise(difficulty=2, solution=25 / 9, bound=1e-4)
    .wrong(0.36, "the other way round: that is the second over the first")
    .wrong(1.0, "that is the curvature at a = (½, ½): divide it by the other")
    .wrong(5.0, "both probabilities stand in the sum, as a₁ a₂")
    .wrong(25 / 81, "a₁ a₂ is 0.09 at the second place, not 0.81"),
    "batches-with-sample": Exercise(difficulty=2, solution=comb(6, 2))
    .wrong(comb(7, 3), "that is how many batches there are in all")
    .wrong(comb(6, 3), "that is how many leave it out")
    .wrong(comb(7, 2), "one of the three is chosen already, and it is not among the rest")
    .wrong(3 / 7, "that is their share; how many are there?"),
    "weights-add-up": Exercise(difficulty=2, solution=44)
    .wrong(43, "1 − 0.9⁴³ is 0.98922: not yet")
    .wrong(43.7, "steps are whole numbers")
    .wrong(22, "that is where they pass 0.9")
    .wrong(4603, "that is for β₂ = 0.999"),
    "map-of-nesterov": Exercise(difficulty=3, solution=-10.0, bound=1e-6)
    .wrong(-5.0, "that is b for the old rate: by what is it multiplied?")
    .wrong(-2.5, "the other way round: times the old rate over the new one")
    .wrong(10.0, "v points downhill and b uphill")
    .wrong(-0.5, "that is −v: the rate has to be divided out of it"),
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
