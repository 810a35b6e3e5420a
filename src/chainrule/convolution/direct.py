"""The convolution of images with kernels, and its gradients (sections 2.1 and 2.1.1)."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import Array, floating, require_count, require_shape
from . import loops, product, tiled
from .columns import require_images, require_upstream
from .geometry import Geometry, Size

METHODS = {"tiled": tiled, "im2col": product, "loops": loops}


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
        If the shapes do not fit, no window fits, `groups` does not divide the channels and the
        kernels, or there is no such method.
    TypeError
        If the method is for NumPy arrays and the arrays are not.

    Examples
    --------
    >>> import numpy as np
    >>> x, edge = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[-1.0, 1.0]]]])
    >>> conv2d(x, edge)
    array([[[[1., 1.],
             [1., 1.],
             [1., 1.]]]])

    See Also
    --------
    torch.nn.functional.conv2d
    """
    xp, x, weight, geometry = _read(x, weight, stride, padding, dilation, groups)
    if bias is not None:
        _, bias = floating(bias, "bias", like=x)
        require_shape(bias, (weight.shape[0],), "bias", "one number for each kernel")
    x, weight, bias = _of_one_dtype(xp, x, weight, bias)
    return _way(method, x).convolve(x, weight, bias, geometry, groups)


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
    x : array, shape (N, C, H, W)
    weight : array, shape (O, C/groups, kh, kw)
    upstream : array, shape (N, O, oh, ow)
        ∂C/∂output.
    stride, dilation : int or pair of int
    padding : int, pair of int, "same" or "valid"
    groups : int
    wrt : str or iterable of str
        Which of "x", "weight" and "bias" are wanted.
    method : {"auto", "tiled", "im2col", "loops"}
        As in `conv2d`. Where a number is NaN or infinite, the gradients by "tiled" may be NaN in
        places where those by the others are finite.

    Returns
    -------
    tuple of three arrays
        ∂C/∂x, ∂C/∂weight and ∂C/∂bias, None in the place of what was not asked for.

    Raises
    ------
    ValueError
        If the shapes do not fit, `wrt` names something else, or there is no such method.
    TypeError
        If the method is for NumPy arrays and the arrays are not.

    Examples
    --------
    >>> import numpy as np
    >>> x, edge = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[-1.0, 1.0]]]])
    >>> dx, dweight, dbias = conv2d_vjp(x, edge, np.ones((1, 1, 3, 2)))
    >>> dx[0, 0, 0], dweight.ravel(), dbias
    (array([-1.,  0.,  1.]), array([21., 27.]), array([6.]))
    """
    wrt = (wrt,) if isinstance(wrt, str) else tuple(wrt)
    for name in wrt:
        if name not in ("x", "weight", "bias"):
            raise ValueError(f"wrt: expected names among 'x', 'weight' and 'bias', got {name!r}")
    xp, x, weight, geometry = _read(x, weight, stride, padding, dilation, groups)
    way = _way(method, x)
    shape = (x.shape[0], weight.shape[0], *geometry.output_size)
    _, upstream = require_upstream(upstream, x, shape)
    x, weight, upstream = _of_one_dtype(xp, x, weight, upstream)
    given = (x, weight, upstream, geometry, groups)
    return (
        way.gradient_of_images(*given) if "x" in wrt else None,
        way.gradient_of_weight(*given) if "weight" in wrt else None,
        xp.sum(upstream, axis=(0, 2, 3)) if "bias" in wrt else None,
    )


def _of_one_dtype(xp: Any, *arrays: Array | None) -> list:
    """Give the arrays in the dtype that the library gives to a sum of them."""
    given = [array for array in arrays if array is not None]
    if len({array.dtype for array in given}) == 1:
        return [*arrays]
    dtype = xp.result_type(*given)
    return [array if array is None else xp.astype(array, dtype, copy=False) for array in arrays]


def _way(method: str, x: Array) -> ModuleType:
    """Give the module that convolves such arrays by this method."""
    in_numpy = isinstance(x, np.ndarray)
    if method == "auto":
        return tiled if in_numpy else product
    if method not in METHODS:
        raise ValueError(f"method: expected 'auto' or one of {[*METHODS]}, got {method!r}")
    if METHODS[method] is not product and not in_numpy:
        raise TypeError(f"method: expected NumPy arrays for {method!r}, got a {type(x).__name__}")
    return METHODS[method]


def _read(
    x: Array, weight: Array, stride: Size, padding: Size | str, dilation: Size, groups: int
) -> tuple[Any, Array, Array, Geometry]:
    """Check that images and kernels fit each other, and give what they are and where they meet."""
    xp, x = require_images(x)
    _, weight = floating(weight, "weight", like=x)
    require_count(groups, "groups")
    channels = x.shape[1]
    if weight.ndim != 4:
        raise ValueError(f"weight: expected shape (O, C/groups, kh, kw), got {tuple(weight.shape)}")
    if channels % groups or weight.shape[0] % groups:
        raise ValueError(
            f"groups: expected a number that divides the {channels} channels and the "
            f"{weight.shape[0]} kernels, got {groups}"
        )
    if weight.shape[1] != channels // groups:
        raise ValueError(
            f"weight: expected kernels of {channels // groups} channels (those of x, over groups), "
            f"got shape {tuple(weight.shape)}"
        )
    geometry = Geometry.of(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    return xp, x, weight, geometry
