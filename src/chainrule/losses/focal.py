"""Focal losses: cross-entropy that counts what is hard, of many classes and of two."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..activations import Sigmoid
from ..arrays import Array, kind, require_fraction, require_not_negative, settle
from .core import (
    Loss,
    as_array,
    log_losses,
    one_hot,
    pair,
    per_class,
    require_weights,
    with_classes,
)


@dataclass(frozen=True, eq=False)
class Focal(Loss):
    """Focal loss of the softmax of logits, −α_t (1 − p_t)^γ log p_t (equation 1.33).

    p_t is the probability of the right class t. With γ = 0 and without α this is the
    cross-entropy. 1 − p_t is added up from the other classes' probabilities, so it keeps its
    digits where p_t is near 1. The mean is over the N samples, whatever they weigh.

    Parameters
    ----------
    gamma : float
        At least 0; the larger, the less the easy samples count.
    alpha : number or array of shape (K,), optional
        A factor for all samples, or one for each class, at least 0.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If `gamma` or `alpha` is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> loss, logits, target = Focal(), np.array([[0.0, 0.0]]), np.array([1])
    >>> round(float(loss(logits, target)), 4)  # −(½)² log ½
    0.1733
    >>> loss.gradient(logits, target).round(4)
    array([[ 0.2983, -0.2983]])

    References
    ----------
    Lin, Goyal, Girshick, He and Dollár, 2017.
    """

    gamma: float = field(default=2.0, kw_only=True)
    alpha: Array | float | None = field(default=None, kw_only=True)

    def __post_init__(self):
        super().__post_init__()
        settle(self, require_not_negative, "gamma")
        if self.alpha is not None:
            require_weights(self.alpha, "alpha")

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one per sample where the reduction is "none".

        Parameters
        ----------
        prediction : array, shape (N, K, …)
            Logits.
        target : array of int, shape (N, …)
            Classes in 0 … K − 1.

        Returns
        -------
        array, of shape () or (N, …)

        Raises
        ------
        ValueError
            If the shapes do not fit, a class is out of range, or there is no sample.
        TypeError
            If the target does not hold integers.
        """
        xp, z, y = self._read(prediction, target)
        _, rest, log_loss, _ = self._parts(xp, z, y)
        losses = self._alpha(xp, y) * rest**self.gamma * log_loss
        return self._reduce(xp, xp.squeeze(losses, axis=1))

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the logits (equation 1.4.6a).

        Parameters
        ----------
        prediction : array, shape (N, K, …)
            Logits.
        target : array of int, shape (N, …)
            Classes in 0 … K − 1.
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit, a class is out of range, or there is no sample.
        TypeError
            If the target does not hold integers.
        """
        xp, z, y = self._read(prediction, target)
        p_t, rest, log_loss, others = self._parts(xp, z, y)
        slope = self._alpha(xp, y) * rest**self.gamma * (rest + self.gamma * p_t * log_loss)
        share = self._spread((z.shape[0], *z.shape[2:]), upstream, like=z)
        if getattr(share, "ndim", 0):
            share = xp.expand_dims(share, axis=1)
        return slope * (others - y) * share

    @staticmethod
    def _read(prediction: Array, target: Array) -> tuple[Any, Array, Array]:
        """Give the namespace, the logits, and the target as 0 and 1, shaped like them."""
        xp, z = with_classes(prediction, "logits")
        classes = as_array(xp, target, z)
        if kind(classes) != "integral":
            raise TypeError(f"target: expected integer classes, got {classes.dtype}")
        return xp, z, one_hot(xp, z, classes)[0]

    @staticmethod
    def _parts(xp: Any, z: Array, y: Array) -> tuple[Array, Array, Array, Array]:
        """Give p_t, 1 − p_t, −log p_t, and how the other classes share 1 − p_t among them."""
        z = z - xp.max(z, axis=1, keepdims=True)
        e = xp.exp(z)
        others = xp.where(y == 0, e, 0.0)
        rest, total = (xp.sum(part, axis=1, keepdims=True) for part in (others, e))
        z_t = xp.sum(xp.where(y == 0, 0.0, z), axis=1, keepdims=True)
        shares = others / xp.where(rest == 0, 1.0, rest)
        return xp.exp(z_t) / total, rest / total, xp.log(total) - z_t, shares

    def _alpha(self, xp: Any, y: Array) -> Array | float:
        """Give α_t: one for all samples, or one for each."""
        if self.alpha is None:
            return 1.0
        if np.ndim(self.alpha) == 0:
            return float(self.alpha)
        return xp.sum(y * per_class(self.alpha, "alpha", y), axis=1, keepdims=True)


@dataclass(frozen=True)
class BinaryFocal(Loss):
    """Focal loss of yes and no, −α_t (1 − p_t)^γ log p_t with p = σ(z) (equations 1.32 and 1.33).

    p_t is p where the answer is yes and 1 − p where it is no; α_t is α for yes and 1 − α for no.
    The prediction holds logits z. The mean is over all entries.

    Parameters
    ----------
    gamma : float
        At least 0; the larger, the less the easy entries count.
    alpha : float, optional
        Between 0 and 1; without it every entry has the factor 1.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ValueError
        If `gamma` is negative or not finite, or `alpha` is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> loss, logits, target = BinaryFocal(), np.array([0.0, 0.0]), np.array([1.0, 0.0])
    >>> round(float(loss(logits, target)), 4)  # −(½)² log ½
    0.1733
    >>> loss.gradient(logits, target).round(4)
    array([-0.1491,  0.1491])

    References
    ----------
    Lin, Goyal, Girshick, He and Dollár, 2017.
    """

    gamma: float = field(default=2.0, kw_only=True)
    alpha: float | None = field(default=None, kw_only=True)

    def __post_init__(self):
        super().__post_init__()
        settle(self, require_not_negative, "gamma")
        if self.alpha is not None:
            settle(self, require_fraction, "alpha")

    def __call__(self, prediction: Array, target: Array) -> Array:
        """Give the loss: a number, or one per entry where the reduction is "none".

        Parameters
        ----------
        prediction : array, any shape that is not empty
            Logits.
        target : array, shaped like the prediction
            1 for yes and 0 for no; between them, the probability of yes.

        Returns
        -------
        array, of shape () or shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit or are empty.
        """
        xp, z, y = pair(prediction, target)
        p, not_p = Sigmoid()(z), Sigmoid()(-z)
        log_yes, log_no = log_losses(xp, z)
        yes, no = self._factors()
        losses = yes * y * not_p**self.gamma * log_yes + no * (1 - y) * p**self.gamma * log_no
        return self._reduce(xp, losses)

    def gradient(self, prediction: Array, target: Array, upstream: Array | None = None) -> Array:
        """Give the loss's gradient with respect to the logits.

        Parameters
        ----------
        prediction : array, any shape that is not empty
            Logits.
        target : array, shaped like the prediction
            1 for yes and 0 for no; between them, the probability of yes.
        upstream : array, shaped like the loss
            ∂C/∂loss; 1 where it is left out.

        Returns
        -------
        array, shaped like the prediction

        Raises
        ------
        ValueError
            If the shapes do not fit or are empty.
        """
        xp, z, y = pair(prediction, target)
        p, not_p = Sigmoid()(z), Sigmoid()(-z)
        log_yes, log_no = log_losses(xp, z)
        yes, no = self._factors()
        down = yes * y * not_p**self.gamma * (not_p + self.gamma * p * log_yes)
        up = no * (1 - y) * p**self.gamma * (p + self.gamma * not_p * log_no)
        return (up - down) * self._spread(z.shape, upstream, like=z)

    def _factors(self) -> tuple[float, float]:
        return (1.0, 1.0) if self.alpha is None else (self.alpha, 1 - self.alpha)
