"""The door of every array: what it holds, of which library, and what is refused.

The chapters' functions are written once, against the Python array API standard, and take NumPy
arrays, PyTorch tensors or any other array that follows it.
"""

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

    >>> import numpy as np
    >>> library(np.ones(2)).sqrt(4.0)
    np.float64(2.0)
    """
    return _look_up(x)[0]


def kind(x: Array) -> str:
    """Say what kind of numbers an array holds: "real floating", "integral" or "other".

    >>> import numpy as np
    >>> kind(np.array([1, 2]))
    'integral'
    """
    return _look_up(x)[1]


def wide_dtype(x: Array) -> Any:
    """Give the dtype to compute in where that of `x` has fewer than 32 bits, else None.

    >>> import numpy as np
    >>> wide_dtype(np.ones(2, "float16"))
    <class 'numpy.float32'>
    """
    known = x.__class__ is np.ndarray and x.dtype in WIDE  # as nearly always
    return None if known else _look_up(x)[3]


def plain(x: Array, name: str) -> Array:
    """Give an array that is its numbers and nothing else; raise a TypeError that names it if not.

    Refused are arrays whose operators mean something else, such as matrices, or that carry what
    would be lost, such as masks, and tensors that are not laid out plainly: sparse or nested ones.
    Another byte order is turned into the machine's.

    >>> import numpy as np
    >>> plain(np.ma.masked_array([1.0, 2.0], [True, False]), "x")
    Traceback (most recent call last):
    TypeError: x: expected a plain array, got a MaskedArray
    """
    if isinstance(x, np.ndarray):
        if isinstance(x, (np.matrix, np.ma.MaskedArray)):
            raise TypeError(f"{name}: expected a plain array, got a {type(x).__name__}")
        if isinstance(x, np.memmap):
            x = np.asarray(x)
        return x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))
    if isinstance(x, np.generic):
        return x
    layout = str(getattr(x, "layout", "strided"))
    if "strided" not in layout or getattr(x, "is_nested", False):
        raise TypeError(f"{name}: expected a plain tensor, got one of layout {layout}")
    try:
        _look_up(x)
    except TypeError as error:
        raise TypeError(f"{name}: expected an array, got a {type(x).__name__}") from error
    return x


def real(x: Array, name: str = "x", like: Array | None = None) -> Array:
    """Give `x` as an array of floating-point numbers.

    Python numbers and lists become NumPy arrays; integers become the library's default float.

    Parameters
    ----------
    x : array, number or nested list of numbers
    name : str
        What to call `x` in an error.
    like : array, optional
        What `x` has to fit: an array of another library is refused, and Python numbers become an
        array of this one's library, dtype and device.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, is not a plain array, or is of another library.

    Examples
    --------
    >>> real([1, 2])
    array([1., 2.])
    """
    known = x.__class__ is np.ndarray and x.dtype in FLOATS  # as nearly always
    if known and (like is None or like.__class__ is np.ndarray):
        return x
    if not hasattr(x, "dtype"):
        x = from_python(x, name)
        if like is not None:
            x = library(like).asarray(x, dtype=like.dtype, device=device(like))
    x = plain(x, name)
    xp, numbers, default, _ = _look_up(x)
    if like is not None:
        same_library(x, like, name)
    if numbers == "real floating":
        return x
    if numbers == "integral":
        return xp.astype(x, default)
    raise TypeError(f"{name}: expected real numbers, got an array of {x.dtype}")


def floating(x: Array, name: str = "x", like: Array | None = None) -> tuple[Any, Array]:
    """Give the array library of `x`, and `x` as `real` gives it."""
    x = real(x, name, like)
    return library(x), x


def upstream_of(x: Array, shape: tuple, meaning: str, like: Array) -> Array:
    """Give an upstream as an array of the library of `like`; refuse it if it has another shape."""
    x = real(x, "upstream", like)
    same_shape(x, shape, "upstream", meaning)
    return x


def from_python(x: Any, name: str) -> np.ndarray:
    """Give a NumPy array of a Python number or a nested list; refuse what is something else.

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


def same_library(x: Array, like: Array, name: str) -> None:
    """Raise an error that names the argument unless both are of one library, on one device."""
    if library(x) is not library(like):
        expected, got = (f"{type(a).__module__}.{type(a).__name__}" for a in (like, x))
        raise TypeError(f"{name}: expected a {expected}, got a {got}")
    if not isinstance(x, OF_NUMPY) and device(x) != device(like):
        raise ValueError(
            f"{name}: expected it on the device {device(like)} (that of the others), "
            f"got it on {device(x)}"
        )


def same_shape(x: Array, shape: tuple, name: str, meaning: str) -> None:
    """Raise a ValueError that names the argument unless `x` has this shape.

    >>> import numpy as np
    >>> same_shape(np.zeros(2), (3,), "target", "that of the prediction")
    Traceback (most recent call last):
    ValueError: target: expected shape (3,) (that of the prediction), got (2,)
    """
    if x.shape != shape and tuple(x.shape) != tuple(shape):
        raise ValueError(f"{name}: expected shape {tuple(shape)} ({meaning}), got {tuple(x.shape)}")


def floating_dtype(dtype: Any) -> np.dtype:
    """Give NumPy's dtype of this name; raise a TypeError unless it is a floating-point one.

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


def to_numpy(x: Array, name: str = "x") -> np.ndarray:
    """Give a NumPy array with the numbers of `x`, from whatever library and device.

    It may share its memory with `x`, and is in float32 where `x` is in bfloat16, which NumPy lacks.

    >>> import numpy as np
    >>> to_numpy(np.ones(2))
    array([1., 1.])
    """
    if isinstance(x, OF_NUMPY):
        return np.asarray(x)
    x = with_numbers(x, name)
    if hasattr(x, "resolve_neg"):  # a sign may wait to be changed
        x = x.resolve_neg()
    if str(x.dtype) == "torch.bfloat16":
        x = x.float()
    return np.from_dlpack(x.cpu() if hasattr(x, "cpu") else x)


def with_numbers(x: Array, name: str) -> Array:
    """Give a detached array; raise a TypeError that names it if it is on PyTorch's meta device."""
    if getattr(x, "is_meta", False):
        raise TypeError(f"{name}: expected numbers, got a tensor without any, on the meta device")
    return detached(x)


def copied(x: Array) -> Array:
    """Give a copy of x, without the record that PyTorch keeps of it."""
    return library(x).asarray(detached(x), copy=True)


def detached(x: Array) -> Array:
    """Give `x` without the record that PyTorch keeps of it; it shares its memory.

    A tensor that requires grad refuses to be changed in place; what it detaches to does not.
    """
    return x if isinstance(x, OF_NUMPY) or not hasattr(x, "detach") else x.detach()


OF_NUMPY = (np.ndarray, np.generic)
WIDE = {np.dtype("float32"), np.dtype("float64")}
FLOATS = {np.dtype("float16"), *WIDE}
