"""Two classes of points in a plane that no straight line divides."""

import numpy as np

from ..arrays.settings import count, not_negative, seeds
from .core import Part

__all__ = ["circles", "moons", "spirals"]


def moons(n: int, *, noise: float = 0.15, seed: int = 0) -> Part:
    """Give points of two half moons that reach into each other.

    They are those of scikit-learn's ``make_moons(n, noise=noise, random_state=seed)``.

    Parameters
    ----------
    n : int
        How many in all.
    noise : float
        The standard deviation of what is added to each coordinate.
    seed : int
        From 0 to 2³² − 1.

    Returns
    -------
    Part
        Points of shape (n, 2), and the classes 0 and 1.

    Raises
    ------
    ValueError
        If `n` is less than 1, `noise` below 0 or `seed` out of its range.

    Examples
    --------
    >>> moons(120).x.shape
    (120, 2)
    """
    upper, lower = (np.linspace(0, np.pi, size) for size in _halves(n))
    x = np.append(np.cos(upper), 1 - np.cos(lower))
    y = np.append(np.sin(upper), 1 - np.sin(lower) - 0.5)
    return _shuffled(x, y, noise, seed)


def circles(n: int, *, noise: float = 0.15, seed: int = 0) -> Part:
    """Give points of two circles, one half as large inside the other.

    They are those of scikit-learn's
    ``make_circles(n, factor=0.5, noise=noise, random_state=seed)``.

    Parameters
    ----------
    n : int
        How many in all.
    noise : float
        The standard deviation of what is added to each coordinate.
    seed : int
        From 0 to 2³² − 1.

    Returns
    -------
    Part
        Points of shape (n, 2), and the classes 0 and 1.

    Raises
    ------
    ValueError
        If `n` is less than 1, `noise` below 0 or `seed` out of its range.

    Examples
    --------
    >>> float(abs(circles(10, noise=0).x[:, 0]).max())
    1.0
    """
    outer, inner = (np.linspace(0, 2 * np.pi, size, endpoint=False) for size in _halves(n))
    x = np.append(np.cos(outer), 0.5 * np.cos(inner))
    y = np.append(np.sin(outer), 0.5 * np.sin(inner))
    return _shuffled(x, y, noise, seed)


def spirals(n: int, *, noise: float = 0.15, seed: int = 0) -> Part:
    """Give points of two spirals that turn around each other one and a half times.

    Parameters
    ----------
    n : int
        How many in all.
    noise : float
        The standard deviation of what is added to each coordinate.
    seed : int
        From 0 to 2³² − 1.

    Returns
    -------
    Part
        Points of shape (n, 2), and the classes 0 and 1.

    Raises
    ------
    ValueError
        If `n` is less than 1, `noise` below 0 or `seed` out of its range.

    Examples
    --------
    >>> spirals(5).y.tolist().count(1)
    3
    """
    turns = [np.linspace(0.1, 1, size) for size in _halves(n)]
    angles = [3 * np.pi * t + np.pi * k for k, t in enumerate(turns)]
    x, y = (
        np.concatenate([2 * t * f(a) for t, a in zip(turns, angles, strict=True)])
        for f in (np.cos, np.sin)
    )
    return _shuffled(x, y, noise, seed)


def _halves(n: int) -> tuple[int, int]:
    n = count.read(n, "n")
    return n // 2, n - n // 2


def _shuffled(x: np.ndarray, y: np.ndarray, noise: float, seed: int) -> Part:
    rng = np.random.RandomState(seeds.read(seed, "seed"))  # scikit-learn's
    points, classes = np.stack([x, y], axis=1), np.repeat([0, 1], _halves(len(x)))
    order = np.arange(len(x))
    rng.shuffle(order)
    spread = rng.normal(scale=not_negative.read(noise, "noise"), size=points.shape)
    return Part(points[order] + spread, classes[order])
