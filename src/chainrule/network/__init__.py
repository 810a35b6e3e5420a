"""Layers, and a network of them: the forward pass and backpropagation (section 1.1).

A layer is a differentiable function, ``layer(x)`` and ``layer.vjp(x, upstream)``. If it has
parameters it lists them in ``layer.parameters`` and gives their gradients, in the same order, by
``layer.parameter_vjp(x, upstream)``. Every activation is a layer. A batch is rows: x has shape
(N, n_in).
"""

from .backpropagation import Gradients, Network, Trace
from .costs import multiplications
from .linear import Linear, initial_std
from .vanishing import error_norm_bounds

__all__ = [
    "Gradients",
    "Linear",
    "Network",
    "Trace",
    "error_norm_bounds",
    "initial_std",
    "multiplications",
]
