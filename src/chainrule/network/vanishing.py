"""How small, or large, the errors of a network can become on their way back."""

import numpy as np

from ..arrays import Array, to_numpy, upstream_of
from .backpropagation import Network, Trace
from .linear import Linear


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
    for layer in network.layers:
        if not isinstance(layer, Linear) and not hasattr(layer, "derivative"):
            raise TypeError(f"network: expected elementwise activations, got {layer!r}")
    layers, inputs = network.map(to_numpy).layers, [to_numpy(x) for x in trace.inputs]
    found = [*bounds(layers, inputs, np.linalg.norm(to_numpy(upstream)))]
    return [float(bound) for bound in reversed(found)]


def bounds(layers, inputs, bound):
    """Yield the bound for each `Linear` layer, last layer first; the formula alone.

    Parameters
    ----------
    layers : list of layers
    inputs : list of arrays
        What each of them was applied to.
    bound : float
        ‖∂C/∂output‖.
    """
    for layer, z in zip(reversed(layers), reversed(inputs), strict=True):
        if isinstance(layer, Linear):
            yield bound
            bound = bound * np.linalg.norm(layer.weight, 2)
        else:
            bound = bound * np.max(abs(layer.derivative(z)))
