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


def _rate(
    step: int,
    steps: int,
    warm_up: int,
    peak: float,
    first: int = 1,
    whole: bool = False,
    half: bool = True,
    raised: bool = True,
) -> float:
    """Give the rate, or that of one of the mistakes that readers make."""
    if step < warm_up:
        return peak * (step + first) / warm_up
    share = step / steps if whole else (step - warm_up) / (steps - warm_up)
    height = cos((pi if half else 2 * pi) * share)
    return peak * ((1 + height) / 2 if raised else height)


EXERCISES = {
    "clip-by-hand": Exercise(difficulty=1, solution=1.2)
    .wrong(3.0, "the length of all three together is 13, more than 5.2")
    .wrong(1.3, "12 is the largest of them; the length is √(9 + 16 + 144) = 13")
    .wrong(5.2, "one factor for all: direction and proportions are kept")
    .wrong(0.4, "that is the factor: multiply the 3 by it"),
    "state-of-adam": Exercise(difficulty=1, solution=76_880)
    .wrong(38_440, "Adam keeps two numbers for each parameter: m and v")
    .wrong(19_220, "count bytes: a 32-bit number takes four")
    .wrong(115_320, "the parameters themselves are not the optimizer's")
    .wrong(153_760, "32 bits are four bytes, not eight"),
    "warm-up-cosine": Exercise(difficulty=2, solution=_rate, cases=_rate_cases)
    .wrong(
        partial(_rate, first=0),
        "the first step has the rate 0 and does nothing: count the steps of the warm-up from 1",
    )
    .wrong(partial(_rate, whole=True), "the cosine begins where the warm-up ends, not at step 0")
    .wrong(partial(_rate, half=False), "half a cosine: its argument ends at π, not at 2π")
    .wrong(partial(_rate, raised=False), "a cosine falls to −1: raise it by 1 and halve it"),
}
