"""Activations made of two pieces that meet at 0: ReLU, LeakyReLU and ELU."""

from dataclasses import dataclass

from ..arrays.functions import exp, expm1, is_positive, negative_part, positive_part, times
from ..arrays.settings import finite
from .core import Elementwise

__all__ = ["ELU", "LeakyReLU", "ReLU"]


@dataclass(frozen=True)
class ReLU(Elementwise):
    """Rectified linear unit, max(x, 0) (equation 1.19).

    At the kink, x = 0, the slope is PyTorch's: 0.

    Examples
    --------
    >>> import numpy as np
    >>> ReLU()(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])

    See Also
    --------
    torch.nn.ReLU
    """

    def value(self, x):
        """Give x where it is positive and 0 elsewhere."""
        return positive_part(x)

    def slope(self, x):
        """Give 1 where x is positive and 0 elsewhere."""
        return is_positive(x)


@dataclass(frozen=True)
class LeakyReLU(Elementwise):
    """Leaky rectified linear unit: x for x > 0, α x below (equation 1.20).

    At the kink, x = 0, the slope is PyTorch's: α.

    Examples
    --------
    >>> import numpy as np
    >>> LeakyReLU(alpha=0.1)(np.array([-2.0, 0.0, 3.0]))
    array([-0.2,  0. ,  3. ])

    See Also
    --------
    torch.nn.LeakyReLU
    """

    alpha: float = finite(0.01, "the slope below 0, usually between 0 and 1")

    def value(self, x):
        """Give x where it is positive and α x elsewhere."""
        return positive_part(x) + times(negative_part(x), self.alpha)

    def slope(self, x):
        """Give 1 where x is positive and α elsewhere."""
        positive = is_positive(x)
        return positive + self.alpha * (1 - positive)


@dataclass(frozen=True)
class ELU(Elementwise):
    """Exponential linear unit: x for x > 0, α (e^x − 1) below (equation 1.21).

    e^x − 1 is computed as expm1, which keeps its digits where x is near 0. At x = 0 the slope is
    PyTorch's: α.

    Examples
    --------
    >>> import numpy as np
    >>> ELU()(np.array([-1000.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])

    References
    ----------
    Clevert, Unterthiner and Hochreiter, 2016.

    See Also
    --------
    torch.nn.ELU
    """

    alpha: float = finite(1.0, "far below 0 the function goes to −α")

    def value(self, x):
        """Give x where it is positive and α (e^x − 1) elsewhere."""
        return positive_part(x) + self.alpha * expm1(negative_part(x))

    def slope(self, x):
        """Give 1 where x is positive and α e^x elsewhere."""
        step = is_positive(x)
        return step + (1 - step) * self.alpha * exp(negative_part(x))
