"""Activation functions (section 1.3; so far the four that chapter 1.1 needs).

An activation is a pure function ``f(x)`` with ``f.vjp(x, upstream)``, the gradient with respect to
x of a cost whose gradient with respect to f(x) is `upstream`. The elementwise ones also have
``f.derivative(z)``. NumPy arrays and PyTorch tensors come back as what they were, in their dtype
and on their device.
"""

from dataclasses import dataclass

from .arrays import Array, floating, require_shape

__all__ = ["ReLU", "Sigmoid", "Softmax", "Tanh"]


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
        # not maximum(x, 0): of that, autograd would take the slope at 0 to be 1/2
        return xp.where(x <= 0, 0.0, x)

    def derivative(self, z: Array) -> Array:
        """Give 1 where z is positive and 0 elsewhere, shaped like z."""
        xp, z = floating(z, "z")
        return xp.astype(z > 0, z.dtype)


@dataclass(frozen=True)
class Softmax:
    """Softmax, e^{x_i} / Σ_j e^{x_j}: positive numbers that sum to 1 (equation 1.17).

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
        """Give the softmax along `axis`, shaped like x."""
        xp, x = floating(x)
        e = xp.exp(x - xp.max(x, axis=self.axis, keepdims=True))
        return e / xp.sum(e, axis=self.axis, keepdims=True)

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry a gradient back: s ⊙ (u − ⟨u, s⟩), with s the softmax of x and u the upstream.

        Parameters
        ----------
        x : array, any shape with `axis`
            What softmax was applied to.
        upstream : array, shaped like x
            ∂C/∂softmax(x).

        Returns
        -------
        array, shaped like x
            ∂C/∂x, the product of the upstream with the Jacobian diag(s) − s sᵀ.

        Raises
        ------
        ValueError
            If `upstream` is not shaped like x.

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
