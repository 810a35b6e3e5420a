"""A picture with a slider: how the boundary between two classes moves while a network learns."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from ..network import Network
from .slider import Line, Slider, Still

__all__ = ["boundary_slider", "zero_line"]

DIAMOND = np.array([[0, 1, 0, -1, 0, np.nan], [1, 0, -1, 0, 1, np.nan]])
CROSS = np.array([[-1, 1, np.nan, -1, 1, np.nan], [-1, 1, np.nan, 1, -1, np.nan]])


def zero_line(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find where a function is 0, between the points of a grid on which it is known.

    Parameters
    ----------
    x, y : array, shapes (n,) and (m,)
    values : array, shape (m, n)

    Returns
    -------
    tuple of two arrays
        The line's x and y, with NaN behind every piece; NaN alone if there is none.

    Examples
    --------
    >>> import numpy as np
    >>> ends = np.array([0.0, 1.0])
    >>> across, up = zero_line(ends, ends, np.array([[-1.0, 1.0], [-1.0, 1.0]]))  # 2x − 1
    >>> across[:2], up[:2]
    (array([0.5, 0.5]), array([1., 0.]))
    """
    if not values.min() < 0 < values.max():
        return np.array([np.nan]), np.array([np.nan])
    pieces = Figure().subplots().contour(x, y, values, [0.0]).allsegs[0]
    gap = np.full((1, 2), np.nan)
    line = np.concatenate([part for piece in pieces for part in (piece, gap)])
    return line[:, 0], line[:, 1]


def _marks(
    shape: np.ndarray, places: np.ndarray, size: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a small shape at each place, as one line with gaps."""
    each = places[:, :, None] + np.array(size)[:, None] * shape
    return each[:, 0].ravel(), each[:, 1].ravel()


def boundary_slider(x: np.ndarray, y: np.ndarray, networks: Mapping[int, Network]) -> Slider:
    """Give a slider for the epoch of a training, with what the network says of every place.

    Parameters
    ----------
    x : array, shape (N, 2)
    y : array of int, shape (N,)
        Classes 0 and 1.
    networks : mapping of int to Network
        The network as it was after so many epochs: a `Linear` of 2 inputs first, 2 outputs last.

    Returns
    -------
    Slider

    Raises
    ------
    ValueError
        If the data have not two columns.

    Examples
    --------
    >>> import numpy as np
    >>> from chainrule.network import Linear
    >>> net = Network([Linear(2, 2, rng=np.random.default_rng(0))])
    >>> boundary_slider(np.eye(2), np.array([0, 1]), {0: net}).texts
    ['0: 1 of 2 points wrong']
    """
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"x: expected shape (N, 2), got {x.shape}")
    (left, low), (right, high) = x.min(0) - 0.3, x.max(0) + 0.3
    # 100 and 50 cells of the picture's 508 by 258 pixels: the line's corners lie on edges of cells,
    # and none of these is halfway between two tenths of a pixel, where rounding may go either way
    across, up = np.linspace(left, right, 101), np.linspace(low, high, 51)
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    ends = np.array([left, right]), np.array([low, high])
    corners = np.stack(np.meshgrid(*ends), -1).reshape(-1, 2)

    def boundary(net: Network) -> tuple[np.ndarray, np.ndarray]:
        output = net(places)
        return zero_line(across, up, (output[:, 1] - output[:, 0]).reshape(51, 101))

    def neurons(net: Network) -> tuple[np.ndarray, np.ndarray]:
        # z is linear: where it is 0 follows from its values in the corners
        z = net.layers[0](corners)
        lines = [zero_line(*ends, each.reshape(2, 2)) for each in z.T]
        return np.concatenate([a for a, _ in lines]), np.concatenate([b for _, b in lines])

    size = (right - left) / 110, (high - low) / 56
    return Slider(
        "boundary",
        "Points of two classes, diamonds and crosses, in two interlocking half moons, the boundary "
        "that the network draws between them, and for each hidden neuron the straight line where "
        "its weighted input is 0. After a few epochs the boundary is nearly straight and cuts the "
        "tips of both moons off; later it bends between them, and in the end every point is on "
        "its side.",
        "epoch",
        list(networks),
        np.array([left, right]),
        [
            Line("boundary between the classes", [boundary(net) for net in networks.values()]),
            Line("zⱼ = 0 of a hidden neuron", [neurons(net) for net in networks.values()]),
        ],
        (low, high),
        start=min(3, len(networks) - 1),
        still=[
            Still(*_marks(DIAMOND, x[y == 0], size), 2),
            Still(*_marks(CROSS, x[y == 1], size), 3),
        ],
        notes=[_wrong(net(x), y) for net in networks.values()],
    )


def _wrong(output: np.ndarray, y: np.ndarray) -> str:
    return f"{int((output.argmax(1) != y).sum())} of {len(y)} points wrong"
