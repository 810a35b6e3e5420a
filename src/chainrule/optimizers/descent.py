"""Gradient descent, plain, with momentum and with Nesterov's (sections 1.2.1 and 1.2.2)."""

from typing import Any

from ..arrays import Array, require_finite_number
from .core import Optimizer, add_scaled, into, not_negative, with_decay


class SGD(Optimizer):
    """Gradient descent, w := w − α g (equation 1.10), and its forms with momentum.

    Fed the gradient of one sample, of a batch or of all the data, it is stochastic, mini-batch or
    batch gradient descent. With momentum μ it is PyTorch's form of equation 1.14 (1.2.1f): the
    velocity collects gradients, b := μ b + (1 − τ) g, and the step is −α b. With `nesterov` it is
    equation 1.2.2a, and the step is −α (g + μ b).

    Parameters
    ----------
    lr : float
        The learning rate α, positive.
    momentum : float
        μ, at least 0; what is kept of the velocity from step to step.
    dampening : float
        τ: the share of each gradient, but for the first, that does not enter the velocity.
    weight_decay : float
        ρ, at least 0: ρ w is added to the gradient.
    nesterov : bool
        Whether to step from the looked-ahead point; needs momentum and no dampening.

    Raises
    ------
    ValueError
        If a setting is out of its range.
    TypeError
        If a setting is not a number.

    References
    ----------
    Polyak, 1964; Nesterov, 1983; Sutskever et al., 2013.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([1.0, 2.0])
    >>> SGD(lr=0.5).step([w], [np.array([2.0, -2.0])])
    >>> w
    array([0., 3.])

    See Also
    --------
    torch.optim.SGD
    """

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ):
        super().__init__(lr)
        self.momentum = not_negative(momentum, "momentum")
        require_finite_number(dampening, "dampening")
        self.dampening = float(dampening)
        self.weight_decay = not_negative(weight_decay, "weight_decay")
        self.nesterov = bool(nesterov)
        if self.nesterov and (not self.momentum or self.dampening):
            raise ValueError(
                f"nesterov: expected momentum and no dampening with it, got momentum={momentum!r} "
                f"and dampening={dampening!r}"
            )

    def _remembers(self) -> dict[str, float]:
        return {"velocity": 0.0} if self.momentum else {}

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        g = with_decay(xp, spare, w, g, self.weight_decay)
        if self.momentum:
            (b,) = memory
            b *= self.momentum
            add_scaled(b, 1.0 if self.steps == 1 else 1 - self.dampening, g, room)
            if self.nesterov:
                into(room, xp.multiply, b, self.momentum)
                room += g
                g = room
            else:
                g = b
        add_scaled(w, -self.lr, g, room)
