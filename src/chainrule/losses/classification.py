"""Losses of classes: cross-entropy, of many and of two."""

from dataclasses import dataclass, field
from math import prod
from numbers import Integral
from typing import Any

import numpy as np
from array_api_compat import device

from ..activations import Sigmoid
from ..arrays import (
    Array,
    floating,
    kind,
    require_count,
    require_fraction,
    require_shape,
    settle,
    to_numpy,
)
from .core import (
    Loss,
    as_array,
    log_losses,
    one_hot,
    pair,
    per_class,
    require_weights,
    with_classes,
)


@dataclass(frozen=True, eq=False)
class CrossEntropy(Loss):
    """Cross-entropy of the softmax of logits, −(1/N) Σ_i Σ_c y_ic log p_ic (equation 1.28).

    The prediction holds logits, not probabilities: log p is then computed as a difference,
    z − log Σ e^z, and stays finite where p itself would round to 0. The mean is over the N
    samples; with a weight and integer classes it divides by the sum of the samples' weights.

    Parameters
    ----------
    weight : array, shape (K,), optional
        A factor for each class, at least 0 (equation 1.29).
    label_smoothing : float
        The share of each target that is spread evenly over all classes, between 0 and 1.
    ignore_index : int
        Samples of this class do not count. It may be any number; with probabilities as targets it
        has no meaning.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If a weight is negative or not finite, or `label_smoothing` is not between 0 and 1.
    TypeError
        If `label_smoothing` is not a number, or `ignore_index` not a whole one.

    Examples
    --------
    >>> import numpy as np
    >>> loss, logits, target = CrossEntropy(), np.array([[0.0, 0.0]]), np.array([1])
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

    weight: Array | None = field(default=None, kw_only=True)
    label_smoothing: float = field(default=0.0, kw_only=True)
    ignore_index: int = field(default=-100, kw_only=True)

    def __post_init__(self):
        super().__post_init__()
        if self.weight is not None:
            require_weights(self.weight, "weight")
        settle(self, require_fraction, "label_smoothing")
        if not isinstance(self.ignore_index, Integral):
            raise TypeError(f"ignore_index: expected a whole number, got {self.ignore_index!r}")

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one per sample where the reduction is "none".

        Parameters
        ----------
        prediction : array, shape (N, K, …)
            Logits.
        target : array, shape (N, …) of integers in 0 … K − 1, or (N, K, …) of probabilities

        Returns
        -------
        array, of shape () or (N, …)

        Raises
        ------
        ValueError
            If the shapes do not fit, a class is out of range, there is no sample, or there is
            nothing to take a mean of: all are ignored, or weigh nothing.
        TypeError
            If the target is neither integers nor floats.
        """
        xp, z = with_classes(prediction, "logits")
        y, _, count = self._targets(xp, z, target)
        z = z - xp.max(z, axis=1, keepdims=True)
        log_p = z - xp.log(xp.sum(xp.exp(z), axis=1, keepdims=True))
        # Σ_c y_c log p_c; where y = 0 the term is 0, even if log p is −∞
        losses = -xp.vecdot(y, xp.where(y == 0, 0.0, log_p), axis=1 - z.ndim)
        return self._reduce(xp, losses, count)

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the logits: (p − y) / N, for Σ_c y_c = 1.

        Parameters
        ----------
        prediction : array, shape (N, K, …)
            Logits.
        target : array, shape (N, …) of integers in 0 … K − 1, or (N, K, …) of probabilities
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit, a class is out of range, there is no sample, or there is
            nothing to take a mean of: all are ignored, or weigh nothing.
        TypeError
            If the target is neither integers nor floats.
        """
        xp, z = with_classes(prediction, "logits")
        y, total, count = self._targets(xp, z, target)
        e = xp.exp(z - xp.max(z, axis=1, keepdims=True))
        p = e / xp.sum(e, axis=1, keepdims=True)
        share = self._spread((z.shape[0], *z.shape[2:]), upstream, z, count)
        if getattr(share, "ndim", 0):
            share = xp.expand_dims(share, axis=1)
        return (p * total - y) * share

    def _targets(
        self, xp: Any, z: Array, target: Array
    ) -> tuple[Array, Array | float, Array | float]:
        """Give the factor y of each −log p, Σ_c y_c, and what the mean divides by."""
        y = as_array(xp, target, z)
        count: Array | float = prod(z.shape) // z.shape[1]
        counted: Array | float = 1.0
        weight = None if self.weight is None else per_class(self.weight, "weight", z)
        numbers = kind(y)
        if numbers == "integral":
            y, found = one_hot(xp, z, y, self.ignore_index)
            if found < count:
                counted = xp.sum(y, axis=1, keepdims=True)
            count = found if weight is None else xp.sum(y * weight)
            if self.reduction == "mean" and count == 0:
                what = "are ignored" if not found else "weigh nothing"
                raise ValueError(f"target: expected samples to take a mean of, but all {what}")
        elif numbers == "real floating":
            require_shape(y, z.shape, "target", "probabilities, one per logit")
        else:
            raise TypeError(f"target: expected integer classes or probabilities, got {y.dtype}")
        if self.label_smoothing:
            y = (1 - self.label_smoothing) * y + self.label_smoothing / z.shape[1] * counted
        if weight is not None:
            y = weight * y
        elif numbers == "integral":
            return y, counted, count
        return y, xp.sum(y, axis=1, keepdims=True), count


@dataclass(frozen=True, eq=False)
class BinaryCrossEntropy(Loss):
    """Cross-entropy of yes and no, −y log p − (1 − y) log(1 − p) with p = σ(z) (equation 1.4.4e).

    The prediction holds logits z. Both logarithms come from log(1 + e^−|z|), which neither
    overflows nor takes the logarithm of a rounded 0. The mean is over all entries.

    Parameters
    ----------
    pos_weight : number or array, optional
        A factor for the first term, at least 0; an array broadcasts against the last axes.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If a weight is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> loss, logits, target = BinaryCrossEntropy(), np.array([0.0, 0.0]), np.array([1.0, 0.0])
    >>> round(float(loss(logits, target)), 4)  # −log ½
    0.6931
    >>> loss.gradient(logits, target)  # (p − y) / 2
    array([-0.25,  0.25])

    See Also
    --------
    torch.nn.BCEWithLogitsLoss
    """

    pos_weight: Array | float | None = field(default=None, kw_only=True)

    def __post_init__(self):
        super().__post_init__()
        if self.pos_weight is not None:
            require_weights(self.pos_weight, "pos_weight")

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one per entry where the reduction is "none".

        Parameters
        ----------
        prediction : array, any shape that is not empty
            Logits.
        target : array, shaped like the prediction
            Probabilities of yes, between 0 and 1.

        Returns
        -------
        array, of shape () or shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit or are empty.
        """
        xp, z, y = pair(prediction, target)
        yes, no = log_losses(xp, z)
        return self._reduce(xp, self._weight(z) * y * yes + (1 - y) * no)

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the logits: p − y, if nothing is weighted.

        Parameters
        ----------
        prediction : array, any shape that is not empty
            Logits.
        target : array, shaped like the prediction
            Probabilities of yes, between 0 and 1.
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit or are empty.
        """
        _, z, y = pair(prediction, target)
        p, not_p = Sigmoid()(z), Sigmoid()(-z)
        slope = (1 - y) * p - self._weight(z) * y * not_p
        return slope * self._spread(z.shape, upstream, like=z)

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
    require_count(n_classes, "n_classes")
    xp, _ = floating(classes, "classes")
    numbers = to_numpy(classes) if hasattr(classes, "dtype") else np.asarray(classes)
    if numbers.dtype.kind not in "iu":
        raise TypeError(f"classes: expected whole numbers, got {numbers.dtype}")
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < n_classes):
        raise ValueError(
            f"classes: expected 0 … {n_classes - 1}, got {numbers.min()} to {numbers.max()}"
        )
    counts = np.bincount(numbers.ravel(), minlength=n_classes)
    if not counts.all():
        raise ValueError(f"classes: class {counts.argmin()} does not occur, so it has no weight")
    return xp.asarray(numbers.size / (n_classes * counts), **_where(classes))


def _where(array: Array) -> dict[str, Any]:
    return {"device": device(array)} if hasattr(array, "dtype") else {}
