"""What the other modules need to know about an array library, in one small place.

The chapters' functions are written once, against the Python array API standard, and take NumPy
arrays, PyTorch tensors or any other array that follows it.
"""

from numbers import Integral
from typing import Any

import numpy as np
from array_api_compat import array_namespace, device

Array = Any
"""A NumPy array, a PyTorch tensor, or any other array of the array API standard."""

# Never touched, and given back at once. From then on glibc keeps what is freed, up to 32 MB, for
# the next temporary; before, each may cost the kernel fresh pages, which can take six times as long
# as the sum itself.
np.empty(4_000_000)

# Asking an array for its library takes 15 µs, three times the work of a small ReLU, so each
# (type, dtype) is looked up once: its library, its kind of numbers, the library's default float,
# and in which dtype to compute where its own has too few bits.
_LOOKED_UP: dict[tuple[type, Any], tuple[Any, str, Any, Any]] = {}


def _look_up(x: Array) -> tuple[Any, str, Any, Any]:
    try:
        return _LOOKED_UP[type(x), x.dtype]
    except KeyError:
        xp = array_namespace(x)
        kinds = (kind for kind in ("real floating", "integral") if xp.isdtype(x.dtype, kind))
        kind = next(kinds, "other")
        default = xp.__array_namespace_info__().default_dtypes()["real floating"]
        few = kind == "real floating" and xp.finfo(x.dtype).bits < 32
        found = _LOOKED_UP[type(x), x.dtype] = xp, kind, default, xp.float32 if few else None
        return found


def library(x: Array) -> Any:
    """Give the namespace of the library that an array belongs to.

    Parameters
    ----------
    x : array

    Returns
    -------
    namespace

    Examples
    --------
    >>> import numpy as np
    >>> library(np.ones(2)).sqrt(4.0)
    np.float64(2.0)
    """
    return _look_up(x)[0]


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
    >>> import numpy as np
    >>> kind(np.array([1, 2]))
    'integral'
    """
    return _look_up(x)[1]


def wide_dtype(x: Array) -> Any:
    """Give the dtype to compute in where that of `x` has fewer than 32 bits, else None.

    Parameters
    ----------
    x : array

    Returns
    -------
    dtype or None

    Examples
    --------
    >>> import numpy as np
    >>> wide_dtype(np.ones(2, "float16"))
    <class 'numpy.float32'>
    """
    return _look_up(x)[3]


def real(x: Array, name: str = "x", like: Array | None = None) -> Array:
    """Give `x` as an array of floating-point numbers; `floating` without the library.

    Parameters
    ----------
    x : array, number or nested list of numbers
    name : str
        What to call `x` in an error.
    like : array, optional
        What `x` has to fit: an array of another library is refused, and Python numbers become an
        array of this one's library, dtype and device.

    Returns
    -------
    array

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, or is of another library than `like`.

    Examples
    --------
    >>> real([1, 2])
    array([1., 2.])
    """
    if (
        x.__class__ is np.ndarray
        and x.dtype.kind == "f"
        and (like is None or like.__class__ is np.ndarray)
    ):
        return x
    return floating(x, name, like)[1]


def upstream_of(x: Array, shape: tuple, meaning: str, like: Array) -> Array:
    """Give an upstream as an array of the library of `like`; refuse it if it has another shape."""
    x = real(x, "upstream", like)
    require_shape(x, shape, "upstream", meaning)
    return x


def floating(x: Array, name: str = "x", like: Array | None = None) -> tuple[Any, Array]:
    """Give the array library of `x`, and `x` as an array of floating-point numbers.

    Python numbers and lists become NumPy arrays; integers become the library's default float.

    Parameters
    ----------
    x : array, number or nested list of numbers
    name : str
        What to call `x` in an error.
    like : array, optional
        What `x` has to fit: an array of another library is refused, and Python numbers become an
        array of this one's library, dtype and device.

    Returns
    -------
    tuple
        The library's namespace and the array, of the same shape, library and device as `x`.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, or is of another library than `like`.

    Examples
    --------
    >>> xp, x = floating([1, 2])
    >>> x
    array([1., 2.])
    """
    if not hasattr(x, "dtype"):
        x = from_python(x, name)
        if like is not None:
            x = _look_up(like)[0].asarray(x, dtype=like.dtype, device=device(like))
    xp, numbers, default, _ = _look_up(x)
    if like is not None and type(x) is not type(like):
        require_library(x, like, name)
    if numbers == "real floating":
        return xp, x
    if numbers == "integral":
        return xp, xp.astype(x, default)
    raise TypeError(f"{name}: expected real numbers, got an array of {x.dtype}")


def from_python(x: Any, name: str) -> np.ndarray:
    """Give a NumPy array of a Python number or a nested list of numbers.

    Parameters
    ----------
    x : number or nested list of numbers
    name : str
        What to call `x` in an error.

    Returns
    -------
    numpy.ndarray

    Raises
    ------
    TypeError
        If `x` is something else.

    Examples
    --------
    >>> from_python([1, 2], "x")
    array([1, 2])
    """
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise TypeError(f"{name}: expected an array of numbers, got {type(x).__name__}") from error
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected an array of numbers, got {type(x).__name__}")
    return array


def require_library(x: Array, like: Array, name: str) -> None:
    """Raise a TypeError that names the argument unless `x` and `like` are of one array library.

    Parameters
    ----------
    x, like : array
    name : str
        What to call `x` in the error.

    Raises
    ------
    TypeError
        If they are not.

    Examples
    --------
    >>> import numpy as np
    >>> require_library(np.ones(2), np.zeros(3), "target")
    """
    if _look_up(x)[0] is not _look_up(like)[0]:
        expected, got = (f"{type(a).__module__}.{type(a).__name__}" for a in (like, x))
        raise TypeError(f"{name}: expected a {expected}, got a {got}")


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
    >>> import numpy as np
    >>> require_shape(np.zeros(2), (3,), "target", "the shape of the prediction")
    Traceback (most recent call last):
    ValueError: target: expected shape (3,) (the shape of the prediction), got (2,)
    """
    if x.shape != shape and tuple(x.shape) != tuple(shape):
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
    TypeError
        If it is no number.

    Examples
    --------
    >>> require_positive(-1.0, "lr")
    Traceback (most recent call last):
    ValueError: lr: expected a positive finite number, got -1.0
    """
    _require_between(0, value, f"{name}: expected a positive finite number, got {value!r}")


def require_finite_number(value: float, name: str) -> None:
    """Raise a ValueError that names the argument unless `value` is a finite number.

    Parameters
    ----------
    value : float
    name : str
        The argument's name.

    Raises
    ------
    ValueError
        If it is not.
    TypeError
        If it is no number.

    Examples
    --------
    >>> require_finite_number(float("nan"), "alpha")
    Traceback (most recent call last):
    ValueError: alpha: expected a finite number, got nan
    """
    _require_between(-float("inf"), value, f"{name}: expected a finite number, got {value!r}")


def _require_between(low: float, value: float, message: str) -> None:
    """Raise an error unless the value is one number, above the lowest and not infinite."""
    try:
        between = low < value < float("inf")
    except (TypeError, ValueError, RuntimeError) as error:  # an array of several is not one number
        raise TypeError(message) from error
    if not between:
        raise ValueError(message)


def require_not_negative(value: float, name: str) -> None:
    """Raise a ValueError that names the argument unless `value` is a finite number, at least 0.

    Parameters
    ----------
    value : float
    name : str
        The argument's name.

    Raises
    ------
    ValueError
        If it is not.
    TypeError
        If it is no number.

    Examples
    --------
    >>> require_not_negative(-1.0, "gamma")
    Traceback (most recent call last):
    ValueError: gamma: expected a number, at least 0, got -1.0
    """
    require_finite_number(value, name)
    if value < 0:
        raise ValueError(f"{name}: expected a number, at least 0, got {value!r}")


def require_count(value: int, name: str) -> None:
    """Raise an error that names the argument unless `value` is a whole number, at least 1.

    Parameters
    ----------
    value : int
    name : str
        The argument's name.

    Raises
    ------
    TypeError
        If it is not a whole number.
    ValueError
        If it is less than 1.

    Examples
    --------
    >>> require_count(0, "epochs")
    Traceback (most recent call last):
    ValueError: epochs: expected at least 1, got 0
    """
    if not isinstance(value, Integral):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < 1:
        raise ValueError(f"{name}: expected at least 1, got {value}")


def require_generator(rng: np.random.Generator) -> None:
    """Raise a TypeError unless `rng` is a generator of random numbers.

    Parameters
    ----------
    rng : numpy.random.Generator

    Raises
    ------
    TypeError
        If it is not: a seed, say.

    Examples
    --------
    >>> require_generator(0)
    Traceback (most recent call last):
    TypeError: rng: expected a numpy.random.Generator, got int
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected a numpy.random.Generator, got {type(rng).__name__}")


def floating_dtype(dtype: Any) -> np.dtype:
    """Give NumPy's dtype of this name, a floating-point one.

    Parameters
    ----------
    dtype : str or dtype

    Returns
    -------
    numpy.dtype

    Raises
    ------
    TypeError
        If it is none.

    Examples
    --------
    >>> floating_dtype("float32")
    dtype('float32')
    """
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found.kind != "f":
        raise TypeError(f"dtype: expected a floating-point dtype of NumPy, got {dtype!r}")
    return found


def to_numpy(x: Array) -> np.ndarray:
    """Give a NumPy array with the numbers of `x`, from whatever library and device.

    Parameters
    ----------
    x : array

    Returns
    -------
    numpy.ndarray
        It may share its memory with `x`. In float32 where `x` is in bfloat16, which NumPy lacks.

    Examples
    --------
    >>> import numpy as np
    >>> to_numpy(np.ones(2))
    array([1., 1.])
    """
    if isinstance(x, (np.ndarray, np.generic)):
        return np.asarray(x)
    x = detached(x)
    if str(x.dtype) == "torch.bfloat16":
        x = x.float()
    return np.from_dlpack(x.cpu() if hasattr(x, "cpu") else x)


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
    >>> import numpy as np
    >>> detached(np.ones(2))
    array([1., 1.])
    """
    return x.detach() if hasattr(x, "detach") else x
