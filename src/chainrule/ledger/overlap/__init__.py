"""The claims of 1.4.5 to 1.4.8: the losses of masks, of what is hard and of distances.

A case is what the loss is applied to, the prediction first, and then its settings.
"""

from .focal import FOCAL
from .masks import DICE, TVERSKY
from .triplets import TRIPLET

CLAIMS = (*DICE, *FOCAL, *TRIPLET, *TVERSKY)
