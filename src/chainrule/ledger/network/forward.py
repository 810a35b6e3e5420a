"""The claims of section 1.1.1: forward pass."""

from collections.abc import Iterator

import numpy as np

from ..core import CLOSE, Claim, Oracle
from ..oracles import fractions, torch_oracle
from .cases import ACTIVATIONS, linear_of, network_cases, network_of
from .twins import torch_output, twin_activation, twin_outputs, twin_weighted_input


def _neuron(w, b, a, name: str = ""):
    z = linear_of(w, b)(a[None, :])
    return (ACTIVATIONS[name](z) if name else z)[0, :]


def _neuron_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)


def _exact_weighted_input(*case) -> list[float]:
    return [float(z) for z in twin_weighted_input(*map(fractions, case))]


def _forward(weights: list, biases: list, names: list, cost: str, x, y):
    return network_of(weights, biases, names)(x)


_ORACLES = (
    Oracle("loops, sample by sample", twin_outputs, CLOSE),
    torch_oracle(
        "torch.nn.functional",
        lambda torch, weights, biases, names, cost, x, y: torch_output(weights, biases, names, x),
        CLOSE,
    ),
)

FORWARD = (
    Claim(
        label="1.1",
        title="the weighted input of a neuron",
        code="network.Linear.__call__",
        implementation=_neuron,
        cases=_neuron_cases,
        oracles=(
            Oracle("loops in exact fractions", _exact_weighted_input),
            torch_oracle(
                "torch.nn.functional.linear",
                lambda torch, w, b, a: torch.nn.functional.linear(a, w, b),
            ),
        ),
        saboteur=lambda w, b, a: _neuron(w.T, b, a),
        mistake="the indices of w swapped",
    ),
    Claim(
        label="1.2",
        title="the activation of a neuron",
        code="activations.Sigmoid.__call__",
        implementation=_neuron,
        cases=lambda rng: (
            (*case, name) for name in ("sigmoid", "tanh", "relu") for case in _neuron_cases(rng)
        ),
        oracles=(
            Oracle(
                "loops in Python floats",
                lambda w, b, a, name: twin_activation(name, twin_weighted_input(w, b, a)),
                CLOSE,
            ),
            torch_oracle(
                "torch.nn.functional",
                lambda torch, w, b, a, name: torch_output([w], [b], [name], a),
                CLOSE,
            ),
        ),
        saboteur=lambda w, b, a, name: _neuron(w, 0 * b, a, name) + b,
        mistake="the bias added outside σ",
    ),
    Claim(
        label="1.3",
        title="the forward pass of a network",
        code="network.Network.__call__",
        implementation=_forward,
        cases=network_cases,
        oracles=_ORACLES,
        saboteur=lambda weights, *rest: _forward([w.T for w in weights], *rest),
        mistake="w transposed",
    ),
    Claim(
        label="1.1.1a",
        title="the forward pass of a batch",
        code="network.Linear.__call__",
        implementation=_forward,
        cases=lambda rng: network_cases(rng, samples=4),
        oracles=_ORACLES,
        saboteur=lambda weights, *rest: _forward([w.T for w in weights], *rest),
        mistake="A w instead of A wᵀ",
    ),
)
