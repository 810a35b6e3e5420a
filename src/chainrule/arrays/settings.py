"""Settings: fields of a dataclass that say which values they take.

``alpha: float = positive(1.0, "the slope")`` is a setting `alpha` of 1.0 that refuses what is not
positive, keeps the rest as a Python float, and has its line in the docstring of its class. A
function reads an argument by the same range: ``positive.read(lr, "lr")``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from inspect import cleandoc
from math import inf, nan
from numbers import Integral
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Kind:
    """A kind of number: called with a default and a sentence it makes the field of a dataclass.

    Parameters
    ----------
    says : str
        What is expected, for errors and docstrings.
    low, high : float
        The range.
    closed : str
        Which of its ends belong to it, among "low" and "high".
    whole : bool
        Whether only whole numbers will do.

    Examples
    --------
    >>> positive.read(-1.0, "lr")
    Traceback (most recent call last):
    ValueError: lr: expected a positive finite number, got -1.0
    """

    says: str
    low: float = -inf
    high: float = inf
    closed: str = ""
    whole: bool = False

    def __call__(self, default: Any = MISSING, sentence: str = "") -> Any:
        """Give a field with this default, and what it is about."""
        said = f"a whole number, {self.says}" if self.whole and self.low > -inf else self.says
        return setting(self.read, said, sentence, default, self)

    def holds(self, value: Any) -> bool:
        """Say whether a number is in the range."""
        above = self.low <= value if "low" in self.closed else self.low < value
        return bool(above and (value <= self.high if "high" in self.closed else value < self.high))

    def read(self, value: Any, name: str) -> Any:
        """Give the value as a Python number; raise an error that names it unless it is one.

        A NumPy scalar or an array of no axes is a number; several numbers are not, nor is a truth.
        """
        message = f"{name}: expected {self.says}, got {value!r}"
        if isinstance(value, (bool, np.bool_)) or getattr(value, "ndim", 0) != 0:
            raise TypeError(message)
        if self.whole and not isinstance(value, Integral):
            raise TypeError(f"{name}: expected a whole number, got {value!r}")
        try:
            fits = self.holds(value)
        except (TypeError, ValueError, RuntimeError) as error:
            raise TypeError(message) from error
        if not fits:
            raise ValueError(message)
        return int(value) if self.whole else float(value)

    def inside(self) -> Iterator[float]:
        """Give numbers of this kind, for tests: the ends that belong to it, and some between."""
        for value in (self.low, 0, 0.25, 0.5, 1, 3, 1e3, self.high):
            if self.holds(value) and (not self.whole or value == int(value)):
                yield int(value) if self.whole else value

    def outside(self) -> Iterator[float]:
        """Give numbers that are not, for tests: the ends that do not belong, what is beyond."""
        for value in (self.low, self.high, self.low - 1, self.high + 1, inf, -inf, nan):
            if not self.holds(value):
                yield value


finite = Kind("a finite number")
positive = Kind("a positive finite number", 0)
not_negative = Kind("a finite number, at least 0", 0, closed="low")
fraction = Kind("a number from 0 to 1", 0, 1, closed="low and high")
share = Kind("a number, at least 0 and less than 1", 0, 1, closed="low")
norm = Kind("a number, at least 1", 1, closed="low and high")
whole = Kind("a whole number", whole=True)
count = Kind("at least 1", 1, closed="low", whole=True)
seeds = Kind("a whole number from 0 to 2³² − 1", 0, 2**32 - 1, "low and high", True)


def setting(
    read: Callable, says: str, sentence: str, default: Any, kind: Any = None, **options: Any
) -> Any:
    """Give a field that is read like this, with what its docstring says of it."""
    metadata = {"read": read, "says": says, "sentence": sentence, "kind": kind}
    return field(default=default, metadata=metadata, **options)


def switch(default: bool, sentence: str = "") -> Any:
    """Give a field that is on or off."""

    def read(value: Any, name: str) -> bool:
        if not isinstance(value, (bool, np.bool_)) and value not in (0, 1):
            raise TypeError(f"{name}: expected True or False, got {value!r}")
        return bool(value)

    return setting(read, "true or false", sentence, default)


def one_of(*choices: str, sentence: str = "") -> Any:
    """Give a field that is one of some words, the first where it is left out."""
    words = [*map(repr, choices)]
    says = " or ".join(words) if len(words) == 2 else f"one of {', '.join(words)}"

    def read(value: Any, name: str) -> Any:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"{name}: expected {says}, got {value!r}")
        return value

    return setting(read, says, sentence, choices[0])


def shares(*default: float, sentence: str = "") -> Any:
    """Give a field of as many shares."""

    def read(values: Any, name: str) -> tuple[float, ...]:
        fits = isinstance(values, (list, tuple)) or getattr(values, "ndim", 0) == 1
        if not fits or len(values) != len(default):
            raise TypeError(f"{name}: expected a pair of numbers, got {values!r}")
        return tuple(share.read(value, f"{name}[{i}]") for i, value in enumerate(values))

    return setting(read, "a pair of numbers, at least 0 and less than 1", sentence, default)


def optional(kind: Kind, sentence: str = "") -> Any:
    """Give a field that is None, or of this kind."""

    def read(value: Any, name: str) -> Any:
        return None if value is None else kind.read(value, name)

    return setting(read, f"{kind.says}, or None", sentence, None, kind)


def weights(sentence: str = "") -> Any:
    """Give a field that is None, a number or an array, finite and nowhere negative."""

    def read(value: Any, name: str) -> Any:
        from .core import floating, with_numbers

        if value is not None:
            xp, numbers = floating(value, name)
            numbers = with_numbers(numbers, name)
            if not bool(xp.all((numbers >= 0) & xp.isfinite(numbers))):
                raise ValueError(f"{name}: expected finite numbers, at least 0, got {value!r}")
            return float(numbers) if numbers.ndim == 0 else value
        return None

    return setting(read, "numbers, finite and at least 0, or None", sentence, None)


class generator:
    """A generator of random numbers, as an argument of a function."""

    @staticmethod
    def read(rng: Any, name: str = "rng") -> np.random.Generator:
        """Give it; raise a TypeError that names it if it is something else: a seed, say."""
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"{name}: expected a numpy.random.Generator, got {type(rng).__name__}")
        return rng


class Settings:
    """A dataclass whose fields are read as their kinds say, and described in its docstring."""

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        if cls.__doc__ and "Parameters\n" not in cls.__doc__:
            cls.__doc__ = _described(cls)

    def __post_init__(self):
        for each in fields(self):  # type: ignore[arg-type]
            if "read" in each.metadata:
                value = each.metadata["read"](getattr(self, each.name), each.name)
                object.__setattr__(self, each.name, value)  # past the freezing


def _described(cls: type) -> str:
    """Give the docstring of a class with a line for each setting, before its other sections."""
    known = [*getattr(cls, "__dataclass_fields__", {}).items(), *vars(cls).items()]
    settings = {name: f for name, f in known if isinstance(f, Field) and "read" in f.metadata}
    text = cleandoc(cls.__doc__ or "")
    if not settings:
        return text
    lines = ["Parameters", "----------"]
    for name, each in settings.items():
        said, sentence = each.metadata["says"], each.metadata["sentence"]
        lines += [f"{name} : {said}", *([f"    {sentence}"] if sentence else [])]
    lines += ["", "Raises", "------", "ValueError, TypeError"]
    lines += ["    If a setting is not what it should be.", "", ""]
    section = re.search(r"^[A-Z].*\n-+$", text, re.MULTILINE)
    at = section.start() if section else len(text)
    return (text[:at].rstrip() + "\n\n" + "\n".join(lines) + text[at:]).rstrip() + "\n"
