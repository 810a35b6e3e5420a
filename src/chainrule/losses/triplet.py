"""The triplet loss, and the mining of triplets."""

from dataclasses import dataclass
from math import inf
from typing import Any

from ..arrays import Array, real, same_shape
from ..arrays.functions import as_numbers, max, minimum, sign, sum, where
from ..arrays.rules import cast, from_front, to_front, widened
from ..arrays.settings import finite, norm, switch
from .core import Loss, require_entries


@dataclass(frozen=True, kw_only=True, eq=False)
class TripletLoss(Loss):
    """A loss of triplets; its formulas get anchors, positives and negatives, (D, N)."""

    margin: float = finite(1.0, "by how much the positive should be closer")
    p: float = norm(2.0, "of the norm; infinity is allowed")
    eps: float = finite(1e-6, "ε, added to each difference")
    swap: bool = switch(False, "whether d(p, n) takes the place of d(a, n) where it is smaller")

    of_scores = False  # its outputs are embeddings, not a score for each class

    def value(self, a, p, n):
        """Give max(d(a, p) − d(a, n) + margin, 0)."""
        h = self.distance(a - p) - self.to_negative(a, p, n) + self.margin
        return where(h < 0, 0.0, h)

    def to_negative(self, a, p, n):
        """Give d(a, n), or with `swap` d(p, n) if that is smaller."""
        to_negative = self.distance(a - n)
        return minimum(to_negative, self.distance(p - n)) if self.swap else to_negative

    def slope(self, a, p, n):
        """Give the slopes in a, p and n."""
        near, away, across = self.direction(a - p), self.direction(a - n), 0.0
        if self.swap:
            nearer = sign(self.distance(a - n) - self.distance(p - n))
            swapped = (1 + nearer) / 2  # ½ where they are equal
            across, away = swapped * self.direction(p - n), (1 - swapped) * away
        h = self.distance(a - p) - self.to_negative(a, p, n) + self.margin
        counts = as_numbers(h >= 0, like=a)
        moves = near - away, -near - across, away + across
        return tuple(counts * move for move in moves)

    def distance(self, x):
        """Give ‖x + ε‖; divided by the largest entry first, so that no power overflows."""
        size = abs(x + self.eps)
        largest = max(size, axis=0)
        if self.p == inf:
            return largest
        scale = where(largest == 0, 1.0, largest)
        return scale * sum((size / scale) ** self.p, axis=0) ** (1 / self.p)

    def direction(self, x):
        """Give the slope of the distance in each entry: sign(x) (abs(x) / ‖x‖)^(p − 1)."""
        x, distance = x + self.eps, self.distance(x)
        if self.p == inf:
            largest = as_numbers(abs(x) == distance, like=x)
            return sign(x) * largest / sum(largest, axis=0)
        return sign(x) * (abs(x) / where(distance == 0, 1.0, distance)) ** (self.p - 1)

    def _slopes(self, arrays: tuple, count: Any, upstream: Array | None, like: Array) -> Any:
        share = self._spread(arrays[0].shape[1:], upstream, like)
        return [from_front(part * share, 1) for part in self.slope(*arrays)]


@dataclass(frozen=True, kw_only=True)
class Triplet(TripletLoss):
    """Triplet loss, max(d(a, p) − d(a, n) + margin, 0) (equation 1.4.7a).

    d(x, y) = ‖x − y + ε‖ is a distance between rows: an anchor should be closer to the positive,
    of its own class, than to the negative, of another, by the margin. Where the two sides of the
    maximum are equal the slope is PyTorch's, that of the first. The mean is over the triplets.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.array([[[0.0, 0.0]], [[3.0, 4.0]], [[5.0, 0.0]]])
    >>> loss = Triplet(eps=0.0)
    >>> round(float(loss(*points)), 4)  # 5 − 5 + 1
    1.0
    >>> [g.tolist() for g in loss.gradient(*points)]
    [[[0.4, -0.8]], [[0.6, 0.8]], [[-1.0, 0.0]]]

    References
    ----------
    Schroff, Kalenichenko and Philbin, 2015.

    See Also
    --------
    torch.nn.TripletMarginLoss
    """

    def __call__(  # type: ignore[override]
        self, anchor: Array, positive: Array, negative: Array
    ) -> Array:
        """Give the loss: a number, or one per triplet, (N,), where the reduction is "none".

        Parameters
        ----------
        anchor, positive, negative : array, of one shape (N, D)

        Raises
        ------
        ValueError
            If the shapes differ, are empty, or are not (N, D).
        """
        rows = self._rows(anchor, positive, negative)
        return cast(self._reduce(self.value(*rows)), real(anchor).dtype)

    def gradient(  # type: ignore[override]
        self, anchor: Array, positive: Array, negative: Array, upstream: Array | None = None
    ) -> tuple[Array, Array, Array]:
        """Give the loss's gradients with respect to anchor, positive and negative, each (N, D).

        Parameters
        ----------
        anchor, positive, negative : array
            Those of the call, and what it refuses is refused here.
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.
        """
        rows, like = self._rows(anchor, positive, negative), real(anchor)
        parts = self._slopes(tuple(rows), None, upstream, like)
        return tuple(cast(part, like.dtype) for part in parts)  # type: ignore[return-value]

    @staticmethod
    def _rows(anchor: Array, positive: Array, negative: Array) -> list[Array]:
        """Give all three as rows along the first axis."""
        a = embeddings_of(anchor, "anchor")
        p, n = real(positive, "positive", like=a), real(negative, "negative", like=a)
        same_shape(p, a.shape, "positive", "the shape of the anchor")
        same_shape(n, a.shape, "negative", "the shape of the anchor")
        return [to_front(widened(rows), 1) for rows in (a, p, n)]


def embeddings_of(x: Array, name: str) -> Array:
    """Give embeddings as floating-point numbers; refuse, by name, what is empty or not (N, D)."""
    x = real(x, name)
    if x.ndim != 2:
        raise ValueError(f"{name}: expected shape (N, D), got {tuple(x.shape)}")
    require_entries(x, name)
    return x
