"""Optimizers (section 1.2): gradient descent with momentum, and the adaptive methods.

An optimizer is made once for a training and asked for a step after every backward pass:
``optimizer.step(parameters, gradients)`` changes the parameters in place. What it remembers
between steps it keeps itself, by the position of a parameter in the list.

The functions raise a ValueError where a number is out of the range that they name, and a TypeError
where something else stands for a number or for an array of real numbers.
"""

from .adam import Adam, AdaMax, AdamW, Nadam
from .analysis import batch_variance, best_descent, best_momentum, clip_norm, convergence_factor
from .core import Optimizer
from .descent import SGD
from .scaled import Adagrad, RMSProp

__all__ = [
    "SGD",
    "AdaMax",
    "Adagrad",
    "Adam",
    "AdamW",
    "Nadam",
    "Optimizer",
    "RMSProp",
    "batch_variance",
    "best_descent",
    "best_momentum",
    "clip_norm",
    "convergence_factor",
]
