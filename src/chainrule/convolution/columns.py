"""im2col: every window becomes a column; and col2im, its transpose (section 2.1.1)."""

from math import prod
from typing import Any

from array_api_compat import device

from ..arrays import Array, floating, require_shape
from .geometry import Geometry, Size, pair


def require_images(x: Array) -> tuple[Any, Array]:
    """Give the array library of images, and them as floating-point numbers.

    Parameters
    ----------
    x : array, shape (N, C, H, W)

    Returns
    -------
    tuple
        The namespace and the array.

    Raises
    ------
    ValueError
        If it has not four axes, or no channel.

    Examples
    --------
    >>> import numpy as np
    >>> require_images(np.zeros((2, 3)))
    Traceback (most recent call last):
    ValueError: x: expected images of shape (N, C, H, W), got (2, 3)
    """
    xp, x = floating(x)
    if x.ndim != 4 or x.shape[1] == 0:
        raise ValueError(f"x: expected images of shape (N, C, H, W), got {tuple(x.shape)}")
    return xp, x


def padded(xp: Any, x: Array, geometry: Geometry, outside: float = 0.0) -> Array:
    """Give the images with this number around them, or as they are if there is no padding."""
    if geometry.padded_size == geometry.size:
        return x
    shape = (*x.shape[:2], *geometry.padded_size)
    around = xp.full(shape, outside, dtype=x.dtype, device=device(x))
    around[:, :, *geometry.inside] = x
    return around


def im2col(
    x: Array,
    kernel_size: Size,
    *,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
) -> Array:
    """Make every window of the images a column.

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    kernel_size, stride, dilation : int or pair of int
    padding : int, pair of int, "same" or "valid"

    Returns
    -------
    array, shape (N, C·kh·kw, L)
        L windows, row by row; a column holds its window channel by channel, each row by row.

    Raises
    ------
    ValueError
        If x has another shape, or no window fits.

    Examples
    --------
    >>> import numpy as np
    >>> im2col(np.arange(9.0).reshape(1, 1, 3, 3), kernel_size=2)
    array([[[0., 1., 3., 4.],
            [1., 2., 4., 5.],
            [3., 4., 6., 7.],
            [4., 5., 7., 8.]]])

    See Also
    --------
    torch.nn.functional.unfold
    """
    xp, x = require_images(x)
    geometry = Geometry.of(x.shape[2:], kernel_size, stride, padding, dilation)
    oh, ow = geometry.output_size
    n, c = x.shape[:2]
    return xp.reshape(windows(xp, x, geometry), (n, c * prod(geometry.kernel_size), oh * ow))


def windows(xp: Any, x: Array, geometry: Geometry) -> Array:
    """Give the windows of the images, shape (N, C, kh, kw, oh, ow)."""
    (kh, kw), (oh, ow) = geometry.kernel_size, geometry.output_size
    pixels = padded(xp, x, geometry)
    found = xp.empty((*x.shape[:2], kh, kw, oh, ow), dtype=x.dtype, device=device(x))
    for i, j, (rows, columns) in geometry.positions():
        found[:, :, i, j, :, :] = pixels[:, :, rows, columns]
    return found


def col2im(
    columns: Array,
    output_size: Size,
    kernel_size: Size,
    *,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
) -> Array:
    """Add every column up where its window stands: the transpose of `im2col`.

    Parameters
    ----------
    columns : array, shape (N, C·kh·kw, L)
    output_size : int or pair of int
        Height and width of the images.
    kernel_size, stride, dilation : int or pair of int
    padding : int, pair of int, "same" or "valid"

    Returns
    -------
    array, shape (N, C, H, W)
        A pixel that lies in several windows is the sum of what they hold for it.

    Raises
    ------
    ValueError
        If the columns do not fit the geometry.

    Examples
    --------
    >>> import numpy as np
    >>> col2im(np.ones((1, 4, 4)), output_size=3, kernel_size=2)  # in how many windows is a pixel?
    array([[[[1., 2., 1.],
             [2., 4., 2.],
             [1., 2., 1.]]]])

    See Also
    --------
    torch.nn.functional.fold
    """
    xp, columns = floating(columns, "columns")
    geometry = Geometry.of(
        pair(output_size, "output_size", 1), kernel_size, stride, padding, dilation
    )
    (kh, kw), (oh, ow) = geometry.kernel_size, geometry.output_size
    if columns.ndim != 3 or columns.shape[1] % (kh * kw) or columns.shape[2] != oh * ow:
        raise ValueError(
            f"columns: expected shape (N, C·{kh * kw}, {oh * ow}), got {tuple(columns.shape)}"
        )
    n, rows, _ = columns.shape
    shaped = xp.reshape(columns, (n, rows // (kh * kw), kh, kw, oh, ow))
    return put_back(xp, shaped, geometry)


def put_back(xp: Any, found: Array, geometry: Geometry) -> Array:
    """Add windows, shape (N, C, kh, kw, oh, ow), up to images: the transpose of `windows`."""
    shape = (*found.shape[:2], *geometry.padded_size)
    images = xp.zeros(shape, dtype=found.dtype, device=device(found))
    for i, j, (rows, columns) in geometry.positions():
        images[:, :, rows, columns] += found[:, :, i, j, :, :]
    return images[:, :, *geometry.inside]


def require_upstream(upstream: Array, like: Array, shape: tuple) -> tuple[Any, Array]:
    """Give the array library of what comes back, and it as an array of the shape of the output."""
    xp, upstream = floating(upstream, "upstream", like=like)
    require_shape(upstream, shape, "upstream", "the shape of the output")
    return xp, upstream
