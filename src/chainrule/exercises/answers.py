"""How a reader's answer is read and compared.

An answer may be any object at all. What cannot be read is `Unreadable`, with a sentence for its
author; only a KeyboardInterrupt gets through, since that is the reader at the keys.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from typing import Any

import numpy as np

from .texts import Unreadable, number_in, quoted


def _reader(expected: str) -> Callable[[Callable], Callable]:
    """Make a function raise nothing but `Unreadable`: "expected …, got …"."""

    def decorate(read: Callable) -> Callable:
        @wraps(read)
        def reading(answer: Any, *options: Any) -> Any:
            try:
                return read(answer, *options)
            except (Unreadable, KeyboardInterrupt):
                raise
            except BaseException as error:
                raise Unreadable(f"expected {expected}, got {quoted(answer)}") from error

        return reading

    return decorate


@_reader("a number")
def read_number(answer: Any, unit: str = "") -> float | np.float32:
    """Give a number, from whatever form a reader gives it in.

    Parameters
    ----------
    answer : number, str, or array or tensor of one number
    unit : str
        What a str may end with.

    Returns
    -------
    float, or np.float32 if it was given as one
        Infinite where the answer is beyond all floats.

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> texts = ("76 880", "76,880", "1/4", "¼", "−0.5", "3·10^-4")
    >>> [read_number(text) for text in texts]
    [76880.0, 76880.0, 0.25, 0.25, -0.5, 0.0003]
    >>> read_number("33 %", "%")
    33.0
    """
    if isinstance(answer, str):
        return number_in(answer, unit)
    if isinstance(answer, (int, float, Fraction, Decimal)) and not isinstance(answer, bool):
        return _float(answer)
    array = np.asarray(untensored(typed(answer)))
    if array.size != 1:
        raise Unreadable(f"expected one number, got {quoted(answer)}")
    if array.dtype.kind == "c":
        raise Unreadable(f"expected a real number, got the complex {quoted(answer)}")
    if array.dtype.kind not in "iufO" or isinstance(array.item(), bool):
        raise Unreadable(f"expected a number, got {quoted(answer)}")
    single = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    return np.float32(array.item()) if single else _float(array.item())


def _float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


@_reader("a choice")
def read_choice(answer: Any) -> str:
    """Give the letter of a choice, however it is dressed.

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> [read_choice(text) for text in ("c", " (C) ", "c.", "c)")]
    ['c', 'c', 'c', 'c']
    """
    found = re.fullmatch(r"[\s(]*(\w)[\s.):]*", answer)
    if not found:
        raise Unreadable(quoted(answer))
    return found[1].lower()


@_reader("numbers")
def typed(answer: Any) -> Any:
    """Give the texts in an answer's lists and tuples as the numbers that they are.

    >>> typed(["1/2", [0.25, "−1"]])
    [0.5, [0.25, -1.0]]
    """
    if isinstance(answer, (list, tuple)):
        return [typed(part) for part in answer]
    return read_number(answer) if isinstance(answer, str) else answer


@_reader("numbers")
def read_array(value: Any) -> np.ndarray:
    """Give real numbers as a new array: float32 as it was given, of all others float64.

    Parameters
    ----------
    value : number, array, tensor, or lists and tuples of them

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> import numpy as np
    >>> read_array([(1, 2), [np.float64(0.5), Fraction(1, 4)]])
    array([[1.  , 2.  ],
           [0.5 , 0.25]])
    """
    unpacked = untensored(value)
    try:
        array = np.asarray(unpacked)
    except ValueError as error:
        raise Unreadable("expected rows of equal lengths, got some that differ") from error
    if array.dtype.kind == "c":
        raise Unreadable(f"expected real numbers, got the complex {quoted(value)}")
    if array.dtype.kind == "b":
        told = f"expected numbers, got {quoted(value)}: True and False are none"
        raise Unreadable(f"{told}, but (x > 0) * 1.0 gives them")
    if array.dtype.kind not in "iufO" or not all(map(_is_number, array.flat)):
        raise Unreadable(f"expected numbers, got {quoted(value)}")
    if array.dtype.kind == "O":
        array = np.reshape([_float(number) for number in array.flat], array.shape)
    single = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    return np.array(array, np.float32 if single else float)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number, Fraction, Decimal)) and not isinstance(
        value, bool
    )


def untensored(value: Any) -> Any:
    """Give tensors as arrays, in lists and tuples too."""
    if isinstance(value, (list, tuple)):
        return [untensored(part) for part in value]
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        # NumPy has no bfloat16
        return (value if str(value.dtype) != "torch.bfloat16" else value.float()).numpy()
    return value


def fresh(argument: Any) -> Any:
    """Give an argument anew, as a reader expects it: scalars as Python's own, arrays as copies.

    Examples
    --------
    >>> import numpy as np
    >>> arguments = (np.float64(2), np.array(3), (1, np.int64(2)), "abc")
    >>> [fresh(argument) for argument in arguments]
    [2.0, 3, (1, 2), 'abc']
    """
    if isinstance(argument, (list, tuple)):
        return type(argument)(fresh(part) for part in argument)
    if isinstance(argument, (np.ndarray, np.generic)):
        return np.copy(argument) if np.ndim(argument) else argument.item()
    return argument


def same(one: Any, other: Any) -> bool:
    """Say whether two arguments are equal, number for number."""
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return bool(one == other)


def agrees(value: np.ndarray, expected: np.ndarray, arguments: Iterable[Any], bound: float) -> bool:
    """Say whether each number of a result is as expected, and its shape.

    An error is measured by the size of its own number. A sum that cancels is as far off as its
    summands were rounded: every number may miss by 10⁻¹⁴ of the largest at hand. Numbers of float32
    are held to what float32 can keep.

    Parameters
    ----------
    value, expected : array
    arguments : iterable of arrays, numbers, tuples
        What was computed with.
    bound : float
        The largest relative error that passes.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.array([1.0, 1e-8])
    >>> agrees(np.array([1.0, 2e-8]), one, [], 1e-9)
    False
    >>> arguments = [np.array([0.1, 0.2, 0.3])]
    >>> agrees(np.array([0.1 + 0.2 - 0.3]), np.zeros(1), arguments, 1e-9)
    True
    """
    if value.shape != expected.shape:
        return False
    return not differs(value, expected, arguments, bound).any()


def differs(
    value: np.ndarray, expected: np.ndarray, arguments: Iterable[Any], bound: float
) -> np.ndarray:
    """Give for each number of a result whether it is not as expected; the shapes are equal."""
    single = value.dtype == np.float32
    rounding, bound = (2e-7, max(bound, 1e-5)) if single else (1e-14, bound)
    numbers = np.concatenate([expected.ravel(), *(_numbers(argument) for argument in arguments)])
    scale = np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0)
    with np.errstate(all="ignore"):
        near = np.abs(value - expected) <= bound * np.abs(expected) + rounding * scale
    near &= np.isfinite(value) & np.isfinite(expected)
    return ~(near | (value == expected) | (np.isnan(value) & np.isnan(expected)))


def _numbers(argument: Any) -> np.ndarray:
    """Give the floats of an argument: what counts or points is not rounded."""
    if isinstance(argument, list):  # of arrays, whose shapes may differ
        return np.concatenate([np.empty(0), *map(_numbers, argument)])
    array = np.asarray(argument)
    return array.ravel().astype(float) if array.dtype.kind == "f" else np.empty(0)
