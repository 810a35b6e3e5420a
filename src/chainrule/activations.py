"""Activation functions (section 1.3).

An activation is a pure function ``f(x)`` with ``f.vjp(x, upstream)``, the gradient with respect to
x of a cost whose gradient with respect to f(x) is `upstream`. The elementwise ones also have
``f.derivative(z)``. NumPy arrays and PyTorch tensors come back as what they were, in their dtype
and on their device.
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

from .arrays import (
    Array,
    erfc,
    floating,
    negative_part,
    positive_part,
    require_count,
    require_finite_number,
    require_shape,
    settle,
)

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


class Elementwise:
    """What the elementwise activations share: each output depends on one input alone.

    Their Jacobian is then diagonal, and multiplying by it is an elementwise product: the ⊙ σ′(z)
    of equations 1.5 and 1.7.
    """

    def derivative(self, z: Array) -> Array:
        """Give σ′(z), shaped like z."""
        raise NotImplementedError

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
        _, x = floating(x)
        _, upstream = floating(upstream, "upstream", like=x)
        require_shape(upstream, x.shape, "upstream", "the shape of f(x)")
        return upstream * self.derivative(x)


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

    def __call__(self, x: Array) -> Array:
        """Give σ(x), shaped like x."""
        xp, x = floating(x)
        return xp.exp(xp.minimum(x, 0.0)) / (1 + xp.exp(-xp.abs(x)))

    def derivative(self, z: Array) -> Array:
        """Give σ′(z) = σ(z) (1 − σ(z)), at most 1/4, shaped like z."""
        xp, z = floating(z, "z")
        e = xp.exp(-xp.abs(z))
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

    def __call__(self, x: Array) -> Array:
        """Give tanh x, shaped like x."""
        xp, x = floating(x)
        return xp.tanh(x)

    def derivative(self, z: Array) -> Array:
        """Give 1 − tanh² z, at most 1, shaped like z."""
        xp, z = floating(z, "z")
        return 1 - xp.tanh(z) ** 2


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

    def __call__(self, x: Array) -> Array:
        """Give x where it is positive and 0 elsewhere, shaped like x."""
        xp, x = floating(x)
        return positive_part(xp, x)

    def derivative(self, z: Array) -> Array:
        """Give 1 where z is positive and 0 elsewhere, shaped like z."""
        xp, z = floating(z, "z")
        return xp.astype(z > 0, z.dtype)


@dataclass(frozen=True)
class LeakyReLU(Elementwise):
    """Leaky rectified linear unit: x for x > 0, α x below (equation 1.20).

    At the kink, x = 0, the slope is PyTorch's: α.

    Parameters
    ----------
    alpha : float
        The slope on the negative side, usually between 0 and 1.

    Raises
    ------
    ValueError
        If `alpha` is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> LeakyReLU(alpha=0.1)(np.array([-2.0, 0.0, 3.0]))
    array([-0.2,  0. ,  3. ])

    See Also
    --------
    torch.nn.LeakyReLU
    """

    alpha: float = 0.01

    def __post_init__(self):
        settle(self, require_finite_number, "alpha")

    def __call__(self, x: Array) -> Array:
        """Give x where it is positive and α x elsewhere, shaped like x."""
        xp, x = floating(x)
        return positive_part(xp, x) + self.alpha * negative_part(xp, x)

    def derivative(self, z: Array) -> Array:
        """Give 1 where z is positive and α elsewhere, shaped like z."""
        xp, z = floating(z, "z")
        positive = xp.astype(z > 0, z.dtype)
        return positive + self.alpha * (1 - positive)


@dataclass(frozen=True)
class ELU(Elementwise):
    """Exponential linear unit: x for x > 0, α (e^x − 1) below (equation 1.21).

    e^x − 1 is computed as expm1, which keeps its digits where x is near 0. At x = 0 the slope is
    PyTorch's: α.

    Parameters
    ----------
    alpha : float
        What the function goes to, with a minus sign, far on the negative side.

    Raises
    ------
    ValueError
        If `alpha` is not finite.

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

    alpha: float = 1.0

    def __post_init__(self):
        settle(self, require_finite_number, "alpha")

    def __call__(self, x: Array) -> Array:
        """Give x where it is positive and α (e^x − 1) elsewhere, shaped like x."""
        xp, x = floating(x)
        return positive_part(xp, x) + self.alpha * xp.expm1(negative_part(xp, x))

    def derivative(self, z: Array) -> Array:
        """Give 1 where z is positive and α e^z elsewhere, shaped like z."""
        xp, z = floating(z, "z")
        positive = xp.astype(z > 0, z.dtype)
        return positive + self.alpha * xp.exp(negative_part(xp, z)) * (1 - positive)


# e^(−t²/2) is 0 in every dtype beyond this, and tanh of the cubic is ±1
FAR = 40.0


@dataclass(frozen=True)
class GELU(Elementwise):
    """Gaussian error linear unit, x Φ(x), with Φ the standard normal distribution (equation 1.22).

    Φ(x) = (1 + erf(x/√2)) / 2 is computed as erfc(−x/√2) / 2, the same number without the
    cancellation in 1 + erf where erf is near −1.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        "tanh" puts (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 in the place of Φ(x).

    Raises
    ------
    ValueError
        If `approximate` is neither.

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

    approximate: str = "none"

    def __post_init__(self):
        if self.approximate not in ("none", "tanh"):
            raise ValueError(f"approximate: expected 'none' or 'tanh', got {self.approximate!r}")

    def __call__(self, x: Array) -> Array:
        """Give x Φ(x), shaped like x."""
        xp, x = floating(x)
        if self.approximate == "tanh":
            t = xp.clip(x, -FAR, FAR)
            return 0.5 * x * (1 + xp.tanh(sqrt(2 / pi) * (t + 0.044715 * t * t * t)))
        return 0.5 * x * erfc(x / -sqrt(2))

    def derivative(self, z: Array) -> Array:
        """Give Φ(z) + z φ(z), with φ the standard normal density, shaped like z."""
        xp, z = floating(z, "z")
        t = xp.clip(z, -FAR, FAR)
        if self.approximate == "tanh":
            tanh = xp.tanh(sqrt(2 / pi) * (t + 0.044715 * t * t * t))
            inner = sqrt(2 / pi) * (1 + 3 * 0.044715 * t**2)
            return 0.5 * (1 + tanh) + 0.5 * t * (1 - tanh**2) * inner
        return 0.5 * erfc(z / -sqrt(2)) + t * xp.exp(-(t**2) / 2) / sqrt(2 * pi)


@dataclass(frozen=True)
class Swish(Elementwise):
    """Swish, x σ(β x), with σ the sigmoid; with β = 1 also called SiLU (equation 1.23).

    Parameters
    ----------
    beta : float
        0 gives x/2; the larger, the closer to ReLU.

    Raises
    ------
    ValueError
        If `beta` is not finite.

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

    beta: float = 1.0

    def __post_init__(self):
        settle(self, require_finite_number, "beta")

    def _scaled(self, xp: Any, x: Array) -> Array:
        """Give β x, cut off where it would overflow; σ has long been 0 or 1 there."""
        if abs(self.beta) > 1:
            far = float(xp.finfo(x.dtype).max) / abs(2 * self.beta)  # 2: room to round
            x = xp.clip(x, -far, far)
        return self.beta * x

    def __call__(self, x: Array) -> Array:
        """Give x σ(β x), shaped like x."""
        xp, x = floating(x)
        return x * Sigmoid()(self._scaled(xp, x))

    def derivative(self, z: Array) -> Array:
        """Give σ(β z) + β z σ′(β z), shaped like z."""
        xp, z = floating(z, "z")
        scaled = self._scaled(xp, z)
        return Sigmoid()(scaled) + scaled * Sigmoid().derivative(scaled)


@dataclass(frozen=True)
class Softmax:
    """Softmax, exp(x_i) / Σ_j exp(x_j): positive numbers that sum to 1 (equation 1.17).

    Every output depends on every input, so it has a full Jacobian and no elementwise derivative.
    The largest input is subtracted first, which changes nothing in the quotient and keeps every
    exponent at or below 0.

    Parameters
    ----------
    axis : int
        The axis whose entries sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> Softmax()(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])

    See Also
    --------
    torch.nn.Softmax
    """

    axis: int = -1

    def __call__(self, x: Array) -> Array:
        """Give the softmax along `axis`, shaped like x; a ValueError if x has no such axis."""
        xp, x = floating(x)
        _require_axis(x, self.axis)
        e = xp.exp(x - xp.max(x, axis=self.axis, keepdims=True))
        return e / xp.sum(e, axis=self.axis, keepdims=True)

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry a gradient back: s ⊙ (u − ⟨u, s⟩), with s the softmax of x and u the upstream.

        Parameters
        ----------
        x : array
            What softmax was applied to, of any shape with its axis.
        upstream : array, shaped like x
            ∂C/∂softmax(x).

        Returns
        -------
        array, shaped like x
            ∂C/∂x, the product of the upstream with the Jacobian diag(s) − s sᵀ.

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
        xp, x = floating(x)
        _, upstream = floating(upstream, "upstream", like=x)
        require_shape(upstream, x.shape, "upstream", "the shape of f(x)")
        s = self(x)
        return s * (upstream - xp.sum(upstream * s, axis=self.axis, keepdims=True))


@dataclass(frozen=True)
class Maxout:
    """Maxout, the largest of the pieces of each unit (equation 1.24).

    The pieces wᵢᵀ x + bᵢ are the output of the linear layer before, those of a unit adjacent.

    Parameters
    ----------
    pieces : int
        How many inputs make one output.
    axis : int
        The axis along which they lie.

    Raises
    ------
    ValueError
        If `pieces` is less than 1.

    Examples
    --------
    >>> import numpy as np
    >>> Maxout(pieces=2)(np.array([[1.0, 3.0, 5.0, 4.0]]))
    array([[3., 5.]])

    References
    ----------
    Goodfellow, Warde-Farley, Mirza, Courville and Bengio, 2013.
    """

    pieces: int = 2
    axis: int = -1

    def __post_init__(self):
        require_count(self.pieces, "pieces")

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
        xp, x = floating(x)
        return xp.max(self._units(xp, x), axis=self._axis(x) + 1)

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
        xp, x = floating(x)
        _, upstream = floating(upstream, "upstream", like=x)
        units, axis = self._units(xp, x), self._axis(x)
        shape = units.shape[: axis + 1] + units.shape[axis + 2 :]
        require_shape(upstream, shape, "upstream", "the shape of f(x)")
        winner = xp.expand_dims(xp.argmax(units, axis=axis + 1), axis=axis + 1)
        numbers = xp.reshape(
            xp.arange(self.pieces, device=winner.device), (-1,) + (1,) * (x.ndim - axis - 1)
        )
        wins = xp.astype(winner == numbers, upstream.dtype)
        return xp.reshape(wins * xp.expand_dims(upstream, axis=axis + 1), x.shape)

    def _axis(self, x: Array) -> int:
        _require_axis(x, self.axis)
        return self.axis % x.ndim

    def _units(self, xp: Any, x: Array) -> Array:
        """Give x with its axis cut in two, units and pieces."""
        axis = self._axis(x)
        if x.shape[axis] % self.pieces:
            raise ValueError(
                f"x: expected a multiple of {self.pieces} entries along axis {self.axis}, "
                f"got shape {tuple(x.shape)}"
            )
        units = x.shape[axis] // self.pieces
        shape = (*x.shape[:axis], units, self.pieces, *x.shape[axis + 1 :])
        return xp.reshape(x, shape)


def _require_axis(x: Array, axis: int) -> None:
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"x: expected an axis {axis}, got shape {tuple(x.shape)}")
