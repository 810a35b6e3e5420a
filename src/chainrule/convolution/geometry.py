"""Where a window stands: sizes, strides, padding, dilation, and the size of what comes out."""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass
from functools import cached_property, lru_cache
from itertools import product
from numbers import Integral
from typing import Any

import numpy as np

from ..arrays.settings import setting

Pair = tuple[int, int]
Size = int | Sequence[int]


def pair(value: Any, name: str, least: int) -> Pair:
    """Give a number as a pair of itself, and a pair as it is; an error that names it otherwise.

    >>> pair(3, "stride", 1), pair((1, 2), "stride", 1)
    ((3, 3), (1, 2))
    """
    if type(value) is int and value >= least:
        return (value, value)
    if type(value) is tuple and [*map(type, value)] == [int, int] and min(value) >= least:
        return value  # as nearly always; what follows is slow
    both: Any = (value, value) if isinstance(value, Integral) else value
    if isinstance(both, str) or np.ndim(both) != 1 or len(both) != 2:
        raise TypeError(f"{name}: expected a whole number or a pair of them, got {value!r}")
    for number in both:
        if not isinstance(number, Integral) or isinstance(number, bool):
            raise TypeError(f"{name}: expected a whole number or a pair of them, got {value!r}")
        if number < least:
            raise ValueError(f"{name}: expected at least {least}, got {value!r}")
    return int(both[0]), int(both[1])


def size(value: Any, name: str, least: int) -> Size:
    """Give a number as an int, and a pair as a tuple of two; errors as in `pair`."""
    both = pair(value, name, least)
    return both[0] if isinstance(value, Integral) else both


def sizes(least: int, sentence: str = "", default: Any = MISSING, **options: Any) -> Any:
    """Give a field of at least so much in both directions; None fits where it is the default."""

    def read(value: Any, name: str) -> Any:
        return value if value is None is default else size(value, name, least)

    says = f"a whole number, at least {least}, or a pair of them"
    return setting(read, says, sentence, default, **options)


@dataclass(frozen=True)
class Geometry:
    """The windows of a kernel on images of one size.

    Parameters
    ----------
    size : pair of int
        The images' height and width.
    kernel_size, stride, dilation : pair of int
    before, after : pair of int
        How many zeros are put above and left of the image, and below and right of it.

    Examples
    --------
    >>> Geometry.of((5, 5), kernel_size=3).output_size
    (3, 3)
    """

    size: Pair
    kernel_size: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    before: Pair = (0, 0)
    after: Pair = (0, 0)

    def __post_init__(self) -> None:
        if min(self.output_size) < 1:
            raise ValueError(
                f"kernel_size: expected a window that fits into {self.padded_size} (the padded "
                f"image), got one that spans {self.span}"
            )

    @staticmethod
    def of(
        size: Size, kernel_size: Size, stride: Size = 1, padding: Size | str = 0, dilation: Size = 1
    ) -> "Geometry":
        """Make a geometry from arguments as PyTorch takes them.

        Parameters
        ----------
        size : int or pair of int
            The images' height and width.
        kernel_size, stride, dilation : int or pair of int
        padding : int, pair of int, "valid" or "same"
            Zeros on every side; "valid" is none, and with "same" (for stride 1) the output has
            the size of the image: where their number is odd, one more stands below and right.
        """
        size = pair(size, "size", 1)
        kernel = pair(kernel_size, "kernel_size", 1)
        steps, spread = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"padding: expected numbers, 'same' or 'valid', got {padding!r}")
            if padding == "same" and steps != (1, 1):
                raise ValueError(f"padding: expected numbers with stride {stride!r}, got 'same'")
            vertical, horizontal = (
                d * (k - 1) if padding == "same" else 0 for d, k in zip(spread, kernel, strict=True)
            )
            before = (vertical // 2, horizontal // 2)
            after = (vertical - before[0], horizontal - before[1])
        else:
            before = after = pair(padding, "padding", 0)
        return _made(size, kernel, steps, spread, before, after)

    @property
    def padded_size(self) -> Pair:
        """Height and width with the zeros around."""
        (h, w), (top, left), (bottom, right) = self.size, self.before, self.after
        return top + h + bottom, left + w + right

    @property
    def span(self) -> Pair:
        """Height and width that a window spans, d (k − 1) + 1."""
        (kh, kw), (dh, dw) = self.kernel_size, self.dilation
        return dh * (kh - 1) + 1, dw * (kw - 1) + 1

    @cached_property
    def output_size(self) -> Pair:
        """How many windows stand below each other, and how many side by side."""
        sizes = zip(self.padded_size, self.span, self.stride, strict=True)
        oh, ow = ((size - span) // step + 1 for size, span, step in sizes)
        return oh, ow

    @cached_property
    def back(self) -> "Geometry | None":
        """Where kernels, turned by 180°, stand on the errors, on the way back to the pixels.

        None with a stride other than 1, or where a whole window can lie in the zeros around.
        """
        before, after = (
            (self.span[0] - 1 - rows, self.span[1] - 1 - columns)
            for rows, columns in (self.before, self.after)
        )
        if self.stride != (1, 1) or min(before + after) < 0:
            return None
        return Geometry(self.output_size, self.kernel_size, (1, 1), self.dilation, before, after)

    def positions(self) -> Iterator[tuple[int, int, tuple[slice, slice]]]:
        """Yield each place (i, j) in the window with the pixels that it meets, one per window.

        The pixels are a pair of slices into the padded image.
        """
        (oh, ow), (sh, sw), (dh, dw) = self.output_size, self.stride, self.dilation
        for i, j in product(*map(range, self.kernel_size)):
            rows = slice(i * dh, i * dh + sh * (oh - 1) + 1, sh)
            columns = slice(j * dw, j * dw + sw * (ow - 1) + 1, sw)
            yield i, j, (rows, columns)

    @property
    def inside(self) -> tuple[slice, slice]:
        """Where in the padded image the image is."""
        (h, w), (top, left) = self.size, self.before
        return slice(top, top + h), slice(left, left + w)


known_geometry = lru_cache(Geometry.of)
"""The same, for settings that have been read: it makes each but once, and asks no questions."""

_made = lru_cache(Geometry)  # a layer asks for the same one at every step of a training
