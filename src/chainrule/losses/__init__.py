"""Loss functions (section 1.4).

A loss is a pure function ``loss(prediction, target)`` with ``loss.gradient(prediction, target)``,
its gradient with respect to the prediction. `reduction` says what becomes of the losses of the
single entries: their "mean", their "sum", or "none" (they stay apart).
"""

from .classification import BinaryCrossEntropy, CrossEntropy, balanced_weights
from .core import Loss
from .focal import BinaryFocal, Focal
from .mining import MinedTriplet, mine_triplets
from .overlap import Dice, Tversky
from .regression import MAE, MSE, Huber
from .triplet import Triplet

__all__ = [
    "MAE",
    "MSE",
    "BinaryCrossEntropy",
    "BinaryFocal",
    "CrossEntropy",
    "Dice",
    "Focal",
    "Huber",
    "Loss",
    "MinedTriplet",
    "Triplet",
    "Tversky",
    "balanced_weights",
    "mine_triplets",
]
