"""Data to train on: scikit-learn's digits, masks made here, MNIST from the reader's own disk."""

from .core import Part, Split, digits, rare_digit, shifted
from .masks import patches, spots
from .mnist import mnist, read_idx
from .planes import circles, moons, spirals

__all__ = ["Part", "Split", "digits", "rare_digit", "shifted"]
__all__ += ["patches", "spots"]
__all__ += ["mnist", "read_idx"]
__all__ += ["circles", "moons", "spirals"]
