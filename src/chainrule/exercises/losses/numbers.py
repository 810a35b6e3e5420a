"""The exercises of 1.4 to 1.4.3: likelihood, and losses of numbers."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core import Exercise
from ..variants import Drawn


def _predictions_and_widths(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([0.5, -1.0, 0.0]), np.array([0.5, 2.0, 1.0]), np.array([0.0, 1.5, 3.0])
    for n in (1, 4):
        m, y = (2 * rng.standard_normal((2, n))).round(1)
        yield m, rng.uniform(0.3, 4, n).round(1), y


def _errors_and_delta(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([0.0, 2.0, -1.0, 0.7, -0.2]), 1.5
    yield np.array([-3.0]), 2.0
    # between them a threshold may lie that is not δ
    yield np.array([1.2, -1.3, 0.4, 2.5]), 1.5
    yield np.array([0.8, -0.7, 0.2, -1.5]), 0.5
    for n, delta in ((3, 0.45), (6, 0.75)):  # which no error is
        yield (2 * rng.standard_normal(n)).round(1), delta


_ROOT = math.sqrt(2 * math.pi)


def _gaussian(
    m: Any, width: Any, y: Any, half: float = 0.5, power: int = 2, log_width: float = 1.0
) -> Any:
    """Give the mean of (m − y)² / 2τ² + log τ + ½ log 2π, or what it is with a part wrong."""
    each = half * (m - y) ** 2 / width**power + log_width * np.log(width)
    return np.mean(each + 0.5 * np.log(2 * np.pi))


def _rain(first: float = 0.8, third: float = 0.1) -> Exercise:
    likelihood = first * 0.5 * (1 - third)
    return (
        Exercise(difficulty=1, solution=-math.log(likelihood) / 3)
        .wrong(-math.log(likelihood), "that is the sum over the three days; the loss is their mean")
        .wrong(likelihood, "that is the likelihood: take −log of it, and divide by N")
        .wrong(
            -math.log(first * 0.5 * third) / 3,
            f"the third day stayed dry: what was seen there had the probability 1 − {third}",
        )
        .wrong(
            -math.log((first + 0.5 + 1 - third) / 3),
            "that is −log of the mean probability: take the mean of the logarithms",
        )
        .wrong(
            math.log(likelihood) / 3,
            "the sign is missing: the logarithm of a probability is ≤ 0",
        )
        .wrong(
            -math.log10(likelihood) / 3,
            "that is the logarithm to base 10; take the natural one",
        )
    )


def _pull(small: float = 0.2, large: int = 10) -> Exercise:
    ratio = large / small
    return (
        Exercise(difficulty=1, solution=ratio)
        .wrong(ratio**2, "that is how many times as much it costs; the pull is the slope, 2e")
        .wrong(1, "that is the absolute error's: its slope has the size 1 everywhere")
        .wrong(
            2 * ratio,
            f"the slopes are 2 · {small} = {2 * small} and 2 · {large} = {2 * large}: take their "
            "ratio",
        )
        .wrong(
            large,
            f"that is the error of the outlier; the other sample has one, too: {small}",
        )
        .wrong(
            small / large,
            "that is how much harder the first pulls than the second: turn the ratio over",
        )
    )


def _join(delta: int = 3) -> Exercise:
    half = delta**2 / 2
    return (
        Exercise(difficulty=2, solution=half)
        .wrong(
            0,
            f"then the loss would jump: the parabola ends at ½ · {delta}² = {half:g}, the line "
            f"begins at {delta**2}",
        )
        .wrong(delta**2, f"the parabola has a ½, too: at {delta} it has the value {half:g}")
        .wrong(
            delta / 2,
            "in δ (|e| − ½ δ) the δ in front multiplies the ½ δ, too: that makes δ|e| − ½ δ²",
        )
    )


NUMBERS: dict[str, Exercise] = {
    "likelihood-of-rain": _rain(),
    "gaussian-loss": Exercise(
        difficulty=2,
        solution=lambda m, width, y: (
            sum(
                (m_i - y_i) ** 2 / (2 * w_i**2) + math.log(w_i) + math.log(2 * math.pi) / 2
                for m_i, w_i, y_i in zip(m, width, y, strict=True)
            )
            / len(m)
        ),
        cases=_predictions_and_widths,
    )
    .wrong(
        lambda m, width, y: _gaussian(m, width, y, log_width=0.0),
        "log τ is missing: without it the network could make the loss small by claiming that the "
        "noise is endlessly wide",
    )
    .wrong(
        lambda m, width, y: _gaussian(m, width, y, half=1.0),
        "the ½ is missing: the exponent of the density is (y − m)² / 2τ²",
    )
    .wrong(
        lambda m, width, y: _gaussian(m, width, y, power=1),
        "the square of the error is divided by τ here; it has to be divided by τ²",
    )
    .wrong(
        lambda m, width, y: _gaussian(m, width, y, log_width=-1.0),
        "the sign of log τ is wrong: the density has the factor 1/τ, so −log of it is + log τ",
    )
    .wrong(
        lambda m, width, y: _gaussian(m, width, y) * len(m),
        "that is the sum over the samples; the mean was asked for",
    )
    .wrong(
        lambda m, width, y: _gaussian(m, width, y) - 0.5 * math.log(2 * math.pi),
        "right but for the constant log √2π, which was asked for as well",
    )
    .wrong(
        lambda m, width, y: np.mean((m - y) ** 2) / (2 * width**2) + np.log(width * _ROOT),
        "that is (1.4b) with an array for τ: it has one τ for all. Divide each error by its own, "
        "and take the mean of everything",
    )
    .wrong(
        lambda m, width, y: np.mean(np.mean((m - y) ** 2) / (2 * width**2) + np.log(width * _ROOT)),
        "the mean of the squares comes too early: divide each error by its own τ, then take the "
        "mean",
    )
    .wrong(
        lambda m, width, y: np.mean(np.abs(m - y) / width + np.log(2 * width)),
        "that is the loss of Laplace noise (1.4c); the noise is Gaussian",
    )
    .wrong(
        lambda m, width, y: _gaussian(m, np.sqrt(width), y),
        "τ is taken for the variance here; it is the width, and the variance is τ²",
    ),
    "one-more-logit": Exercise(difficulty=2, solution="d")
    .wrong(
        "a",
        "that is so if z goes from 0 to 1. But from z = 5, p would pass 1: the steps of p get "
        "smaller and smaller. Compare p/(1 − p) before and after",
    )
    .wrong(
        "b",
        "nearly so where p is small. But 0.9 times e is no probability. Compare p/(1 − p) before "
        "and after",
    )
    .wrong(
        "c",
        "nearly so where p is close to 1. But where p is 0.01, 1 − p hardly moves. Compare p/(1 "
        "− p) before and after",
    ),
    "best-constant": Exercise(difficulty=1, solution=4)
    .wrong(
        22,
        "that is the mean: it is best for the squared error. Half of the targets should lie on "
        "each side",
    )
    .wrong(3, "that is the second smallest; of five numbers, the third is in the middle")
    .wrong(
        49,
        "that is halfway between the smallest and the largest; sort them and take the middle one",
    )
    .wrong(2, "that is the smallest: moving up from it, four errors shrink and one grows")
    .wrong(96, "that is the third as they stand here: sort them first"),
    "outlier-pull": _pull(),
    "huber-slope": Exercise(
        difficulty=2,
        solution=lambda e, delta: [
            e_i if abs(e_i) < delta else math.copysign(delta, e_i) for e_i in e
        ],
        cases=_errors_and_delta,
    )
    .wrong(
        lambda e, delta: np.where(np.abs(e) < delta, e, np.sign(e)),
        "right for small errors, off by a factor of δ for large ones",
    )
    .wrong(
        lambda e, delta: np.where(np.abs(e) < delta, e, delta),
        "right for e > −δ; an error below −δ has the slope −δ",
    )
    .wrong(np.minimum, "cut off above only: an error below −δ is to be cut off, too")
    .wrong(
        lambda e, delta: np.maximum(e, -delta),
        "cut off below only: an error above δ is to be cut off, too",
    )
    .wrong(
        lambda e, delta: np.minimum(np.abs(e), delta),
        "that is the size of the slope; it has the sign of the error",
    )
    .wrong(
        lambda e, delta: np.where(np.abs(e) < delta, 2 * e, delta * np.sign(e)),
        "right for large errors, twice too large for small ones: the loss has a ½",
    )
    .wrong(
        lambda e, delta: np.where(np.abs(e) < delta, e**2 / 2, delta * (np.abs(e) - delta / 2)),
        "that is the loss; its slope was asked for",
    )
    .wrong(
        lambda e, delta: np.clip(-e, -delta, delta),
        "the sign is wrong: an error above 0 costs more, the larger it is",
    )
    .wrong(
        lambda e, delta: np.clip(e, -delta, delta) / len(e),
        "divided by the number of errors: the slope of one entry alone has no 1/N",
    )
    .wrong(
        lambda e, delta: np.clip(e / delta, -1, 1),
        "that is divided by δ, the slope of PyTorch's SmoothL1Loss: Huber's has the slope e where "
        "the error is small",
    ),
    "huber-join": _join(),
}

DRAWN = {
    "likelihood-of-rain": Drawn(
        _rain,
        {"first": (0.6, 0.7), "third": (0.2, 0.3)},
        lambda first, third: [f"probabilities {first}, 0.5 and {third} for"],
    ),
    "outlier-pull": Drawn(
        _pull,
        {"small": (0.1, 0.4, 0.5), "large": (6, 8, 12)},
        lambda small, large: [f"errors {small} and {large}."],
    ),
    "huber-join": Drawn(
        _join,
        {"delta": (4, 5, 6)},
        lambda delta: [rf"$\delta = {delta}$", rf"\rvert = {delta}$"],
    ),
}
