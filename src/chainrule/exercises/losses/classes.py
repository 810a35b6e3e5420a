"""The exercises of 1.4.4: losses of classes."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core import Exercise
from ..variants import Drawn
from .stable import CROSS_ENTROPY, LOG_SIGMOID


def _probabilities_and_classes(rng: np.random.Generator) -> Iterator[tuple]:
    for n, n_classes in ((1, 2), (2, 3), (4, 2), (3, 4)):
        hundredths = 1 + rng.multinomial(100 - n_classes, np.ones(n_classes) / n_classes, n)
        yield hundredths / 100, rng.integers(0, n_classes, n)
    yield np.array([[0.2, 0.8], [0.6, 0.4], [0.75, 0.25], [0.3, 0.7]]), np.array([1, 0, 1, 1])
    yield np.ones((2, 1)), np.zeros(2, int)


def _one_hot(p: Any, t: Any) -> Any:
    return np.eye(p.shape[1])[t]


def _weight(rare: int = 50) -> Exercise:
    common = 850 - rare
    return (
        Exercise(difficulty=1, solution=1000 / (3 * rare))
        .wrong(
            rare / 1000,
            "that is the share of the class: the rarer it is, the more it should weigh",
        )
        .wrong(
            1000 / rare,
            "that is N/N_c; divide by the number of classes, so that a sample weighs 1 on average",
        )
        .wrong(500 / rare, "that is for two classes; here K is 3")
        .wrong(common / rare, "that is how many times more it weighs than the commonest class")
        .wrong(1000 / (3 * common), "that is the weight of the commonest class")
    )


CLASSES: dict[str, Exercise] = {
    "wrong-loss-gradient": Exercise(difficulty=2, solution="a")
    .wrong(
        "b",
        "this one is right: the slope of |e| has the size 1, and the mean leaves 1/N. Try a "
        "prediction above its target in each: which of the four is negative there?",
    )
    .wrong(
        "c",
        "this one is right: (p − y)/N, with the one-hot target y. Try a prediction above its "
        "target in each: which of the four is negative there?",
    )
    .wrong(
        "d",
        "this one is right: at y = 1 it is p − 1, at y = 0 it is p. Try a prediction above its "
        "target in each: which of the four is negative there?",
    ),
    "stable-cross-entropy": CROSS_ENTROPY,
    "cross-entropy-gradient": Exercise(
        difficulty=2,
        solution=lambda p, t: [
            [(p[i][c] - (c == t[i])) / len(p) for c in range(len(p[i]))] for i in range(len(p))
        ],
        cases=_probabilities_and_classes,
    )
    .wrong(lambda p, t: p - _one_hot(p, t), "the mean over the samples is missing: divide by N")
    .wrong(lambda p, t: (_one_hot(p, t) - p) / len(p), "the sign is wrong: it is p − y")
    .wrong(
        lambda p, t: -_one_hot(p, t) / p / len(p),
        "that is the gradient with respect to p; the chain rule through softmax is missing",
    )
    .wrong(
        lambda p, t: (p - _one_hot(p, t)) / p.size,
        "divided by N · K: the sum over the classes is a sum, not a mean",
    ),
    "least-smoothed": Exercise(
        difficulty=2, solution=-(0.91 * math.log(0.91) + 9 * 0.01 * math.log(0.01)), digits=3
    )
    .wrong(0, "that would need p = 1 for the right class, and then log p of the others is −∞")
    .wrong(
        math.log(10),
        "that is the loss of equal probabilities, the entropy of a fair die of ten sides",
    )
    .wrong(
        -math.log(0.91), "the nine other classes have a share of the target, too: add their terms"
    )
    .wrong(
        -0.91 * math.log(0.91),
        "that is the term of the right class; the nine others add 0.01 · log 100 each",
    )
    .wrong(
        -(0.9 * math.log(0.9) + 0.1 * math.log(0.1)),
        "the ε is shared among all ten classes: 0.91 and nine times 0.01",
    ),
    "balanced-weight": _weight(),
    "two-means": Exercise(difficulty=1, solution=2.75)
    .wrong(5.5, "that divides by N = 2, as in (1.29); PyTorch divides by the sum of the weights")
    .wrong(3.5, "that is the mean without weights: weigh the first loss three times")
    .wrong(4.25, "the weights are swapped: the loss 2 has the weight 3")
    .wrong(11, "that is the weighted sum; divide it by the sum of the weights"),
    "stable-log-sigmoid": LOG_SIGMOID,
}

DRAWN = {
    "balanced-weight": Drawn(
        _weight,
        {"rare": (25, 40, 80)},
        lambda rare: [f"1000 samples {850 - rare} are", f"second and {rare} of the third"],
    ),
}
