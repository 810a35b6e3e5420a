"""What can be learned: points of a plane, digits, or what a reader pastes."""

import re
from collections import Counter
from dataclasses import dataclass
from math import isfinite

import numpy as np

from .. import datasets
from ..datasets import Part

__all__ = ["Data", "read"]

POINTS = 300  # a third of them for validation
FEWEST, MOST, CLASSES = 10, 2000, 10  # lines of a reader's own, and classes


@dataclass(frozen=True)
class Data:
    """Inputs and classes in two parts.

    Attributes
    ----------
    train, validation : Part
    classes : list of str
        What the classes are called.
    columns : list of str
        What the two columns are called; empty for digits.
    """

    train: Part
    validation: Part
    classes: list[str]
    columns: list[str]


def read(name: str, *, noise: float = 0.15, seed: int = 0, own: str = "") -> Data:
    """Give data by name.

    Parameters
    ----------
    name : {"moons", "circles", "spirals", "digits", "own"}
    noise : float
        How far points of a plane are scattered.
    seed : int
        Of points of a plane, and of which of a reader's own are for validation.
    own : str
        A reader's own data: in each line two numbers and a class, between them commas, semicolons,
        tabs or spaces. The first line may name the columns. Each column is shifted and scaled to
        mean 0 and standard deviation 1 of its training part.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If a line of one's own is none, or there are too few lines or classes, or too many.

    Examples
    --------
    >>> data = read("moons")
    >>> len(data.train.y), len(data.validation.y)
    (200, 100)
    >>> read("own", own="1, 2, red")
    Traceback (most recent call last):
    ValueError: own: expected at least 10 lines of data, got 1
    """
    if name == "digits":
        split = datasets.digits()  # of seed 0: a page has no other shuffle
        return Data(split.train, split.validation, [*map(str, range(10))], [])
    if name == "own":
        return _own(own, seed)
    x, y = getattr(datasets, name)(POINTS, noise=noise, seed=seed)
    cut = 2 * POINTS // 3
    return Data(Part(x[:cut], y[:cut]), Part(x[cut:], y[cut:]), ["0", "1"], ["x", "y"])


def _own(text: str, seed: int) -> Data:
    lines = [(i, line.strip()) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    columns = ["x", "y"]
    if lines and len(parts := _parts(lines[0][1])) == 3 and not any(map(_number, parts[:2])):
        columns, lines = parts[:2], lines[1:]
    rows = [_row(i, line) for i, line in lines]
    if not FEWEST <= len(rows) <= MOST:
        bound = f"at least {FEWEST}" if len(rows) < FEWEST else f"at most {MOST}"
        raise ValueError(f"own: expected {bound} lines of data, got {len(rows)}")
    counts = Counter(name for *_, name in rows)
    if not 2 <= len(counts) <= CLASSES:
        raise ValueError(f"own: expected 2 to {CLASSES} classes, got {len(counts)}")
    if rare := [name for name, count in counts.items() if count < 3]:
        raise ValueError(f"own: expected at least 3 lines of each class, got fewer of {rare[0]!r}")
    classes = sorted(counts)
    x, y = np.array([row[:2] for row in rows]), np.array([classes.index(row[2]) for row in rows])
    order = np.random.default_rng(seed).permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]  # a third of each class is set aside
    aside = np.arange(len(y)) % 3 == 2
    train, validation = order[~aside], order[aside]
    middle, spread = x[train].mean(0), x[train].std(0)
    for name, size in zip(columns, spread, strict=True):
        if size == 0:
            raise ValueError(f"own: column {name}: expected numbers that differ, got one alone")
    x = (x - middle) / spread
    return Data(Part(x[train], y[train]), Part(x[validation], y[validation]), classes, columns)


def _parts(line: str) -> list[str]:
    """Cut a line; where semicolons or tabs stand between numbers, a comma is a decimal mark."""
    if re.search(r"[;\t]", line):
        *numbers, name = (part.strip() for part in re.split(r"[;\t]", line))
        return [*(number.replace(",", ".") for number in numbers), name]
    return re.split(r"\s*,\s*|\s+", line)


def _number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _row(i: int, line: str) -> tuple[float, float, str]:
    parts = _parts(line)
    if len(parts) != 3 or not parts[2]:
        shown = line if len(line) < 40 else f"{line[:39]}…"
        raise ValueError(f"own: line {i}: expected two numbers and a class, got {shown!r}")
    for part in parts[:2]:
        if not _number(part):
            raise ValueError(f"own: line {i}: expected a finite number, got {part!r}")
    return float(parts[0]), float(parts[1]), parts[2]
