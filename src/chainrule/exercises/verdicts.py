"""What `check` says of every choice, and of every number, as tables.

A page that has no Python looks an answer up in them, and they are what is sealed for students. They
are made by asking the checker.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .core import Exercise, Feedback

Verdict = list[Any]  # whether it is right, and the message


def choices(exercise: Exercise) -> dict[str, Verdict]:
    """Give the verdict on each choice.

    Examples
    --------
    >>> choices(Exercise(difficulty=1, solution="b").wrong("a", "look again"))
    {'a': [False, 'look again'], 'b': [True, 'right']}
    """
    return {letter: _verdict(exercise.check(letter)) for letter in exercise.letters}


def numbers(
    exercise: Exercise, form: Callable[[float], float | np.float32] = float
) -> dict[str, Any]:
    """Give the verdicts on numbers.

    Parameters
    ----------
    exercise : Exercise
        Its answer is a number.
    form : callable, optional
        What makes a float the answer that is checked: one of float32 may miss by more.

    Returns
    -------
    dict
        The `unit`; `bands`, from one number to another, with their verdict; and `large`: beside
        the bands a greater number is too large, every other one too small.

    Examples
    --------
    >>> table = numbers(Exercise(difficulty=1, solution=30).wrong(31, "one too many"))
    >>> [[*map(round, band[:2]), *band[2:]] for band in table["bands"]]
    [[30, 30, True, 'right'], [31, 31, False, 'one too many']]
    """

    def told(number: float) -> Feedback:
        return exercise.check(form(number))

    known = {float(exercise.solution), *(float(number) for number, _ in exercise.mistakes)}
    known |= {float(f"{exercise.solution:.{digits}g}") for digits in range(1, 12)}
    waiting = sorted(number for number in known if math.isfinite(number))
    bands: list[list[Any]] = []
    while waiting:
        number = waiting.pop(0)
        generic = told(number).message.startswith(f"{float(form(number)):.12g} is too ")
        if generic or any(low <= number <= high for low, high, *_ in bands):
            continue
        low, high = _edge(told, number, -1, known), _edge(told, number, +1, known)
        bands.append([low, high, *_verdict(told(number))])
        waiting += [math.nextafter(low, -math.inf), math.nextafter(high, math.inf)]
    large = float(exercise.solution)
    return {"unit": exercise.unit, "bands": sorted(bands), "large": large}


def _verdict(feedback: Feedback) -> Verdict:
    return [feedback.right, feedback.message]


def _edge(told: Callable[[float], Feedback], number: float, way: int, known: set[float]) -> float:
    """Give the last number of those that are told the same, going up or down from one.

    A known number on the way may be told something else, however narrow its own band is.
    """
    same = told(number)
    step = max(abs(number), 1e-300) * 1e-17
    while told(number + way * step) == same and step < 1e300:
        step *= 2
    inside, outside = number, number + way * step
    others = [one for one in known if 0 < way * (one - number) < step and told(one) != same]
    outside = min(others, key=lambda one: abs(one - number), default=outside)
    while True:
        middle = (inside + outside) / 2
        if middle in (inside, outside):
            return inside
        if told(middle) == same:
            inside = middle
        else:
            outside = middle
