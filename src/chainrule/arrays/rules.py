"""How a rule is applied to arrays: in 32 bits at least, and to the axis that it is about.

A rule is a formula, written for whole arrays. What it need not say is seen to here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from .core import WIDE, Array, library, wide_dtype

SHORT = 32
"""Up to this length NumPy adds up an axis faster where it comes first in memory."""


def apply(rule: Callable[..., Any], *arrays: Array) -> Array:
    """Give a rule's result, in the dtype that the arrays promote to; 16 bits are widened to 32."""
    if wide_dtype(arrays[0]) is None:
        return rule(*arrays)
    given, dtype = together(*arrays)
    return cast(rule(*given), dtype)


def together(*arrays: Array | None) -> tuple[list, Any]:
    """Give arrays in the dtype that they promote to, or in 32 bits if it has fewer; and that dtype.

    What is None stays None.
    """
    given = [x for x in arrays if x is not None]
    dtype = given[0].dtype
    if alike(*given):
        return [*arrays], dtype
    dtype = library(given[0]).result_type(*{x.dtype for x in given}, dtype)
    found = [x if x is None else cast(x, dtype) for x in arrays]
    return [x if x is None else widened(x) for x in found], dtype


def alike(*arrays: Any) -> bool:
    """Say whether these are what they nearly always are: NumPy's, of one dtype of 32 or 64 bits."""
    dtype = getattr(arrays[0], "dtype", None)
    for x in arrays:
        if x.__class__ is not ndarray or (x.dtype is not dtype and x.dtype != dtype):
            return False
    return dtype in WIDE


def cast(x: Array, dtype: Any) -> Array:
    """Give x in this dtype; x itself where it has it."""
    return x if x.dtype == dtype else library(x).astype(x, dtype)


def widened(x: Array) -> Array:
    """Give x in 32 bits where it has fewer."""
    wide = wide_dtype(x)
    return x if wide is None else library(x).astype(x, wide)


def to_front(x: Array, axis: int) -> Array:
    """Give x with an axis moved to the front."""
    if axis in (0, -x.ndim):
        return x
    moved = x.T if x.ndim == 2 else library(x).moveaxis(x, axis, 0)
    short = isinstance(x, np.ndarray) and moved.shape[0] <= SHORT
    return np.ascontiguousarray(moved) if short else moved


def from_front(x: Array, axis: int) -> Array:
    """Give x with its first axis moved to where it was."""
    if axis in (0, -x.ndim):
        return x
    moved = x.T if x.ndim == 2 else library(x).moveaxis(x, 0, axis)
    return np.ascontiguousarray(moved) if isinstance(x, np.ndarray) else moved
