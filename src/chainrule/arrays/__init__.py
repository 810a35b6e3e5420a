"""What the other modules need to know about an array library, in one small place.

`core` is the door of every array, `functions` are those that formulas are written in, `rules` says
how a formula is applied, and `settings` what may be set.
"""

from .core import (
    OF_NUMPY,
    Array,
    copied,
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
