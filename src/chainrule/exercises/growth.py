"""The exercises of section 3.3."""

from collections.abc import Iterator

import numpy as np

from .core import Exercise
from .variants import Drawn


def _measured(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield a size and its cost, another size and its cost, and the power of what grows."""
    laws = [(*rng.uniform(1, 9, 4).round(1), power) for power in (2.0, 0.5, 3.0)]
    laws += [(3.0, 5.0, 2.0, 1.0, 1.0), (0.5, 0.25, 0.25, 0.5, 1.0), (5.0, 2.0, 0.0, 1.0, 2.0)]
    for first, second, fixed, growing, power in laws:
        yield first, fixed + growing * first**power, second, fixed + growing * second**power, power


def _each(n1, t1, n2, t2, power: float) -> float:
    return (t2 - t1) / (n2**power - n1**power)


def _fixed(n1, t1, n2, t2, power: float) -> float:
    """Give what is left of the first cost without its part that grows."""
    return t1 - _each(n1, t1, n2, t2, power) * n1**power


def _slope(overhead: int = 300) -> Exercise:
    whole = overhead + 500
    return (
        Exercise(difficulty=1, solution=1000 / whole)
        .wrong(
            2,
            f"that is the slope of what grows alone; of the {whole} microseconds {overhead} do not "
            "grow",
        )
        .wrong(1, "the mean of 0 and 2 is right only where both parts cost the same")
        .wrong(500 / whole, "that is the share that grows; multiply it by its power")
        .wrong(2 * overhead / whole, "that is 2 times the share that does not grow")
        .wrong(whole, "these are the microseconds; the slope has no unit")
    )


EXERCISES = {
    "slope-of-a-step": _slope(),
    "fixed-part": Exercise(difficulty=2, solution=_fixed, cases=_measured)
    .wrong(_each, "that is what a unit of work costs; take its share off the first cost")
    .wrong(
        lambda n1, t1, n2, t2, power: _fixed(n1, t1, n2, t2, 1),
        "this draws a straight line over n; the line is straight over n to the power",
    )
    .wrong(
        lambda n1, t1, n2, t2, power: t2 - _each(n1, t1, n2, t2, power) * n1**power,
        "this takes the work of one size off the cost of the other",
    )
    .wrong(
        lambda n1, t1, n2, t2, power: t1 - _each(n1, t1, n2, t2, power),
        "the work of the first size is n1 to the power, not 1",
    )
    .wrong(
        lambda n1, t1, n2, t2, power: t1 / 2,
        "half of the cost does not grow only at the crossing (3.3b)",
    ),
    "why-so-flat": Exercise(difficulty=2, solution="b")
    .wrong("a", "a narrow network makes as many calls, and its step takes a twentieth of this")
    .wrong("c", "sixteen times as many samples take sixteen times as many multiplications")
    .wrong("d", "the images are few: 16 of them are 50 kilobytes, the weights 12 megabytes"),
}

DRAWN = {
    "slope-of-a-step": Drawn(
        _slope,
        {"overhead": (125, 750, 1500)},
        lambda overhead: [f"takes {overhead} µs of overhead"],
    ),
}
