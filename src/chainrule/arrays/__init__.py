"""What the other modules need to know about an array library, in one small place.

`core` is the door of every array, `functions` are those that formulas are written in, `rules` says
how a formula is applied, and `settings` what may be set.
"""

from .core import (
    OF_NUMPY,
    Array,
    detached,
    floating,
    floating_dtype,
    from_python,
    kind,
    library,
    plain,
    real,
    same_library,
    same_shape,
    to_numpy,
    upstream_of,
    wide_dtype,
    with_numbers,
)
from .settings import count, finite, generator, not_negative, positive

require_library, require_shape = same_library, same_shape
require_count, require_positive = count.read, positive.read
require_finite_number, require_not_negative = finite.read, not_negative.read
require_generator = generator.read

__all__ = [
    "OF_NUMPY",
    "Array",
    "detached",
    "floating",
    "floating_dtype",
    "from_python",
    "kind",
    "library",
    "plain",
    "real",
    "same_library",
    "same_shape",
    "to_numpy",
    "upstream_of",
    "wide_dtype",
    "with_numbers",
]
