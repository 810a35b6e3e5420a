"""What can be said about descent in formulas: noise of a batch, rates on a quadratic, clipping."""

from collections.abc import Sequence
from math import isfinite, nan, sqrt

from ..arrays import Array, library, real, to_numpy, with_numbers
from ..arrays.rules import cast, widened
from ..arrays.settings import count, not_negative, positive


def batch_variance(gradients: Array, batch_size: int) -> float:
    """Give the expected squared distance of a batch's gradient from that of all data (1.2.1a).

    σ²/N · (A − N)/(A − 1), for a batch of N of the A samples, drawn without replacement; σ² is the
    mean squared distance of one sample's gradient from the mean of all.

    Parameters
    ----------
    gradients : array, shape (A, …)
        The gradient of each sample, of two samples at least.
    batch_size : int
        N, how many samples are drawn, from 1 to A.

    Returns
    -------
    float

    Examples
    --------
    >>> import numpy as np
    >>> g = np.array([[0.0], [0.0], [3.0]])
    >>> batch_variance(g, 1), batch_variance(g, 3)
    (2.0, 0.0)
    """
    rows = widened(to_numpy(real(gradients, "gradients"), "gradients"))
    batch_size = count.read(batch_size, "batch_size")
    samples = len(rows) if rows.ndim else 0
    if samples < 2:
        raise ValueError(f"gradients: expected at least two samples, got {samples}")
    rows = rows.reshape(samples, -1)
    if batch_size > samples:
        raise ValueError(f"batch_size: expected at most {samples} (all samples), got {batch_size}")
    variance = ((rows - rows.mean(0)) ** 2).sum(1).mean()
    return float(variance / batch_size * (samples - batch_size) / (samples - 1))


def convergence_factor(lr: float, curvature: float, momentum: float = 0.0) -> float:
    """Give the factor by which a step shrinks the distance from the minimum of λ/2 w².

    Without momentum ``|1 − α λ|`` (equation 1.2.1b). With momentum μ, in the long run, the larger
    root, in absolute value, of r² − (1 + μ − α λ) r + μ = 0 (equation 1.2.1d).

    Parameters
    ----------
    lr : float
        α, positive.
    curvature : float
        λ, positive.
    momentum : float
        μ, at least 0.

    Returns
    -------
    float
        Below 1 the descent converges.

    Examples
    --------
    >>> [convergence_factor(lr, curvature=1.0) for lr in (0.5, 2.0)]
    [0.5, 1.0]
    """
    lr, curvature = positive.read(lr, "lr"), positive.read(curvature, "curvature")
    momentum = not_negative.read(momentum, "momentum")
    half = (1 + momentum - lr * curvature) / 2
    under_root = half**2 - momentum
    return sqrt(momentum) if under_root < 0 else abs(half) + sqrt(under_root)


def best_descent(smallest: float, largest: float) -> tuple[float, float]:
    """Give the best learning rate for curvatures between two numbers, and its factor (1.2.1c).

    Parameters
    ----------
    smallest, largest : float
        λ_min and λ_max, positive and in this order.

    Returns
    -------
    tuple of float
        α = 2 / (λ_min + λ_max), and (κ − 1)/(κ + 1) with κ = λ_max / λ_min.

    Examples
    --------
    >>> best_descent(1.0, 3.0)
    (0.5, 0.5)
    """
    _require_order(smallest, largest)
    return 2 / (smallest + largest), (largest - smallest) / (largest + smallest)


def best_momentum(smallest: float, largest: float) -> tuple[float, float, float]:
    """Give the best learning rate and momentum for these curvatures, and their factor (1.2.1e).

    Parameters
    ----------
    smallest, largest : float
        As in `best_descent`.

    Returns
    -------
    tuple of float
        α = 4 / (√λ_min + √λ_max)², μ = ((√κ − 1)/(√κ + 1))² and √μ.

    References
    ----------
    Polyak, 1964.

    Examples
    --------
    >>> best_momentum(1.0, 9.0)
    (0.25, 0.25, 0.5)
    """
    _require_order(smallest, largest)
    low, high = sqrt(smallest), sqrt(largest)
    factor = (high - low) / (high + low)
    return 4 / (low + high) ** 2, factor**2, factor


def clip_norm(gradients: Sequence[Array], max_norm: float) -> list[Array]:
    """Shorten all gradients by one factor where they are longer than `max_norm` together (1.2.6a).

    Parameters
    ----------
    gradients : list of arrays
    max_norm : float
        c, positive: the largest length that the gradients, as one vector, may have.

    Returns
    -------
    list of arrays
        g · min(1, c / ‖g‖); direction and proportions are kept. Where a gradient is NaN or
        infinite, all become NaN.

    References
    ----------
    Pascanu, Mikolov and Bengio, 2013.

    Examples
    --------
    >>> import numpy as np
    >>> clip_norm([np.array([3.0]), np.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]

    See Also
    --------
    torch.nn.utils.clip_grad_norm_
    """
    max_norm = positive.read(max_norm, "max_norm")
    if hasattr(gradients, "dtype") or not hasattr(gradients, "__len__"):
        raise TypeError(f"gradients: expected a list of arrays, got one {type(gradients).__name__}")
    given = [real(g, f"gradients[{i}]") for i, g in enumerate(gradients)]
    # the squares of 32-bit numbers overflow from 1e19 on; those of numbers up to 1 do not
    numbers = [with_numbers(g, f"gradients[{i}]") for i, g in enumerate(given)]
    largest = [float(library(g).max(abs(g))) for g in numbers if 0 not in g.shape]
    if not all(map(isfinite, largest)):
        return [g * nan for g in given]
    scale = max(largest, default=0.0)
    if not scale:
        return given
    squares = [float(library(g).sum((widened(g) / scale) ** 2)) for g in numbers]
    factor = max_norm / scale / sqrt(sum(squares))
    if factor >= 1:
        return given
    return [cast(widened(g) * factor, g.dtype) for g in given]


def _require_order(smallest: float, largest: float) -> None:
    positive.read(smallest, "smallest")
    positive.read(largest, "largest")
    if smallest > largest:
        raise ValueError(f"smallest: expected at most {largest} (largest), got {smallest}")
