"""What the theorems that Rocq proved for every width say of a case, number for number.

The forward pass and the derivatives of single activations and costs are the twins'. All else is
computed by the formulas in the Rocq source, which `say` evaluates. Vectors are columns.
"""

import numpy as np

from ..core import Oracle
from ..oracles import proved
from .twins import TWIN_SLOPE, in_turn, twin_cost_slope, twin_forward


def _column(numbers) -> np.ndarray:
    return np.array(numbers)[:, None]


def _slopes(names: list) -> list:
    return [np.vectorize(TWIN_SLOPE[name], otypes=[float]) for name in names]


def _pass(weights, biases, names: list, cost: str, x, y) -> tuple[list, list, np.ndarray]:
    """Give z^l and a^l of every layer, for one sample, and ∂C/∂a^L."""
    zs, activities = twin_forward(weights, biases, names, x)
    last = twin_cost_slope(cost, activities[-1], y)
    return [*map(_column, zs)], [*map(_column, activities)], _column(last)


def _errors(say, weights, biases, names: list, cost: str, x, y) -> list:
    """Run the algorithm for one sample: the errors of all layers, first layer first."""
    zs, _, g = _pass(weights, biases, names, cost, x, y)
    slopes = _slopes(names)
    errors = [say("output_error", g=g, z=zs[-1], slope=slopes[-1])]
    for w, z, slope in zip(weights[:0:-1], zs[-2::-1], slopes[-2::-1], strict=True):
        errors.insert(0, say("hidden_error", w=w, δ=errors[0], z=z, slope=slope))
    return errors


def _first(case: tuple) -> tuple:
    """Give the case with its first sample alone."""
    return (*case[:4], case[4][0], case[5][0])


def _first_errors(say, *case) -> list:
    return _errors(say, *_first(case))


def _output_neurons(say, *case) -> list:
    zs, _, g = _pass(*_first(case))
    letters = {"g": g, "z": zs[-1], "slope": _slopes(case[2])[-1]}
    return [say("output_error_of_neuron", **letters, j=j) for j in range(len(g))]


def _hidden_neurons(say, *case) -> list:
    weights, _, names, *_ = case
    zs, _, _ = _pass(*_first(case))
    above = {"w": weights[1], "δ": _first_errors(say, *case)[1], "all_j": range(len(weights[1]))}
    own = {"z": zs[0], "slope": _slopes(names)[0]}
    return [say("hidden_error_of_neuron", **above, **own, k=k) for k in range(len(zs[0]))]


def _gradients(say, *case) -> list:
    """Give the gradients of all parameters for the first sample."""
    _, activities, _ = _pass(*_first(case))
    errors = _first_errors(say, *case)
    of_weights = [
        say("weight_gradient", δ=δ, a=a) for δ, a in zip(errors, activities[:-1], strict=True)
    ]
    return in_turn(of_weights, [say("bias_gradient", δ=δ)[:, 0] for δ in errors])


def _batch_gradients(say, *case) -> list:
    """Give the gradients of all parameters for a batch, whose cost is a mean."""
    x, y = case[4:]
    samples = [(*case[:4], *sample) for sample in zip(x, y, strict=True)]
    inputs = zip(*(_pass(*sample)[1][:-1] for sample in samples), strict=True)
    errors = zip(*(_errors(say, *sample) for sample in samples), strict=True)
    of_weights, of_biases = [], []
    for columns, deltas in zip(inputs, errors, strict=True):
        letters = {"Δ": np.hstack(deltas).T / len(x), "A": np.hstack(columns).T}
        of_weights.append(say("batch_gradient", 0, **letters))
        of_biases.append(say("batch_gradient", 1, **letters, all_s=range(len(x)))[:, 0])
    return in_turn(of_weights, of_biases)


ERROR = ("output_error", "hidden_error")
ALL = ("backpropagation", "weight_gradient", "bias_gradient", *ERROR)
PROVED: dict[str, tuple[Oracle, Oracle]] = {
    "1.4": proved(_output_neurons, "output_error_of_neuron"),
    "1.5": proved(lambda say, *case: _first_errors(say, *case)[-1][:, 0], "output_error"),
    "1.6": proved(_hidden_neurons, "hidden_error_of_neuron", *ERROR),
    "1.7": proved(lambda say, *case: _first_errors(say, *case)[0][:, 0], *ERROR),
    "1.8": proved(lambda say, *case: _gradients(say, *case)[1], "bias_gradient", *ERROR),
    "1.9": proved(lambda say, *case: _gradients(say, *case)[0], "weight_gradient", *ERROR),
    "1.1.2c": proved(_batch_gradients, "batch_gradient", *ERROR),
    "1.5.2a": proved(_gradients, "backpropagation", "weight_gradient", "bias_gradient", *ERROR),
}
