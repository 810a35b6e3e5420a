"""Convolution with fewer multiplications: by Fourier's transform, and by Winograd's (2.1.1)."""

import numpy as np

from ..arrays import Array, library, real
from ..arrays.functions import full
from ..arrays.rules import cast, together
from .columns import padded
from .geometry import Size
from .methods import conv2d
from .reading import read_convolution
from .winograd import MATRICES, like


def conv2d_fft(x: Array, weight: Array, *, padding: Size | str = 0) -> Array:
    """Slide kernels over images by way of their frequencies.

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    weight : array, shape (O, C, kh, kw)
        O kernels.
    padding : int, pair of int, "same" or "valid"

    Returns
    -------
    array, shape (N, O, oh, ow)
        What `conv2d` gives, but for rounding.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> edge = np.array([[[[-1.0, 1.0]]]])
    >>> conv2d_fft(x, edge).round(12)
    array([[[[1., 1.],
             [1., 1.],
             [1., 1.]]]])
    """
    x, weight, geometry, _ = read_convolution(x, weight, padding=padding)
    if 0 in x.shape or 0 in weight.shape:  # libraries refuse to transform nothing
        return conv2d(x, weight, padding=padding)
    (x, weight), dtype = together(x, weight)
    return cast(by_frequencies(x, weight, geometry), dtype)


def conv2d_winograd(x: Array, weight: Array, *, padding: Size | str = 0) -> Array:
    """Slide 3 × 3 kernels over images by Winograd's method: 16 multiplications for 4 outputs.

    Parameters
    ----------
    x, weight, padding
        As in `conv2d_fft`; the kernels are 3 × 3.

    Returns
    -------
    array, shape (N, O, oh, ow)
        What `conv2d` gives, but for rounding.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> mean = np.full((1, 1, 3, 3), 1 / 9)
    >>> conv2d_winograd(x, mean).round(12)
    array([[[[ 5.,  6.],
             [ 9., 10.]]]])

    References
    ----------
    Lavin and Gray, Fast algorithms for convolutional neural networks, CVPR 2016.
    """
    return conv2d(x, weight, padding=padding, method="winograd-2")


def winograd_pair(w: Array, x: Array) -> Array:
    """Give two outputs of a kernel of three from four pixels, by four multiplications.

    Parameters
    ----------
    w : array, shape (..., 3)
        The kernels.
    x : array, shape (..., 4)
        The pixels.

    Returns
    -------
    array, shape (..., 2)
        Sums of w times the first three pixels, and times the last three.

    Examples
    --------
    >>> winograd_pair([1.0, 2.0, 3.0], [1.0, 0.0, 1.0, 10.0])
    array([ 4., 32.])
    """
    w = real(w, "w")
    x = real(x, like=w)
    for name, array, length in (("w", w, 3), ("x", x, 4)):
        if array.shape[-1:] != (length,):
            raise ValueError(f"{name}: expected shape (..., {length}), got {tuple(array.shape)}")
    try:
        np.broadcast_shapes(w.shape[:-1], x.shape[:-1])
    except ValueError as error:
        raise ValueError(f"x: expected a shape to go with w's {w.shape}, got {x.shape}") from error
    (w, x), dtype = together(w, x)
    A, B, G = (like(matrix, x) for matrix in MATRICES[2])
    return cast(((w @ G.T) * (x @ B)) @ A, dtype)  # along the last axis: all is transposed


# ---- the formulas --------------------------------------------------------------------------------


def by_frequencies(x, w, geometry):
    """Give the convolution as the product of what Fourier's transform makes of x and of w."""
    xp, size, (oh, ow) = library(x), geometry.padded_size, geometry.output_size
    f_x = xp.fft.rfftn(padded(x, geometry), axes=(2, 3))
    f_w = xp.conj(xp.fft.rfftn(w, s=size, axes=(2, 3)))  # filled up with zeros to this size
    # a matrix product over the channels for every frequency: (O, C) times (C, N)
    f_y = _ordered(f_w, (2, 3, 0, 1)) @ _ordered(f_x, (2, 3, 1, 0))
    y = xp.fft.irfftn(xp.permute_dims(f_y, (3, 2, 0, 1)), s=size, axes=(2, 3))
    return y[:, :, :oh, :ow]  # in the rest the kernel went over the edge and came back


def _ordered(x: Array, axes: tuple[int, ...]) -> Array:
    """Give the array with its axes in another order, in memory too: BLAS wants it that way."""
    view = library(x).permute_dims(x, axes)
    found = full(view.shape, 0, like=x)
    found[...] = view
    return found
