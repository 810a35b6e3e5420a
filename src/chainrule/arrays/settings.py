"""Settings: fields of a dataclass that say which values they take.

``alpha: float = positive(1.0)`` is a setting `alpha` of 1.0 that refuses what is not positive and
keeps the rest as a Python float. A function reads an argument by the same range:
``positive.read(lr, "lr")``.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from numbers import Integral
from typing import Any

INFINITY = float("inf")


@dataclass(frozen=True)
class Kind:
    """A kind of setting: called with a default it makes the field of a dataclass.

    Parameters
    ----------
    says : str
        What is expected, for errors.
    holds : function
        Whether a value is of this kind. It may raise a TypeError.
    convert : function
        Gives the value as it is kept: a NumPy scalar would turn 32-bit results into 64-bit ones.

    Examples
    --------
    >>> positive.read(-1.0, "lr")
    Traceback (most recent call last):
    ValueError: lr: expected a positive finite number, got -1.0
    """

    says: str
    holds: Callable[[Any], Any]
    convert: Callable[[Any], Any] = float

    def __call__(self, default: Any = MISSING, **options: Any) -> Any:
        """Give a field with this default; options are those of ``dataclasses.field``."""
        return field(default=default, metadata={"read": self.read}, **options)

    def read(self, value: Any, name: str) -> Any:
        """Give the value as it is kept; raise an error that names it unless it is of this kind."""
        message = f"{name}: expected {self.says}, got {value!r}"
        try:
            fits = bool(self.holds(value))
        except (TypeError, ValueError, RuntimeError) as error:  # several numbers are not one
            raise TypeError(message) from error
        if not fits:
            raise ValueError(message)
        return self.convert(value)


positive = Kind("a positive finite number", lambda x: 0 < x < INFINITY)
finite = Kind("a finite number", lambda x: -INFINITY < x < INFINITY)
not_negative = Kind("a finite number, at least 0", lambda x: 0 <= x < INFINITY)
fraction = Kind("a number from 0 to 1", lambda x: 0 <= x <= 1)
share = Kind("a number, at least 0 and less than 1", lambda x: 0 <= x < 1)
norm = Kind("a number, at least 1", lambda x: x >= 1)


def switch(default: bool) -> Any:
    """Give a field that is on or off."""
    return field(default=default, metadata={"read": lambda value, name: bool(value)})


def one_of(*choices: str) -> Any:
    """Give a field that is one of some words, the first where it is left out."""

    def read(value: Any, name: str) -> Any:
        if value not in choices:
            *rest, last = map(repr, choices)
            known = f"{', '.join(rest)} or {last}"
            raise ValueError(f"{name}: expected {known}, got {value!r}")
        return value

    return field(default=choices[0], metadata={"read": read})


def shares(*default: float) -> Any:
    """Give a field of as many shares."""

    def read(values: Any, name: str) -> tuple[float, ...]:
        fits = hasattr(values, "__len__") and not isinstance(values, str)
        if not fits or len(values) != len(default):
            raise TypeError(f"{name}: expected a pair of numbers, got {values!r}")
        return tuple(share.read(value, f"{name}[{i}]") for i, value in enumerate(values))

    return field(default=default, metadata={"read": read})


def whole(default: int, at_least: int | None = None) -> Any:
    """Give a field that is a whole number."""

    def read(value: Any, name: str) -> Any:
        if not isinstance(value, Integral):
            raise TypeError(f"{name}: expected a whole number, got {value!r}")
        if at_least is not None and value < at_least:
            raise ValueError(f"{name}: expected at least {at_least}, got {value}")
        return value

    return field(default=default, metadata={"read": read})


def weights(default: Any) -> Any:
    """Give a field that is None, a number or an array, finite and nowhere negative."""

    def read(value: Any, name: str) -> Any:
        from .core import floating

        if value is not None:
            xp, numbers = floating(value, name)
            if not bool(xp.all((numbers >= 0) & xp.isfinite(numbers))):
                raise ValueError(f"{name}: expected finite numbers, at least 0, got {value!r}")
        return value

    return field(default=default, metadata={"read": read})


def optional(kind: Kind, default: Any) -> Any:
    """Give a field of this kind that may be None."""

    def read(value: Any, name: str) -> Any:
        return None if value is None else kind.read(value, name)

    return field(default=default, metadata={"read": read})


class Settings:
    """A frozen dataclass whose fields are read as their kinds say."""

    def __post_init__(self):
        for each in fields(self):  # type: ignore[arg-type]
            if "read" in each.metadata:
                value = each.metadata["read"](getattr(self, each.name), each.name)
                object.__setattr__(self, each.name, value)  # past the freezing
