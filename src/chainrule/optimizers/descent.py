"""Gradient descent, plain, with momentum and with Nesterov's (sections 1.2.1 and 1.2.2)."""

from dataclasses import KW_ONLY, dataclass

from ..arrays.settings import finite, not_negative, positive, switch
from .core import Optimizer


@dataclass(eq=False)
class SGD(Optimizer):
    """Gradient descent, w := w − α g (equation 1.10), and its forms with momentum.

    Fed the gradient of one sample, of a batch or of all the data, it is stochastic, mini-batch or
    batch gradient descent. With momentum μ it is PyTorch's form of equation 1.14 (1.2.1f): the
    velocity collects gradients, b := μ b + (1 − τ) g, and the step is −α b. With `nesterov` it is
    equation 1.2.2a, and the step is −α (g + μ b).

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

    lr: float = positive(1e-3, "α, the learning rate")
    _: KW_ONLY
    momentum: float = not_negative(0.0, "μ, what is kept of the velocity")
    dampening: float = finite(0.0, "τ, how much of g is left out")
    weight_decay: float = not_negative(0.0, "ρ: ρ w is added to g")
    nesterov: bool = switch(False, "whether to look ahead")

    def _require_together(self):
        if self.nesterov and (not self.momentum or self.dampening):
            raise ValueError(
                f"nesterov: expected momentum and no dampening with it, got momentum="
                f"{self.momentum!r} and dampening={self.dampening!r}"
            )

    def start(self):
        """Remember the velocity, if there is momentum."""
        return {"velocity": 0.0 if self.momentum else None}

    def rule(self, t, w, g, b):
        """Give w and the velocity after step t."""
        mu, tau = self.momentum, self.dampening
        if mu:
            b = g if t == 1 else mu * b + (1 - tau) * g
            g = g + mu * b if self.nesterov else b
        return w - self.lr * g, b
