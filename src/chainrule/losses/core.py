"""What the losses share: the reduction, and how a target is read."""

from dataclasses import dataclass, field
from math import prod
from typing import Any

from array_api_compat import device

from ..arrays import (
    Array,
    floating,
    from_python,
    kind,
    require_library,
    require_shape,
    to_numpy,
)

REDUCTIONS = ("mean", "sum", "none")


@dataclass(frozen=True)
class Loss:
    """A loss of many entries, and what becomes of them: the mean, the sum, or all of them.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    """

    reduction: str = field(default="mean", kw_only=True)

    def __post_init__(self):
        if self.reduction not in REDUCTIONS:
            raise ValueError(f"reduction: expected one of {REDUCTIONS}, got {self.reduction!r}")

    def _reduce(self, xp: Any, losses: Array, count: Array | float | None = None) -> Array:
        """Give the mean, the sum or all of the losses; `count` is what the mean divides by."""
        if self.reduction == "none":
            return losses
        if self.reduction == "sum":
            return xp.sum(losses)
        # divided first: the sum of many large losses can overflow where their mean does not
        return xp.sum(losses / (prod(losses.shape) if count is None else count))

    def _spread(
        self, shape: tuple, upstream: Array | None, like: Array, count: Array | float | None = None
    ) -> Array | float:
        """Give ∂C/∂(loss of one entry), for losses of this shape: what `_reduce` does, reversed."""
        share = 1.0
        if self.reduction == "mean":
            share = 1 / (prod(shape) if count is None else count)
        if upstream is None:
            return share
        _, upstream = floating(upstream, "upstream", like)
        require_shape(
            upstream, shape if self.reduction == "none" else (), "upstream", "the shape of the loss"
        )
        return upstream * share


def require_entries(prediction: Array, name: str = "prediction") -> None:
    """Raise a ValueError that names the argument unless it has an entry."""
    if 0 in prediction.shape:
        raise ValueError(f"{name}: expected at least one entry, got {tuple(prediction.shape)}")


def pair(prediction: Array, target: Array) -> tuple[Any, Array, Array]:
    """Give the namespace, and prediction and target as floating-point arrays of one shape.

    A target of integers takes the dtype of the prediction.
    """
    xp, prediction = floating(prediction, "prediction")
    whole = hasattr(target, "dtype") and kind(target) == "integral"
    _, target = floating(target, "target", like=prediction)
    require_shape(target, prediction.shape, "target", "the shape of the prediction")
    require_entries(prediction)
    return xp, prediction, xp.astype(target, prediction.dtype) if whole else target


def with_classes(prediction: Array, meaning: str) -> tuple[Any, Array]:
    """Give the namespace, and the prediction as a floating-point array of shape (N, K, …)."""
    xp, prediction = floating(prediction, "prediction")
    if prediction.ndim < 2:
        raise ValueError(
            f"prediction: expected {meaning} (N, K, …), got shape {tuple(prediction.shape)}"
        )
    require_entries(prediction)
    return xp, prediction


def as_array(xp: Any, target: Array, like: Array) -> Array:
    """Give the target as an array of the prediction's library."""
    if not hasattr(target, "dtype"):
        target = xp.asarray(from_python(target, "target"), device=device(like))
    require_library(target, like, "target")
    return target


def one_hot(
    xp: Any, prediction: Array, classes: Array, ignore_index: int | None = None
) -> tuple[Array, int]:
    """Give classes (N, …) as 0 and 1, shaped like the prediction (N, K, …), and how many count.

    Where the class is `ignore_index`, if there is one, there is no 1.
    """
    n_classes = prediction.shape[1]
    shape = (prediction.shape[0], *prediction.shape[2:])
    require_shape(classes, shape, "target", "one class per sample")
    numbers = xp.arange(n_classes, device=device(classes))
    if prediction.ndim > 2:
        numbers = xp.reshape(numbers, (-1,) + (1,) * (prediction.ndim - 2))
    hits = classes[:, None, ...] == numbers
    if ignore_index is not None and 0 <= ignore_index < n_classes:
        hits = hits & (numbers != ignore_index)
    count = int(xp.count_nonzero(hits))
    if count < prod(shape):
        counted = to_numpy(classes).astype(int)
        if ignore_index is not None:
            counted = counted[counted != ignore_index]
        if len(counted) > count:
            raise ValueError(
                f"target: expected classes 0 … {n_classes - 1} (the prediction has {n_classes} "
                f"entries a sample), got classes from {counted.min()} to {counted.max()}"
            )
    return xp.astype(hits, prediction.dtype), count


def per_class(weight: Array, name: str, like: Array) -> Array:
    """Give weights (K,) as an array of the dtype of `like` (N, K, …) that broadcasts against it."""
    _, weight = floating(weight, name, like=like)
    require_shape(weight, (like.shape[1],), name, "one number per class")
    xp, _ = floating(like)
    return xp.reshape(xp.astype(weight, like.dtype), (1, -1) + (1,) * (like.ndim - 2))


def require_weights(weight: Array, name: str) -> None:
    """Raise a ValueError that names the argument unless it holds finite numbers, none below 0."""
    xp, numbers = floating(weight, name)
    if not bool(xp.all((numbers >= 0) & xp.isfinite(numbers))):
        raise ValueError(f"{name}: expected finite numbers, at least 0, got {weight!r}")


def log_losses(xp: Any, z: Array) -> tuple[Array, Array]:
    """Give −log σ(z) and −log(1 − σ(z)), without ever taking the logarithm of a rounded 0."""
    rest = xp.log1p(xp.exp(-xp.abs(z)))
    return xp.maximum(-z, 0.0) + rest, xp.maximum(z, 0.0) + rest
