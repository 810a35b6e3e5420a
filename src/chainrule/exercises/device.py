"""The exercises of section 3.1."""

from collections.abc import Iterator
from math import floor, frexp
from typing import Any

import numpy as np

from .core import Exercise


def _numbers(rng: np.random.Generator) -> Iterator[tuple]:
    for bits in (7, 10, 3):
        for x in (*rng.uniform(-300, 300, 4), 2.0**bits + 0.5, 2.0**bits + 1.5):
            yield np.asarray(x), np.asarray(bits)


def _rounded(x: Any, bits: Any) -> float:
    """Round in units of the last bit; Python's round takes what is halfway to the even number."""
    unit = 2.0 ** (frexp(float(x))[1] - 1 - int(bits))
    return round(float(x) / unit) * unit


EXERCISES = {
    "which-bfloat16": Exercise(difficulty=1, solution=300)
    .wrong(301, "whole numbers near 300 are two apart in bfloat16: 256 = 2⁸, with 7 bits behind")
    .wrong(302, "302 is one of its numbers, but 300 is nearer to 300.7")
    .wrong(300.7, "that takes more than 7 bits behind the leading one"),
    "round-yourself": Exercise(difficulty=2, solution=_rounded, cases=_numbers)
    .wrong(
        lambda x, bits: _rounded(float(x), int(bits) - 1),
        "one bit too few: the leading one is not among the m bits",
    )
    .wrong(
        lambda x, bits: (
            floor(abs(x) / 2.0 ** (frexp(float(x))[1] - 1 - int(bits)))
            * np.sign(x)
            * 2.0 ** (frexp(float(x))[1] - 1 - int(bits))
        ),
        "this cuts the other bits off; round to the nearest",
    )
    .wrong(
        lambda x, bits: round(float(x) * 2.0 ** int(bits)) / 2.0 ** int(bits),
        "these are m bits behind the point; they count from the leading one",
    ),
    "bytes-moved": Exercise(difficulty=2, solution=4_161_536)
    .wrong(2_355_200, "the columns go to memory and come back: count them twice")
    .wrong(548_864, "that is without the columns, every number once")
    .wrong(1_040_384, "these are numbers; each has four bytes"),
}
