"""The triplet loss, and the mining of triplets."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import device

from ..arrays import (
    Array,
    floating,
    kind,
    require_library,
    require_shape,
    to_numpy,
)
from ..arrays.settings import finite, norm, switch
from .core import Loss, as_array, require_entries


@dataclass(frozen=True, kw_only=True)
class TripletSettings(Loss):
    """What a triplet loss can be set to; `Triplet` says what it means."""

    margin: float = finite(1.0)
    p: float = norm(2.0)
    eps: float = finite(1e-6)
    swap: bool = switch(False)

    of_scores = False  # its outputs are embeddings, not a score for each class


@dataclass(frozen=True, kw_only=True)
class Triplet(TripletSettings):
    """Triplet loss, max(d(a, p) − d(a, n) + margin, 0) (equation 1.4.7a).

    d(x, y) = ‖x − y + ε‖ is a distance between rows: an anchor should be closer to the positive,
    of its own class, than to the negative, of another, by the margin. Where the two sides of the
    maximum are equal the slope is PyTorch's, that of the first. The mean is over the triplets.

    Parameters
    ----------
    margin : float
    p : float
        Of the norm, at least 1; infinity is allowed.
    eps : float
        ε, added to each difference.
    swap : bool
        Whether d(p, n) takes the place of d(a, n) where it is smaller.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If `margin` or `eps` is not finite, or `p` is less than 1.

    Examples
    --------
    >>> import numpy as np
    >>> anchor, positive, negative = np.array([[[0.0, 0.0]], [[3.0, 4.0]], [[5.0, 0.0]]])
    >>> round(float(Triplet(eps=0.0)(anchor, positive, negative)), 4)  # 5 − 5 + 1
    1.0
    >>> [g.tolist() for g in Triplet(eps=0.0).gradient(anchor, positive, negative)]
    [[[0.4, -0.8]], [[0.6, 0.8]], [[-1.0, 0.0]]]

    References
    ----------
    Schroff, Kalenichenko and Philbin, 2015.

    See Also
    --------
    torch.nn.TripletMarginLoss
    """

    def __call__(self, anchor: Array, positive: Array, negative: Array) -> Array:
        """Give the loss: a number, or one per triplet where the reduction is "none".

        Parameters
        ----------
        anchor, positive, negative : array, of one shape (N, D)

        Returns
        -------
        array, of shape () or (N,)

        Raises
        ------
        ValueError
            If the shapes differ, are empty, or are not (N, D).
        """
        xp, a, p, n = self._read(anchor, positive, negative)
        to_negative = self._distance(xp, a - n)
        if self.swap:
            to_negative = xp.minimum(to_negative, self._distance(xp, p - n))
        h = self._distance(xp, a - p) - to_negative + self.margin
        return self._reduce(xp.where(h < 0, 0.0, h))

    def gradient(
        self, anchor: Array, positive: Array, negative: Array, upstream: Array | None = None
    ) -> tuple[Array, Array, Array]:
        """Give the loss's gradients with respect to anchor, positive and negative.

        Parameters
        ----------
        anchor, positive, negative : array, of one shape (N, D)
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        tuple of three arrays, of shape (N, D)

        Raises
        ------
        ValueError
            If the shapes differ, are empty, or are not (N, D).
        """
        xp, a, p, n = self._read(anchor, positive, negative)
        to_positive, to_negative = self._distance(xp, a - p), self._distance(xp, a - n)
        away, near = self._direction(xp, a - n), self._direction(xp, a - p)
        across = xp.zeros_like(away)
        if self.swap:
            between = self._distance(xp, p - n)
            swapped = (1 + xp.sign(to_negative - between)) / 2  # ½ where they are equal
            across = swapped[:, None] * self._direction(xp, p - n)
            away = (1 - swapped)[:, None] * away
            to_negative = xp.minimum(to_negative, between)
        h = to_positive - to_negative + self.margin
        share = xp.astype(h >= 0, a.dtype) * self._spread(h.shape, upstream, like=a)
        parts = near - away, -near - across, away + across
        return tuple(share[:, None] * part for part in parts)  # type: ignore[return-value]

    @staticmethod
    def _read(anchor: Array, positive: Array, negative: Array) -> tuple[Any, Array, Array, Array]:
        xp, a = floating(anchor, "anchor")
        if a.ndim != 2:
            raise ValueError(f"anchor: expected shape (N, D), got {tuple(a.shape)}")
        require_entries(a, "anchor")
        others = []
        for name, other in (("positive", positive), ("negative", negative)):
            _, array = floating(other, name, like=a)
            require_shape(array, a.shape, name, "the shape of the anchor")
            others.append(array)
        return xp, a, *others

    def _distance(self, xp: Any, difference: Array) -> Array:
        """Give ‖x + ε‖ of each row; divided by its largest entry first, so no power overflows."""
        size = xp.abs(difference + self.eps)
        largest = xp.max(size, axis=1, keepdims=True)
        if self.p == float("inf"):
            return largest[:, 0]
        scale = xp.where(largest == 0, 1.0, largest)
        return scale[:, 0] * xp.sum((size / scale) ** self.p, axis=1) ** (1 / self.p)

    def _direction(self, xp: Any, difference: Array) -> Array:
        """Give the slope of the distance in each entry: sign(x) (|x| / ‖x‖)^(p − 1)."""
        x = difference + self.eps
        if self.p == float("inf"):
            largest = xp.astype(xp.abs(x) == xp.max(xp.abs(x), axis=1, keepdims=True), x.dtype)
            return xp.sign(x) * largest / xp.sum(largest, axis=1, keepdims=True)
        distance = self._distance(xp, difference)[:, None]
        return xp.sign(x) * (xp.abs(x) / xp.where(distance == 0, 1.0, distance)) ** (self.p - 1)


def mine_triplets(embeddings: Array, classes: Array) -> tuple[Array, Array, Array]:
    """Give the hardest triplet of each anchor: its farthest positive and its nearest negative.

    Parameters
    ----------
    embeddings : array, shape (N, D)
    classes : array of int, shape (N,)

    Returns
    -------
    tuple of three arrays of int
        The rows of anchors, positives and negatives. A sample without a positive or without a
        negative is no anchor.

    Raises
    ------
    ValueError
        If the shapes do not fit, or no sample can be an anchor.
    TypeError
        If the classes are not an array of whole numbers.

    References
    ----------
    Hermans, Beyer and Leibe, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> embeddings, classes = np.array([[0.0], [1.0], [4.0], [3.0]]), np.array([0, 0, 0, 1])
    >>> [rows.tolist() for rows in mine_triplets(embeddings, classes)]
    [[0, 1, 2], [2, 2, 0], [3, 3, 3]]
    """
    xp, x = floating(embeddings, "embeddings")
    if x.ndim != 2:
        raise ValueError(f"embeddings: expected shape (N, D), got {tuple(x.shape)}")
    if not hasattr(classes, "dtype"):
        raise TypeError(f"classes: expected an array of whole numbers, got {classes!r}")
    _require_classes(classes, x, "classes")
    return hardest(xp, x, classes)


def _require_classes(classes: Array, x: Array, name: str) -> None:
    if kind(classes) != "integral":
        raise TypeError(f"{name}: expected an array of whole numbers, got {classes.dtype}")
    require_library(classes, x, name)
    require_shape(classes, x.shape[:1], name, "one per embedding")
    if np.unique(to_numpy(classes)).size in (1, x.shape[0]):
        raise ValueError(f"{name}: expected a pair of one class and a sample of another")


def hardest(xp: Any, x: Array, classes: Array) -> tuple[Array, Array, Array]:
    """Give the rows of the anchors, of their farthest positives and of their nearest negatives."""
    largest = xp.max(xp.abs(x))
    x = x / xp.where(largest == 0, 1.0, largest)  # so that no square overflows
    distance = xp.sqrt(xp.sum((x[:, None, :] - x[None, :, :]) ** 2, axis=2))
    same = classes[:, None] == classes[None, :]
    rows = xp.arange(x.shape[0], device=device(x))
    other = rows[:, None] != rows[None, :]
    anchors = xp.any(same & other, axis=1) & xp.any(~same, axis=1)
    positive = xp.argmax(xp.where(same & other, distance, -1.0), axis=1)
    negative = xp.argmin(xp.where(same, float("inf"), distance), axis=1)
    return rows[anchors], positive[anchors], negative[anchors]


@dataclass(frozen=True, kw_only=True)
class MinedTriplet(TripletSettings):
    """Triplet loss of embeddings and their classes, which mines the triplets itself.

    Each sample is an anchor with its hardest triplet in the batch (equation 1.4.7c). The mean is
    over the anchors. Which triplets are mined changes in jumps; the gradient is that of the loss of
    those that are.

    Parameters
    ----------
    margin, p, eps, swap, reduction
        Those of `Triplet`. Mining goes by the Euclidean distance, whatever `p` is.

    Examples
    --------
    >>> import numpy as np
    >>> embeddings, classes = np.array([[0.0], [1.0], [4.0]]), np.array([0, 0, 1])
    >>> loss = MinedTriplet(margin=2.5, eps=0.0)
    >>> float(loss(embeddings, classes))  # (max(1 − 4 + 2.5, 0) + max(1 − 3 + 2.5, 0)) / 2
    0.25
    >>> loss.gradient(embeddings, classes)
    array([[-0.5],
           [ 1. ],
           [-0.5]])

    References
    ----------
    Hermans, Beyer and Leibe, 2017.
    """

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one per anchor where the reduction is "none".

        Parameters
        ----------
        prediction : array, shape (N, D)
            Embeddings.
        target : array of int, shape (N,)
            Classes.

        Returns
        -------
        array, of shape () or (anchors,)

        Raises
        ------
        ValueError
            If the shapes do not fit or are empty, or no sample can be an anchor.
        TypeError
            If the classes are not whole numbers.
        """
        xp, x, rows = self._mined(prediction, target)
        anchor, positive, negative = (xp.take(x, r, axis=0) for r in rows)
        return Triplet(**vars(self))(anchor, positive, negative)

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the embeddings.

        Parameters
        ----------
        prediction : array, shape (N, D)
            Embeddings.
        target : array of int, shape (N,)
            Classes.
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit or are empty, or no sample can be an anchor.
        TypeError
            If the classes are not whole numbers.
        """
        xp, x, rows = self._mined(prediction, target)
        anchor, positive, negative = (xp.take(x, r, axis=0) for r in rows)
        parts = Triplet(**vars(self)).gradient(anchor, positive, negative, upstream)
        everyone = xp.arange(x.shape[0], device=device(x))[:, None]
        # a sample may be in several triplets: what they say is added up
        return sum(
            xp.astype(everyone == r[None, :], part.dtype) @ part
            for r, part in zip(rows, parts, strict=True)
        )

    @staticmethod
    def _mined(prediction: Array, target: Array) -> tuple[Any, Array, tuple[Array, Array, Array]]:
        xp, x = floating(prediction, "prediction")
        if x.ndim != 2:
            raise ValueError(f"prediction: expected shape (N, D), got {tuple(x.shape)}")
        require_entries(x)
        classes = as_array(target, x)
        _require_classes(classes, x, "target")
        return xp, x, hardest(xp, x, classes)
