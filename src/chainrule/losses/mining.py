"""The mining of triplets, and the loss that mines for itself."""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from array_api_compat import device

from ..arrays import Array, kind, library, plain, same_library, same_shape, to_numpy, with_numbers
from ..arrays.functions import all, any, argmax, argmin, nonzero, one_hot, sqrt, sum, where
from ..arrays.rules import to_front, widened
from .core import as_array
from .triplet import TripletLoss, embeddings_of


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
    >>> embeddings = np.array([[0.0], [1.0], [4.0], [3.0]])
    >>> classes = np.array([0, 0, 0, 1])
    >>> [rows.tolist() for rows in mine_triplets(embeddings, classes)]
    [[0, 1, 2], [2, 2, 0], [3, 3, 3]]
    """
    x = embeddings_of(embeddings, "embeddings")
    if not hasattr(classes, "dtype"):
        raise TypeError(f"classes: expected an array of whole numbers, got {classes!r}")
    classes = plain(classes, "classes")
    _require_minable(x, classes, "embeddings", "classes")
    return mined(x, classes)


def _require_minable(x: Array, classes: Array, of_x: str, name: str) -> None:
    """Raise an error that names the argument unless all distances are numbers and classes two."""
    xp = library(x)
    if not bool(xp.all(xp.isfinite(with_numbers(x, of_x)))):
        raise ValueError(f"{of_x}: expected finite numbers, got NaN or infinity")
    if kind(classes) != "integral":
        raise TypeError(f"{name}: expected an array of whole numbers, got {classes.dtype}")
    same_library(classes, x, name)
    same_shape(classes, x.shape[:1], name, "one per embedding")
    if np.unique(to_numpy(classes, name)).size in (1, x.shape[0]):
        raise ValueError(f"{name}: expected a pair of one class and a sample of another")


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
class MinedTriplet(TripletLoss):
    """Triplet loss of embeddings and their classes, which mines the triplets itself.

    The prediction holds embeddings (N, D), the target their classes, whole numbers (N,). Each
    sample is an anchor with its hardest triplet in the batch (equation 1.4.7c); a ValueError if
    none can be. The losses are those of the anchors, and the mean is over these. Which triplets are
    mined changes in jumps; the gradient is that of the loss of those that are. Mining goes by the
    Euclidean distance, whatever `p` is.

    Examples
    --------
    >>> import numpy as np
    >>> embeddings = np.array([[0.0], [1.0], [4.0]])
    >>> classes = np.array([0, 0, 1])
    >>> loss = MinedTriplet(margin=2.5, eps=0.0)
    >>> # (max(1 − 4 + 2.5, 0) + max(1 − 3 + 2.5, 0)) / 2
    >>> float(loss(embeddings, classes))
    0.25
    >>> loss.gradient(embeddings, classes)
    array([[-0.5],
           [ 1. ],
           [-0.5]])

    References
    ----------
    Hermans, Beyer and Leibe, 2017.
    """

    def _read(self, prediction: Array, target: Array) -> tuple:
        x = embeddings_of(prediction, "prediction")
        classes = as_array(target, x)
        _require_minable(x, classes, "prediction", "target")
        return x, (widened(x), mined(x, classes)), None

    def _losses(self, x: Array, rows: tuple) -> Array:
        return self.value(*parts(x, rows))

    def _slopes(self, arrays: tuple, count: Any, upstream: Array | None, like: Array) -> Array:
        x, rows = arrays
        of_parts = super()._slopes(parts(x, rows), count, upstream, like)
        return added_up(x.shape[0], zip(rows, of_parts, strict=True))


def parts(x: Array, rows: tuple) -> tuple[Array, ...]:
    """Give the anchors, the positives and the negatives, each (D, anchors)."""
    return tuple(to_front(library(x).take(x, r, axis=0), 1) for r in rows)


def added_up(n, pairs):
    """Add up for each of n samples the gradients of the triplets that it is part of.

    `pairs` holds, for anchors, positives and negatives, their rows and their gradients.
    """
    total = 0.0
    for rows, gradients in pairs:
        total = total + one_hot(rows, n, like=gradients) @ gradients
    return total
