"""What an answer may not silence: the overflows of NumPy, and those of PyTorch.

The warnings of NumPy are failures while an answer runs, and `np.errstate` and `np.seterr` change
nothing about it. PyTorch warns of nothing: each result of it is looked at.
"""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from threading import Lock
from typing import Any

import numpy as np

RAISED: dict[str, Any] = {"over": "raise", "divide": "raise", "invalid": "raise"}
TRUSTED = ("numpy", "scipy", "chainrule")  # these see to it afterwards

_answering = ContextVar("_answering", default=False)
_lock = Lock()
_count = 0


def unsilenced(function: Callable) -> Callable:
    """Make a function raise a FloatingPointError for an overflow that it asks not to hear of.

    Examples
    --------
    >>> import numpy as np
    >>> def square(x):
    ...     with np.errstate(all="ignore"):
    ...         return np.asarray(x) ** 2
    >>> unsilenced(square)(np.array([1e200]))
    Traceback (most recent call last):
        ...
    FloatingPointError: overflow encountered in square
    """

    def calling(*arguments: Any) -> Any:
        with _deaf(), _of_torch():
            return function(*arguments)

    return calling


@contextmanager
def _deaf() -> Iterator[None]:
    """Have NumPy, in this thread, raise for overflows whatever it is told by an answer.

    `errstate` in all its forms and `seterr` make their wishes with one function of their module.
    """
    global _count
    names = getattr(np.errstate.__enter__, "__globals__", {})
    with _lock:
        _count += 1
        if _count == 1 and "_make_extobj" in names:
            names["_make_extobj"] = _heard(names["_make_extobj"])
    token = _answering.set(True)
    try:
        yield
    finally:
        _answering.reset(token)
        with _lock:
            _count -= 1
            if _count == 0 and "_make_extobj" in names:
                names["_make_extobj"] = names["_make_extobj"].__wrapped__


def _heard(make: Any) -> Any:
    """Give NumPy's function that makes a wish, deaf to answers."""

    def made(**wishes: Any) -> Any:
        asked = _answering.get() and _asks() not in TRUSTED
        return make(**wishes | RAISED) if asked else make(**wishes)

    made.__wrapped__ = make  # type: ignore[attr-defined]
    return made


def _asks() -> str:
    """Give the package whose code asks NumPy to be silent."""
    frame = sys._getframe(2)
    settings = frame.f_globals
    while frame.f_back and frame.f_globals is settings:
        frame = frame.f_back
    name = frame.f_globals.get("__name__", "")
    # an answer that is decorated with errstate is called from here
    return "" if name == __name__ else name.partition(".")[0]


def _of_torch() -> AbstractContextManager:
    """Have each result of PyTorch looked at, if it was imported."""
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "overrides"):
        return nullcontext()

    def finite(*values: Any) -> bool | None:
        """Say whether all numbers are, None where they are not there to be looked at."""
        try:
            return all(bool(torch.isfinite(part).all()) for part in _parts(values, torch.Tensor))
        except RuntimeError:  # within vmap
            return None

    class Looking(torch.overrides.TorchFunctionMode):  # type: ignore[name-defined]
        def __torch_function__(self, function: Any, types: Any, given: Any, how: Any = None) -> Any:
            how = how or {}
            inputs = given, [value for name, value in how.items() if name != "out"]
            # a number may be infinite on purpose, as what a mask is filled with
            usual = all(map(math.isfinite, _parts(inputs, float))) and finite(inputs)
            result = function(*given, **how)
            name = getattr(function, "__name__", "")
            made_of = any(True for _ in _parts(inputs, torch.Tensor)) and "empty" not in name
            if made_of and usual and finite(result) is False:
                is_nan = any(bool(part.isnan().any()) for part in _parts(result, torch.Tensor))
                what = "a NaN" if is_nan else "an infinite number"
                raise FloatingPointError(f"{what} encountered in PyTorch's {name.strip('_')}")
            return result

    return Looking()


def _parts(value: Any, kind: type) -> Iterator[Any]:
    """Yield what is of a kind, in tuples and lists too."""
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from _parts(part, kind)
    elif isinstance(value, kind):
        yield value
