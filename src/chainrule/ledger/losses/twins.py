"""The losses of 1.4.1 to 1.4.4 once more, from their definitions, in loops.

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


def log_softmax(z) -> list:
    """Give the logarithms of the softmax of one sample's logits."""
    total = sum(np.exp(z_c) for z_c in z)
    return [np.log(np.exp(z_c) / total) for z_c in z]


def cross_entropy(z, y):
    """Give −(1/N) Σ_i Σ_c y_ic log p_ic."""
    return -sum(y_ic * log_p for y_ic, log_p in _pairs(y, [log_softmax(z_i) for z_i in z])) / len(z)


def smoothed(classes, n_classes: int, share: float) -> list[list[float]]:
    """Give targets of which a share is spread evenly over all classes."""
    return [[(1 - share) * (c == t) + share / n_classes for c in range(n_classes)] for t in classes]


def weighted_losses(z, classes, weight) -> list:
    """Give −w_t log p_t of each sample."""
    return [-weight[t] * log_softmax(z_i)[t] for z_i, t in zip(z, classes, strict=True)]


def binary_cross_entropy(z, y):
    """Give the mean of −y log p − (1 − y) log(1 − p)."""
    pairs = [(1 / (1 + np.exp(-z_i)), y_i) for z_i, y_i in _pairs(z, y)]
    return -sum(y_i * np.log(p) + (1 - y_i) * np.log(1 - p) for p, y_i in pairs) / np.size(y)


def exact_balanced_weights(classes, n_classes: int) -> list[float]:
    """Give N / (K N_c) for each class."""
    found = list(classes)
    return [float(Fraction(len(found), n_classes * found.count(c))) for c in range(n_classes)]
