"""The losses of 1.4.5 to 1.4.8 once more, from their definitions, in loops.

They take complex numbers too, so the complex step can differentiate them.
"""

from collections.abc import Iterator

import numpy as np

from ..losses.twins import log_softmax


def _by_class(p, y) -> Iterator[tuple[list, list]]:
    """Give the probabilities and the targets of each class, over batch and space."""
    for c in range(p.shape[1]):
        yield list(np.ravel(p[:, c])), list(np.ravel(y[:, c]))


def dice(p, y, smooth: float):
    """Give 1 − the mean over the classes of (2 Σ p y + s) / (Σ p + Σ y + s)."""
    scores = []
    for p_c, y_c in _by_class(p, y):
        hit = sum(a * b for a, b in zip(p_c, y_c, strict=True))
        scores.append((2 * hit + smooth) / (sum(p_c) + sum(y_c) + smooth))
    return 1 - sum(scores) / len(scores)


def tversky(p, y, alpha: float, beta: float, smooth: float):
    """Give 1 − the mean over the classes of (TP + s) / (TP + α FP + β FN + s)."""
    scores = []
    for p_c, y_c in _by_class(p, y):
        hit = sum(a * b for a, b in zip(p_c, y_c, strict=True))
        false = sum(a * (1 - b) for a, b in zip(p_c, y_c, strict=True))
        missed = sum((1 - a) * b for a, b in zip(p_c, y_c, strict=True))
        scores.append((hit + smooth) / (hit + alpha * false + beta * missed + smooth))
    return 1 - sum(scores) / len(scores)


def right_probabilities(z, y) -> list[float]:
    """Give p where the answer is yes and 1 − p where it is no."""
    p = [1 / (1 + np.exp(-z_i)) for z_i in z]
    return [p_i if y_i == 1 else 1 - p_i for p_i, y_i in zip(p, y, strict=True)]


def binary_focal(z, y, gamma: float, alpha: float) -> list[float]:
    """Give −α_t (1 − p_t)^γ log p_t of each answer."""
    return [
        -(alpha if y_i == 1 else 1 - alpha) * (1 - p_t) ** gamma * np.log(p_t)
        for p_t, y_i in zip(right_probabilities(z, y), y, strict=True)
    ]


def focal(z, classes, gamma: float, alpha):
    """Give the sum of the same over samples of many classes, with a factor α for each class."""
    logs = [(t, log_softmax(z_i)[t]) for z_i, t in zip(z, classes, strict=True)]
    return -sum(alpha[t] * (1 - np.exp(log_p)) ** gamma * log_p for t, log_p in logs)


def _distance(a, b, eps: float):
    return np.sqrt(sum((x - y + eps) ** 2 for x, y in zip(a, b, strict=True)))


def triplet(three, margin: float, eps: float) -> list:
    """Give max(d(a, p) − d(a, n) + margin, 0) of each row of (a, p, n)."""
    hinges = [
        _distance(a, p, eps) - _distance(a, n, eps) + margin for a, p, n in zip(*three, strict=True)
    ]
    return [hinge if hinge.real > 0 else 0.0 for hinge in hinges]


def hardest(x, classes) -> list[list[int]]:
    """Give the anchors, for each the farthest of its class, and the nearest of another."""
    rows = range(len(x))
    found: list[list[int]] = [[], [], []]
    for a in rows:
        same = [i for i in rows if i != a and classes[i] == classes[a]]
        other = [i for i in rows if classes[i] != classes[a]]
        if same and other:
            found[0].append(a)
            found[1].append(max(same, key=lambda i: _distance(x[a], x[i], 0.0)))
            found[2].append(min(other, key=lambda i: _distance(x[a], x[i], 0.0)))
    return found
