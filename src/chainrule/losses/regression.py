"""Losses of numbers: squared error, absolute error, and Huber's between the two."""

from dataclasses import dataclass, field
from typing import Any

from ..arrays import Array, require_positive, settle
from .core import Loss, pair


@dataclass(frozen=True)
class ErrorLoss(Loss):
    """A loss of the error e = ŷ − y of each entry.

    A loss states its value and its slope beside each other, both as functions of the error.
    """

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one for each entry where the reduction is "none".

        Parameters
        ----------
        prediction, target : array, of one shape, any shape that is not empty

        Returns
        -------
        array, of shape () or shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes differ or are empty.
        """
        xp, y_hat, y = pair(prediction, target)
        return self._reduce(xp, self._value(xp, y_hat - y))

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the prediction.

        Parameters
        ----------
        prediction, target : array, of one shape, any shape that is not empty
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes differ or are empty.
        """
        xp, y_hat, y = pair(prediction, target)
        return self._slope(xp, y_hat - y) * self._spread(y_hat.shape, upstream, like=y_hat)

    def _value(self, xp: Any, e: Array) -> Array:
        raise NotImplementedError

    def _slope(self, xp: Any, e: Array) -> Array:
        raise NotImplementedError


@dataclass(frozen=True)
class MSE(ErrorLoss):
    """Mean squared error, (1/N) Σ (ŷ − y)², over all N entries (equation 1.25).

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> import numpy as np
    >>> loss, prediction, target = MSE(), np.array([1.0, 2.0]), np.array([1.0, 4.0])
    >>> float(loss(prediction, target))
    2.0
    >>> loss.gradient(prediction, target)
    array([ 0., -2.])

    See Also
    --------
    torch.nn.MSELoss
    """

    def _value(self, xp: Any, e: Array) -> Array:
        return e**2

    def _slope(self, xp: Any, e: Array) -> Array:
        return 2 * e


@dataclass(frozen=True)
class MAE(ErrorLoss):
    """Mean absolute error, (1/N) Σ abs(ŷ − y), over all N entries (equation 1.26).

    At the kink, ŷ = y, the slope is PyTorch's: 0.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> import numpy as np
    >>> loss, prediction, target = MAE(), np.array([1.0, 2.0]), np.array([1.0, 4.0])
    >>> float(loss(prediction, target))
    1.0
    >>> loss.gradient(prediction, target)
    array([ 0. , -0.5])

    See Also
    --------
    torch.nn.L1Loss
    """

    def _value(self, xp: Any, e: Array) -> Array:
        return xp.abs(e)

    def _slope(self, xp: Any, e: Array) -> Array:
        return xp.sign(e)


@dataclass(frozen=True)
class Huber(ErrorLoss):
    """Huber's loss: ½ e² for small errors e = ŷ − y, δ (abs(e) − ½ δ) for large (equation 1.27).

    With c = min(abs(e), δ) both are c (abs(e) − ½ c), which squares nothing that is large. The
    mean is over all entries.

    Parameters
    ----------
    delta : float
        The size of an error from which on the loss grows like its size; positive.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If `delta` is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> loss, prediction, target = Huber(), np.array([0.5, 3.0]), np.array([0.0, 0.0])
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

    delta: float = field(default=1.0, kw_only=True)

    def __post_init__(self):
        super().__post_init__()
        settle(self, require_positive, "delta")

    def _value(self, xp: Any, e: Array) -> Array:
        size = xp.abs(e)
        c = xp.minimum(size, self.delta)
        return c * (size - 0.5 * c)

    def _slope(self, xp: Any, e: Array) -> Array:
        return xp.clip(e, -self.delta, self.delta)
