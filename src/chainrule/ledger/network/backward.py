"""The claims of section 1.1.2: backpropagation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from ... import losses
from ...oracles import central_difference, complex_step
from ..core import Claim, Oracle
from ..oracles import sympy_oracle
from . import cases, twins
from .cases import ACTIVATIONS, backward, forward
from .proved import PROVED


def _error(layer: int) -> Callable:
    return lambda *case: backward(*case).deltas[layer][0]


def _oracles(index: int, differentiated: Callable, *more: Oracle) -> tuple[Oracle, ...]:
    """Give PyTorch's gradient of a parameter, and a twin differentiated by two rules."""
    return (
        Oracle("torch.autograd", twins.torch_parameter(index), 1e-10, needs="torch"),
        Oracle("central differences", differentiated(central_difference), 1e-6),
        Oracle("complex step", differentiated(complex_step), 1e-12, applies=cases.is_smooth),
        *more,
    )


def _error_oracles(layer: int) -> tuple[Oracle, ...]:
    """Give four; to shift z is to shift b, so with one sample δ = ∂C/∂b."""
    loops = Oracle("loops, index by index", lambda *c: twins.first_errors(*c)[layer], 1e-12)
    return _oracles(2 * layer + 1, partial(twins.difference_error, layer), loops)


def _parameter_oracles(index: int) -> tuple[Oracle, ...]:
    exact = sympy_oracle(twins.sympy_parameter(index), 1e-12, applies=cases.sympy_case)
    return _oracles(index, partial(twins.difference_parameter, index), exact)


def _half_squared_norm(factor: float, *case):
    net, trace, _ = forward(*case[:3], "squared error", *case[4:])
    upstream = losses.MSE(reduction="sum").gradient(trace.output, case[5], upstream=factor)
    gradients: Any = net.backward(trace, upstream, deltas=True)
    return gradients.deltas[-1][0]


def wrong(together: Callable) -> Callable:
    """Give a saboteur that puts these together wrongly: every w, a¹, σ′(z¹), every δ."""

    def saboteur(*case):
        weights, _, names, *_ = case
        _, trace, _ = forward(*case)
        z, activation, deltas = trace.inputs[1], ACTIVATIONS[names[-1]], backward(*case).deltas
        return together(weights, activation(z), activation.derivative(z), deltas)

    return saboteur


def _slope_at_a(*case):
    _, trace, upstream = forward(*case)
    return (upstream * ACTIVATIONS[case[2][-1]].derivative(trace.output))[0]


def _elementwise_softmax(*case):
    _, trace, upstream = forward(*case)
    return (upstream * trace.output * (1 - trace.output))[0]


BACKWARD = (
    Claim(
        label="1.4",
        title="the error of an output neuron",
        code="activations.Elementwise.vjp",
        implementation=_error(-1),
        cases=cases.network_cases,
        oracles=(*_error_oracles(-1), *PROVED["1.4"]),
        saboteur=lambda *case: forward(*case)[2][0],
        mistake="σ′ left out",
    ),
    Claim(
        label="1.5",
        title="the error of the output layer",
        code="activations.Elementwise.vjp",
        implementation=_error(-1),
        cases=cases.network_cases,
        oracles=(*_error_oracles(-1), *PROVED["1.5"]),
        saboteur=_slope_at_a,
        mistake="σ′ taken at a instead of z",
    ),
    Claim(
        label="1.1.2a",
        title="the output error of half the squared distance",
        code="losses.MSE.gradient",
        implementation=lambda *case: _half_squared_norm(0.5, *case),
        cases=lambda rng: (
            (*case[:3], "half squared norm", *case[4:]) for case in cases.network_cases(rng)
        ),
        oracles=tuple(o for o in _error_oracles(-1) if o.name != "central differences"),
        saboteur=lambda *case: _half_squared_norm(1.0, *case),
        mistake="the error of ‖a − y‖₂², twice as large",
        use="half of it, times σ′",
    ),
    Claim(
        label="1.1.2b",
        title="the error of a softmax output",
        code="activations.Softmax.vjp",
        implementation=_error(-1),
        cases=cases.softmax_cases,
        oracles=_error_oracles(-1)[:3],
        saboteur=_elementwise_softmax,
        mistake="only the diagonal of the Jacobian, as if softmax were elementwise",
    ),
    Claim(
        label="1.6",
        title="the error of a hidden neuron",
        code="network.Network.backward",
        implementation=_error(0),
        cases=cases.deep_cases,
        oracles=(*_error_oracles(0), *PROVED["1.6"]),
        saboteur=wrong(lambda w, a, slope, deltas: w[1].diagonal() * deltas[1][0] * slope[0]),
        mistake="no sum over j",
    ),
    Claim(
        label="1.7",
        title="the error of a hidden layer",
        code="network.Linear.vjp",
        implementation=_error(0),
        cases=cases.deep_cases,
        oracles=(*_error_oracles(0), *PROVED["1.7"]),
        saboteur=wrong(lambda w, a, slope, deltas: (deltas[1] @ w[1].T * slope)[0]),
        mistake="w not transposed",
    ),
    Claim(
        label="1.8",
        title="the gradient of a bias",
        code="network.Linear.parameter_vjp",
        implementation=lambda *case: backward(*case).parameters[1],
        cases=cases.network_cases,
        oracles=(*_parameter_oracles(1), *PROVED["1.8"]),
        saboteur=wrong(lambda w, a, slope, deltas: (deltas[0] * slope)[0]),
        mistake="σ′ multiplied in a second time",
    ),
    Claim(
        label="1.9",
        title="the gradient of a weight",
        code="network.Linear.parameter_vjp",
        implementation=lambda *case: backward(*case).parameters[0],
        cases=cases.network_cases,
        oracles=(*_parameter_oracles(0), *PROVED["1.9"]),
        saboteur=wrong(lambda w, a, slope, deltas: deltas[0].T @ a),
        mistake="the layer's own activation instead of the one before",
    ),
    Claim(
        label="1.1.2c",
        title="the gradients of a batch",
        code="network.Linear.parameter_vjp",
        implementation=lambda *case: backward(*case).parameters,
        cases=lambda rng: cases.network_cases(rng, samples=4),
        oracles=(
            Oracle("torch.autograd", twins.torch_parameters, 1e-10, needs="torch"),
            Oracle("sample by sample, added up", twins.mean_of_samples, 1e-12),
            *PROVED["1.1.2c"],
        ),
        saboteur=lambda *case: [g / len(case[4]) for g in backward(*case).parameters],
        mistake="divided by N a second time",
    ),
)
