"""The convolution of images with kernels, and its gradients (sections 2.1 and 2.1.1)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import Array, floating, require_count, require_shape
from .columns import put_back, require_images, require_upstream, windows
from .geometry import Geometry, Size

METHODS = ("auto", "im2col", "loops")


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
    method : {"auto", "im2col", "loops"}
        How it is computed: "im2col" by one matrix product, "loops" straight from the definition
        (in NumPy, and slowly); "auto" picks.

    Returns
    -------
    array, shape (N, O, oh, ow)

    Raises
    ------
    ValueError
        If the shapes do not fit, no window fits, or `groups` does not divide the channels and
        the kernels.

    Examples
    --------
    >>> x, edge = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[-1.0, 1.0]]]])
    >>> conv2d(x, edge)
    array([[[[1., 1.],
             [1., 1.],
             [1., 1.]]]])

    See Also
    --------
    torch.nn.functional.conv2d
    """
    if method not in METHODS:
        raise ValueError(f"method: expected one of {METHODS}, got {method!r}")
    xp, x, weight, geometry = _read(x, weight, stride, padding, dilation, groups)
    if method == "loops":
        y = _loops(x, weight, geometry, groups)
    else:
        y = _product(xp, x, weight, geometry, groups)
    if bias is None:
        return y
    _, bias = floating(bias, "bias", like=x)
    require_shape(bias, (weight.shape[0],), "bias", "one number for each kernel")
    return y + bias[:, None, None]


def conv2d_vjp(
    x: Array,
    weight: Array,
    upstream: Array,
    *,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
    wrt: Sequence[str] = ("x", "weight", "bias"),
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
    wrt : sequence of str
        Which of "x", "weight" and "bias" are wanted.

    Returns
    -------
    tuple of three arrays
        ∂C/∂x, ∂C/∂weight and ∂C/∂bias, None in the place of what was not asked for.

    Raises
    ------
    ValueError
        If the shapes do not fit, or `wrt` names something else.

    Examples
    --------
    >>> x, edge = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[-1.0, 1.0]]]])
    >>> dx, dweight, dbias = conv2d_vjp(x, edge, np.ones((1, 1, 3, 2)))
    >>> dx[0, 0, 0], dweight.ravel(), dbias
    (array([-1.,  0.,  1.]), array([21., 27.]), array([6.]))
    """
    for name in wrt:
        if name not in ("x", "weight", "bias"):
            raise ValueError(f"wrt: expected names among 'x', 'weight' and 'bias', got {name!r}")
    xp, x, weight, geometry = _read(x, weight, stride, padding, dilation, groups)
    (n, c), kernels = x.shape[:2], weight.shape[0]
    (kh, kw), (oh, ow) = geometry.kernel_size, geometry.output_size
    _, upstream = require_upstream(upstream, x, (n, kernels, oh, ow))
    errors = xp.reshape(upstream, (n, groups, kernels // groups, oh * ow))
    dx = dweight = dbias = None
    if "weight" in wrt:
        columns = xp.reshape(windows(xp, x, geometry), (n, groups, -1, oh * ow))
        of_each = errors @ xp.matrix_transpose(columns)
        dweight = xp.reshape(xp.sum(of_each, axis=0), weight.shape)
    if "x" in wrt:
        rows = xp.reshape(weight, (groups, kernels // groups, -1))
        columns = xp.matrix_transpose(rows) @ errors
        dx = put_back(xp, xp.reshape(columns, (n, c, kh, kw, oh, ow)), geometry)
    if "bias" in wrt:
        dbias = xp.sum(upstream, axis=(0, 2, 3))
    return dx, dweight, dbias


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


def _product(xp: Any, x: Array, weight: Array, geometry: Geometry, groups: int) -> Array:
    """Multiply the kernels, as rows, with the windows, as columns."""
    n, kernels = x.shape[0], weight.shape[0]
    oh, ow = geometry.output_size
    columns = xp.reshape(windows(xp, x, geometry), (n, groups, -1, oh * ow))
    rows = xp.reshape(weight, (groups, kernels // groups, -1))
    return xp.reshape(rows @ columns, (n, kernels, oh, ow))


def _loops(x: Array, weight: Array, geometry: Geometry, groups: int) -> Array:
    """Add the products up one by one: the definition."""
    if not isinstance(x, np.ndarray):
        raise TypeError(f"method: expected NumPy arrays for 'loops', got a {type(x).__name__}")
    (n, _, h, w), (kernels, channels, kh, kw) = x.shape, weight.shape
    (oh, ow), (sh, sw) = geometry.output_size, geometry.stride
    (dh, dw), (top, left) = geometry.dilation, geometry.before
    y = np.zeros((n, kernels, oh, ow), np.result_type(x, weight))
    for image, kernel, row, column in np.ndindex(y.shape):
        first = kernel // (kernels // groups) * channels
        for channel, i, j in np.ndindex(channels, kh, kw):
            r, c = row * sh + i * dh - top, column * sw + j * dw - left
            if 0 <= r < h and 0 <= c < w:
                pixel = x[image, first + channel, r, c]
                y[image, kernel, row, column] += weight[kernel, channel, i, j] * pixel
    return y
