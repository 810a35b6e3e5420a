"""What is judged: somebody's implementation, and the names of its options."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..exercises.texts import written


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
    here : str, optional
        How its default is told where theirs is another; "" if it is never told.
    """

    default: Any
    names: tuple[str, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    here: str | None = None


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
        if not self.tensor or not isinstance(array, np.ndarray):
            return array
        made = self.tensor(array)
        if array.dtype.kind == "f" and getattr(made, "requires_grad", None) is False:
            made.requires_grad_()  # tensors of PyTorch have a gradient if they are asked to
        return made

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
        defaults = _defaults(function)
        named = [self.by_name(function, values) for values in given]
        own = [name for option in self.options for name in self._own(option, known)]
        return [
            name
            for name in own
            if all(name not in n or _same(n[name], defaults, name) for n in named)
        ]

    def unlike(self, function: Callable, values: dict[str, Any]) -> dict[str, Any]:
        """Give the options that a function has and that are not its defaults, as it calls them."""
        defaults, given = _defaults(function), self.by_name(function, values)
        return {name: value for name, value in given.items() if not _same(value, defaults, name)}

    def own_defaults(self, function: Callable) -> list[str]:
        """Tell the defaults of a function that are others than the book's."""
        defaults, told = _defaults(function), []
        for name, option in self.options.items():
            if option.here == "" or (option.here or option.default) is None:
                continue
            own, here = self._own(name, list(defaults)), option.default
            for key, ours in zip(own, here if len(own) > 1 else (here,), strict=False):
                theirs = defaults[key]
                both = theirs if isinstance(theirs, tuple) else (theirs,)  # of two directions
                alike = np.array_equal(theirs, ours) or all(one == ours for one in both)
                if isinstance(theirs, (bool, int, float, tuple)) and not alike:
                    book = option.here or written(ours)
                    told.append(f"its default {key}={written(theirs)} (here it is {book})")
        return told

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


def _defaults(function: Callable) -> dict[str, Any]:
    """Give the defaults that a function says that it has."""
    found = (p for own in reversed([*_signatures(function)]) for p in own)
    named = (p for p in found if p.kind is not p.POSITIONAL_ONLY)
    return {p.name: p.default for p in named if p.default is not p.empty}


def _same(value: Any, defaults: dict[str, Any], name: str) -> bool:
    return name in defaults and np.array_equal(value, defaults[name])


def _parameters(function: Callable) -> list[str] | None:
    """Give the names that a function knows; None where it takes all, or does not say."""
    signatures = [*_signatures(function)]
    if not signatures or (len(signatures) == 1 and _passes_on(signatures[0])):
        return None
    return [p.name for own in signatures for p in own if p.kind is not p.POSITIONAL_ONLY]


def _signatures(function: Callable) -> Iterator[list[inspect.Parameter]]:
    """Yield a function's parameters; of a class those of its parents, too, that it passes on to."""
    try:
        found = [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return
    yield found
    parents = function.mro()[1:-1] if isinstance(function, type) else []
    starts = [vars(parent)["__init__"] for parent in parents if "__init__" in vars(parent)]
    while starts and _passes_on(found):
        found = [*inspect.signature(starts.pop(0)).parameters.values()][1:]
        yield found


def _passes_on(parameters: list[inspect.Parameter]) -> bool:
    """Say whether there is a `**`."""
    return any(p.kind is p.VAR_KEYWORD for p in parameters)
