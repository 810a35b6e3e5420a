"""Values that remember what they were made of, and the operations on them (section 1.6).

An operation is a rule: its value, and an arrow to each value that goes in, with a function that
takes the gradient back along it. What lets arrays in stands in `Node`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import real, same_library
from ..arrays.functions import broadcast_to, reshape, sum
from ..arrays.rules import widened

__all__ = ["Node"]


def add(a, b):
    """Give a + b; the gradient goes to both as it is."""
    return Node(
        a.value + b.value,
        (a, lambda g: g),
        (b, lambda g: g),
    )


def negative(a):
    """Give −a."""
    return Node(-a.value, (a, lambda g: -g))


def subtract(a, b):
    """Give a − b."""
    return Node(
        a.value - b.value,
        (a, lambda g: g),
        (b, lambda g: -g),
    )


def multiply(a, b):
    """Give a b, entry by entry; each factor's gradient is multiplied by the other."""
    return Node(
        a.value * b.value,
        (a, lambda g: g * b),
        (b, lambda g: g * a),
    )


def divide(a, b):
    """Give a / b, entry by entry."""
    return Node(
        a.value / b.value,
        (a, lambda g: g / b),
        (b, lambda g: -g * a / (b * b)),
    )


def matmul(a, b):
    """Give the product of two matrices (equation 1.6.2a)."""
    return Node(
        a.value @ b.value,
        (a, lambda g: g @ b.T),
        (b, lambda g: a.T @ g),
    )


def transpose(a):
    """Give the transpose of a matrix."""
    return Node(a.value.T, (a, lambda g: g.T))


def spread(a, shape):
    """Repeat a until it has this shape, as broadcasting does (equation 1.6.2b)."""
    value = broadcast_to(a.value, shape)
    return Node(value, (a, lambda g: collect(g, a.shape)))


def collect(a, shape):
    """Add up what `spread` from this shape would repeat."""
    value = reshape(sum(a.value, repeated(shape, a.shape)), shape)
    return Node(value, (a, lambda g: spread(g, a.shape)))


def reshaped(a, shape):
    """Give the same numbers in another shape."""
    return Node(reshape(a.value, shape), (a, lambda g: reshaped(g, a.shape)))


def repeated(small, large):
    """Give the axes along which broadcasting repeats an array."""
    before = [None] * (len(large) - len(small)) + [*small]
    return tuple(i for i, n in enumerate(large) if before[i] != n)


class Node:
    """A value of a graph, with an arrow from each value that it was made of.

    Nodes are added, subtracted, multiplied and divided as arrays are, with each other, with arrays
    and with numbers; shapes are broadcast. Matrices are multiplied by ``@``.

    Parameters
    ----------
    value : array or number
        An array of 32- or 64-bit floats is not copied: whoever changes it afterwards changes the
        gradients.
    *arrows : pairs of a node and a function
        What the value was made of. The function takes the gradient of the value, as a node, and
        gives what it adds to that of the node.

    Attributes
    ----------
    value : array
        Of 16-bit numbers in 32 bits.
    arrows : tuple of pairs

    Raises
    ------
    TypeError
        If the value is not an array of real numbers, or arrays of two libraries meet.
    ValueError
        If shapes do not fit each other.

    Examples
    --------
    >>> from chainrule.tape import gradients
    >>> x, y = Node(3.0), Node(2.0)
    >>> z = x * y + x
    >>> float(z.value), [float(g.value) for g in gradients(z, [x, y])]
    (9.0, [3.0, 3.0])

    See Also
    --------
    torch.Tensor
    """

    __array_ufunc__ = None  # NumPy's arrays leave an operation with a node to the node

    def __init__(self, value: Any, *arrows: tuple["Node", Callable[["Node"], "Node"]]):
        self.value, self.arrows = widened(real(value, "value")), arrows

    def __repr__(self) -> str:
        return f"Node({self.value})"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return tuple(self.value.shape)

    @property
    def T(self) -> "Node":
        """The transpose of a matrix."""
        return transpose(_matrix(self, "T"))

    def sum(self, axis: int | None = None) -> "Node":
        """Add up all numbers, or those along an axis."""
        if axis is None:
            return collect(self, ()) if self.shape else self
        if not -len(self.shape) <= axis < len(self.shape):
            raise ValueError(f"axis: expected one of shape {self.shape}, got {axis}")
        kept = [1 if i == axis % len(self.shape) else n for i, n in enumerate(self.shape)]
        rest = [n for i, n in enumerate(self.shape) if i != axis % len(self.shape)]
        return reshaped(collect(self, tuple(kept)), tuple(rest))

    def __neg__(self) -> "Node":
        return negative(self)

    def __add__(self, other: Any) -> "Node":
        return add(*_broadcast(self, other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Node":
        return subtract(*_broadcast(self, other))

    def __rsub__(self, other: Any) -> "Node":
        return subtract(*reversed(_broadcast(self, other)))

    def __mul__(self, other: Any) -> "Node":
        return multiply(*_broadcast(self, other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Node":
        return divide(*_broadcast(self, other))

    def __rtruediv__(self, other: Any) -> "Node":
        return divide(*reversed(_broadcast(self, other)))

    def __matmul__(self, other: Any) -> "Node":
        return matmul(*_matrices(self, _read(other, self)))

    def __rmatmul__(self, other: Any) -> "Node":
        return matmul(*_matrices(_read(other, self), self))


def _read(other: Any, like: Node) -> Node:
    return other if isinstance(other, Node) else Node(real(other, "other", like.value))


def _broadcast(node: Node, other: Any) -> tuple[Node, Node]:
    """Give both in the shape that theirs broadcast to."""
    other = _read(other, node)
    if node.shape == other.shape:
        same_library(other.value, node.value, "other")
        return node, other
    try:
        shape = np.broadcast_shapes(node.shape, other.shape)
    except ValueError:
        raise ValueError(
            f"other: expected a shape that broadcasts with {node.shape}, got {other.shape}"
        ) from None
    same_library(other.value, node.value, "other")
    return tuple(x if x.shape == shape else spread(x, shape) for x in (node, other))  # type: ignore[return-value]


def _matrix(node: Node, name: str) -> Node:
    if len(node.shape) != 2:
        raise ValueError(f"{name}: expected a matrix, got shape {node.shape}")
    return node


def _matrices(a: Node, b: Node) -> tuple[Node, Node]:
    if len(a.shape) != 2 or len(b.shape) != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(f"@: expected matrices (n, k) and (k, m), got {a.shape} and {b.shape}")
    same_library(b.value, a.value, "@")
    return a, b
