"""Focal losses: cross-entropy that counts what is hard, of many classes and of two."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..activations.smooth import sigmoid
from ..arrays import Array, kind
from ..arrays.functions import below_largest, exp, log, sum, times, where
from ..arrays.settings import fraction, not_negative, optional, weights
from .core import ClassLoss, YesNoLoss, as_array, hot, log_losses, per_class


@dataclass(frozen=True, kw_only=True, eq=False)
class Focal(ClassLoss):
    """Focal loss of the softmax of logits, −α_t (1 − p_t)^γ log p_t (equation 1.33).

    p_t is the probability of the right class t. With γ = 0 and without α this is the
    cross-entropy. 1 − p_t is added up from the other classes' probabilities, so it keeps its
    digits where p_t is near 1. The mean is over the N samples, whatever they weigh.

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

    gamma: float = not_negative(2.0, "the larger, the less the easy samples count")
    alpha: Array | float | None = weights("a factor for all samples, or one for each class")

    def value(self, z, y):
        """Give −α_t (1 − p_t)^γ log p_t."""
        _, rest, log_loss, _ = self.parts(z, y)
        return times(log_loss, self.alpha_of(y) * rest**self.gamma)

    def slope(self, z, y):
        """Give its slope in z (equation 1.4.6a)."""
        p_t, rest, log_loss, others = self.parts(z, y)
        factor = rest**self.gamma * (rest + times(log_loss, self.gamma * p_t))
        return self.alpha_of(y) * factor * (others - y)

    def parts(self, z, y):
        """Give p_t, 1 − p_t, −log p_t, and how the other classes share 1 − p_t among them."""
        z = below_largest(z)
        e = exp(z)
        others = where(y == 0, e, 0.0)
        rest, total = sum(others, axis=0), sum(e, axis=0)
        z_t = sum(where(y == 0, 0.0, z), axis=0)
        return (
            exp(z_t) / total,
            rest / total,
            log(total) - z_t,
            others / where(rest == 0, 1.0, rest),
        )

    def _classes(self, z: Array, target: Array) -> tuple[Array, int]:
        classes = as_array(target, z)
        if kind(classes) != "integral":
            raise TypeError(f"target: expected integer classes, got {classes.dtype}")
        return hot(z, classes)[0], prod(z.shape[1:])

    def alpha_of(self, y: Array) -> Any:
        """Give α_t: one for all samples, or one for each."""
        if self.alpha is None:
            return 1.0
        if np.ndim(self.alpha) == 0:
            return float(self.alpha)
        return sum(y * per_class(self.alpha, "alpha", y), axis=0)


@dataclass(frozen=True, kw_only=True)
class BinaryFocal(YesNoLoss):
    """Focal loss of yes and no, −α_t (1 − p_t)^γ log p_t with p = σ(z) (equations 1.32 and 1.33).

    p_t is p where the answer is yes and 1 − p where it is no; α_t is α for yes and 1 − α for no.
    The prediction holds logits z. The mean is over all entries.

    Examples
    --------
    >>> import numpy as np
    >>> loss = BinaryFocal()
    >>> logits, target = np.array([0.0, 0.0]), np.array([1.0, 0.0])
    >>> round(float(loss(logits, target)), 4)  # −(½)² log ½
    0.1733
    >>> loss.gradient(logits, target).round(4)
    array([-0.1491,  0.1491])

    References
    ----------
    Lin, Goyal, Girshick, He and Dollár, 2017.
    """

    gamma: float = not_negative(2.0, "the larger, the less the easy entries count")
    alpha: float | None = optional(fraction, "what a yes weighs, and a no 1 − α; None: both 1")

    def value(self, z, y):
        """Give −α_t (1 − p_t)^γ log p_t."""
        p, not_p = sigmoid(z), sigmoid(-z)
        log_yes, log_no = log_losses(z)
        yes, no = self.factors()
        of_yes = times(log_yes, yes * y * not_p**self.gamma)
        return of_yes + times(log_no, no * (1 - y) * p**self.gamma)

    def slope(self, z, y):
        """Give its slope in z."""
        p, not_p = sigmoid(z), sigmoid(-z)
        log_yes, log_no = log_losses(z)
        yes, no = self.factors()
        down = yes * y * not_p**self.gamma * (not_p + times(log_yes, self.gamma * p))
        up = no * (1 - y) * p**self.gamma * (p + times(log_no, self.gamma * not_p))
        return up - down

    def factors(self):
        """Give α and 1 − α, or twice 1."""
        return (1.0, 1.0) if self.alpha is None else (self.alpha, 1 - self.alpha)
