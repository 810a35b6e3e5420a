"""Answers, cases and trials as plain data, which JSON holds: no pickle, no code."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from .answers import fresh, untensored
from .texts import Unreadable, quoted
from .trials import Recorded, Trial, name_of, parameters_of, text_of
from .unsilenced import unsilenced

MOST = 5000  # numbers in an answer, or in a function's result
LONGEST = 500  # characters of a text


class Shown:
    """What is left of an object that is no plain data: how it looks."""

    def __init__(self, text: str):
        self._text = text

    def __repr__(self) -> str:
        return self._text


def plain(value: Any) -> Any:
    """Give a value as JSON can hold it; of an object that is no data, how it looks.

    Examples
    --------
    >>> import numpy as np
    >>> plain((1, 0.5, None))
    {'tuple': [1, 0.5, None]}
    >>> plain(np.array([[1.0, 2.0]], np.float32))
    {'array': [1.0, 2.0], 'shape': [1, 2], 'dtype': 'float32'}
    """
    try:
        return _plain(value)
    except Exception:
        return {"shown": clean(quoted(value))}


def _plain(value: Any) -> Any:
    if value is None or value is ...:
        return None
    if type(value) in (bool, float):
        return value
    if type(value) is str:
        return value[:LONGEST]
    if type(value) is int:
        return value if value.bit_length() < 1000 else np.copysign(np.inf, value)
    if isinstance(value, (Fraction, Decimal)):
        return float(value)
    if isinstance(value, (list, tuple)):
        parts = [_plain(part) for part in value[: MOST + 1]]
        if len(parts) > MOST:
            raise ValueError
        return {"tuple": parts} if isinstance(value, tuple) else parts
    value = np.asarray(untensored(value))
    if value.dtype.kind not in "biuf" or value.size > MOST:
        raise ValueError
    if value.dtype == np.longdouble:
        value = value.astype(float)
    return {"array": value.ravel().tolist(), "shape": list(value.shape), "dtype": value.dtype.name}


def value_of(data: Any) -> Any:
    """Give the value that `plain` wrote, or raise: what comes may be anything.

    Examples
    --------
    >>> import numpy as np
    >>> value_of(plain((1, [0.5, "a"], np.ones(2))))
    (1, [0.5, 'a'], array([1., 1.]))
    """
    if isinstance(data, list):
        return [value_of(part) for part in data]
    if not isinstance(data, dict):
        return clean(data) if isinstance(data, str) else data
    if "tuple" in data:
        return tuple(map(value_of, data["tuple"]))
    if "shown" in data:
        return Shown(clean(str(data["shown"])))
    dtype = np.dtype(str(data["dtype"]))
    if dtype.kind not in "biuf":
        raise ValueError(dtype)
    return np.array(data["array"], dtype).reshape(data["shape"])


def recorded(function: Any, cases: list[tuple], cancels: bool) -> dict[str, Any]:
    """Call a function with each case, and give what came of it as plain data.

    Examples
    --------
    >>> told = recorded(lambda x: 2 * x, [(3,)], True)
    >>> function_of(told, [(3,)], True).trials[0].value
    array(6.)
    """
    return {
        "name": name_of(function),
        "parameters": parameters_of(function, len(cases[0])),
        "trials": [_told(Trial.of(unsilenced(function), case, cancels)) for case in cases],
    }


def _told(trial: Trial) -> dict[str, Any]:
    error = trial.error
    if trial.value is not None and trial.value.size > MOST:
        error = Unreadable(f"the result has {trial.value.size} numbers")
    return {
        "value": plain(None if error else trial.value),
        "empty": trial.empty,
        "error": error and [type(error).__name__, clean(text_of(error))],
        "changed": trial.changed,
        "whole": trial.whole,
    }


def function_of(data: Any, cases: list[tuple], cancels: bool) -> Recorded:
    """Give a function as it was recorded, or raise: what comes may be anything."""
    trials = [_trial(told, case, cancels) for told, case in zip(data["trials"], cases, strict=True)]
    parameters = [str(name)[:LONGEST] for name in data["parameters"]]
    return Recorded(clean(str(data["name"])), tuple(map(clean, parameters)), tuple(trials))


def _trial(told: Any, case: tuple, cancels: bool) -> Trial:
    value = value_of(told["value"])
    if value is not None and value.dtype not in (np.float32, np.float64):
        raise ValueError(value.dtype)
    error = None
    if told["error"]:
        kind, text = map(str, told["error"])
        known = {"Unreadable": Unreadable, "FloatingPointError": FloatingPointError}
        error = known.get(kind, type(clean(kind), (Exception,), {}))(clean(text))
    changed = tuple(int(i) for i in told["changed"] if 0 <= i < len(case))
    return Trial(
        case, cancels, value, bool(told["empty"]), error, changed, whole=bool(told["whole"])
    )


def clean(text: str) -> str:
    r"""Give a text without what differs from run to run, or what a terminal would obey.

    Examples
    --------
    >>> clean("<f at 0x7f3a>\x1b[2J")
    '<f>?[2J'
    """
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text[: 2 * LONGEST])
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)[:LONGEST]


def plain_case(case: tuple) -> Any:
    """Give the arguments of a case as plain data."""
    return _plain(tuple(map(fresh, case)))
