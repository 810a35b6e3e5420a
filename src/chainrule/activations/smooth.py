"""Activations without a kink: sigmoid, tanh, GELU and Swish."""

from dataclasses import dataclass
from math import pi, sqrt

from ..arrays.functions import clip, erfc, exp, minimum, tanh, times
from ..arrays.settings import finite, one_of
from .core import Elementwise

__all__ = ["GELU", "Sigmoid", "Swish", "Tanh"]


@dataclass(frozen=True)
class Sigmoid(Elementwise):
    """Sigmoid, σ(x) = 1 / (1 + e^−x), between 0 and 1 (equation 1.16).

    For x < 0 numerator and denominator are multiplied by e^x, so that no exponent is ever
    positive and nothing overflows.

    Examples
    --------
    >>> import numpy as np
    >>> Sigmoid()(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])

    See Also
    --------
    torch.nn.Sigmoid
    """

    def value(self, x):
        """Give σ(x)."""
        return exp(minimum(x, 0.0)) / (1 + exp(-abs(x)))

    def slope(self, x):
        """Give σ′(x) = σ(x) (1 − σ(x)), at most 1/4."""
        e = exp(-abs(x))
        return e / (1 + e) ** 2


sigmoid = Sigmoid().value
"""The formula alone, for others."""


@dataclass(frozen=True)
class Tanh(Elementwise):
    """Hyperbolic tangent, (e^x − e^−x) / (e^x + e^−x), between −1 and 1 (equation 1.18).

    Examples
    --------
    >>> import numpy as np
    >>> Tanh()(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])

    See Also
    --------
    torch.nn.Tanh
    """

    def value(self, x):
        """Give tanh x."""
        return tanh(x)

    def slope(self, x):
        """Give 1 − tanh² x, at most 1."""
        return 1 - tanh(x) ** 2


# e^(−t²/2) is 0 in every dtype beyond this, and tanh of the cubic is ±1
FAR = 40.0


@dataclass(frozen=True)
class GELU(Elementwise):
    """Gaussian error linear unit, x Φ(x), with Φ the standard normal distribution (equation 1.22).

    Φ(x) = (1 + erf(x/√2)) / 2 is computed as erfc(−x/√2) / 2, the same number without the
    cancellation in 1 + erf where erf is near −1.

    Examples
    --------
    >>> import numpy as np
    >>> GELU()(np.array([-1000.0, 0.0, 1.0])).round(4)
    array([-0.    ,  0.    ,  0.8413])

    References
    ----------
    Hendrycks and Gimpel, 2016.

    See Also
    --------
    torch.nn.GELU
    """

    approximate: str = one_of("none", "tanh", sentence="of what Φ is made")

    def value(self, x):
        """Give x Φ(x)."""
        x = clip(x, -FAR, None)  # where Φ is 0 anyway
        if self.approximate == "tanh":
            return x * ((1 + tanh(self.cubic(x))) / 2)
        return x * (erfc(-x / sqrt(2)) / 2)

    def slope(self, x):
        """Give Φ(x) + x Φ′(x)."""
        t = clip(x, -FAR, FAR)
        if self.approximate == "tanh":
            inner = sqrt(2 / pi) * (1 + 3 * 0.044715 * t**2)
            s = tanh(self.cubic(x))
            return (1 + s + t * (1 - s**2) * inner) / 2
        return erfc(-x / sqrt(2)) / 2 + t * exp(-(t**2) / 2) / sqrt(2 * pi)

    def cubic(self, x):
        """Give √(2/π) (x + 0.044715 x³), cut off where its tanh has long been ±1."""
        t = clip(x, -FAR, FAR)
        return sqrt(2 / pi) * (t + 0.044715 * t * t * t)


@dataclass(frozen=True)
class Swish(Elementwise):
    """Swish, x σ(β x), with σ the sigmoid; with β = 1 also called SiLU (equation 1.23).

    Examples
    --------
    >>> import numpy as np
    >>> Swish()(np.array([-1000.0, 0.0, 1.0])).round(4)
    array([-0.    ,  0.    ,  0.7311])

    References
    ----------
    Ramachandran, Zoph and Le, 2017.

    See Also
    --------
    torch.nn.SiLU
    """

    beta: float = finite(1.0, "0 gives x/2; the larger, the closer to ReLU")

    def value(self, x):
        """Give x σ(β x)."""
        return times(x, sigmoid(self.scaled(x)))

    def slope(self, x):
        """Give σ(β x) + β x σ(β x) (1 − σ(β x))."""
        t = self.scaled(x)
        s = sigmoid(t)
        return s + t * s * (1 - s)

    def scaled(self, x):
        """Give β x, cut off where σ has long been 0 or 1."""
        far = min(1000 / abs(self.beta), 1e38) if self.beta else 0.0
        return self.beta * clip(x, -far, far)
