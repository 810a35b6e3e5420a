"""The same dense network four times, from the same start: what `growth.py` times.

Each is made of a start, a network of the book's, and can begin again from another one.
"""

import warnings
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from chainrule.activations import ReLU
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD

INPUTS, CLASSES, RATE = 784, 10, 0.2

torch.set_num_threads(1)
torch._dynamo.config.recompile_limit = 1000  # a network of another size is compiled again


class Contender(NamedTuple):
    """A network in training: its step with a batch, what it says of images, a new beginning."""

    step: Callable[[np.ndarray, np.ndarray], Any]
    classes: Callable[[np.ndarray], np.ndarray]
    begin: Callable[[Network], None]


def start(width: int, depth: int, seed: int = 0) -> Network:
    """Give 784-width-…-10 with so many hidden layers, ReLU, in float32."""
    rng = np.random.default_rng(seed)
    sizes, layers = [INPUTS, *[width] * depth, CLASSES], []
    for n_in, n_out in pairwise(sizes):
        layers += [Linear(n_in, n_out, rng=rng, dtype="float32"), ReLU()]
    return Network(layers[:-1])


def batch(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Give so many random images and classes."""
    rng = np.random.default_rng(0)
    return rng.random((size, INPUTS), dtype=np.float32), rng.integers(CLASSES, size=size)


def ours(net: Network) -> Contender:
    """Train the book's network on NumPy arrays."""
    loss, optimizer = CrossEntropy(), SGD(RATE)

    def step(x: np.ndarray, y: np.ndarray) -> None:
        trace = net.forward(x)
        loss(trace.output, y)  # the others compute it too
        gradients = net.backward(trace, loss.gradient(trace.output, y)).parameters
        optimizer.step(net.parameters, gradients)

    def begin(other: Network) -> None:
        for own, new in zip(net.parameters, other.parameters, strict=True):
            own[...] = new

    return Contender(step, lambda x: net(x).argmax(1), begin)


def in_torch(net: Network, compiled: bool = False) -> Contender:
    """Train its twin in PyTorch, step by step or with model and loss compiled."""
    layers: list[torch.nn.Module] = []
    for layer in net.layers:
        layers.append(torch.nn.ReLU())
        if isinstance(layer, Linear):
            layers[-1] = torch.nn.Linear(*reversed(layer.weight.shape))
    model, loss = torch.nn.Sequential(*layers), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def cost(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return loss(model(x), y)

    forward = torch.compile(cost, dynamic=False) if compiled else cost

    def step(x: np.ndarray, y: np.ndarray) -> None:
        forward(torch.from_numpy(x), torch.from_numpy(y)).backward()
        optimizer.step()
        optimizer.zero_grad()

    def classes(x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return model(torch.from_numpy(x)).argmax(1).numpy()

    def begin(other: Network) -> None:
        with torch.no_grad():
            for own, new in zip(model.parameters(), other.parameters, strict=True):
                own.copy_(torch.from_numpy(new))

    begin(net)
    return Contender(step, classes, begin)


def in_sklearn(net: Network) -> Contender:
    """Train its twin in scikit-learn, which makes its parameters in a step of its own."""
    model = MLPClassifier(
        tuple(len(bias) for bias in net.parameters[1:-1:2]),
        solver="sgd",
        alpha=0.0,
        learning_rate_init=RATE,
        momentum=0.0,
        nesterovs_momentum=False,
    )

    def step(x: np.ndarray, y: np.ndarray) -> None:
        model.batch_size = len(x)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.partial_fit(x, y, classes=range(CLASSES))

    def begin(other: Network) -> None:
        weights, biases = other.parameters[::2], other.parameters[1::2]
        for own, new in zip(model.coefs_, weights, strict=True):
            own[...] = new.T
        for own, new in zip(model.intercepts_, biases, strict=True):
            own[...] = new

    step(*batch(CLASSES))
    begin(net)
    return Contender(step, model.predict, begin)


CONTENDERS: dict[str, Callable[[Network], Contender]] = {
    "chainrule": ours,
    "PyTorch, eager": in_torch,
    "PyTorch, compiled": partial(in_torch, compiled=True),
    "scikit-learn": in_sklearn,
}


def that_run() -> dict[str, Callable[[Network], Contender]]:
    """Give the contenders that run here: some machines have nothing to compile with."""
    try:
        CONTENDERS["PyTorch, compiled"](start(2, 1)).step(*batch(2))
    except RuntimeError as error:
        print(f"torch.compile is left out, for it cannot compile here: {error}".split("\n")[0])
        return {name: make for name, make in CONTENDERS.items() if name != "PyTorch, compiled"}
    return CONTENDERS
