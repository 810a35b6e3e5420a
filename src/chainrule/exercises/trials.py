"""A function that a reader wrote, called with one case: what came of it, and how that is told."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .answers import agrees, differs, fresh, read_array, same
from .texts import Unreadable, quoted, written
from .unsilenced import RAISED
from .watched import watched


@dataclass(frozen=True)
class Trial:
    """One call of a function, and what came of it.

    Attributes
    ----------
    case : tuple
        The arguments.
    cancels : bool
        Whether a result may be rounded as coarsely as the largest argument.
    value : array, optional
        The result, where it could be read as numbers.
    empty : bool
        Whether the function returned nothing.
    error : BaseException, optional
        What the function raised, or why its result could not be read.
    changed : tuple of int
        Which arguments the function changed in place.
    whole : bool
        Whether the result came as whole numbers.
    """

    case: tuple
    cancels: bool = True
    value: np.ndarray | None = None
    empty: bool = False
    error: BaseException | None = None
    changed: tuple[int, ...] = ()
    whole: bool = False

    @classmethod
    def of(cls, function: Callable, case: tuple, cancels: bool = True) -> Self:
        """Call a function with copies of the arguments; only a KeyboardInterrupt gets through.

        Examples
        --------
        >>> Trial.of(lambda x: 2 * x, (3,)).value
        array(6.)
        >>> Trial.of(lambda x: 1 / x, (0,)).error
        ZeroDivisionError('division by zero')
        """
        arguments = tuple(map(fresh, case))
        try:
            # what NumPy would only warn of is a failure here
            with np.errstate(**RAISED):
                result = function(*watched(arguments))
            if result is None or result is ...:
                return cls(case, cancels, empty=True)
            value, whole = read_array(result), _is_whole(result)
            pairs = zip(map(fresh, case), arguments, strict=True)
            changed = [i for i, (before, after) in enumerate(pairs) if not same(before, after)]
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return cls(case, cancels, error=error)
        return cls(case, cancels, value, changed=tuple(changed), whole=whole)

    def agrees(self, right: Self, bound: float) -> bool:
        """Say whether two results are the same numbers."""
        if self.value is None or right.value is None:
            return False
        return agrees(self.like(right), right.value, self._sizes, bound)

    @property
    def _sizes(self) -> tuple:
        """Give the numbers whose rounding a result may have, besides its own."""
        return self.case if self.cancels else ()

    @property
    def failed(self) -> bool:
        """Say whether the function raised, or its loops found nothing to do."""
        return self.error is not None or (self.value is not None and not self.value.size)

    def hides_its_axes(self, right: Self) -> bool:
        """Say whether this result has a wrong shape, and the right one an axis of one entry."""
        if self.value is None or right.value is None:
            return False
        shape = right.value.shape
        return self.like(right).shape != shape and 1 in shape

    def like(self, right: Self) -> np.ndarray:
        """Give the result, without the brackets where one number is asked for."""
        assert self.value is not None
        assert right.value is not None
        alone = right.value.ndim == 0 and self.value.size == 1
        return self.value.reshape(()) if alone else self.value

    def call(self, name: str) -> str:
        """Give the call as its author would write it, numbers in full, those of arrays rounded."""
        arguments = map(fresh, self.case)
        shown = (repr(a) if isinstance(a, float) else written(a, 6) for a in arguments)
        return f"{name}({', '.join(shown)})"

    def trouble(self, right: Self, call: str, bound: float) -> str:
        """Say what is wrong with this result of a call, if another would be right."""
        if self.empty:
            return f"{call} returns nothing"
        if isinstance(self.error, Unreadable):
            return f"{call}: {self.error}"
        if isinstance(self.error, FloatingPointError):
            what = text_of(self.error).replace(" encountered", "")
            told = "PyTorch says nothing" if "PyTorch" in what else "NumPy only warns"
            return f"{call}: {what}, of which {told}; here it counts as a failure"
        if self.error is not None:
            return f"{call} raised {type(self.error).__name__}: {text_of(self.error)}"
        assert right.value is not None
        expected, value = right.value, self.like(right)
        if value.shape != expected.shape:
            return f"{call}: {_shapes(expected.shape, value.shape)}"
        if expected.size > 8:
            wrong = np.argwhere(differs(value, expected, self._sizes, bound))
            place = min(map(tuple, wrong.tolist()))
            expected, value = expected[place], value[place]
            call = f"{call}, entry {list(place)}"
        if right.whole:
            expected, value = map(_as_whole, (expected, value))
        shown = ((written(expected, digits), written(value, digits)) for digits in (4, 8, 17))
        want, got = next((pair for pair in shown if pair[0] != pair[1]), ("", ""))
        return f"{call}: expected {want}, got {got}"


def _shapes(expected: tuple[int, ...], given: tuple[int, ...]) -> str:
    if not expected:
        return f"expected one number, got an array of shape {given}"
    turned = {(*expected, 1): ", a column", (1, *expected): ", a row"}
    named = turned.get(given, "") if len(expected) == 1 and expected != (1,) else ""
    return f"expected a result of shape {expected}, got {given}{named}"


def _is_whole(result: Any) -> bool:
    if isinstance(result, (list, tuple)):
        return all(map(_is_whole, result))
    return isinstance(result, (int, np.integer))


def _as_whole(array: np.ndarray) -> Any:
    """Give an array of whole numbers as integers, another as it is."""
    with np.errstate(invalid="ignore"):
        whole = array.astype(int)
    return whole.tolist() if (whole == array).all() else array


@dataclass(frozen=True)
class Recorded:
    """A function that was tried in another process.

    Attributes
    ----------
    name : str
    parameters : tuple of str
        The names of those that a case has arguments for.
    trials : tuple of Trial
        One for each case.
    """

    name: str
    parameters: tuple[str, ...]
    trials: tuple[Trial, ...]


def text_of(error: BaseException) -> str:
    """Give what an error says, whatever its class does."""
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return quoted(error)


def name_of(function: Any) -> str:
    """Give the name of a function, "f" where it has none.

    Examples
    --------
    >>> name_of(len), name_of(lambda x: x)
    ('len', 'f')
    """
    try:
        name = function.name if isinstance(function, Recorded) else function.__name__
        return name if name.isidentifier() else "f"
    except KeyboardInterrupt:
        raise
    except BaseException:
        return "f"


def parameters_of(function: Any, count: int) -> list[str]:
    """Give the names of a function's first parameters, numbers where they have none.

    Examples
    --------
    >>> parameters_of(lambda z, *more: z, 2)
    ['z', 'number 2']
    """
    if isinstance(function, Recorded):
        return list(function.parameters)
    try:
        found = [p.name for p in inspect.signature(function).parameters.values() if p.kind < 2]
    except (TypeError, ValueError):
        found = []
    return [*found, *(f"number {i + 1}" for i in range(len(found), count))][:count]
