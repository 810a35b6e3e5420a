"""Activation functions (section 1.3).

An activation is a pure function ``f(x)`` with ``f.vjp(x, upstream)``: given the upstream ∂C/∂f(x),
shaped like f(x), it gives ∂C/∂x, shaped like x, and another shape is a ValueError. The elementwise
ones also have ``f.derivative(z)``. NumPy arrays and PyTorch tensors come back as what they were, in
their dtype and on their device.

Each class holds its formulas alone, `value`, `slope` and `back`. What calls them, and sees to
libraries, dtypes and wrong arguments, is `Elementwise`, `Softmax.__call__` and the like.
"""

from . import kinked, smooth, vectors
from .core import AlongAxis as AlongAxis
from .core import Elementwise as Elementwise
from .kinked import *
from .smooth import *
from .vectors import *

__all__ = kinked.__all__ + smooth.__all__ + vectors.__all__
