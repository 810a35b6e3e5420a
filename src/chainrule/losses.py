"""Loss functions (section 1.4; so far the two that chapter 1.1 needs).

A loss is a pure function ``loss(prediction, target)`` with ``loss.gradient(prediction, target)``,
its gradient with respect to the prediction. `reduction` says what becomes of the losses of the
single entries: their "mean", their "sum", or "none" (they stay apart).
"""

from dataclasses import dataclass, field
from math import prod
from typing import Any

from array_api_compat import device

from .arrays import Array, floating, from_python, kind, require_library, require_shape

__all__ = ["MSE", "CrossEntropy"]

REDUCTIONS = ("mean", "sum", "none")


@dataclass(frozen=True)
class Loss:
    """What the losses share: the reduction, forward and backward."""

    reduction: str = field(default="mean", kw_only=True)

    def __post_init__(self):
        if self.reduction not in REDUCTIONS:
            raise ValueError(f"reduction: expected one of {REDUCTIONS}, got {self.reduction!r}")

    def _reduce(self, xp: Any, losses: Array) -> Array:
        if self.reduction == "none":
            return losses
        total = xp.sum(losses)
        return total if self.reduction == "sum" else total / prod(losses.shape)

    def _spread(self, shape: tuple, upstream: Array | None, like: Array) -> Array | float:
        """Give ∂C/∂(loss of one entry), for losses of this shape: what `_reduce` does, reversed."""
        share = 1 / prod(shape) if self.reduction == "mean" else 1.0
        if upstream is None:
            return share
        _, upstream = floating(upstream, "upstream", like)
        require_shape(
            upstream, shape if self.reduction == "none" else (), "upstream", "the shape of the loss"
        )
        return upstream * share


@dataclass(frozen=True)
class MSE(Loss):
    """Mean squared error, (1/N) Σ (ŷ − y)², over all N entries (equation 1.25).

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> import numpy as np
    >>> loss, prediction, target = MSE(), np.array([1.0, 2.0]), np.array([1.0, 4.0])
    >>> float(loss(prediction, target))
    2.0
    >>> loss.gradient(prediction, target)
    array([ 0., -2.])

    See Also
    --------
    torch.nn.MSELoss
    """

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or the squared errors where the reduction is "none".

        Parameters
        ----------
        prediction, target : array, of one shape, any shape that is not empty

        Raises
        ------
        ValueError
            If the shapes differ or are empty.
        """
        xp, error = self._error(prediction, target)
        return self._reduce(xp, error**2)

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the prediction: 2 (ŷ − y) / N.

        Parameters
        ----------
        prediction, target : array, of one shape, any shape that is not empty
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes differ or are empty.
        """
        _, error = self._error(prediction, target)
        return 2 * error * self._spread(error.shape, upstream, like=error)

    @staticmethod
    def _error(prediction: Array, target: Array) -> tuple[Any, Array]:
        xp, prediction = floating(prediction, "prediction")
        _, target = floating(target, "target", like=prediction)
        require_shape(target, prediction.shape, "target", "the shape of the prediction")
        _require_entries(prediction)
        return xp, prediction - target


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """Cross-entropy of the softmax of logits, −(1/N) Σ_i Σ_c y_ic log p_ic (equation 1.28).

    The prediction holds logits, not probabilities: log p is then computed as a difference,
    z − log Σ e^z, and stays finite where p itself would round to 0. The mean is over the N
    samples.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> import numpy as np
    >>> loss, logits, target = CrossEntropy(), np.array([[0.0, 0.0]]), np.array([1])
    >>> round(float(loss(logits, target)), 4)  # −log ½
    0.6931
    >>> loss.gradient(logits, target)  # p − y
    array([[ 0.5, -0.5]])

    See Also
    --------
    torch.nn.CrossEntropyLoss
    """

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one per sample where the reduction is "none".

        Parameters
        ----------
        prediction : array, shape (N, K, …)
            Logits.
        target : array, shape (N, …) of integers in 0 … K − 1, or (N, K, …) of probabilities

        Raises
        ------
        ValueError
            If the shapes do not fit, a class is out of range, or there is no sample.
        TypeError
            If the target is neither integers nor floats.
        """
        xp, z, y = self._check(prediction, target)
        z = z - xp.max(z, axis=1, keepdims=True)
        log_p = z - xp.log(xp.sum(xp.exp(z), axis=1, keepdims=True))
        # Σ_c y_c log p_c; where y = 0 the term is 0, even if log p is −∞
        return self._reduce(xp, -xp.vecdot(y, xp.where(y == 0, 0.0, log_p), axis=1 - z.ndim))

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
            If the shapes do not fit, a class is out of range, or there is no sample.
        TypeError
            If the target is neither integers nor floats.
        """
        xp, z, y = self._check(prediction, target)
        e = xp.exp(z - xp.max(z, axis=1, keepdims=True))
        p = e / xp.sum(e, axis=1, keepdims=True)
        share = self._spread((z.shape[0], *z.shape[2:]), upstream, like=z)
        if getattr(share, "ndim", 0):
            share = xp.expand_dims(share, axis=1)
        if y is target:  # classes became probabilities that sum to 1; these may not
            p = p * xp.sum(y, axis=1, keepdims=True)
        return (p - y) * share

    @staticmethod
    def _check(prediction: Array, target: Array) -> tuple[Any, Array, Array]:
        """Give the namespace, the logits, and the target as probabilities (N, K, …)."""
        xp, z = floating(prediction, "prediction")
        if z.ndim < 2:
            raise ValueError(f"prediction: expected logits (N, K, …), got shape {tuple(z.shape)}")
        _require_entries(z)
        return xp, z, _probabilities(xp, z, target)


def _require_entries(prediction: Array) -> None:
    if 0 in prediction.shape:
        raise ValueError(f"prediction: expected at least one entry, got {tuple(prediction.shape)}")


def _probabilities(xp: Any, z: Array, target: Array) -> Array:
    """Give the target as probabilities, shaped like the logits z: one-hot if it holds classes."""
    if not hasattr(target, "dtype"):
        target = xp.asarray(from_python(target, "target"), device=device(z))
    require_library(target, z, "target")
    if kind(target) == "real floating":
        require_shape(target, z.shape, "target", "probabilities, one per logit")
        return target
    if kind(target) != "integral":
        raise TypeError(f"target: expected integer classes or probabilities, got {target.dtype}")
    require_shape(target, (z.shape[0], *z.shape[2:]), "target", "one class per sample")
    classes = xp.arange(z.shape[1], device=device(target))
    if z.ndim > 2:
        classes = xp.reshape(classes, (-1,) + (1,) * (z.ndim - 2))
    hits = target[:, None, ...] == classes
    if int(xp.count_nonzero(hits)) != prod(target.shape):
        low, high = int(xp.min(target)), int(xp.max(target))
        raise ValueError(
            f"target: expected classes 0 … {z.shape[1] - 1} (the prediction has {z.shape[1]} "
            f"logits a sample), got classes from {low} to {high}"
        )
    return xp.astype(hits, z.dtype)
