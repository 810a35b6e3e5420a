"""The exercises of 1.4.5 to 1.4.8."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..ledger.overlap import twins
from .core import Exercise
from .variants import Drawn


def _mask(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([0.2, 0.9, 0.0, 0.6]), np.array([0.0, 1.0, 0.0, 1.0])
    yield np.zeros(5), np.zeros(5)
    for n in (1, 3, 8):
        yield rng.uniform(0, 1, n).round(2), rng.permutation(np.arange(n) % 2) * 1.0


def _confusion(rng: np.random.Generator) -> Iterator[tuple]:
    yield (np.array([[3400, 100], [250, 250]]),)
    yield (np.array([[9, 0, 1, 0], [2, 5, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]),)
    yield (np.array([[0, 1], [0, 0]]),)
    yield (np.array([[0]]),)
    yield (rng.integers(1, 50, (3, 3)),)


def _p_and_gamma(rng: np.random.Generator) -> Iterator[tuple]:
    for n, gamma in ((3, 2.0), (1, 0.5), (4, 0.0), (5, 3.7)):
        yield rng.uniform(0.05, 0.95, n).round(2), gamma


def _triplet_points(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([0.5, 1.0, 0.0]), np.array([-2.0, 0.0, 0.5]), np.array([0.0, 1.5, -3.0]), 1.0
    for size, away, margin in ((2, 0.0, 0.3), (3, 5.0, 2.0), (1, 0.0, 2.5), (4, 0.0, 0.7)):
        a, p, n = (2 * rng.standard_normal((3, size))).round(1)
        yield a, p, n + away, margin


def _soft_dice(
    p: Any, y: Any, above: float = 1.0, union: float = 0.0, power: int = 1, twice: int = 2
) -> float:
    """Give the soft Dice score with smoothing 1, or what it is with one of its parts wrong."""
    hit = (p * y).sum()
    return (twice * hit + above) / ((p**power).sum() + y.sum() - union * hit + 1)


def _hits_over(confusion: Any, sizes: Any) -> Any:
    return np.diag(confusion) / sizes


def _scores(confusion: Any, rows: int = 1, columns: int = 1, union: int = 0, twice: int = 2) -> Any:
    """Give 2 hits over the two sizes, or with other sizes; 1 for a class that is not there."""
    hits = np.diag(confusion)
    sizes = rows * confusion.sum(1) + columns * confusion.sum(0) - union * hits
    return np.where(sizes == 0, 1.0, twice * hits / np.maximum(sizes, 1))


def _of_parts(p: Any, gamma: float, inner: float = 1.0, outer: float = 1.0) -> Any:
    """Give the two terms of the product rule, each with a sign."""
    first = inner * gamma * (1 - p) ** (gamma - 1) * np.log(p)
    return first - outer * (1 - p) ** gamma / p


def _looking_away(hard: int = 10) -> Exercise:
    easy_loss, hard_loss = math.log(0.9), math.log(0.4)
    easy_part, hard_part = 1000 * 0.01 * easy_loss, hard * 0.36 * hard_loss
    share = easy_part / (easy_part + hard_part)
    return (
        Exercise(difficulty=2, solution=share)
        .wrong(
            1000 * easy_loss / (1000 * easy_loss + hard * hard_loss),
            "that is their share of the cross-entropy: multiply each loss by its factor (1 − p_t)²",
        )
        .wrong(easy_part / hard_part, "that is easy over hard; the share is easy over all")
        .wrong(1 - share, "that is the share of the hard ones")
        .wrong(
            0.01 * easy_loss / (0.01 * easy_loss + 0.36 * hard_loss),
            f"that is for one of each; there are 1000 easy ones and {hard} hard ones",
        )
        .wrong(
            1000 * 0.81 * easy_loss / (1000 * 0.81 * easy_loss + hard * 0.16 * hard_loss),
            "the factors are p_t² here; they are (1 − p_t)²",
        )
        .wrong(100 * share, "a number in percent is followed by %")
    )


EXERCISES: dict[str, Exercise] = {
    "soft-dice": Exercise(
        difficulty=1, solution=lambda p, y: 1 - twins.dice(p[:, None], y[:, None], 1.0), cases=_mask
    )
    .wrong(
        lambda p, y: _soft_dice(p, y, above=0.0),
        "right but for the smoothing in the numerator: a class that is absent and not "
        "predicted scores 0",
    )
    .wrong(
        lambda p, y: 2 * (p * y).sum() / (p.sum() + y.sum()),
        "the smoothing s = 1 is missing: a class that is absent and not predicted is 0/0",
    )
    .wrong(
        lambda p, y: _soft_dice(p, y, union=1.0),
        "the denominator is the union here; Dice has the sum of the two sizes",
    )
    .wrong(
        lambda p, y: _soft_dice(p, y, union=1.0, twice=1),
        "that is Jaccard's score; Dice counts the common pixels twice, above and below",
    )
    .wrong(
        lambda p, y: (p * y).sum() / (p.sum() + y.sum() - (p * y).sum()),
        "that is Jaccard's score, and the smoothing is missing: Dice has the sum of the two sizes",
    )
    .wrong(
        lambda p, y: 2 * (p * y).sum() / (p.sum() + y.sum() + 1e-7),
        "a small ε below alone is erratum E24: a class that is absent and not predicted scores 0. "
        "The smoothing s = 1 stands above and below",
    )
    .wrong(
        lambda p, y: _soft_dice(p, y, twice=1),
        "the 2 in the numerator is missing: two equal masks should score 1",
    )
    .wrong(
        lambda p, y: _soft_dice(p, y, power=2),
        "that is V-Net's own form, with squares in the denominator; (1.31) has none",
    )
    .wrong(lambda p, y: 1 - _soft_dice(p, y), "that is the loss; the score was asked for")
    .wrong(
        lambda p, y: _soft_dice(np.round(p), y),
        "p is rounded to 0 and 1 here: that has no gradient to train on",
    ),
    "missed-pixels": Exercise(
        difficulty=2,
        solution=lambda confusion: [
            2 * confusion[c][c] / size if size else 1.0
            for c in range(len(confusion))
            for size in [sum(confusion[c]) + sum(row[c] for row in confusion)]
        ],
        cases=_confusion,
    )
    .wrong(
        lambda confusion: 2 * np.diag(confusion) / (confusion.sum(0) + confusion.sum(1)),
        "right but for a class that neither occurs nor is predicted: there you divide 0 by 0, and "
        "such a class scores 1",
    )
    .wrong(
        lambda confusion: _scores(confusion) * (confusion.sum(0) + confusion.sum(1) > 0),
        "right but for a class that neither occurs nor is predicted: nothing is wrong about it, so "
        "it scores 1, not 0",
    )
    .wrong(
        lambda confusion: 2 * _hits_over(confusion, confusion.sum(0) + confusion.sum(1) + 1e-7),
        "the ε below makes every score above 0 too small, and a class that neither occurs nor is "
        "predicted scores 0 (erratum E24): it scores 1",
    )
    .wrong(
        lambda confusion: (
            (2 * np.diag(confusion) + 1e-7) / (confusion.sum(0) + confusion.sum(1) + 1e-7)
        ),
        "an ε above and below is a smoothing, and changes every score below 1: the scores were "
        "asked without",
    )
    .wrong(
        lambda confusion: _hits_over(confusion, confusion.sum(1)),
        "that is the recall, and 0/0 where a class does not occur. The false alarms, in the "
        "columns, count as well",
    )
    .wrong(
        lambda confusion: _hits_over(confusion, confusion.sum(0)),
        "that is the precision, and 0/0 where a class is not predicted. The missed pixels, in the "
        "rows, count as well",
    )
    .wrong(
        lambda confusion: _scores(confusion, columns=0, twice=1),
        "that is the recall: of the true pixels, those found. The false alarms, in the columns, "
        "count as well",
    )
    .wrong(
        lambda confusion: _scores(confusion, rows=0, twice=1),
        "that is the precision: of the pixels predicted, those that are true. The missed ones, in "
        "the rows, count as well",
    )
    .wrong(
        lambda confusion: _scores(confusion, union=1, twice=1),
        "that is Jaccard's score: the union of both below the line. Dice has the sum of both sizes",
    )
    .wrong(
        lambda confusion: _scores(confusion, union=1),
        "the denominator is the union here; Dice has the sum of the two sizes",
    )
    .wrong(
        lambda confusion: _scores(confusion, twice=1),
        "the 2 in the numerator is missing: a class without mistakes should score 1",
    )
    .wrong(
        lambda confusion: _scores(confusion).mean(),
        "that is the mean over the classes; a score for each was asked for",
    ),
    "focal-factor": _looking_away(),
    "focal-slope": Exercise(
        difficulty=2,
        solution=lambda p, gamma: [
            gamma * (1 - p_i) ** (gamma - 1) * math.log(p_i) - (1 - p_i) ** gamma / p_i for p_i in p
        ],
        cases=_p_and_gamma,
    )
    .wrong(
        lambda p, gamma: _of_parts(p, gamma, inner=0.0),
        "the factor (1 − p)^γ depends on p, too: product rule",
    )
    .wrong(
        lambda p, gamma: _of_parts(p, gamma, inner=-1.0),
        "the first term has the wrong sign: the inner derivative of 1 − p is −1",
    )
    .wrong(
        lambda p, gamma: _of_parts(p, gamma, outer=0.0),
        "the second term is missing: the logarithm has the slope 1/p",
    )
    .wrong(
        lambda p, gamma: _of_parts(p, gamma, inner=-1.0, outer=-1.0),
        "both signs are wrong: the loss has a minus in front, and falls as p grows",
    )
    .wrong(
        lambda p, gamma: gamma * (1 - p) ** (gamma - 1) / p,
        "the two derivatives are multiplied; the product rule adds two products",
    )
    .wrong(
        lambda p, gamma: p * (1 - p) * _of_parts(p, gamma),
        "that is the slope in the logit (1.4.6a), with the factor p (1 − p); p itself was asked",
    ),
    "one-triplet": Exercise(
        difficulty=1,
        solution=lambda a, p, n, margin: max(math.dist(a, p) - math.dist(a, n) + margin, 0.0),
        cases=_triplet_points,
        bound=1e-5,  # PyTorch adds ε = 10⁻⁶ to each difference
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
        lambda a, p, n, m: max(math.dist(a, p) - math.dist(a, n) - m, 0.0),
        "the sign of the margin is wrong: the negative should be farther by it, so it is added",
    )
    .wrong(
        lambda a, p, n, m: max(math.dist(a, p) ** 2 - math.dist(a, n) ** 2 + m, 0.0),
        "these are squared distances: take the roots",
    )
    .wrong(
        lambda a, p, n, m: max(np.abs(a - p).sum() - np.abs(a - n).sum() + m, 0.0),
        "these are sums of the sizes of the differences; the distance is the root of the sum of "
        "their squares",
    ),
    "fewer-missed": Exercise(difficulty=1, solution="c")
    .wrong(
        "a",
        "α weighs false positives: raising it makes the network more careful, and it misses more. "
        "Look for the letter of the missed pixels",
    )
    .wrong("b", "β weighs what is missed: lowering it makes misses cheaper still. Go the other way")
    .wrong(
        "d", "the smoothing matters where a class is absent; it does not choose a side. α and β do"
    ),
}

DRAWN = {
    "focal-factor": Drawn(
        _looking_away, {"hard": (5, 20, 40)}, lambda hard: [f"and {hard} hard ones"]
    ),
}
