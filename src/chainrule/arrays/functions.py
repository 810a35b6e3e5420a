"""Functions of arrays, named and called as in NumPy, for the arrays of any library.

``exp(x)`` is NumPy's for a NumPy array and PyTorch's for a tensor, so that a formula is written
once. A listing of the book runs by itself after ``from numpy import exp, maximum, sqrt, …``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from array_api_compat import device

from .core import Array, library

OF_NUMPY = (np.ndarray, np.generic)


def _of_any_library(name: str) -> Callable[..., Any]:
    of_numpy = getattr(np, name)

    def function(x: Array, *arguments: Any, **options: Any) -> Array:
        if isinstance(x, OF_NUMPY):
            return of_numpy(x, *arguments, **options)
        return getattr(library(x), name)(x, *arguments, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Do as ``numpy.{name}``, for an array of any library."
    return function


argmax = _of_any_library("argmax")
clip = _of_any_library("clip")
exp = _of_any_library("exp")
expm1 = _of_any_library("expm1")
frexp = _of_any_library("frexp")
ldexp = _of_any_library("ldexp")
log = _of_any_library("log")
log1p = _of_any_library("log1p")
max = _of_any_library("max")
maximum = _of_any_library("maximum")
minimum = _of_any_library("minimum")
moveaxis = _of_any_library("moveaxis")
round = _of_any_library("round")
sign = _of_any_library("sign")
sqrt = _of_any_library("sqrt")
tanh = _of_any_library("tanh")
where = _of_any_library("where")


def sum(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """Do as ``numpy.sum``, for an array of any library; 16-bit numbers are added up in 32 bits.

    Parameters
    ----------
    x : array
    axis : int, optional
    keepdims : bool

    Returns
    -------
    array

    Examples
    --------
    >>> import numpy as np
    >>> float(sum(np.ones(4096, "float16")))
    4096.0
    """
    if not isinstance(x, OF_NUMPY):
        return library(x).sum(x, axis=axis, keepdims=keepdims)  # PyTorch sees to it by itself
    if x.dtype.itemsize > 2:
        return np.sum(x, axis=axis, keepdims=keepdims)
    return np.sum(x, axis=axis, keepdims=keepdims, dtype=np.float32).astype(x.dtype)


def positive_part(x: Array) -> Array:
    """Give max(x, 0), of which autograd takes the slope at 0 to be 0.

    Of `maximum` it would take it to be ½. So libraries with autograd get a `where`, which in NumPy
    is ten times as slow: it branches at every entry.

    Parameters
    ----------
    x : array

    Returns
    -------
    array, shaped like x

    Examples
    --------
    >>> import numpy as np
    >>> positive_part(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    return np.maximum(x, 0.0) if isinstance(x, OF_NUMPY) else where(x <= 0, 0.0, x)


def negative_part(x: Array) -> Array:
    """Give min(x, 0), of which autograd takes the slope at 0 to be 1.

    Together with the positive part it makes x, and at every entry one of the two is 0.

    Parameters
    ----------
    x : array

    Returns
    -------
    array, shaped like x

    Examples
    --------
    >>> import numpy as np
    >>> negative_part(np.array([-2.0, 3.0]))
    array([-2.,  0.])
    """
    return np.minimum(x, 0.0) if isinstance(x, OF_NUMPY) else where(x > 0, 0.0, x)


def is_positive(x: Array) -> Array:
    """Give 1 where x is positive and 0 elsewhere: the slope of the positive part.

    Parameters
    ----------
    x : array

    Returns
    -------
    array, shaped like x, of its dtype

    Examples
    --------
    >>> import numpy as np
    >>> is_positive(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    positive = x > 0
    return (
        positive.astype(x.dtype)
        if isinstance(x, OF_NUMPY)
        else library(x).astype(positive, x.dtype)
    )


def one_hot(classes: Array, n: int, like: Array) -> Array:
    """Give 1 at each class and 0 elsewhere, along a new first axis.

    Parameters
    ----------
    classes : array of int
    n : int
        How many classes there are.
    like : array
        Of the library and dtype that the result is to have.

    Returns
    -------
    array, shape (n, *classes.shape)

    Examples
    --------
    >>> import numpy as np
    >>> one_hot(np.array([2, 0]), 3, like=np.zeros(2))
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    return library(like).astype(is_class(classes, n), like.dtype)


def is_class(classes: Array, n: int) -> Array:
    """Say of each of n numbers, along a new first axis, whether it is the class.

    Parameters
    ----------
    classes : array of int
    n : int

    Returns
    -------
    array of bool, shape (n, *classes.shape)

    Examples
    --------
    >>> import numpy as np
    >>> is_class(np.array([1, 0]), 2)
    array([[False,  True],
           [ True, False]])
    """
    if isinstance(classes, np.ndarray):
        numbers = np.arange(n)
    else:
        numbers = library(classes).arange(n, device=device(classes))
    return classes[None, ...] == numbers[(..., *(None,) * classes.ndim)]


def erfc(x: Array) -> Array:
    """Give the complementary error function, 1 − erf, which the array standard lacks.

    Parameters
    ----------
    x : array

    Returns
    -------
    array, shaped like x, of its dtype

    Examples
    --------
    >>> import numpy as np
    >>> erfc(np.array([0.0, 40.0]))
    array([1., 0.])
    """
    xp = library(x)
    if hasattr(xp, "special"):
        return xp.special.erfc(x)
    from scipy import special

    return xp.asarray(special.erfc(np.asarray(x)), dtype=x.dtype)  # SciPy widens float16
