"""The networks that claims are tried on, and the package on one of them."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from ... import activations, losses
from ...network import Linear, Network

# A case is (weights, biases, names, cost, x, y): a list of w^l and b^l, the names of the
# activations, the name of the cost, a batch and its targets. Layers are square, so that an index
# that is swapped still fits and has to be found out by its numbers.

SMOOTH = ("sigmoid", "tanh")


def network_cases(
    rng: np.random.Generator, names: tuple = ("sigmoid", "tanh", "relu"), samples: int = 1
) -> Iterator[tuple]:
    """Yield small random networks: one to three layers of three neurons each."""
    for depth, name, cost in product((1, 2, 3), names, LOSSES):
        weights = [rng.standard_normal((3, 3)) for _ in range(depth)]
        biases = [rng.standard_normal(3) for _ in range(depth)]
        y = rng.dirichlet(np.ones(3), samples)
        yield weights, biases, [name] * depth, cost, rng.standard_normal((samples, 3)), y


def deep_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the networks that have a hidden layer."""
    return (case for case in network_cases(rng) if len(case[0]) > 1)


def softmax_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield networks that end in softmax."""
    for case in network_cases(rng, names=("tanh",)):
        case[2][-1] = "softmax"
        yield case


def is_smooth(*case) -> bool:
    """Tell whether all activations of a case are analytic."""
    return set(case[2]) <= {*SMOOTH, "softmax"}


def sympy_case(*case) -> bool:
    """Thirty digits take time: two layers are enough."""
    return is_smooth(*case) and len(case[0]) == 2


ACTIVATIONS: dict[str, Any] = {
    "sigmoid": activations.Sigmoid(),
    "tanh": activations.Tanh(),
    "relu": activations.ReLU(),
    "softmax": activations.Softmax(),
}
LOSSES: dict[str, Any] = {"squared error": losses.MSE(), "cross-entropy": losses.CrossEntropy()}


def linear_of(w, b) -> Linear:
    """Give the package's layer with these parameters."""
    linear = Linear(w.shape[1], w.shape[0], rng=np.random.default_rng(0))
    linear.weight, linear.bias = w, b
    return linear


def network_of(weights, biases, names: list) -> Network:
    """Give the package's network with these parameters and activations."""
    parts = zip(weights, biases, names, strict=True)
    return Network(
        [layer for w, b, name in parts for layer in (linear_of(w, b), ACTIVATIONS[name])]
    )


def forward(*case) -> tuple:
    """Give the package's network, its trace, and the gradient of the cost at its outputs."""
    weights, biases, names, cost, x, y = case
    net = network_of(weights, biases, names)
    trace = net.forward(x)
    return net, trace, LOSSES[cost].gradient(trace.output, y)


def backward(*case):
    """Give the package's gradients and errors."""
    net, trace, upstream = forward(*case)
    return net.backward(trace, upstream, deltas=True)
