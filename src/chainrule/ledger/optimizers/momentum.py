"""A quadratic, and momentum: 1.14, 1.15."""

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from ...arrays import library
from ...optimizers import SGD, best_descent, best_momentum, convergence_factor
from ..core import Claim, Oracle
from ..libraries import optimize
from ..oracles import sympy_oracle, torch_oracle
from .batches import copy_of, path_of
from .twins import source_momentum


def _slope(w):
    """Give the gradient of w⁴/4 + w²/2, entry by entry."""
    return w**3 + w


def _descent_cases(rng: np.random.Generator, slower_every: int = 15) -> Iterator[tuple]:
    rates = [0.05 / (1 + step // slower_every) for step in range(15)]
    for _ in range(4):
        yield rng.standard_normal(3), rates, float(rng.uniform(0.3, 0.95))


def _momentum_path(w, rates: list[float], momentum: float, dampening: float = 0.0):
    optimizer = SGD(lr=rates[0], momentum=momentum, dampening=dampening)
    return path_of(optimizer, w, len(rates), lambda w, step: _slope(w))


def _nesterov_path(w, rates: list[float], momentum: float, rescale: bool = True):
    """Run SGD, which keeps the point ahead θ = w + μ v, and give w = θ − μ v, with v = −α b."""
    theta, path = copy_of(w), []
    optimizer = SGD(lr=rates[0], momentum=momentum, nesterov=True)
    for rate in rates:
        if rate != optimizer.lr:
            state = optimizer.state_dict()
            if rescale:
                state["velocity"] = [b * (optimizer.lr / rate) for b in state["velocity"]]
            optimizer.load_state_dict(state | {"lr": rate})
        optimizer.step([theta], [_slope(theta)])
        (b,) = optimizer.state_dict()["velocity"]
        path.append(theta + momentum * rate * b)
    return library(theta).stack(path)


def _descent_oracles(nesterov: bool) -> tuple[Oracle, Oracle]:
    """Give w after every step of the source's form, and of torch.optim.SGD.

    PyTorch's buffer is rescaled when the rate changes.
    """

    def of_source(w, rates: list[float], momentum: float) -> np.ndarray:
        run = partial(source_momentum, ahead=momentum if nesterov else 0.0)
        return np.array([run(_slope, float(start), rates, momentum) for start in w]).T

    def of_torch(torch, w, rates: list[float], momentum: float):
        theta = w.clone().requires_grad_()
        optimizer = torch.optim.SGD([theta], lr=rates[0], momentum=momentum, nesterov=nesterov)
        (group,) = optimizer.param_groups
        path = []
        for rate in rates:
            if optimizer.state:
                optimizer.state[theta]["momentum_buffer"] *= group["lr"] / rate
            group["lr"] = rate
            theta.grad = _slope(theta.detach())
            optimizer.step()
            ahead = momentum * rate * optimizer.state[theta]["momentum_buffer"] if nesterov else 0.0
            path.append(theta.detach() + ahead)
        return torch.stack(path)

    return (
        Oracle("the source's form, in Python floats", of_source, 1e-12),
        torch_oracle("torch.optim.SGD", of_torch, 1e-12),
    )


def _parabola_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for rate_times_curvature in (0.3, 1.0, 1.9, 2.1):
        curvature = float(rng.uniform(0.5, 4))
        yield rng.standard_normal(3), rate_times_curvature / curvature, curvature, 20


def _parabola(w, lr: float, curvature: float, steps: int):
    return path_of(SGD(lr=lr), w, steps, lambda w, step: curvature * w)[-1, :]


def _torch_parabola(torch, w, lr: float, curvature: float, steps: int):
    w = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        (curvature / 2 * w**2).sum().backward()
        optimizer.step()
    return w


def _curvatures(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(4):
        smallest = float(rng.uniform(0.1, 2))
        yield smallest, smallest * float(rng.uniform(2, 50))


def _searched_descent(smallest: float, largest: float) -> list[float]:
    """Search for the learning rate whose worse factor, of the two ends, is smallest."""
    found = optimize.minimize_scalar(
        lambda lr: max(abs(1 - lr * smallest), abs(1 - lr * largest)),
        bounds=(0, 2 / largest),
        options={"xatol": 1e-12},
    )
    return [found.x, found.fun]


def _solved_descent(sympy, smallest: float, largest: float) -> list[float]:
    """Solve 1 − α λ_min = −(1 − α λ_max): the best rate makes both ends equally slow."""
    lr = sympy.Symbol("lr")
    (best,) = sympy.solve(sympy.Eq(1 - lr * smallest, lr * largest - 1), lr)
    return [best, 1 - best * smallest]


def _roots(lr: float, curvature: float, momentum: float) -> float:
    """Give the spectral radius of the matrix of one step of (w, v)."""
    step = [[1 - lr * curvature, momentum], [-lr * curvature, momentum]]
    return float(np.max(np.abs(np.linalg.eigvals(step))))


def _factor_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for momentum in (0.0, 0.3, 0.9):
        for _ in range(4):
            curvature = float(rng.uniform(0.1, 4))
            yield float(rng.uniform(0.1, 1.9)) * (1 + momentum) / curvature, curvature, momentum


def _long_run(lr: float, curvature: float, momentum: float) -> float:
    """Measure the factor: the geometric mean over many steps, the size taken out as it goes."""
    distance, velocity, logs = 1.0, 0.3, 0.0
    steps = 40_000
    for _ in range(steps):
        velocity = momentum * velocity - lr * curvature * distance
        distance = distance + velocity
        size = math.hypot(distance, velocity)
        logs += math.log(size)
        distance, velocity = distance / size, velocity / size
    return math.exp(logs / steps)


def _searched_momentum(smallest: float, largest: float) -> list[float]:
    """Search for the rate and momentum whose worst spectral radius is smallest."""

    def worst(x) -> float:
        lr, momentum = math.exp(x[0]), 1 / (1 + math.exp(-x[1]))
        return max(_roots(lr, c, momentum) for c in (smallest, largest))

    start, options = [math.log(1 / largest), 0.0], {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000}
    for _ in range(6):  # the valley has a sharp floor: start again where the search got stuck
        found = optimize.minimize(worst, start, method="Nelder-Mead", options=options)
        start = found.x
    return [math.exp(found.x[0]), 1 / (1 + math.exp(-found.x[1])), found.fun]


def _double_roots(sympy, smallest: float, largest: float) -> list[float]:
    """Ask that r² − (1 + μ − α λ) r + μ has a double root at both ends, and solve for α and μ."""
    root_lr, root_momentum = sympy.symbols("a m", positive=True)  # their squares are α and μ
    r = sympy.Symbol("r")
    ends = []
    for curvature, sign in ((smallest, 1), (largest, -1)):
        polynomial = (r - sign * root_momentum) ** 2
        asked = r**2 - (1 + root_momentum**2 - root_lr**2 * sympy.Rational(curvature)) * r
        difference = sympy.expand(polynomial - asked - root_momentum**2)
        ends.append(sympy.Poly(difference, r).coeffs()[0])
    solutions = sympy.nsolve(ends, (root_lr, root_momentum), (1 / math.sqrt(largest), 0.5), prec=30)
    lr, momentum = (float(s) ** 2 for s in solutions)
    return [lr, momentum, math.sqrt(momentum)]


MOMENTUM = (
    Claim(
        label="1.2.1b",
        title="descent on a parabola",
        code="optimizers.SGD.step",
        implementation=_parabola,
        cases=_parabola_cases,
        oracles=(
            Oracle(
                "the power, for C = ½ λ w²",
                lambda w, lr, curvature, steps: (1 - lr * curvature) ** steps * w,
                1e-12,
            ),
            torch_oracle("torch.optim.SGD and autograd", _torch_parabola, 1e-12),
        ),
        saboteur=lambda w, lr, curvature, steps: _parabola(w, lr, curvature / 2, steps),
        mistake="the slope λ w/2, as of ¼ λ w²",
        roundoffs=64,  # every step rounds again
    ),
    Claim(
        label="1.2.1c",
        title="the best learning rate for a ravine",
        code="optimizers.best_descent",
        implementation=lambda smallest, largest: list(best_descent(smallest, largest)),
        cases=_curvatures,
        oracles=(
            Oracle("searched for (SciPy)", _searched_descent, 1e-6),
            sympy_oracle(_solved_descent, 1e-12, "SymPy, solved for it"),
        ),
        saboteur=lambda smallest, largest: [1 / largest, 1 - smallest / largest],
        mistake="1/λ_max, the rate that is best for the steepest direction alone",
    ),
    Claim(
        label="1.14",
        title="gradient descent with momentum",
        code="optimizers.SGD.step",
        implementation=_momentum_path,
        cases=_descent_cases,
        oracles=_descent_oracles(nesterov=False),
        saboteur=lambda w, rates, momentum: _momentum_path(w, rates, momentum, dampening=momentum),
        mistake="a running mean of gradients, (1 − μ) g, instead of a sum",
    ),
    Claim(
        label="1.2.1d",
        title="how fast momentum converges",
        code="optimizers.convergence_factor",
        implementation=convergence_factor,
        cases=_factor_cases,
        oracles=(
            Oracle("eigenvalues of one step (NumPy)", _roots, 1e-7),
            Oracle("measured over 40 000 steps", _long_run, 1e-3),
        ),
        saboteur=lambda lr, curvature, momentum: math.sqrt(momentum),
        mistake="√μ, which is right only where the roots are complex",
    ),
    Claim(
        label="1.2.1e",
        title="the best momentum for a ravine",
        code="optimizers.best_momentum",
        implementation=lambda smallest, largest: list(best_momentum(smallest, largest)),
        cases=_curvatures,
        oracles=(
            Oracle("searched for (SciPy)", _searched_momentum, 1e-3),
            sympy_oracle(_double_roots, 1e-12, "double roots at both ends (SymPy, 30 digits)"),
        ),
        saboteur=lambda smallest, largest: [
            2 / (smallest + largest),
            *best_momentum(smallest, largest)[1:],
        ],
        mistake="the rate that is best without momentum",
    ),
)
NESTEROV = Claim(
    label="1.15",
    title="Nesterov's accelerated gradient",
    code="optimizers.SGD.step",
    implementation=_nesterov_path,
    cases=_descent_cases,
    oracles=_descent_oracles(nesterov=True),
    saboteur=_momentum_path,
    mistake="the gradient taken at w, not ahead",
)
BOTH_FORMS = Claim(
    label="1.2.2b",
    title="the map between Nesterov's two forms",
    code="optimizers.SGD.step",
    implementation=_nesterov_path,
    cases=partial(_descent_cases, slower_every=4),
    oracles=_descent_oracles(nesterov=True),
    saboteur=partial(_nesterov_path, rescale=False),
    mistake="b not rescaled when the rate changes",
)
