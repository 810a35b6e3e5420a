"""Numbers with fewer bits: how they round, and what that does to a product of vectors (3.1).

A number of bits is at least 1, or a ValueError is raised.
"""

from math import expm1, log1p
from typing import Any

import numpy as np

from .arrays import Array, library, real, to_numpy, with_numbers
from .arrays.functions import frexp, ldexp, round, sum
from .arrays.rules import cast
from .arrays.settings import count

__all__ = ["FORMATS", "dot_bound", "rounded", "rounded_dot", "unit_roundoff"]

FORMATS = {"float64": 52, "float32": 23, "TF32": 10, "bfloat16": 7}
"""How many bits each format keeps after the leading 1."""


def unit_roundoff(bits: int) -> float:
    """Give u, a bound on the relative error of rounding to so many bits after the leading 1.

    Parameters
    ----------
    bits : int

    Returns
    -------
    float

    Examples
    --------
    >>> unit_roundoff(FORMATS["bfloat16"])
    0.00390625
    """
    bits = count.read(bits, "bits")
    return 2.0 ** -(bits + 1)


def rounded(x: Array, bits: int) -> Array:
    """Round to the nearest number of so many bits after the leading 1 (equation 3.1a).

    Parameters
    ----------
    x : array
    bits : int
        m, at most 52.

    Returns
    -------
    array of float64, shaped like x
        Halfway between two, the even one. The exponent is not limited.

    Examples
    --------
    >>> import numpy as np
    >>> rounded(np.array([1 / 3, 257.0, 259.0]), bits=7)
    array([  0.33398438, 256.        , 260.        ])
    """
    bits = count.read(bits, "bits")
    x = real(x)
    return nearest(cast(x, library(x).float64), bits)


def nearest(x, bits):
    """Give equation 3.1a for numbers that have 64 bits."""
    fraction, exponent = frexp(x)  # 1/2 ≤ |fraction| < 1
    return ldexp(round(fraction * 2 ** (bits + 1)), exponent - bits - 1)


def rounded_dot(w: Array, a: Array, bits: int, sum_bits: int = 23) -> float:
    """Give w · a as a processor does that reads few bits and adds in more.

    A ValueError if w and a are not vectors of one length.

    Parameters
    ----------
    w, a : array, shape (n,)
    bits : int
        To which w and a are rounded.
    sum_bits : int
        To which every product and every sum is rounded, one term after another.

    Returns
    -------
    float

    Examples
    --------
    >>> import numpy as np
    >>> rounded_dot(np.array([1 / 3, 1 / 3]), np.array([1.0, 2.0]), bits=7)
    1.001953125
    """
    return float(dot(*_vectors(w, a, bits, sum_bits)))


def dot(w, a, bits, sum_bits):
    """Give w · a with every number, product and sum rounded."""
    total = 0.0
    for term in nearest(nearest(w, bits) * nearest(a, bits), sum_bits):
        total = nearest(total + term, sum_bits)
    return total


def dot_bound(w: Array, a: Array, bits: int, sum_bits: int = 23) -> float:
    """Give by how much `rounded_dot` can miss w · a at most (equation 3.1b).

    No number may be so small that it loses bits for that (underflow).

    Parameters
    ----------
    w, a : array, shape (n,)
    bits, sum_bits : int
        As in `rounded_dot`.

    Returns
    -------
    float

    Examples
    --------
    >>> import numpy as np
    >>> w, a = np.array([1 / 3, 1 / 3]), np.array([1.0, 2.0])
    >>> f"{dot_bound(w, a, bits=7):.4f}"
    '0.0078'
    """
    return float(bound(*_vectors(w, a, bits, sum_bits)))


def bound(w, a, bits, sum_bits):
    """Give the right side of equation 3.1b."""
    u, v = unit_roundoff(bits), unit_roundoff(sum_bits)
    # (1 + u)² (1 + v)ⁿ − 1, for tiny u and v too
    factor = expm1(2 * log1p(u) + len(w) * log1p(v))
    return factor * sum(abs(w * a))


def _vectors(w: Array, a: Array, bits: int, sum_bits: int) -> tuple[Any, Any, int, int]:
    bits = count.read(bits, "bits")
    sum_bits = count.read(sum_bits, "sum_bits")
    read = (with_numbers(real(v, name), name) for name, v in (("w", w), ("a", a)))
    w, a = (cast(to_numpy(vector), np.float64) for vector in read)
    if w.ndim != 1:
        raise ValueError(f"w: expected a vector, got shape {w.shape}")
    if a.shape != w.shape:
        raise ValueError(f"a: expected a vector like w, of shape {w.shape}, got shape {a.shape}")
    return w, a, bits, sum_bits
