"""Products of matrices by groups, and in parts, which BLAS does faster where they are small."""

from math import prod

import numpy as np

from ..arrays import Array
from ..arrays.functions import reshape

SMALL = 10**6
"""So many multiplications BLAS does at once without copying the factors into an order of its own.

What is more is worth the copies only if each number is used often, as in wide matrices.
"""
WIDTHS = 64, 256  # of these and between them BLAS is quick
PIECE = 2**20  # bytes of products that are added up
LONG = 512  # so many terms of a long sum are added up at a time
LINE = 64  # bytes of a line of the cache


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Give room for numbers where a line of the cache begins.

    Many numbers are read at a time, and then from one line, if the rows are whole lines, too. Where
    memory begins by itself is chance, and small products, whose factors BLAS does not copy, can
    take longer there.
    """
    size = prod(shape) * dtype.itemsize
    memory = np.empty(size + LINE, np.uint8)
    first = -memory.__array_interface__["data"][0] % LINE
    return memory[first : first + size].view(dtype).reshape(shape)


def multiply(a: Array, b: Array, out: np.ndarray | None = None) -> Array:
    """Give the products a b of matrices; NumPy's by a few columns of b, if so few make them small.

    They are written to `out`, if it is given, and else where a line of the cache begins.
    """
    if not isinstance(a, np.ndarray):
        return a @ b
    if out is None:
        out = aligned((*b.shape[:-2], a.shape[-2], b.shape[-1]), a.dtype)
    least, most = WIDTHS
    small = SMALL // (a.shape[-2] * a.shape[-1])
    size = min(most, small // least * least)
    if small >= b.shape[-1] or not size:
        return np.matmul(a, b, out=out)
    np.matmul(a[..., None, :, :], _parts(b, size), out=_parts(out, size))
    rest = slice(b.shape[-1] // size * size, None)
    np.matmul(a, b[..., rest], out=out[..., rest])
    return out


def by_rows(a: Array, b: Array) -> Array:
    """Give the products a b, the rows of a cut into as few equal parts as make each small.

    Uncut, where no parts of 16 rows or more do.
    """
    m, k = a.shape[-2:]
    parts = equal_parts(m, SMALL // (k * b.shape[-1]))
    found = reshape(a, (*a.shape[:-2], parts, m // parts, k)) @ b[..., None, :, :]
    return reshape(found, (*found.shape[:-3], m, -1))


def long_product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Give the sum of the products a bᵀ along the axis before the matrices', which have long rows.

    If they are small, all at once, in parts of the rows; else as many at a time as `PIECE` holds.
    """
    (many, m, terms), n = a.shape[-3:], b.shape[-2]
    size = min(terms, LONG)
    if m * n * max(many, size) > SMALL:
        few = max(1, PIECE // (a.itemsize * prod(a.shape[:-3]) * m * n))
        parts = (slice(first, first + few) for first in range(0, many, few))
        found = (a[..., part, :, :] @ b[..., part, :, :].mT for part in parts)
        return sum(each.sum(axis=-3) if few > 1 else each[..., 0, :, :] for each in found)
    found = (_parts(a, size) @ _parts(b, size).mT).sum(axis=(-4, -3))
    rest = slice(terms // size * size, None)
    return found + (a[..., rest] @ b[..., rest].mT).sum(axis=-3) if terms % size else found


def equal_parts(number: int, most: int) -> int:
    """Give into how few equal parts, of 16 to `most` each, so many can be cut; 1, if into none."""
    enough = (n for n in range(1, number // 16 + 1) if number % n == 0 and number // n <= most)
    return next(enough, 1)


def cut(x: Array, groups: int, axis: int = 0) -> Array:
    """Give an array whose axis of kernels or channels is cut into groups."""
    *before, number = x.shape[: axis + 1]
    return reshape(x, (*before, groups, number // groups, *x.shape[axis + 1 :]))


def _parts(x: np.ndarray, size: int) -> np.ndarray:
    """Cut rows into parts of this size, one after the other along an axis before the rows'."""
    whole = x.shape[-1] // size * size
    return x[..., :whole].reshape(*x.shape[:-1], -1, size).swapaxes(-2, -3)
