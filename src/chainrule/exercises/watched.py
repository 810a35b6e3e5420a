"""Arrays that notice an overflow by themselves, whatever NumPy was told to say of it.

An answer may silence NumPy's warnings. And WebAssembly, in which a page of the book runs Python,
has no flags for the arithmetic: NumPy cannot tell there that a number overflowed. These arrays look
at each result.
"""

import sys
from typing import Any

import numpy as np

BY_ZERO = {"log": 0.0, "log2": 0.0, "log10": 0.0, "log1p": -1.0}


class Watched(np.ndarray):
    """An array whose overflows, divisions by zero and invalid operations are failures.

    Examples
    --------
    >>> import numpy as np
    >>> x = watched(np.array([0.0, 800.0]))
    >>> np.exp(x)
    Traceback (most recent call last):
        ...
    FloatingPointError: overflow encountered in exp
    >>> np.where(x > 1, 1.0, 2.0) / x
    Traceback (most recent call last):
        ...
    FloatingPointError: divide by zero encountered in divide
    """

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **how: Any
    ) -> Any:
        """Compute, look at the result, and give it as such an array.

        SciPy is trusted: within, it may let a number overflow and see to it afterwards.
        """
        trusted = sys._getframe(1).f_globals.get("__name__", "").startswith("scipy.")
        plain = [_plain(value) for value in inputs]
        how = {name: _plain(value) for name, value in how.items()}
        if out is not None:
            plain = [
                np.copy(v) if isinstance(v, np.ndarray) else v for v in plain
            ]  # out may be one
            how["out"] = tuple(_plain(value) for value in out)
        with np.errstate(all="ignore"):
            result = getattr(ufunc, method)(*plain, **how)
        if method == "at":
            return None
        alone = method == "__call__" and ufunc.signature is None
        name = ufunc.__name__ if method == "__call__" else method
        for one in result if isinstance(result, tuple) else (result,):
            if np.asarray(one).dtype.kind in "fc" and not trusted:
                _look(name, plain, np.asarray(one), how.get("where", True), alone)
        return out[0] if out is not None else watched(result)

    def __array_function__(self, function: Any, types: Any, given: Any, how: Any) -> Any:
        """Go on watching what comes out of NumPy's other functions."""
        return watched(super().__array_function__(function, types, given, how))


def watched(value: Any) -> Any:
    """Give an array, and those in a tuple or list, as arrays that are watched."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(watched, value))
    return (
        np.asarray(value).view(Watched) if isinstance(value, (np.ndarray, np.floating)) else value
    )


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Watched) else value


def _look(name: str, inputs: list[Any], result: np.ndarray, where: Any, alone: bool) -> None:
    """Raise what NumPy would for a result of these inputs, number by number or as a whole."""
    with np.errstate(all="ignore"):
        known = [np.asarray(value) for value in inputs]
        numbers = [value for value in known if value.dtype.kind in "iufbc"]
        finite, nan = np.array(True), np.array(False)
        for value in numbers:
            finite = finite & (np.isfinite(value) if alone else np.isfinite(value).all())
            nan = nan | (np.isnan(value) if alone else np.isnan(value).any())
        infinite = np.isinf(result) & finite & where
        by_zero = np.array(False)
        if name in BY_ZERO:
            by_zero = numbers[0] == BY_ZERO[name]
        elif name in ("divide", "floor_divide"):
            by_zero = numbers[1] == 0
        elif name in ("power", "reciprocal"):
            by_zero = numbers[0] == 0
        invalid = np.isnan(result) & ~nan & where
    for what, seen in (
        ("divide by zero", infinite & by_zero),
        ("overflow", infinite & ~by_zero),
        ("invalid value", invalid),
    ):
        if np.any(seen):
            raise FloatingPointError(f"{what} encountered in {name}")
