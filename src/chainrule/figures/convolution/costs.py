"""What convolution costs: operations, bytes, memory, and seconds by kernel size."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np

from ...convolution import Geometry, fft_multiplications, winograd_saving
from ..kit.drawing import clear, note, plain
from ..kit.picture import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, Axes, Picture, picture, plot

LOOKS = (
    *((BLUE, "-", "o"), (ORANGE, "--", "s"), (GREEN, "-.", "^")),
    *((PURPLE, ":", "D"), (RED, (0, (5, 1, 1, 1, 1, 1)), "v"), (GREY, (0, (1, 1)), "P")),
    ("#6B7A00", (0, (9, 2)), "X"),
)


@picture
def roofline(
    figure: Picture,
    peak: float,
    bandwidth: float,
    points: Sequence[tuple[str, float, float]],
    limits: tuple[float, float] | None = None,
) -> None:
    """Draw the operations a second that a machine can reach, by the operations per byte.

    The machine has a peak and a bandwidth from memory, both by the second. A point is a name, its
    operations per byte, and the operations a second that were measured.
    """
    figure.set_figheight(3.0 + 0.12 * len(points))
    axes, ridge = figure.subplots(), peak / bandwidth
    places = [ridge, *(intensity for _, intensity, _ in points)]
    low, high = limits or (min(places) / 4, max(places) * 4)
    x = np.array([low, ridge, high])
    axes.loglog(x, np.minimum(peak, bandwidth * x) / 1e9, color=GREY)
    axes.set_title(f"roof: {bandwidth / 1e9:.3g} GB/s, then {peak / 1e9:.3g} Gop/s")
    for (name, intensity, measured), (color, _, marker) in zip(points, cycle(LOOKS), strict=False):
        axes.plot(intensity, measured / 1e9, marker, color=color, ms=8, label=name)
    if points:
        figure.legend(loc="outside lower center", ncol=2)
    lowest = min([low * bandwidth, *(measured for _, _, measured in points)]) / 1e9
    axes.set(xlim=(low, high), ylim=(lowest / 1.5, 1.7 * peak / 1e9))
    axes.set(xlabel="operations per byte", ylabel="Gop/s")
    plain(axes.xaxis)
    plain(axes.yaxis)


@picture
def memory(
    figure: Picture, rows: Sequence[tuple[str, Mapping[str, float]]], limit: float = 16.0
) -> None:
    """Draw the megabytes of methods, a group of bars for each layer, and a limit."""
    names = list(dict.fromkeys(name for _, each in rows for name in each))
    figure.set_figheight(1.2 + len(rows) * (0.2 + 0.2 * len(names)))
    axes = figure.subplots()
    sizes = [size for _, each in rows for size in each.values() if size > 0]
    low, high = min([limit, *sizes]) / 4, max([limit, *sizes]) * 5
    thick = 0.8 / len(names)
    for i, (name, (color, _, _)) in enumerate(zip(names, LOOKS, strict=False)):
        places = [row + (i - (len(names) - 1) / 2) * thick for row in range(len(rows))]
        lengths = [max(each.get(name, 0.0), low) for _, each in rows]
        hatch = ("", "///", "...", "xxx", "\\\\\\", "|||")[i % 6]
        axes.barh(
            places, lengths, 0.88 * thick, color=color, label=name, hatch=hatch, ec="white", lw=0
        )
        for place, (_, each) in zip(places, rows, strict=True):
            if name in each:
                end, size = 1.12 * max(each[name], low), f"{each[name]:.3g}"
                note(axes, end, place, size, ha="left", fontsize=10, bbox=clear(1), zorder=3)
    axes.axvline(limit, color=INK, ls="--", lw=1.4)
    text = axes.get_xaxis_transform()
    axes.text(limit, 1.01, f"{limit:g} MB", transform=text, ha="center", va="bottom")
    axes.set(xscale="log", xlim=(low, high), xlabel="working memory (MB, logarithmic)")
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    plain(axes.xaxis)
    figure.legend(loc="outside upper center", ncol=min(3, len(names)))


@plot(height=3.0)
def crossover(
    axes: Axes,
    kernel_sizes: Sequence[int],
    seconds_by_method: Mapping[str, Sequence[float | None]],
) -> None:
    """Draw the time of each method by the side of the kernel; None where it was not measured."""
    for (name, seconds), look in zip(seconds_by_method.items(), LOOKS, strict=False):
        times = [np.nan if each is None else 1e3 * each for each in seconds]
        color, style, marker = look
        axes.semilogy(kernel_sizes, times, color=color, ls=style, marker=marker, ms=5, label=name)
    axes.legend()
    axes.set(xlabel="side $k$ of the kernel", ylabel="milliseconds", xticks=kernel_sizes)
    plain(axes.yaxis)


@picture(height=3.0)
def multiplications(
    figure: Picture, kernel_sizes: Sequence[int], size: int, channels: tuple[int, int] = (64, 64)
) -> None:
    """Draw the multiplications of each method for an output pixel and a pair of channels.

    The side of the image is a power of 2. By Fourier transforms a pair of channels costs less the
    more of them come in and go out; a complex multiplication is counted as four.
    """
    axes, k = figure.subplots(), np.array(kernel_sizes)
    pairs = channels[0] * channels[1]
    outputs = [np.prod(Geometry.of((size, size), int(each)).output_size) for each in k]
    fourier = 4 * fft_multiplications(size, *channels) / (pairs * np.array(outputs))
    axes.semilogy(k, k**2, color=BLUE, marker="o", ms=5, label="direct: $k^2$")
    axes.semilogy(k, fourier, color=ORANGE, ls="--", marker="s", ms=5, label="Fourier transforms")
    for tile, marker in ((2, "^"), (4, "D")):
        each = 9 / winograd_saving(tile, 3)
        label = f"Winograd, {tile} × {tile} outputs"
        axes.semilogy(3, each, marker, color=GREEN if tile == 2 else PURPLE, ms=8, label=label)
    axes.legend()
    axes.set(xlabel="side $k$ of the kernel", xticks=kernel_sizes, ylabel="multiplications")
    plain(axes.yaxis)
