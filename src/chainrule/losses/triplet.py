"""The triplet loss, and the mining of triplets."""

from dataclasses import dataclass
from math import inf

import numpy as np
from array_api_compat import device

from ..arrays import (
    Array,
    kind,
    library,
    plain,
    real,
    same_library,
    same_shape,
    to_numpy,
    with_numbers,
)
from ..arrays.functions import (
    all,
    any,
    argmax,
    argmin,
    as_numbers,
    max,
    minimum,
    nonzero,
    one_hot,
    sign,
    sqrt,
    sum,
    where,
)
from ..arrays.rules import from_front, narrowed, to_front, widened
from ..arrays.settings import finite, norm, switch
from .core import Loss, as_array, require_entries


@dataclass(frozen=True, kw_only=True, eq=False)
class TripletSettings(Loss):
    """What a triplet loss can be set to."""

    margin: float = finite(1.0, "by how much the positive should be closer")
    p: float = norm(2.0, "of the norm; infinity is allowed")
    eps: float = finite(1e-6, "ε, added to each difference")
    swap: bool = switch(False, "whether d(p, n) takes the place of d(a, n) where it is smaller")

    of_scores = False  # its outputs are embeddings, not a score for each class


@dataclass(frozen=True, kw_only=True)
class Triplet(TripletSettings):
    """Triplet loss, max(d(a, p) − d(a, n) + margin, 0) (equation 1.4.7a).

    d(x, y) = ‖x − y + ε‖ is a distance between rows: an anchor should be closer to the positive,
    of its own class, than to the negative, of another, by the margin. Where the two sides of the
    maximum are equal the slope is PyTorch's, that of the first. The mean is over the triplets.

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
        rows = self._read(anchor, positive, negative)
        return narrowed(self._reduce(self.value(*rows)), real(anchor))

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
        rows, like = self._read(anchor, positive, negative), real(anchor)
        share = self._spread(rows[0].shape[1:], upstream, like)
        parts = (from_front(part * share, 1) for part in self.slope(*rows))
        return tuple(narrowed(part, like) for part in parts)  # type: ignore[return-value]

    def value(self, a, p, n):
        """Give max(d(a, p) − d(a, n) + margin, 0) of rows that lie along the first axis."""
        h = self.distance(a - p) - self.to_negative(a, p, n) + self.margin
        return where(h < 0, 0.0, h)

    def to_negative(self, a, p, n):
        """Give d(a, n), or with `swap` d(p, n) if that is smaller."""
        to_negative = self.distance(a - n)
        return minimum(to_negative, self.distance(p - n)) if self.swap else to_negative

    def slope(self, a, p, n):
        """Give the slopes in a, p and n, of rows that lie along the first axis."""
        near, away, across = self.direction(a - p), self.direction(a - n), 0.0
        if self.swap:
            nearer = sign(self.distance(a - n) - self.distance(p - n))
            swapped = (1 + nearer) / 2  # ½ where they are equal
            across, away = swapped * self.direction(p - n), (1 - swapped) * away
        h = self.distance(a - p) - self.to_negative(a, p, n) + self.margin
        counts = as_numbers(h >= 0, like=a)
        return counts * (near - away), counts * (-near - across), counts * (away + across)

    def distance(self, x):
        """Give ‖x + ε‖; divided by the largest entry first, so that no power overflows."""
        size = abs(x + self.eps)
        largest = max(size, axis=0)
        if self.p == inf:
            return largest
        scale = where(largest == 0, 1.0, largest)
        return scale * sum((size / scale) ** self.p, axis=0) ** (1 / self.p)

    def direction(self, x):
        """Give the slope of the distance in each entry: sign(x) (|x| / ‖x‖)^(p − 1)."""
        x, distance = x + self.eps, self.distance(x)
        if self.p == inf:
            largest = as_numbers(abs(x) == distance, like=x)
            return sign(x) * largest / sum(largest, axis=0)
        return sign(x) * (abs(x) / where(distance == 0, 1.0, distance)) ** (self.p - 1)

    @staticmethod
    def _read(anchor: Array, positive: Array, negative: Array) -> list[Array]:
        """Give all three as rows along the first axis."""
        a = real(anchor, "anchor")
        if a.ndim != 2:
            raise ValueError(f"anchor: expected shape (N, D), got {tuple(a.shape)}")
        require_entries(a, "anchor")
        p, n = real(positive, "positive", like=a), real(negative, "negative", like=a)
        same_shape(p, a.shape, "positive", "the shape of the anchor")
        same_shape(n, a.shape, "negative", "the shape of the anchor")
        return [to_front(widened(rows), 1) for rows in (a, p, n)]


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
    x = real(embeddings, "embeddings")
    if x.ndim != 2:
        raise ValueError(f"embeddings: expected shape (N, D), got {tuple(x.shape)}")
    if not hasattr(classes, "dtype"):
        raise TypeError(f"classes: expected an array of whole numbers, got {classes!r}")
    classes = plain(classes, "classes")
    _require_classes(classes, x, "classes")
    _require_finite(x, "embeddings")
    return mined(x, classes)


def _require_classes(classes: Array, x: Array, name: str) -> None:
    if kind(classes) != "integral":
        raise TypeError(f"{name}: expected an array of whole numbers, got {classes.dtype}")
    same_library(classes, x, name)
    same_shape(classes, x.shape[:1], name, "one per embedding")
    if np.unique(to_numpy(classes, name)).size in (1, x.shape[0]):
        raise ValueError(f"{name}: expected a pair of one class and a sample of another")


def _require_finite(x: Array, name: str) -> None:
    """Raise a ValueError that names the argument where a number has no distance from others."""
    require_entries(x, name)
    xp = library(x)
    if not bool(xp.all(xp.isfinite(with_numbers(x, name)))):
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")


def distances(x: Array) -> Array:
    """Give the distance of every row from every other, up to a factor, shape (N, N)."""
    x = widened(x)
    largest = library(x).max(abs(x))
    x = x / where(largest == 0, 1.0, largest)  # so that no square overflows
    return library(x).stack([sqrt(sum((x - x[i, :]) ** 2, axis=1)) for i in range(x.shape[0])])


def mined(x: Array, classes: Array) -> tuple[Array, Array, Array]:
    """Give the rows of the hardest triplets."""
    same = classes[:, None] == classes[None, :]
    numbers = library(classes).arange(classes.shape[0], device=device(classes))
    return hardest(distances(x), same, same & (numbers[:, None] != numbers[None, :]))


def hardest(distance, same, partner):
    """Give the rows of the anchors, of their farthest positives and of their nearest negatives."""
    anchors = nonzero(any(partner, axis=1) & ~all(same, axis=1))[0]
    positives = argmax(where(partner, distance, -1.0), axis=1)
    negatives = argmin(where(same, inf, distance), axis=1)
    return anchors, positives[anchors], negatives[anchors]


@dataclass(frozen=True, kw_only=True)
class MinedTriplet(TripletSettings):
    """Triplet loss of embeddings and their classes, which mines the triplets itself.

    Each sample is an anchor with its hardest triplet in the batch (equation 1.4.7c). The mean is
    over the anchors. Which triplets are mined changes in jumps; the gradient is that of the loss of
    those that are. Mining goes by the Euclidean distance, whatever `p` is.

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
        x, rows = self._mined(prediction, target)
        return narrowed(Triplet(**vars(self))(*parts(x, rows)), real(prediction))

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
        x, rows = self._mined(prediction, target)
        a, p, n = parts(x, rows)
        of_parts = Triplet(**vars(self)).gradient(a, p, n, upstream)
        return narrowed(added_up(x.shape[0], zip(rows, of_parts, strict=True)), real(prediction))

    @staticmethod
    def _mined(prediction: Array, target: Array) -> tuple[Array, tuple[Array, Array, Array]]:
        x = real(prediction, "prediction")
        if x.ndim != 2:
            raise ValueError(f"prediction: expected shape (N, D), got {tuple(x.shape)}")
        require_entries(x)
        classes = as_array(target, x)
        _require_classes(classes, x, "target")
        _require_finite(x, "prediction")
        x = widened(x)
        return x, mined(x, classes)


def parts(x, rows):
    """Give the anchors, the positives and the negatives."""
    return [library(x).take(x, r, axis=0) for r in rows]


def added_up(n, pairs):
    """Add up for each of n samples the gradients of the triplets that it is part of.

    `pairs` holds, for anchors, positives and negatives, their rows and their gradients.
    """
    anchors, positives, negatives = (one_hot(r, n, like=g) @ g for r, g in pairs)
    return anchors + positives + negatives
