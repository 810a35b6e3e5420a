"""The pictures of section 1.1: the five steps, and a classifier learning the digits."""

from typing import Any

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ..training import History
from .picture import BLUE, GREY, INK, ORANGE, PALE, Picture, picture

__all__ = ["confusion", "digit_samples", "five_steps", "learning_curve", "misclassified"]


@picture
def five_steps(figure: Picture) -> None:
    """Figure 1.1: the five steps, and the two ways on from the last."""
    figure.set_figheight(4.1)
    axes = figure.subplots()
    axes.set(xlim=(0, 10), ylim=(0, 8.2))
    axes.axis("off")
    steps = [
        ("1  load data", "a batch of inputs $x$\nand targets $y$"),
        ("2  feedforward", "$z^l$ and $a^l$,\nlayer by layer"),
        ("3  loss", "$C$ compares $a^L$\nwith $y$"),
        (
            "4  backward",
            "$\\delta^l$, then\n$\\partial C/\\partial w^l$, $\\partial C/\\partial b^l$",
        ),
        (
            "5  gradient descent",
            "$w^l$ := $w^l - \\alpha\\,\\partial C/\\partial w^l$,\nand $b^l$ alike",
        ),
    ]
    left, right, width, height = 2.3, 7.7, 4.2, 1.7
    centres = [(left, 7.2), (right, 7.2), (right, 4.4), (right, 1.6), (left, 1.6)]
    for (x, y), (title, text) in zip(centres, steps, strict=True):
        corner = x - width / 2, y - height / 2
        look: dict[str, Any] = {"boxstyle": "round,pad=0.05", "fc": PALE, "ec": BLUE, "lw": 1.5}
        axes.add_patch(FancyBboxPatch(corner, width, height, **look))
        axes.text(x, y + 0.5, title, ha="center", va="center", weight="bold")
        axes.text(x, y - 0.3, text, ha="center", va="center", linespacing=1.3)
    ways = [
        ((4.5, 7.2), (5.5, 7.2)),
        ((7.7, 6.25), (7.7, 5.35)),
        ((7.7, 3.45), (7.7, 2.55)),
        ((5.5, 1.6), (4.5, 1.6)),
    ]
    for start, end in ways:
        axes.add_patch(_arrow(start, end, BLUE))
    axes.add_patch(_arrow((2.3, 2.55), (2.3, 6.25), ORANGE))
    axes.text(2.6, 4.4, "next batch", color=ORANGE, va="center")
    axes.add_patch(_arrow((2.3, 0.65), (2.3, 0.0), GREY))
    axes.text(2.6, 0.25, "stop: good enough, or getting no better", color=INK, va="center")


def _arrow(start: Any, end: Any, color: str) -> FancyArrowPatch:
    return FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=14, color=color, lw=1.8)


@picture
def digit_samples(figure: Picture, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the first sixteen images of a set, with their classes."""
    figure.set_figheight(1.8)
    for axes, image, digit in zip(figure.subplots(2, 8).ravel(), x, y, strict=False):
        _draw_digit(axes, image)
        axes.set_title(f"{digit}", pad=2)


def _draw_digit(axes: Any, image: np.ndarray) -> None:
    side = round(image.size**0.5)
    axes.imshow(image.reshape(side, side), cmap="gray_r", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set(visible=True, color="#BBBBBB")


@picture
def learning_curve(figure: Picture, history: History) -> None:
    """Draw the loss on both parts, and the accuracy on the validation part, by epoch."""
    left, right = figure.subplots(1, 2)
    epochs = np.arange(1, len(history.loss) + 1)
    for name, values, color in (
        ("training", history.loss, BLUE),
        ("validation", history.validation_loss, ORANGE),
    ):
        left.semilogy(epochs, values, color=color, ls="-" if color == BLUE else "--", label=name)
    left.legend()
    left.set(xlabel="epoch", title="loss")
    right.plot(epochs, 100 * np.array(history.validation_accuracy), color=ORANGE, ls="--")
    right.set(xlabel="epoch", title="validation accuracy (%)")


@picture
def confusion(figure: Picture, output: np.ndarray, y: np.ndarray) -> None:
    """Count, for every true class, what was predicted; the diagonal is what is right."""
    figure.set_figheight(4.4)
    classes = output.shape[1]
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (y, output.argmax(1)), 1)
    axes = figure.subplots()
    axes.imshow(counts, cmap="Blues", vmax=2.5 * counts.max())
    for true, predicted in np.ndindex(counts.shape):
        if counts[true, predicted]:
            axes.text(predicted, true, f"{counts[true, predicted]}", ha="center", va="center")
    axes.set(xlabel="predicted", ylabel="true", xticks=range(classes), yticks=range(classes))
    axes.grid(False)


@picture
def misclassified(figure: Picture, output: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the images that are classified wrong (at most sixteen), with the true class first."""
    predicted = output.argmax(1)
    wrong = np.flatnonzero(predicted != y)[:16]
    rows = -(-max(len(wrong), 1) // 8)
    figure.set_figheight(0.95 * rows)
    grid = figure.subplots(rows, 8, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    if not len(wrong):
        grid[0].text(0, 0.5, "none: all of them are right", va="center")
    for axes, i in zip(grid, wrong, strict=False):
        axes.axis("on")
        _draw_digit(axes, x[i])
        axes.set_title(f"{y[i]} → {predicted[i]}", pad=2)
