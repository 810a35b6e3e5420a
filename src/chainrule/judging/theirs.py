"""What is judged: somebody's implementation, and the names of its options."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Option:
    """What may be given by name.

    Attributes
    ----------
    default : Any
        What it is where an implementation lacks it.
    names : tuple of str
        What else it may be called.
    apart : tuple of tuples of str
        What its parts may be called where each is an option by itself.
    """

    default: Any
    names: tuple[str, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()


Options = dict[str, Option]


@dataclass(frozen=True)
class Theirs:
    """What is judged, and what belongs to it.

    Attributes
    ----------
    what : class, function or object
    gradient : function, optional
        What gives its gradient, where it is a function by itself.
    tensor : callable, optional
        Makes one of their tensors of an array.
    options : dict of str to Option
        What may be given to it by name.
    """

    what: Any
    gradient: Callable | None = None
    tensor: Callable[[np.ndarray], Any] | None = None
    options: Options = field(default_factory=dict)

    def function(self, gradient: bool) -> Any:
        """Give what is called for the value, or for the gradient."""
        return self.gradient if gradient and self.gradient else self.what

    def wrapped(self, array: Any) -> Any:
        """Give an array as they have it, and those in a list."""
        if isinstance(array, list):
            return [self.wrapped(part) for part in array]
        return self.tensor(array) if self.tensor and isinstance(array, np.ndarray) else array

    def by_name(self, function: Callable, values: dict[str, Any]) -> dict[str, Any]:
        """Give the options that a function has, as it calls them; the others are left out."""
        known = _parameters(function)
        found: dict[str, Any] = {}
        for name, value in values.items():
            own, value = self._own(name, known), self.wrapped(value)
            if hasattr(value, "detach"):  # nothing is differentiated by a setting
                value = value.detach()
            found |= dict(zip(own, value if len(own) > 1 else (value,), strict=False))
        return found

    def lacks(self, function: Callable, values: dict[str, Any]) -> str:
        """Say which is the first option that matters and that a function does not have; or ""."""
        known = _parameters(function)
        lacking = (name for name in values if not self._own(name, known))
        unlike = (n for n in lacking if not np.array_equal(values[n], self.options[n].default))
        return next((f"it has no {name}" for name in unlike), "")

    def unasked(self, function: Callable, given: Sequence[dict[str, Any]]) -> list[str]:
        """Give the options that a function has and that were never given but as it has them."""
        known = _parameters(function)
        if known is None or not given:
            return []
        defaults = {p.name: p.default for p in inspect.signature(function).parameters.values()}
        named = [self.by_name(function, values) for values in given]
        own = [name for option in self.options for name in self._own(option, known)]
        return [
            name
            for name in own
            if all(name not in n or np.array_equal(n[name], defaults[name]) for n in named)
        ]

    @property
    def differentiates(self) -> bool:
        """Whether their tensors have a `backward`."""
        try:
            return hasattr(self.wrapped(np.ones(1)), "backward")
        except Exception:  # it will be told where it is called
            return False

    def _own(self, name: str, known: Sequence[str] | None) -> tuple[str, ...]:
        """Give what a function calls an option: a name, several for its parts, or none."""
        if known is None or name in known:
            return (name,)
        option = self.options[name]
        one = [(own,) for own in option.names]
        return next((own for own in (*one, *option.apart) if set(own) <= set(known)), ())


def _parameters(function: Callable) -> list[str] | None:
    """Give the names that a function knows; None where it takes all, or does not say."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in found):
        return None
    return [p.name for p in found if p.kind is not p.POSITIONAL_ONLY]
