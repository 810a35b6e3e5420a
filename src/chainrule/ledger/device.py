"""The claims of section 3.1: rounding to fewer bits, and the traffic of im2col."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .. import precision
from ..convolution import Geometry, im2col, im2col_traffic
from .core import Claim, Oracle
from .oracles import torch_oracle


def _numbers(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield numbers of many sizes, among them some halfway between two, and how many bits."""
    for bits in (7, 10, 23, 4):
        spread = rng.uniform(1, 2, 200) * 2.0 ** rng.integers(-12, 12, 200)
        halfway = (2 * rng.integers(2**bits, 2 ** (bits + 1), 20) + 1) / 2.0 ** (bits + 1)
        yield np.concatenate([spread, -spread, halfway, -halfway, [0.0]]), bits


def _nearest(x: np.ndarray, bits: int) -> list[float]:
    """Round in exact fractions; Python rounds what is halfway to the even number."""
    nearest = []
    for number in map(Fraction, x.tolist()):
        exponent = 0
        while number and abs(number) >= Fraction(2) ** (exponent + 1):
            exponent += 1
        while number and abs(number) < Fraction(2) ** exponent:
            exponent -= 1
        unit = Fraction(2) ** (exponent - bits)
        nearest.append(float(round(number / unit) * unit))
    return nearest


# NumPy's float16 has as many bits as TF32, but fewer exponents: the cases stay within both
NUMPY_FORMATS = {10: np.float16, 23: np.float32}


def _cut_off(x: np.ndarray, bits: int) -> np.ndarray:
    fraction, exponent = np.frexp(x)
    return np.ldexp(np.trunc(np.ldexp(fraction, bits + 1)), exponent - bits - 1)


def _vectors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield two vectors, the bits they are read with and those that sums are kept with."""
    for bits, n in ((7, 5), (10, 40), (23, 200)):
        yield rng.standard_normal(n), rng.standard_normal(n), bits, 23
    # after the first 1 every sum is rounded down to 1 again: the errors add up
    small = np.full(400, 0.9 * 2.0**-8)
    yield np.concatenate([[1.0], small]), np.ones(401), 20, 7


def _bound_in_fractions(w, a, bits: int, sum_bits: int) -> float:
    """Multiply the largest factor that every term can get."""
    all_bits = [bits] * 2 + [sum_bits] * len(w)
    worst = prod(1 + Fraction(1, 2 ** (bits_of_factor + 1)) for bits_of_factor in all_bits)
    terms = (abs(Fraction(w_i) * Fraction(a_i)) for w_i, a_i in zip(w, a, strict=True))
    return float((worst - 1) * sum(terms, Fraction(0)))


def _error_of_sum(w, a, bits: int, sum_bits: int) -> float:
    """Compute with rounded numbers and give by how much the result misses."""
    total = 0.0
    for w_i, a_i in zip(_nearest(w, bits), _nearest(a, bits), strict=True):
        (term,) = _nearest(np.array([w_i * a_i]), sum_bits)
        (total,) = _nearest(np.array([total + term]), sum_bits)
    exact = sum(Fraction(w_i) * Fraction(a_i) for w_i, a_i in zip(w, a, strict=True))
    return float(abs(Fraction(total) - exact))


def _layers(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        n, c, o, k, stride, padding = (int(i) for i in rng.integers(1, 4, 6))
        yield tuple(int(side) for side in rng.integers(4, 9, 2)), k, stride, padding, n, c, o


def _traffic(size, k: int, stride: int, padding: int, n: int, c: int, o: int) -> int:
    geometry = Geometry.of(size, kernel_size=k, stride=stride, padding=padding)
    return im2col_traffic(geometry, c, o, n=n)


def _bytes_of_arrays(size, k: int, stride: int, padding: int, n: int, c: int, o: int) -> int:
    """Make the arrays, and add their bytes once for every time they go to memory or come back."""
    x, w = np.zeros((n, c, *size), np.float32), np.zeros((o, c * k * k), np.float32)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    columns = windows.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * k * k, -1)
    return sum(array.nbytes for array in (x, columns, columns, w, w @ columns))


def _counted_bytes(size, k: int, stride: int, padding: int, n: int, c: int, o: int) -> int:
    """Walk over the windows and count four bytes for every number that is moved."""
    h, w = (side + 2 * padding for side in size)
    moved = n * c * size[0] * size[1] + o * c * k * k
    for _ in product(range(n), range(0, h - k + 1, stride), range(0, w - k + 1, stride)):
        moved += 2 * c * k * k + o  # a column is written and read, an output of each kernel written
    return 4 * moved


CLAIMS = [
    Claim(
        label="3.1a",
        title="rounding to fewer bits",
        code="precision.rounded",
        implementation=precision.rounded,
        cases=_numbers,
        oracles=(
            Oracle("exact fractions", _nearest, 1e-16),
            Oracle(
                "NumPy's casts",
                lambda x, bits: x.astype(NUMPY_FORMATS[bits]).astype(float),
                1e-16,
                applies=lambda x, bits: bits in NUMPY_FORMATS,
            ),
            torch_oracle(
                "torch.bfloat16",
                lambda torch, x, bits: x.to(torch.bfloat16).double(),
                1e-16,
                applies=lambda x, bits: bits == precision.FORMATS["bfloat16"],
            ),
        ),
        saboteur=_cut_off,
        mistake="cut off, not rounded",
    ),
    Claim(
        label="3.1b",
        title="the error of a product of vectors",
        code="precision.dot_bound",
        implementation=precision.dot_bound,
        cases=_vectors,
        oracles=(
            Oracle("exact fractions", _bound_in_fractions, 1e-9),
            Oracle(
                "errors of rounded sums",
                _error_of_sum,
                error=lambda bound, error: float(np.maximum(0.0, error / bound - 1)),
            ),
        ),
        saboteur=lambda w, a, bits, sum_bits: precision.dot_bound(w, a, bits, 60),
        mistake="sums taken for exact",
    ),
    Claim(
        label="3.1c",
        title="the traffic of im2col",
        code="convolution.im2col_traffic",
        implementation=_traffic,
        cases=_layers,
        oracles=(
            Oracle("bytes of the arrays", _bytes_of_arrays, 1e-16),
            Oracle("windows counted", _counted_bytes, 1e-16),
        ),
        saboteur=lambda size, k, stride, padding, n, c, o: (
            _traffic(size, k, stride, padding, n, c, o)
            - 4 * im2col(np.zeros((n, c, *size)), k, stride=stride, padding=padding).size
        ),
        mistake="the columns read, but not written before",
    ),
]
