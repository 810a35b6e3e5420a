"""The exercises of section 3.1."""

from collections.abc import Iterator
from math import copysign, floor, frexp, trunc

import numpy as np

from .core import Exercise
from .variants import Drawn


def _numbers(rng: np.random.Generator) -> Iterator[tuple]:
    for bits in (7, 10, 1, 3, 23):
        halfway = 2.0**bits + 0.5, -(2.0**bits) - 1.5, (2.0**bits + 1.5) / 2**20
        yield from ((x, bits) for x in (*rng.uniform(-300, 300, 4), *halfway))
        # the nearest of the second is a power of two, and has another unit
        yield from ((x, bits) for x in (0.0, 16 - 2.0**-30, -0.3, 300.0))


def _unit(x: float, bits: int) -> float:
    return 2.0 ** (frexp(x)[1] - 1 - bits)


def _rounded(x: float, bits: int) -> float:
    """Round in units of the last bit; Python's round takes what is halfway to the even number."""
    return round(x / _unit(x, bits)) * _unit(x, bits)


def _moved(side: int = 28) -> Exercise:
    image, kernels = 64 * side**2, 64 * 64 * 9
    unpadded = 64 * (side - 2) ** 2
    right = 4 * (20 * image + kernels)
    return (
        Exercise(difficulty=2, solution=right)
        .wrong(
            4 * (11 * image + kernels),
            "the columns go to memory and come back: count them twice",
        )
        .wrong(4 * (2 * image + kernels), "that is without the columns, every number once")
        .wrong(right // 4, "these are numbers; each has four bytes")
        .wrong(2 * right, "a number of float32 has four bytes, not eight")
        .wrong(80 * image, "the kernels move as well")
        .wrong(
            4 * (image + 19 * unpadded + kernels),
            f"with padding 1 the outputs have {side} × {side} pixels, and so have the columns",
        )
    )


EXERCISES = {
    "which-bfloat16": Exercise(difficulty=1, solution=300)
    .wrong(
        301,
        "near 300 the numbers of bfloat16 are two apart: 256 = 2⁸, and 7 bits follow the leading 1",
    )
    .wrong(302, "302 is one of its numbers, but 300 is nearer to 300.7")
    .wrong(300.7, "that takes more than 7 bits after the leading 1")
    .wrong(256, "that is the leading 1 alone; 7 bits follow it"),
    "round-yourself": Exercise(difficulty=2, solution=_rounded, cases=_numbers)
    .wrong(
        lambda x, bits: _rounded(x, bits - 1),
        "one bit too few: the leading 1 is not among the m bits",
    )
    .wrong(
        lambda x, bits: _rounded(x, bits + 1),
        "one bit too many: the fraction of frexp is below 1, so e is its exponent less 1",
    )
    .wrong(
        lambda x, bits: trunc(x / _unit(x, bits)) * _unit(x, bits),
        "this cuts the other bits off; round to the nearest",
    )
    .wrong(
        lambda x, bits: floor(x / _unit(x, bits)) * _unit(x, bits),
        "this rounds down; round to the nearest",
    )
    .wrong(
        lambda x, bits: floor(x / _unit(x, bits) + 0.5) * _unit(x, bits),
        "this rounds up what is halfway; it goes to the even one of its neighbours",
    )
    .wrong(
        lambda x, bits: copysign(floor(abs(x) / _unit(x, bits) + 0.5), x) * _unit(x, bits),
        "this rounds away from 0 what is halfway; it goes to the even one of its neighbours",
    )
    .wrong(
        lambda x, bits: round(x * 2.0**bits) / 2.0**bits,
        "these are m bits after the point; count them from the leading 1",
    )
    .wrong(
        lambda x, bits: round(x / _unit(x, bits)),
        "that counts the units; multiply by the unit at the end",
    ),
    "bytes-moved": _moved(),
}

DRAWN = {
    "bytes-moved": Drawn(
        _moved, {"side": (14, 32, 56)}, lambda side: [f"and {side} × {side} pixels"]
    ),
}
