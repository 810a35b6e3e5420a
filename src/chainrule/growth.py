"""How cost grows: the slope of a sum of powers on logarithmic axes, and where it changes (3.3).

A cost is positive wherever it is asked for, or a ValueError is raised.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from .arrays.settings import not_negative, positive

__all__ = ["crossing", "exponents", "log_slope", "straight_fit"]


def log_slope(n: float, parts: Sequence[float], powers: Sequence[float]) -> float:
    """Give the slope of a sum of powers of n on logarithmic axes (equation 3.3a).

    Parameters
    ----------
    n : float
        The size, positive.
    parts : sequence of float
        What each part costs at n = 1, at least 0 each and not all 0.
    powers : sequence of float
        The power of n that each part grows with, 0 for what does not grow.

    Returns
    -------
    float

    Examples
    --------
    A second that does not grow, and a millisecond for each pair:

    >>> [round(log_slope(n, [1, 1e-3], [0, 2]), 2) for n in (1, 30, 1000)]
    [0.0, 0.95, 2.0]
    """
    n = positive.read(n, "n")
    found = np.array([not_negative.read(part, "parts") for part in parts])
    if len(found) != len(powers) or not found.any():
        raise ValueError(f"parts: expected one for each power, not all 0, got {list(parts)}")
    with np.errstate(all="ignore"):
        at_n = float(slope(n, found, np.array(powers, float)))
    if not isfinite(at_n):
        raise ValueError(f"n: expected a size whose costs a float can hold, got {n}")
    return at_n


def slope(n, parts, powers):
    """Give equation 3.3a: the mean of the powers, each weighted with its share of the cost."""
    costs = parts * n**powers
    return (powers * costs).sum() / costs.sum()


def crossing(fixed: float, growing: float, power: float) -> float:
    """Give the size at which what grows costs as much as what does not (equation 3.3b).

    Parameters
    ----------
    fixed : float
        t₀, the cost that does not grow; positive.
    growing : float
        c, what the rest costs at n = 1; positive.
    power : float
        p, the power of n that the rest grows with; positive.

    Returns
    -------
    float
        The slope there is half the power.

    Examples
    --------
    >>> crossing(fixed=1e-4, growing=1e-8, power=2)
    100.0
    """
    fixed, growing = positive.read(fixed, "fixed"), positive.read(growing, "growing")
    return float(balance(fixed, growing, positive.read(power, "power")))


def balance(fixed, growing, power):
    """Give equation 3.3b."""
    return (fixed / growing) ** (1 / power)


def exponents(sizes: Any, costs: Any) -> np.ndarray:
    """Give the slopes on logarithmic axes between neighbouring sizes.

    Parameters
    ----------
    sizes : array_like, shape (n,)
        Positive, each larger than the one before.
    costs : array_like, shape (n, …)
        Positive.

    Returns
    -------
    array, shape (n − 1, …)

    Examples
    --------
    >>> exponents([1, 10, 100], [5, 5, 500])
    array([0., 2.])
    """
    sizes, costs = np.asarray(sizes, float), np.asarray(costs, float)
    if sizes.ndim != 1 or len(sizes) != len(costs) or len(sizes) < 2:
        raise ValueError(f"costs: expected one for each of two sizes or more, got {costs.shape}")
    if not (sizes[0] > 0 and (np.diff(sizes) > 0).all()):
        raise ValueError(f"sizes: expected positive ones that increase, got {sizes.tolist()}")
    if not (costs > 0).all():
        raise ValueError("costs: expected positive ones")
    return between(np.log(sizes), np.log(costs))


def between(log_sizes, log_costs):
    """Give the rise over the run, from each point to the next."""
    return (np.diff(log_costs, axis=0).T / np.diff(log_sizes)).T


def straight_fit(work: Any, costs: Any) -> tuple[float, float]:
    """Fit costs by a fixed part and one in proportion to the work.

    Parameters
    ----------
    work : array_like, shape (n,)
        Positive, and not all the same.
    costs : array_like, shape (n,)
        Positive.

    Returns
    -------
    tuple of float
        The fixed part and the cost of a unit of work, those that make the sum of the squares of
        the relative errors least.

    Examples
    --------
    >>> fixed, each = straight_fit([1, 10, 100], [7, 25, 205])
    >>> round(fixed, 6), round(each, 6)
    (5.0, 2.0)
    """
    work, costs = np.asarray(work, float), np.asarray(costs, float)
    if work.ndim != 1 or work.shape != costs.shape or len(work) < 2:
        raise ValueError(f"costs: expected one for each of two or more, got {costs.shape}")
    if not ((work > 0).all() and (costs > 0).all()):
        raise ValueError("costs: expected positive ones, of positive work")
    if (work == work[0]).all():
        raise ValueError(f"work: expected at least two different amounts, got {work.tolist()}")
    columns = np.stack([1 / costs, work / costs], axis=1)
    fixed, each = np.linalg.lstsq(columns, np.ones(len(work)))[0]
    return float(fixed), float(each)
