"""Independent ways to know what a value or a gradient should be.

An oracle shares no code with what it checks: nothing here knows the chapters' modules, only how
arrays are read.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arrays import plain, real, to_numpy, with_numbers

__all__ = [
    "adjoint_error",
    "autograd",
    "central_difference",
    "complex_step",
    "count_multiplications",
    "relative_error",
]


def relative_error(a: Any, b: Any) -> float:
    """Give max|a − b| / max(1, max|b|): the one meaning of "error" in this book.

    Parameters
    ----------
    a : array or sequence of arrays
        What is checked.
    b : array or sequence of arrays, of the same shapes
        What is expected.

    Returns
    -------
    float
        Infinity where the shapes differ, or one is NaN or infinite and the other is not; max|b|
        is taken over the finite entries.

    Raises
    ------
    TypeError
        If a or b does not hold real numbers.

    Examples
    --------
    >>> relative_error([1.0, 102.0], [1.0, 100.0])
    0.02
    >>> relative_error([1.0], [1.0, 1.0])
    inf
    """
    if isinstance(a, (list, tuple)) and any(getattr(part, "ndim", 0) for part in a):
        if len(a) != len(b):
            return float("inf")
        return max(relative_error(*pair) for pair in zip(a, b, strict=True))
    a, b = _copy(a, "a"), _copy(b, "b")
    if a.shape != b.shape or (np.isnan(a) != np.isnan(b)).any():
        return float("inf")
    differ = (a != b) & ~np.isnan(b)
    if not differ.any():
        return 0.0
    if not np.isfinite([a[differ], b[differ]]).all():
        return float("inf")
    largest = np.max(np.abs(b[np.isfinite(b)]))
    return float(np.max(np.abs(a[differ] - b[differ])) / max(1.0, largest))


def autograd(
    function: Callable[..., Any], arrays: Sequence[np.ndarray], upstream: Any = None
) -> list[np.ndarray]:
    """Give the gradients that PyTorch's autograd finds.

    Parameters
    ----------
    function : callable
        Takes tensors and gives a tensor; written with PyTorch's own functions.
    arrays : sequence of arrays
        What to differentiate with respect to, each becoming one tensor argument.
    upstream : array, shaped like the result, optional
        ∂C/∂result; left out where the result is a number.

    Returns
    -------
    list of arrays
        One gradient per array, shaped like it.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError
        If an array does not hold real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> import pytest
    >>> _ = pytest.importorskip("torch")
    >>> autograd(lambda x: (x**2).sum(), [np.array([1.0, 2.0])])
    [array([2., 4.])]
    """
    import torch

    copies = [_copy(array, f"arrays[{i}]", None) for i, array in enumerate(arrays)]
    tensors = [torch.as_tensor(copy).requires_grad_() for copy in copies]
    result = function(*tensors)
    if upstream is not None:
        upstream = torch.as_tensor(_copy(upstream, "upstream"), dtype=result.dtype)
    gradients = torch.autograd.grad(result, tensors, upstream)
    return [gradient.numpy() for gradient in gradients]


def _copy(x: Any, name: str, dtype: Any = np.float64) -> np.ndarray:
    """Give real numbers as a new NumPy array, of their own dtype if it is to be None."""
    try:
        x = plain(x if hasattr(x, "dtype") else np.asarray(x), name)
        if x.dtype in (object, bool):  # fractions, SymPy's numbers
            x = x.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name}: expected real numbers, got {type(x).__name__}") from error
    return np.array(to_numpy(with_numbers(real(x, name), name)), dtype, order="C")


def central_difference(
    function: Callable[[np.ndarray], Any], x: np.ndarray, step: float = 1e-6
) -> np.ndarray:
    """Give the gradient of a cost by central differences, (C(x + h) − C(x − h)) / 2h.

    Parameters
    ----------
    function : callable
        Takes an array shaped like x and gives a number.
    x : array
        Where to differentiate; it is left as it is.
    step : float
        The h of the formula. The error is about h² from the formula and 1e-16 / h from rounding.

    Returns
    -------
    array, shaped like x

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0])
    >>> central_difference(lambda x: (x**2).sum(), x).round(6)
    array([2., 4.])
    """
    x = _copy(x, "x")
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        above, below = function(_moved(x, i, step)), function(_moved(x, i, -step))
        gradient[i] = (float(above) - float(below)) / (2 * step)
    return gradient


def _moved(x: np.ndarray, place: tuple[int, ...], by: complex) -> np.ndarray:
    x = np.copy(x)
    x[place] += by
    return x


def complex_step(function: Callable[[np.ndarray], Any], x: np.ndarray) -> np.ndarray:
    """Give the gradient of a cost by one step in the imaginary direction, Im C(x + ih) / h.

    Nothing is subtracted, so h can be tiny and the result is exact to rounding. The function has
    to be analytic: no absolute value, maximum or comparison.

    Parameters
    ----------
    function : callable
        Takes a complex array shaped like x and gives a complex number.
    x : array
        Where to differentiate.

    Returns
    -------
    array, shaped like x

    References
    ----------
    Squire and Trapp, Using complex variables to estimate derivatives of real functions,
    SIAM Review 40 (1998).

    Examples
    --------
    >>> import numpy as np
    >>> complex_step(lambda x: (x**2).sum(), np.array([1.0, 2.0]))
    array([2., 4.])
    """
    x = _copy(x, "x", np.complex128)
    gradient = np.empty(x.shape)
    step = 1e-30
    for i in np.ndindex(x.shape):
        gradient[i] = complex(function(_moved(x, i, 1j * step))).imag / step
    return gradient


def adjoint_error(
    forward: Callable[[np.ndarray], Any],
    adjoint: Callable[[np.ndarray], Any],
    x: np.ndarray,
    y: np.ndarray,
) -> float:
    """Give the error of ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, which holds for a linear map and its transpose.

    Parameters
    ----------
    forward, adjoint : callable
        A and Aᵀ.
    x : array
        What A takes.
    y : array
        What Aᵀ takes.

    Returns
    -------
    float

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> x, y = np.array([1.0, -1.0]), np.array([2.0, 5.0])
    >>> adjoint_error(lambda x: A @ x, lambda y: A.T @ y, x, y)
    0.0
    >>> adjoint_error(lambda x: A @ x, lambda y: A @ y, x, y) > 0
    True
    """
    x, y = real(x, "x"), real(y, "y")
    left = np.sum(_copy(forward(x), "forward") * _copy(y, "y"))
    right = np.sum(_copy(x, "x") * _copy(adjoint(y), "adjoint"))
    return relative_error(left, right)


def count_multiplications(function: Callable[..., Any], *arrays: np.ndarray) -> int:
    """Count the multiplications in the matrix products that a function does with NumPy arrays.

    Parameters
    ----------
    function : callable
        Takes the arrays.
    *arrays : arrays
        Every array that takes part in the products, or at least one factor of each.

    Returns
    -------
    int

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.ones((2, 3)), np.ones((3, 5))
    >>> count_multiplications(lambda a, b: a @ b, a, b)
    30
    """
    count = 0

    class Counting(np.ndarray):
        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
            nonlocal count
            inputs = tuple(np.asarray(x) if isinstance(x, Counting) else x for x in inputs)
            result = getattr(ufunc, method)(*inputs, **options)
            if ufunc is np.matmul:
                count += result.size * inputs[0].shape[-1]
            return result.view(Counting) if isinstance(result, np.ndarray) else result

    function(*(to_numpy(real(a, f"arrays[{i}]")).view(Counting) for i, a in enumerate(arrays)))
    return count
