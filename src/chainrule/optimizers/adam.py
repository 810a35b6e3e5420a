"""Adam and what was made of it: AdamW, AdaMax and Nadam (section 1.2.5)."""

from collections.abc import Sequence
from typing import Any

from ..arrays import Array
from .core import Optimizer, add_scaled, into, move_mean, not_negative, pair_of_shares, with_decay


class Adam(Optimizer):
    """Running means of the gradient and of its square, both corrected for their start.

    m := β₁ m + (1 − β₁) g and v := β₂ v + (1 − β₂) g² (equation 1.2.5a), m̂ = m / (1 − β₁ᵗ) and
    v̂ = v / (1 − β₂ᵗ) (1.2.5b), w := w − α m̂ / (√v̂ + ε) (1.2.5c).

    Parameters
    ----------
    lr : float
        The learning rate α, positive: about the length of a step, in each parameter.
    betas : pair of float
        β₁ and β₂, at least 0 and less than 1.
    eps : float
        ε, at least 0. It stands under the fraction bar and outside the root. Large enough for the
        parameters' dtype: in float16, 1e-8 is 0, and a weight whose gradient was always 0 becomes
        NaN.
    weight_decay : float
        ρ, at least 0: ρ w is added to the gradient, and so divided by √v̂ too.
    amsgrad : bool
        Whether to divide by the root of the largest v so far (equation 1.2.5d).

    Raises
    ------
    ValueError
        If a setting is out of its range.
    TypeError
        If a setting is not a number.

    References
    ----------
    D. P. Kingma and J. Ba, 2015; amsgrad: S. J. Reddi, S. Kale and S. Kumar, 2018.

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

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ):
        super().__init__(lr)
        self.betas = pair_of_shares(betas)
        self.eps = not_negative(eps, "eps")
        self.weight_decay = not_negative(weight_decay, "weight_decay")
        self.amsgrad = bool(amsgrad)

    def _remembers(self) -> dict[str, float]:
        names = ["mean", "square_mean", *(["largest_square_mean"] if self.amsgrad else [])]
        return dict.fromkeys(names, 0.0)

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        self._adapt(xp, room, w, with_decay(xp, spare, w, g, self.weight_decay), *memory)

    def _adapt(self, xp: Any, room: Array, w: Array, g: Array, m: Array, v: Array, *v_max: Array):
        beta1, beta2 = self.betas
        move_mean(m, g, beta1, room)
        move_mean(v, into(room, xp.multiply, g, g), beta2, room)
        if self.amsgrad:
            v = into(v_max[0], xp.maximum, v_max[0], v)
        v_hat = into(room, xp.divide, v, 1 - beta2**self.steps)
        below = into(room, xp.sqrt, v_hat)
        below += self.eps
        step = into(room, xp.divide, m, below)
        add_scaled(w, -self.lr / (1 - beta1**self.steps), step, room)


class AdamW(Adam):
    """Adam whose weight decay does not pass through the gradient (equation 1.2.5e).

    w := (1 − α ρ) w, and then Adam's step without a penalty in the gradient.

    Parameters
    ----------
    lr : float
        The learning rate α, positive.
    betas : pair of float
        β₁ and β₂, at least 0 and less than 1.
    eps : float
        ε, at least 0; large enough for the parameters' dtype: in float16, 1e-8 is 0, and a weight
        whose gradient was always 0 becomes NaN.
    weight_decay : float
        ρ, at least 0: each step shrinks w by the share α ρ.
    amsgrad : bool
        Whether to divide by the root of the largest v so far.

    Raises
    ------
    ValueError
        If a setting is out of its range.
    TypeError
        If a setting is not a number.

    References
    ----------
    I. Loshchilov and F. Hutter, 2019.

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

    def __init__(
        self,
        lr: float = 1e-3,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ):
        super().__init__(lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad)

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        if self.weight_decay:
            w *= 1 - self.lr * self.weight_decay
        self._adapt(xp, room, w, g, *memory)


class AdaMax(Optimizer):
    """Adam with the largest gradient, slowly forgotten, in the place of √v (equation 1.2.5f).

    ``u := max(β₂ u, |g| + ε)``, ``w := w − α m̂ / u``, with Adam's m̂. u needs no correction.

    Parameters
    ----------
    lr : float
        The learning rate α, positive.
    betas : pair of float
        β₁ and β₂, at least 0 and less than 1.
    eps : float
        ε, at least 0; large enough for the parameters' dtype: in float16, 1e-8 is 0, and a weight
        whose gradient was always 0 becomes NaN.
    weight_decay : float
        ρ, at least 0: ρ w is added to the gradient.

    Raises
    ------
    ValueError
        If a setting is out of its range.
    TypeError
        If a setting is not a number.

    References
    ----------
    D. P. Kingma and J. Ba, 2015, section 7.1.

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

    def __init__(
        self,
        lr: float = 2e-3,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(lr)
        self.betas = pair_of_shares(betas)
        self.eps = not_negative(eps, "eps")
        self.weight_decay = not_negative(weight_decay, "weight_decay")

    def _remembers(self) -> dict[str, float]:
        return {"mean": 0.0, "largest": 0.0}

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        m, largest = memory
        beta1, beta2 = self.betas
        g = with_decay(xp, spare, w, g, self.weight_decay)
        move_mean(m, g, beta1, room)
        size = into(room, xp.abs, g)
        size += self.eps
        largest *= beta2
        into(largest, xp.maximum, largest, size)
        step = into(room, xp.divide, m, largest)
        add_scaled(w, -self.lr / (1 - beta1**self.steps), step, room)


class Nadam(Optimizer):
    """Adam that looks ahead as Nesterov does (equation 1.2.5g).

    The momentum grows with the steps, μ_t = β₁ (1 − ½ · 0.96^(t ψ)), and m is corrected with
    products of it: m̂ = μ_{t+1} m / (1 − μ₁ ⋯ μ_{t+1}) + (1 − μ_t) g / (1 − μ₁ ⋯ μ_t).

    Parameters
    ----------
    lr : float
        The learning rate α, positive.
    betas : pair of float
        β₁ and β₂, at least 0 and less than 1.
    eps : float
        ε, at least 0; large enough for the parameters' dtype: in float16, 1e-8 is 0, and a weight
        whose gradient was always 0 becomes NaN.
    weight_decay : float
        ρ, at least 0: ρ w is added to the gradient.
    momentum_decay : float
        ψ, at least 0: how fast the momentum grows from about half of β₁ to β₁.

    Raises
    ------
    ValueError
        If a setting is out of its range.
    TypeError
        If a setting is not a number.

    References
    ----------
    T. Dozat, 2016.

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

    def __init__(
        self,
        lr: float = 2e-3,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
    ):
        super().__init__(lr)
        self.betas = pair_of_shares(betas)
        self.eps = not_negative(eps, "eps")
        self.weight_decay = not_negative(weight_decay, "weight_decay")
        self.momentum_decay = not_negative(momentum_decay, "momentum_decay")
        self.momentum_product = 1.0

    def _remembers(self) -> dict[str, float]:
        return {"mean": 0.0, "square_mean": 0.0}

    def _counters(self) -> dict[str, Any]:
        return {**super()._counters(), "momentum_product": self.momentum_product}

    def _momentum(self, t: int) -> float:
        return self.betas[0] * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    def _advance(self) -> None:
        super()._advance()
        self.momentum_product *= self._momentum(self.steps)

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        m, v = memory
        beta1, beta2 = self.betas
        g = with_decay(xp, spare, w, g, self.weight_decay)
        move_mean(m, g, beta1, room)
        move_mean(v, into(room, xp.multiply, g, g), beta2, room)
        of_m, of_g = self._weights()
        m_hat = into(spare, xp.multiply, g, of_g)
        add_scaled(m_hat, of_m, m, room)
        v_hat = into(room, xp.divide, v, 1 - beta2**self.steps)
        below = into(room, xp.sqrt, v_hat)
        below += self.eps
        step = into(room, xp.divide, m_hat, below)
        add_scaled(w, -self.lr, step, room)

    def _weights(self) -> tuple[float, float]:
        """Give what m and g are multiplied with in m̂."""
        mu, mu_next = self._momentum(self.steps), self._momentum(self.steps + 1)
        product = self.momentum_product
        return mu_next / (1 - product * mu_next), (1 - mu) / (1 - product)
