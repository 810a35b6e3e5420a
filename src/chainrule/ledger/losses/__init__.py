"""The claims of 1.4.1 to 1.4.4: losses of numbers and of classes, and their gradients.

A case is what the loss is applied to, the prediction first, and then its settings.
"""

from .entropy import CROSS_ENTROPY
from .numbers import REGRESSION

CLAIMS = (*REGRESSION, *CROSS_ENTROPY)
