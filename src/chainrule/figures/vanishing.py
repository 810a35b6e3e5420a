"""A picture with a slider: the errors of deep networks, by the size of their initial weights."""

import numpy as np

from .network import deep_network, error_norms
from .slider import Curve, Slider

__all__ = ["error_slider"]

DEPTH = 20
FACTORS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.41, 1.7, 2.0, 2.5, 3.0, 4.0)
LOW, HIGH = -19.0, 10.0


def error_slider(x: np.ndarray) -> Slider:
    """Give a slider for the size of the initial weights of three networks of twenty layers.

    A weight starts with the standard deviation g/√n of a layer of n neurons; g is what the slider
    moves. The curves are logarithms, to the base 10, of ‖δ^l‖, as `error_norms` measures it.

    Parameters
    ----------
    x : array, shape (N, 64)

    Returns
    -------
    Slider

    Examples
    --------
    >>> import numpy as np
    >>> error_slider(np.ones((1, 64))).texts[:2]
    ['0.5', '0.7']
    """

    def logarithms(activation: str, factor: float) -> np.ndarray:
        # of two layers of equal width Xavier's variance is 1/n
        net = deep_network(activation, DEPTH, np.random.default_rng(0), "xavier", factor)
        sizes = np.log10(error_norms(net, x))
        return np.where((sizes < LOW) | (sizes > HIGH), np.nan, sizes)

    return Slider(
        "start",
        "The size of the error by layer, as a power of ten, for three networks of twenty layers: "
        "sigmoid, tanh and ReLU. The larger the initial weights, the less is lost on the way from "
        "the output on the right to the first layer on the left. Tanh is nearly level at g = 1.2 "
        "and 1.41, ReLU at 1.41, and beyond that they grow, ReLU fastest; sigmoid still loses at "
        "4, where ReLU has grown to ten to the ninth.",
        "size of the initial weights, g",
        FACTORS,
        np.arange(1.0, DEPTH + 1),
        [
            Curve(f"log₁₀ ‖δˡ‖, {name}", [logarithms(name, factor) for factor in FACTORS])
            for name in ("sigmoid", "tanh", "ReLU")
        ],
        (LOW, HIGH),
        start=3,
    )
