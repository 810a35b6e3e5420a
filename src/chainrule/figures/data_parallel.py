"""The pictures of section 3.2: shares of a batch, the ring, and the time of a step."""

from collections.abc import Sequence
from html import escape

import numpy as np

from ..all_reduce import ring_rounds, ring_seconds
from .picture import BLUE, GREY, INK, ORANGE, PALE, Picture, picture
from .slider import COLORS, moving_figure

__all__ = ["Ring", "ring", "scheme", "step_times"]

CELL, BAR, LEFT, TOP = 92, 17, 84, 34


@picture
def scheme(figure: Picture, counts: Sequence[int] = (3, 2)) -> None:
    """Draw a step in two processes: shares, gradients, their weighted sum, the same update.

    Parameters
    ----------
    counts : sequence of int
        How many samples each process has.
    """
    figure.set_figheight(2.6)
    axes = figure.subplots()
    axes.set(xlim=(0.2, 9.5), ylim=(0.3, 3.7))
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.45", "facecolor": PALE, "edgecolor": GREY}
    arrow = {"arrowstyle": "-|>", "color": INK, "shrinkA": 2, "shrinkB": 2}
    n = sum(counts)
    for rank, (count, y) in enumerate(zip(counts, (3.0, 1.0), strict=True)):
        samples = "sample" if count == 1 else "samples"
        for x, text in (
            (1.2, f"process {rank}:\n{count} {samples}"),
            (3.9, "forward,\nbackward"),
            (8.5, "update:\nthe same"),
        ):
            axes.text(x, y, text, ha="center", va="center", bbox=box)
        axes.annotate("", (3.05, y), (2.25, y), arrowprops=arrow)
        inward = 0.35 if y > 2 else -0.35
        axes.annotate("", (5.5, 2 + inward), (4.75, y), arrowprops=arrow)
        axes.annotate("", (7.65, y), (7.1, 2 + inward), arrowprops=arrow)
    axes.text(
        6.3,
        2,
        rf"$\frac{{{counts[0]}}}{{{n}}}\, g_0 + \frac{{{counts[1]}}}{{{n}}}\, g_1$",
        ha="center",
        va="center",
        fontsize=14,
        bbox=box | {"facecolor": "white", "edgecolor": ORANGE},
    )
    axes.text(6.3, 0.95, "all-reduce", ha="center", color=ORANGE)


class Ring:
    """The rounds of an all-reduce on a ring, to step through.

    Parameters
    ----------
    size : int
        How many processes there are, and chunks; at most 4.

    Examples
    --------
    >>> Ring(4)
    a ring of 4 processes in 6 rounds
    """

    def __init__(self, size: int):
        self.size = size
        # process q starts with 2^q everywhere, so the bits of a sum tell what was added
        parts = [np.full(size, 2.0**rank) for rank in range(size)]
        self.states = [[held.astype(int) for held in state] for state in ring_rounds(parts)]

    def __repr__(self) -> str:
        return f"a ring of {self.size} processes in {len(self.states) - 1} rounds"

    def text(self, number: int) -> str:
        """Give what is said of the state after so many rounds."""
        rounds, half = len(self.states) - 1, self.size - 1
        if number == 0:
            return f"Round 0 of {rounds}: each process has its own numbers"
        if number < half:
            return f"Round {number} of {rounds}: each process adds the chunk that came to its own"
        if number == half:
            return f"Round {number} of {rounds}: each chunk is complete in one process"
        if number < rounds:
            return f"Round {number} of {rounds}: the complete chunks go round"
        return f"Round {number} of {rounds}: every chunk is complete in every process"

    def frame(self, number: int) -> list[str]:
        """Give the paths after so many rounds: a bar for each summand, a frame for what came."""
        state, before = self.states[number], self.states[max(0, number - 1)]
        bars = ["" for _ in range(self.size)]
        came = ""
        for rank, chunk in np.ndindex(self.size, self.size):
            x, y = LEFT + CELL * rank, TOP + 40 * chunk
            for summand in range(self.size):
                if state[rank][chunk] >> summand & 1:
                    bars[summand] += f"M{x + 6 + (BAR + 3) * summand} {y + 6}h{BAR}v24h-{BAR}z"
            if state[rank][chunk] != before[rank][chunk]:
                came += f"M{x + 2} {y + 2}h{CELL - 8}v32h-{CELL - 8}z"
        return [*bars, came]

    def _repr_html_(self) -> str:
        identity, size = "slider-ring", self.size
        names = "".join(
            f'<text x="{LEFT + CELL * i + CELL / 2 - 3:g}" y="20" text-anchor="middle">{i}</text>'
            f'<text x="{LEFT - 8}" y="{TOP + 40 * i + 23}" text-anchor="end">chunk {i}</text>'
            for i in range(size)
        )
        names += f'<text x="{LEFT - 8}" y="20" text-anchor="end">process</text>'
        cells = "".join(
            f'<path class="grid" fill="none" d="M{LEFT + CELL * i + 2} {TOP + 40 * j + 2}'
            f'h{CELL - 8}v32h-{CELL - 8}z"/>'
            for i, j in np.ndindex(size, size)
        )
        *bars, came = self.frame(0)
        moving = "".join(
            f'<path class="moving" fill="{color}" d="{bar}"/>'
            for color, bar in zip(COLORS, bars, strict=False)
        )
        moving += f'<path class="moving curve" stroke="{COLORS[1]}" d="{came}"/>'
        return moving_figure(
            identity,
            escape(
                f"{size} processes, a column each, with {size} chunks below each other. Bars in a "
                "chunk show whose numbers are in it. Round by round the bars fill up, first of one "
                "chunk in each process, then of all."
            ),
            (LEFT + CELL * size, TOP + 40 * size + 6),
            f"{names}{cells}{moving}",
            "",
            [self.text(number) for number in range(len(self.states))],
            [self.frame(number) for number in range(len(self.states))],
            0,
            name="round",
        )


def ring() -> Ring:
    """Give the all-reduce of four processes, to step through.

    Examples
    --------
    >>> ring().text(3)
    'Round 3 of 6: each chunk is complete in one process'
    """
    return Ring(4)


@picture
def step_times(
    figure: Picture,
    n_bytes: float,
    latency: float,
    bandwidth: float,
    per_sample: float,
    shares: Sequence[int],
) -> None:
    """Draw the time of an all-reduce by the number of processes, and that of the backward pass.

    Parameters
    ----------
    n_bytes, latency, bandwidth : float
        As in `ring_seconds`.
    per_sample : float
        Seconds that the backward pass takes for one sample.
    shares : sequence of int
        Samples of one process.
    """
    axes = figure.subplots()
    sizes = np.unique(np.geomspace(2, 4096, 60).astype(int))
    times = [1e3 * ring_seconds(int(size), n_bytes, latency, bandwidth) for size in sizes]
    axes.loglog(sizes, times, color=BLUE, base=2)
    axes.set_yscale("log")
    for share in shares:
        noun = "sample" if share == 1 else "samples"
        axes.axhline(1e3 * share * per_sample, color=ORANGE, ls="--", lw=1.5)
        axes.text(2.1, 1.06e3 * share * per_sample, f"backward, {share} {noun}", va="bottom")
    axes.set(xlabel="processes", ylabel="milliseconds", xlim=(2, 4096))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    middle = len(sizes) // 2
    axes.text(sizes[middle], 0.85 * times[middle], "all-reduce", color=BLUE, va="top")
