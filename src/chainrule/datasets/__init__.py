"""Data to train on: digits as they are or larger, masks, points, MNIST from one's own disk."""

from .core import Part, Split, digits, rare_digit, shifted
from .enlarged import enlarged_digits
from .masks import patches, spots
from .mnist import mnist, read_idx, write_idx
from .planes import circles, moons, spirals

__all__ = ["Part", "Split", "digits", "rare_digit", "shifted"]
__all__ += ["enlarged_digits"]
__all__ += ["patches", "spots"]
__all__ += ["mnist", "read_idx", "write_idx"]
__all__ += ["circles", "moons", "spirals"]
