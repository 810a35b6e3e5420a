"""The pictures of section 3.2: shares of a batch, the ring, and the time of a step."""

from collections.abc import Sequence

import numpy as np

from ..all_reduce import ring_rounds, ring_seconds
from .kit.drawing import arrow, counted, diagram, note, plain
from .kit.moving import Moving, box
from .kit.picture import BLUE, COLORS, GREY, INK, ORANGE, PALE, Axes, plot

CELL, BAR, LEFT, TOP = 92, 17, 84, 34


@diagram((0.2, 9.5), (0.3, 3.7), inches=2.6)
def scheme(axes: Axes, counts: Sequence[int] = (3, 2)) -> None:
    """Draw a step in two processes: shares, gradients, their weighted sum, the same update.

    The counts say how many samples each process has.
    """
    around = {"boxstyle": "round,pad=0.45", "facecolor": PALE, "edgecolor": GREY}
    n = sum(counts)
    for rank, (count, y) in enumerate(zip(counts, (3.0, 1.0), strict=True)):
        for x, text in (
            (1.2, f"process {rank}:\n{counted(count, 'sample')}"),
            (3.9, "forward,\nbackward"),
            (8.5, "update:\nthe same"),
        ):
            note(axes, x, y, text, bbox=around)
        inward = 2.35 if y > 2 else 1.65
        for start, end in (
            ((2.25, y), (3.05, y)),
            ((4.75, y), (5.5, inward)),
            ((7.1, inward), (7.65, y)),
        ):
            arrow(axes, start, end, INK, mutation_scale=11, lw=1, shrinkA=2, shrinkB=2, zorder=3)
    text = rf"$\frac{{{counts[0]}}}{{{n}}}\, g_0 + \frac{{{counts[1]}}}{{{n}}}\, g_1$"
    white = around | {"facecolor": "white", "edgecolor": ORANGE}
    note(axes, 6.3, 2, text, fontsize=14, bbox=white)
    axes.text(6.3, 0.95, "all-reduce", ha="center", color=ORANGE)


class Ring(Moving):
    """The rounds of an all-reduce on a ring of at most four processes, to step through.

    Examples
    --------
    >>> Ring(4)
    a ring of 4 processes in 6 rounds
    """

    name, called, seconds = "ring", "round", 10
    caption = (
        "An all-reduce on a ring. In the first rounds each process adds what comes to its own "
        "numbers, until each chunk is complete in one process; then the complete chunks go round. "
        "What has just come is framed."
    )

    def __init__(self, processes: int):
        self.processes = processes
        self.size = LEFT + CELL * processes, TOP + 40 * processes + 6
        self.description = (
            f"{processes} processes, a column each, with {processes} chunks below each other. Bars "
            "in a chunk show whose numbers are in it. Round by round the bars fill up, first of "
            "one chunk in each process, then of all."
        )
        # process q starts with 2^q everywhere, so the bits of a sum tell what was added
        parts = [np.full(processes, 2.0**rank) for rank in range(processes)]
        self.states = [np.array(state).astype(int) for state in ring_rounds(parts)]
        self.positions = range(len(self.states))

    def __repr__(self) -> str:
        return f"a ring of {self.processes} processes in {len(self.states) - 1} rounds"

    def text(self, number: int) -> str:
        """Give what is said of the state after so many rounds."""
        between = self.processes - 2
        said = [
            "each process has its own numbers",
            *["each process adds the chunk that came to its own"] * between,
            "each chunk is complete in one process",
            *["the complete chunks go round"] * between,
            "every chunk is complete in every process",
        ]
        return f"Round {number} of {len(self.states) - 1}: {said[number]}"

    def frame(self, number: int) -> list[str]:
        """Give the paths after so many rounds: a bar for each summand, a frame for what came."""
        state, before = self.states[number], self.states[max(0, number - 1)]
        bars = [""] * self.processes
        for (rank, chunk), held in np.ndenumerate(state):
            for summand in range(self.processes):
                if held >> summand & 1:
                    at = LEFT + CELL * rank + 6 + (BAR + 3) * summand, TOP + 40 * chunk + 6
                    bars[summand] += box(at, (0, 0), (1, 1), (BAR, 24))
        return [*bars, "".join(_chunk(*place) for place in np.argwhere(state != before))]

    def drawing(self) -> str:
        """Give the chunks with the names of their rows and columns, and what is in them."""
        names = "".join(
            f'<text x="{LEFT + CELL * i + CELL / 2 - 3:g}" y="20" text-anchor="middle">{i}</text>'
            f'<text x="{LEFT - 8}" y="{TOP + 40 * i + 23}" text-anchor="end">chunk {i}</text>'
            for i in range(self.processes)
        )
        names += f'<text x="{LEFT - 8}" y="20" text-anchor="end">process</text>'
        cells = "".join(
            f'<path class="grid" fill="none" d="{_chunk(*place)}"/>'
            for place in np.ndindex(self.processes, self.processes)
        )
        *bars, came = self.frame(0)
        moving = "".join(
            f'<path class="moving" fill="{color}" d="{bar}"/>'
            for color, bar in zip(COLORS, bars, strict=False)
        )
        return f'{names}{cells}{moving}<path class="moving curve" stroke="{ORANGE}" d="{came}"/>'


def _chunk(rank: int, chunk: int) -> str:
    """Give the frame of a chunk of a process."""
    at = LEFT + CELL * rank + 2, TOP + 40 * chunk + 2
    return box(at, (0, 0), (1, 1), (CELL - 8, 32))


def ring() -> Ring:
    """Give the all-reduce of four processes, to step through."""
    return Ring(4)


@plot(xlabel="processes", ylabel="milliseconds", xlim=(2, 4096))
def step_times(
    axes: Axes,
    n_bytes: float,
    latency: float,
    bandwidth: float,
    per_sample: float,
    shares: Sequence[int],
) -> None:
    """Draw the time of an all-reduce by the number of processes, and that of the backward pass.

    This takes its seconds per sample for each share of a batch; the others are `ring_seconds`'s.
    """
    sizes = np.unique(np.geomspace(2, 4096, 60).astype(int))
    times = [1e3 * ring_seconds(int(size), n_bytes, latency, bandwidth) for size in sizes]
    axes.loglog(sizes, times, color=BLUE, base=2)
    axes.set_yscale("log")
    for share in shares:
        axes.axhline(1e3 * share * per_sample, color=ORANGE, ls="--", lw=1.5)
        text = f"backward, {counted(share, 'sample')}"
        axes.text(2.1, 1.06e3 * share * per_sample, text, va="bottom")
    plain(axes.xaxis)
    plain(axes.yaxis)
    middle = len(sizes) // 2
    axes.text(sizes[middle], 0.85 * times[middle], "all-reduce", color=BLUE, va="top")
