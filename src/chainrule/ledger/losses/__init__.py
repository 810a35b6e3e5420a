"""The claims of section 1.4: the losses and their gradients.

A case is what the loss is applied to, the prediction first, and then its settings.
"""

from .entropy import CROSS_ENTROPY
from .focal import FOCAL
from .numbers import REGRESSION
from .overlap import OVERLAP_DICE, OVERLAP_TVERSKY
from .triplets import TRIPLET

CLAIMS = (*REGRESSION, *CROSS_ENTROPY, *OVERLAP_DICE, *FOCAL, *TRIPLET, *OVERLAP_TVERSKY)
