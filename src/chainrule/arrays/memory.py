"""Where arrays lie in memory: which can be written to, and which share their numbers."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from .core import Array, detached, library, with_numbers


def require_writable(array: Array, name: str) -> None:
    """Raise an error unless every number of the array has a place of its own to be written to."""
    if isinstance(array, np.generic):
        raise TypeError(
            f"{name}: expected an array to update in place, got a number, a {type(array).__name__}"
        )
    if isinstance(array, np.ndarray):
        if not array.flags.writeable:
            raise ValueError(f"{name}: expected an array to update, got a read-only one")
        size, strides = array.itemsize, () if array.flags.forc else array.strides
    else:
        with_numbers(array, name)
        size, strides = 1, array.stride() if hasattr(array, "stride") else ()
        try:  # writes nothing, or one number over itself; some arrays cannot be written to at all
            nothing = detached(array)[:0, ...] if array.ndim else detached(array)
            nothing[...] = nothing
        except (TypeError, ValueError, RuntimeError) as error:
            raise ValueError(f"{name}: expected an array to update, got {error}") from error
    for stride, n in sorted((abs(s), n) for s, n in zip(strides, array.shape, strict=False)):
        if n > 1:
            if stride < size:
                raise ValueError(
                    f"{name}: expected a place for each number, got one that several share"
                )
            size += (n - 1) * stride


def share_memory(first: Array, second: Array) -> bool:
    """Say whether two arrays may have numbers in common.

    >>> import numpy as np
    >>> x = np.arange(4.0)
    >>> share_memory(x, x[2:]), share_memory(x[::2], x[1::2])
    (True, False)
    """
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return np.shares_memory(first, second)
    if not (hasattr(first, "data_ptr") and hasattr(second, "data_ptr")):
        return first is second
    (start, end), (other, other_end) = _span(first), _span(second)
    if first.device != second.device or start >= other_end or other >= end:
        return False
    return first.device.type != "cpu" or np.shares_memory(_bits(first), _bits(second))


def same_places(first: Array, second: Array) -> bool:
    """Say whether each number of one array lies where that of the other does."""
    if isinstance(first, np.ndarray):
        return first.strides == second.strides and byte_bounds(first) == byte_bounds(second)
    return first is second or (
        hasattr(first, "data_ptr")
        and first.data_ptr() == second.data_ptr()
        and first.stride() == second.stride()
    )


def in_order_of(like: Array, x: Array) -> Array:
    """Give x with its numbers in the order in memory of another array's of the same shape.

    Going over both is quick then. Arrays of other libraries than NumPy are left as they are.

    >>> import numpy as np
    >>> in_order_of(np.ones((2, 3)).T, np.zeros((3, 2))).flags.f_contiguous
    True
    """
    if not isinstance(x, np.ndarray) or x.strides == like.strides:
        return x
    ordered = np.empty_like(like, x.dtype, subok=False)
    ordered[...] = x
    return ordered


def _bits(x: Any) -> np.ndarray:
    """Give a tensor as whole numbers of NumPy in the same memory: it lacks some kinds of floats."""
    xp = library(x)
    kinds = {2: xp.int16, 4: xp.int32, 8: xp.int64}
    return detached(x).view(kinds[x.itemsize]).numpy()


def _span(x: Any) -> tuple[int, int]:
    steps = sum((n - 1) * stride for n, stride in zip(x.shape, x.stride(), strict=True))
    return x.data_ptr(), x.data_ptr() + (1 + steps if 0 not in x.shape else 0) * x.itemsize
