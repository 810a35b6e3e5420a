"""The pictures of section 2.2: a convolutional network learns, and what it sees."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..arrays import to_numpy
from ..convolution import Conv2d, Flatten, MaxPool2d
from ..network import Linear, Network
from ..training import History
from .benchmarks import RECORDS
from .kit.canvas import Rectangle, colormaps
from .kit.drawing import diagram, note
from .kit.grids import mark
from .kit.picture import BLUE, GREY, LIGHT, ORANGE, PALE, Axes, Picture, picture
from .ledger import Table


def seeds() -> dict[str, Any]:
    """Give the record of ``benchmarks/seeds.py``, by networks.

    "convolutional" and "dense" have the "rates" that were tried, the "losses" on the validation
    part (a row for each rate, a column for each seed), the "rate" that was chosen, and its "runs".
    A run of "convolutional" has the first layer's "kernels", at the start and after training.
    "shuffled" is the convolutional network, at its rate, on images whose pixels were shuffled.

    Examples
    --------
    >>> len(seeds()["dense"]["rates"])
    9
    """
    return json.loads((RECORDS / "seeds.json").read_text(encoding="utf-8"))


def recorded(name: str) -> tuple[list[History], list[float]]:
    """Give the histories of a network, seed by seed, and what it read rightly of the test part.

    The networks are those of `seeds`.

    Examples
    --------
    >>> histories, accuracies = recorded("convolutional")
    >>> len(histories), len(histories[0].loss), min(accuracies) > 0.98
    (5, 8, True)
    """
    runs = seeds()[name]["runs"]
    histories = [History(**run["history"]) for run in runs]
    return histories, [run["test accuracy"] for run in runs]


def search(*names: str) -> Table:
    """Give the validation loss of networks by learning rate, the chosen rate's in bold."""
    record = {name: seeds()[name] for name in names}
    rates = record[names[0]]["rates"]
    rows = []
    for at, rate in enumerate(rates):
        row = [f"{rate:.2g}"]
        for found in record.values():
            low, middle, high = np.percentile(found["losses"][at], (0, 50, 100))
            mark = "**" if rate == found["rate"] else ""
            row.append(f"{mark}{middle:.3f}{mark} ({low:.3f}–{high:.3f})")
        rows.append(row)
    return Table(["learning rate", *names], rows)


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
    shown = axes.imshow(sheet, cmap=scale, vmin=low, vmax=high)
    axes.axis("off")
    return shown


@picture
def kernels(figure: Picture, layer: Conv2d, start: Conv2d | None = None) -> None:
    """Draw the weights of a layer, red above 0 and blue below, all on one scale.

    Kernels of one channel stand eight in a row; others are columns of their channels. Where the
    layer is given as it was at its start, too, its kernels stand in a row, and above them those of
    the start.
    """
    shown = [to_numpy(each.weight) for each in (start, layer) if each is not None]
    kernels, channels, *side = shown[0].shape
    columns = min(8, kernels) if channels == 1 and start is None else kernels
    sheets = [_tiled(w.transpose(1, 0, 2, 3).reshape(-1, *side), columns) for w in shown]
    height = 4.2 * sheets[0].shape[0] / sheets[0].shape[1] + 0.3
    figure.set_figheight(max(1.2, len(sheets) * height))
    axes = figure.subplots(len(sheets), squeeze=False)[:, 0]
    limit = float(np.abs(shown).max())
    for each, sheet, title in zip(axes, sheets, ("at the start", "after training"), strict=False):
        image = _show(each, sheet, "RdBu_r", -limit, limit)
        if start is not None:
            each.set_title(title, pad=3)
    bar = figure.colorbar(image, ax=axes, shrink=0.9, aspect=12, pad=0.02)
    # the bar is an image, too: by night images are turned over, areas are not
    bar.solids.remove()  # type: ignore[union-attr]
    shades = np.linspace(-limit, limit, 64)[:, None]
    bar.ax.imshow(
        shades, cmap="RdBu_r", origin="lower", extent=(0, 1, -limit, limit), aspect="auto", zorder=2
    )


GAP, APART, MIDDLE = 3.4, 0.14, 5.0  # between layers, between sheets; the height of all middles
DOES = {Conv2d: "convolution", MaxPool2d: "pooling", Flatten: "flatten", Linear: "dense"}


def stages(network: Network, x: Any) -> list[tuple[str, tuple[int, ...]]]:
    """Give what is done to an image, layer by layer, and the shape that it has then.

    Examples
    --------
    >>> import numpy as np
    >>> from chainrule.convolution import Flatten
    >>> from chainrule.network import Network
    >>> stages(Network([Flatten()]), np.zeros((2, 1, 3, 3)))
    [('image', (1, 3, 3)), ('flatten', (9,))]
    """
    trace = network.forward(x[:1])
    made = [("image", tuple(trace.inputs[0].shape[1:]))]
    for layer, output in zip(network.layers, (*trace.inputs[1:], trace.output), strict=True):
        if type(layer) in DOES:  # an activation changes no shape
            made.append((DOES[type(layer)], tuple(output.shape[1:])))
    return made


@diagram((-0.4, 60.6), (14.2, -3))
def architecture(axes: Axes, network: Network, x: Any) -> None:
    """Draw what an image becomes, a sheet for each channel, and on what one number depends.

    That number is an output of the second of two convolutions of 3 × 3 with a border of zeros.
    """
    left, windows = 0.0, []
    for number, (does, shape) in enumerate(stages(network, x)):
        channels, rows, columns = shape if len(shape) == 3 else (1, 10, 1)
        at, behind = (left, MIDDLE - rows / 2), (channels - 1) * APART
        for back in range(channels - 1, -1, -1):
            place = left + back * APART, at[1] - back * APART
            axes.add_patch(Rectangle(place, columns, rows, fc=PALE, ec=GREY, lw=0.5, zorder=1))
        if len(shape) == 3:
            for i in range(1, rows):
                axes.plot([left, left + columns], [at[1] + i] * 2, color=LIGHT, lw=0.5)
                axes.plot([left + i] * 2, [at[1], at[1] + rows], color=LIGHT, lw=0.5)
        if number < 3:
            side, first = 5 - 2 * number, 2 + number
            mark(axes, at, (first, first), (side, side), ORANGE, fill=0.5, width=1)
            ends = at[0] + first, at[1] + first
            windows.append([(ends[0] + i, ends[1] + j) for i in (0, side) for j in (0, side)])
        middle = left + (columns + behind) / 2
        note(axes, middle, 11.3, " × ".join(map(str, shape)), fontsize=10)
        note(axes, middle, 13.4, does, fontsize=10, color=GREY)
        left += columns + behind + GAP * (1 if number < 3 else 1.5 if number < 4 else 2)
    for here, there in pairwise(windows):
        for start, end in zip(here[2:], there[:2], strict=True):
            axes.plot(*zip(start, end, strict=True), color=ORANGE, lw=0.8)


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
