"""Backpropagation on any graph (section 1.6).

A `Node` is a value that remembers what it was made of. `gradients` goes back from a value along
the arrows to what it was made of, and adds up what comes in where a value was used twice.
Forward mode, `Dual`, stands beside it.
"""

from .backward import apply, gradients, order
from .forward import Dual
from .nodes import Node

__all__ = ["Dual", "Node", "apply", "gradients", "order"]
