"""A step size for each parameter, from the gradients it has seen: Adagrad and RMSProp."""

from dataclasses import KW_ONLY, dataclass

from ..arrays.functions import positive_part, sqrt
from ..arrays.settings import not_negative, positive, share, switch
from .core import Optimizer


@dataclass(eq=False)
class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients so far (equation 1.2.3a).

    s := s + g², w := w − α g / (√s + ε).

    References
    ----------
    Duchi, Hazan and Singer, 2011.

    Examples
    --------
    >>> import numpy as np
    >>> w, optimizer = np.zeros(2), Adagrad(lr=0.5)
    >>> optimizer.step([w], [np.array([3.0, 300.0])])
    >>> w
    array([-0.5, -0.5])

    See Also
    --------
    torch.optim.Adagrad
    """

    lr: float = positive(1e-2, "α, the learning rate")
    _: KW_ONLY
    lr_decay: float = not_negative(0.0, "d: in step t the rate is α / (1 + (t − 1) d)")
    weight_decay: float = not_negative(0.0, "ρ: ρ w is added to the gradient")
    initial_accumulator_value: float = not_negative(0.0, "what s starts from")
    eps: float = not_negative(1e-10, "ε")

    def start(self):
        """Remember the sum of the squares, from where it is set to start."""
        return {"square_sum": self.initial_accumulator_value}

    def rule(self, t, w, g, s):
        """Give w and the sum of the squares after step t."""
        s = s + g**2
        lr = self.lr / (1 + (t - 1) * self.lr_decay)
        return w - lr * g / (sqrt(s) + self.eps), s


@dataclass(eq=False)
class RMSProp(Optimizer):
    """Divide by the root of a running mean of squared gradients (equation 1.2.4a).

    v := β v + (1 − β) g², w := w − α g / (√v + ε). When centred, the square of the running mean
    m of the gradients is subtracted: √(v − m²), equation 1.2.4b.

    References
    ----------
    Tieleman and Hinton, 2012; centred: Graves, 2013.

    Examples
    --------
    >>> import numpy as np
    >>> w, optimizer = np.zeros(2), RMSProp(lr=0.5, alpha=0.75)
    >>> optimizer.step([w], [np.array([3.0, 300.0])])
    >>> w.round(6)
    array([-1., -1.])

    See Also
    --------
    torch.optim.RMSprop
    """

    lr: float = positive(1e-2, "α, the learning rate")
    _: KW_ONLY
    alpha: float = share(0.99, "PyTorch's name for β, what is kept of the means")
    eps: float = not_negative(1e-8, "ε")
    weight_decay: float = not_negative(0.0, "ρ: ρ w is added to the gradient")
    momentum: float = not_negative(0.0, "μ: b := μ b + g / (√v + ε), and the step is −α b")
    centered: bool = switch(False, "whether the square of the mean is subtracted")

    def start(self):
        """Remember the mean of the squares; the mean, if centred; the velocity, if any."""
        return {
            "square_mean": 0.0,
            "mean": 0.0 if self.centered else None,
            "velocity": 0.0 if self.momentum else None,
        }

    def rule(self, t, w, g, v, m, b):
        """Give w, both means and the velocity after step t."""
        beta = self.alpha
        variance = v = beta * v + (1 - beta) * g**2
        if self.centered:
            m = beta * m + (1 - beta) * g
            variance = positive_part(v - m**2)  # rounding may leave it below 0
        step = g / (sqrt(variance) + self.eps)
        if self.momentum:
            step = b = self.momentum * b + step
        return w - self.lr * step, v, m, b
