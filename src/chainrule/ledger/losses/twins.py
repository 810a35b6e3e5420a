"""The losses of section 1.4 once more, from their definitions, in loops.

They take complex numbers too, so the complex step can differentiate them; those that are named
"exact" compute in fractions, without any rounding.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np


def _pairs(y_hat, y) -> Iterator[tuple]:
    return zip(np.ravel(y_hat), np.ravel(y), strict=True)


def exact_mean(rule: Callable, y_hat, y) -> float:
    """Give the mean of what a rule makes of the errors."""
    errors = [Fraction(float(a)) - Fraction(float(b)) for a, b in _pairs(y_hat, y)]
    return float(sum(map(rule, errors)) / len(errors))


def exact_huber(y_hat, y, delta: float) -> float:
    """Give the mean of Huber's loss, branch by branch."""
    d = Fraction(delta)
    return exact_mean(lambda e: e**2 / 2 if abs(e) < d else d * (abs(e) - d / 2), y_hat, y)


def mean_square(y_hat, y):
    """Give the mean of the squared errors, of complex numbers too."""
    return sum((a - b) ** 2 for a, b in _pairs(y_hat, y)) / np.size(y)


def _log_softmax(z) -> list:
    total = sum(np.exp(z_c) for z_c in z)
    return [np.log(np.exp(z_c) / total) for z_c in z]


def cross_entropy(z, y):
    """Give −(1/N) Σ_i Σ_c y_ic log p_ic."""
    return -sum(y_ic * log_p for y_ic, log_p in _pairs(y, [_log_softmax(z_i) for z_i in z])) / len(
        z
    )


def smoothed(classes, n_classes: int, share: float) -> list[list[float]]:
    """Give targets of which a share is spread evenly over all classes."""
    return [[(1 - share) * (c == t) + share / n_classes for c in range(n_classes)] for t in classes]


def weighted_losses(z, classes, weight) -> list:
    """Give −w_t log p_t of each sample."""
    return [-weight[t] * _log_softmax(z_i)[t] for z_i, t in zip(z, classes, strict=True)]


def binary_cross_entropy(z, y):
    """Give the mean of −y log p − (1 − y) log(1 − p)."""
    pairs = [(1 / (1 + np.exp(-z_i)), y_i) for z_i, y_i in _pairs(z, y)]
    return -sum(y_i * np.log(p) + (1 - y_i) * np.log(1 - p) for p, y_i in pairs) / np.size(y)


def exact_balanced_weights(classes, n_classes: int) -> list[float]:
    """Give N / (K N_c) for each class."""
    found = list(classes)
    return [float(Fraction(len(found), n_classes * found.count(c))) for c in range(n_classes)]


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
    logs = [(t, _log_softmax(z_i)[t]) for z_i, t in zip(z, classes, strict=True)]
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
