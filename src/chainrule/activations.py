"""Activation functions (section 1.3).

An activation is a pure function ``f(x)`` with ``f.vjp(x, upstream)``, the gradient with respect to
x of a cost whose gradient with respect to f(x) is `upstream`. The elementwise ones also have
``f.derivative(z)``. NumPy arrays and PyTorch tensors come back as what they were, in their dtype
and on their device.

Each class holds its formulas alone, `value`, `slope` and `back`. What calls them, and sees to
libraries, dtypes and wrong arguments, is `Elementwise`, `Softmax.__call__` and the like.
"""

from dataclasses import dataclass
from math import pi, sqrt

from .arrays import Array, library, real, upstream_of
from .arrays.functions import (
    argmax,
    below_largest,
    clip,
    erfc,
    exp,
    expm1,
    is_positive,
    max,
    minimum,
    negative_part,
    one_hot,
    positive_part,
    sum,
    tanh,
    times,
)
from .arrays.rules import apply, from_front, to_front
from .arrays.settings import Settings, count, finite, one_of, whole

__all__ = [
    "ELU",
    "GELU",
    "LeakyReLU",
    "Maxout",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Swish",
    "Tanh",
]


class Elementwise(Settings):
    """What the elementwise activations share: each output depends on one input alone.

    Their Jacobian is then diagonal, and multiplying by it is an elementwise product: the ⊙ σ′(z)
    of equations 1.5 and 1.7.
    """

    def __call__(self, x: Array) -> Array:
        """Give σ(x), shaped like x."""
        return apply(self.value, real(x))

    def derivative(self, z: Array) -> Array:
        """Give σ′(z), shaped like z."""
        return apply(self.slope, real(z, "z"))

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry a gradient back through the activation: upstream ⊙ σ′(x).

        Parameters
        ----------
        x : array, any shape
            What the activation was applied to.
        upstream : array, shaped like x
            ∂C/∂f(x).

        Returns
        -------
        array, shaped like x
            ∂C/∂x.

        Raises
        ------
        ValueError
            If `upstream` is not shaped like x.

        Examples
        --------
        The slope of `ReLU` is 0 or 1:

        >>> import numpy as np
        >>> ReLU().vjp(np.array([-1.0, 2.0]), np.array([5.0, 5.0]))
        array([0., 5.])
        """
        x = real(x)
        upstream = upstream_of(upstream, x.shape, "the shape of f(x)", like=x)
        return apply(self.back, x, upstream)

    def value(self, x):
        """Give σ(x); the formula alone."""
        raise NotImplementedError

    def slope(self, x):
        """Give σ′(x); the formula alone."""
        raise NotImplementedError

    def back(self, x, upstream):
        """Give upstream ⊙ σ′(x); the formula alone."""
        return upstream * self.slope(x)


@dataclass(frozen=True)
class Sigmoid(Elementwise):
    """Sigmoid, σ(x) = 1 / (1 + e^−x), between 0 and 1 (equation 1.16).

    For x < 0 numerator and denominator are multiplied by e^x, so that no exponent is ever
    positive and nothing overflows.

    Examples
    --------
    >>> import numpy as np
    >>> Sigmoid()(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])

    See Also
    --------
    torch.nn.Sigmoid
    """

    def value(self, x):
        """Give σ(x)."""
        return exp(minimum(x, 0.0)) / (1 + exp(-abs(x)))

    def slope(self, x):
        """Give σ′(x) = σ(x) (1 − σ(x)), at most 1/4."""
        e = exp(-abs(x))
        return e / (1 + e) ** 2


@dataclass(frozen=True)
class Tanh(Elementwise):
    """Hyperbolic tangent, (e^x − e^−x) / (e^x + e^−x), between −1 and 1 (equation 1.18).

    Examples
    --------
    >>> import numpy as np
    >>> Tanh()(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])

    See Also
    --------
    torch.nn.Tanh
    """

    def value(self, x):
        """Give tanh x."""
        return tanh(x)

    def slope(self, x):
        """Give 1 − tanh² x, at most 1."""
        return 1 - tanh(x) ** 2


@dataclass(frozen=True)
class ReLU(Elementwise):
    """Rectified linear unit, max(x, 0) (equation 1.19).

    At the kink, x = 0, the slope is PyTorch's: 0.

    Examples
    --------
    >>> import numpy as np
    >>> ReLU()(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])

    See Also
    --------
    torch.nn.ReLU
    """

    def value(self, x):
        """Give x where it is positive and 0 elsewhere."""
        return positive_part(x)

    def slope(self, x):
        """Give 1 where x is positive and 0 elsewhere."""
        return is_positive(x)


@dataclass(frozen=True)
class LeakyReLU(Elementwise):
    """Leaky rectified linear unit: x for x > 0, α x below (equation 1.20).

    At the kink, x = 0, the slope is PyTorch's: α.

    Examples
    --------
    >>> import numpy as np
    >>> LeakyReLU(alpha=0.1)(np.array([-2.0, 0.0, 3.0]))
    array([-0.2,  0. ,  3. ])

    See Also
    --------
    torch.nn.LeakyReLU
    """

    alpha: float = finite(0.01, "the slope below 0, usually between 0 and 1")

    def value(self, x):
        """Give x where it is positive and α x elsewhere."""
        return positive_part(x) + times(negative_part(x), self.alpha)

    def slope(self, x):
        """Give 1 where x is positive and α elsewhere."""
        positive = is_positive(x)
        return positive + self.alpha * (1 - positive)


@dataclass(frozen=True)
class ELU(Elementwise):
    """Exponential linear unit: x for x > 0, α (e^x − 1) below (equation 1.21).

    e^x − 1 is computed as expm1, which keeps its digits where x is near 0. At x = 0 the slope is
    PyTorch's: α.

    Examples
    --------
    >>> import numpy as np
    >>> ELU()(np.array([-1000.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])

    References
    ----------
    Clevert, Unterthiner and Hochreiter, 2016.

    See Also
    --------
    torch.nn.ELU
    """

    alpha: float = finite(1.0, "far below 0 the function goes to −α")

    def value(self, x):
        """Give x where it is positive and α (e^x − 1) elsewhere."""
        return positive_part(x) + self.alpha * expm1(negative_part(x))

    def slope(self, x):
        """Give 1 where x is positive and α e^x elsewhere."""
        positive = is_positive(x)
        return positive + self.alpha * exp(negative_part(x)) * (1 - positive)


# e^(−t²/2) is 0 in every dtype beyond this, and tanh of the cubic is ±1
FAR = 40.0


@dataclass(frozen=True)
class GELU(Elementwise):
    """Gaussian error linear unit, x Φ(x), with Φ the standard normal distribution (equation 1.22).

    Φ(x) = (1 + erf(x/√2)) / 2 is computed as erfc(−x/√2) / 2, the same number without the
    cancellation in 1 + erf where erf is near −1.

    Examples
    --------
    >>> import numpy as np
    >>> GELU()(np.array([-1000.0, 0.0, 1.0])).round(4)
    array([-0.    ,  0.    ,  0.8413])

    References
    ----------
    Hendrycks and Gimpel, 2016.

    See Also
    --------
    torch.nn.GELU
    """

    approximate: str = one_of("none", "tanh", sentence="of what Φ is made")

    def value(self, x):
        """Give x Φ(x)."""
        x = clip(x, -FAR, None)  # where Φ is 0 anyway
        if self.approximate == "tanh":
            return x * ((1 + tanh(self.cubic(x))) / 2)
        return x * (erfc(-x / sqrt(2)) / 2)

    def slope(self, x):
        """Give Φ(x) + x Φ′(x)."""
        t = clip(x, -FAR, FAR)
        if self.approximate == "tanh":
            inner = sqrt(2 / pi) * (1 + 3 * 0.044715 * t**2)
            return (1 + tanh(self.cubic(x)) + t * (1 - tanh(self.cubic(x)) ** 2) * inner) / 2
        return erfc(-x / sqrt(2)) / 2 + t * exp(-(t**2) / 2) / sqrt(2 * pi)

    def cubic(self, x):
        """Give √(2/π) (x + 0.044715 x³), cut off where its tanh has long been ±1."""
        t = clip(x, -FAR, FAR)
        return sqrt(2 / pi) * (t + 0.044715 * t * t * t)


@dataclass(frozen=True)
class Swish(Elementwise):
    """Swish, x σ(β x), with σ the sigmoid; with β = 1 also called SiLU (equation 1.23).

    Examples
    --------
    >>> import numpy as np
    >>> Swish()(np.array([-1000.0, 0.0, 1.0])).round(4)
    array([-0.    ,  0.    ,  0.7311])

    References
    ----------
    Ramachandran, Zoph and Le, 2017.

    See Also
    --------
    torch.nn.SiLU
    """

    beta: float = finite(1.0, "0 gives x/2; the larger, the closer to ReLU")

    def value(self, x):
        """Give x σ(β x)."""
        return times(x, sigmoid(self.scaled(x)))

    def slope(self, x):
        """Give σ(β x) + β x σ′(β x)."""
        t = self.scaled(x)
        return sigmoid(t) + t * Sigmoid().slope(t)

    def scaled(self, x):
        """Give β x, cut off where σ has long been 0 or 1."""
        far = min(1000 / abs(self.beta), 1e38) if self.beta else 0.0
        return self.beta * clip(x, -far, far)


@dataclass(frozen=True)
class AlongAxis(Settings):
    """What activations share whose outputs depend on the inputs along one axis.

    Their formulas get that axis as the first.
    """

    axis: int = whole(-1, "along which the outputs depend on the inputs")

    def __call__(self, x: Array) -> Array:
        """Give f(x) along `axis`, shaped like x; a ValueError if x has no such axis."""
        x = real(x)
        _require_axis(x, self.axis)
        if 0 in x.shape:
            return x
        return from_front(apply(self.value, to_front(x, self.axis)), self.axis)

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry a gradient back through the activation.

        Parameters
        ----------
        x : array
            What the activation was applied to, of any shape with its axis.
        upstream : array, shaped like x
            ∂C/∂f(x).

        Returns
        -------
        array, shaped like x
            ∂C/∂x.

        Raises
        ------
        ValueError
            If x has no such axis, or `upstream` is not shaped like x.

        Examples
        --------
        >>> import numpy as np
        >>> Softmax().vjp(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
        array([ 0.25, -0.25])
        """
        x = real(x)
        upstream = upstream_of(upstream, x.shape, "the shape of f(x)", like=x)
        _require_axis(x, self.axis)
        if 0 in x.shape:
            return x
        arrays = [to_front(array, self.axis) for array in (x, upstream)]
        return from_front(apply(self.back, *arrays), self.axis)

    def value(self, x):
        """Give f(x) along the first axis; the formula alone."""
        raise NotImplementedError

    def back(self, x, upstream):
        """Give ∂C/∂x, given the upstream ∂C/∂f(x), along the first axis; the formula alone."""
        raise NotImplementedError


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


sigmoid, softmax = Sigmoid().value, Softmax().value
"""The formulas alone, for others; that of softmax along the first axis."""


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
        """Give the largest piece of each unit.

        Parameters
        ----------
        x : array, shape (…, units · pieces, …)

        Returns
        -------
        array, shape (…, units, …)

        Raises
        ------
        ValueError
            If the axis cannot be cut into units.
        """
        return self.value(self._pieces_first(real(x)))

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry a gradient back to the largest piece of each unit, the first of several.

        Parameters
        ----------
        x : array, shape (…, units · pieces, …)
            What Maxout was applied to.
        upstream : array, shape (…, units, …)
            ∂C/∂Maxout(x).

        Returns
        -------
        array, shaped like x
            ∂C/∂x.

        Raises
        ------
        ValueError
            If `upstream` is not shaped like the output.

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
        _require_axis(x, self.axis)
        axis = self.axis % x.ndim
        if x.shape[axis] % self.pieces:
            raise ValueError(
                f"x: expected a multiple of {self.pieces} entries along axis {self.axis}, "
                f"got shape {tuple(x.shape)}"
            )
        units = x.shape[axis] // self.pieces
        shape = (*x.shape[:axis], units, self.pieces, *x.shape[axis + 1 :])
        return to_front(library(x).reshape(x, shape), axis + 1)


def _require_axis(x: Array, axis: int) -> None:
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"x: expected an axis {axis}, got shape {tuple(x.shape)}")
