"""How an optimizer is asked: along given gradients, for w after every step."""

import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ..exercises.texts import Unreadable, quoted, written
from ..exercises.trials import Trial
from ..ledger.core import Claim, Oracle
from .calling import read
from .theirs import Theirs

# what each option is where it alone is not its default; to momentum, some belong
ALONE = {
    "lr": 0.02,
    "momentum": 0.6,
    "dampening": 0.3,
    "weight_decay": 0.2,
    "nesterov": True,
    "lr_decay": 0.2,
    "initial_accumulator_value": 0.3,
    "eps": 1e-3,
    "alpha": 0.7,
    "centered": True,
    "betas": (0.7, 0.95),
    "amsgrad": True,
    "momentum_decay": 0.05,
}


def with_a_matrix(own: Claim) -> Claim:
    """Give a claim on paths with a case in which w is a matrix, whose gradient can be 0."""

    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        yield from own.cases(rng)
        name, _, g, given = next(own.cases(rng))
        g = rng.standard_normal((len(g), 3, 2))
        g[len(g) // 2] = g[-1, 0] = 0
        yield name, rng.standard_normal((3, 2)), g, given

    def kept(oracle: Oracle) -> Oracle:
        def expected(name: str, w: Any, g: Any, given: dict) -> Any:
            flat = oracle.expected(name, np.ravel(w), g.reshape(len(g), -1), given)
            return flat.reshape(g.shape)

        return oracle if oracle.needs else replace(oracle, expected=expected)

    return replace(own, cases=cases, oracles=tuple(map(kept, own.oracles)))


def each_alone(own: Claim, options: Collection[str]) -> Claim:
    """Give a claim on paths with cases in which one of these options differs from its default."""

    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        yield from own.cases(rng)
        name, w, g, given = next(own.cases(rng))
        given = {key: given[key] for key in ("lr", "momentum", "nesterov") if key in given}
        falling = g * 0.5 ** np.arange(len(g))[:, None]  # so that a largest one stays the largest
        for option in options:
            yield name, w, falling, given | {option: ALONE[option]}

    return replace(own, cases=cases)


class Parameter:
    """What PyTorch's convention asks of a parameter: its numbers, and their gradient.

    Examples
    --------
    >>> import numpy as np
    >>> Parameter(np.zeros(2)).data
    array([0., 0.])
    """

    def __init__(self, data: np.ndarray):
        self.data = data
        self.grad: Any = None


@dataclass(frozen=True)
class Steps:
    """Steps of an optimizer along given gradients.

    A second parameter has the numbers of w moved on by one place; that of a matrix is a vector.
    After every other step it is read instead of w, so both must be right, and what is remembered
    of one of them must not be mistaken for what is remembered of the other.

    Attributes
    ----------
    w : array
    gradients : array
        One row a step.
    given : dict
        Settings that the case names.
    settings : dict
        All of them, as they are where it does not.
    last : bool
        Whether only the last step counts.
    """

    w: np.ndarray
    gradients: np.ndarray
    given: dict[str, Any]
    settings: dict[str, Any]
    last: bool = False
    uneven = False

    @property
    def options(self) -> dict[str, Any]:
        """All settings."""
        return self.settings | self.given

    def lacking(self, theirs: Theirs, gradient: bool) -> str:
        """Say what option it needs and the implementation lacks; "" if none."""
        return theirs.lacks(theirs.what, self.options)

    def has_gradient(self, theirs: Theirs) -> bool:
        """Say that there is none."""
        return False

    def run(self, theirs: Theirs, gradient: bool) -> Any:
        """Give w after every step, or after the last."""
        what = theirs.what
        make = partial(what, **theirs.by_name(what, self.options))
        if not isinstance(what, type):
            path = self._of_function(make)
        elif not hasattr(what, "step"):
            raise Unreadable("the class has no method step")
        else:
            path = self._of_class(make, _needed(what.step), theirs)
        return path[-1] if self.last and path else path

    def _of_function(self, update: Callable) -> list:
        held, path = [(w, None) for w in _both(self.w)], []
        for t, g in enumerate(self.gradients):
            for i, grad in enumerate(_both(g)):
                given = update(held[i][0], grad, held[i][1])
                if not isinstance(given, tuple) or len(given) != 2:
                    raise Unreadable(f"expected w and the state, got {quoted(given)}")
                held[i] = given
            path.append(_one_of(t, [w for w, _ in held], g))
        return path

    def _of_class(self, make: Callable, needed: int, theirs: Theirs) -> list:
        numbers = _both(self.w)
        kept = [np.copy(w) for w in numbers]
        plain = needed > 0
        wrap = theirs.wrapped if theirs.tensor else np.asarray if plain else Parameter
        parameters: list[Any] = [wrap(w) for w in numbers]
        optimizer = make() if needed > 1 else make(parameters)
        path = []
        for t, g in enumerate(self.gradients):
            grads = _both(g)
            if plain:
                given = (parameters, grads)[2 - min(needed, 2) :]
                back = optimizer.step(*given)
                if isinstance(back, (list, tuple)) and len(back) == len(parameters):
                    parameters = list(back)
            else:
                for parameter, array, grad in zip(parameters, kept, grads, strict=True):
                    array[...] = grad  # a backward pass may write where it wrote before
                    parameter.grad = theirs.wrapped(array)
                optimizer.step()
            path.append(_one_of(t, parameters, g))
        return path

    def shown(self, name: str, theirs: Theirs) -> str:
        """Give the call as its author would write it: what differs from their defaults is named."""
        given = theirs.by_name(theirs.what, self.given) | theirs.unlike(theirs.what, self.options)
        words = (f"{key}={written(value)}" for key, value in given.items())
        return f"{name}({', '.join(words)})"

    def closer(
        self, given: Trial, right: Trial, name: str, theirs: Theirs
    ) -> tuple[Trial, Trial, str]:
        """Give the first step after which w differs, and what led there."""
        call, value = self.shown(name, theirs), given.value
        if value is None or right.value is None or value.shape != right.value.shape:
            shapes = " and ".join(str(w.shape) for w in _both(self.w))
            return given, right, f"{call} with parameters of shapes {shapes}"
        steps = zip(value, right.value, strict=True)
        apart = (i for i, (a, b) in enumerate(steps) if not np.allclose(a, b, 1e-9, 0))
        t = next(apart, len(value) - 1)
        call = (
            f"{call} from w = {written(self.w)} along g = {written(self.gradients[: t + 1])}, "
            f"w after step {t + 1}{', as a second parameter' * (t % 2)}"
        )
        return replace(given, value=value[t]), replace(right, value=right.value[t]), call


def _both(numbers: np.ndarray) -> list[np.ndarray]:
    """Give the numbers of w, or its gradient, and those of a second parameter."""
    moved = np.roll(numbers, 1)
    return [np.copy(numbers), moved.ravel() if numbers.ndim > 1 else moved]


def _one_of(t: int, parameters: list, like: np.ndarray) -> np.ndarray:
    """Give w after a step, by turns from the first parameter and from the second."""
    found = read(parameters[t % 2])
    return np.roll(found, -1).reshape(like.shape) if t % 2 and found.size == like.size else found


def _needed(step: Callable) -> int:
    """Give how many arguments a step needs, besides its optimizer."""
    found = list(inspect.signature(step).parameters.values())[1:]
    return sum(p.kind < p.VAR_POSITIONAL and p.default is p.empty for p in found)
