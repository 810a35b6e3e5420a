"""Costs of two parameters, to race optimizers on: known shapes with known minima."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...optimizers import SGD, Adagrad, Adam, AdaMax, AdamW, Nadam, Optimizer, RMSProp
from ..kit.canvas import Figure
from ..kit.picture import BLUE, GREEN, ORANGE, PURPLE, RED


@dataclass(frozen=True)
class Landscape:
    """A cost of two parameters (x, y), which stand in the first axis of what it takes."""

    name: str
    cost: Callable[[Any], Any]
    gradient: Callable[[Any], np.ndarray]
    start: tuple[float, float]  # of the race
    apart: tuple[float, float]  # how far from it, in x and y, the race's other starts lie
    limits: tuple[float, float, float, float]  # what is drawn: from and to in x, then in y
    levels: Sequence[float]  # the costs at which contours are drawn
    goal: tuple[float, float]  # the minimum nearest to the way that optimizers take


# the entries of the symmetric matrix with the eigenvalues 1 and 20, whose axes are turned by 30
# degrees; no matrix product, because BLAS rounds differently on different processors
_XX, _XY, _YY = 23 / 4, -19 * 3**0.5 / 4, 61 / 4


def _beale(w: Any) -> Any:
    x, y = w
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _beale_gradient(w: Any) -> np.ndarray:
    x, y = w
    errors = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    of_x = (y - 1, y**2 - 1, y**3 - 1)
    of_y = (x, 2 * x * y, 3 * x * y**2)
    return np.array(
        [2 * sum(e * s for e, s in zip(errors, of, strict=True)) for of in (of_x, of_y)]
    )


LANDSCAPES = {
    "ravine": Landscape(
        "a ravine, with twenty times as much curvature across as along",
        lambda w: (_XX * w[0] ** 2 + 2 * _XY * w[0] * w[1] + _YY * w[1] ** 2) / 2,
        lambda w: np.array([_XX * w[0] + _XY * w[1], _XY * w[0] + _YY * w[1]]),
        (-4.0, -1.0),
        (0.2, 0.2),
        (-4.5, 1.5, -3.0, 1.5),
        (0.1, 0.5, 2.0, 5.0, 10.0, 20.0, 40.0),
        (0.0, 0.0),
    ),
    "saddle": Landscape(
        "a saddle, with a valley on either side",
        lambda w: w[0] ** 2 / 2 - w[1] ** 2 / 2 + w[1] ** 4 / 8,
        lambda w: np.array([w[0], -w[1] + w[1] ** 3 / 2]),
        (-2.0, 0.001),
        (0.2, 0.0005),
        (-2.5, 1.5, -1.0, 2.2),
        (-0.45, -0.3, -0.15, 0.0, 0.25, 0.75, 1.5, 2.5),
        (0.0, 2.0**0.5),
    ),
    "rosenbrock": Landscape(
        "Rosenbrock's valley, which bends",
        lambda w: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2,
        lambda w: np.array(
            [-2 * (1 - w[0]) - 400 * w[0] * (w[1] - w[0] ** 2), 200 * (w[1] - w[0] ** 2)]
        ),
        (-1.2, 1.0),
        (0.2, 0.2),
        (-1.8, 1.8, -0.7, 2.2),
        (0.5, 3.0, 10.0, 30.0, 100.0, 300.0, 700.0),
        (1.0, 1.0),
    ),
    "beale": Landscape(
        "Beale's plain between walls",
        _beale,
        _beale_gradient,
        (0.0, 2.0),
        (0.2, 0.2),
        (-1.0, 4.0, -2.0, 2.5),
        (0.1, 0.5, 2.0, 5.0, 12.0, 30.0, 100.0, 400.0),
        (3.0, 0.5),
    ),
}

RACERS: dict[str, Callable[[float], Optimizer]] = {
    "SGD": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "Nesterov": partial(SGD, momentum=0.9, nesterov=True),
    **{each.__name__: each for each in (Adagrad, RMSProp, Adam, AdaMax, Nadam)},
}
CONTENDERS = RACERS | {"AdamW": AdamW}  # without decay it is Adam
# each has one look in all races
LOOKS = {
    "SGD": (BLUE, "o-"),
    "momentum": (ORANGE, "s--"),
    "Nesterov": (GREEN, "^:"),
    "Adagrad": (PURPLE, "v-."),
    "RMSProp": (RED, "D-"),
    "Adam": ("#6B7A00", "x--"),
    "AdaMax": ("#4B3FBF", "+:"),
    "Nadam": ("#D6427F", "*-."),
    "AdamW": ("#8C6510", "p-"),
}


def contours(name: str) -> list[np.ndarray]:
    """Give the contour lines of a landscape, as rows of points."""
    landscape = LANDSCAPES[name]
    left, right, low, high = landscape.limits
    x, y = np.meshgrid(np.linspace(left, right, 161), np.linspace(low, high, 161))
    drawn = Figure().subplots().contour(x, y, landscape.cost(np.stack([x, y])), landscape.levels)
    return [line for level in drawn.allsegs for line in level if len(line) > 1]


def descend(
    optimizer: Optimizer, gradient: Callable, start: Sequence[float], steps: int
) -> np.ndarray:
    """Give the path of an optimizer, shape (steps + 1, …); NaN from where it runs off."""
    w = np.array(start, dtype=float)
    path = np.full((steps + 1, *w.shape), np.nan)
    path[0] = w
    for step in range(1, steps + 1):
        optimizer.step([w], [gradient(w)])
        if not np.abs(w).max() < 1e3:
            break
        path[step] = w
    return path


def arrival(landscape: Landscape, path: np.ndarray) -> int | None:
    """Give the first step from which the path stays within 0.1 of the goal, if there is one."""
    near = np.hypot(*(path - landscape.goal).T) < 0.1  # NaN is not near
    if not near[-1]:
        return None
    return int(len(near) - np.argmin(near[::-1])) if not near.all() else 0
