"""The exercises of 1.4.1 to 1.4.4."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from .core import Exercise


def _errors_and_delta(rng: np.random.Generator) -> Iterator[tuple]:
    for delta in (0.5, 1.0, 2.0):
        yield np.array([-3.0, -0.3, 0.2, 0.4, 2.5]) * rng.uniform(0.9, 1.1, 5).round(2), delta


def _logits_and_class(rng: np.random.Generator) -> Iterator[tuple]:
    for scale in (1.0, 1.0, 1000.0):
        yield scale * rng.standard_normal(4).round(1), int(rng.integers(0, 4))
    yield np.array([1000.0, 998.0, -1000.0, 0.0]), 2


def _probabilities_and_classes(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(4):
        yield rng.dirichlet(np.ones(3), 4).round(2), rng.integers(0, 3, 4)


def _logits_far_and_near(rng: np.random.Generator) -> Iterator[tuple]:
    yield (np.array([-800.0, -2.0, 0.0, 2.0, 800.0]),)
    yield (rng.standard_normal(5).round(1),)


def _log_sum_exp(z: Any) -> float:
    largest = max(z)
    return largest + math.log(sum(math.exp(z_c - largest) for z_c in z))


EXERCISES: dict[str, Exercise] = {
    "best-constant": Exercise(difficulty=1, solution=4)
    .wrong(22, "that is the mean: it is best for the squared error")
    .wrong(3, "that is the second smallest; of five numbers, the third is in the middle")
    .wrong(49, "halfway between the smallest and the largest: no loss of this chapter asks it")
    .wrong(2, "that is the smallest: moving up from it, four errors shrink and one grows"),
    "outlier-pull": Exercise(difficulty=1, solution=50)
    .wrong(2500, "that is how much more it costs; the pull is the slope, 2e")
    .wrong(1, "that is the absolute error's: its slope has the size 1 everywhere")
    .wrong(100, "the slopes are 2 · 0.2 = 0.4 and 2 · 10 = 20: take their ratio")
    .wrong(10, "that is the error of the outlier; the other sample has one, too: 0.2"),
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
    .wrong(
        lambda e, delta: np.where(np.abs(e) < delta, 2 * e, delta * np.sign(e)),
        "right for large errors, twice too large for small ones: the loss has a ½",
    ),
    "huber-join": Exercise(difficulty=2, solution=4.5)
    .wrong(0, "then the loss would jump: the parabola ends at ½ · 3² = 4.5, the line begins at 9")
    .wrong(9, "the parabola has a ½, too: at 3 it has the value 4.5")
    .wrong(1.5, "δ (|e| − ½ δ) is δ|e| − ½ δ²: that is the ½ δ inside, times δ once more"),
    "wrong-loss-gradient": Exercise(difficulty=2, solution="b")
    .wrong("a", "this one is right: its size does not shrink with the error, only 1/N is left")
    .wrong("c", "this one is right: (p − y)/N, with y the one-hot target")
    .wrong("d", "this one is right: at y = 1 it is p − 1, at y = 0 it is p"),
    "stable-cross-entropy": Exercise(
        difficulty=2, solution=lambda z, t: _log_sum_exp(z) - z[int(t)], cases=_logits_and_class
    )
    .wrong(
        lambda z, t: np.log(np.exp(z - z.max()).sum()) - z[int(t)],
        "the largest logit is subtracted in the sum: subtract it from z_t, too",
    )
    .wrong(
        lambda z, t: np.log(np.exp(z - z.max()).sum()) + z.max(),
        "that is log Σ e^z; −log p_t has − z_t behind it",
    )
    .wrong(
        lambda z, t: z[int(t)] - z.max() - np.log(np.exp(z - z.max()).sum()),
        "that is log p_t: the sign is wrong, a loss is not negative",
    ),
    "cross-entropy-gradient": Exercise(
        difficulty=2,
        solution=lambda p, t: [
            [(p[i][c] - (c == t[i])) / len(p) for c in range(len(p[i]))] for i in range(len(p))
        ],
        cases=_probabilities_and_classes,
    )
    .wrong(lambda p, t: p - np.eye(3)[t], "the mean over the samples is missing: divide by N")
    .wrong(lambda p, t: (np.eye(3)[t] - p) / len(p), "the sign is wrong: it is p − y")
    .wrong(
        lambda p, t: -np.eye(3)[t] / p.clip(1e-300) / len(p),
        "that is the gradient with respect to p; the chain rule through softmax is missing",
    )
    .wrong(
        lambda p, t: (p - np.eye(3)[t]) / p.size,
        "divided by N · K: the sum over the classes is a sum, not a mean",
    ),
    "least-smoothed": Exercise(
        difficulty=2, solution=-(0.91 * math.log(0.91) + 9 * 0.01 * math.log(0.01)), bound=2e-3
    )
    .wrong(0, "that would need p = 1 for the right class, and then log p of the others is −∞")
    .wrong(math.log(10), "that is the loss of equal probabilities, the entropy of a fair die")
    .wrong(
        -math.log(0.91), "the nine other classes have a share of the target, too: add their terms"
    )
    .wrong(
        -(0.9 * math.log(0.9) + 0.1 * math.log(0.1)),
        "the ε is shared among all ten classes: 0.91 and nine times 0.01",
    ),
    "balanced-weight": Exercise(difficulty=1, solution=10)
    .wrong(0.05, "that is its frequency, the source's weight (erratum E19): the inverse is meant")
    .wrong(20, "that is N/N_c; divide by the number of classes, so that a sample weighs 1")
    .wrong(19, "that is how many times more it weighs than the major class")
    .wrong(1000 / 1900, "that is the weight of the major class"),
    "two-means": Exercise(difficulty=1, solution=2.75)
    .wrong(5.5, "that divides by N = 2, as in (1.29); PyTorch divides by the sum of the weights")
    .wrong(3.5, "that is the mean without weights")
    .wrong(11, "that is the weighted sum; divide it by the sum of the weights"),
    "stable-log-sigmoid": Exercise(
        difficulty=3,
        solution=lambda z: [
            math.log1p(math.exp(-abs(z_i))) + (-z_i if z_i < 0 else 0.0) for z_i in z
        ],
        cases=_logits_far_and_near,
    )
    .wrong(
        lambda z: np.log1p(np.exp(-np.abs(z))),
        "right for z ≥ 0; below, −z is missing: a sure and wrong answer must cost much",
    )
    .wrong(
        lambda z: np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0),
        "that is −log(1 − σ(z)), the loss if the answer is no",
    )
    .wrong(
        lambda z: -np.log1p(np.exp(-np.abs(z))) - np.maximum(-z, 0),
        "that is log σ(z): the sign is missing",
    ),
}
