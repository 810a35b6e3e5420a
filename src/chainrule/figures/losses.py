"""The pictures of section 1.4: the losses, their slopes, and what is learned with each of them."""

from collections.abc import Sequence
from dataclasses import replace
from textwrap import fill
from typing import Any

import numpy as np

from ..losses import (
    MSE,
    BinaryCrossEntropy,
    BinaryFocal,
    CrossEntropy,
    Dice,
    Huber,
    Triplet,
    Tversky,
)
from .picture import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, Picture, picture
from .slider import Curve, Slider

__all__ = [
    "binary_curves",
    "class_recalls",
    "embeddings",
    "entropy",
    "error_curves",
    "fitted_lines",
    "focal_slider",
    "huber_slider",
    "masks",
    "operating_points",
    "overlap_curves",
    "triplet_forces",
    "tversky_slider",
]


def _of_errors(loss: Any, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the loss of each error and its slope."""
    apart = replace(loss, reduction="none")
    return apart(errors, 0 * errors), apart.gradient(errors, 0 * errors)


@picture
def error_curves(figure: Picture, loss: Any) -> None:
    """Draw a loss of numbers on the left, by the error, and its slope on the right."""
    figure.set_figheight(2.3)
    left, right = figure.subplots(1, 2)
    errors = np.linspace(-3, 3, 301)
    value, slope = _of_errors(loss, errors)
    left.plot(errors, value, color=BLUE)
    left.set(title="loss of one entry", xlabel="error ŷ − y")
    jumps = np.append(np.abs(np.diff(slope)) > 0.5, False)  # leave a gap, not a steep line
    right.plot(errors, np.where(jumps, np.nan, slope), color=ORANGE)
    right.set(title="its slope", xlabel="error ŷ − y")


def huber_slider() -> Slider:
    """Give a slider for the δ of Huber's loss."""
    errors = np.linspace(-4, 4, 161)
    values = [0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0]
    both = [_of_errors(Huber(delta=delta), errors) for delta in values]
    return Slider(
        "huber",
        "Huber's loss and its slope. Between minus delta and delta a parabola with a straight "
        "slope; outside, straight lines with a constant slope. The larger delta, the wider the "
        "parabola.",
        "δ",
        values,
        errors,
        [
            Curve("loss of one entry", [value for value, _ in both]),
            Curve("its slope", [slope for _, slope in both]),
        ],
        (-4.0, 8.0),
        start=3,
    )


@picture
def fitted_lines(
    figure: Picture, x: np.ndarray, y: np.ndarray, lines: dict[str, tuple[float, float]]
) -> None:
    """Draw points, and the lines (slope, offset) that were fitted to them."""
    axes = figure.subplots()
    axes.plot(x, y, "o", color=GREY, ms=4)
    ends = np.array([x.min(), x.max()])
    for (name, (slope, offset)), color, style in zip(
        lines.items(), (RED, BLUE, GREEN), ("-", "--", ":"), strict=True
    ):
        axes.plot(ends, slope * ends + offset, style, color=color, label=name, lw=2.5)
    axes.legend()
    axes.set(xlabel="x", ylabel="y")
    axes.locator_params(axis="x", nbins=5)


@picture
def entropy(figure: Picture) -> None:
    """Draw the entropy of a coin, and the cross-entropy of a class that is given a probability."""
    figure.set_figheight(2.5)
    left, right = figure.subplots(1, 2)
    p = np.linspace(0.001, 0.999, 401)
    both = np.stack([p, 1 - p], 1)
    left.plot(p, CrossEntropy(reduction="none")(np.log(both), both), color=BLUE)
    left.set(title="entropy of a coin (nats)", xlabel="probability of heads")
    p = p[p > 0.02]
    logits, classes = np.log(np.stack([p, 1 - p], 1)), np.zeros(len(p), int)
    right.plot(p, CrossEntropy(reduction="none")(logits, classes), color=BLUE, label="−log p")
    slope = CrossEntropy(reduction="sum").gradient(logits, classes)[:, 0]
    right.plot(p, slope, "--", color=ORANGE, label="slope, p − 1")
    right.legend(loc="upper right")
    right.set(title="loss of the right class", xlabel="its probability p")


@picture
def binary_curves(figure: Picture) -> None:
    """Draw binary cross-entropy by the logit, for "yes", beside the squared error of σ(z)."""
    figure.set_figheight(2.7)
    left, right = figure.subplots(1, 2)
    z = np.linspace(-8, 4, 241)
    yes, p = np.ones_like(z), 1 / (1 + np.exp(-z))
    loss, square = BinaryCrossEntropy(reduction="none"), MSE(reduction="none")
    left.plot(z, loss(z, yes), color=BLUE, label="cross-entropy")
    left.plot(z, square(p, yes), "--", color=RED, label="(σ(z) − 1)²")
    figure.legend(loc="outside lower center", ncols=2)
    left.set(title="loss, if the answer is yes", xlabel="logit z")
    right.plot(z, loss.gradient(z, yes), color=BLUE)
    right.plot(z, square.gradient(p, yes) * p * (1 - p), "--", color=RED)
    right.set(title="its slope", xlabel="logit z")


@picture
def class_recalls(figure: Picture, recalls: dict[str, Sequence[float]], names: Sequence) -> None:
    """Draw the recall of each class, a group of bars for each loss."""
    axes = figure.subplots()
    width = 0.8 / len(names)
    for i, (name, color) in enumerate(zip(names, (ORANGE, GREY), strict=True)):
        at = np.arange(len(recalls)) + (i - (len(names) - 1) / 2) * width
        heights = [100 * each[i] for each in recalls.values()]
        axes.bar(at, heights, 0.9 * width, color=color, label=name)
        for place, height in zip(at, heights, strict=True):
            axes.text(place, height + 1, f"{height:.0f}", ha="center")
    axes.set_xticks(range(len(recalls)), [fill(name, 12) for name in recalls])
    axes.set_ylabel("recall (%)")
    axes.set_ylim(0, 125)
    axes.legend(ncol=2, loc="upper center")
    axes.grid(axis="x", visible=False)


def _nested(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give a true region of 100 pixels, and predicted ones of the same centre and given sizes.

    Both as probabilities of one class, shape (N, 1, 300); the k-th pixel is the k-th from the
    centre, and a pixel may belong to a prediction in part.
    """
    pixels = np.arange(300)
    found = np.clip(100 * sizes[:, None] - pixels, 0, 1)[:, None, :]
    return found, np.broadcast_to((pixels < 100).astype(float), found.shape)


@picture
def overlap_curves(figure: Picture) -> None:
    """Draw Dice and Jaccard by the size of the predicted region, and the slopes of Dice."""
    figure.set_figheight(2.5)
    left, right = figure.subplots(1, 2)
    sizes = np.linspace(0.01, 3, 300)
    found, true = _nested(sizes)
    settings: dict[str, Any] = {"smooth": 0.0, "per_sample": True, "reduction": "none"}
    left.plot(sizes, Dice(**settings)(found, true)[:, 0], color=BLUE, label="Dice")
    jaccard = Tversky(alpha=1.0, beta=1.0, **settings)
    left.plot(sizes, jaccard(found, true)[:, 0], "--", color=GREY, label="Jaccard")
    left.legend()
    left.set(title="loss", xlabel="predicted size / true size", ylim=(0, 1))
    slopes = Dice(**settings).gradient(found, true)[:, 0]
    right.plot(sizes, 100 * slopes[:, 0], color=BLUE, label="in a true pixel")
    right.plot(sizes, 100 * slopes[:, -1], "--", color=ORANGE, label="in another")
    right.legend()
    right.set(title="slope of Dice, × 100", xlabel="predicted size / true size")


def focal_slider() -> Slider:
    """Give a slider for the γ of the focal loss."""
    p = np.linspace(0.02, 0.999, 150)
    z, yes = np.log(p / (1 - p)), np.ones_like(p)
    values = [0.0, 0.5, 1.0, 2.0, 3.0, 5.0]
    each = [BinaryFocal(gamma=gamma, reduction="none") for gamma in values]
    return Slider(
        "focal",
        "The focal loss and the size of its slope in the logit, by the probability of the right "
        "class. The larger gamma, the earlier both come down to 0 as the probability grows.",
        "γ",
        values,
        p,
        [
            Curve("focal loss", [loss(z, yes) for loss in each]),
            Curve("size of its slope in the logit", [-loss.gradient(z, yes) for loss in each]),
            Curve("cross-entropy", [each[0](z, yes)] * len(values)),
        ],
        (0.0, 3.0),
        start=3,
    )


def tversky_slider() -> Slider:
    """Give a slider for the β of the Tversky loss, with α = 1 − β."""
    sizes = np.linspace(0.02, 3, 150)
    found, true = _nested(sizes)
    settings: dict[str, Any] = {"smooth": 0.0, "per_sample": True, "reduction": "none"}
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    each = [Tversky(alpha=1 - beta, beta=beta, **settings) for beta in values]
    slopes = [100 * loss.gradient(found, true)[:, 0] for loss in each]
    return Slider(
        "tversky",
        "The Tversky loss by the size of the predicted region, relative to the true one. It is 0 "
        "where the sizes are equal. The larger beta, the steeper on the side of too small and the "
        "flatter on the side of too large. At the true size the slope in a true pixel is minus "
        "beta, that in another pixel alpha, both divided by the hundred pixels of the region.",
        "β",
        values,
        sizes,
        [
            Curve("Tversky loss", [loss(found, true)[:, 0] for loss in each]),
            Curve("slope in a true pixel, × 100", [s[:, 0] for s in slopes]),
            Curve("slope in another, × 100", [s[:, -1] for s in slopes]),
        ],
        (-2.0, 1.0),
        start=7,
        notes=[f"α = {1 - beta:.1f}" for beta in values],
    )


@picture
def triplet_forces(figure: Picture) -> None:
    """Draw a triplet, the margin around it, and where one step of descent moves its points."""
    figure.set_figheight(3.2)
    axes = figure.subplots()
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
    for (name, at, color, beside), gradient in zip(points, gradients, strict=True):
        axes.plot(*at, "o", color=color, ms=9)
        axes.annotate(
            "",
            tuple(at - 0.7 * gradient[0]),
            tuple(at),
            arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.5, "mutation_scale": 18},
        )
        clear = {"fc": "white", "ec": "none", "pad": 1}  # of the circles
        axes.annotate(name, tuple(at), beside, textcoords="offset points", color=INK, bbox=clear)
    axes.text(0, distance + 0.06, "d(a, p)", ha="center", va="bottom", color=INK)
    axes.text(0, distance + 1.06, "d(a, p) + margin", ha="center", va="bottom", color=INK)
    axes.set(xlim=(-4.2, 4.2), ylim=(-2.9, 3.1), aspect="equal")
    axes.axis("off")


DIGIT_COLORS = [BLUE, ORANGE, GREEN, PURPLE, RED, "#B8860B", "#CC79A7", "#56B4E9", INK, "#8C8C8C"]


@picture
def embeddings(figure: Picture, each: dict[str, np.ndarray], classes: np.ndarray) -> None:
    """Draw embeddings of digits in the plane, a panel for each, with the digit at its median."""
    figure.set_figheight(2.9)
    for axes, (name, points) in zip(figure.subplots(1, len(each)), each.items(), strict=True):
        for digit, color in enumerate(DIGIT_COLORS):
            own = points[classes == digit]
            axes.plot(*own.T, ".", color=color, ms=4)
            axes.text(
                *np.median(own, 0),
                str(digit),
                ha="center",
                va="center",
                weight="bold",
                bbox={"boxstyle": "circle,pad=0.15", "fc": "white", "ec": color, "alpha": 0.9},
            )
        axes.set(title=name, xticks=[], yticks=[])
        axes.grid(False)


@picture
def masks(
    figure: Picture, images: np.ndarray, true: np.ndarray, found: dict[str, np.ndarray]
) -> None:
    """Draw images, their true masks, and the masks found with each loss.

    Pixels found rightly look like those of the truth, those found wrongly are orange, those missed
    blue.
    """
    names = ["image", "truth", *found]
    figure.set_figheight(0.5 + 4.9 * len(images) / len(names))
    grid = figure.subplots(len(images), len(names), squeeze=False)
    colors = np.array([[1, 1, 1], [0.84, 0.37, 0], [0.34, 0.71, 0.91], [0.13, 0.13, 0.13]])
    for row, image, mask, number in zip(grid, images, true, range(len(images)), strict=True):
        row[0].imshow(image, cmap="gray_r", vmin=-0.7, vmax=1.5)
        row[1].imshow(colors[3 * mask])
        for axes, each in zip(row[2:], found.values(), strict=True):
            axes.imshow(colors[each[number] + 2 * mask])
    for axes in grid.ravel():
        axes.set(xticks=[], yticks=[])
        axes.grid(False)
        for spine in axes.spines.values():
            spine.set(visible=True, color="#BBBBBB")
    for axes, name in zip(grid[0], names, strict=True):
        axes.set_title(name.replace("-", "-\n"), fontsize=9)


@picture
def operating_points(figure: Picture, scores: dict[str, tuple[float, float]]) -> None:
    """Draw precision against recall, a point for each loss."""
    figure.set_figheight(3.2)
    axes = figure.subplots()
    looks = zip("os^vD", (BLUE, ORANGE, GREEN, PURPLE, RED), strict=True)
    for (name, (precision, recall)), (mark, color) in zip(scores.items(), looks, strict=False):
        axes.plot(100 * recall, 100 * precision, mark, color=color, ms=8, label=name)
    axes.legend(loc="lower left")
    axes.set(xlabel="recall (%): of the true pixels, how many were found", ylabel="precision (%)")
    axes.margins(0.15)
