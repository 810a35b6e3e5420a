"""The exercises of section 1.2.6."""

from collections.abc import Iterator
from functools import partial
from math import cos, pi

import numpy as np

from .core import Exercise


def _rate_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for steps, warm_up, peak in ((136, 17, 0.3), (20, 5, 1.0), (9, 1, 0.05), (50, 20, 2.0)):
        for step in (0, 1, warm_up - 1, warm_up, warm_up + 1, steps // 2, steps - 1):
            yield step, steps, warm_up, peak
    yield from ((step, 7, 0, 0.7) for step in (0, 3, 6))


def _rate(
    step: int,
    steps: int,
    warm_up: int,
    peak: float,
    first: int = 1,
    whole: bool = False,
    end: float = pi,
    raised: bool = True,
) -> float:
    """Give the rate, or that of one of the mistakes that readers make."""
    if step < warm_up:
        return peak * (step + first) / warm_up
    share = step / steps if whole else (step - warm_up) / (steps - warm_up)
    height = cos(end * share)
    return peak * ((1 + height) / 2 if raised else height)


EXERCISES = {
    "clip-by-hand": Exercise(difficulty=1, solution=1.2)
    .wrong(3, "all arrays together are 13 long, more than 5.2: none is clipped by itself")
    .wrong(1.3, "12 is only the largest of them; the length is √(9 + 16 + 144) = 13")
    .wrong(3 * 5.2 / 19, "19 is the sum; the length is the root of the sum of squares")
    .wrong(5.2, "that is the new length of all three together")
    .wrong(0.4, "that is the factor: multiply the 3 by it"),
    "state-of-adam": Exercise(difficulty=2, solution=1.5)
    .wrong(3, "that is Adam's state alone: parameters and gradients need memory, too")
    .wrong(2, "one of the four is missing: parameters, gradients, m and v")
    .wrong(6, "that is for the parameters alone")
    .wrong(0.75, "32 bits are four bytes, not eight")
    .wrong(1.5e9, "right, but in billions"),
    "warm-up-cosine": Exercise(difficulty=2, solution=_rate, cases=_rate_cases)
    .wrong(
        partial(_rate, first=0),
        "the first step has the rate 0 and does nothing: count the steps of the warm-up from 1",
    )
    .wrong(partial(_rate, whole=True), "the cosine begins where the warm-up ends, not at step 0")
    .wrong(
        partial(_rate, end=2 * pi),
        "only half a cosine is wanted: its argument ends at π, not at 2π",
    )
    .wrong(
        partial(_rate, end=pi / 2, raised=False),
        "that is a quarter of a cosine: it falls fastest at the end",
    )
    .wrong(
        lambda step, steps, warm_up, peak: _rate(step, warm_up, peak, steps),
        "that is the page's function as it stands, but the arguments come in another order: "
        "step, steps, warm_up, peak",
    )
    .wrong(partial(_rate, raised=False), "a cosine falls to −1: raise it by 1 and halve it"),
    "fair-race": Exercise(difficulty=2, solution="a")
    .wrong("b", "equal rates are not equal chances: each optimizer has a best rate of its own")
    .wrong("c", "B's best rate is the largest that was tried: the grid is too short for B")
    .wrong("d", "one seed each: how far apart are two seeds of the same optimizer?"),
}
