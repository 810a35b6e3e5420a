"""The convolution of images with kernels, and its gradients (sections 2.1 and 2.1.1)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from ..arrays import Array, real, same_shape, upstream_of
from ..arrays.functions import sum
from ..arrays.rules import cast, together
from ..precision import dot_bound
from . import loops, matrix_product, tiled
from .geometry import Geometry, Size
from .reading import read_convolution
from .winograd import Winograd, winograd_bound

METHODS: dict[str, Any] = {
    "tiled": tiled,
    "im2col": matrix_product,
    "loops": loops,
    "winograd-2": Winograd(2),
    "winograd-4": Winograd(4),
    "winograd": None,
}
MANY = 128
"""From so many kernels and so many tiles on "auto" may take Winograd's method."""


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
    method : {"auto", "tiled", "im2col", "loops", "winograd", "winograd-2", "winograd-4"}
        How it is computed: "im2col" by one matrix product; "tiled" by many, each with the columns
        of a few windows, in some megabytes and as many as one image has; "loops" straight from the
        definition, and slowly; "winograd-2" and "winograd-4", for kernels of 3 × 3 with stride and
        dilation 1, by Winograd's method, in tiles of 2 × 2 or 4 × 4 outputs, and "winograd" by that
        of the two that multiplies less. "tiled" and "loops" are for NumPy arrays; "auto" takes
        "im2col" for all others; "winograd-2" for layers of 128 kernels and 128 tiles or more, where
        it is mostly faster with one thread, if its error bound (`winograd_bound`) is not above that
        of a sum; and else "tiled". Where a number is NaN or infinite, or so large that the sum of
        four overflows, what Winograd's method gives may be NaN in places where others are finite.

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
    sums = weight.shape[1], weight.shape[0] // groups
    way = _way(method, x, weight, geometry, sums)
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
    method : {"auto", "tiled", "im2col", "loops", "winograd", "winograd-2", "winograd-4"}
        As in `conv2d`; for the kernels' gradient "auto" takes Winograd's method never.

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
    of_images = _way(method, x, weight, geometry, (weight.shape[0] // groups, weight.shape[1]))
    of_weight = _way(method, x, weight, geometry)
    (x, weight, delta), dtype = together(x, weight, delta)
    given = (x, weight, delta, geometry, groups)
    return (
        cast(of_images.gradient_of_images(*given), dtype) if "x" in wrt else None,
        cast(of_weight.gradient_of_weight(*given), dtype) if "weight" in wrt else None,
        cast(gradient_of_bias(delta), dtype) if "bias" in wrt else None,
    )


def gradient_of_bias(delta):
    """Give ∂C/∂b, the sum over samples and places: equation 2.1.1f."""
    return sum(delta, axis=(0, 2, 3))


def _way(
    method: str, x: Array, weight: Array, geometry: Geometry, sums: tuple[int, int] | None = None
) -> Any:
    """Give what convolves such arrays by this method; `sums`: of so many channels, for so many."""
    in_numpy = isinstance(x, np.ndarray)
    if method == "auto":
        pays = in_numpy and sums is not None and _winograd_pays(geometry, x.shape[0], *sums)
        method = "winograd-2" if pays else "tiled" if in_numpy else "im2col"
    elif method not in METHODS:
        raise ValueError(f"method: expected 'auto' or one of {[*METHODS]}, got {method!r}")
    elif method in ("tiled", "loops") and not in_numpy:
        raise TypeError(f"method: expected NumPy arrays for {method!r}, got a {type(x).__name__}")
    if method.startswith("winograd"):
        _require_three(geometry, method)
        if method == "winograd":
            method = min(("winograd-2", "winograd-4"), key=lambda m: METHODS[m].products(geometry))
    if 0 in x.shape or 0 in weight.shape:
        return matrix_product  # of nothing too
    return METHODS[method]


@lru_cache
def _winograd_pays(geometry: Geometry, n: int, c: int, o: int) -> bool:
    """Say whether "auto" takes tiles of 2 × 2: for their bound, and as all is used often."""
    if geometry.kernel_size != (3, 3) or {*geometry.stride, *geometry.dilation} != {1}:
        return False
    oh, ow = geometry.output_size
    ones = np.ones(9 * c)  # pixels and weights as large as the bound takes them to be
    tiles = n * -(-oh // 2) * -(-ow // 2)
    return min(o, tiles) >= MANY and winograd_bound(2, c) <= dot_bound(ones, ones, 52)


def _require_three(geometry: Geometry, method: str) -> None:
    if geometry.kernel_size != (3, 3):
        raise ValueError(f"weight: expected kernels of 3 × 3, got {geometry.kernel_size}")
    for name, steps in (("stride", geometry.stride), ("dilation", geometry.dilation)):
        if steps != (1, 1):
            raise ValueError(f"{name}: expected 1 for method {method!r}, got {steps}")
