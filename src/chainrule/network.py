"""A network of layers: the forward pass and backpropagation (section 1.1).

A layer is a differentiable function, ``layer(x)`` and ``layer.vjp(x, upstream)``. One that has
``layer.parameters`` gives their gradients by ``layer.parameter_vjp(x, upstream)``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .arrays import Array, real, to_numpy, upstream_of, with_numbers
from .arrays.rules import widened
from .arrays.settings import count
from .layers import Linear, initial_std

__all__ = [
    "Gradients",
    "Linear",
    "Network",
    "Trace",
    "error_norm_bounds",
    "initial_std",
    "multiplications",
]


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

    A layer, or an array of parameters, may stand in several places. It counts as one parameter
    then, whose gradient is the sum of those of its places.

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
    >>> from chainrule.network import Linear
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
        """The parameters of all layers, first layer first, each of them once."""
        return [*{id(p): p for own in self._own() for p in own or ()}.values()]

    def _own(self) -> list[list[Array] | None]:
        """Give the parameters of each layer, None where it has no such thing."""
        return [getattr(layer, "parameters", None) for layer in self.layers]

    def map(self, function: Callable[[Array], Array]) -> "Network":
        """Give the same network with every parameter replaced by `function` of it."""
        new = {id(p): function(p) for p in self.parameters}
        layers = {
            id(layer): layer.map(lambda p: new[id(p)]) if hasattr(layer, "map") else layer
            for layer in self.layers
        }
        return Network([layers[id(layer)] for layer in self.layers])

    def __call__(self, x: Array) -> Array:
        """Give the network's output for a batch x, shape (N, n_in)."""
        return self.value(x)

    def value(self, a):
        """Give the output for a batch a: what a layer gives, the next one is applied to."""
        for layer in self.layers:
            a = layer(a)
        return a

    def forward(self, x: Array) -> Trace:
        """Apply the network to a batch x, shape (N, n_in), and keep every layer's input.

        Raises
        ------
        ValueError
            If x has no rows or does not fit the first layer.
        """
        x = real(x, like=None if hasattr(x, "dtype") else next(iter(self.parameters), None))
        if x.shape[:1] == (0,):
            raise ValueError(f"x: expected at least one sample, got shape {tuple(x.shape)}")
        inputs = [x]
        for layer in self.layers:
            inputs.append(layer(inputs[-1]))
        return Trace(inputs[:-1], inputs[-1])

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
            If `upstream` is not shaped like the output, or the trace is not of such a network.
        """
        output = trace.output
        upstream = upstream_of(upstream, output.shape, "the shape of the output", like=output)
        if len(trace.inputs) != len(self.layers):
            raise ValueError(
                f"trace: expected the inputs of {len(self.layers)} layers, got {len(trace.inputs)}"
            )
        own = self._own()
        gradients: list[Array] = []
        kept: list[Array] = []
        errors = self.errors(trace.inputs, upstream)
        waiting = len(own) - own.count(None)
        while waiting:  # so no more errors are asked for than have a use
            layer, a, delta = next(errors)
            if getattr(layer, "parameters", None) is not None:
                gradients[:0] = layer.parameter_vjp(a, delta)
                kept.insert(0, delta)
                waiting -= 1
        return Gradients(_added_up(gradients, own), kept if deltas else None)

    def errors(self, inputs, delta):
        """Yield each layer, its input a of `inputs` and its error delta, from the last one on."""
        for layer, a in reversed([*zip(self.layers, inputs, strict=True)]):
            yield layer, a, delta
            delta = layer.vjp(a, delta)


def _added_up(gradients: list[Array], own: list[list[Array] | None]) -> list[Array]:
    """Give one gradient for each parameter, the sum where it stands in several places."""
    places = [id(p) for parameters in own for p in parameters or ()]
    if len({*places}) == len(places):  # as nearly always
        return gradients
    total: dict[int, Array] = {}
    for place, gradient in zip(places, gradients, strict=True):
        total[place] = total[place] + gradient if place in total else gradient
    return [*total.values()]


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
        If the batch is not one sample, or `upstream` is not shaped like the output.
    TypeError
        If a layer is neither.

    Examples
    --------
    >>> import numpy as np
    >>> from chainrule.activations import Sigmoid
    >>> from chainrule.network import Linear, Network
    >>> net = Network([Linear(1, 1, rng=np.random.default_rng(0)), Sigmoid()])
    >>> trace = net.forward(np.zeros((1, 1)))
    >>> error_norm_bounds(net, trace, np.array([[2.0]]))  # 2 σ′(0)
    [0.5]
    """
    output = trace.output
    if output.shape[0] != 1:
        raise ValueError(f"trace: expected one sample, got {output.shape[0]}")
    upstream = upstream_of(upstream, output.shape, "the shape of the output", like=output)
    upstream = with_numbers(upstream, "upstream")
    for layer in network.layers:
        if not isinstance(layer, Linear) and not hasattr(layer, "derivative"):
            raise TypeError(f"network: expected elementwise activations, got {layer!r}")
    *inputs, upstream = (widened(to_numpy(x)) for x in (*trace.inputs, upstream))
    layers = network.map(lambda p: widened(to_numpy(p))).layers
    return [float(bound) for bound in bounds(layers, inputs, np.linalg.norm(upstream))][::-1]


def bounds(layers, inputs, bound):
    """Yield the bound for each `Linear` layer, last layer first, from that of ∂C/∂output on."""
    for layer, z in zip(reversed(layers), reversed(inputs), strict=True):
        if hasattr(layer, "derivative"):
            bound = bound * np.max(abs(layer.derivative(z)))
        else:
            yield bound
            bound = bound * np.linalg.norm(layer.weight, 2)


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
    samples = count.read(samples, "samples")
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected at least two, got {list(sizes)}")
    for size in sizes:
        count.read(size, "sizes")
    return products([int(size) for size in sizes], int(samples))


def products(sizes, samples):
    """Give the multiplications of the forward and of the backward pass; the formulas alone."""
    weights = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    return samples * sum(weights), samples * (2 * sum(weights) - weights[0])
