"""What section 3.1 shows: formats of numbers, the traffic of im2col, and the record of a GPU."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ..precision import FORMATS, dot_bound, rounded_dot
from . import benchmarks
from .kit.canvas import Rectangle
from .kit.drawing import clear, diagram, note
from .kit.picture import BLUE, GREEN, GREY, INK, ORANGE, PALE, Axes, plot
from .ledger import Markdown, Table

PARTS = {
    "claims": "the claims of the ledger",
    "ratios": "the times beside a CPU",
    "im2col over PyTorch": "the convolutions",
    "peak memory": "the memory in use",
    "float32 over": "the products with fewer bits",
    "eager over compiled": "the compiled function",
}
"""What ``benchmarks/gpu.py`` records, and what the page calls it."""


@diagram((-5.2, 32.4), (-0.2, 3), inches=1.9)
def formats(axes: Axes) -> None:
    """Draw the bits of float32, TF32 and bfloat16: sign, exponent, and what is behind the one."""
    for row, name in enumerate(("bfloat16", "TF32", "float32")):
        left = 0
        for bits, color, label in (
            (1, "#DDDDDD", ""),
            (8, PALE, "exponent"),
            (FORMATS[name], BLUE, ""),
        ):
            for bit in range(left, left + bits):
                axes.add_patch(Rectangle((bit, row), 1, 0.8, facecolor=color, edgecolor="white"))
            text = f"{label} {bits}".strip() if bits > 1 else "±"
            # in front of the bits' edges
            behind = {"facecolor": color, "edgecolor": "none", "pad": 1.5} if bits > 1 else None
            ink = "white" if color == BLUE else INK
            note(axes, left + bits / 2, row + 0.4, text, color=ink, bbox=behind)
            left += bits
        note(axes, -0.6, row + 0.4, name, ha="right")


@plot(xlabel="length of the vectors", ylabel="relative error")
def dot_errors(axes: Axes, lengths: Sequence[int], rng: np.random.Generator) -> None:
    """Draw the error of products of random vectors by their length, and the bound on it."""
    looks = (("float32", BLUE, "o"), ("TF32", GREEN, "s"), ("bfloat16", ORANGE, "^"))
    for name, color, marker in looks:
        errors, bounds = [], []
        for n in lengths:
            w, a = rng.uniform(size=n), rng.uniform(size=n)
            exact = sum(Fraction(w_i) * Fraction(a_i) for w_i, a_i in zip(w, a, strict=True))
            found = Fraction(rounded_dot(w, a, FORMATS[name]))
            errors.append(float(abs(found - exact) / exact))
            bounds.append(dot_bound(w, a, FORMATS[name]) / float(exact))
        axes.loglog(lengths, errors, marker, color=color, label=name)
        axes.loglog(lengths, bounds, color=color, lw=1.2)
    axes.figure.legend(loc="outside upper center", ncol=3)


@plot(height=lambda rows: 0.8 + 0.5 * len(rows), xlabel="megabytes")
def traffic(axes: Axes, rows: Sequence[tuple[str, float, float]]) -> None:
    """Draw the megabytes that two ways of convolving move, a pair of bars for each layer.

    A row is a layer's name, the bytes of im2col, and those when every number moves once.
    """
    at = np.arange(len(rows))[::-1]
    names, columns, once = zip(*rows, strict=True)
    axes.barh(at + 0.2, np.array(columns) / 1e6, 0.36, color=BLUE, label="im2col")
    axes.barh(at - 0.2, np.array(once) / 1e6, 0.36, color=ORANGE, label="every number once")
    for y, many, few in zip(at, columns, once, strict=True):
        text = f"  {many / few:.1f} times"
        note(axes, many / 1e6, y + 0.2, text, ha="left", color=GREY, bbox=clear(1))
    axes.set_yticks(at, names)
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, 1.35 * max(columns) / 1e6)
    axes.figure.legend(loc="outside upper center", ncol=2)


def origin() -> Markdown:
    """Say where the page's numbers of a GPU are from, and which of them there are not."""
    record = benchmarks.read_if_there("gpu")
    missing = [what for part, what in PARTS.items() if not record.get(part)]
    if len(missing) == len(PARTS):
        return Markdown(
            "No run of `benchmarks/gpu.py` on a GPU is recorded, so this page shows no numbers of "
            "one; its cells compute on yours if PyTorch finds one."
        )
    said = f"recorded by `benchmarks/gpu.py` on one card ({record['device']}, {record['date']})"
    listed = " and ".join(", ".join(missing).rsplit(", ", 1))
    without = f", but for {listed}, which were not run there" if missing else ""
    return Markdown(f"What this page shows of a GPU was {said}{without}.")


def claims_on_gpu() -> Table | None:
    """Give how many claims hold on the recorded GPU, by format, or nothing without a record."""
    return _rows(
        ["on the GPU", "hold", "fail", "closest to its bound", "error", "of its bound"],
        [
            [
                *(name, f"{found['hold']}", ", ".join(found["fail"]) or "none"),
                *(f"({found['closest']['claim']})", f"{found['closest']['error']:.1e}"),
                f"{found['closest']['of its bound']:.0%}",
            ]
            for name, found in _part("claims").items()
        ],
    )


def milliseconds() -> Table | None:
    """Give the recorded times of im2col and of PyTorch's convolution, or nothing."""
    return _rows(
        ["layer, milliseconds", "im2col", "PyTorch"],
        [
            [name, *(f"{row['milliseconds'][way]:.2f}" for way in ("im2col", "PyTorch"))]
            for name, row in _part("im2col over PyTorch").items()
        ],
    )


def peak_memory() -> Table | None:
    """Give the recorded megabytes that a call takes at most on the GPU, or nothing."""
    rows = [[name, f"{megabytes:.0f}"] for name, megabytes in _part("peak memory").items()]
    return _rows(["on the GPU", "megabytes at most"], rows)


def product_errors() -> Table | None:
    """Give the recorded errors of a product, by format, or nothing without a record."""
    rows = [[name, f"{row['error']:.1e}"] for name, row in _part("float32 over").items()]
    return _rows(["product", "error"], rows)


def _part(key: str) -> dict[str, Any]:
    return benchmarks.read_if_there("gpu").get(key, {})


def _rows(head: list[str], rows: list[list[str]]) -> Table | None:
    return Table(head, rows) if rows else None
