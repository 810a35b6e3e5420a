"""Losses of classes: cross-entropy, of many and of two."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from array_api_compat import device

from ..activations.smooth import sigmoid
from ..arrays import Array, floating, kind, library, same_shape, to_numpy
from ..arrays.functions import below_largest, exp, log, sum, times
from ..arrays.rules import to_front, widened
from ..arrays.settings import count as counted
from ..arrays.settings import fraction, weights, whole
from .core import ClassLoss, YesNoLoss, as_array, between_0_and_1, hot, log_losses, per_class


def log_softmax(z):
    """Give log p = z − log Σ_c e^z_c, the logarithm of softmax along the first axis."""
    z = below_largest(z)
    return z - log(sum(exp(z), axis=0))


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossEntropy(ClassLoss):
    """Cross-entropy of the softmax of logits, −(1/N) Σ_i Σ_c y_ic log p_ic (equation 1.28).

    The prediction holds logits (N, K, …), not probabilities; the target classes (N, …) in
    0 … K − 1, or probabilities (N, K, …). log p is computed as a difference, z − log Σ e^z, and
    stays finite where p itself would round to 0. The mean is over the N samples; with a weight and
    integer classes it divides by the sum of the samples' weights.

    Examples
    --------
    >>> import numpy as np
    >>> loss = CrossEntropy()
    >>> logits, target = np.array([[0.0, 0.0]]), np.array([1])
    >>> round(float(loss(logits, target)), 4)  # −log ½
    0.6931
    >>> loss.gradient(logits, target)  # p − y
    array([[ 0.5, -0.5]])

    References
    ----------
    Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, 2016 (label smoothing).

    See Also
    --------
    torch.nn.CrossEntropyLoss
    """

    weight: Array | None = weights("a factor for each class, shape (K,) (equation 1.29)")
    label_smoothing: float = fraction(0.0, "the share of a target that all classes share alike")
    ignore_index: int = whole(-100, "samples of this class do not count; any number")

    def value(self, log_p, y):
        """Give −Σ_c y_c log p_c."""
        return -sum(times(log_p, y), axis=0)  # 0 log 0 is 0

    def slope(self, log_p, y):
        """Give p Σ_c y_c − y."""
        return exp(log_p) * sum(y, axis=0) - y

    def _ready(self, z: Array, y: Array) -> tuple:
        return log_softmax(z), y

    def soften(self, y, n):
        """Spread a share of each target over all n classes."""
        return (1 - self.label_smoothing) * y + self.label_smoothing / n * sum(y, axis=0)

    def _classes(self, z: Array, target: Array) -> tuple[Array, Any]:
        y = as_array(target, z)
        weight = None if self.weight is None else per_class(self.weight, "weight", z)
        count: Any
        if kind(y) == "integral":
            y, found = hot(z, y, self.ignore_index)
            count = found if weight is None else library(z).sum(y * weight)
            if self.reduction == "mean" and count == 0:
                what = "are ignored" if not found else "weigh nothing"
                raise ValueError(f"target: expected samples to take a mean of, but all {what}")
            if self.label_smoothing:
                y = self.soften(y, z.shape[0])
        elif kind(y) == "real floating":
            count = prod(z.shape[1:])
            shape = (*z.shape[1:2], z.shape[0], *z.shape[2:])
            same_shape(y, shape, "target", "probabilities, one per logit")
            between_0_and_1(y, "target")
            y = widened(to_front(y, 1))
            if self.label_smoothing:
                y = (1 - self.label_smoothing) * y + self.label_smoothing / z.shape[0]
        else:
            raise TypeError(f"target: expected integer classes or probabilities, got {y.dtype}")
        return y if weight is None else weight * y, count


@dataclass(frozen=True, kw_only=True, eq=False)
class BinaryCrossEntropy(YesNoLoss):
    """Cross-entropy of yes and no, −y log p − (1 − y) log(1 − p) with p = σ(z) (equation 1.4.4e).

    The prediction holds logits z. Both logarithms come from log(1 + e^−|z|), which neither
    overflows nor takes the logarithm of a rounded 0. The mean is over all entries.

    Examples
    --------
    >>> import numpy as np
    >>> loss = BinaryCrossEntropy()
    >>> logits, target = np.array([0.0, 0.0]), np.array([1.0, 0.0])
    >>> round(float(loss(logits, target)), 4)  # −log ½
    0.6931
    >>> loss.gradient(logits, target)  # (p − y) / 2
    array([-0.25,  0.25])

    See Also
    --------
    torch.nn.BCEWithLogitsLoss
    """

    pos_weight: Array | float | None = weights("a factor for the first term; an array broadcasts")

    def value(self, z, y, w):
        """Give −w y log p − (1 − y) log(1 − p)."""
        minus_log_p, minus_log_rest = log_losses(z)
        return times(minus_log_p, w * y) + times(minus_log_rest, 1 - y)

    def slope(self, z, y, w):
        """Give (1 − y) p − w y (1 − p), which is p − y for w = 1."""
        return (1 - y) * sigmoid(z) - w * y * sigmoid(-z)

    def _ready(self, prediction: Array, target: Array) -> tuple:
        return (*super()._ready(prediction, target), self._weight(prediction))

    def _weight(self, z: Array) -> Array | float:
        if self.pos_weight is None:
            return 1.0
        if np.ndim(self.pos_weight) == 0:
            return float(self.pos_weight)
        xp, weight = floating(self.pos_weight, "pos_weight", like=z)
        ours = (1,) * (z.ndim - weight.ndim) + tuple(weight.shape)
        if len(ours) > z.ndim or any(w not in (1, n) for w, n in zip(ours, z.shape, strict=True)):
            raise ValueError(
                f"pos_weight: expected a shape that broadcasts to {tuple(z.shape)} (the "
                f"prediction's), got {tuple(weight.shape)}"
            )
        return xp.astype(weight, z.dtype)


def balanced_weights(classes: Array, n_classes: int) -> Array:
    """Give each class the weight N / (K N_c), inversely as its frequency (equation 1.30).

    With them every class has the same share in the weighted cross-entropy, and the samples weigh
    1 in the mean.

    Parameters
    ----------
    classes : array of int, any shape
        The N samples' classes, in 0 … K − 1.
    n_classes : int
        K, how many classes there are.

    Returns
    -------
    array, shape (K,)

    Raises
    ------
    ValueError
        If a class is out of range or does not occur.
    TypeError
        If the classes are not whole numbers.

    Examples
    --------
    >>> import numpy as np
    >>> balanced_weights(np.array([0, 0, 0, 1]), 2).round(3)
    array([0.667, 2.   ])
    """
    n_classes = counted.read(n_classes, "n_classes")
    xp, read = floating(classes, "classes")
    numbers = to_numpy(classes, "classes") if hasattr(classes, "dtype") else np.asarray(classes)
    if numbers.dtype.kind not in "iu":
        raise TypeError(f"classes: expected whole numbers, got {numbers.dtype}")
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < n_classes):
        raise ValueError(
            f"classes: expected 0 … {n_classes - 1}, got {numbers.min()} to {numbers.max()}"
        )
    counts = np.bincount(numbers.ravel(), minlength=n_classes)
    if not counts.all():
        raise ValueError(f"classes: class {counts.argmin()} does not occur, so it has no weight")
    return xp.asarray(numbers.size / (n_classes * counts), device=device(read))
