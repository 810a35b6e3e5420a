"""What the claims of section 1.1 are held to, written from the definitions alone.

Loops, PyTorch and SymPy: nothing here shares code with the package, not its activations, not its
losses. A case is (weights, biases, names, cost, x, y), as in ``ledger.network``.
"""

import math
from collections.abc import Callable

import numpy as np

from ...oracles import autograd

TWIN_ACTIVATION: dict[str, Callable] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: z if z > 0 else 0.0,
}
TWIN_SLOPE: dict[str, Callable] = {
    "sigmoid": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "tanh": lambda z: 4 / (math.exp(z) + math.exp(-z)) ** 2,
    "relu": lambda z: 1.0 if z > 0 else 0.0,
}


def twin_activation(name: str, z: list) -> list:
    """Apply an activation to the weighted inputs of one layer, one sample."""
    if name == "softmax":
        return [np.exp(z_i) / sum(np.exp(z_j) for z_j in z) for z_i in z]
    return [TWIN_ACTIVATION[name](z_j) for z_j in z]


def twin_weighted_input(w, b, a) -> list:
    """Equation 1.1, neuron by neuron, input by input."""
    inputs = range(len(a))
    return [sum((w[j][k] * a[k] for k in inputs), start=b[j]) for j in range(len(b))]


def twin_forward(weights: list, biases: list, names: list, a) -> tuple[list, list]:
    """Give z^l and a^l of every layer for one sample; a^0 is the input."""
    zs, activities = [], [list(a)]
    for w, b, name in zip(weights, biases, names, strict=True):
        zs.append(twin_weighted_input(w, b, activities[-1]))
        activities.append(twin_activation(name, zs[-1]))
    return zs, activities


def twin_cost(cost: str, a, y, functions=np):
    """Give the cost of one sample's output, with exp and log of NumPy or of SymPy."""
    if cost == "cross-entropy":
        log_sum = functions.log(sum(functions.exp(a_j) for a_j in a))
        return -sum(y_j * (a_j - log_sum) for a_j, y_j in zip(a, y, strict=True))
    squares = sum((a_j - y_j) ** 2 for a_j, y_j in zip(a, y, strict=True))
    return squares / (len(a) if cost == "squared error" else 2)


def twin_cost_slope(cost: str, a, y) -> list:
    """Give ∂C/∂a_j of one sample."""
    if cost == "squared error":
        return [2 * (a_j - y_j) / len(a) for a_j, y_j in zip(a, y, strict=True)]
    if cost == "half squared norm":
        return [a_j - y_j for a_j, y_j in zip(a, y, strict=True)]
    p = twin_activation("softmax", a)
    return [p_j * sum(y) - y_j for p_j, y_j in zip(p, y, strict=True)]


def twin_hidden_error(w_next, delta_next, slope) -> list:
    """Equation 1.6: δ_k^l = Σ_j w_jk^{l+1} δ_j^{l+1} σ′(z_k^l)."""
    above = range(len(delta_next))
    return [sum(w_next[j][k] * delta_next[j] * slope[k] for j in above) for k in range(len(slope))]


def twin_errors(weights: list, biases: list, names: list, cost: str, x, y) -> list:
    """Equations 1.4 and 1.6 for one sample: the errors of all layers, first layer first."""
    zs, activities = twin_forward(weights, biases, names, x)
    slopes = [[TWIN_SLOPE[name](z_j) for z_j in z] for name, z in zip(names, zs, strict=True)]
    last = twin_cost_slope(cost, activities[-1], y)
    deltas = [[c * s for c, s in zip(last, slopes[-1], strict=True)]]
    for w_next, slope in zip(reversed(weights[1:]), reversed(slopes[:-1]), strict=True):
        deltas.insert(0, twin_hidden_error(w_next, deltas[0], slope))
    return deltas


def first_errors(weights: list, biases: list, names: list, cost: str, x, y) -> list:
    """Give the same for the first sample of a batch."""
    return twin_errors(weights, biases, names, cost, x[0], y[0])


def twin_outputs(weights: list, biases: list, names: list, cost: str, x, y) -> list:
    """Give the outputs of a batch, sample by sample."""
    return [twin_forward(weights, biases, names, row)[1][-1] for row in x]


def twin_mean_cost(weights: list, biases: list, names: list, cost: str, x, y):
    """Give the mean cost of a batch."""
    outputs = twin_outputs(weights, biases, names, cost, x, y)
    return sum(twin_cost(cost, a, t) for a, t in zip(outputs, y, strict=True)) / len(x)


def difference_error(layer: int, rule: Callable) -> Callable:
    """Give an oracle for δ of a layer: the twin's cost, differentiated by a rule."""

    def expected(weights: list, biases: list, names: list, cost: str, x, y):
        position = layer % len(weights)
        above = slice(position + 1, None)
        zs, _ = twin_forward(weights, biases, names, x[0])

        def from_z(z):  # what lies above the layer is held fixed
            a = twin_activation(names[position], list(z))
            _, activities = twin_forward(weights[above], biases[above], names[above], a)
            return twin_cost(cost, activities[-1], y[0])

        return rule(from_z, np.array(zs[position]))

    return expected


def in_turn(weights: list, biases: list) -> list:
    """Give the parameters in the order w^1, b^1, w^2, …."""
    return [p for pair in zip(weights, biases, strict=True) for p in pair]


def difference_parameter(index: int, rule: Callable) -> Callable:
    """Give an oracle for the gradient of one parameter, w^1 being 0, b^1 1, w^2 2, …."""

    def expected(weights: list, biases: list, *rest):
        parameters = in_turn(weights, biases)

        def from_parameter(value):
            changed = [*parameters[:index], value, *parameters[index + 1 :]]
            return twin_mean_cost(changed[::2], changed[1::2], *rest)

        return rule(from_parameter, parameters[index])

    return expected


def difference_parameters(rule: Callable) -> Callable:
    """Give an oracle for the gradients of all parameters, one array after another."""
    return lambda *case: [difference_parameter(i, rule)(*case) for i in range(2 * len(case[0]))]


def sample_gradients(weights: list, biases: list, names: list, cost: str, x, y) -> list[list]:
    """Give, for each sample, the gradients of w^1, b^1, w^2, … by equations 1.4 to 1.9."""
    gradients = []
    for row, target in zip(x, y, strict=True):
        deltas = twin_errors(weights, biases, names, cost, row, target)
        _, activities = twin_forward(weights, biases, names, row)
        pairs = zip(deltas, activities, strict=False)
        of_weights = [[[d * a_k for a_k in a] for d in delta] for delta, a in pairs]
        gradients.append([np.array(g) for g in in_turn(of_weights, deltas)])
    return gradients


def mean_of_samples(*case) -> list:
    """Give the gradients of a batch: the mean of those of its samples."""
    own = sample_gradients(*case)
    return [sum(of_one) / len(own) for of_one in zip(*own, strict=True)]


def torch_output(weights, biases, names: list, x):
    """Give the output of a batch as a tensor; the parameters may be tensors that need gradients."""
    import torch

    a = torch.as_tensor(x)
    for w, b, name in zip(weights, biases, names, strict=True):
        z = torch.nn.functional.linear(a, torch.as_tensor(w), torch.as_tensor(b))
        a = torch.softmax(z, -1) if name == "softmax" else getattr(torch, name)(z)
    return a


def torch_cost(weights, biases, names: list, cost: str, x, y):
    """Give the mean cost of a batch as a tensor."""
    import torch

    a, y = torch_output(weights, biases, names, x), torch.as_tensor(y)
    if cost == "squared error":
        return torch.nn.functional.mse_loss(a, y)
    if cost == "half squared norm":
        return ((a - y) ** 2).sum() / 2
    return torch.nn.functional.cross_entropy(a, y)


def torch_parameters(weights: list, biases: list, *rest) -> list[np.ndarray]:
    """Give the gradients of all parameters, w^1, b^1, w^2, …."""
    parameters = in_turn(weights, biases)
    return autograd(lambda *p: torch_cost(p[::2], p[1::2], *rest), parameters)


def torch_parameter(index: int) -> Callable:
    """Give an oracle for one of them."""
    return lambda *case: torch_parameters(*case)[index]


def sympy_parameter(index: int) -> Callable:
    """Give ∂C/∂w^1 (index 0) or ∂C/∂b^1 (index 1) by SymPy: differentiate, then put in."""

    def expected(sympy, weights: list, biases: list, names: list, cost: str, x, y):
        exact = np.vectorize(lambda v: sympy.Rational(float(v)), otypes=[object])
        functions = {"sigmoid": lambda z: 1 / (1 + sympy.exp(-z)), "tanh": sympy.tanh}
        parameters = [exact(p) for p in in_turn(weights, biases)]
        value = parameters[index]
        symbols = np.array(sympy.symbols(f"p:{value.size}"), object)
        parameters[index] = symbols.reshape(value.shape)
        a = list(exact(x[0]))
        for w, b, name in zip(parameters[::2], parameters[1::2], names, strict=True):
            a = [functions[name](z) for z in twin_weighted_input(w, b, a)]
        total = twin_cost(cost, a, exact(y[0]), sympy)
        at = dict(zip(symbols, value.ravel(), strict=True))
        gradient = [total.diff(symbol).evalf(30, subs=at) for symbol in symbols]
        return np.array(gradient, float).reshape(value.shape)

    return expected
