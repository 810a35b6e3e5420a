"""Small pictures of what the pages are about, for the cards on the first page."""

from collections.abc import Callable
from functools import wraps
from itertools import pairwise

import numpy as np

from ..activations import GELU, ReLU, Sigmoid, Tanh
from ..datasets import digits, moons
from ..optimizers import SGD
from .kit.picture import BLUE, COLORS, GREY, LIGHT, ORANGE, PALE, Axes, plot
from .optimizers.landscapes import LANDSCAPES, contours, descend

__all__ = ["CARDS"]


def card(draw: Callable[[Axes], None]) -> Callable:
    """Make a function that draws on axes one of a small picture without any."""

    @plot(height=2.6)
    @wraps(draw)
    def drawing(axes: Axes) -> None:
        axes.axis("off")
        draw(axes)

    return drawing


@card
def network(axes: Axes) -> None:
    """Draw neurons in four layers, each joined to all of the next."""
    layers = [[(x, y - (n - 1) / 2) for y in range(n)] for x, n in enumerate((3, 4, 4, 2))]
    for here, there in pairwise(layers):
        for a in here:
            for b in there:
                axes.plot(*zip(a, b, strict=True), color=LIGHT, lw=1)
    for column, color in zip(layers, (GREY, BLUE, BLUE, ORANGE), strict=True):
        axes.plot(*zip(*column, strict=True), "o", color=color, ms=9)


@card
def optimizers(axes: Axes) -> None:
    """Draw two ways down a ravine, one of them zigzag."""
    ravine = LANDSCAPES["ravine"]
    for line in contours("ravine"):
        axes.plot(*line.T, color=LIGHT, lw=1)
    for momentum, color in ((0.0, BLUE), (0.5, ORANGE)):
        rule = SGD(0.09, momentum=momentum)
        path = descend(rule, ravine.gradient, ravine.start, 25)
        axes.plot(*path.T, ".-", color=color, lw=1.4, ms=5)


@card
def activations(axes: Axes) -> None:
    """Draw the curves of four activations."""
    x = np.linspace(-3, 3, 121)
    for f, color in zip((Sigmoid(), Tanh(), ReLU(), GELU()), COLORS, strict=False):
        axes.plot(x, f(x), color=color)
    axes.set_ylim(-1.2, 2.2)


@card
def losses(axes: Axes) -> None:
    """Draw three losses over the error: a parabola, a wedge, and one between."""
    e = np.linspace(-2.2, 2.2, 121)
    huber = np.where(abs(e) < 0.7, e**2 / 2, 0.7 * (abs(e) - 0.35))
    for y, color in zip((e**2 / 2, abs(e), huber), COLORS, strict=False):
        axes.plot(e, y, color=color)


@card
def proofs(axes: Axes) -> None:
    """Draw what leads to the sign that ends a proof."""
    for x, text, size, color in ((0.37, r"$\Rightarrow$", 90, GREY), (0.73, "∎", 60, BLUE)):
        axes.text(x, 0.5, text, ha="center", va="center", fontsize=size, color=color)


@card
def tape(axes: Axes) -> None:
    """Draw five values in a graph, and the arrows between them."""
    places = {"x": (0, 2), "y": (0, 0), "u": (1.6, 0.7), "v": (3.2, 1.6), "C": (4.8, 1.6)}
    for a, b in ("xu", "yu", "uv", "xv", "vC"):
        look = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 9, "shrinkB": 9}
        axes.annotate("", places[b], places[a], arrowprops=look)
    for name, (x, y) in places.items():
        axes.plot(x, y, "o", color=ORANGE if name == "x" else BLUE, ms=14)
    axes.set(xlim=(-0.5, 5.3), ylim=(-0.5, 2.5))


@card
def convolution(axes: Axes) -> None:
    """Draw a window of nine pixels on an image, and the one pixel that it gives."""
    for x, y in np.ndindex(6, 6):
        inside = 1 <= x <= 3 and 2 <= y <= 4
        square = [x, x + 0.9, x + 0.9, x], [y, y, y + 0.9, y + 0.9]
        axes.fill(*square, color=ORANGE if inside else PALE, ec=LIGHT, lw=0.8)
    for x, y in np.ndindex(4, 4):
        left, low = 8.5 + x, 1 + y
        square = [left, left + 0.9, left + 0.9, left], [low, low, low + 0.9, low + 0.9]
        axes.fill(*square, color=BLUE if (x, y) == (1, 2) else PALE, ec=LIGHT, lw=0.8)
    axes.annotate("", (8.3, 3.2), (6.3, 3.2), arrowprops={"arrowstyle": "-|>", "color": GREY})
    axes.set_aspect("equal")


@card
def cnn(axes: Axes) -> None:
    """Draw three handwritten digits."""
    three = digits().train.x[[3, 5, 11]].reshape(3, 8, 8)
    axes.imshow(np.pad(np.hstack([*three]), 1), cmap="Greys")


@card
def scaling(axes: Axes) -> None:
    """Draw six processes in a ring, each sending to the next."""
    angles = np.linspace(0, 2 * np.pi, 7)
    x, y = 1.6 * np.cos(angles), np.sin(angles)
    for i in range(6):
        look = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 10, "shrinkB": 10}
        axes.annotate("", (x[i + 1], y[i + 1]), (x[i], y[i]), arrowprops=look)
    axes.plot(x, y, "o", color=BLUE, ms=14)
    axes.set(xlim=(-2.2, 2.2), ylim=(-1.4, 1.4))


@card
def playground(axes: Axes) -> None:
    """Draw two moons of points, and a curve between them."""
    part = moons(60, noise=0.1)
    for label, color in enumerate((BLUE, ORANGE)):
        axes.plot(*part.x[part.y == label].T, "o", color=color, ms=4)
    x = np.linspace(-1.2, 2.2, 60)
    axes.plot(x, 0.25 - 0.65 * np.sin(2.6 * (x - 0.5)) * np.exp(-((x - 0.5) ** 2)), color=GREY)


# by page: the picture, and what a reader finds there
CARDS = {
    "neural-network/training": (network, "Training, layer by layer"),
    "neural-network/optimizers": (optimizers, "Optimizers, from plain descent to Nadam"),
    "neural-network/activations": (activations, "Activations, their slopes and what they cost"),
    "neural-network/losses": (losses, "Losses, and where they come from"),
    "neural-network/proofs": (proofs, "Proofs, checked line by line"),
    "neural-network/tape": (tape, "Gradients on any graph"),
    "convolution/convolution": (convolution, "Convolution by im2col"),
    "convolution/cnn": (cnn, "A network that reads digits"),
    "scaling/data-parallel": (scaling, "One GPU, and many processes"),
    "playground": (playground, "A playground: train a network in the page"),
}
