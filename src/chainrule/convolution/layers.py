"""Layers for images: convolution, and the step from images to rows."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..arrays import Array
from ..arrays.functions import reshape
from ..arrays.memory import in_order_of
from ..arrays.settings import count, generator
from ..layers import Layer, Weighted, initial_std
from .geometry import Geometry, Size, known_geometry, pair, size
from .methods import conv2d, conv2d_vjp
from .reading import require_images


class Conv2d(Weighted):
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
    rng, dtype, init : as in `layers.Linear`

    Attributes
    ----------
    weight : array, shape (c_out, c_in/groups, kh, kw)
    bias : array, shape (c_out,)

    Raises
    ------
    ValueError
        If `groups` does not divide the channels.
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
        c_in, c_out = count.read(c_in, "c_in"), count.read(c_out, "c_out")
        groups = count.read(groups, "groups")
        if c_in % groups or c_out % groups:
            raise ValueError(
                f"groups: expected a number that divides {c_in} and {c_out}, got {groups}"
            )
        generator.read(rng)
        kernel = pair(kernel_size, "kernel_size", 1)
        Geometry.of((10**9, 10**9), kernel, stride, padding, dilation)  # every window fits in there
        self.options: dict[str, Any] = {
            "stride": size(stride, "stride", 1),
            "padding": padding if isinstance(padding, str) else size(padding, "padding", 0),
            "dilation": size(dilation, "dilation", 1),
            "groups": groups,
        }
        shape = (c_out, c_in // groups, *kernel)
        std = initial_std(prod(shape[1:]), c_out // groups * prod(kernel), init)
        self._start(shape, std, rng, dtype)

    def __repr__(self) -> str:
        c_out, c_in, *kernel = self.weight.shape
        usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        others = [f", {k}={v!r}" for k, v in self.options.items() if v != usual[k]]
        both = kernel[0] if kernel[0] == kernel[1] else tuple(kernel)
        return f"Conv2d({c_in * self.options['groups']}, {c_out}, {both}{''.join(others)})"

    def value(self, x):
        """Give the images that the kernels make of x."""
        return conv2d(x, self.weight, self.bias, **self.options)

    def back(self, x, delta):
        """Give ∂C/∂x."""
        return conv2d_vjp(x, self.weight, delta, wrt="x", **self.options)[0]

    def parameters_back(self, x, delta):
        """Give ∂C/∂weight and ∂C/∂bias."""
        wrt = ("weight", "bias")
        _, *found = conv2d_vjp(x, self.weight, delta, wrt=wrt, **self.options)
        return found

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        require_images(x)
        if self.weight.ndim != 4:
            raise ValueError(f"weight: expected four axes, got shape {tuple(self.weight.shape)}")
        channels = self.weight.shape[1] * self.options["groups"]
        if x.shape[1] != channels:
            raise ValueError(f"x: expected images of {channels} channels, got {tuple(x.shape)}")
        stride, padding, dilation, _ = self.options.values()
        kernel = tuple(self.weight.shape[2:])
        geometry = known_geometry(tuple(x.shape[2:]), kernel, stride, padding, dilation)
        return x.shape[0], self.weight.shape[0], *geometry.output_size


@dataclass(frozen=True)
class Flatten(Layer):
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

    def value(self, x):
        """Give the images as rows."""
        return reshape(x, (x.shape[0], prod(x.shape[1:])))

    def back(self, x, delta):
        """Give the rows of errors as images."""
        return in_order_of(x, reshape(delta, x.shape))

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        if x.ndim < 2:
            raise ValueError(f"x: expected shape (N, …), got {tuple(x.shape)}")
        return x.shape[0], prod(x.shape[1:])
