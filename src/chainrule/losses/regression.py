"""Losses of numbers: squared error, absolute error, and Huber's between the two."""

from dataclasses import dataclass

from ..arrays import Array
from ..arrays.functions import clip, minimum, sign
from ..arrays.settings import positive
from .core import EntryLoss


@dataclass(frozen=True, kw_only=True, eq=False)
class ErrorLoss(EntryLoss):
    """A loss of the error e = ŷ − y of each entry.

    A loss states its value and its slope beside each other, both as functions of the error.
    """

    def _ready(self, prediction: Array, target: Array) -> tuple:
        return (prediction - target,)


@dataclass(frozen=True, kw_only=True)
class MSE(ErrorLoss):
    """Mean squared error, (1/N) Σ (ŷ − y)², over all N entries (equation 1.25).

    Examples
    --------
    >>> import numpy as np
    >>> loss = MSE()
    >>> prediction, target = np.array([1.0, 2.0]), np.array([1.0, 4.0])
    >>> float(loss(prediction, target))
    2.0
    >>> loss.gradient(prediction, target)
    array([ 0., -2.])

    See Also
    --------
    torch.nn.MSELoss
    """

    def value(self, e):
        """Give e²."""
        return e**2

    def slope(self, e):
        """Give 2 e."""
        return 2 * e


@dataclass(frozen=True, kw_only=True)
class MAE(ErrorLoss):
    """Mean absolute error, (1/N) Σ abs(ŷ − y), over all N entries (equation 1.26).

    At the kink, ŷ = y, the slope is PyTorch's: 0.

    Examples
    --------
    >>> import numpy as np
    >>> loss = MAE()
    >>> prediction, target = np.array([1.0, 2.0]), np.array([1.0, 4.0])
    >>> float(loss(prediction, target))
    1.0
    >>> loss.gradient(prediction, target)
    array([ 0. , -0.5])

    See Also
    --------
    torch.nn.L1Loss
    """

    def value(self, e):
        """Give the size of e."""
        return abs(e)

    def slope(self, e):
        """Give the sign of e."""
        return sign(e)


@dataclass(frozen=True, kw_only=True)
class Huber(ErrorLoss):
    """Huber's loss: ½ e² for small errors e = ŷ − y, δ (abs(e) − ½ δ) for large (equation 1.27).

    With r = min(abs(e), δ) both are r (abs(e) − ½ r), which squares nothing that is large. The
    mean is over all entries.

    Examples
    --------
    >>> import numpy as np
    >>> loss = Huber()
    >>> prediction, target = np.array([0.5, 3.0]), np.array([0.0, 0.0])
    >>> float(loss(prediction, target))  # (½ · 0.5² + 1 · (3 − ½)) / 2
    1.3125
    >>> loss.gradient(prediction, target)
    array([0.25, 0.5 ])

    References
    ----------
    Huber, 1964.

    See Also
    --------
    torch.nn.HuberLoss
    """

    delta: float = positive(1.0, "from where on the loss is a line")

    def value(self, e):
        """Give ½ e², or δ (abs(e) − ½ δ) where e is large."""
        r = minimum(abs(e), self.delta)
        return r * (abs(e) - 0.5 * r)

    def slope(self, e):
        """Give e, but at most δ."""
        return clip(e, -self.delta, self.delta)
