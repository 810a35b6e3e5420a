"""The doors of the activations: how arrays are let in, and what a formula is applied to."""

from dataclasses import dataclass

from ..arrays import Array, real, upstream_of
from ..arrays.rules import apply, from_front, to_front
from ..arrays.settings import Settings, whole


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
        """Carry the upstream ∂C/∂f(x) back to x, of any shape: upstream ⊙ σ′(x).

        A ValueError if the upstream is not shaped like x.

        Examples
        --------
        The slope of `ReLU` is 0 or 1:

        >>> import numpy as np
        >>> from chainrule.activations import ReLU
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
class AlongAxis(Settings):
    """What activations share whose outputs depend on the inputs along one axis.

    Their formulas get that axis as the first.
    """

    axis: int = whole(-1, "along which the outputs depend on the inputs")

    def __call__(self, x: Array) -> Array:
        """Give f(x) along `axis`, shaped like x; a ValueError if x has no such axis."""
        x = real(x)
        require_axis(x, self.axis)
        if 0 in x.shape:
            return x
        return from_front(apply(self.value, to_front(x, self.axis)), self.axis)

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry the upstream ∂C/∂f(x) back to x, of any shape with such an axis.

        A ValueError if x has no such axis, or the upstream is not shaped like x.

        Examples
        --------
        >>> import numpy as np
        >>> from chainrule.activations import Softmax
        >>> Softmax().vjp(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
        array([ 0.25, -0.25])
        """
        x = real(x)
        upstream = upstream_of(upstream, x.shape, "the shape of f(x)", like=x)
        require_axis(x, self.axis)
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


def require_axis(x: Array, axis: int) -> None:
    """Raise a ValueError unless x has this axis."""
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"x: expected an axis {axis}, got shape {tuple(x.shape)}")
