"""Losses of overlap, for masks with few foreground pixels: Dice and Tversky."""

from dataclasses import dataclass, field
from typing import Any

from ..arrays import Array, floating, kind, require_not_negative, require_shape, settle
from .core import Loss, as_array, one_hot, with_classes


@dataclass(frozen=True)
class Overlap(Loss):
    """A loss 1 − S_c of each class c, with S_c = numerator / denominator a score of overlap.

    A loss states both, and their slopes, beside each other.
    """

    smooth: float = field(default=1e-5, kw_only=True)
    per_sample: bool = field(default=False, kw_only=True)
    skip_absent: bool = field(default=False, kw_only=True)

    def __post_init__(self):
        super().__post_init__()
        settle(self, require_not_negative, "smooth")

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one per class where the reduction is "none".

        Parameters
        ----------
        prediction : array, shape (N, K, …)
            Probabilities.
        target : array, shape (N, …) of classes in 0 … K − 1, or (N, K, …) of 0 and 1

        Returns
        -------
        array, of shape (), or (K,), or (N, K) if the sums are per sample

        Raises
        ------
        ValueError
            If the shapes do not fit, a class is out of range, there is no sample, or every class
            is absent and skipped.
        TypeError
            If the target does not hold numbers.
        """
        xp, p, y = self._read(prediction, target)
        score, _ = self._score(xp, p, y)
        losses = (1 - score) * self._shares(xp, y)
        return losses if self.reduction == "none" else xp.sum(losses)

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the probabilities.

        Parameters
        ----------
        prediction : array, shape (N, K, …)
            Probabilities.
        target : array, shape (N, …) of classes in 0 … K − 1, or (N, K, …) of 0 and 1
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit, a class is out of range, there is no sample, or every class
            is absent and skipped.
        TypeError
            If the target does not hold numbers.
        """
        xp, p, y = self._read(prediction, target)
        score, slope = self._score(xp, p, y)
        share = self._shares(xp, y)
        if upstream is not None:
            _, upstream = floating(upstream, "upstream", like=p)
            shape = score.shape if self.reduction == "none" else ()
            require_shape(upstream, shape, "upstream", "the shape of the loss")
            share = share * upstream
        return -slope * self._spatial(xp, share, p)

    def _score(self, xp: Any, p: Array, y: Array) -> tuple[Array, Array]:
        """Give the scores, (K,) or (N, K), and their slopes, shaped like p."""
        raise NotImplementedError

    @staticmethod
    def _read(prediction: Array, target: Array) -> tuple[Any, Array, Array]:
        """Give the namespace, the probabilities, and the target as 0 and 1, shaped like them."""
        xp, p = with_classes(prediction, "probabilities")
        y = as_array(xp, target, p)
        if kind(y) == "other":
            raise TypeError(f"target: expected classes, or 0 and 1, got {y.dtype}")
        if kind(y) == "integral" and y.ndim != p.ndim:
            return xp, p, one_hot(xp, p, y)[0]
        require_shape(y, p.shape, "target", "0 and 1, one per probability")
        return xp, p, xp.astype(y, p.dtype)

    def _sum(self, xp: Any, x: Array) -> Array:
        """Add up over space, and over the samples unless the sums are per sample."""
        first = () if self.per_sample else (0,)
        return xp.sum(x, axis=(*first, *range(2, x.ndim))) if first or x.ndim > 2 else x

    def _spatial(self, xp: Any, per_class: Array, like: Array) -> Array:
        """Give (K,) or (N, K) a shape that broadcasts against `like`, (N, K, …)."""
        rows = per_class.shape[0] if self.per_sample else 1
        return xp.reshape(per_class, (rows, -1) + (1,) * (like.ndim - 2))

    def _ratio(self, xp: Any, above: Array, below: Array) -> tuple[Array, Array]:
        """Give above / below, and 1 / below; where both are 0, nothing is amiss: 1, and 0."""
        inverse = xp.where(below == 0, 0.0, 1 / xp.where(below == 0, 1.0, below))
        return xp.where(below == 0, 1.0, above * inverse), inverse

    def _shares(self, xp: Any, y: Array) -> Array:
        """Give the share of each class in the loss."""
        present = xp.astype(self._sum(xp, y) > 0, y.dtype)
        counted = present if self.skip_absent else xp.ones_like(present)
        if self.reduction != "mean":
            return counted
        classes = xp.sum(counted, axis=-1, keepdims=True)
        rows = int(xp.count_nonzero(classes))
        if rows == 0:
            raise ValueError("target: expected a class to take a mean of, but all are absent")
        return counted / xp.where(classes == 0, 1.0, classes) / rows


@dataclass(frozen=True)
class Dice(Overlap):
    """Dice loss, 1 − mean of (2 Σ p y + s) / (Σ p + Σ y + s) over the classes (equation 1.31).

    The sums are over the batch and over space, or within each sample. With the smoothing s above
    and below the line, a class that neither occurs nor is predicted scores 1. The prediction holds
    probabilities, not logits: put a `Softmax` before it.

    Parameters
    ----------
    smooth : float
        s, at least 0; with 0, 0/0 counts as 1.
    per_sample : bool
        Whether each sample has sums of its own; the mean is then over the samples, too.
    skip_absent : bool
        Whether the mean leaves classes out that the target does not have: of the whole batch, or
        of each sample.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If `smooth` is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> p, y = np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1])
    >>> round(float(Dice(smooth=0.0)(p, y)), 4)  # 1 − (1/1.5 + 2/2.5) / 2
    0.2667
    >>> Dice(smooth=0.0).gradient(p, y).round(4)
    array([[-0.4444,  0.16  ],
           [ 0.2222, -0.24  ]])

    References
    ----------
    Milletari, Navab and Ahmadi, 2016.
    """

    def _score(self, xp: Any, p: Array, y: Array) -> tuple[Array, Array]:
        above = 2 * self._sum(xp, p * y) + self.smooth
        below = self._sum(xp, p) + self._sum(xp, y) + self.smooth
        score, inverse = self._ratio(xp, above, below)
        slope = (2 * y - self._spatial(xp, score, p)) * self._spatial(xp, inverse, p)
        return score, slope


@dataclass(frozen=True)
class Tversky(Overlap):
    """Tversky loss, 1 − mean of (TP + s) / (TP + α FP + β FN + s) (equation 1.4.8a).

    TP = Σ p y, FP = Σ p (1 − y) and FN = Σ (1 − p) y, over the batch and over space, or within each
    sample. With α = β = ½ it is the Dice loss with twice the smoothing. The prediction holds
    probabilities, not logits: put a `Softmax` before it.

    Parameters
    ----------
    alpha : float
        What a false positive weighs, at least 0.
    beta : float
        What a false negative weighs, at least 0.
    smooth : float
        s, at least 0; with 0, 0/0 counts as 1.
    per_sample : bool
        Whether each sample has sums of its own; the mean is then over the samples, too.
    skip_absent : bool
        Whether the mean leaves classes out that the target does not have: of the whole batch, or
        of each sample.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If a number is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> p, y = np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1])
    >>> round(float(Tversky(smooth=0.0)(p, y)), 4)  # that of Dice
    0.2667
    >>> loss = Tversky(alpha=1.0, beta=1.0, smooth=0.0)  # Jaccard's: 1 − (½ + ⅔) / 2
    >>> round(float(loss(p, y)), 4)
    0.4167

    References
    ----------
    Salehi, Erdogmus and Gholipour, 2017.
    """

    alpha: float = field(default=0.5, kw_only=True)
    beta: float = field(default=0.5, kw_only=True)

    def __post_init__(self):
        super().__post_init__()
        settle(self, require_not_negative, "alpha", "beta")

    def _score(self, xp: Any, p: Array, y: Array) -> tuple[Array, Array]:
        hit, false, missed = p * y, p * (1 - y), (1 - p) * y
        above = self._sum(xp, hit) + self.smooth
        below = above + self.alpha * self._sum(xp, false) + self.beta * self._sum(xp, missed)
        score, inverse = self._ratio(xp, above, below)
        slope_below = y + self.alpha * (1 - y) - self.beta * y
        slope = (y - self._spatial(xp, score, p) * slope_below) * self._spatial(xp, inverse, p)
        return score, slope
