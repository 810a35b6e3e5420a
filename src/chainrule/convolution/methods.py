"""The convolution of images with kernels, and its gradients (sections 2.1 and 2.1.1)."""

from collections.abc import Iterable
from types import ModuleType

import numpy as np

from ..arrays import Array, real, same_shape, upstream_of
from ..arrays.functions import sum
from ..arrays.rules import cast, together
from . import loops, matrix_product, tiled
from .geometry import Size
from .reading import read_convolution

METHODS = {"tiled": tiled, "im2col": matrix_product, "loops": loops}


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
    method: str = "auto",
) -> Array:
    """Slide kernels over images: every output is the sum of products of a kernel and a window.

    Parameters
    ----------
    x : array, shape (N, C, H, W)
    weight : array, shape (O, C/groups, kh, kw)
        O kernels.
    bias : array, shape (O,), optional
    stride, dilation : int or pair of int
    padding : int, pair of int, "same" or "valid"
    groups : int
        Channels and kernels are cut into so many groups, and each kernel sees its own group only.
    method : {"auto", "tiled", "im2col", "loops"}
        How it is computed: "im2col" by one matrix product; "tiled" by many, each with the columns
        of a few windows, in some megabytes and as many as one image and its output have; "loops"
        straight from the definition, and slowly. "tiled" and "loops" are for NumPy arrays; "auto"
        takes "tiled" for these and "im2col" for all others.

    Returns
    -------
    array, shape (N, O, oh, ow)

    Raises
    ------
    ValueError
        If `groups` does not divide the channels and the kernels, or there is no such method.
    TypeError
        If the method is for NumPy arrays and the arrays are not.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> edge = np.array([[[[-1.0, 1.0]]]])
    >>> conv2d(x, edge)
    array([[[[1., 1.],
             [1., 1.],
             [1., 1.]]]])

    See Also
    --------
    torch.nn.functional.conv2d
    """
    x, weight, geometry, groups = read_convolution(x, weight, stride, padding, dilation, groups)
    if bias is not None:
        bias = real(bias, "bias", like=x)
        same_shape(bias, (weight.shape[0],), "bias", "one number for each kernel")
    way = _way(method, x, weight)
    (x, weight, bias), dtype = together(x, weight, bias)
    b = 0.0 if bias is None else bias[:, None, None]
    return cast(way.convolve(x, weight, b, geometry, groups), dtype)


def conv2d_vjp(
    x: Array,
    weight: Array,
    upstream: Array,
    *,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
    wrt: str | Iterable[str] = ("x", "weight", "bias"),
    method: str = "auto",
) -> tuple[Array | None, Array | None, Array | None]:
    """Carry ∂C/∂output back to the images, the kernels and the biases.

    Parameters
    ----------
    x, weight, stride, padding, dilation, groups
        As in `conv2d`.
    upstream : array, shape (N, O, oh, ow)
        ∂C/∂output.
    wrt : str or iterable of str
        Which of "x", "weight" and "bias" are wanted.
    method : {"auto", "tiled", "im2col", "loops"}
        As in `conv2d`. Where a number is NaN or infinite, the gradients by "tiled" may be NaN in
        places where those by the others are finite.

    Returns
    -------
    tuple of three arrays
        ∂C/∂x, ∂C/∂weight and ∂C/∂bias, None for what was not asked for.

    Raises
    ------
    ValueError, TypeError
        As in `conv2d`, and if `wrt` names something else.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> edge = np.array([[[[-1.0, 1.0]]]])
    >>> dx, dweight, dbias = conv2d_vjp(x, edge, np.ones((1, 1, 3, 2)))
    >>> dx[0, 0, 0], dweight.ravel(), dbias
    (array([-1.,  0.,  1.]), array([21., 27.]), array([6.]))
    """
    wrt = (wrt,) if isinstance(wrt, str) else tuple(wrt)
    for name in wrt:
        if name not in ("x", "weight", "bias"):
            raise ValueError(f"wrt: expected names among 'x', 'weight' and 'bias', got {name!r}")
    x, weight, geometry, groups = read_convolution(x, weight, stride, padding, dilation, groups)
    shape = (x.shape[0], weight.shape[0], *geometry.output_size)
    delta = upstream_of(upstream, shape, "the shape of the output", like=x)
    way = _way(method, x, weight)
    (x, weight, delta), dtype = together(x, weight, delta)
    given = (x, weight, delta, geometry, groups)
    return (
        cast(way.gradient_of_images(*given), dtype) if "x" in wrt else None,
        cast(way.gradient_of_weight(*given), dtype) if "weight" in wrt else None,
        cast(gradient_of_bias(delta), dtype) if "bias" in wrt else None,
    )


def gradient_of_bias(delta):
    """Give ∂C/∂b, the sum over samples and places: equation 2.1.1f."""
    return sum(delta, axis=(0, 2, 3))


def _way(method: str, x: Array, weight: Array) -> ModuleType:
    """Give the module that convolves such arrays by this method."""
    in_numpy = isinstance(x, np.ndarray)
    if method != "auto" and method not in METHODS:
        raise ValueError(f"method: expected 'auto' or one of {[*METHODS]}, got {method!r}")
    if method not in ("auto", "im2col") and not in_numpy:
        raise TypeError(f"method: expected NumPy arrays for {method!r}, got a {type(x).__name__}")
    if 0 in x.shape or 0 in weight.shape or not in_numpy:
        return matrix_product  # of nothing too
    return METHODS["tiled" if method == "auto" else method]
