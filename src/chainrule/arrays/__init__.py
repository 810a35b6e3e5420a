"""What the other modules need to know about an array library, in one small place.

The chapters' functions are written once, against the Python array API standard, and take NumPy
arrays, PyTorch tensors or any other array that follows it.
"""

from .core import (
    Array,
    detached,
    floating,
    floating_dtype,
    from_python,
    kind,
    library,
    real,
    require_count,
    require_finite_number,
    require_generator,
    require_library,
    require_not_negative,
    require_positive,
    require_shape,
    to_numpy,
    upstream_of,
    wide_dtype,
)

__all__ = [
    "Array",
    "detached",
    "floating",
    "floating_dtype",
    "from_python",
    "kind",
    "library",
    "real",
    "require_count",
    "require_finite_number",
    "require_generator",
    "require_library",
    "require_not_negative",
    "require_positive",
    "require_shape",
    "to_numpy",
    "upstream_of",
    "wide_dtype",
]
