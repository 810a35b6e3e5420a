"""What the losses share: the reduction, and how a prediction and a target are read.

A loss states two formulas beside each other, `value` and `slope`. What calls them is `Loss`; how a
prediction and a target are read says its family: `EntryLoss` for a loss of each entry, `ClassLoss`
for one of each sample's classes.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from array_api_compat import device

from ..arrays import (
    Array,
    floating,
    from_python,
    kind,
    library,
    plain,
    real,
    same_library,
    same_shape,
    to_numpy,
    upstream_of,
    with_numbers,
)
from ..arrays.functions import as_numbers, exp, is_class, log1p, maximum, sum
from ..arrays.rules import cast, from_front, to_front, widened
from ..arrays.settings import Settings, one_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Loss(Settings):
    """A loss of many entries, and what becomes of them: the mean, the sum, or all of them.

    A loss states its formulas, `value` and `slope`; its family says how it reads a prediction and a
    target.
    """

    reduction: str = one_of("mean", "sum", "none", sentence="what is made of the entries' losses")

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or the losses of all entries where the reduction is "none".

        Parameters
        ----------
        prediction, target : array
            Of the shapes that the loss takes, and not empty.

        Returns
        -------
        array

        Raises
        ------
        ValueError
            If the shapes do not fit, a number is out of range, or there is nothing to take a mean
            of.
        TypeError
            If an array does not hold numbers, or the target numbers of a kind that the loss does
            not know.
        """
        return self._value(*self._read(prediction, target))

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the prediction.

        Parameters
        ----------
        prediction, target : array
            Those of the call, and what it refuses is refused here.
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction
        """
        return self._gradient(*self._read(prediction, target), upstream)

    def value(self, *arrays):
        """Give the loss of each entry or sample; the formula alone."""
        raise NotImplementedError

    def slope(self, *arrays):
        """Give the slope of each loss in what is predicted; the formula alone."""
        raise NotImplementedError

    def _read(self, prediction: Array, target: Array) -> tuple[Array, tuple, Any]:
        """Give the prediction, what the formulas are applied to, and what the mean divides by."""
        prediction, target = self._fitting(prediction, target)
        return prediction, *self._arrays(widened(prediction), target)

    def _fitting(self, prediction: Array, target: Array) -> tuple[Array, Array]:
        """Give both as arrays of the kind that the loss takes."""
        raise NotImplementedError

    def _arrays(self, prediction: Array, target: Array) -> tuple[tuple, Any]:
        """Give what the formulas are applied to, in 32 bits, and what the mean divides by."""
        raise NotImplementedError

    def _value(self, like: Array, arrays: tuple, count: Any) -> Array:
        return cast(self._reduce(self._losses(*arrays), count), like.dtype)

    def _gradient(
        self, like: Array, arrays: tuple, count: Any, upstream: Array | None = None
    ) -> Array:
        return cast(self._slopes(arrays, count, upstream, like), like.dtype)

    def _losses(self, *arrays: Array) -> Array:
        return self.value(*arrays)

    def _slopes(self, arrays: tuple, count: Any, upstream: Array | None, like: Array) -> Array:
        return self.slope(*arrays) * self._spread(like.shape, upstream, like, count)

    def _reduce(self, losses: Array, count: Array | float | None = None) -> Array:
        """Give the mean, the sum or all of the losses; `count` is what the mean divides by."""
        if self.reduction == "none":
            return losses
        if self.reduction == "sum":
            return sum(losses)
        # divided first: the sum of many large losses can overflow where their mean does not
        return sum(losses / (prod(losses.shape) if count is None else count))

    def _spread(
        self, shape: tuple, upstream: Array | None, like: Array, count: Array | float | None = None
    ) -> Array | float:
        """Give ∂C/∂(loss of one entry), for losses of this shape: what `_reduce` does, reversed."""
        share = 1.0
        if self.reduction == "mean":
            share = 1 / (prod(shape) if count is None else count)
        if upstream is None:
            return share
        shape = shape if self.reduction == "none" else ()
        return widened(upstream_of(upstream, shape, "the shape of the loss", like)) * share


@dataclass(frozen=True, kw_only=True, eq=False)
class EntryLoss(Loss):
    """A loss of each entry of a prediction; the target has the same shape, whatever it is."""

    def _fitting(self, prediction: Array, target: Array) -> tuple[Array, Array]:
        return pair(prediction, target)

    def _arrays(self, prediction: Array, target: Array) -> tuple[tuple, Any]:
        return self._ready(prediction, widened(target)), None

    def _ready(self, prediction: Array, target: Array) -> tuple:
        """Give what the formulas are applied to."""
        return prediction, target


@dataclass(frozen=True, kw_only=True, eq=False)
class YesNoLoss(EntryLoss):
    """A loss of logits, whose targets are 1 for yes, 0 for no, or a probability between."""

    def _ready(self, prediction: Array, target: Array) -> tuple:
        between_0_and_1(target, "target")
        return prediction, target


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassLoss(Loss):
    """A loss of each sample's logits, shape (N, K, …), for targets that are classes, (N, …).

    The formulas get logits and target with the classes along the first axis, z and y of shape
    (K, N, …), or what `_ready` makes of these.
    """

    def _fitting(self, prediction: Array, target: Array) -> tuple[Array, Array]:
        return with_classes(prediction, "logits"), target

    def _arrays(self, prediction: Array, target: Array) -> tuple[tuple, Any]:
        z = to_front(prediction, 1)
        y, count = self._classes(z, target)
        return self._ready(z, y), count

    def _ready(self, z: Array, y: Array) -> tuple:
        """Give what the formulas are applied to."""
        return z, y

    def _classes(self, z: Array, target: Array) -> tuple[Array, Any]:
        """Give the target as numbers shaped like z, and what the mean divides by."""
        raise NotImplementedError

    def _slopes(self, arrays: tuple, count: Any, upstream: Array | None, like: Array) -> Array:
        share = self._spread(arrays[0].shape[1:], upstream, like, count)
        return from_front(self.slope(*arrays) * share, 1)


def value_and_gradient(loss: Any, prediction: Array, target: Array) -> tuple[Array, Array]:
    """Give a loss and its gradient: of one of the book's, the arrays are read once for both."""
    if hasattr(loss, "both_at_once"):
        return loss.both_at_once(prediction, target)
    cls = type(loss)
    of_the_book = isinstance(loss, Loss) and cls.__call__ is Loss.__call__
    if not of_the_book or cls.gradient is not Loss.gradient:
        return loss(prediction, target), loss.gradient(prediction, target)
    read = loss._read(prediction, target)
    return loss._value(*read), loss._gradient(*read)


# ---- reading -------------------------------------------------------------------------------------


def require_entries(prediction: Array, name: str = "prediction") -> None:
    """Raise a ValueError that names the argument unless it has an entry."""
    if 0 in prediction.shape:
        raise ValueError(f"{name}: expected at least one entry, got {tuple(prediction.shape)}")


def between_0_and_1(x: Array, name: str, meaning: str = "numbers") -> None:
    """Raise a ValueError that names the argument unless all its numbers are, but for rounding."""
    xp, numbers = library(x), with_numbers(x, name)
    slack = 2 * float(xp.finfo(x.dtype).eps) if kind(x) == "real floating" else 0.0
    low, high = float(xp.min(numbers)), float(xp.max(numbers))
    if not (low >= -slack and high <= 1 + slack):
        raise ValueError(f"{name}: expected {meaning} from 0 to 1, got {low:g} to {high:g}")


def pair(prediction: Array, target: Array) -> tuple[Array, Array]:
    """Give prediction and target as floating-point arrays of one shape.

    A target of integers takes the dtype of the prediction.
    """
    prediction = real(prediction, "prediction")
    target = as_array(target, prediction) if hasattr(target, "dtype") else target
    whole = hasattr(target, "dtype") and kind(target) == "integral"
    target = real(target, "target", like=prediction)
    same_shape(target, prediction.shape, "target", "the shape of the prediction")
    require_entries(prediction)
    return prediction, cast(target, prediction.dtype) if whole else target


def with_classes(prediction: Array, meaning: str) -> Array:
    """Give the prediction as a floating-point array of shape (N, K, …)."""
    prediction = real(prediction, "prediction")
    if prediction.ndim < 2:
        raise ValueError(
            f"prediction: expected {meaning} (N, K, …), got shape {tuple(prediction.shape)}"
        )
    require_entries(prediction)
    return prediction


def as_array(target: Array, like: Array) -> Array:
    """Give the target as an array of the prediction's library."""
    if target.__class__ is like.__class__ is np.ndarray and target.dtype.isnative:
        return target  # as nearly always
    if not hasattr(target, "dtype"):
        target = library(like).asarray(from_python(target, "target"), device=device(like))
    target = plain(target, "target")
    same_library(target, like, "target")
    return target


def hot(z: Array, classes: Array, ignore_index: int | None = None) -> tuple[Array, int]:
    """Give classes (N, …) as 0 and 1, shaped like z (K, N, …), and how many of them count.

    Where the class is `ignore_index`, if there is one, there is no 1.
    """
    same_shape(classes, z.shape[1:], "target", "one class per sample")
    xp = np if isinstance(z, np.ndarray) else library(z)
    if xp is not np:
        classes = with_numbers(xp.astype(classes, xp.int64, copy=False), "target")
    y = is_class(classes, z.shape[0])
    if ignore_index is not None and 0 <= ignore_index < z.shape[0]:
        y[ignore_index, ...] = False
    count = int(xp.count_nonzero(y))
    if count < prod(z.shape[1:]):
        counted = to_numpy(classes).astype(int)
        if ignore_index is not None:
            counted = counted[counted != ignore_index]
        if counted.size > count:
            raise ValueError(
                f"target: expected classes 0 … {z.shape[0] - 1} (the prediction has {z.shape[0]} "
                f"entries a sample), got classes from {counted.min()} to {counted.max()}"
            )
    return as_numbers(y, like=z), count


def per_class(weight: Array, name: str, like: Array) -> Array:
    """Give weights (K,) as an array of the dtype of `like` (K, N, …) that broadcasts against it."""
    weight = real(weight, name, like=like)
    same_shape(weight, (like.shape[0],), name, "one number per class")
    xp, _ = floating(like)
    return xp.reshape(xp.astype(weight, like.dtype), (-1,) + (1,) * (like.ndim - 1))


def log_losses(z):
    """Give −log σ(z) and −log(1 − σ(z)), without ever taking the logarithm of a rounded 0."""
    rest = log1p(exp(-abs(z)))
    return maximum(-z, 0.0) + rest, maximum(z, 0.0) + rest
