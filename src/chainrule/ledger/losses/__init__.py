"""The claims of 1.4 to 1.4.4: where losses come from, those of numbers and those of classes.

A case is what the loss is applied to, the prediction first, and then its settings.
"""

from .entropy import CROSS_ENTROPY
from .likelihood import LIKELIHOOD
from .numbers import REGRESSION

CLAIMS = (*LIKELIHOOD, *REGRESSION, *CROSS_ENTROPY)
