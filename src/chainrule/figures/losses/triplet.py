"""The triplet loss: where it pushes, and what an embedding learns of it."""

import numpy as np

from ...losses import Triplet
from ..kit.drawing import arrow, beside, clear, note
from ..kit.picture import BLUE, GREEN, GREY, INK, PURPLE, RED, Axes, Picture, picture, plot


@plot(height=3.2, xlim=(-4.2, 4.2), ylim=(-2.9, 3.1), aspect="equal")
def triplet_forces(axes: Axes) -> None:
    """Draw a triplet, the margin around it, and where one step of descent moves its points."""
    a, p, n = np.array([0.0, 0.0]), np.array([1.6, 0.5]), np.array([1.2, -1.5])
    gradients = Triplet(eps=0.0).gradient(a[None], p[None], n[None])
    turn = np.linspace(0, 2 * np.pi, 200)
    distance = float(np.linalg.norm(p - a))
    for radius, style in ((distance, "-"), (distance + 1, "--")):
        axes.plot(radius * np.cos(turn), radius * np.sin(turn), style, color=GREY, lw=1.2)
    points = (
        ("anchor", a, BLUE, (10, -14)),
        ("positive", p, GREEN, (10, -4)),
        ("negative", n, RED, (-66, -20)),
    )
    for (name, at, color, away), gradient in zip(points, gradients, strict=True):
        axes.plot(*at, "o", color=color, ms=9)
        moved = at - 0.7 * gradient[0]
        arrow(axes, at, moved, color, mutation_scale=18, lw=2.5, shrinkA=2, shrinkB=2, zorder=3)
        beside(axes, at, away, name, color=INK, bbox=clear(1))
    axes.text(0, distance + 0.06, "d(a, p)", ha="center", va="bottom", color=INK)
    axes.text(0, distance + 1.06, "d(a, p) + margin", ha="center", va="bottom", color=INK)
    axes.axis("off")


DIGIT_COLORS = [BLUE, "#E69F00", GREEN, PURPLE, RED]
DIGIT_COLORS += ["#8DB600", "#F08CC0", "#56B4E9", INK, "#8C8C8C"]


def _apart(places: np.ndarray, least: float) -> np.ndarray:
    """Give places in the unit square, moved until no two are nearer to each other than that."""
    places = places.copy()
    for _ in range(200):
        away = places[:, None] - places
        distance = np.hypot(*away.T) + np.eye(len(places))
        push = np.maximum(least - distance, 0) / 2 * (1 - np.eye(len(places)))
        places = np.clip(places + (away * (push / distance)[:, :, None]).sum(1), 0.05, 0.95)
    return places


@picture(height=3.4)
def embeddings(figure: Picture, each: dict[str, np.ndarray], classes: np.ndarray) -> None:
    """Draw embeddings of digits in the plane, a panel for each, with the digit at its median."""
    for axes, (name, points) in zip(figure.subplots(1, len(each)), each.items(), strict=True):
        each_own = [points[classes == digit] for digit in range(10)]
        medians = np.array([np.median(own, 0) for own in each_own])
        low, size = points.min(0), np.ptp(points, 0)
        names = low + size * _apart((medians - low) / size, 0.12)
        for digit, (own, color) in enumerate(zip(each_own, DIGIT_COLORS, strict=True)):
            axes.plot(*own.T, "o^"[digit % 2], color=color, ms=3, mew=0)
            axes.plot(*zip(medians[digit], names[digit], strict=True), color=color, lw=1.2)
            ring = {"boxstyle": "circle,pad=0.15", "fc": "white", "ec": color, "alpha": 0.9}
            x, y = names[digit]
            note(axes, x, y, str(digit), weight="bold", bbox=ring)
        axes.set(title=name, xticks=[], yticks=[])
        axes.grid(False)
