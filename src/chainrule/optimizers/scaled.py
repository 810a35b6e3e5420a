"""A step size for each parameter, from the gradients it has seen: Adagrad and RMSProp."""

from typing import Any

from ..arrays import Array, positive_part
from .core import Optimizer, add_scaled, into, move_mean, not_negative, share, with_decay


class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients so far (equation 1.2.3a).

    s := s + g², w := w − α g / (√s + ε).

    Parameters
    ----------
    lr : float
        The learning rate α, positive.
    lr_decay : float
        d, at least 0: in step t the learning rate is α / (1 + (t − 1) d).
    weight_decay : float
        ρ, at least 0: ρ w is added to the gradient.
    initial_accumulator_value : float
        What s starts from, at least 0.
    eps : float
        ε, at least 0; large enough for the parameters' dtype: in float16, 1e-8 is 0, and a weight
        whose gradient was always 0 becomes NaN.

    Raises
    ------
    ValueError
        If a setting is out of its range.
    TypeError
        If a setting is not a number.

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, 2011.

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

    def __init__(
        self,
        lr: float = 1e-2,
        *,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ):
        super().__init__(lr)
        self.lr_decay = not_negative(lr_decay, "lr_decay")
        self.weight_decay = not_negative(weight_decay, "weight_decay")
        self.initial_accumulator_value = not_negative(
            initial_accumulator_value, "initial_accumulator_value"
        )
        self.eps = not_negative(eps, "eps")

    def _remembers(self) -> dict[str, float]:
        return {"square_sum": self.initial_accumulator_value}

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        (s,) = memory
        g = with_decay(xp, spare, w, g, self.weight_decay)
        s += into(room, xp.multiply, g, g)
        lr = self.lr / (1 + (self.steps - 1) * self.lr_decay)
        below = into(room, xp.sqrt, s)
        below += self.eps
        step = into(room, xp.divide, g, below)
        add_scaled(w, -lr, step, room)


class RMSProp(Optimizer):
    """Divide by the root of a running mean of squared gradients (equation 1.2.4a).

    v := β v + (1 − β) g², w := w − α g / (√v + ε). When centred, the square of the running mean
    m of the gradients is taken off: √(v − m²), equation 1.2.4b.

    Parameters
    ----------
    lr : float
        The learning rate α, positive.
    alpha : float
        PyTorch's name for β, at least 0 and less than 1: what is kept of the running means.
    eps : float
        ε, at least 0; large enough for the parameters' dtype: in float16, 1e-8 is 0, and a weight
        whose gradient was always 0 becomes NaN.
    weight_decay : float
        ρ, at least 0: ρ w is added to the gradient.
    momentum : float
        μ, at least 0: b := μ b + g / (√v + ε) is collected, and the step is −α b.
    centered : bool

    Raises
    ------
    ValueError
        If a setting is out of its range.
    TypeError
        If a setting is not a number.

    References
    ----------
    T. Tieleman and G. Hinton, 2012; centred: A. Graves, 2013.

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

    def __init__(
        self,
        lr: float = 1e-2,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ):
        super().__init__(lr)
        self.alpha = share(alpha, "alpha")
        self.eps = not_negative(eps, "eps")
        self.weight_decay = not_negative(weight_decay, "weight_decay")
        self.momentum = not_negative(momentum, "momentum")
        self.centered = bool(centered)

    def _remembers(self) -> dict[str, float]:
        names = ["square_mean"]
        names += ["mean"] if self.centered else []
        names += ["velocity"] if self.momentum else []
        return dict.fromkeys(names, 0.0)

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        v, *rest = memory
        g = with_decay(xp, spare, w, g, self.weight_decay)
        move_mean(v, into(room, xp.multiply, g, g), self.alpha, room)
        variance = v
        if self.centered:
            m = rest[0]
            move_mean(m, g, self.alpha, room)
            square = into(room, xp.multiply, m, m)
            variance = into(room, xp.subtract, v, square)
            variance = positive_part(xp, variance)  # rounding can leave it just below 0
        below = into(room, xp.sqrt, variance)
        below += self.eps
        step = into(room, xp.divide, g, below)
        if self.momentum:
            b = rest[-1]
            b *= self.momentum
            b += step
            step = b
        add_scaled(w, -self.lr, step, room)
