"""Activations of whole vectors: softmax and Maxout."""

from dataclasses import dataclass

from ..arrays import Array, library, real, upstream_of
from ..arrays.functions import argmax, below_largest, exp, max, one_hot, sum
from ..arrays.rules import from_front, to_front
from ..arrays.settings import Settings, count, whole
from .core import AlongAxis, require_axis

__all__ = ["Maxout", "Softmax"]


@dataclass(frozen=True)
class Softmax(AlongAxis):
    """Softmax, exp(x_i) / Σ_j exp(x_j): positive numbers that sum to 1 (equation 1.17).

    Every output depends on every input, so it has a full Jacobian and no elementwise derivative.
    The largest input is subtracted first, which changes nothing in the quotient and keeps every
    exponent at or below 0.

    Examples
    --------
    >>> import numpy as np
    >>> Softmax()(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])

    See Also
    --------
    torch.nn.Softmax
    """

    def value(self, x):
        """Give the softmax of x along the first axis; the formula alone."""
        e = exp(below_largest(x))
        return e / sum(e, axis=0)

    def back(self, x, upstream):
        """Give s ⊙ (u − ⟨u, s⟩) = (diag(s) − s sᵀ) u, with s the softmax of x, u the upstream."""
        s = self.value(x)
        return s * (upstream - sum(upstream * s, axis=0))


@dataclass(frozen=True)
class Maxout(Settings):
    """Maxout, the largest of the pieces of each unit (equation 1.24).

    The pieces wᵢᵀ x + bᵢ are the output of the linear layer before, those of a unit adjacent.

    Examples
    --------
    >>> import numpy as np
    >>> Maxout(pieces=2)(np.array([[1.0, 3.0, 5.0, 4.0]]))
    array([[3., 5.]])

    References
    ----------
    Goodfellow, Warde-Farley, Mirza, Courville and Bengio, 2013.
    """

    pieces: int = count(2, "how many inputs make one output")
    axis: int = whole(-1, "along which they lie")

    def __call__(self, x: Array) -> Array:
        """Give the largest piece of each unit, of shape (…, units, …).

        A ValueError if the axis of x, of shape (…, units · pieces, …), cannot be cut into units.
        """
        return self.value(self._pieces_first(real(x)))

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry a gradient back to the largest piece of each unit, the first of several.

        A ValueError if the upstream ∂C/∂f(x) is not shaped like f(x), (…, units, …).

        Examples
        --------
        >>> import numpy as np
        >>> Maxout().vjp(np.array([1.0, 3.0, 5.0, 5.0]), np.array([10.0, 20.0]))
        array([ 0., 10., 20.,  0.])
        """
        x = real(x)
        pieces = self._pieces_first(x)
        upstream = upstream_of(upstream, pieces.shape[1:], "the shape of f(x)", like=x)
        gradient = from_front(self.back(pieces, upstream), self.axis % x.ndim + 1)
        return library(x).reshape(gradient, x.shape)

    def value(self, x):
        """Give the largest of the pieces, which lie along the first axis."""
        return max(x, axis=0)

    def back(self, x, upstream):
        """Give the upstream to the largest piece, the first of several, and 0 to the others."""
        return one_hot(argmax(x, axis=0), self.pieces, like=x) * upstream

    def _pieces_first(self, x: Array) -> Array:
        """Give x with its axis cut in two, units and pieces, and the pieces in front."""
        require_axis(x, self.axis)
        axis = self.axis % x.ndim
        if x.shape[axis] % self.pieces:
            raise ValueError(
                f"x: expected a multiple of {self.pieces} entries along axis {self.axis}, "
                f"got shape {tuple(x.shape)}"
            )
        units = x.shape[axis] // self.pieces
        shape = (*x.shape[:axis], units, self.pieces, *x.shape[axis + 1 :])
        return to_front(library(x).reshape(x, shape), axis + 1)
