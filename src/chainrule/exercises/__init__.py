"""The book's exercises: the reader's answer, held to the oracles of the ledger.

An exercise knows its solution and the mistakes that readers make. An answer that is wrong in a way
it knows is told what is wrong; one that is wrong in another way is shown where it differs.
"""

from importlib import import_module
from typing import Any

from ..pages import PAGES
from .core import Exercise, Feedback, Section

__all__ = ["EXERCISES", "SECTIONS", "Exercise", "Feedback", "Section", "check"]

SECTIONS = tuple(
    Section(page.title, page.path, import_module(f".{page.name}", __name__).EXERCISES)
    for page in PAGES
)

EXERCISES = {name: exercise for section in SECTIONS for name, exercise in section.exercises.items()}


def check(name: str, answer: Any) -> Feedback:
    """Check the answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise's name, as the book gives it.
    answer : function, number or str
        ``...`` while there is none.

    Returns
    -------
    Feedback
        It shows itself: ✓ with "right", ✗ with what is wrong, or ○ while there is no answer.

    Raises
    ------
    ValueError
        If no exercise has this name.

    Examples
    --------
    >>> check("updates-per-epoch", ...)
    ○ no answer yet
    >>> check("updates-per-epoch", 33)
    ✗ the last batch of an epoch is smaller, but it is a batch: round up
    """
    if name not in EXERCISES:
        raise ValueError(f"name: expected one of {sorted(EXERCISES)}, got {name!r}")
    return EXERCISES[name].check(answer)
