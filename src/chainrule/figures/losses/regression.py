"""The losses of numbers: their curves, Huber's by its δ, and lines fitted with them."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...losses import Huber
from ..kit.drawing import lines, with_slope
from ..kit.picture import BLUE, GREEN, GREY, RED, Axes, Picture, picture, plot
from ..kit.slider import Curve, Slider


def _of_errors(loss: Any, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the loss of each error and its slope."""
    apart = replace(loss, reduction="none")
    return apart(errors, 0 * errors), apart.gradient(errors, 0 * errors)


@picture(height=2.3)
def error_curves(figure: Picture, loss: Any) -> None:
    """Draw a loss of numbers on the left, by the error, and its slope on the right."""
    errors = np.linspace(-3, 3, 301)
    value, slope = _of_errors(loss, errors)
    curves = {"loss of one entry": value, "its slope": slope}
    with_slope(figure, "error ŷ − y", errors, curves, 0.5)


def huber_slider() -> Slider:
    """Give a slider for the δ of Huber's loss."""
    errors = np.linspace(-4, 4, 161)
    values = [0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0]
    both = [_of_errors(Huber(delta=delta), errors) for delta in values]
    losses, slopes = zip(*both, strict=True)
    curves = [Curve("loss of one entry", losses), Curve("its slope", slopes)]
    description = (
        "Huber's loss and its slope. Between minus delta and delta a parabola with a straight "
        "slope; outside, straight lines with a constant slope. The larger delta, the wider the "
        "parabola."
    )
    axes = ("error *e* = *ŷ* − *y*", "loss of one entry, and its slope")
    caption = (
        "Huber's loss and its slope, by *δ*. An error below *δ* pulls as hard as under half the "
        "squared error, a larger one no harder than *δ*."
    )
    return Slider(
        "huber",
        description,
        "*δ*",
        values,
        errors,
        curves,
        (-4.0, 8.0),
        3,
        axes=axes,
        caption=caption,
    )


@plot(xlabel="x", ylabel="y")
def fitted_lines(
    axes: Axes, x: np.ndarray, y: np.ndarray, fitted: dict[str, tuple[float, float]]
) -> None:
    """Draw points, and the lines (slope, offset) that were fitted to them."""
    axes.plot(x, y, "o", color=GREY, ms=4)
    ends = np.array([x.min(), x.max()])
    heights = {name: slope * ends + offset for name, (slope, offset) in fitted.items()}
    lines(axes.plot, ends, heights, ((RED, "-"), (BLUE, "--"), (GREEN, ":")), lw=2.5)
    axes.legend()
    axes.locator_params(axis="x", nbins=5)
