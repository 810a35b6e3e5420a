"""Convolution by im2col: one product of the kernels, as rows, and the windows, as columns."""

from math import prod

from ..arrays import Array, floating
from .columns import put_back, windows
from .geometry import Geometry


def convolve(x: Array, weight: Array, bias: Array | None, geometry: Geometry, groups: int) -> Array:
    """Give the convolution, shape (N, O, oh, ow): equation 2.1.1b."""
    xp, y = floating(_rows(weight, groups) @ _columns(x, geometry, groups))
    y = xp.reshape(y, (x.shape[0], weight.shape[0], *geometry.output_size))
    return y if bias is None else y + bias[:, None, None]


def gradient_of_weight(
    x: Array, weight: Array, upstream: Array, geometry: Geometry, groups: int
) -> Array:
    """Give ∂C/∂weight: equation 2.1.1e."""
    xp, columns = floating(_columns(x, geometry, groups))
    of_each = _errors(upstream, groups) @ xp.matrix_transpose(columns)
    return xp.reshape(xp.sum(of_each, axis=0), weight.shape)


def gradient_of_images(
    x: Array, weight: Array, upstream: Array, geometry: Geometry, groups: int
) -> Array:
    """Give ∂C/∂x: equation 2.1.1g."""
    xp, rows = floating(_rows(weight, groups))
    columns = xp.matrix_transpose(rows) @ _errors(upstream, groups)
    shape = (*x.shape[:2], *geometry.kernel_size, *geometry.output_size)
    return put_back(xp, xp.reshape(columns, shape), geometry)


def _columns(x: Array, geometry: Geometry, groups: int) -> Array:
    """Give im2col of every group, shape (N, groups, C/groups·kh·kw, L)."""
    xp, x = floating(x)
    oh, ow = geometry.output_size
    n, c = x.shape[:2]
    rows = c // groups * prod(geometry.kernel_size)
    return xp.reshape(windows(xp, x, geometry), (n, groups, rows, oh * ow))


def _rows(weight: Array, groups: int) -> Array:
    """Give the kernels of every group as rows, shape (groups, O/groups, C/groups·kh·kw)."""
    xp, weight = floating(weight)
    return xp.reshape(weight, (groups, weight.shape[0] // groups, -1))


def _errors(upstream: Array, groups: int) -> Array:
    """Give ∂C/∂output of every group as rows, shape (N, groups, O/groups, L)."""
    xp, upstream = floating(upstream)
    n, kernels, oh, ow = upstream.shape
    return xp.reshape(upstream, (n, groups, kernels // groups, oh * ow))
