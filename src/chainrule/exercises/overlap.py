"""The exercises of 1.4.5 to 1.4.8."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..ledger.overlap import twins
from .core import Exercise


def _mask(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(3):
        yield rng.uniform(0, 1, 6).round(2), rng.permutation([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    yield np.zeros(6), np.zeros(6)


def _p_and_gamma(rng: np.random.Generator) -> Iterator[tuple]:
    for gamma in (1.0, 2.0, 5.0):
        yield rng.uniform(0.05, 0.95, 4).round(2), gamma


def _triplet_points(rng: np.random.Generator) -> Iterator[tuple]:
    for away in (0.0, 0.0, 5.0):
        a, p, n = rng.standard_normal((3, 2)).round(1)
        yield a, p, n + away, 1.0


def _soft_dice(p: Any, y: Any, above: float = 1.0, union: float = 0.0) -> float:
    """Give the soft Dice score with smoothing 1, or what it is with one of its parts wrong."""
    hit = (p * y).sum()
    return (2 * hit + above) / (p.sum() + y.sum() - union * hit + 1)


EXERCISES: dict[str, Exercise] = {
    "soft-dice": Exercise(
        difficulty=1, solution=lambda p, y: 1 - twins.dice(p[:, None], y[:, None], 1.0), cases=_mask
    )
    .wrong(
        lambda p, y: _soft_dice(p, y, above=0.0),
        "right but for the smoothing above the line: a class that is absent and not "
        "predicted scores 0 (erratum E24)",
    )
    .wrong(
        lambda p, y: _soft_dice(p, y, union=1.0),
        "the denominator is the union here; Dice has the sum of the two sizes (erratum E20)",
    )
    .wrong(lambda p, y: 1 - _soft_dice(p, y), "that is the loss; the score was asked")
    .wrong(
        lambda p, y: _soft_dice(np.round(p), y),
        "p is rounded to 0 and 1 here: that has no gradient to train on",
    ),
    "missed-pixels": Exercise(difficulty=1, solution=100)
    .wrong(50, "that is 300 − 250, the tumour predictions that are wrong: the other count")
    .wrong(200, "that is how the predicted sizes differ from the true ones")
    .wrong(0, "3500 pixels are background and 3400 of them were found")
    .wrong(250, "those are the tumour pixels that were found"),
    "focal-factor": Exercise(difficulty=1, solution=0.04, bound=1e-3)
    .wrong(0.64, "that is p_t²; the factor is (1 − p_t)²")
    .wrong(0.2, "that is 1 − p_t: raise it to the power γ")
    .wrong(25, "that is by how much the loss shrinks; the factor is its inverse")
    .wrong(0.04 * -math.log(0.8), "that is the focal loss itself"),
    "focal-slope": Exercise(
        difficulty=2,
        solution=lambda p, gamma: [
            gamma * (1 - p_i) ** (gamma - 1) * math.log(p_i) - (1 - p_i) ** gamma / p_i for p_i in p
        ],
        cases=_p_and_gamma,
    )
    .wrong(
        lambda p, gamma: -((1 - p) ** gamma) / p,
        "the factor (1 − p)^γ depends on p, too: product rule",
    )
    .wrong(
        lambda p, gamma: -gamma * (1 - p) ** (gamma - 1) * np.log(p) - (1 - p) ** gamma / p,
        "the first term has the wrong sign: the inner derivative of 1 − p is −1",
    )
    .wrong(
        lambda p, gamma: gamma * (1 - p) ** (gamma - 1) / p,
        "the two derivatives are multiplied; the product rule adds two products",
    ),
    "one-triplet": Exercise(
        difficulty=1,
        solution=lambda a, p, n, margin: max(math.dist(a, p) - math.dist(a, n) + margin, 0.0),
        cases=_triplet_points,
    )
    .wrong(
        lambda a, p, n, m: math.dist(a, p) - math.dist(a, n) + m,
        "right where it is positive; where the negative is far enough, it costs nothing",
    )
    .wrong(
        lambda a, p, n, m: max(math.dist(a, n) - math.dist(a, p) + m, 0.0),
        "the other way round: the positive should be near and the negative far",
    )
    .wrong(lambda a, p, n, m: max(math.dist(a, p) - math.dist(a, n), 0.0), "the margin is missing")
    .wrong(
        lambda a, p, n, m: max(math.dist(a, p) ** 2 - math.dist(a, n) ** 2 + m, 0.0),
        "these are squared distances",
    ),
    "fewer-missed": Exercise(difficulty=1, solution="c")
    .wrong("a", "α weighs false positives: raising it makes the prediction more careful")
    .wrong("b", "β weighs what is missed: lowering it makes that cheaper still")
    .wrong("d", "the smoothing matters where a class is absent; it does not choose a side"),
}
