"""Layers for images: convolution, pooling, and the step from images to rows."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from ..arrays import Array, floating, floating_dtype, require_count, require_generator
from ..network import initial_std
from .columns import padded, require_images, require_upstream
from .direct import conv2d, conv2d_vjp
from .geometry import Geometry, Size, pair


class Conv2d:
    """A layer of kernels that slide over images.

    The weights start as normal random numbers with the standard deviation `initial_std` of the
    numbers that a kernel reads and that a pixel is read by; the biases as 0.

    Parameters
    ----------
    c_in, c_out : int
        How many channels come in, and how many kernels there are.
    kernel_size : int or pair of int
    stride, dilation : int or pair of int
    padding : int, pair of int, "same" or "valid"
    groups : int
        How many groups the channels and kernels are cut into.
    rng : numpy.random.Generator
        Where the initial weights come from.
    dtype : str or dtype
        Of the parameters.
    init : {"he", "xavier"}

    Attributes
    ----------
    weight : array, shape (c_out, c_in/groups, kh, kw)
    bias : array, shape (c_out,)

    Raises
    ------
    ValueError
        If a number is too small, or `groups` does not divide the channels.
    TypeError
        If `rng` is not a generator, or `dtype` is not a floating-point one.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Conv2d(1, 8, 3, padding=1, rng=np.random.default_rng(0))
    >>> layer(np.zeros((2, 1, 28, 28))).shape
    (2, 8, 28, 28)

    See Also
    --------
    torch.nn.Conv2d
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel_size: Size,
        *,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        rng: np.random.Generator,
        dtype: Any = "float64",
        init: str = "he",
    ):
        for name, number in (("c_in", c_in), ("c_out", c_out), ("groups", groups)):
            require_count(number, name)
        if c_in % groups or c_out % groups:
            raise ValueError(
                f"groups: expected a number that divides {c_in} and {c_out}, got {groups}"
            )
        require_generator(rng)
        kernel = pair(kernel_size, "kernel_size", 1)
        Geometry.of((10**9, 10**9), kernel, stride, padding, dilation)  # every window fits in there
        shape = (c_out, c_in // groups, *kernel)
        std = initial_std(prod(shape[1:]), c_out // groups * prod(kernel), init)
        dtype = floating_dtype(dtype)
        self.options: dict[str, Any] = {
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "groups": groups,
        }
        self.weight: Array = (std * rng.standard_normal(shape)).astype(dtype)
        self.bias: Array = np.zeros(c_out, dtype)

    def __repr__(self) -> str:
        c_out, c_in, *kernel = self.weight.shape
        usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        others = [f", {k}={v!r}" for k, v in self.options.items() if v != usual[k]]
        size = kernel[0] if kernel[0] == kernel[1] else tuple(kernel)
        return f"Conv2d({c_in * self.options['groups']}, {c_out}, {size}{''.join(others)})"

    @property
    def parameters(self) -> list[Array]:
        """The weight and the bias."""
        return [self.weight, self.bias]

    def map(self, function: Callable[[Array], Array]) -> "Conv2d":
        """Give the same layer with every parameter replaced by `function` of it."""
        mapped = copy.copy(self)
        mapped.weight, mapped.bias = function(self.weight), function(self.bias)
        return mapped

    def __call__(self, x: Array) -> Array:
        """Give the images that the kernels make of x, shape (N, c_in, H, W)."""
        _, x = floating(x, like=self.weight)
        return conv2d(x, self.weight, self.bias, **self.options)

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Give ∂C/∂x of `upstream` = ∂C/∂output."""
        _, x = floating(x, like=self.weight)
        return conv2d_vjp(x, self.weight, upstream, wrt=("x",), **self.options)[0]

    def parameter_vjp(self, x: Array, upstream: Array) -> list[Array]:
        """Give ∂C/∂weight and ∂C/∂bias of `upstream` = ∂C/∂output."""
        _, x = floating(x, like=self.weight)
        wrt = ("weight", "bias")
        _, *gradients = conv2d_vjp(x, self.weight, upstream, wrt=wrt, **self.options)
        return gradients


@dataclass(frozen=True)
class _Pool:
    """What the pooling layers share: windows of each channel by itself."""

    kernel_size: Size
    stride: Size | None = field(default=None, kw_only=True)
    padding: Size = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        kernel, padding = pair(self.kernel_size, "kernel_size", 1), pair(self.padding, "padding", 0)
        if self.stride is not None:
            pair(self.stride, "stride", 1)
        if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
            raise ValueError(
                f"padding: expected at most half of the window {kernel}, got {padding}"
            )

    def _geometry(self, x: Array) -> Geometry:
        stride = self.kernel_size if self.stride is None else self.stride
        return Geometry.of(x.shape[2:], self.kernel_size, stride, self.padding)

    def _places(self, x: Array, outside: float) -> tuple[Any, Geometry, Array, Array]:
        """Give the library, where windows are, the padded images, and what the windows hold.

        The last has the shape (k_h k_w, N, C, oh, ow).
        """
        xp, x = require_images(x)
        geometry = self._geometry(x)
        pixels = padded(xp, x, geometry, outside)
        places = xp.stack([pixels[:, :, *at] for _, _, at in geometry.positions()])
        return xp, geometry, pixels, places


@dataclass(frozen=True)
class MaxPool2d(_Pool):
    """The largest number of every window, channel by channel.

    Parameters
    ----------
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        By default the windows lie side by side.
    padding : int or pair of int
        How far windows reach beyond the image; what is there counts as −∞.

    Raises
    ------
    ValueError
        If a number is too small, or the padding more than half of the window.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 5.,  7.],
             [13., 15.]]]])

    See Also
    --------
    torch.nn.MaxPool2d
    """

    def __call__(self, x: Array) -> Array:
        """Give the largest numbers of x, shape (N, C, H, W)."""
        xp, _, _, places = self._places(x, -float("inf"))
        return xp.max(places, axis=0)

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Send `upstream` to the largest of every window, to the first where several are."""
        xp, geometry, pixels, places = self._places(x, -float("inf"))
        largest = xp.max(places, axis=0)
        _, upstream = require_upstream(upstream, pixels, largest.shape)
        dx, waiting = xp.zeros_like(pixels), xp.ones_like(largest, dtype=xp.bool)
        for place, (_, _, at) in enumerate(geometry.positions()):
            numbers = places[place, ...]
            here = waiting & ((numbers == largest) | (numbers != numbers))  # NaN is the largest
            dx[:, :, *at] += xp.where(here, upstream, 0.0)
            waiting = waiting & ~here
        return dx[:, :, *geometry.inside]


@dataclass(frozen=True)
class AvgPool2d(_Pool):
    """The mean of every window, channel by channel; zeros outside the image count.

    Parameters
    ----------
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        By default the windows lie side by side.
    padding : int or pair of int
        How far windows reach beyond the image.

    Raises
    ------
    ValueError
        If a number is too small, or the padding more than half of the window.

    Examples
    --------
    >>> import numpy as np
    >>> AvgPool2d(2)(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 2.5,  4.5],
             [10.5, 12.5]]]])

    See Also
    --------
    torch.nn.AvgPool2d
    """

    def __call__(self, x: Array) -> Array:
        """Give the means of x, shape (N, C, H, W)."""
        xp, _, _, places = self._places(x, 0.0)
        return xp.mean(places, axis=0)

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Share `upstream` out among the places of every window, alike."""
        xp, geometry, pixels, places = self._places(x, 0.0)
        _, upstream = require_upstream(upstream, pixels, places.shape[1:])
        dx = xp.zeros_like(pixels)
        for _, _, at in geometry.positions():
            dx[:, :, *at] += upstream / places.shape[0]
        return dx[:, :, *geometry.inside]


@dataclass(frozen=True)
class Flatten:
    """Images (N, C, H, W) as rows (N, C·H·W), for a `Linear` layer.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten()(np.zeros((2, 3, 4, 4))).shape
    (2, 48)

    See Also
    --------
    torch.nn.Flatten
    """

    def __call__(self, x: Array) -> Array:
        """Give the images as rows."""
        xp, x = floating(x)
        if x.ndim < 2:
            raise ValueError(f"x: expected shape (N, …), got {tuple(x.shape)}")
        return xp.reshape(x, (x.shape[0], prod(x.shape[1:])))

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Give the rows of `upstream` as images."""
        xp, x = floating(x)
        _, upstream = require_upstream(upstream, x, (x.shape[0], prod(x.shape[1:])))
        return xp.reshape(upstream, x.shape)
