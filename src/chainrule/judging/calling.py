"""How an implementation of somebody else is called, in the few ways that the book's page lists."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from ..exercises.texts import written
from ..exercises.trials import Trial


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
        """Give the first option whose value matters and that a function does not have; or ""."""
        known = _parameters(function)
        lacking = (name for name in values if not self._own(name, known))
        unlike = (n for n in lacking if not np.array_equal(values[n], self.options[n].default))
        return next(unlike, "")

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


METHODS = ("derivative", "gradient", "vjp", "backward")  # the last two may take an upstream


class Reading(Protocol):
    """A case of a claim, as something to ask of an implementation."""

    def lacking(self, theirs: Theirs, gradient: bool) -> str:
        """Give the option that it needs and the implementation lacks; "" if none."""

    def has_gradient(self, theirs: Theirs) -> bool:
        """Say whether a gradient can be asked for."""

    def run(self, theirs: Theirs, gradient: bool) -> Any:
        """Ask for the value, or for the gradient."""

    def shown(self, name: str) -> str:
        """Give the call as its author would write it."""

    def closer(self, given: Trial, right: Trial, name: str) -> tuple[Trial, Trial, str]:
        """Give where two results differ first, and the call."""

    @property
    def uneven(self) -> bool:
        """Whether something has two numbers, one for each direction, that differ."""


@dataclass(frozen=True)
class Call:
    """One call of a function of arrays, or of its gradient.

    Attributes
    ----------
    arrays : tuple
        What it is applied to.
    settings : tuple
        What it needs besides: after the arrays of a function, or before all of them in a class.
    options : dict
        What it is given by name.
    also : tuple
        Further arrays, which the gradient's function does not take.
    upstream : array, optional
        ∂C/∂result, where the result is not one number.
    of : int, optional
        Which gradient is meant, where there are several.
    then : callable
        What becomes of the result before it is compared.
    """

    arrays: tuple
    settings: tuple = ()
    options: dict[str, Any] = field(default_factory=dict)
    also: tuple = ()
    upstream: Any = None
    of: int | None = None
    then: Callable[[Any], Any] = lambda result: result

    def lacking(self, theirs: Theirs, gradient: bool) -> str:
        """Give the option that it needs and the implementation lacks; "" if none."""
        function = theirs.gradient if gradient and theirs.gradient else theirs.what
        return theirs.lacks(function, self.options)

    def has_gradient(self, theirs: Theirs) -> bool:
        """Say whether there is a function, a method or a tensor's `backward` that gives it."""
        methods = any(hasattr(theirs.what, name) for name in self._methods)
        return bool(theirs.gradient) or methods or theirs.differentiates

    @property
    def _methods(self) -> tuple[str, ...]:
        return METHODS if self.upstream is None else METHODS[2:]

    @property
    def uneven(self) -> bool:
        """Whether something has two numbers, one for each direction, that differ."""
        pairs = (v for v in (*self.settings, *self.options.values()) if isinstance(v, tuple))
        return any(len(set(pair)) > 1 for pair in pairs)

    def run(self, theirs: Theirs, gradient: bool) -> Any:
        """Ask for the value, or for the gradient."""
        result = self._gradient(theirs) if gradient else self._value(theirs)[0]
        if result is None:
            return None
        if gradient and self.of is not None and isinstance(result, (tuple, list)):
            result = result[self.of]
        return self.then(numbers(result))

    def _value(self, theirs: Theirs) -> tuple[Any, list, Any]:
        """Give the result, the arrays as they had them, and what was made of a class."""
        arrays = [theirs.wrapped(array) for array in (*self.arrays, *self.also)]
        made, what = None, theirs.what
        if isinstance(what, type):
            made = what(*self.settings, **theirs.by_name(what, self.options))
        elif not inspect.isroutine(what) and hasattr(what, "forward"):
            made = what
        if made is not None:
            return (made if callable(made) else made.forward)(*arrays), arrays, made
        return (
            what(*arrays, *self.settings, **theirs.by_name(what, self.options)),
            arrays,
            what,
        )

    def _gradient(self, theirs: Theirs) -> Any:
        if theirs.gradient:
            options = theirs.by_name(theirs.gradient, self.options)
            upstream = self._asked_upstream(theirs.gradient, len(self.settings), options)
            return theirs.gradient(*self.arrays, *upstream, *self.settings, **options)
        if theirs.tensor:
            return self._by_tensors(theirs)
        result, arrays, made = self._value(theirs)
        name = next(name for name in self._methods if hasattr(made, name))
        method = getattr(made, name)
        if name == "backward":
            needs = len(_required(method))
            ones = np.ones(np.shape(result))
            given = (*arrays, ones if self.upstream is None else self.upstream)
            return method(*given[-needs:]) if needs else method()
        return method(*arrays, *self._asked_upstream(method, 0, {}))

    def _asked_upstream(self, function: Callable, more: int, options: dict[str, Any]) -> tuple:
        """Give the upstream, as something to pass on; of ones where it is wanted all the same."""
        if self.upstream is not None:
            return (self.upstream,)
        needed = [name for name in _required(function) if name not in options]
        return (np.ones(np.shape(self.arrays[0])),) * (len(needed) - more > len(self.arrays))

    def _by_tensors(self, theirs: Theirs) -> Any:
        result, arrays, _ = self._value(theirs)
        if self.upstream is None and np.ndim(read(result)) == 0:
            result.backward()
        else:
            ones = np.ones(np.shape(read(result)))
            result.backward(theirs.wrapped(ones if self.upstream is None else self.upstream))
        return arrays[self.of or 0].grad

    def shown(self, name: str) -> str:
        """Give the call as its author would write it."""
        given = (*self.arrays, *self.also, *(() if self.upstream is None else (self.upstream,)))
        words = [*map(_shown, given), *map(_shown, self.settings)]
        words += [f"{key}={_shown(value)}" for key, value in self.options.items()]
        return f"{name}({', '.join(words)})"

    def closer(self, given: Trial, right: Trial, name: str) -> tuple[Trial, Trial, str]:
        """Give one entry where a function of each number differs, else all, and the call."""
        x, value, expected = self.arrays[0], given.value, right.value
        alone = len((*self.arrays, *self.also)) == 1 and getattr(x, "ndim", 0) == 1
        if value is None or expected is None or not alone or value.shape != x.shape:
            return given, right, self.shown(name)
        i = int(np.argmax(~np.isclose(value, expected, 1e-9, 0)))
        one = replace(self, arrays=(float(x[i]),))
        given, right = replace(given, value=value[i]), replace(right, value=expected[i])
        return given, right, one.shown(name)


def numbers(result: Any) -> Any:
    """Give a result, and those in a list, without the class that they put around the numbers."""
    if isinstance(result, (list, tuple)):
        return [numbers(part) for part in result]
    plain = isinstance(result, (np.ndarray, np.generic)) or hasattr(result, "detach")
    return result if plain or not hasattr(result, "data") else result.data


def read(result: Any) -> np.ndarray:
    """Give the numbers of an array or of a tensor, as they are now."""
    result = numbers(result)
    if hasattr(result, "detach"):
        result = result.detach().cpu().numpy()
    return np.array(result)


def single(pair: tuple) -> Any:
    """Give one number for two directions, where both have the same."""
    return pair[0] if len(set(pair)) == 1 else pair


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, np.ndarray) and value.size > 9:
        return f"array of shape {value.shape}"
    return written(value, 6)


def _parameters(function: Callable) -> list[str] | None:
    """Give the names that a function knows; None where it takes all, or does not say."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in found):
        return None
    return [p.name for p in found if p.kind is not p.POSITIONAL_ONLY]


def _required(function: Callable) -> list[str]:
    """Give the names of the arguments without which a function cannot be called."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in found if p.kind < p.VAR_POSITIONAL and p.default is p.empty]
