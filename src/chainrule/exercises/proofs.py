"""The exercises of section 1.5."""

from collections.abc import Iterator
from math import ceil, comb, log
from typing import Any

import numpy as np

from .core import Exercise
from .variants import Drawn

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


COUNTS = {7: "seven", 8: "eight", 9: "nine", 10: "ten"}
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _entry(a: tuple[float, float, float] = (0.5, 0.3, 0.2)) -> Exercise:
    a1, a2, a3 = a
    right = -a3 * (a1 + a2)
    return (
        Exercise(difficulty=2, solution=right)
        .wrong(-right, "the sign is wrong: raising other logits lowers this probability")
        .wrong(-a1 * a3, "that is what the first logit does; the second rises, too")
        .wrong(-a2 * a3, "that is what the second logit does; the first rises, too")
        .wrong(0.0, "0 would be right if all three logits rose")
        .wrong(-a1 * a2, "that is −a₁ a₂, what one of the two does to the other")
        .wrong(-a1 - a2, "each entry has the factor a₃, too")
    )


def _curvature(p: float = 0.9) -> Exercise:
    q = round(1 - p, 6)
    return (
        Exercise(difficulty=2, solution=1 / (4 * p * q), bound=1e-4)
        .wrong(4 * p * q, "the other way round: that is the second over the first")
        .wrong(1.0, "that is the curvature at a = (½, ½): divide it by the other")
        .wrong(0.5 / q, "both probabilities stand in the sum, as a₁ a₂")
        .wrong(0.25 / p**2, f"a₁ a₂ is {p * q:.2g} at the second place, not {p * p:.2g}")
    )


def _batches(samples: int = 7) -> Exercise:
    return (
        Exercise(difficulty=2, solution=comb(samples - 1, 2))
        .wrong(comb(samples, 3), "that is how many batches there are in all")
        .wrong(comb(samples - 1, 3), "that is how many leave it out")
        .wrong(
            comb(samples, 2),
            "one of the three is chosen already, and it is not among the rest",
        )
        .wrong(3 / samples, "that is their share; how many are there?")
    )


def _add_up(beta: float = 0.9) -> Exercise:
    steps = log(0.01) / log(beta)
    before = int(steps)
    return (
        Exercise(difficulty=2, solution=before + 1)
        .wrong(
            before,
            f"1 − {beta}{str(before).translate(RAISED)} is {1 - beta**before:.5f}: not yet",
        )
        .wrong(round(steps, 1), "steps are whole numbers")
        .wrong(ceil(log(0.1) / log(beta)), "that is where they pass 0.9")
        .wrong(4603, "that is for β₂ = 0.999")
    )


def _map(v: float = 0.5) -> Exercise:
    return (
        Exercise(difficulty=3, solution=-20 * v, bound=1e-6)
        .wrong(-10 * v, "that is b for the old rate: by what is it multiplied?")
        .wrong(-5 * v, "the other way round: times the old rate over the new one")
        .wrong(20 * v, "v points downhill and b uphill")
        .wrong(-v, "that is −v: the rate has to be divided out of it")
    )


def _bound(norm: float = 2) -> Exercise:
    return (
        Exercise(difficulty=2, solution=0.25**3 * norm**2)
        .wrong(
            0.25**3 * norm**3,
            "between layers 3 and 1 there are two weight matrices, not three",
        )
        .wrong(0.25**2 * norm**2, "there are three slopes: of layers 3, 2 and 1")
        .wrong(0.25**3, "the weights stretch, too")
        .wrong(0.25 * norm, "that is one layer")
    )


def _backward(batch: int = 16) -> Exercise:
    forward = batch * 6100
    right = 2 * forward - batch * 5000
    return (
        Exercise(difficulty=2, solution=right)
        .wrong(forward, "that is the forward pass")
        .wrong(2 * forward, "the first layer's inputs need no error")
        .wrong(7_200, "that is one sample")
        .wrong(forward + right, "that is both passes")
    )


def _price(hidden: int = 3) -> Exercise:
    parameters, forward = 4 * hidden + 1, 3 * hidden
    return (
        Exercise(difficulty=2, solution=2 * parameters * forward)
        .wrong(
            parameters * forward,
            "central differences run the network twice for each parameter",
        )
        .wrong(2 * forward**2, "the biases are parameters, too")
        .wrong(2 * parameters, "that is the number of runs: how many multiplications has each?")
        .wrong(7 * hidden, "that is both passes of backpropagation")
    )


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
    "jacobian-entry": _entry(),
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
    "curvature-of-two": _curvature(),
    "batches-with-sample": _batches(),
    "weights-add-up": _add_up(),
    "map-of-nesterov": _map(),
    "bound-of-three": _bound(),
    "backward-count": _backward(),
    "price-of-differences": _price(),
}

DRAWN = {
    "jacobian-entry": Drawn(
        _entry,
        {"a": ((0.4, 0.5, 0.1), (0.6, 0.1, 0.3), (0.1, 0.5, 0.4))},
        lambda a: [r"$a = ({},\ {},\ {})$".format(*a)],
    ),
    "curvature-of-two": Drawn(
        _curvature, {"p": (0.6, 0.7, 0.8)}, lambda p: [f"$a = ({p}, {round(1 - p, 6)})$"]
    ),
    "batches-with-sample": Drawn(
        _batches,
        {"samples": (8, 9, 10)},
        lambda samples: [f"drawn from {COUNTS[samples]} samples"],
    ),
    "weights-add-up": Drawn(
        _add_up, {"beta": (0.7, 0.8, 0.95)}, lambda beta: [rf"$\beta = {beta}$"]
    ),
    "map-of-nesterov": Drawn(_map, {"v": (0.2, 0.3, 0.6)}, lambda v: [f"$v_t = {v}$"]),
    "bound-of-three": Drawn(
        _bound,
        {"norm": (1.5, 3, 5)},
        lambda norm: [rf"\lVert w^3 \rVert_2 = {norm}$"],
    ),
    "backward-count": Drawn(
        _backward, {"batch": (8, 32, 64)}, lambda batch: [f"a batch of {batch}?"]
    ),
    "price-of-differences": Drawn(
        _price, {"hidden": (2, 4, 5)}, lambda hidden: [f"network 2–{hidden}–1,"]
    ),
}
