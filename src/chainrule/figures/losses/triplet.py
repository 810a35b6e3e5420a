"""The triplet loss: where it pushes, and what an embedding learns of it."""

import numpy as np

from ...losses import Triplet
from ..kit.drawing import arrow, beside, clear, note
from ..kit.picture import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, Axes, Picture, picture, plot


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


DIGIT_COLORS = [BLUE, ORANGE, GREEN, PURPLE, RED, "#B8860B", "#CC79A7", "#56B4E9", INK, "#8C8C8C"]


@picture
def embeddings(figure: Picture, each: dict[str, np.ndarray], classes: np.ndarray) -> None:
    """Draw embeddings of digits in the plane, a panel for each, with the digit at its median."""
    for axes, (name, points) in zip(figure.subplots(1, len(each)), each.items(), strict=True):
        for digit, color in enumerate(DIGIT_COLORS):
            own = points[classes == digit]
            axes.plot(*own.T, ".", color=color, ms=4)
            ring = {"boxstyle": "circle,pad=0.15", "fc": "white", "ec": color, "alpha": 0.9}
            x, y = np.median(own, 0)
            note(axes, x, y, str(digit), weight="bold", bbox=ring)
        axes.set(title=name, xticks=[], yticks=[])
        axes.grid(False)
