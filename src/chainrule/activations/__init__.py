"""Activation functions (section 1.3).

An activation is a pure function ``f(x)`` with ``f.vjp(x, upstream)``, the gradient with respect to
x of a cost whose gradient with respect to f(x) is `upstream`. The elementwise ones also have
``f.derivative(z)``. NumPy arrays and PyTorch tensors come back as what they were, in their dtype
and on their device.

Each class holds its formulas alone, `value`, `slope` and `back`. What calls them, and sees to
libraries, dtypes and wrong arguments, is `Elementwise`, `Softmax.__call__` and the like.
"""

from . import kinked, smooth, vectors
from .core import AlongAxis as AlongAxis
from .core import Elementwise as Elementwise
from .kinked import *
from .smooth import *
from .vectors import *

__all__: list[str] = []
__all__ += kinked.__all__
__all__ += smooth.__all__
__all__ += vectors.__all__
