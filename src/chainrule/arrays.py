"""What the other modules need to know about an array library, in one small place.

The chapters' functions are written once, against the Python array API standard, and take NumPy
arrays, PyTorch tensors or any other array that follows it.
"""

from typing import Any

import numpy as np
from array_api_compat import array_namespace, to_device

Array = Any
"""A NumPy array, a PyTorch tensor, or any other array of the array API standard."""

# Asking an array for its library takes 15 µs, three times the work of a small ReLU, so each
# (type, dtype) is looked up once: its library, its kind of numbers, the library's default float.
_LOOKED_UP: dict[tuple[type, Any], tuple[Any, str, Any]] = {}


def _look_up(x: Array) -> tuple[Any, str, Any]:
    try:
        return _LOOKED_UP[type(x), x.dtype]
    except KeyError:
        xp = array_namespace(x)
        kinds = (kind for kind in ("real floating", "integral") if xp.isdtype(x.dtype, kind))
        default = xp.__array_namespace_info__().default_dtypes()["real floating"]
        found = _LOOKED_UP[type(x), x.dtype] = xp, next(kinds, "other"), default
        return found


def kind(x: Array) -> str:
    """Say what kind of numbers an array holds.

    Parameters
    ----------
    x : array

    Returns
    -------
    str
        "real floating", "integral" or "other".

    Examples
    --------
    >>> kind(np.array([1, 2]))
    'integral'
    """
    return _look_up(x)[1]


def floating(x: Array, name: str = "x") -> tuple[Any, Array]:
    """Give the array library of `x`, and `x` as an array of floating-point numbers.

    Python numbers and lists become NumPy arrays; integers become the library's default float.

    Parameters
    ----------
    x : array, number or nested list of numbers
    name : str
        What to call `x` in an error.

    Returns
    -------
    tuple
        The library's namespace and the array, of the same shape, library and device as `x`.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.

    Examples
    --------
    >>> xp, x = floating([1, 2])
    >>> x
    array([1., 2.])
    """
    if not hasattr(x, "dtype"):
        x = _from_python(x, name)
    xp, numbers, default = _look_up(x)
    if numbers == "real floating":
        return xp, x
    if numbers == "integral":
        return xp, xp.astype(x, default)
    raise TypeError(f"{name}: expected real numbers, got an array of {x.dtype}")


def _from_python(x: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise TypeError(f"{name}: expected an array of numbers, got {type(x).__name__}") from error
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected an array of numbers, got {type(x).__name__}")
    return array


def require_shape(x: Array, shape: tuple, name: str, meaning: str) -> None:
    """Raise a ValueError that names the argument unless `x` has this shape.

    Parameters
    ----------
    x : array
    shape : tuple of int
    name : str
        The argument's name.
    meaning : str
        Where the expected shape comes from, as in "the shape of the prediction".

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> require_shape(np.zeros(2), (3,), "target", "the shape of the prediction")
    Traceback (most recent call last):
    ValueError: target: expected shape (3,) (the shape of the prediction), got (2,)
    """
    if tuple(x.shape) != tuple(shape):
        raise ValueError(f"{name}: expected shape {tuple(shape)} ({meaning}), got {tuple(x.shape)}")


def require_positive(value: float, name: str) -> None:
    """Raise a ValueError that names the argument unless `value` is a positive finite number.

    Parameters
    ----------
    value : float
    name : str
        The argument's name.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> require_positive(-1.0, "lr")
    Traceback (most recent call last):
    ValueError: lr: expected a positive finite number, got -1.0
    """
    if not 0 < value < float("inf"):
        raise ValueError(f"{name}: expected a positive finite number, got {value!r}")


def to_numpy(x: Array) -> np.ndarray:
    """Give a NumPy array with the numbers of `x`, from whatever library and device.

    Parameters
    ----------
    x : array

    Returns
    -------
    numpy.ndarray
        It may share its memory with `x`.

    Examples
    --------
    >>> to_numpy(np.ones(2))
    array([1., 1.])
    """
    if isinstance(x, np.ndarray):
        return x
    return np.from_dlpack(to_device(detached(x), "cpu"))


def detached(x: Array) -> Array:
    """Give `x` without the record that PyTorch keeps of it; it shares its memory.

    A tensor that requires grad refuses to be changed in place; what it detaches to does not.

    Parameters
    ----------
    x : array

    Returns
    -------
    array

    Examples
    --------
    >>> detached(np.ones(2))
    array([1., 1.])
    """
    return x.detach() if hasattr(x, "detach") else x
