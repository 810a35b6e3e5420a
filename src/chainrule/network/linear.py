"""The dense layer, and how large its weights are at the start."""

from math import sqrt
from typing import Any

import numpy as np

from ..arrays import Array, real, require_count, require_generator
from ..arrays.functions import sum
from .layer import Weighted


def he(n_in, n_out):
    """Give the variance of a weight under which ReLU keeps the activations' size."""
    return 2 / n_in


def xavier(n_in, n_out):
    """Give the compromise between what keeps activations and what keeps errors, under tanh."""
    return 2 / (n_in + n_out)


VARIANCES = {"he": he, "xavier": xavier}


def initial_std(n_in: int, n_out: int, init: str = "he") -> float:
    """Give the standard deviation with which the weights of a layer should start.

    "he" keeps the size of the activations from layer to layer under ReLU (equation 1.1.2f);
    "xavier" is the compromise between activations and errors under tanh (equation 1.1.2e).

    Parameters
    ----------
    n_in, n_out : int
        How many neurons the layer reads and has.
    init : {"he", "xavier"}

    Returns
    -------
    float
        √(2 / n_in) or √(2 / (n_in + n_out)).

    Raises
    ------
    ValueError
        If `init` is neither, or `n_in` or `n_out` is less than 1.

    References
    ----------
    Glorot and Bengio, 2010; He, Zhang, Ren and Sun, 2015.

    Examples
    --------
    >>> initial_std(50, 30, "he"), initial_std(50, 150, "xavier")
    (0.2, 0.1)

    See Also
    --------
    torch.nn.init.kaiming_normal_, torch.nn.init.xavier_normal_
    """
    require_count(n_in, "n_in")
    require_count(n_out, "n_out")
    if init not in VARIANCES:
        raise ValueError(f"init: expected 'he' or 'xavier', got {init!r}")
    return sqrt(VARIANCES[init](n_in, n_out))


class Linear(Weighted):
    """A layer's weighted inputs, z = w a + b; for a batch of rows, Z = A Wᵀ + b (equation 1.1.1a).

    Its vjp carries the error back, Δ w, the wᵀ δ of equation 1.7; its parameter_vjp is Δᵀ A and the
    sum of the rows of Δ (equations 1.9 and 1.8). The weights start as normal random numbers with
    the standard deviation `initial_std`, the biases as 0.

    Parameters
    ----------
    n_in, n_out : int
        How many neurons the layer reads and has: it takes (N, n_in) and gives (N, n_out).
    rng : numpy.random.Generator
        Where the initial weights come from.
    dtype : str or dtype
        Of the parameters.
    init : {"he", "xavier"}

    Attributes
    ----------
    weight : array, shape (n_out, n_in)
        w_jk links neuron k of the layer before to neuron j of this one.
    bias : array, shape (n_out,)

    Raises
    ------
    ValueError
        If `n_in` or `n_out` is less than 1, or `init` is unknown.
    TypeError
        If `rng` is not a generator, or `dtype` is not a floating-point one.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Linear(2, 1, rng=np.random.default_rng(0))
    >>> layer.weight[:], layer.bias[:] = [[3.0, -1.0]], [0.5]
    >>> layer(np.array([[1.0, 2.0]]))
    array([[1.5]])

    See Also
    --------
    torch.nn.Linear
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        dtype: Any = "float64",
        init: str = "he",
    ):
        require_generator(rng)
        self._start((n_out, n_in), initial_std(n_in, n_out, init), rng, dtype)

    def __repr__(self) -> str:
        n_out, n_in = self.weight.shape
        return f"Linear({n_in}, {n_out})"

    def value(self, a):
        """Give Z = A Wᵀ + b for a batch a."""
        return a @ self.weight.T + self.bias

    def back(self, a, delta):
        """Give Δ W for the errors delta."""
        return delta @ self.weight

    def parameters_back(self, a, delta):
        """Give Δᵀ A, and the sum of the rows of Δ."""
        return [delta.T @ a, sum(delta, axis=0)]

    def _read(self, x: Array) -> Array:
        x = real(x, like=self.weight)
        n_in = self.weight.shape[1]
        if x.ndim != 2 or x.shape[1] != n_in:
            raise ValueError(f"x: expected a batch of shape (N, {n_in}), got {tuple(x.shape)}")
        return x

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        return x.shape[0], self.weight.shape[0]
