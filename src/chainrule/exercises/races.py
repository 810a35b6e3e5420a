"""The exercises of section 1.2.6."""

from collections.abc import Iterator
from functools import partial
from math import cos, pi

import numpy as np

from .core import Exercise
from .variants import Drawn


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


def _clip(length: float = 5.2) -> Exercise:
    return (
        Exercise(difficulty=1, solution=3 * length / 13)
        .wrong(3, f"all arrays together are 13 long, more than {length}: none is clipped by itself")
        .wrong(length / 4, "12 is only the largest of them; the length is √(9 + 16 + 144) = 13")
        .wrong(3 * length / 19, "19 is the sum; the length is the root of the sum of squares")
        .wrong(length, "that is the new length of all three together")
        .wrong(length / 13, "that is the factor: multiply the 3 by it")
    )


def _state(memory: int = 24) -> Exercise:
    return (
        Exercise(difficulty=2, solution=memory / 16)
        .wrong(memory / 8, "that is Adam's state alone: parameters and gradients need memory, too")
        .wrong(memory / 12, "one of the four is missing: parameters, gradients, m and v")
        .wrong(memory / 4, "that is for the parameters alone")
        .wrong(memory / 32, "32 bits are four bytes, not eight")
        .wrong(memory / 16 * 1e9, "right, but in billions")
    )


EXERCISES = {
    "clip-by-hand": _clip(),
    "state-of-adam": _state(),
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

DRAWN = {
    "clip-by-hand": Drawn(
        _clip, {"length": (6.5, 7.8, 9.1, 10.4)}, lambda length: [f"to the length {length}."]
    ),
    "state-of-adam": Drawn(
        _state,
        {"memory": (16, 32, 40, 48, 80)},
        lambda memory: [f"has {memory} GB of memory", rf"${memory} \cdot 10^9$ bytes"],
    ),
}
