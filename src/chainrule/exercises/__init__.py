"""The book's exercises: the reader's answer, held to the oracles of the ledger.

An exercise knows its solution and the mistakes that readers make. An answer that is wrong in a way
it knows is told what is wrong; one that is wrong in another way is shown where it differs.
"""

import sys
from difflib import get_close_matches
from dis import get_instructions
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from ..ledger.terminal import readable
from ..pages import PAGES
from .core import Exercise, Feedback, Section
from .sealed import unseal
from .variants import Drawn

__all__ = ["EXERCISES", "SECTIONS", "Exercise", "Feedback", "Section", "check", "variant"]

# students' package has it, and no modules that solve the exercises
SEALED = Path(__file__).with_name("sealed.json.z")

_MODULES = (
    {}
    if SEALED.is_file()
    else {page.name: import_module(f".{page.name}", __name__) for page in PAGES}
)
_PAGES = (
    {name: module.EXERCISES for name, module in _MODULES.items()}
    if _MODULES
    else unseal(SEALED.read_bytes())
)

SECTIONS = tuple(Section(page.title, page.path, _PAGES[page.name]) for page in PAGES)

EXERCISES = {name: exercise for section in SECTIONS for name, exercise in section.exercises.items()}

DRAWN: dict[str, Drawn] = {
    name: one for module in _MODULES.values() for name, one in getattr(module, "DRAWN", {}).items()
}


WORDS = {"✓": "right", "✗": "wrong", "○": "open"}  # for a stream that lacks the marks


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
        It shows itself: ✓ with "right", ✗ with what is wrong, or ○ while there is no answer. In a
        script, where nothing shows what a statement gives, it is printed.

    Raises
    ------
    ValueError
        If no exercise has this name.

    Examples
    --------
    >>> check("updates-per-epoch", ...)
    ○ no answer yet
    >>> check("updates-per-epoch", 31)
    ✗ you counted fewer than 34 updates an epoch:
      the smaller batch makes one, too
    """
    if not isinstance(name, str) or name not in EXERCISES:
        close = get_close_matches(str(name), EXERCISES, 1)
        hint = f"did you mean {close[0]!r}?" if close else "python -m chainrule exercises lists all"
        raise ValueError(f"name: no exercise is called {name!r}; {hint}")
    feedback = EXERCISES[name].check(answer)
    caller = sys._getframe().f_back  # none where the interpreter calls, as it ends
    if caller and _is_dropped(caller):
        print(readable(repr(feedback), WORDS))
    return feedback


def variant(number: int | None) -> dict[str, Exercise]:
    """Give all exercises, those that can be drawn with other numbers than the page's.

    Parameters
    ----------
    number : int or None
        The seed, from 1 on; None for the page's own numbers.

    Returns
    -------
    dict of str to Exercise

    Raises
    ------
    ValueError
        If it is no such number, or the exercises are sealed, with the numbers that they have.

    Examples
    --------
    >>> other = variant(7)["noise-to-a-third"].solution
    >>> EXERCISES["noise-to-a-third"].check(other).right
    False
    """
    if number is None:
        return EXERCISES
    if number < 1:
        raise ValueError(f"variant: expected a whole number from 1 on, got {number}")
    if not DRAWN:
        raise ValueError("variant: this is a package for students, whose numbers are drawn")
    drawn = {name: one.exercise(one.numbers(name, number)) for name, one in DRAWN.items()}
    return {**EXERCISES, **drawn}


def _is_dropped(frame: FrameType) -> bool:
    """Say whether a script throws away what the call in this frame returns.

    A prompt and the last line of a notebook's cell show it, and are compiled to do so; a module
    that is imported is no script.
    """
    rest = (step for step in get_instructions(frame.f_code) if step.offset > frame.f_lasti)
    return frame.f_globals.get("__name__") == "__main__" and next(rest).opname == "POP_TOP"
