"""The claims of section 1.1.2: backpropagation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import losses
from ...oracles import central_difference, complex_step
from ..core import Claim, Oracle
from .cases import (
    ACTIVATIONS,
    LOSSES,
    backward,
    deep_cases,
    is_smooth,
    network_cases,
    network_of,
    softmax_cases,
    sympy_case,
)
from .twins import (
    difference_error,
    difference_parameter,
    sympy_parameter,
    torch_error,
    torch_parameters,
    twin_errors,
    twin_forward,
)


def _output_error(*case: Any) -> Any:
    return backward(*case).deltas[-1][0]


def _hidden_error(*case: Any) -> Any:
    return backward(*case).deltas[0][0]


def _weight_gradient(*case: Any) -> Any:
    return backward(*case).parameters[0]


def _bias_gradient(*case: Any) -> Any:
    return backward(*case).parameters[1]


def _twin_error(layer: int) -> Callable:
    return lambda weights, biases, names, cost, x, y: twin_errors(
        weights, biases, names, cost, x[0], y[0]
    )[layer]


def _error_oracles(layer: int) -> tuple[Oracle, ...]:
    return (
        Oracle("torch.autograd", torch_error(layer), 1e-10, needs="torch"),
        Oracle("central differences", difference_error(layer, central_difference), 1e-6),
        Oracle("complex step", difference_error(layer, complex_step), 1e-12, applies=is_smooth),
        Oracle("loops, index by index", _twin_error(layer), 1e-12),
    )


def _parameter_oracles(index: int) -> tuple[Oracle, ...]:
    return (
        Oracle(
            "torch.autograd", lambda *case: torch_parameters(*case)[index], 1e-10, needs="torch"
        ),
        Oracle("central differences", difference_parameter(index, central_difference), 1e-6),
        Oracle("complex step", difference_parameter(index, complex_step), 1e-12, applies=is_smooth),
        Oracle(
            "SymPy, 30 digits", sympy_parameter(index), 1e-12, needs="sympy", applies=sympy_case
        ),
    )


def _pieces(weights: list, biases: list, names: list, cost: str, x: Any, y: Any) -> tuple:
    """Give what a saboteur puts together wrongly: the trace, σ, ∇_a C and the gradients."""
    net = network_of(weights, biases, names)
    trace = net.forward(x)
    upstream = LOSSES[cost].gradient(trace.output, y)
    return trace, ACTIVATIONS[names[-1]], upstream, net.backward(trace, upstream, deltas=True)


def _slope_forgotten(*case: Any) -> Any:
    return _pieces(*case)[2][0]


def _slope_at_a(*case: Any) -> Any:
    trace, activation, upstream, _ = _pieces(*case)
    return (upstream * activation.derivative(trace.output))[0]


def _no_sum(*case: Any) -> Any:
    trace, activation, _, gradients = _pieces(*case)
    diagonal = case[0][1].diagonal()
    return (diagonal * gradients.deltas[1] * activation.derivative(trace.inputs[1]))[0]


def _not_transposed(*case: Any) -> Any:
    trace, activation, _, gradients = _pieces(*case)
    return (gradients.deltas[1] @ case[0][1].T * activation.derivative(trace.inputs[1]))[0]


def _slope_twice(*case: Any) -> Any:
    trace, activation, _, gradients = _pieces(*case)
    return (gradients.deltas[0] * activation.derivative(trace.inputs[1]))[0]


def _own_activation(*case: Any) -> Any:
    trace, activation, _, gradients = _pieces(*case)
    return gradients.deltas[0].T @ activation(trace.inputs[1])


BACKWARD = (
    Claim(
        label="1.4",
        title="the error of an output neuron",
        code="activations.Elementwise.vjp",
        implementation=_output_error,
        cases=network_cases,
        oracles=_error_oracles(-1),
        saboteur=_slope_forgotten,
        mistake="σ′ left out",
    ),
    Claim(
        label="1.5",
        title="the error of the output layer",
        code="activations.Elementwise.vjp",
        implementation=_output_error,
        cases=network_cases,
        oracles=_error_oracles(-1),
        saboteur=_slope_at_a,
        mistake="σ′ taken at a in the place of z",
    ),
    Claim(
        label="1.1.2a",
        title="the output error of half the squared distance",
        code="losses.MSE.gradient",
        implementation=lambda *case: _half_squared_norm(0.5, *case),
        cases=lambda rng: (
            (*case[:3], "half squared norm", *case[4:]) for case in network_cases(rng)
        ),
        oracles=(
            Oracle("torch.autograd", torch_error(-1), 1e-10, needs="torch"),
            Oracle("complex step", difference_error(-1, complex_step), 1e-12, applies=is_smooth),
            Oracle("loops, index by index", _twin_error(-1), 1e-12),
        ),
        saboteur=lambda *case: _half_squared_norm(1.0, *case),
        mistake="the error of ‖a − y‖₂², twice as large",
    ),
    Claim(
        label="1.1.2b",
        title="the error of a softmax output",
        code="activations.Softmax.vjp",
        implementation=_output_error,
        cases=softmax_cases,
        oracles=(
            Oracle("torch.autograd", torch_error(-1), 1e-10, needs="torch"),
            Oracle("central differences", difference_error(-1, central_difference), 1e-6),
            Oracle("complex step", difference_error(-1, complex_step), 1e-12),
        ),
        saboteur=lambda *case: _elementwise_softmax(*case),
        mistake="only the diagonal of the Jacobian, as if softmax were elementwise",
    ),
    Claim(
        label="1.6",
        title="the error of a hidden neuron",
        code="network.Network.backward",
        implementation=_hidden_error,
        cases=deep_cases,
        oracles=_error_oracles(0),
        saboteur=_no_sum,
        mistake="no sum over j",
    ),
    Claim(
        label="1.7",
        title="the error of a hidden layer",
        code="network.Linear.vjp",
        implementation=_hidden_error,
        cases=deep_cases,
        oracles=_error_oracles(0),
        saboteur=_not_transposed,
        mistake="w not transposed",
    ),
    Claim(
        label="1.8",
        title="the gradient of a bias",
        code="network.Linear.parameter_vjp",
        implementation=_bias_gradient,
        cases=network_cases,
        oracles=_parameter_oracles(1),
        saboteur=_slope_twice,
        mistake="σ′ multiplied in a second time",
    ),
    Claim(
        label="1.9",
        title="the gradient of a weight",
        code="network.Linear.parameter_vjp",
        implementation=_weight_gradient,
        cases=network_cases,
        oracles=_parameter_oracles(0),
        saboteur=_own_activation,
        mistake="the layer's own activation in the place of the one before",
    ),
    Claim(
        label="1.1.2c",
        title="the gradients of a batch",
        code="network.Linear.parameter_vjp",
        implementation=lambda *case: backward(*case).parameters,
        cases=lambda rng: network_cases(rng, samples=4),
        oracles=(
            Oracle("torch.autograd", torch_parameters, 1e-10, needs="torch"),
            Oracle("sample by sample, added up", lambda *case: _per_sample(*case), 1e-12),
        ),
        saboteur=lambda *case: [g / len(case[4]) for g in backward(*case).parameters],
        mistake="divided by N a second time",
    ),
)


def _half_squared_norm(factor: float, *case: Any) -> Any:
    weights, biases, names, _, x, y = case
    net = network_of(weights, biases, names)
    trace = net.forward(x)
    upstream = losses.MSE(reduction="sum").gradient(trace.output, y, upstream=factor)
    gradients: Any = net.backward(trace, upstream, deltas=True)
    return gradients.deltas[-1][0]


def _elementwise_softmax(*case: Any) -> Any:
    trace, _, upstream, _ = _pieces(*case)
    return (upstream * trace.output * (1 - trace.output))[0]


def _per_sample(weights: list, biases: list, names: list, cost: str, x: Any, y: Any) -> list:
    """Equations 1.8 and 1.9 with loops, for every sample, averaged as the cost is."""
    total = [np.zeros_like(p) for pair in zip(weights, biases, strict=True) for p in pair]
    for row, target in zip(x, y, strict=True):
        deltas = twin_errors(weights, biases, names, cost, row, target)
        _, activities = twin_forward(weights, biases, names, row)
        for layer, delta in enumerate(deltas):
            for j, delta_j in enumerate(delta):
                total[2 * layer + 1][j] += delta_j / len(x)
                for k, a_k in enumerate(activities[layer]):
                    total[2 * layer][j, k] += a_k * delta_j / len(x)
    return total
