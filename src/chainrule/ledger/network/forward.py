"""The claims of section 1.1.1: forward pass."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from ..core import CLOSE, Claim, Oracle
from ..oracles import torch_oracle
from .cases import ACTIVATIONS, linear_of, network_cases, network_of
from .twins import torch_output, twin_activation, twin_outputs, twin_weighted_input


def _neuron(w, b, a, name: str = ""):
    z = linear_of(w, b)(a[None, :])
    return (ACTIVATIONS[name](z) if name else z)[0, :]


def _neuron_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)


def _activated_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for name in ("sigmoid", "tanh", "relu"):
        for case in _neuron_cases(rng):
            yield *case, name


def _exact_weighted_input(w, b, a) -> list[float]:
    exact = np.vectorize(Fraction, otypes=[object])
    return [float(z) for z in twin_weighted_input(exact(w), exact(b), exact(a))]


def _forward(weights: list, biases: list, names: list, cost: str, x, y):
    return network_of(weights, biases, names)(x)


def _torch_forward(torch, weights: list, biases: list, names: list, *rest):
    return torch_output(weights, biases, names, rest[1])


_ORACLES = (
    Oracle("loops, sample by sample", twin_outputs, CLOSE),
    torch_oracle("torch.nn.functional", _torch_forward, CLOSE),
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
        cases=_activated_cases,
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
        mistake="A w in the place of A wᵀ",
    ),
)
