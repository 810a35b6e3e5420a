"""All exercises as plain data from which no solution can be read, for students, and back.

Of a function or an array that is what came of each case, for the solution and for each known
mistake, without their code. What is said of a choice or a number is found and read with that choice
or number alone: it lies under a digest of it, covered by the stream that another digest yields. So
who has an answer, or tries all, learns what it is worth.
"""

import json
import math
import zlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import shake_256
from typing import Any

import numpy as np

from .core import ArrayExercise, Exercise, Feedback, response
from .plain import function_of, plain_case, recorded, value_of
from .verdicts import choices, numbers

FORMS: tuple[Callable[[float], float | np.float32], ...] = (float, np.float32)


@dataclass(frozen=True)
class Sealed(Exercise):
    """An exercise whose answer is a choice or a number, and who has it reads what is said of it.

    Attributes
    ----------
    name : str
    kind : str
    letters : tuple of str
        The choices.
    entries : dict of str to str
        What is said, covered, and under which digest.
    """

    name: str = ""
    kind: str = ""
    letters: tuple[str, ...] = ()
    entries: dict[str, str] = field(default_factory=dict)

    def _of_choice(self, letter: str) -> Feedback:
        return Feedback(*self._read(letter))

    def _of_number(self, number: float | np.float32) -> Feedback:
        exact = float(number)
        try:
            bands = self._read(cell(exact))
        except (KeyError, OverflowError):  # nothing is said of it, or it is infinite
            bands = []
        for form, low, high, right, message in bands:
            if form == type(number).__name__ and low <= exact <= high:
                return Feedback(right, message)
        return Feedback(False, f"{exact:.12g} is not right")

    def _read(self, key: Any) -> Any:
        covered = b64decode(self.entries[_digest(self.name, key)])
        return json.loads(zlib.decompressobj().decompress(_cover(covered, self.name, key)))


def seal(pages: dict[str, dict[str, Exercise]]) -> bytes:
    """Give the exercises of all pages as plain data, compressed."""
    plain = {
        page: {name: _sealed(name, exercise) for name, exercise in exercises.items()}
        for page, exercises in pages.items()
    }
    return zlib.compress(json.dumps(plain, ensure_ascii=False).encode(), 9)


def unseal(data: bytes) -> dict[str, dict[str, Exercise]]:
    """Give the exercises of all pages back: they say what those said that were sealed.

    But of a number that is wrong in no known way they cannot say whether it is too large.

    Examples
    --------
    >>> from chainrule.exercises.core import Exercise
    >>> one = Exercise(difficulty=1, solution=30).wrong(31, "count again")
    >>> again = unseal(seal({"page": {"one": one}}))["page"]["one"]
    >>> again.check(30), again.check(31), again.check(32)
    (✓ right, ✗ count again, ✗ 32 is not right)
    """
    plain = json.loads(zlib.decompress(data))
    return {
        page: {name: _unsealed(name, one) for name, one in exercises.items()}
        for page, exercises in plain.items()
    }


def cell(number: float) -> tuple[int, int]:
    """Give the cell of a number: its sign, and its place among 64 to an octave.

    Examples
    --------
    >>> cell(1.0), cell(1.01), cell(1.02), cell(2.0), cell(0.0), cell(-1.0)
    ((1, 64), (1, 64), (1, 65), (1, 128), (0, 0), (-1, 64))
    """
    if number == 0:
        return 0, 0
    mantissa, exponent = math.frexp(abs(number))
    return (1 if number > 0 else -1), 64 * exponent + int(128 * mantissa) - 64


def _sealed(name: str, exercise: Exercise) -> dict[str, Any]:
    plain = {"kind": exercise.kind, "difficulty": exercise.difficulty, "unit": exercise.unit}
    if exercise.kind == "choice":
        told = choices(exercise)
        return plain | {"letters": exercise.letters, "entries": _covered(name, told)}
    if exercise.kind == "number":
        return plain | {"entries": _covered(name, _by_cell(exercise))}
    cases = exercise.tried()

    def made(answer: Any) -> dict[str, Any]:
        function = response(answer) if exercise.kind == "array" else answer
        return recorded(function, cases, exercise.cancels)

    if isinstance(exercise, ArrayExercise):
        plain["shape"] = exercise.shape
    return plain | {
        "bound": exercise.bound,
        "cancels": exercise.cancels,
        "cases": {"tuple": [plain_case(case) for case in cases]},
        "solution": made(exercise.solution),
        "mistakes": [[made(mistake), message] for mistake, message in exercise.mistakes],
    }


def _unsealed(name: str, plain: dict[str, Any]) -> Exercise:
    if plain["kind"] in ("choice", "number"):
        plain["letters"] = tuple(plain.get("letters", ()))
        return Sealed(solution=None, name=name, **plain)
    cases, cancels = list(value_of(plain.pop("cases"))), plain["cancels"]
    kind = ArrayExercise if plain.pop("kind") == "array" else Exercise
    if "shape" in plain:
        plain["shape"] = tuple(plain["shape"])
    plain["solution"] = function_of(plain["solution"], cases, cancels)
    plain["mistakes"] = tuple(
        (function_of(mistake, cases, cancels), message) for mistake, message in plain["mistakes"]
    )
    return kind(cases=lambda rng: iter(cases), **plain)


def _by_cell(exercise: Exercise) -> dict[tuple[int, int], list[Any]]:
    """Give the bands of numbers in each cell: for which form, from where to where, what is said."""
    found = defaultdict(list)
    for form in FORMS:
        for low, high, right, message in numbers(exercise, form)["bands"]:
            for place in _cells(low, high):
                found[place].append([form.__name__, low, high, right, message])
    return found


def _cells(low: float, high: float) -> list[tuple[int, int]]:
    """Give the cells that a band overlaps; of one around 0, no other number can be float32."""
    (sign, first), (other, last) = cell(low), cell(high)
    if sign != other:
        return [(0, 0)]
    return [(sign, place) for place in range(min(first, last), max(first, last) + 1)]


def _covered(name: str, told: dict[Any, Any]) -> dict[str, str]:
    """Cover what is told of each key; equally long, lest the length tells what is right."""
    packed = {key: zlib.compress(json.dumps(one).encode(), 9) for key, one in told.items()}
    size = max(map(len, packed.values()))
    entries = {
        _digest(name, key): b64encode(_cover(one.ljust(size, b"\0"), name, key)).decode()
        for key, one in packed.items()
    }
    return dict(sorted(entries.items()))


def _digest(name: str, key: Any) -> str:
    return shake_256(f"find {name} {key}".encode()).hexdigest(8)


def _cover(text: bytes, name: str, key: Any) -> bytes:
    """Cover a text, or uncover it."""
    stream = shake_256(f"read {name} {key}".encode()).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, stream, strict=True))
