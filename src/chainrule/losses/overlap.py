"""Losses of overlap, for masks with few foreground pixels: Dice and Tversky."""

from dataclasses import dataclass
from typing import Any

from ..arrays import Array, kind, library, same_shape
from ..arrays.functions import sum, where
from ..arrays.rules import cast, from_front, to_front, widened
from ..arrays.settings import not_negative, switch
from .core import Loss, as_array, between_0_and_1, hot, with_classes


@dataclass(frozen=True, kw_only=True, eq=False)
class Overlap(Loss):
    """A loss 1 − S_c of each class c, with S_c = above / below a score of overlap.

    The prediction holds probabilities, shape (N, K, …), the target classes, (N, …), or 0 and 1,
    (N, K, …). With the reduction "none" there is a loss for each class, or for each sample and
    class if the sums are per sample. A loss states what stands above and below the line, `value`,
    and the slopes of both, `slope`, for probabilities p and a target y whose last axis is what is
    added up.
    """

    smooth: float = not_negative(1e-5, "s; with 0, 0/0 counts as 1")
    per_sample: bool = switch(False, "whether each sample has sums of its own, and is averaged")
    skip_absent: bool = switch(False, "whether classes that the target lacks are left out")

    def _losses(self, p: Array, y: Array) -> Array:
        return (1 - self._score(p, y)[0]) * self._shares(y)

    def _slopes(self, arrays: tuple, count: Any, upstream: Array | None, like: Array) -> Array:
        p, y = arrays
        score, inverse = self._score(p, y)
        above, below = self.slope(p, y)
        share = inverse * self._shares(y) * self._spread(score.shape, upstream, like, count)
        return self._unrolled((score[..., None] * below - above) * share[..., None], like)

    def _read(self, prediction: Array, target: Array) -> tuple:
        """Give both as rows of what is added up: (K, N · …), or (N, K, …) if per sample."""
        prediction = with_classes(prediction, "probabilities")
        between_0_and_1(prediction, "prediction", "probabilities")
        p = widened(prediction)
        y = as_array(target, p)
        if kind(y) == "other":
            raise TypeError(f"target: expected classes, or 0 and 1, got {y.dtype}")
        p = to_front(p, 1)
        if kind(y) == "integral" and y.ndim != p.ndim:
            y = hot(p, y)[0]
        else:
            same_shape(y, prediction.shape, "target", "0 and 1, one per probability")
            between_0_and_1(y, "target")
            y = cast(to_front(y, 1), p.dtype)
        return prediction, (self._rolled(p), self._rolled(y)), 1

    def _rolled(self, x: Array) -> Array:
        x = from_front(x, 1) if self.per_sample else x
        return library(x).reshape(x, (*x.shape[: 1 + self.per_sample], -1))

    def _unrolled(self, x: Array, like: Array) -> Array:
        xp, shape = library(x), like.shape
        if self.per_sample:
            return xp.reshape(x, shape)
        return from_front(xp.reshape(x, (shape[1], shape[0], *shape[2:])), 1)

    def _score(self, p: Array, y: Array) -> tuple[Array, Array]:
        """Give the score, and 1 / below; where 0 / 0, nothing is amiss: 1, and 0."""
        above, below = self.value(p, y)
        inverse = where(below == 0, 0.0, 1 / where(below == 0, 1.0, below))
        return where(below == 0, 1.0, above * inverse), inverse

    def _shares(self, y: Array) -> Array:
        """Give the share of each class in the loss."""
        xp = library(y)
        present = xp.astype(sum(y, axis=-1) > 0, y.dtype)
        counted = present if self.skip_absent else xp.ones_like(present)
        if self.reduction != "mean":
            return counted
        classes = sum(counted, axis=-1)[..., None]
        rows = int(xp.count_nonzero(classes))
        if rows == 0:
            raise ValueError("target: expected a class to take a mean of, but all are absent")
        return counted / where(classes == 0, 1.0, classes) / rows


@dataclass(frozen=True, kw_only=True)
class Dice(Overlap):
    """Dice loss, 1 − mean of (2 Σ p y + s) / (Σ p + Σ y + s) over the classes (equation 1.31).

    The sums are over the batch and over space, or within each sample. With the smoothing s above
    and below the line, a class that neither occurs nor is predicted scores 1. The prediction holds
    probabilities, not logits: put a `Softmax` before it.

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
    Milletari, Navab and Ahmadi, 2016 (with squares in the denominator).
    """

    def value(self, p, y):
        """Give 2 Σ p y + s and Σ p + Σ y + s."""
        above = 2 * sum(p * y, axis=-1) + self.smooth
        below = sum(p, axis=-1) + sum(y, axis=-1) + self.smooth
        return above, below

    def slope(self, p, y):
        """Give 2 y and 1."""
        return 2 * y, 1.0


@dataclass(frozen=True, kw_only=True)
class Tversky(Overlap):
    """Tversky loss, 1 − mean of (TP + s) / (TP + α FP + β FN + s) (equation 1.4.8a).

    TP = Σ p y, FP = Σ p (1 − y) and FN = Σ (1 − p) y, over the batch and over space, or within each
    sample. With α = β = ½ it is the Dice loss with twice the smoothing. The prediction holds
    probabilities, not logits: put a `Softmax` before it.

    Examples
    --------
    >>> import numpy as np
    >>> p, y = np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1])
    >>> round(float(Tversky(smooth=0.0)(p, y)), 4)  # that of Dice
    0.2667
    >>> # Jaccard's: 1 − (½ + ⅔) / 2
    >>> loss = Tversky(alpha=1.0, beta=1.0, smooth=0.0)
    >>> round(float(loss(p, y)), 4)
    0.4167

    References
    ----------
    Salehi, Erdogmus and Gholipour, 2017.
    """

    alpha: float = not_negative(0.5, "what a false positive weighs")
    beta: float = not_negative(0.5, "what a false negative weighs")

    def value(self, p, y):
        """Give TP + s and TP + α FP + β FN + s."""
        above = sum(p * y, axis=-1) + self.smooth
        false, missed = sum(p * (1 - y), axis=-1), sum((1 - p) * y, axis=-1)
        return above, above + self.alpha * false + self.beta * missed

    def slope(self, p, y):
        """Give y and y + α (1 − y) − β y."""
        return y, y + self.alpha * (1 - y) - self.beta * y
