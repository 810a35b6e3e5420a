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
from .kit.picture import BLUE, GREY, LIGHT, ORANGE, Picture, picture


def recorded(name: str) -> tuple[list[History], list[float]]:
    """Give the histories of a network, seed by seed, and what it read rightly of the test part.

    The networks of ``benchmarks/seeds.py`` are "convolutional" and "dense".

    Examples
    --------
    >>> histories, accuracies = recorded("convolutional")
    >>> len(histories), len(histories[0].loss), min(accuracies) > 0.98
    (5, 8, True)
    """
    runs = json.loads((RECORDS / "seeds.json").read_text(encoding="utf-8"))[name]
    histories = [History(**run["history"]) for run in runs]
    return histories, [run["test accuracy"] for run in runs]


def _tiled(images: np.ndarray, columns: int) -> np.ndarray:
    """Lay images, shape (N, h, w), out in rows, with thin lines of NaN between them."""
    fine, gap = images.repeat(8, axis=1).repeat(8, axis=2), 1 + columns // 4
    room = (0, -len(images) % columns), (gap, 0), (gap, 0)
    tiles = np.pad(fine, room, constant_values=np.nan)
    rows = tiles.reshape(-1, columns, *tiles.shape[1:]).swapaxes(1, 2)
    sheet = rows.reshape(-1, columns * tiles.shape[2])
    return np.pad(sheet, (0, gap), constant_values=np.nan)


def _show(axes: Any, sheet: np.ndarray, colors: str, low: float, high: float) -> Any:
    """Draw numbers as colours, lines of NaN in grey, and no axes."""
    scale = colormaps[colors].with_extremes(bad=LIGHT)
    shown = axes.imshow(sheet, cmap=scale, vmin=low, vmax=high, interpolation="nearest")
    axes.axis("off")
    return shown


@picture
def kernels(figure: Picture, layer: Conv2d) -> None:
    """Draw the weights of a layer, red above 0 and blue below, all on one scale.

    Kernels of one channel stand eight in a row; others are columns of their channels.
    """
    weight = to_numpy(layer.weight)
    kernels, channels, *side = weight.shape
    columns = min(8, kernels) if channels == 1 else kernels
    sheet = _tiled(weight.transpose(1, 0, 2, 3).reshape(-1, *side), columns)
    figure.set_figheight(max(1.2, 4.2 * sheet.shape[0] / sheet.shape[1] + 0.3))
    axes = figure.subplots()
    limit = float(np.abs(weight).max())
    shown = _show(axes, sheet, "RdBu_r", -limit, limit)
    figure.colorbar(shown, ax=axes, shrink=0.9, aspect=12, pad=0.02)


@picture
def feature_maps(figure: Picture, network: Network, x: np.ndarray) -> None:
    """Draw the first image, and what each convolution makes of it, after its activation."""
    trace = network.forward(x[:1])
    outputs = [to_numpy(each) for each in (*trace.inputs[1:], trace.output)]
    shown = [to_numpy(x)[:1, :1]]
    for layer, own, after in zip(network.layers, outputs, [*outputs[1:], outputs[-1]], strict=True):
        if isinstance(layer, Conv2d):
            shown.append(after if after.shape == own.shape else own)
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


@picture(height=3.7)
def losses_side_by_side(figure: Picture, ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Draw two losses step for step, and below how far they are apart."""
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
