"""The pictures of section 1.3: nine activations, their slopes, and what becomes of them."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..activations import ELU, GELU, LeakyReLU, Maxout, ReLU, Sigmoid, Softmax, Swish, Tanh
from ..network import Linear, Network
from .benchmarks import RECORDS
from .kit.drawing import broken_at_0, with_slope
from .kit.picture import BLUE, GREY, LIGHT, Axes, Picture, picture, plot
from .kit.slider import Curve, Slider
from .ledger import Table

ACTIVATIONS: dict[str, Any] = {
    "sigmoid": Sigmoid(),
    "softmax": Softmax(),
    "tanh": Tanh(),
    "ReLU": ReLU(),
    "LeakyReLU": LeakyReLU(),
    "ELU": ELU(),
    "GELU": GELU(),
    "Swish": Swish(),
    "Maxout": Maxout(),
}


@picture(height=2.3)
def curves(figure: Picture, f: Any, reach: float = 4.0) -> None:
    """Draw an elementwise activation on the left and its slope on the right."""
    x = np.linspace(-reach, reach, 401)
    slope = f.derivative(x)
    right = with_slope(figure, "x", x, {"f(x)": f(x), "its slope f′(x)": slope}, 0.2)
    right.set_ylim(min(0, 1.1 * slope.min()) - 0.01, None)


def softmax_slider() -> Slider:
    """Give a slider for the temperature of a softmax of ten logits."""
    logits = np.array([2.0, 1.5, 1.0, 0.0, 0.0, -0.5, -1.0, -1.0, -2.0, -3.0])
    values = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
    classes = np.repeat(np.arange(len(logits) + 1), 2)[1:-1] - 0.5  # steps, not a line
    frames = [np.repeat(Softmax()(logits / value), 2) for value in values]
    description = (
        "Ten probabilities as steps. At a low temperature the first is nearly 1 and the others 0; "
        "the higher the temperature, the more equal they are."
    )
    curves, limits = [Curve("probability of each class", frames)], (0.0, 1.0)
    caption = (
        "Figure 1.7. The probabilities of ten classes, by temperature. At *T* = 0.1 the first "
        "class has nearly all; the higher the temperature, the more equal they become."
    )
    return Slider(
        "temperature",
        description,
        "temperature *T*",
        values,
        classes,
        curves,
        limits,
        start=3,
        axes=("class", "probability"),
        caption=caption,
    )


def _family(
    name: str,
    description: str,
    parameter: str,
    values: Sequence[float],
    kind: Callable,
    start: int,
    caption: str,
) -> Slider:
    """Give a slider that shows an activation and its slope for each value of its parameter."""
    x, each = np.linspace(-4, 4, 161), [kind(value) for value in values]
    slopes = [broken_at_0(x, f.derivative) for f in each]
    curves = [Curve("*f*(*x*)", [f(x) for f in each]), Curve("slope *f*′(*x*)", slopes)]
    limits, axes = (-2.0, 4.0), ("*x*", "*f*(*x*) and its slope")
    return Slider(
        name, description, parameter, values, x, curves, limits, start, axes=axes, caption=caption
    )


def leaky_slider() -> Slider:
    """Give a slider for the α of LeakyReLU."""
    return _family(
        "leaky",
        "LeakyReLU and its slope. The larger alpha, the steeper the left half; at 1 the function "
        "is a straight line.",
        "*α*",
        [0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0],
        LeakyReLU,
        start=3,
        caption="LeakyReLU and its slope, by *α*. For negative *x* the slope is *α*: at 0 the "
        "function is ReLU, at 1 a straight line.",
    )


def elu_slider() -> Slider:
    """Give a slider for the α of ELU."""
    return _family(
        "elu",
        "ELU and its slope. On the left the function goes to minus alpha; only at alpha = 1 is its "
        "slope without a jump.",
        "*α*",
        [0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0],
        ELU,
        start=4,
        caption="ELU and its slope, by *α*. On the left the function goes to −*α*. Only at "
        "*α* = 1 has its slope no jump.",
    )


def swish_slider() -> Slider:
    """Give a slider for the β of Swish."""
    return _family(
        "swish",
        "Swish and its slope. At beta = 0 it is the straight line x/2; the larger beta, the closer "
        "it is to ReLU.",
        "*β*",
        [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0],
        Swish,
        start=3,
        caption="Swish and its slope, by *β*. At *β* = 0 it is the straight line *x*/2; the larger "
        "*β*, the closer it comes to ReLU.",
    )


@plot(xlabel="x", title="GELU by tanh − GELU")
def gelu_error(axes: Axes) -> None:
    """Draw the difference between GELU by tanh and GELU."""
    x = np.linspace(-6, 6, 1201)
    axes.plot(x, GELU("tanh")(x) - GELU()(x), color=BLUE)


def maxout_tangents(pieces: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the slopes and offsets of tangents to x² at equally spaced points of [−1, 1].

    Examples
    --------
    >>> maxout_tangents(2)
    (array([-1.,  1.]), array([-0.25, -0.25]))
    """
    at = (2 * np.arange(pieces) + 1) / pieces - 1
    return 2 * at, -(at**2)


@picture(height=2.6)
def maxout_fits(figure: Picture) -> None:
    """Draw Maxout as the absolute value, and as the square from below with more and more pieces."""
    left, right = figure.subplots(1, 2)
    x = np.linspace(-1, 1, 201)
    left.plot(x, Maxout(2)(np.stack([x, -x], -1))[:, 0], color=BLUE)
    left.set(title="|x| = max(x, −x)", xlabel="x")
    right.plot(x, x**2, color=GREY, lw=4, alpha=0.5, label="x²")
    for pieces, style in ((2, ":"), (4, "--"), (8, "-")):
        slopes, offsets = maxout_tangents(pieces)
        fit = Maxout(pieces)(x[:, None] * slopes + offsets)[:, 0]
        right.plot(x, fit, style, label=f"{pieces} pieces")
    figure.legend(loc="outside lower right", ncols=4, columnspacing=1)
    right.set(title="x² by its tangents", xlabel="x")


# range, monotone, smooth, saturates, slope at 0
PROPERTIES = {
    "sigmoid": ("(0, 1)", "yes", "yes", "both sides", "¼"),
    "softmax": ("(0, 1), sum 1", "in its own input", "yes", "yes", "a matrix"),
    "tanh": ("(−1, 1)", "yes", "yes", "both sides", "1"),
    "ReLU": ("[0, ∞)", "yes", "no", "left", "0 by convention"),
    "LeakyReLU": ("all, if α > 0", "yes", "no", "no", "α by convention"),
    "ELU": ("(−α, ∞)", "yes", "no kink, if α = 1", "left", "α (by convention unless α = 1)"),
    "GELU": ("[−0.17, ∞)", "no", "yes", "left", "½"),
    "Swish": ("[−0.28, ∞), if β = 1", "no", "yes", "left", "½"),
    "Maxout": ("all", "in each piece", "no", "no", "1 for the largest piece, else 0"),
}


def comparison(record: dict[str, Any]) -> Table:
    """Give the nine activations side by side, with what each costs in either library."""
    head = ["function", "range", "monotone", "smooth", "saturates", "slope at 0"]
    costs = record["costs"]
    return Table(
        [*head, "cost in NumPy", "cost in PyTorch"],
        [
            [name, *row, *(f"{costs[library][name]:.1f}" for library in ("chainrule", "PyTorch"))]
            for name, row in PROPERTIES.items()
        ],
    )


def digits_network(activation: Any, rng: np.random.Generator) -> Network:
    """Give the digits network, 64–128–10, with another activation in its hidden layer."""
    hidden = 128 * (activation.pieces if isinstance(activation, Maxout) else 1)
    first = Linear(64, hidden, rng=rng, dtype="float32")
    return Network([first, activation, Linear(128, 10, rng=rng, dtype="float32")])


def dead_units(net: Network, x: np.ndarray) -> float:
    """Give the share of hidden neurons whose weighted input is positive for no sample.

    Examples
    --------
    >>> import numpy as np
    >>> net = digits_network(ReLU(), np.random.default_rng(0))
    >>> net.layers[0].bias -= 100
    >>> dead_units(net, np.ones((1, 64), "float32"))
    1.0
    """
    return float(np.mean(np.max(net.layers[0](x), 0) <= 0))


def recorded() -> dict[str, Any]:
    """Give what ``benchmarks/activations.py`` found with five seeds.

    Examples
    --------
    >>> list(recorded()["race"]) == list(ACTIVATIONS)
    True
    """
    return json.loads((RECORDS / "activations.json").read_text(encoding="utf-8"))


def spread(shares: Sequence[float]) -> str:
    """Give the median of some shares and, in brackets, the least and the largest.

    Examples
    --------
    >>> spread([0.5, 0.25, 1.0])
    '50.0 % (25.0–100.0)'
    """
    low, middle, high = (100 * q for q in np.quantile(shares, [0, 0.5, 1]))
    return f"{middle:.1f} % ({low:.1f}–{high:.1f})"


def deaths(record: dict[str, Any], name: str) -> Table:
    """Give how many hidden neurons are never above 0, by learning rate, and what is learned."""
    keys = ("dead before", "dead", "validation")
    return Table(
        [
            "learning rate",
            "never above 0 before training",
            "after ten epochs",
            "validation accuracy",
        ],
        [
            [rate, *(spread([run[key] for run in runs]) for key in keys)]
            for rate, runs in record["dead"][name].items()
        ],
    )


def searched(record: dict[str, Any]) -> Table:
    """Give the best learning rate of each activation, and what it reads rightly with it."""
    return Table(
        ["activation", "best learning rate", "test accuracy"],
        [
            [name, f"{found['best']:.2g}", spread(found["test"])]
            for name, found in record["search"].items()
        ],
    )


def hidden_softmax(record: dict[str, Any]) -> Table:
    """Give what softmax in the hidden layer learns if some gradients are enlarged."""
    return Table(
        ["gradients times 128", "validation accuracy"],
        [[which, spread(shares)] for which, shares in record["hidden softmax"].items()],
    )


@picture(height=4.2)
def racing(figure: Picture, record: dict[str, Any]) -> None:
    """Draw the validation accuracy by epoch, the median of five seeds and from least to largest."""
    grid = figure.subplots(3, 3, sharex=True, sharey=True)
    bands = {
        name: 100 * np.quantile(runs, [0, 0.5, 1], axis=0) for name, runs in record["race"].items()
    }
    for axes, (name, (low, median, high)) in zip(grid.ravel(), bands.items(), strict=True):
        epochs = np.arange(1, len(median) + 1)
        for _, other, _ in bands.values():
            axes.plot(epochs, other, color=LIGHT, lw=1)
        axes.fill_between(epochs, low, high, color=BLUE, alpha=0.25, lw=0)
        axes.plot(epochs, median, color=BLUE)
        axes.set_title(name)
    grid[2, 1].set_xlabel("epoch")
    grid[1, 0].set_ylabel("validation accuracy (%)")
