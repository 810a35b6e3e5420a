"""Functions of arrays, named and called as in NumPy, for the arrays of any library.

``exp(x)`` is NumPy's for a NumPy array and PyTorch's for a tensor, so that a formula is written
once. A listing of the book runs by itself after ``from numpy import exp, maximum, sqrt, …``.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from array_api_compat import device

from .core import OF_NUMPY, Array, library

INFINITY = float("inf")


def _of_any_library(name: str) -> Callable[..., Any]:
    of_numpy = getattr(np, name)

    def function(x: Array, *arguments: Any, **options: Any) -> Array:
        if isinstance(x, OF_NUMPY):
            return of_numpy(x, *arguments, **options)
        return getattr(library(x), name)(x, *arguments, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Do as ``numpy.{name}``, for an array of any library."
    return function


all = _of_any_library("all")
any = _of_any_library("any")
argmax = _of_any_library("argmax")
argmin = _of_any_library("argmin")
broadcast_to = _of_any_library("broadcast_to")
clip = _of_any_library("clip")
exp = _of_any_library("exp")
expm1 = _of_any_library("expm1")
frexp = _of_any_library("frexp")
ldexp = _of_any_library("ldexp")
log = _of_any_library("log")
log1p = _of_any_library("log1p")
maximum = _of_any_library("maximum")
mean = _of_any_library("mean")
minimum = _of_any_library("minimum")
moveaxis = _of_any_library("moveaxis")
nonzero = _of_any_library("nonzero")
permute_dims = _of_any_library("permute_dims")
reshape = _of_any_library("reshape")
round = _of_any_library("round")
sign = _of_any_library("sign")
sqrt = _of_any_library("sqrt")
tanh = _of_any_library("tanh")
where = _of_any_library("where")


def max(x: Array, axis: int | None = None) -> Array:
    """Do as ``numpy.max``, for an array of any library."""
    if isinstance(x, OF_NUMPY):
        return np.maximum.reduce(x, axis)
    return library(x).max(x, axis=axis)


def sum(x: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """Do as ``numpy.sum``, for an array of any library; 16-bit numbers are added up in 32 bits.

    >>> import numpy as np
    >>> float(sum(np.ones(4096, "float16")))
    4096.0
    """
    if not isinstance(x, OF_NUMPY):
        return library(x).sum(x, axis=axis)  # PyTorch sees to it by itself
    if x.itemsize > 2:
        return np.add.reduce(x, axis)  # what np.sum comes to after some more calls
    return np.add.reduce(x, axis=axis, dtype=np.float32).astype(x.dtype)


def _finite(x: Array) -> bool:
    """Say whether all numbers are finite: what `all` comes to after some more calls."""
    return np.count_nonzero(np.isfinite(x)) == x.size


def times(x: Array, w: Array | float) -> Array:
    """Give x w, and 0 where w is 0, even if x is infinite there.

    >>> import numpy as np
    >>> times(np.array([3.0, np.inf]), np.array([2.0, 0.0]))
    array([6., 0.])
    """
    if isinstance(w, float):
        return x * w if w else where(x == x, 0.0, x)  # NaN stays NaN
    if isinstance(x, OF_NUMPY) and _finite(x):
        return x * w
    return where(w == 0, 0.0, x) * w


def below_largest(x: Array) -> Array:
    """Give x − max x along the first axis, at most 0; below an infinite one all others are −∞.

    >>> import numpy as np
    >>> below_largest(np.array([np.inf, 3.0]))
    array([  0., -inf])
    """
    largest = max(x, axis=0)
    if isinstance(x, OF_NUMPY) and _finite(largest):
        return x - largest
    infinite = abs(largest) == INFINITY
    at_largest = x == largest
    several = sum(as_numbers(at_largest, like=x), axis=0)
    top = where(several > 1, float("nan"), 0 * several)  # of several infinite ones nothing is known
    return where(infinite, where(at_largest, top, -INFINITY), x - where(infinite, 0.0, largest))


def stack(arrays: list[Array], axis: int = 0) -> Array:
    """Do as ``numpy.stack``, for arrays of any library."""
    return library(arrays[0]).stack(arrays, axis=axis)


def full(shape: tuple[int, ...], number: float, like: Array) -> Array:
    """Do as ``numpy.full``, in the library and dtype of another array and on its device.

    Of as many axes, it lies in memory in the same order, so that going over both is quick.
    """
    if isinstance(like, OF_NUMPY):
        return np.full_like(like, number, shape=shape, subok=False)
    return library(like).full(shape, number, dtype=like.dtype, device=device(like))


def positive_part(x: Array) -> Array:
    """Give max(x, 0), of which autograd takes the slope at 0 to be 0.

    Of `maximum` it would take it to be ½. So libraries with autograd get a `where`, which in NumPy
    is ten times as slow: it branches at every entry.

    >>> import numpy as np
    >>> positive_part(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    return np.maximum(x, 0.0) if isinstance(x, OF_NUMPY) else where(x <= 0, 0.0, x)


def negative_part(x: Array) -> Array:
    """Give min(x, 0), of which autograd takes the slope at 0 to be 1.

    Together with the positive part it makes x, and at every entry one of the two is 0.

    >>> import numpy as np
    >>> negative_part(np.array([-2.0, 3.0]))
    array([-2.,  0.])
    """
    return np.minimum(x, 0.0) if isinstance(x, OF_NUMPY) else where(x > 0, 0.0, x)


def is_positive(x: Array) -> Array:
    """Give 1 where x is positive and 0 elsewhere, in x's dtype: the slope of the positive part.

    >>> import numpy as np
    >>> is_positive(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    return as_numbers(x > 0, like=x)


def as_numbers(truths: Array, like: Array) -> Array:
    """Give 1 for true and 0 for false, in the dtype of another array.

    >>> import numpy as np
    >>> as_numbers(np.array([True, False]), like=np.zeros(2))
    array([1., 0.])
    """
    if isinstance(truths, OF_NUMPY):
        return truths.astype(like.dtype)
    return library(like).astype(truths, like.dtype)


def is_class(classes: Array, n: int) -> Array:
    """Say of each of n numbers, along a new first axis, whether it is the class.

    >>> import numpy as np
    >>> is_class(np.array([1, 0]), 2)
    array([[False,  True],
           [ True, False]])
    """
    if isinstance(classes, OF_NUMPY):
        return np.equal.outer(np.arange(n), classes)
    numbers = library(classes).arange(n, device=device(classes))
    return classes[None, ...] == numbers[(..., *(None,) * classes.ndim)]


def one_hot(classes: Array, n: int, like: Array) -> Array:
    """Give 1 at each class and 0 elsewhere, along a new first axis, in the dtype of an array.

    >>> import numpy as np
    >>> one_hot(np.array([2, 0]), 3, like=np.zeros(2))
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    return as_numbers(is_class(classes, n), like)


def erfc(x: Array) -> Array:
    """Give the complementary error function, 1 − erf, which the array standard lacks.

    >>> import numpy as np
    >>> erfc(np.array([0.0, 40.0]))
    array([1., 0.])
    """
    xp = library(x)
    if hasattr(xp, "special"):
        return xp.special.erfc(x)
    try:
        from scipy.special import erfc as of_array
    except ModuleNotFoundError:
        of_array = np.vectorize(math.erfc, otypes=[float])
    numbers = np.asarray(x)
    if numbers.itemsize > 8:
        numbers = numbers.astype(np.float64)  # SciPy's is of no longer numbers
    return xp.asarray(of_array(numbers), dtype=x.dtype)  # SciPy widens float16
