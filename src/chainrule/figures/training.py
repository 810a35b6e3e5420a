"""The pictures of section 1.1: a line fitted, the five steps, digits, and a boundary that moves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..network import Network
from ..training import History
from .benchmarks import RECORDS
from .kit.canvas import FancyBboxPatch, Figure
from .kit.drawing import LINES, arrow, beside, counted, diagram, frame, note, number
from .kit.grids import mark
from .kit.picture import BLUE, GREY, ORANGE, PALE, Axes, Picture, picture, plot
from .kit.slider import Curve, Slider, Still


@plot(height=2.8)
def fitted_line(
    axes: Axes, x: np.ndarray, y: np.ndarray, lines: Mapping[int, tuple[float, float]]
) -> None:
    """Draw points, and lines w x + b as (w, b) by the number of steps that were taken."""
    axes.plot(x, y, "o", color=GREY, ms=3)
    ends = np.array([x.min(), x.max()])
    for (steps, (w, b)), (color, style) in zip(lines.items(), LINES, strict=False):
        axes.plot(ends, w * ends + b, style, color=color, lw=2)
        look: dict[str, Any] = {"color": color, "va": "center", "annotation_clip": False}
        beside(axes, (ends[1], w * ends[1] + b), (6, 0), counted(steps, "step"), **look)
    axes.set(xlabel="$x$", xlim=tuple(ends))
    axes.set_title("$y$, and the line $wx + b$", loc="left")


@diagram((0, 10), (0, 8.2), inches=4.1)
def five_steps(axes: Axes) -> None:
    """Figure 1.1: the five steps, and the two ways on from the last."""
    width, height, left, right = 4.2, 1.7, 2.3, 7.7
    boxes = [
        (left, 7.2, "1  load data", "a batch of inputs\nand their targets"),
        (right, 7.2, "2  feedforward", "inputs go in,\nanswers come out"),
        (right, 4.4, "3  loss", "one number: how far\nfrom the targets?"),
        (right, 1.6, "4  backward pass", "the slope of the loss\nin each parameter"),
        (left, 1.6, "5  gradient descent", "each parameter moves\nagainst its slope"),
    ]
    for x, y, title, text in boxes:
        corner = x - width / 2, y - height / 2
        look: dict[str, Any] = {"boxstyle": "round,pad=0.05", "fc": PALE, "ec": BLUE, "lw": 1.5}
        axes.add_patch(FancyBboxPatch(corner, width, height, **look))
        note(axes, x, y + 0.5, title, weight="bold")
        note(axes, x, y - 0.3, text, linespacing=1.3)
    for start, end, color in (
        ((4.5, 7.2), (5.5, 7.2), BLUE),
        ((7.7, 6.25), (7.7, 5.35), BLUE),
        ((7.7, 3.45), (7.7, 2.55), BLUE),
        ((5.5, 1.6), (4.5, 1.6), BLUE),
        ((2.3, 2.55), (2.3, 6.25), ORANGE),
        ((2.3, 0.65), (2.3, 0.0), GREY),
    ):
        arrow(axes, start, end, color, mutation_scale=14, lw=1.8, shrinkA=2, shrinkB=2, zorder=1)
    note(axes, 2.6, 4.4, "next batch", ha="left", color=ORANGE)
    note(axes, 2.6, 0.25, "stop: good enough, or getting no better", ha="left")


@picture(height=1.8)
def digit_samples(figure: Picture, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the first sixteen images of a set, with their classes."""
    _draw_digits(figure.subplots(2, 8).ravel(), x, y)


def _draw_digits(grid: np.ndarray, images: np.ndarray, titles: Iterable) -> None:
    for axes, image, title in zip(grid, images, titles, strict=False):
        side = round(image.size**0.5)
        axes.imshow(image.reshape(side, side), cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(title, pad=2)
        frame(axes)


@picture
def learning_curve(figure: Picture, histories: History | Sequence[History]) -> None:
    """Draw loss and validation accuracy by epoch: of one training, or of some that differ in seed.

    These are thin lines, and their median is a thick one.
    """
    left, right = figure.subplots(1, 2)
    for axes, name, factor, color, style in (
        (left, "loss", 1, BLUE, "-"),
        (left, "validation_loss", 1, ORANGE, "--"),
        (right, "validation_accuracy", 100, ORANGE, "--"),
    ):
        each = [histories] if isinstance(histories, History) else histories
        runs = factor * np.array([getattr(history, name) for history in each])
        epochs = np.arange(1, runs.shape[1] + 1)
        label, thick = "training" if name == "loss" else "validation", {}
        if len(runs) > 1:
            axes.plot(epochs, runs.T, color=color, lw=0.8, alpha=0.45)
            thick = {"lw": 2.5}
        axes.plot(epochs, np.median(runs, 0), style, color=color, label=label, **thick)
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[attr-defined]
    left.set(yscale="log", title="loss")
    right.set_title("validation accuracy (%)")
    left.legend()


def sweep(name: str) -> tuple[list[float], np.ndarray]:
    """Give the values of a setting that were tried, and the validation accuracies of each.

    They are those of ``benchmarks/sweeps.py``; the accuracies are a row per value, a column per
    seed.

    Examples
    --------
    >>> values, accuracies = sweep("batch size")
    >>> values, accuracies.shape
    ([2, 8, 32, 128, 512], (5, 5))
    """
    runs = json.loads((RECORDS / "sweeps.json").read_text(encoding="utf-8"))[name]
    accuracies = [run["validation accuracy"] for run in runs]
    return [run["value"] for run in runs], np.array(accuracies)


@picture(height=2.2)
def sweeps(figure: Picture, *names: str, lowest: float = 0) -> None:
    """Draw the validation accuracy by a setting: its median, and its range over the seeds.

    A median below the lowest percentage that is drawn is written there.
    """
    each = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(each, names, strict=True):
        values, accuracies = sweep(name)
        low, middle, high = 100 * np.quantile(accuracies, [0, 0.5, 1], axis=1)
        places, shown = np.arange(len(values)), middle >= lowest
        axes.vlines(places[shown], low[shown], high[shown], color=BLUE, lw=2)
        axes.plot(places[shown], middle[shown], "o-", color=BLUE, lw=1)
        for place in places[~shown]:
            look: dict[str, Any] = {"ha": "right", "va": "bottom", "color": BLUE}
            beside(axes, (place, lowest), (7, 2), f"↓ {middle[place]:.0f} %", **look)
        labelled = slice(None, None, 1 + len(values) // 4)
        axes.set_xticks(places[labelled], [number(v, 3) for v in values[labelled]], fontsize=10)
        axes.set(xlabel=name, xlim=(-0.5, len(values) - 0.5))
    each[0].set_ylim(bottom=lowest)
    each[0].set_title("validation accuracy (%)", loc="left")


@plot(height=4.4)
def confusion(axes: Axes, output: np.ndarray, y: np.ndarray) -> None:
    """Count, for every true class, what was predicted; the diagonal is what is right."""
    classes = output.shape[1]
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (y, output.argmax(1)), 1)
    for true, predicted in np.argwhere(counts):
        count = counts[true, predicted]
        mark(axes, (-0.5, -0.5), (true, predicted), fill=0.4 * count / counts.max(), width=0)
        note(axes, predicted, true, f"{count}")
    axes.set(xlabel="predicted", ylabel="true", xticks=range(classes), yticks=range(classes))
    axes.set(xlim=(-0.5, classes - 0.5), ylim=(classes - 0.5, -0.5), aspect="equal")
    axes.grid(False)


@picture
def misclassified(figure: Picture, output: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the images that are classified wrong (at most sixteen), with the true class first."""
    predicted = output.argmax(1)
    wrong = np.flatnonzero(predicted != y)[:16]
    rows = -(-max(len(wrong), 1) // 8)
    figure.set_figheight(0.95 * rows)
    grid = figure.subplots(rows, 8, squeeze=False).ravel()
    for axes in grid[len(wrong) :]:
        axes.axis("off")
    if not len(wrong):
        grid[0].text(0, 0.5, "none: all of them are right", va="center")
    _draw_digits(grid, x[wrong], [f"{y[i]} → {predicted[i]}" for i in wrong])


DIAMOND = np.array([[0, 1, 0, -1, 0, np.nan], [1, 0, -1, 0, 1, np.nan]])
CROSS = np.array([[-1, 1, np.nan, -1, 1, np.nan], [-1, 1, np.nan, 1, -1, np.nan]])


def zero_line(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find where a function is 0, between the points of a grid on which it is known.

    The values of shape (m, n) belong to x and y of shapes (n,) and (m,). What is given is the
    line's x and y, with NaN behind every piece; NaN alone if there is none.

    Examples
    --------
    >>> import numpy as np
    >>> ends = np.array([0.0, 1.0])
    >>> values = np.array([[-1.0, 1.0], [-1.0, 1.0]])  # 2x − 1
    >>> across, up = zero_line(ends, ends, values)
    >>> across[:2], up[:2]
    (array([0.5, 0.5]), array([1., 0.]))
    """
    if not values.min() < 0 < values.max():
        return np.array([np.nan]), np.array([np.nan])
    pieces = Figure().subplots().contour(x, y, values, [0.0]).allsegs[0]
    gap = np.full((1, 2), np.nan)
    line = np.concatenate([part for piece in pieces for part in (piece, gap)])
    return line[:, 0], line[:, 1]


def _marks(
    shape: np.ndarray, places: np.ndarray, size: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a small shape at each place, as one line with gaps."""
    each = places[:, :, None] + np.array(size)[:, None] * shape
    return each[:, 0].ravel(), each[:, 1].ravel()


def boundary_slider(x: np.ndarray, y: np.ndarray, networks: Mapping[int, Network]) -> Slider:
    """Give a slider for the epoch of a training, with what the network says of every place.

    The data x have two columns, and the classes y are 0 and 1. The networks are one network as it
    was after so many epochs: a `Linear` of 2 inputs first, 2 outputs last.
    """
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"x: expected shape (N, 2), got {x.shape}")
    (left, low), (right, high) = x.min(0) - 0.3, x.max(0) + 0.3
    # 100 and 50 cells of the picture's 508 by 258 pixels: the line's corners lie on edges of cells,
    # and none of these is halfway between two tenths of a pixel, where rounding may go either way
    across, up = np.linspace(left, right, 101), np.linspace(low, high, 51)
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    ends = np.array([left, right]), np.array([low, high])
    corners = np.stack(np.meshgrid(*ends), -1).reshape(-1, 2)

    def boundary(net: Network) -> tuple[np.ndarray, np.ndarray]:
        output = net(places)
        return zero_line(across, up, (output[:, 1] - output[:, 0]).reshape(51, 101))

    def neurons(net: Network) -> tuple[np.ndarray, np.ndarray]:
        # z is linear: where it is 0 follows from its values in the corners
        z = net.layers[0](corners)
        lines = [zero_line(*ends, each.reshape(2, 2)) for each in z.T]
        return np.concatenate([a for a, _ in lines]), np.concatenate([b for _, b in lines])

    size = (right - left) / 110, (high - low) / 56
    description = (
        "Points of two classes, diamonds and crosses, in two interlocking half moons, the boundary "
        "that the network draws between them, and for each hidden neuron the straight line where "
        "its weighted input is 0. After a few epochs the boundary is nearly straight and cuts the "
        "tips of both moons off; later it bends between them, and in the end every point is on "
        "its side."
    )
    each = networks.values()
    curves = [
        Curve("boundary between the classes", [boundary(net) for net in each]),
        Curve("*z*ⱼ = 0 of a hidden neuron", [neurons(net) for net in each]),
    ]
    still = [
        Still(*_marks(DIAMOND, x[y == 0], size), 2),
        Still(*_marks(CROSS, x[y == 1], size), 3),
    ]
    wrong = [int((net(x).argmax(1) != y).sum()) for net in each]
    notes = [f"{count} of {len(y)} points wrong" for count in wrong]
    look = (low, high), min(3, len(networks) - 1), still, notes
    caption = (
        "The points: diamonds for class 0, crosses for class 1. On the blue line, the decision "
        "boundary, the network gives both classes the same probability. Each dashed line belongs "
        "to a hidden neuron: on one side its weighted sum is positive, on the other negative."
    )
    axes = ("first input *x*₁", "second input *x*₂")
    return Slider(
        "boundary",
        description,
        "epoch",
        list(networks),
        ends[0],
        curves,
        *look,
        axes=axes,
        caption=caption,
    )
