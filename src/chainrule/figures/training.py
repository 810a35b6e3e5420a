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
    figure.set_size_inches(6.4, 4.3)
    axes = figure.subplots()
    axes.set(xlim=(-0.1, 10.1), ylim=(-0.15, 6.4))
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
    centres = [(1.7, 5.0), (5.0, 5.0), (8.4, 5.0), (8.4, 1.9), (4.2, 1.9)]
    widths = [2.9, 2.5, 2.9, 2.9, 3.9]
    for (x, y), width, (title, text) in zip(centres, widths, steps, strict=True):
        box = FancyBboxPatch(
            (x - width / 2, y - 0.85), width, 1.7, "round,pad=0.05", fc=PALE, ec=BLUE, lw=1.5
        )
        axes.add_patch(box)
        axes.text(x, y + 0.5, title, ha="center", va="center", weight="bold")
        axes.text(x, y - 0.3, text, ha="center", va="center", linespacing=1.3)
    ways = [
        ((3.25, 5.0), (3.65, 5.0)),
        ((6.35, 5.0), (6.85, 5.0)),
        ((8.4, 4.05), (8.4, 2.85)),
        ((6.85, 1.9), (6.25, 1.9)),
    ]
    for start, end in ways:
        axes.add_patch(_arrow(start, end, BLUE))
    axes.add_patch(_arrow((2.15, 2.2), (1.0, 4.05), ORANGE, "arc3,rad=-0.3"))
    axes.text(1.3, 3.3, "next batch", color=ORANGE, ha="left", va="center")
    axes.add_patch(_arrow((4.2, 0.95), (4.2, 0.25), GREY))
    axes.text(4.5, 0.4, "stop: good enough, or getting no better", color=INK, va="center")


def _arrow(start: Any, end: Any, color: str, style: str = "arc3") -> FancyArrowPatch:
    return FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=14, color=color, lw=1.8, connectionstyle=style
    )


@picture
def digit_samples(figure: Picture, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the first sixteen images of a set, with their classes."""
    figure.set_size_inches(6.4, 2.2)
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
    left.legend(frameon=False)
    left.set(xlabel="epoch", title="loss")
    right.plot(epochs, 100 * np.array(history.validation_accuracy), color=ORANGE, ls="--")
    right.set(xlabel="epoch", title="validation accuracy (%)")


@picture
def confusion(figure: Picture, output: np.ndarray, y: np.ndarray) -> None:
    """Count, for every true class, what was predicted; the diagonal is what is right."""
    figure.set_size_inches(5.0, 4.4)
    classes = output.shape[1]
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (y, output.argmax(1)), 1)
    axes = figure.subplots()
    axes.imshow(counts, cmap="Blues", vmax=1.5 * counts.max())
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
    figure.set_size_inches(6.4, 1.15 * rows)
    grid = figure.subplots(rows, 8, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    if not len(wrong):
        grid[0].text(0, 0.5, "none: all of them are right", va="center")
    for axes, i in zip(grid, wrong, strict=False):
        axes.axis("on")
        _draw_digit(axes, x[i])
        axes.set_title(f"{y[i]} → {predicted[i]}", pad=2)
