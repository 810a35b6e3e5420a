"""Why gradients vanish, and how weights should start."""

import math
from collections.abc import Iterator

import numpy as np

from ...network import error_norm_bounds, initial_std
from ..core import Claim, Oracle
from ..libraries import integrate
from ..oracles import sympy_oracle, torch_oracle
from .cases import ACTIVATIONS, SMOOTH, forward, network_cases
from .twins import TWIN_SLOPE, first_errors, torch_parameters, twin_cost_slope, twin_forward


def _bounds_without_weights(*case) -> list[float]:
    _, trace, upstream = forward(*case)
    pairs = zip(case[2], trace.inputs[1::2], strict=True)
    slopes = [float(np.max(ACTIVATIONS[name].derivative(z))) for name, z in pairs]
    norm = float(np.linalg.norm(upstream))
    return [norm * math.prod(slopes[layer:]) for layer in range(len(slopes))]


def _bound_cases(rng: np.random.Generator) -> Iterator[tuple]:
    yield from network_cases(rng)
    for name in SMOOTH:  # chains of single neurons, where the bound is the norm itself
        weights, biases = [rng.standard_normal((1, 1)) for _ in range(4)], [np.ones(1)] * 4
        yield weights, biases, [name] * 4, "squared error", np.ones((1, 1)), np.zeros((1, 1))


def _twin_bounds(weights: list, biases: list, names: list, cost: str, x, y) -> list[float]:
    """Multiply the largest slopes and the roots of the largest eigenvalues of wᵀ w."""
    zs, activities = twin_forward(weights, biases, names, x[0])
    found: list[float] = []
    bound = math.hypot(*twin_cost_slope(cost, activities[-1], y[0]))
    for w, name, z in zip(reversed(weights), reversed(names), reversed(zs), strict=True):
        found.insert(0, bound * max(TWIN_SLOPE[name](z_j) for z_j in z))
        bound = found[0] * math.sqrt(np.linalg.eigvalsh(w.T @ w)[-1])
    return found


def _excess(bounds, norms) -> float:
    """Give by how much a norm exceeds its bound, relatively; 0 where none does."""
    excess = [norm / bound - 1 for norm, bound in zip(norms, bounds, strict=True)]
    return float(np.max([0.0, *excess]))  # not max: it can lose a NaN


def _sympy_xavier(sympy, n_in: int, n_out: int) -> float:
    """Solve for the standard deviation: forward n_in s² = 1, backward n_out s² = 1, on average."""
    s = sympy.Symbol("s", positive=True)
    (solution,) = sympy.solve(sympy.Eq((n_in * s**2 + n_out * s**2) / 2, 1), s)
    return solution


def _torch_xavier(torch, n_in: int, n_out: int) -> float:
    weight = torch.empty(n_out, n_in, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    draws = []
    for _ in range(200):
        torch.nn.init.xavier_normal_(weight, generator=generator)
        draws.append(weight.square().mean())
    return float(torch.stack(draws).mean().sqrt())


def _quadrature_he(n_in: int, n_out: int) -> float:
    """Ask that n_in s² E[max(g, 0)²] = 1 for a standard normal g, by numerical integration."""
    density = 1 / math.sqrt(2 * math.pi)
    mean_square, _ = integrate.quad(lambda g: g**2 * density * math.exp(-(g**2) / 2), 0, math.inf)
    return 1 / math.sqrt(n_in * mean_square)


def off_by(value, expected) -> float:
    """Give the error of a number relative to it, however small it is."""
    return abs(float(value) / float(expected) - 1)


SIZES = ((64, 128), (100, 100), (300, 10))

START = (
    Claim(
        label="1.1.2d",
        title="what the errors are bounded by",
        code="network.error_norm_bounds",
        implementation=lambda *case: error_norm_bounds(*forward(*case)),
        cases=_bound_cases,
        oracles=(
            Oracle(
                "norms from torch.autograd stay below",
                lambda *case: [float(np.linalg.norm(g)) for g in torch_parameters(*case)[1::2]],
                1e-12,
                needs="torch",
                error=_excess,
            ),
            Oracle("slopes by loops, eigenvalues of wᵀ w", _twin_bounds, 1e-12),
            Oracle(
                "equality on a chain of single neurons",
                lambda *case: np.abs(first_errors(*case))[:, 0],
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
        implementation=lambda n_in, n_out: initial_std(n_in, n_out, "xavier"),
        cases=lambda rng: iter(SIZES),
        oracles=(
            sympy_oracle(_sympy_xavier, 1e-12, "SymPy, solved for it", error=off_by),
            torch_oracle(
                "torch.nn.init.xavier_normal_, sampled", _torch_xavier, 5e-3, error=off_by
            ),
        ),
        saboteur=lambda n_in, n_out: math.sqrt(2 / n_in),
        mistake="He's variance in its place",
    ),
    Claim(
        label="1.1.2f",
        title="He initialisation",
        code="network.initial_std",
        implementation=lambda n_in, n_out: initial_std(n_in, n_out, "he"),
        cases=lambda rng: iter(SIZES),
        oracles=(
            Oracle("numerical integration (SciPy)", _quadrature_he, 1e-9, error=off_by),
            torch_oracle(
                "torch.nn.init.calculate_gain",
                lambda torch, n_in, _: torch.nn.init.calculate_gain("relu") / math.sqrt(n_in),
                1e-12,
                error=off_by,
            ),
        ),
        saboteur=lambda n_in, n_out: math.sqrt(1 / n_in),
        mistake="half the variance: the half that ReLU cuts off forgotten",
    ),
)
