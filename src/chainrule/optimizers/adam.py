"""Adam and what was made of it: AdamW, AdaMax and Nadam (section 1.2.5)."""

from dataclasses import KW_ONLY, dataclass
from typing import Any

from ..arrays.functions import maximum, sqrt
from ..arrays.settings import not_negative, positive, shares, switch
from .core import Optimizer


@dataclass(eq=False)
class Adam(Optimizer):
    """Running means of the gradient and of its square, both corrected for their start.

    m := β₁ m + (1 − β₁) g and v := β₂ v + (1 − β₂) g² (equation 1.2.5a), m̂ = m / (1 − β₁ᵗ) and
    v̂ = v / (1 − β₂ᵗ) (1.2.5b), w := w − α m̂ / (√v̂ + ε) (1.2.5c).

    References
    ----------
    Kingma and Ba, 2015; amsgrad: Reddi, Kale and Kumar, 2018.

    Examples
    --------
    >>> import numpy as np
    >>> w, optimizer = np.zeros(2), Adam(lr=0.5)
    >>> optimizer.step([w], [np.array([3.0, 300.0])])
    >>> w.round(6)
    array([-0.5, -0.5])

    See Also
    --------
    torch.optim.Adam
    """

    lr: float = positive(1e-3, "α, about the length of a step in each parameter")
    _: KW_ONLY
    betas: tuple[float, float] = shares(0.9, 0.999, sentence="β₁ and β₂")
    eps: float = not_negative(1e-8, "ε, below the fraction bar and outside the root")
    weight_decay: float = not_negative(0.0, "ρ: ρ w is added to the gradient")
    amsgrad: bool = switch(False, "whether to divide by the root of the largest v (1.2.5d)")

    def start(self):
        """Remember both means; with amsgrad the largest mean of squares, too."""
        largest = 0.0 if self.amsgrad else None
        return {"mean": 0.0, "square_mean": 0.0, "largest_square_mean": largest}

    def rule(self, t, w, g, m, v, v_max):
        """Give w, both means and the largest mean of squares after step t."""
        beta1, beta2 = self.betas
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        if self.amsgrad:
            v_max = maximum(v_max, v)
        m_hat = m / (1 - beta1**t)
        v_hat = (v_max if self.amsgrad else v) / (1 - beta2**t)
        return w - self.lr * m_hat / (sqrt(v_hat) + self.eps), m, v, v_max


@dataclass(eq=False)
class AdamW(Adam):
    """Adam whose weight decay does not pass through the gradient (equation 1.2.5e).

    w := (1 − α ρ) w, and then Adam's step without a penalty in the gradient.

    References
    ----------
    Loshchilov and Hutter, 2019.

    Examples
    --------
    >>> import numpy as np
    >>> w, optimizer = np.array([10.0, 0.0]), AdamW(lr=0.5, weight_decay=0.2)
    >>> optimizer.step([w], [np.array([0.0, 3.0])])
    >>> w.round(6)
    array([ 9. , -0.5])

    See Also
    --------
    torch.optim.AdamW
    """

    _: KW_ONLY
    weight_decay: float = not_negative(1e-2, "ρ: each step shrinks w by the share α ρ")

    def decay(self, w, g):
        """Shrink w itself by the share α ρ."""
        return (1 - self.lr * self.weight_decay) * w, g


@dataclass(eq=False)
class AdaMax(Optimizer):
    """Adam with the largest gradient, slowly forgotten, instead of √v (equation 1.2.5f).

    ``u := max(β₂ u, |g| + ε)``, ``w := w − α m̂ / u``, with Adam's m̂. u needs no correction.

    References
    ----------
    Kingma and Ba, 2015, section 7.1.

    Examples
    --------
    >>> import numpy as np
    >>> w, optimizer = np.zeros(2), AdaMax(lr=0.5)
    >>> optimizer.step([w], [np.array([3.0, 300.0])])
    >>> w.round(6)
    array([-0.5, -0.5])

    See Also
    --------
    torch.optim.Adamax
    """

    lr: float = positive(2e-3, "α, the learning rate")
    _: KW_ONLY
    betas: tuple[float, float] = shares(0.9, 0.999, sentence="β₁ and β₂")
    eps: float = not_negative(1e-8, "ε")
    weight_decay: float = not_negative(0.0, "ρ: ρ w is added to the gradient")

    def start(self):
        """Remember the mean and the largest gradient."""
        return {"mean": 0.0, "largest": 0.0}

    def rule(self, t, w, g, m, u):
        """Give w, the mean and the largest gradient after step t."""
        beta1, beta2 = self.betas
        m = beta1 * m + (1 - beta1) * g
        u = maximum(beta2 * u, abs(g) + self.eps)
        m_hat = m / (1 - beta1**t)
        return w - self.lr * m_hat / u, m, u


@dataclass(eq=False)
class Nadam(Optimizer):
    """Adam that looks ahead as Nesterov does (equation 1.2.5g).

    The momentum grows with the steps, μ_t = β₁ (1 − ½ · 0.96^(t ψ)), and m is corrected with
    products of it: m̂ = μ_{t+1} m / (1 − μ₁ ⋯ μ_{t+1}) + (1 − μ_t) g / (1 − μ₁ ⋯ μ_t).

    References
    ----------
    Dozat, 2016.

    Examples
    --------
    >>> import numpy as np
    >>> w, optimizer = np.zeros(2), Nadam(lr=0.5, betas=(0.0, 0.999))
    >>> optimizer.step([w], [np.array([3.0, 300.0])])
    >>> w.round(6)
    array([-0.5, -0.5])

    See Also
    --------
    torch.optim.NAdam
    """

    lr: float = positive(2e-3, "α, the learning rate")
    _: KW_ONLY
    betas: tuple[float, float] = shares(0.9, 0.999, sentence="β₁ and β₂")
    eps: float = not_negative(1e-8, "ε")
    weight_decay: float = not_negative(0.0, "ρ: ρ w is added to the gradient")
    momentum_decay: float = not_negative(4e-3, "ψ, how fast the momentum grows to β₁")

    def start(self):
        """Remember both means."""
        return {"mean": 0.0, "square_mean": 0.0}

    def momentum(self, t):
        """Give μ_t, which grows to β₁."""
        return self.betas[0] * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    def rule(self, t, w, g, m, v):
        """Give w and both means after step t."""
        beta1, beta2 = self.betas
        mu, mu_next = self.momentum(t), self.momentum(t + 1)
        product = self.momentum_product  # μ₁ ⋯ μ_t
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        ahead = mu_next / (1 - product * mu_next)
        m_hat = ahead * m + (1 - mu) / (1 - product) * g
        v_hat = v / (1 - beta2**t)
        return w - self.lr * m_hat / (sqrt(v_hat) + self.eps), m, v

    def __post_init__(self):
        super().__post_init__()
        self.momentum_product = 1.0

    def counters(self) -> dict[str, Any]:
        """Give the number of steps, and the product of the momenta."""
        return {**super().counters(), "momentum_product": self.momentum_product}

    def advance(self) -> None:
        """Count the step."""
        super().advance()
        self.momentum_product *= self.momentum(self.steps)
