"""The pictures of sections 1.1.1 and 1.1.2: neurons, errors, and what becomes of a gradient."""

from .deep import (
    activation_sizes,
    bounds,
    deep_network,
    error_norms,
    error_slider,
    gradient_norms,
    rms_by_layer,
    sample_bounds,
)
from .diagrams import hidden_error, neuron, output_error, paper_network
from .round import RoundOfTraining

__all__ = ["activation_sizes", "bounds", "deep_network", "error_norms", "error_slider"]
__all__ += ["gradient_norms", "rms_by_layer", "sample_bounds"]
__all__ += ["hidden_error", "neuron", "output_error", "paper_network"]
__all__ += ["RoundOfTraining"]
