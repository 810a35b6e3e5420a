"""The pictures of section 2.2: a convolutional network learns, and what it sees."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps

from ..arrays import to_numpy
from ..convolution import Conv2d
from ..network import Network
from ..training import History
from .benchmarks import RECORDS
from .picture import BLUE, GREY, ORANGE, Picture, picture

__all__ = ["feature_maps", "kernels", "learning_curve", "losses_side_by_side", "recorded"]


def recorded(name: str) -> tuple[list[History], list[float]]:
    """Give what ``benchmarks/seeds.py`` found of a network, seed by seed.

    Parameters
    ----------
    name : str
        "convolutional" or "dense".

    Returns
    -------
    histories : list of History
    accuracies : list of float
        The shares of the test part that were read rightly.

    Examples
    --------
    >>> histories, accuracies = recorded("convolutional")
    >>> len(histories), len(histories[0].loss), min(accuracies) > 0.98
    (5, 8, True)
    """
    runs = json.loads((RECORDS / "seeds.json").read_text(encoding="utf-8"))[name]
    histories = [History(**run["history"]) for run in runs]
    return histories, [run["test accuracy"] for run in runs]


@picture
def learning_curve(figure: Picture, histories: Sequence[History]) -> None:
    """Draw loss and validation accuracy by epoch: a thin line for each seed, a thick median.

    Parameters
    ----------
    histories : sequence of History
        One for each seed, of equal length, with validation data.
    """
    left, right = figure.subplots(1, 2)
    for axes, name, factor, color, style in (
        (left, "loss", 1, BLUE, "-"),
        (left, "validation_loss", 1, ORANGE, "--"),
        (right, "validation_accuracy", 100, ORANGE, "--"),
    ):
        runs = factor * np.array([getattr(history, name) for history in histories])
        epochs = np.arange(1, runs.shape[1] + 1)
        axes.plot(epochs, runs.T, color=color, lw=0.8, alpha=0.45)
        label = "training" if name == "loss" else "validation"
        axes.plot(epochs, np.median(runs, 0), style, color=color, label=label, lw=2.5)
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[attr-defined]
    left.set(yscale="log", title="loss")
    right.set_title("validation accuracy (%)")
    left.legend()


def _tiled(images: np.ndarray, columns: int) -> np.ndarray:
    """Lay images, shape (N, h, w), out in rows, with thin lines of NaN between them."""
    fine = images.repeat(8, axis=1).repeat(8, axis=2)
    n, h, w = fine.shape
    gap = 1 + columns // 4
    rows = -(-n // columns)
    sheet = np.full((rows * (h + gap) + gap, columns * (w + gap) + gap), np.nan)
    for place, image in enumerate(fine):
        row, column = divmod(place, columns)
        sheet[row * (h + gap) + gap :, column * (w + gap) + gap :][:h, :w] = image
    return sheet


def _show(axes: Any, sheet: np.ndarray, colors: str, low: float, high: float) -> Any:
    """Draw numbers as colours, lines of NaN in grey, and no axes."""
    scale = colormaps[colors].with_extremes(bad="#BBBBBB")
    shown = axes.imshow(sheet, cmap=scale, vmin=low, vmax=high, interpolation="nearest")
    axes.axis("off")
    return shown


@picture
def kernels(figure: Picture, layer: Conv2d) -> None:
    """Draw the weights of a layer, red above 0 and blue below, all on one scale.

    Parameters
    ----------
    layer : Conv2d
        If it reads one channel, its kernels stand eight in a row; otherwise each kernel is a
        column of its channels.
    """
    weight = to_numpy(layer.weight)
    kernels, channels, *side = weight.shape
    if channels == 1:
        columns = min(8, kernels)
        sheet = _tiled(weight[:, 0], columns)
    else:
        columns = kernels
        sheet = _tiled(weight.transpose(1, 0, 2, 3).reshape(-1, *side), columns)
    figure.set_figheight(max(1.2, 4.2 * sheet.shape[0] / sheet.shape[1] + 0.3))
    axes = figure.subplots()
    limit = float(np.abs(weight).max())
    shown = _show(axes, sheet, "RdBu_r", -limit, limit)
    figure.colorbar(shown, ax=axes, shrink=0.9, aspect=12, pad=0.02)


@picture
def feature_maps(figure: Picture, network: Network, x: np.ndarray) -> None:
    """Draw one image, and what each convolution makes of it, after the activation behind it.

    Parameters
    ----------
    network : Network
    x : array, shape (N, C, H, W)
        The first image is shown, its first channel.
    """
    trace = network.forward(x[:1])
    outputs = [to_numpy(each) for each in (*trace.inputs[1:], trace.output)]
    shown = [to_numpy(x)[:1, :1]]
    for place, layer in enumerate(network.layers):
        if isinstance(layer, Conv2d):
            after = outputs[min(place + 1, len(outputs) - 1)]
            shown.append(after if after.shape == outputs[place].shape else outputs[place])
    sheets = [_tiled(maps[0], min(8, maps.shape[1])) for maps in shown]
    heights = [1.0, *(4.4 * sheet.shape[0] / sheet.shape[1] for sheet in sheets[1:])]
    figure.set_figheight(sum(heights) + 0.38 * len(sheets))
    grid = figure.subplots(len(sheets), 1, squeeze=False, height_ratios=heights)[:, 0]
    for number, (axes, sheet, maps) in enumerate(zip(grid, sheets, shown, strict=True)):
        low, high = min(0.0, float(maps.min())), float(maps.max())
        _show(axes, sheet, "gray_r", low, high if high > low else low + 1)
        _, channels, h, w = maps.shape
        title = f"after convolution {number}: {channels} × {h} × {w}" if number else "the image"
        axes.set_title(title, pad=3)


@picture
def losses_side_by_side(figure: Picture, ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Draw two losses step for step, and below how far they are apart.

    Parameters
    ----------
    ours, theirs : sequence of float
        A number for each step.
    """
    figure.set_figheight(3.7)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    steps, apart = np.arange(1, len(ours) + 1), np.abs(np.subtract(ours, theirs))
    power = int(np.floor(np.log10(apart.max()))) if apart.any() else 0
    above.plot(steps, theirs, color=ORANGE, lw=5, alpha=0.5, label="PyTorch")
    above.plot(steps, ours, color=BLUE, lw=1.2, label="chainrule")
    above.legend()
    above.set_title("loss of the batch", loc="left")
    below.plot(steps, apart / 10.0**power, ".", color=GREY, ms=4)
    below.set_title(
        f"difference, in units of $10^{{{power}}}$" if power else "difference", loc="left"
    )
    below.set_xlabel("step")
