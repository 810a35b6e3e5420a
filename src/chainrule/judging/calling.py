"""How an implementation of somebody else is called, in the few ways that the book's page lists."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from ..exercises.texts import written
from ..exercises.trials import Trial
from .theirs import Theirs

METHODS = ("derivative", "gradient", "vjp", "backward")  # the last two may take an upstream


class Reading(Protocol):
    """A case of a claim, as something to ask of an implementation."""

    @property
    def options(self) -> dict[str, Any]:
        """Give what is given by name."""

    def lacking(self, theirs: Theirs, gradient: bool) -> str:
        """Say what option it needs and the implementation lacks; "" if none."""

    def has_gradient(self, theirs: Theirs) -> bool:
        """Say whether a gradient can be asked for."""

    def run(self, theirs: Theirs, gradient: bool) -> Any:
        """Ask for the value, or for the gradient."""

    def shown(self, name: str, theirs: Theirs) -> str:
        """Give the call as its author would write it."""

    def closer(
        self, given: Trial, right: Trial, name: str, theirs: Theirs
    ) -> tuple[Trial, Trial, str]:
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
    standard : dict
        The options whose default depends on the case, and what it is here.
    overflows : bool
        Whether an infinity on the way is no fault where the result is right.
    refused : str
        Why it is not asked, if it is not.
    """

    arrays: tuple
    settings: tuple = ()
    options: dict[str, Any] = field(default_factory=dict)
    also: tuple = ()
    upstream: Any = None
    of: int | None = None
    then: Callable[[Any], Any] = lambda result: result
    standard: dict[str, Any] = field(default_factory=dict)
    overflows: bool = False
    refused: str = ""

    def lacking(self, theirs: Theirs, gradient: bool) -> str:
        """Say what option it needs and the implementation lacks; "" if none."""
        standard = [k for k, v in self.standard.items() if self.options[k] == v]
        needed = {k: v for k, v in self.options.items() if k not in standard}
        return self.refused or theirs.lacks(theirs.function(gradient), needed)

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
        if self.overflows:
            plain = tuple(map(_plain, self.arrays))  # a Watched array would raise
            with np.errstate(all="ignore"):
                return replace(self, arrays=plain, overflows=False).run(theirs, gradient)
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
            result = theirs.gradient(*self.arrays, *upstream, *self.settings, **options)
            return self._of_one(result, *upstream)
        if theirs.tensor:
            return self._by_tensors(theirs)
        result, arrays, made = self._value(theirs)
        name = next(name for name in self._methods if hasattr(made, name))
        method = getattr(made, name)
        if name == "backward":
            needs, upstream = len(_required(method)), self._some_upstream(np.shape(result))
            given = (*arrays, upstream)
            return self._of_one(method(*given[-needs:]), upstream) if needs else method()
        upstream = self._asked_upstream(method, 0, {})
        return self._of_one(method(*arrays, *upstream), *upstream)

    def _asked_upstream(self, function: Callable, more: int, options: dict[str, Any]) -> tuple:
        """Give the upstream, as something to pass on; where none is needed, nothing."""
        needed = [name for name in _required(function) if name not in options]
        wanted = self.upstream is not None or len(needed) - more > len(self.arrays)
        shape = np.shape(self.arrays[0]) if len(self.arrays) == 1 else ()  # a loss is one number
        return (self._some_upstream(shape),) * wanted

    def _some_upstream(self, shape: tuple[int, ...]) -> Any:
        """Give the upstream; where there is none, powers of two, so that it divides exactly."""
        if self.upstream is not None:
            return self.upstream
        rng = np.random.default_rng(0)
        return np.asarray(rng.choice([-1, 1], shape) * 2.0 ** rng.integers(1, 4, shape))

    def _of_one(self, result: Any, upstream: Any = None) -> Any:
        """Give a gradient divided by an upstream that the case itself does not have."""
        if self.upstream is not None or upstream is None or result is None:
            return result
        found, shape = read(result), np.shape(upstream)
        if found.dtype.kind not in "fi" or (np.prod(shape) != 1 and shape != found.shape):
            return result
        return found / self._some_upstream(shape).astype(found.dtype)  # theirs may have changed it

    def _by_tensors(self, theirs: Theirs) -> Any:
        result, arrays, _ = self._value(theirs)
        if self.upstream is None and np.ndim(read(result)) == 0:
            result.backward()
            return arrays[0].grad
        upstream = self._some_upstream(np.shape(read(result)))
        result.backward(theirs.wrapped(upstream))
        return self._of_one(arrays[self.of or 0].grad, upstream)

    def shown(self, name: str, theirs: Theirs) -> str:
        """Give the call as its author would write it."""
        given = (*self.arrays, *self.also, *(() if self.upstream is None else (self.upstream,)))
        words = [*map(_shown, given), *map(_shown, self.settings)]
        words += [f"{key}={_shown(value)}" for key, value in self.options.items()]
        return f"{name}({', '.join(words)})"

    def closer(
        self, given: Trial, right: Trial, name: str, theirs: Theirs
    ) -> tuple[Trial, Trial, str]:
        """Give one entry where a function of each number differs, else all, and the call."""
        x, value, expected = self.arrays[0], given.value, right.value
        alone = len((*self.arrays, *self.also)) == 1 and getattr(x, "ndim", 0) == 1
        if value is None or expected is None or not alone or value.shape != x.shape:
            return given, right, self.shown(name, theirs)
        i = int(np.argmax(~np.isclose(value, expected, 1e-9, 0)))
        one = replace(self, arrays=(float(x[i]),))
        given, right = replace(given, value=value[i]), replace(right, value=expected[i])
        return given, right, one.shown(name, theirs)


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


def _plain(value: Any) -> Any:
    return [*map(np.array, value)] if isinstance(value, list) else np.array(value)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, np.ndarray) and value.size > 9:
        return f"array of shape {value.shape}"
    return written(value, 6)


def _required(function: Callable) -> list[str]:
    """Give the names of the arguments without which a function cannot be called."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in found if p.kind < p.VAR_POSITIONAL and p.default is p.empty]
