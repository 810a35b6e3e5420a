"""Exercises drawn with other numbers by a seed, the same for all students of a group."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any
from zlib import crc32

import numpy as np

from .core import Exercise


@dataclass(frozen=True)
class Drawn:
    """An exercise whose numbers can be drawn.

    Attributes
    ----------
    make : callable
        Gives the exercise with some numbers; the page's own are its defaults.
    choices : dict of str to tuple
        From what each number is drawn; the page's own is not among it.
    text : callable
        Gives the pieces of the page's text in which the numbers stand.

    Examples
    --------
    >>> def make(batch=16):
    ...     return Exercise(difficulty=1, solution=9 * batch)
    >>> one = Drawn(make, {"batch": (8, 20)}, lambda batch: [f"batches of {batch}"])
    >>> numbers = one.numbers("name", variant=7)
    >>> numbers, one.exercise(numbers).solution
    ({'batch': 20}, 180)
    >>> one.rewritten("In batches of 16, …", numbers)
    'In batches of 20, …'
    """

    make: Callable[..., Exercise]
    choices: dict[str, tuple]
    text: Callable[..., list[str]]

    @property
    def own(self) -> dict[str, Any]:
        """The page's own numbers."""
        return {name: one.default for name, one in signature(self.make).parameters.items()}

    def numbers(self, name: str, variant: int) -> dict[str, Any]:
        """Draw the numbers of the exercise of this name; no other exercise plays a part."""
        rng = np.random.default_rng([variant, crc32(name.encode())])
        return {key: some[rng.integers(len(some))] for key, some in self.choices.items()}

    def exercise(self, numbers: dict[str, Any]) -> Exercise:
        """Give the exercise with these numbers."""
        return self.make(**numbers)

    def rewritten(self, page: str, numbers: dict[str, Any]) -> str:
        """Put these numbers into the page's text; a ValueError if a piece is not there."""
        pieces = dict(zip(self.text(**self.own), self.text(**numbers), strict=True))
        if missing := [piece for piece in pieces if piece not in page]:
            raise ValueError(f"the page does not say {missing[0]!r}")
        return re.sub("|".join(map(re.escape, pieces)), lambda found: pieces[found[0]], page)
