"""What `check` says of every choice, and of every number, as tables.

A page that has no Python looks an answer up in them. They are made by asking the checker.
"""

import math
from typing import Any

from .core import Exercise, Feedback

Verdict = list[Any]  # whether it is right, and the message


def choices(exercise: Exercise) -> dict[str, Verdict]:
    """Give the verdict on each choice.

    Examples
    --------
    >>> from chainrule.exercises import EXERCISES
    >>> choices(EXERCISES["steps-order"])["c"]
    [True, 'right']
    """
    letters = sorted({exercise.solution, *(letter for letter, _ in exercise.mistakes)})
    return {letter: _verdict(exercise.check(letter)) for letter in letters}


def numbers(exercise: Exercise) -> dict[str, Any]:
    """Give the verdicts on numbers.

    Parameters
    ----------
    exercise : Exercise
        Its answer is a number.

    Returns
    -------
    dict
        The `unit`; `bands`, from one number to another, with their verdict; and `large`: beside
        the bands a greater number is too large, every other one too small.

    Examples
    --------
    >>> from chainrule.exercises import EXERCISES
    >>> table = numbers(EXERCISES["updates-per-epoch"])
    >>> [band[3] for band in table["bands"] if band[0] <= 30 <= band[1]]
    ['right']
    """
    known = {float(exercise.solution), *(float(number) for number, _ in exercise.mistakes)}
    known |= {float(f"{exercise.solution:.{digits}g}") for digits in range(1, 12)}
    waiting = sorted(number for number in known if math.isfinite(number))
    bands: list[list[Any]] = []
    while waiting:
        number = waiting.pop(0)
        told = exercise.check(number)
        if _generic(told, number) or any(low <= number <= high for low, high, *_ in bands):
            continue
        low, high = _edge(exercise, number, -1), _edge(exercise, number, +1)
        bands.append([low, high, *_verdict(told)])
        waiting += [math.nextafter(low, -math.inf), math.nextafter(high, math.inf)]
    large = float(exercise.solution)
    return {"unit": exercise.unit, "bands": sorted(bands), "large": large}


def _verdict(feedback: Feedback) -> Verdict:
    return [feedback.right, feedback.message]


def _generic(feedback: Feedback, number: float) -> bool:
    return feedback.message.startswith(f"{number:.12g} is too ")


def _edge(exercise: Exercise, number: float, way: int) -> float:
    """Give the last number of those that are told the same, going up or down from one."""
    told = exercise.check(number)
    step = max(abs(number), 1e-300) * 1e-17
    while exercise.check(number + way * step) == told and step < 1e300:
        step *= 2
    inside, outside = number, number + way * step
    while True:
        middle = (inside + outside) / 2
        if middle in (inside, outside):
            return inside
        if exercise.check(middle) == told:
            inside = middle
        else:
            outside = middle
