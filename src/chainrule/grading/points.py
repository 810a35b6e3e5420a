"""Which exercises are graded, and what each is worth."""

import math
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from ..exercises import EXERCISES, SECTIONS


def chosen(sections: Iterable[str]) -> list[str]:
    """Give the exercises of some sections, in the book's order; of all where none is named.

    Parameters
    ----------
    sections : iterable of str
        Numbers as in the headings, "1.4" or "1.4.5–1.4.8", one of those, "1.4.6", or names of
        pages, "losses".

    Raises
    ------
    ValueError
        If a section has no exercises.

    Examples
    --------
    >>> chosen(["1.1"])
    ['steps-order', 'updates-per-epoch', 'descent-step', 'which-part']
    """
    wanted = list(sections)
    known = {key: section.exercises for section in SECTIONS for key in _keys(section)}
    for word in wanted:
        if word not in known:
            raise ValueError(f"section: {word!r} has no exercises{_near(word, known)}")
    names = {name for word in wanted for name in known[word]}
    return [name for name in EXERCISES if name in names or not wanted]


def points(file: Path | None, names: list[str]) -> dict[str, float]:
    """Read what each exercise is worth: one point where nothing is said.

    Parameters
    ----------
    file : Path, optional
        TOML: an exercise or a section, and its points, as in ``he-start = 2`` or ``"1.4" = 1``,
        which gives each exercise of the section one. An exercise goes before its section.
    names : list of str
        The exercises that are graded.

    Raises
    ------
    ValueError
        If it is no such file. The text names the line that is wrong.
    """
    if file is None:
        return dict.fromkeys(names, 1)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"points: cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"points: {file} is not TOML: {error}") from error
    of_section = {key: section.exercises for section in SECTIONS for key in _keys(section)}
    worth: dict[str, float] = {}
    for key, value in sorted(table.items(), key=lambda item: item[0] in EXERCISES):
        if key not in EXERCISES and key not in of_section:
            near = ', for it has a dot: write "1.4" = 1' if isinstance(value, dict) else ""
            near = near or _near(key, [*EXERCISES, *of_section])
            raise ValueError(f"points: {file}: no exercise or section is called {key!r}{near}")
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or value < 0:
            raise ValueError(f"points: {file}: {key}: expected a number from 0 on, got {value!r}")
        worth |= dict.fromkeys(of_section.get(key, [key]), value)
    return {name: worth.get(name, 1) for name in names}


def _keys(section) -> set[str]:
    """Give how a section may be called: its number, or each of its numbers, and its page's name."""
    number = section.title.split()[0]
    first, last = (n.rsplit(".", 1) for n in (number.split("–") * 2)[:2])
    each = {f"{first[0]}.{part}" for part in range(int(first[1]), int(last[1]) + 1)}
    return {section.page.rpartition("/")[2], number, number.replace("–", "-"), *each}


def _near(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, [*known], 1)
    return f": did you mean {close[0]!r}?" if close else ""
