"""The claims of section 1.1: forward pass, backpropagation, and how weights should start."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from .. import activations, losses
from ..network import Linear, Network, error_norm_bounds, initial_std
from ..oracles import central_difference, complex_step
from .core import Claim, Oracle
from .network_twins import (
    difference_error,
    difference_parameter,
    sympy_parameter,
    torch_error,
    torch_output,
    torch_parameters,
    twin_activation,
    twin_errors,
    twin_forward,
    twin_outputs,
    twin_weighted_input,
)

# ---- cases -------------------------------------------------------------------------------------
# A case is (weights, biases, names, cost, x, y): a list of w^l and b^l, the names of the
# activations, the name of the cost, a batch and its targets. Layers are square, so that an index
# that is swapped still fits and has to be found out by its numbers.

SMOOTH = ("sigmoid", "tanh")
COSTS = ("squared error", "cross-entropy")


def network_cases(
    rng: np.random.Generator, names: tuple = ("sigmoid", "tanh", "relu"), samples: int = 1
) -> Iterator[tuple]:
    """Yield small random networks: one to three layers of three neurons each."""
    for depth in (1, 2, 3):
        for name in names:
            for cost in COSTS:
                weights = [rng.standard_normal((3, 3)) for _ in range(depth)]
                biases = [rng.standard_normal(3) for _ in range(depth)]
                y = rng.dirichlet(np.ones(3), samples)
                x = rng.standard_normal((samples, 3))
                yield weights, biases, [name] * depth, cost, x, y


def _deep(*case: Any) -> bool:
    return len(case[0]) > 1


def deep_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the networks that have a hidden layer."""
    return (case for case in network_cases(rng) if _deep(*case))


def softmax_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield networks that end in softmax."""
    for case in network_cases(rng, names=("tanh",)):
        case[2][-1] = "softmax"
        yield case


def is_smooth(*case: Any) -> bool:
    """Tell whether all activations of a case are analytic."""
    return set(case[2]) <= {*SMOOTH, "softmax"}


def _sympy_case(*case: Any) -> bool:
    """Thirty digits take time: two layers are enough."""
    return is_smooth(*case) and len(case[0]) == 2


# ---- the package, on a case --------------------------------------------------------------------

ACTIVATIONS: dict[str, Any] = {
    "sigmoid": activations.Sigmoid(),
    "tanh": activations.Tanh(),
    "relu": activations.ReLU(),
    "softmax": activations.Softmax(),
}
LOSSES: dict[str, Any] = {"squared error": losses.MSE(), "cross-entropy": losses.CrossEntropy()}


def network_of(weights: list, biases: list, names: list) -> Network:
    """Give the package's network with these parameters and activations."""
    layers: list[Any] = []
    for w, b, name in zip(weights, biases, names, strict=True):
        linear = Linear(w.shape[1], w.shape[0], rng=np.random.default_rng(0))
        linear.weight, linear.bias = w, b
        layers += [linear, ACTIVATIONS[name]]
    return Network(layers)


def _forward(weights: list, biases: list, names: list, cost: str, x: Any, y: Any) -> Any:
    return network_of(weights, biases, names)(x)


def backward(weights: list, biases: list, names: list, cost: str, x: Any, y: Any) -> Any:
    """Give the package's gradients and errors."""
    net = network_of(weights, biases, names)
    trace = net.forward(x)
    return net.backward(trace, LOSSES[cost].gradient(trace.output, y), deltas=True)


def _neuron(w: Any, b: Any, a: Any, name: str = "") -> Any:
    linear = Linear(w.shape[1], w.shape[0], rng=np.random.default_rng(0))
    linear.weight, linear.bias = w, b
    z = linear(a[None, :])
    return (ACTIVATIONS[name](z) if name else z)[0, :]


# ---- equations 1.1 to 1.3, and the batch -------------------------------------------------------


def _neuron_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)


def _activated_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for name in ("sigmoid", "tanh", "relu"):
        for case in _neuron_cases(rng):
            yield *case, name


def _exact_weighted_input(w: Any, b: Any, a: Any) -> list[float]:
    exact = np.vectorize(Fraction, otypes=[object])
    return [float(z) for z in twin_weighted_input(exact(w), exact(b), exact(a))]


def _torch_neuron(w: Any, b: Any, a: Any, name: str = "") -> np.ndarray:
    import torch

    tensors = [torch.as_tensor(array) for array in (a, w, b)]
    if name:
        return torch_output([w], [b], [name], a).numpy()
    return torch.nn.functional.linear(*tensors).numpy()


_OUTPUT_ORACLES = (
    Oracle("loops, sample by sample", twin_outputs, 1e-13),
    Oracle(
        "torch.nn.functional",
        lambda weights, biases, names, cost, x, y: torch_output(weights, biases, names, x).numpy(),
        1e-13,
        needs="torch",
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
            Oracle("loops in exact fractions", _exact_weighted_input, 1e-14),
            Oracle("torch.nn.functional.linear", _torch_neuron, 1e-14, needs="torch"),
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
                1e-13,
            ),
            Oracle("torch.nn.functional", _torch_neuron, 1e-13, needs="torch"),
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
        oracles=_OUTPUT_ORACLES,
        saboteur=lambda weights, *rest: _forward([w.T for w in weights], *rest),
        mistake="w transposed",
    ),
    Claim(
        label="1.1.1a",
        title="the forward pass of a batch",
        code="network.Linear.__call__",
        implementation=_forward,
        cases=lambda rng: network_cases(rng, samples=4),
        oracles=_OUTPUT_ORACLES,
        saboteur=lambda weights, *rest: _forward([w.T for w in weights], *rest),
        mistake="A w in the place of A wᵀ",
    ),
)

# ---- equations 1.4 to 1.9 ----------------------------------------------------------------------


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
            "SymPy, 30 digits", sympy_parameter(index), 1e-12, needs="sympy", applies=_sympy_case
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


# ---- why gradients vanish, and how weights should start ----------------------------------------


def _bounds(weights: list, biases: list, names: list, cost: str, x: Any, y: Any) -> list[float]:
    net = network_of(weights, biases, names)
    trace = net.forward(x)
    return error_norm_bounds(net, trace, LOSSES[cost].gradient(trace.output, y))


def _bounds_without_weights(
    weights: list, biases: list, names: list, cost: str, x: Any, y: Any
) -> list[float]:
    net = network_of(weights, biases, names)
    trace = net.forward(x)
    bound = float(np.linalg.norm(LOSSES[cost].gradient(trace.output, y)))
    bounds: list[float] = []
    for name, z in zip(reversed(names), reversed(trace.inputs[1::2]), strict=True):
        bound *= float(np.max(ACTIVATIONS[name].derivative(z)))
        bounds.insert(0, bound)
    return bounds


def _bound_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield from network_cases(rng)
    for name in SMOOTH:  # chains of single neurons, where the bound is the norm itself
        weights, biases = [rng.standard_normal((1, 1)) for _ in range(4)], [np.ones(1)] * 4
        yield weights, biases, [name] * 4, "squared error", np.ones((1, 1)), np.zeros((1, 1))


def _excess(bounds: Any, norms: Any) -> float:
    """Give by how much a norm exceeds its bound, relatively; 0 where none does."""
    excess = [norm / bound - 1 for norm, bound in zip(norms, bounds, strict=True)]
    return float(np.max([0.0, *excess]))  # not max: it can lose a NaN


def _torch_norms(*case: Any) -> list[float]:
    return [float(np.linalg.norm(torch_error(layer)(*case))) for layer in range(len(case[0]))]


def _chain_errors(weights: list, biases: list, names: list, cost: str, x: Any, y: Any) -> list:
    deltas = twin_errors(weights, biases, names, cost, x[0], y[0])
    return [abs(delta[0]) for delta in deltas]


def _std(init: str) -> Callable[[int, int], float]:
    return lambda n_in, n_out: initial_std(n_in, n_out, init)


def _sizes(rng: np.random.Generator) -> Iterator[tuple]:
    yield from ((64, 128), (100, 100), (300, 10))


def _sympy_xavier(n_in: int, n_out: int) -> float:
    """Solve for the standard deviation: forward n_in s² = 1, backward n_out s² = 1, on average."""
    import sympy

    s = sympy.Symbol("s", positive=True)
    mean = (n_in * s**2 + n_out * s**2) / 2
    (solution,) = sympy.solve(sympy.Eq(mean, 1), s)
    return float(solution)


def _torch_sampled(initialiser: str) -> Callable[[int, int], float]:
    def expected(n_in: int, n_out: int) -> float:
        import torch

        weight = torch.empty(n_out, n_in, dtype=torch.float64)
        generator = torch.Generator().manual_seed(0)
        draws = []
        for _ in range(200):
            getattr(torch.nn.init, initialiser)(weight, generator=generator)
            draws.append(weight.square().mean())
        return float(torch.stack(draws).mean().sqrt())

    return expected


def _torch_he(n_in: int, n_out: int) -> float:
    import torch

    return torch.nn.init.calculate_gain("relu") / math.sqrt(n_in)


def _quadrature_he(n_in: int, n_out: int) -> float:
    """Ask that n_in s² E[max(g, 0)²] = 1 for a standard normal g, by numerical integration."""
    from scipy.integrate import quad

    density = 1 / math.sqrt(2 * math.pi)
    mean_square, _ = quad(lambda g: g**2 * density * math.exp(-(g**2) / 2), 0, math.inf)
    return 1 / math.sqrt(n_in * mean_square)


def off_by(value: Any, expected: Any) -> float:
    """Give the error of a number relative to it, however small it is."""
    return abs(float(value) / float(expected) - 1)


START = (
    Claim(
        label="1.1.2d",
        title="what the errors are bounded by",
        code="network.error_norm_bounds",
        implementation=_bounds,
        cases=_bound_cases,
        oracles=(
            Oracle(
                "norms from torch.autograd stay below",
                _torch_norms,
                1e-12,
                needs="torch",
                error=_excess,
            ),
            Oracle(
                "equality on a chain of single neurons",
                _chain_errors,
                1e-12,
                applies=lambda *case: len(case[1][0]) == 1,
            ),
        ),
        saboteur=_bounds_without_weights,
        mistake="the norms of the weights left out",
    ),
    Claim(
        label="1.1.2e",
        title="Xavier initialisation",
        code="network.initial_std",
        implementation=_std("xavier"),
        cases=_sizes,
        oracles=(
            Oracle("SymPy, solved for it", _sympy_xavier, 1e-12, needs="sympy", error=off_by),
            Oracle(
                "torch.nn.init.xavier_normal_, sampled",
                _torch_sampled("xavier_normal_"),
                5e-3,
                needs="torch",
                error=off_by,
            ),
        ),
        saboteur=lambda n_in, n_out: math.sqrt(2 / n_in),
        mistake="He's variance in its place",
    ),
    Claim(
        label="1.1.2f",
        title="He initialisation",
        code="network.initial_std",
        implementation=_std("he"),
        cases=_sizes,
        oracles=(
            Oracle("numerical integration (SciPy)", _quadrature_he, 1e-9, error=off_by),
            Oracle("torch.nn.init.calculate_gain", _torch_he, 1e-12, needs="torch", error=off_by),
        ),
        saboteur=lambda n_in, n_out: math.sqrt(1 / n_in),
        mistake="half the variance: the half that ReLU cuts off forgotten",
    ),
)

CLAIMS = FORWARD + BACKWARD + START
