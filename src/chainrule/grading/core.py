"""A class, graded: a row a student, and what is told of each exercise."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..exercises import EXERCISES, Exercise, Feedback, variant
from ..exercises.plain import function_of, value_of
from ..waiting import bar
from .running import Limits, Rooms, Told
from .students import Student, students

WORDS = {True: "right", False: "wrong", None: "missing"}


@dataclass(frozen=True)
class Row:
    """A student's grade.

    Attributes
    ----------
    student : str
    feedback : dict of str to Feedback
        For each exercise that was asked for; ``right`` is None where there is no answer.
    notes : tuple of str
        What else went wrong, and where.
    """

    student: str
    feedback: dict[str, Feedback]
    notes: tuple[str, ...]

    def score(self, worth: dict[str, float]) -> float:
        """Give the points for what is right."""
        return sum(worth[name] for name, one in self.feedback.items() if one.right)


@dataclass(frozen=True)
class Grades:
    """A graded class.

    Attributes
    ----------
    worth : dict of str to float
        The points of each exercise.
    rows : tuple of Row
        By name.
    holes : tuple of str
        What the system could not forbid the students' code.
    exercises : dict of str to Exercise
        Those that were graded, with the numbers that they were asked with.
    """

    worth: dict[str, float]
    rows: tuple[Row, ...]
    holes: tuple[str, ...]
    exercises: dict[str, Exercise]

    def count(self, name: str, right: bool | None) -> int:
        """Give how many have an exercise right, wrong or not at all."""
        return sum(row.feedback[name].right is right for row in self.rows)

    def mistakes(self, name: str) -> list[tuple[str, int]]:
        """Give the known mistakes in an exercise, the commonest first, and how many made each."""
        known = {message for _, message in self.exercises[name].mistakes}
        made = Counter(row.feedback[name].message for row in self.rows)
        found = [(message, made[message]) for message in known & made.keys()]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def grade(
    folder: Path,
    *,
    worth: dict[str, float],
    limits: Limits | None = None,
    at_once: int = 1,
    number: int | None = None,
) -> Grades:
    """Grade what is in a folder.

    Parameters
    ----------
    folder : Path
        A subfolder a student, or a notebook or a Python file.
    worth : dict of str to float
        The exercises to grade, and their points.
    limits : Limits, optional
    at_once : int
        How many students' files run at a time.
    number : int, optional
        The variant that was asked; the book's own numbers if left out.

    Returns
    -------
    Grades

    Raises
    ------
    ValueError
        If there is no such variant.
    FileNotFoundError
        If there is no such folder, or nobody in it.
    RuntimeError
        If no process runs with these limits.
    """
    asked = variant(number)
    everybody = students(folder)
    exercises = {name: asked[name] for name in worth}
    theirs = [path for student in everybody for path in student.files.values()]
    with (
        Rooms(exercises, folder, limits or Limits()) as rooms,
        ThreadPoolExecutor(at_once) as pool,
    ):
        holes = rooms.holes(theirs[:1])
        told = pool.map(rooms.run, everybody)
        pairs = bar(
            zip(everybody, told, strict=True),
            total=len(everybody),
            unit="student",
            leave=False,
            disable=None,  # shown to people alone
        )
        rows = tuple(row_of(student, heard, exercises) for student, heard in pairs)
    return Grades(worth, rows, tuple(holes), exercises)


def row_of(student: Student, told: Told, exercises: dict[str, Exercise]) -> Row:
    """Judge what a student's process told."""
    feedback = {}
    for name, exercise in exercises.items():
        judged = [judge(exercise, given) for given in told.answers.get(name, [])]
        answers = [one for one in judged if one.right is not None]
        troubles = [Feedback(False, what) for what, names in told.troubles if name in names]
        missing = Feedback(None, "not answered" if name in told.asked else "not in the files")
        feedback[name] = [*answers[-1:], *troubles, missing][0]
    known = [name for name in told.answers if name not in EXERCISES]
    notes = [*student.notes, *(what for what, names in told.troubles if not names)]
    notes += [f"no exercise is called {name!r}" for name in sorted(known)[:5]]
    return Row(student.name, feedback, tuple(notes))


def judge(exercise: Exercise, given: Any) -> Feedback:
    """Judge an answer, which is plain data and may be anything."""
    try:
        if "function" in given and exercise.kind == "function":
            answer = function_of(given["function"], exercise.tried(), exercise.cancels)
        else:
            answer = value_of(given["value"])
        return exercise.check(answer)
    except Exception:
        return Feedback(False, "what was handed in is no answer")
