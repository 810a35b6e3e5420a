"""The pictures of section 1.4: the losses, their slopes, and what is learned with each of them."""

from .classification import binary_curves, class_recalls, entropy, focal_slider
from .overlap import masks, operating_points, overlap_curves, overlap_slider, tversky_slider
from .regression import error_curves, fitted_lines, huber_slider
from .triplet import embeddings, triplet_forces

__all__ = ["binary_curves", "class_recalls", "entropy", "focal_slider"]
__all__ += ["masks", "operating_points", "overlap_curves", "overlap_slider", "tversky_slider"]
__all__ += ["error_curves", "fitted_lines", "huber_slider"]
__all__ += ["embeddings", "triplet_forces"]
