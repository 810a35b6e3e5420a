"""The pictures of section 1.4: the losses, their slopes, and what is learned with each of them."""

from .classification import binary_curves, entropy, example, focal_slider
from .imbalance import by_rate, operating_points, recorded
from .likelihood import likelihoods
from .overlap import masks, overlap_curves, overlap_slider, tversky_slider
from .regression import error_curves, fitted_lines, huber_slider
from .triplet import embeddings, triplet_forces

__all__ = ["binary_curves", "entropy", "example", "focal_slider"]
__all__ += ["by_rate", "operating_points", "recorded"]
__all__ += ["likelihoods"]
__all__ += ["masks", "overlap_curves", "overlap_slider", "tversky_slider"]
__all__ += ["error_curves", "fitted_lines", "huber_slider"]
__all__ += ["embeddings", "triplet_forces"]
