"""Numbers that count what is done with them, and methods of section 2.1.1 run with them.

Fourier's transform is the recursive radix-2 one.
"""

from itertools import product
from typing import Any

import numpy as np

from .twins import ONE, counted_outputs, zeros_around


class Counted:
    """A number that counts the multiplications and additions it takes part in."""

    def __init__(self, value, tally: dict[str, int]):
        self.value, self.tally = value, tally

    def _made(self, operation: str, value) -> "Counted":
        self.tally[operation] = self.tally.get(operation, 0) + 1
        return Counted(value, self.tally)

    def __mul__(self, other: "Counted") -> "Counted":
        return self._made("multiplications", self.value * other.value)

    def __add__(self, other: "Counted") -> "Counted":
        return self._made("additions", self.value + other.value)

    def __sub__(self, other: "Counted") -> "Counted":
        return self._made("additions", self.value - other.value)


def counted(values, tally: dict[str, int]) -> np.ndarray:
    """Give an array of numbers that count."""
    return np.vectorize(lambda value: Counted(value, tally), otypes=[object])(values)


def loop_tally(size, kernel, stride, padding, channels: int) -> list[int]:
    """Run one kernel over one image of ones, zeros around it included, and count."""
    tally: dict[str, int] = {}
    x = counted(zeros_around(np.ones((1, channels, *size)), padding)[0], tally)
    w = counted(np.ones((channels, *kernel)), tally)
    for u, v in product(*map(range, counted_outputs(size, kernel, stride, padding, ONE))):
        total = None
        for c, i, j in np.ndindex(w.shape):
            term = w[c, i, j] * x[c, stride[0] * u + i, stride[1] * v + j]
            total = term if total is None else total + term
    return [tally["multiplications"], tally.get("additions", 0)]


def radix_2(x: list) -> list:
    """Give the Fourier transform of counted complex numbers, halved until one is left."""
    n = len(x)
    if n == 1:
        return x
    even, odd = radix_2(x[::2]), radix_2(x[1::2])
    roots = (np.exp(-2j * np.pi * k / n) for k in range(n // 2))
    turned_odd = [Counted(r, o.tally) * o for r, o in zip(roots, odd, strict=True)]
    pairs = list(zip(even, turned_odd, strict=True))
    return [a + b for a, b in pairs] + [a - b for a, b in pairs]


def radix_2_image(image: np.ndarray) -> np.ndarray:
    """Give the transform of all rows, and then of all columns."""
    rows = np.array([radix_2(list(row)) for row in image], object)
    return np.array([radix_2(list(column)) for column in rows.T], object).T


_conjugate = np.vectorize(
    lambda number: Counted(np.conj(number.value), number.tally), otypes=[object]
)


def radix_2_convolution(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, int]:
    """Convolve one image (C, H, W) by such transforms, and count their multiplications.

    Of the kernels (O, C, kh, kw) each is filled up with zeros to the size of the image. A division
    by the number of pixels and a conjugation are no complex multiplications.
    """
    tally: dict[str, int] = {}
    filled = np.zeros((*w.shape[:2], *x.shape[1:]))
    filled[:, :, : w.shape[2], : w.shape[3]] = w
    f_x = [radix_2_image(image) for image in counted(x + 0j, tally)]
    y = []
    for kernel in counted(filled + 0j, tally):
        f_w = [_conjugate(radix_2_image(channel)) for channel in kernel]
        f_y: Any = sum((a * b for a, b in zip(f_w[1:], f_x[1:], strict=True)), f_w[0] * f_x[0])
        back = radix_2_image(_conjugate(f_y))  # the inverse, but for a conjugation and a factor
        y.append([[number.value.real / back.size for number in row] for row in back])
    o_h, o_w = x.shape[1] - w.shape[2] + 1, x.shape[2] - w.shape[3] + 1
    return np.array(y)[:, :o_h, :o_w], tally["multiplications"]


def radix_2_tally(size, c_in: int, c_out: int) -> int:
    """Count by running it."""
    return radix_2_convolution(np.ones((c_in, *size)), np.ones((c_out, c_in, 1, 1)))[1]


def butterflies(size, c_in: int, c_out: int) -> int:
    """Count the same stage by stage, and the products."""
    return transforms(size, c_in + c_out * c_in + c_out) + c_out * c_in * size[0] * size[1]


def transforms(size, number: int) -> int:
    """Count the butterflies of so many transforms of images; each has one multiplication."""

    def one(n: int) -> int:
        spans = [2**stage for stage in range(n.bit_length() - 1)]
        return sum(span for span in spans for _ in range(0, n, 2 * span))

    h, w = size
    return number * (h * one(w) + w * one(h))
