"""im2col: every window becomes a column; and col2im, its transpose (section 2.1.1)."""

from math import prod

from ..arrays import Array, real
from ..arrays.functions import full, reshape, stack
from ..arrays.rules import cast, together
from .geometry import Geometry, Size, pair
from .reading import read_images


def im2col(
    x: Array, kernel_size: Size, *, stride: Size = 1, padding: Size | str = 0, dilation: Size = 1
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
    (x,), dtype = together(read_images(x))
    geometry = Geometry.of(x.shape[2:], kernel_size, stride, padding, dilation)
    return cast(columns(x, geometry), dtype)


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

    Examples
    --------
    >>> import numpy as np
    >>> # in how many windows is a pixel?
    >>> col2im(np.ones((1, 4, 4)), output_size=3, kernel_size=2)
    array([[[[1., 2., 1.],
             [2., 4., 2.],
             [1., 2., 1.]]]])

    See Also
    --------
    torch.nn.functional.fold
    """
    columns = real(columns, "columns")
    size = pair(output_size, "output_size", 1)
    geometry = Geometry.of(size, kernel_size, stride, padding, dilation)
    places, windows = prod(geometry.kernel_size), prod(geometry.output_size)
    if columns.ndim != 3 or columns.shape[1] % places or columns.shape[2] != windows:
        raise ValueError(
            f"columns: expected shape (N, C·{places}, {windows}), got {tuple(columns.shape)}"
        )
    (columns,), dtype = together(columns)
    return cast(images(columns, geometry), dtype)


# ---- the formulas --------------------------------------------------------------------------------


def columns(x, geometry):
    """Give the matrix X of every sample: a column for each window."""
    places = windows(x, geometry, axis=2)  # (N, C, kh·kw, oh, ow)
    n, c, k, oh, ow = places.shape
    return reshape(places, (n, c * k, oh * ow))


def windows(x, geometry, axis=0, outside=0.0):
    """Give what the windows hold at each place (i, j) of theirs, along this axis."""
    x = padded(x, geometry, outside)
    places = [x[:, :, *pixels] for *_, pixels in geometry.positions()]
    return stack(places, axis)


def images(columns, geometry):
    """Give the sum of the columns, each where its window stands."""
    n, rows, _ = columns.shape
    k = prod(geometry.kernel_size)
    held = reshape(columns, (n, rows // k, k, *geometry.output_size))
    places = (held[:, :, place, ...] for place in range(k))
    return put_back(places, geometry, like=held)


def put_back(places, geometry, like):
    """Add up what the windows hold at each place (i, j): the transpose of `windows`."""
    x = full((*like.shape[:2], *geometry.padded_size), 0.0, like)
    for z, (*_, pixels) in zip(places, geometry.positions(), strict=True):
        x[:, :, *pixels] += z
    return x[:, :, *geometry.inside]


def padded(x: Array, geometry: Geometry, outside: float = 0.0) -> Array:
    """Give the images with this number around them, or as they are if there is no padding."""
    if geometry.padded_size == geometry.size:
        return x
    around = full((*x.shape[:2], *geometry.padded_size), outside, like=x)
    around[:, :, *geometry.inside] = x
    return around
