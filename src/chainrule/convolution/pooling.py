"""Pooling: what is kept of every window, channel by channel (section 2.2)."""

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..arrays.functions import as_numbers, full, max, mean, times, where
from ..arrays.settings import Settings
from ..layers import Layer
from .columns import put_back, windows
from .geometry import Geometry, Size, known_geometry, pair, sizes
from .reading import require_images


@dataclass(frozen=True)
class Pool(Layer, Settings):
    """What the pooling layers share: windows of each channel by itself.

    Their formulas, `pool` and `share`, get what the windows hold at each of their places (i, j),
    along the first axis.
    """

    kernel_size: Size = sizes(1)
    stride: Size | None = sizes(1, "None: the windows lie side by side", None, kw_only=True)
    padding: Size = sizes(0, "how far windows reach beyond the image", 0, kw_only=True)
    outside = 0.0  # what counts beyond the image

    def __post_init__(self):
        super().__post_init__()
        kernel, padding = pair(self.kernel_size, "kernel_size", 1), pair(self.padding, "padding", 0)
        if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
            raise ValueError(
                f"padding: expected at most half of the window {kernel}, got {padding}"
            )

    def value(self, x):
        """Give what is kept of every window."""
        return self.pool(windows(x, self._geometry(x), outside=self.outside))

    def back(self, x, delta):
        """Give the errors back to the pixels, summed over the windows that a pixel lies in."""
        geometry = self._geometry(x)
        held = self._pixels_first(windows(x, geometry, outside=self.outside), x, geometry)
        return put_back(self.share(held, delta), geometry, x)

    def pool(self, windows):
        """Give what is kept of every window; the formula alone."""
        raise NotImplementedError

    def share(self, windows, delta):
        """Give, for each place in the window, what it gets of the errors; the formula alone."""
        raise NotImplementedError

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        require_images(x)
        return (*x.shape[:2], *self._geometry(x).output_size)

    def _geometry(self, x: Array) -> Geometry:
        stride = self.kernel_size if self.stride is None else self.stride
        return known_geometry(tuple(x.shape[2:]), self.kernel_size, stride, self.padding)

    def _pixels_first(self, held: Array, x: Array, geometry: Geometry) -> Array:
        """Give what the windows hold, so changed that a pixel goes before what is no pixel."""
        return held


@dataclass(frozen=True)
class MaxPool2d(Pool):
    """The largest number of every window, channel by channel.

    What lies beyond the image counts as −∞. On the way back an error goes to the largest number, to
    the first of several.

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

    outside = -float("inf")

    def pool(self, windows):
        """Give the largest number of every window."""
        return max(windows, axis=0)

    def share(self, windows, delta):
        """Give the error to the largest number, 0 to the others."""
        for here in first_largest(windows):
            yield times(delta, as_numbers(here, like=delta))

    def _pixels_first(self, held: Array, x: Array, geometry: Geometry) -> Array:
        if geometry.padded_size == geometry.size:
            return held
        if isinstance(x, np.ndarray) and not (x == self.outside).any():
            return held
        inside = windows(full((1, 1, *x.shape[2:]), 1.0, like=x), geometry) == 1
        return where(inside & (max(held, axis=0) == self.outside), 0.0, held)


def first_largest(windows):
    """Yield for each place which windows have their largest number there, the first of several."""
    largest, waiting = max(windows, axis=0), True
    for place in range(windows.shape[0]):
        here = waiting & is_equal(windows[place, ...], largest)
        yield here
        waiting = waiting & ~here


def is_equal(a, largest):
    """Say where a number is the largest; NaN is, where there is one."""
    return (a == largest) | (a != a)


@dataclass(frozen=True)
class AvgPool2d(Pool):
    """The mean of every window, channel by channel; zeros outside the image count.

    On the way back an error is shared out among all places of the window, alike.

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

    def pool(self, windows):
        """Give the mean of every window."""
        return mean(windows, axis=0)

    def share(self, windows, delta):
        """Give each of the k_h k_w places as much."""
        places = windows.shape[0]
        return [delta / places] * places
