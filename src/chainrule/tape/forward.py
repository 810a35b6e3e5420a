"""Forward mode: a value and how fast it changes, computed together (section 1.6.4)."""

from ..arrays import Array, real, same_shape
from ..arrays.rules import widened

__all__ = ["Dual"]


class Dual:
    """A value, and its derivative in one direction: the tangent.

    Duals are added and multiplied with each other, matrices by ``@``.

    Parameters
    ----------
    value : array or number
    tangent : array or number, shaped like the value
        How fast it changes.

    Attributes
    ----------
    value, tangent : array

    Raises
    ------
    TypeError
        If one of them is not an array of real numbers.
    ValueError
        If the tangent has another shape than the value.

    Examples
    --------
    >>> x = Dual(3.0, 1.0)
    >>> y = x * x + x
    >>> float(y.value), float(y.tangent)
    (12.0, 7.0)

    See Also
    --------
    torch.func.jvp
    """

    def __init__(self, value: Array, tangent: Array):
        self.value = widened(real(value, "value"))
        self.tangent = widened(real(tangent, "tangent", self.value))
        same_shape(self.tangent, self.value.shape, "tangent", "that of the value")

    def __repr__(self) -> str:
        return f"Dual({self.value}, {self.tangent})"

    def plus(self, b):
        """Give the sum with another dual b, as ``+`` does."""
        return Dual(self.value + b.value, self.tangent + b.tangent)

    def times(self, b):
        """Give the product with b entry by entry, as ``*`` does."""
        tangent = self.tangent * b.value + self.value * b.tangent
        return Dual(self.value * b.value, tangent)

    def matmul(self, b):
        """Give the product of two matrices, of this one and b, as ``@`` does."""
        tangent = self.tangent @ b.value + self.value @ b.tangent
        return Dual(self.value @ b.value, tangent)

    def through(self, activation):
        """Give an elementwise activation of the value.

        Examples
        --------
        >>> from chainrule.activations import Tanh
        >>> Dual(0.0, 2.0).through(Tanh())
        Dual(0.0, 2.0)
        """
        tangent = activation.derivative(self.value) * self.tangent
        return Dual(activation(self.value), tangent)

    __add__, __mul__, __matmul__ = plus, times, matmul
