"""Layers, and a network of them: the forward pass and backpropagation (section 1.1).

A layer is a differentiable function, ``layer(x)`` and ``layer.vjp(x, upstream)``. If it has
parameters it lists them in ``layer.parameters`` and gives their gradients, in the same order, by
``layer.parameter_vjp(x, upstream)``. Every activation is a layer. A batch is rows: x has shape
(N, n_in).
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from math import sqrt
from typing import Any

import numpy as np

from .arrays import (
    Array,
    floating_dtype,
    real,
    require_count,
    require_generator,
    to_numpy,
    upstream_of,
)
from .arrays.functions import sum

__all__ = [
    "Gradients",
    "Linear",
    "Network",
    "Trace",
    "error_norm_bounds",
    "initial_std",
    "multiplications",
]


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
    if init == "he":
        return sqrt(2 / n_in)
    if init == "xavier":
        return sqrt(2 / (n_in + n_out))
    raise ValueError(f"init: expected 'he' or 'xavier', got {init!r}")


class Linear:
    """A layer's weighted inputs, z = w a + b; for a batch of rows, Z = A Wᵀ + b (equation 1.1.1a).

    The weights start as normal random numbers with the standard deviation `initial_std`, the
    biases as 0.

    Parameters
    ----------
    n_in, n_out : int
        How many neurons the layer reads and has.
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
        dtype = floating_dtype(dtype)
        weight = initial_std(n_in, n_out, init) * rng.standard_normal((n_out, n_in))
        self.weight: Array = weight.astype(dtype)
        self.bias: Array = np.zeros(n_out, dtype)

    def __repr__(self) -> str:
        n_out, n_in = self.weight.shape
        return f"Linear({n_in}, {n_out})"

    @property
    def parameters(self) -> list[Array]:
        """The weight and the bias."""
        return [self.weight, self.bias]

    def map(self, function: Callable[[Array], Array]) -> "Linear":
        """Give the same layer with every parameter replaced by `function` of it."""
        mapped = copy.copy(self)
        mapped.weight, mapped.bias = function(self.weight), function(self.bias)
        return mapped

    def __call__(self, x: Array) -> Array:
        """Give the weighted inputs of a batch.

        Parameters
        ----------
        x : array, shape (N, n_in)

        Returns
        -------
        array, shape (N, n_out)

        Raises
        ------
        ValueError
            If x has another shape.
        """
        return self.value(self._batch(x))

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry the error back to the layer's inputs: Δ w, the wᵀ δ of equation 1.7.

        Parameters
        ----------
        x : array, shape (N, n_in)
            What the layer was applied to.
        upstream : array, shape (N, n_out)
            The errors δ = ∂C/∂z, a row per sample.

        Returns
        -------
        array, shape (N, n_in)
            ∂C/∂x.

        Raises
        ------
        ValueError
            If a shape does not fit.
        """
        return self.back(self._errors(self._batch(x), upstream))

    def parameter_vjp(self, x: Array, upstream: Array) -> list[Array]:
        """Give ∂C/∂w and ∂C/∂b: Δᵀ A and the sum of the rows of Δ (equations 1.8 and 1.9).

        Parameters
        ----------
        x : array, shape (N, n_in)
            What the layer was applied to.
        upstream : array, shape (N, n_out)
            The errors δ = ∂C/∂z, a row per sample.

        Returns
        -------
        list of two arrays, shapes (n_out, n_in) and (n_out,)

        Raises
        ------
        ValueError
            If a shape does not fit.
        """
        x = self._batch(x)
        return self.parameters_back(x, self._errors(x, upstream))

    def value(self, a):
        """Give Z = A Wᵀ + b for a batch a; the formula alone."""
        return a @ self.weight.T + self.bias

    def back(self, delta):
        """Give Δ W for the errors delta; the formula alone."""
        return delta @ self.weight

    def parameters_back(self, a, delta):
        """Give Δᵀ A, and the sum of the rows of Δ, for a batch a and its errors delta."""
        return [delta.T @ a, sum(delta, axis=0)]

    def _batch(self, x: Array) -> Array:
        x = real(x, like=self.weight)
        n_in = self.weight.shape[1]
        if x.ndim != 2 or x.shape[1] != n_in:
            raise ValueError(f"x: expected a batch of shape (N, {n_in}), got {tuple(x.shape)}")
        return x

    def _errors(self, x: Array, upstream: Array) -> Array:
        shape = (x.shape[0], self.weight.shape[0])
        return upstream_of(upstream, shape, "the shape of the layer's output", like=x)


@dataclass(frozen=True)
class Trace:
    """What a forward pass leaves behind for the backward pass.

    Attributes
    ----------
    inputs : list of arrays
        What each layer was applied to, in order.
    output : array
        What the last layer gave.
    """

    inputs: list[Array]
    output: Array


@dataclass(frozen=True)
class Gradients:
    """What a backward pass finds.

    Attributes
    ----------
    parameters : list of arrays
        The derivatives of C in every parameter, in the order of ``network.parameters``.
    deltas : list of arrays or None
        ∂C/∂z^l of every layer with parameters, first layer first, if they were asked for.
    """

    parameters: list[Array]
    deltas: list[Array] | None = None


class Network:
    """Layers applied one after the other (equation 1.3), and backpropagation through them.

    Parameters
    ----------
    layers : sequence of layers

    Raises
    ------
    ValueError
        If there is no layer.

    Examples
    --------
    >>> import numpy as np
    >>> from chainrule.activations import Tanh
    >>> rng = np.random.default_rng(0)
    >>> net = Network([Linear(3, 4, rng=rng), Tanh(), Linear(4, 2, rng=rng)])
    >>> x = np.ones((5, 3))
    >>> trace = net.forward(x)
    >>> trace.output.shape
    (5, 2)
    >>> gradients = net.backward(trace, np.ones((5, 2)))
    >>> [g.shape for g in gradients.parameters]
    [(4, 3), (4,), (2, 4), (2,)]
    """

    def __init__(self, layers: Sequence[Any]):
        if not layers:
            raise ValueError("layers: expected at least one layer, got none")
        self.layers = list(layers)

    def __repr__(self) -> str:
        return f"Network({self.layers})"

    @property
    def parameters(self) -> list[Array]:
        """The parameters of all layers, first layer first."""
        return [p for layer in self.layers for p in getattr(layer, "parameters", ())]

    def map(self, function: Callable[[Array], Array]) -> "Network":
        """Give the same network with every parameter replaced by `function` of it."""
        return Network(
            [layer.map(function) if hasattr(layer, "map") else layer for layer in self.layers]
        )

    def __call__(self, x: Array) -> Array:
        """Give the network's output for a batch x, shape (N, n_in)."""
        for layer in self.layers:
            x = layer(x)
        return x

    def forward(self, x: Array) -> Trace:
        """Apply the network to a batch x, shape (N, n_in), and keep every layer's input.

        Returns
        -------
        Trace
            With the inputs of all layers and the output.

        Raises
        ------
        ValueError
            If x has no rows or does not fit the first layer.
        """
        x = real(x)
        if x.shape[:1] == (0,):
            raise ValueError(f"x: expected at least one sample, got shape {tuple(x.shape)}")
        inputs = []
        for layer in self.layers:
            inputs.append(x)
            x = layer(x)
        return Trace(inputs, x)

    def backward(self, trace: Trace, upstream: Array, deltas: bool = False) -> Gradients:
        """Backpropagation: carry ∂C/∂output back, collecting the gradient of every parameter.

        Parameters
        ----------
        trace : Trace
            What ``forward`` gave.
        upstream : array, shaped like the output
            ∂C/∂output, as ``loss.gradient`` gives it.
        deltas : bool
            Whether to keep the errors δ^l = ∂C/∂z^l too.

        Returns
        -------
        Gradients

        Raises
        ------
        ValueError
            If `upstream` is not shaped like the output.
        """
        output = trace.output
        upstream = upstream_of(upstream, output.shape, "the shape of the output", like=output)
        gradients: list[Array] = []
        kept: list[Array] = []
        for layer, a, delta in islice(self.errors(trace.inputs, upstream), self._depth()):
            if hasattr(layer, "parameters"):
                gradients = [*layer.parameter_vjp(a, delta), *gradients]
                kept = [delta, *kept]
        return Gradients(gradients, kept if deltas else None)

    def errors(self, inputs, delta):
        """Yield each layer, its input a and its error delta, from the last one on.

        Parameters
        ----------
        inputs : list of arrays
            What each layer was applied to.
        delta : array
            ∂C/∂output of the last one.
        """
        for layer, a in zip(reversed(self.layers), reversed(inputs), strict=True):
            yield layer, a, delta
            delta = layer.vjp(a, delta)

    def _depth(self) -> int:
        """Give how many layers there are from the first with parameters on."""
        found = [i for i, layer in enumerate(self.layers) if hasattr(layer, "parameters")]
        return len(self.layers) - found[0] if found else 0


def error_norm_bounds(network: Network, trace: Trace, upstream: Array) -> list[float]:
    """Bound the errors ‖δ^l‖ of one sample from above, layer by layer (equation 1.1.2d).

    Going back through a layer multiplies the norm of the error at most by max|σ′(z)|, and going
    back through its weights at most by ‖w‖₂, the largest singular value.

    Parameters
    ----------
    network : Network
        Of `Linear` layers and elementwise activations.
    trace : Trace
        Of a batch of one sample.
    upstream : array, shaped like the output
        ∂C/∂output.

    Returns
    -------
    list of float
        One bound for each `Linear` layer, first layer first.

    Raises
    ------
    ValueError
        If the batch is not one sample.

    Examples
    --------
    >>> import numpy as np
    >>> from chainrule.activations import Sigmoid
    >>> net = Network([Linear(1, 1, rng=np.random.default_rng(0)), Sigmoid()])
    >>> trace = net.forward(np.zeros((1, 1)))
    >>> error_norm_bounds(net, trace, np.array([[2.0]]))  # 2 σ′(0)
    [0.5]
    """
    if trace.output.shape[0] != 1:
        raise ValueError(f"trace: expected one sample, got {trace.output.shape[0]}")
    bound = float(np.linalg.norm(to_numpy(upstream)))
    bounds: list[float] = []
    for layer, x in zip(reversed(network.layers), reversed(trace.inputs), strict=True):
        if isinstance(layer, Linear):
            bounds.insert(0, bound)
            bound *= float(np.linalg.norm(to_numpy(layer.weight), 2))
        else:
            bound *= float(np.max(np.abs(to_numpy(layer.derivative(x)))))
    return bounds


def multiplications(sizes: Sequence[int], samples: int = 1) -> tuple[int, int]:
    """Count the multiplications in the matrix products of both passes (1.5.3a and 1.5.3b).

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, then of the neurons of each layer.
    samples : int
        The size of the batch, N.

    Returns
    -------
    tuple of int
        Of the forward pass, one for each weight and sample; and of the backward pass, two for each
        weight and sample, but one in the first layer, whose inputs need no error.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one of them or `samples` is less than 1.

    Examples
    --------
    >>> multiplications([64, 128, 10])
    (9472, 10752)
    """
    require_count(samples, "samples")
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected at least two, got {list(sizes)}")
    for size in sizes:
        require_count(size, "sizes")
    weights = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    all_of_them = int(np.sum(weights))
    return samples * all_of_them, samples * (2 * all_of_them - weights[0])
