"""The claims of section 1.2: batches, momentum, and the adaptive methods."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from .. import optimizers
from ..arrays import library
from ..optimizers import (
    SGD,
    Optimizer,
    batch_variance,
    best_descent,
    best_momentum,
    clip_norm,
    convergence_factor,
)
from ..training import fit
from .core import Claim, Oracle
from .network import LOSSES, network_cases, network_of
from .network_twins import torch_cost, torch_output, twin_cost, twin_outputs
from .optimizers_twins import (
    sample_gradients,
    source_momentum,
    source_nesterov,
    torch_path,
    torch_sample_gradients,
    twin_epoch,
    twin_path,
    variance_of_drawn_batches,
    variance_over_all_batches,
)


def _copy(array: Any) -> Any:
    return library(array).asarray(array, copy=True)


# ---- one rule, different batches: 1.10 to 1.13 -------------------------------------------------

LR = 0.5


def _one_step_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield rng.standard_normal(4), rng.standard_normal(4), float(rng.uniform(0.01, 1))


def _one_step(w: Any, g: Any, lr: float) -> Any:
    w = _copy(w)
    SGD(lr=lr).step([w], [g])
    return w


def _exact_step(w: Any, g: Any, lr: float) -> list[float]:
    pairs = zip(w, g, strict=True)
    return [float(Fraction(float(a)) - Fraction(lr) * Fraction(float(b))) for a, b in pairs]


def _data_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield small networks with seven samples."""
    return network_cases(rng, names=("tanh",), samples=7)


def _cost_of_data(*case: Any) -> Any:
    weights, biases, names, cost, x, y = case
    return LOSSES[cost](network_of(weights, biases, names)(x), y)


def _mean_of_costs(*case: Any) -> float:
    _, _, _, cost, _, y = case
    each = [twin_cost(cost, a, target) for a, target in zip(twin_outputs(*case), y, strict=True)]
    return sum(each) / len(each)


def _torch_cost_of_data(*case: Any) -> float:
    weights, biases, names, cost, x, y = case
    return float(torch_cost(cost, torch_output(weights, biases, names, x), y))


def _epoch(size: int, lr: float = LR) -> Callable:
    """Give one epoch with batches of this size, in the order of generator 0."""

    def run(*case: Any) -> Any:
        weights, biases, names, cost, x, y = case
        net = network_of([_copy(w) for w in weights], [_copy(b) for b in biases], names)
        rng = np.random.default_rng(0)
        fit(net, LOSSES[cost], SGD(lr=lr), x, y, epochs=1, batch_size=size, rng=rng, progress=False)
        return net.parameters

    return run


def _epoch_oracles(size: int) -> tuple[Oracle, ...]:
    return (
        Oracle(
            "sample by sample, index by index",
            lambda *case: twin_epoch(sample_gradients, size, LR, *case),
            1e-12,
        ),
        Oracle(
            "torch.autograd, sample by sample",
            lambda *case: twin_epoch(torch_sample_gradients, size, LR, *case),
            1e-12,
            needs="torch",
        ),
    )


def _noise_cases(rng: np.random.Generator) -> Iterator[tuple]:
    gradients = rng.standard_normal((8, 3))
    for size in (1, 2, 3, 6):
        yield gradients, size


def _with_replacement(gradients: Any, size: int) -> float:
    return batch_variance(gradients, 1) / size


BATCHES = (
    Claim(
        label="1.10",
        title="gradient descent",
        code="optimizers.SGD.step",
        implementation=_one_step,
        cases=_one_step_cases,
        oracles=(
            Oracle("exact fractions", _exact_step, 1e-15),
            Oracle(
                "torch.optim.SGD",
                lambda w, g, lr: torch_path("SGD", w, [g], {"lr": lr})[0],
                1e-15,
                needs="torch",
            ),
        ),
        saboteur=lambda w, g, lr: _one_step(w, -g, lr),
        mistake="uphill: the sign of the gradient",
    ),
    Claim(
        label="1.11",
        title="the cost of all data",
        code="losses.CrossEntropy.__call__",
        implementation=_cost_of_data,
        cases=_data_cases,
        oracles=(
            Oracle("loops, sample by sample", _mean_of_costs, 1e-13),
            Oracle("torch.nn.functional", _torch_cost_of_data, 1e-13, needs="torch"),
        ),
        saboteur=lambda *case: _cost_of_data(*case) * len(case[4]) / len(case[0][0]),
        mistake="divided by the number of neurons in the place of that of samples",
    ),
    Claim(
        label="1.12",
        title="batch gradient descent",
        code="training.fit",
        implementation=_epoch(7),
        cases=_data_cases,
        oracles=_epoch_oracles(7),
        saboteur=_epoch(7, lr=7 * LR),
        mistake="the sum in the place of the mean",
    ),
    Claim(
        label="1.13",
        title="mini-batch gradient descent",
        code="training.fit",
        implementation=_epoch(3),
        cases=_data_cases,
        oracles=_epoch_oracles(3),
        saboteur=_epoch(3, lr=LR * 3 / 7),
        mistake="divided by A, the samples of the data set",
    ),
    Claim(
        label="1.2.1a",
        title="the noise of a batch's gradient",
        code="optimizers.batch_variance",
        implementation=batch_variance,
        cases=_noise_cases,
        oracles=(
            Oracle("every batch there is, one by one", variance_over_all_batches, 1e-13),
            Oracle("400 000 batches drawn", variance_of_drawn_batches, 1e-2),
        ),
        saboteur=_with_replacement,
        mistake="σ²/N, as if every sample were put back before the next is drawn",
    ),
)

# ---- a quadratic, and momentum: 1.14, 1.15 -----------------------------------------------------


def _slope(w: Any) -> Any:
    """Give the gradient of w⁴/4 + w²/2, entry by entry."""
    return w**3 + w


def _descent_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(4):
        w, momentum = rng.standard_normal(3), float(rng.uniform(0.3, 0.95))
        rates = [0.05] * 15
        yield w, rates, momentum


def _changing_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for w, rates, momentum in _descent_cases(rng):
        yield w, [rate / (1 + step // 4) for step, rate in enumerate(rates)], momentum


def _momentum_path(w: Any, rates: list[float], momentum: float, dampening: float = 0.0) -> Any:
    w, path = _copy(w), []
    optimizer = SGD(lr=rates[0], momentum=momentum, dampening=dampening)
    for _ in rates:
        optimizer.step([w], [_slope(w)])
        path.append(_copy(w))
    return library(w).stack(path)


def _nesterov_path(
    w: Any, rates: list[float], momentum: float, rescale: bool = True, look_ahead: bool = True
) -> Any:
    """Run SGD, which keeps the point ahead θ = w + μ v, and give w = θ − μ v, with v = −α b."""
    theta, path = _copy(w), []
    optimizer = SGD(lr=rates[0], momentum=momentum, nesterov=look_ahead)
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


def _entries(run: Callable) -> Callable:
    """Give an oracle that runs a twin for each entry of w."""

    def expected(w: Any, rates: list[float], momentum: float) -> np.ndarray:
        return np.array([run(_slope, float(start), rates, momentum) for start in w]).T

    return expected


def _torch_descent(nesterov: bool) -> Callable:
    """Give w after every step of torch.optim.SGD; its buffer is rescaled when the rate changes."""

    def expected(w: Any, rates: list[float], momentum: float) -> np.ndarray:
        import torch

        theta = torch.tensor(w, requires_grad=True)
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
            path.append((theta.detach() + ahead).numpy().copy())
        return np.array(path)

    return expected


def _parabola_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for rate_times_curvature in (0.3, 1.0, 1.9, 2.1):
        curvature = float(rng.uniform(0.5, 4))
        yield rng.standard_normal(3), rate_times_curvature / curvature, curvature, 20


def _parabola(w: Any, lr: float, curvature: float, steps: int) -> Any:
    w, optimizer = _copy(w), SGD(lr=lr)
    for _ in range(steps):
        optimizer.step([w], [curvature * w])
    return w


def _torch_parabola(w: Any, lr: float, curvature: float, steps: int) -> np.ndarray:
    import torch

    w = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        (curvature / 2 * w**2).sum().backward()
        optimizer.step()
    return w.detach().numpy()


def _curvatures(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(4):
        smallest = float(rng.uniform(0.1, 2))
        yield smallest, smallest * float(rng.uniform(2, 50))


def _searched_descent(smallest: float, largest: float) -> list[float]:
    """Search for the learning rate whose worse factor, of the two ends, is smallest."""
    from scipy.optimize import minimize_scalar

    def worse(lr: float) -> float:
        return max(abs(1 - lr * smallest), abs(1 - lr * largest))

    found = minimize_scalar(worse, bounds=(0, 2 / largest), options={"xatol": 1e-12})
    return [found.x, found.fun]


def _solved_descent(smallest: float, largest: float) -> list[float]:
    """Solve 1 − α λ_min = −(1 − α λ_max): the best rate makes both ends equally slow."""
    import sympy

    lr = sympy.Symbol("lr")
    (best,) = sympy.solve(sympy.Eq(1 - lr * smallest, lr * largest - 1), lr)
    return [float(best), float(1 - best * smallest)]


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
    from scipy.optimize import minimize

    def worst(x: Any) -> float:
        lr, momentum = math.exp(x[0]), 1 / (1 + math.exp(-x[1]))
        return max(_roots(lr, c, momentum) for c in (smallest, largest))

    start, options = [math.log(1 / largest), 0.0], {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000}
    for _ in range(6):  # the valley has a sharp floor: start again where the search got stuck
        found = minimize(worst, start, method="Nelder-Mead", options=options)
        start = found.x
    return [math.exp(found.x[0]), 1 / (1 + math.exp(-found.x[1])), found.fun]


def _double_roots(smallest: float, largest: float) -> list[float]:
    """Ask that r² − (1 + μ − α λ) r + μ has a double root at both ends, and solve for α and μ."""
    import sympy

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


def _clip_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for max_norm in (0.5, 3.0, 100.0):
        yield [rng.standard_normal((2, 3)), rng.standard_normal(4)], max_norm


def _clipped_by_loops(gradients: list, max_norm: float) -> list:
    length = math.sqrt(sum(float(x) ** 2 for g in gradients for x in np.ravel(g)))
    return [g * min(1.0, max_norm / length) for g in gradients]


def _clipped_by_torch(gradients: list, max_norm: float) -> list:
    import torch

    leaves = [torch.nn.Parameter(torch.tensor(g)) for g in gradients]
    for leaf, g in zip(leaves, gradients, strict=True):
        leaf.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    return [leaf.grad.numpy() for leaf in leaves]  # type: ignore[union-attr]


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
            Oracle("torch.optim.SGD and autograd", _torch_parabola, 1e-12, needs="torch"),
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
            Oracle("SymPy, solved for it", _solved_descent, 1e-12, needs="sympy"),
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
        oracles=(
            Oracle("the source's form, in Python floats", _entries(source_momentum), 1e-12),
            Oracle("torch.optim.SGD", _torch_descent(nesterov=False), 1e-12, needs="torch"),
        ),
        saboteur=lambda w, rates, momentum: _momentum_path(w, rates, momentum, dampening=momentum),
        mistake="a running mean of gradients, (1 − μ) g, in the place of a sum",
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
            Oracle(
                "double roots at both ends (SymPy, 30 digits)", _double_roots, 1e-12, needs="sympy"
            ),
        ),
        saboteur=lambda smallest, largest: [
            2 / (smallest + largest),
            *best_momentum(smallest, largest)[1:],
        ],
        mistake="the rate that is best without momentum",
    ),
    Claim(
        label="1.15",
        title="Nesterov's accelerated gradient",
        code="optimizers.SGD.step",
        implementation=_nesterov_path,
        cases=_descent_cases,
        oracles=(
            Oracle("the source's form, in Python floats", _entries(source_nesterov), 1e-12),
            Oracle("torch.optim.SGD", _torch_descent(nesterov=True), 1e-12, needs="torch"),
        ),
        saboteur=_momentum_path,
        mistake="the gradient taken at w, not ahead",
    ),
    Claim(
        label="1.2.2b",
        title="the map between Nesterov's two forms",
        code="optimizers.SGD.step",
        implementation=_nesterov_path,
        cases=_changing_cases,
        oracles=(
            Oracle("the source's form, in Python floats", _entries(source_nesterov), 1e-12),
            Oracle("torch.optim.SGD", _torch_descent(nesterov=True), 1e-12, needs="torch"),
        ),
        saboteur=lambda w, rates, momentum: _nesterov_path(w, rates, momentum, rescale=False),
        mistake="b not rescaled when the rate changes",
    ),
)

# ---- every optimizer against its namesake ------------------------------------------------------


def _path_cases(name: str, *settings: dict) -> Callable:
    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        for row in settings:
            for first in (1.0, 0.0):  # the second time with a zero gradient at the first step
                gradients = rng.standard_normal((12, 3))
                gradients[0] *= first
                yield name, rng.standard_normal(3), gradients, {"lr": 0.05, **row}

    return cases


def optimizer_path(name: str, w: Any, gradients: Any, settings: dict) -> Any:
    """Give w after every step of one of the package's optimizers."""
    return _path_of(getattr(optimizers, name)(**settings), w, gradients)


def _path_of(optimizer: Optimizer, w: Any, gradients: Any) -> Any:
    w, path = _copy(w), []
    for step in range(gradients.shape[0]):
        optimizer.step([w], [gradients[step, :]])
        path.append(_copy(w))
    return library(w).stack(path)


def _with(**changed: Any) -> Callable:
    """Give a saboteur: the same optimizer with other settings."""
    return lambda name, w, gradients, settings: optimizer_path(
        name, w, gradients, settings | changed
    )


_PATH_ORACLES = (
    Oracle("the formula, number by number", twin_path, 1e-12),
    Oracle("torch.optim", torch_path, 1e-12, needs="torch"),
)


def _path_claim(
    label: str, title: str, cases: Callable, saboteur: Callable, mistake: str, code: str
) -> Claim:
    return Claim(
        label=label,
        title=title,
        code=code,
        implementation=optimizer_path,
        cases=cases,
        oracles=_PATH_ORACLES,
        saboteur=saboteur,
        mistake=mistake,
    )


def _moments(w: Any, gradients: Any, betas: tuple[float, float], corrected: bool) -> Any:
    """Run Adam and give what it remembers, or m̂ and v̂ made of it."""
    optimizer = optimizers.Adam(betas=betas)
    _path_of(optimizer, w, gradients)
    state = optimizer.state_dict()
    pairs = zip(("mean", "square_mean"), betas, strict=True)
    moments = [
        state[name][0] / (1 - beta**optimizer.steps if corrected else 1) for name, beta in pairs
    ]
    return library(w).stack(moments)


def _moment_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for steps in (1, 2, 10):
        yield rng.standard_normal(3), rng.standard_normal((steps, 3)), (0.9, 0.99)


def _weighted_sums(w: Any, gradients: Any, betas: Any) -> np.ndarray:
    steps = len(gradients)
    rows = []
    for power, beta in zip((1, 2), betas, strict=True):
        terms = [beta ** (steps - i) * g**power for i, g in enumerate(gradients, 1)]
        rows.append((1 - beta) * sum(terms))
    return np.array(rows)


def _weighted_means(w: Any, gradients: Any, betas: Any) -> np.ndarray:
    """Give weighted means whose weights add up to 1: that is what the correction does."""
    steps = len(gradients)
    weights = [[beta ** (steps - i) for i in range(1, steps + 1)] for beta in betas]
    powers = (gradients, gradients**2)
    return np.array([np.average(p, 0, w) for p, w in zip(powers, weights, strict=True)])


def _torch_moments(w: Any, gradients: Any, betas: Any, corrected: bool) -> np.ndarray:
    import torch

    parameter = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.Adam([parameter], betas=betas)
    for g in gradients:
        parameter.grad = torch.tensor(g)
        optimizer.step()
    state = optimizer.state[parameter]
    pairs = zip(("exp_avg", "exp_avg_sq"), betas, strict=True)
    scale = [1 - beta ** len(gradients) if corrected else 1.0 for beta in betas]
    return np.array([state[n].numpy() / s for (n, _), s in zip(pairs, scale, strict=True)])


def _moment_claim(label: str, title: str, corrected: bool, twin: Oracle, mistake: str) -> Claim:
    return Claim(
        label=label,
        title=title,
        code="optimizers.Adam.step",
        implementation=lambda w, g, betas: _moments(w, g, betas, corrected),
        cases=_moment_cases,
        oracles=(
            twin,
            Oracle(
                "torch.optim.Adam, its state",
                lambda w, g, betas: _torch_moments(w, g, betas, corrected),
                1e-12,
                needs="torch",
            ),
        ),
        saboteur=lambda w, g, betas: _moments(w, g, betas, not corrected),
        mistake=mistake,
    )


NAMESAKES = (
    _path_claim(
        label="1.2.1f",
        title="momentum as PyTorch has it",
        cases=_path_cases(
            "SGD",
            {"momentum": 0.9},
            {"momentum": 0.8, "dampening": 0.3},
            {"momentum": 0.5, "weight_decay": 0.1},
        ),
        saboteur=lambda name, w, gradients, settings: optimizer_path(
            name, w, gradients, settings | {"momentum": 0.9 * settings["momentum"]}
        ),
        mistake="a smaller momentum",
        code="optimizers.SGD.step",
    ),
    _path_claim(
        label="1.2.2a",
        title="Nesterov's form in PyTorch",
        cases=_path_cases("SGD", {"momentum": 0.9, "nesterov": True}),
        saboteur=_with(nesterov=False),
        mistake="plain momentum",
        code="optimizers.SGD.step",
    ),
    _path_claim(
        label="1.2.3a",
        title="Adagrad",
        cases=_path_cases(
            "Adagrad",
            {},
            {"lr_decay": 0.1, "weight_decay": 0.1},
            {"initial_accumulator_value": 0.5, "eps": 1e-3},
        ),
        saboteur=_with(lr_decay=0.3),
        mistake="a rate that decays faster",
        code="optimizers.Adagrad.step",
    ),
    _path_claim(
        label="1.2.4a",
        title="RMSProp",
        cases=_path_cases("RMSProp", {}, {"alpha": 0.9, "weight_decay": 0.1}, {"momentum": 0.8}),
        saboteur=_with(alpha=0.95),
        mistake="another β",
        code="optimizers.RMSProp.step",
    ),
    _path_claim(
        label="1.2.4b",
        title="RMSProp, centred",
        cases=_path_cases("RMSProp", {"centered": True}, {"centered": True, "alpha": 0.9}),
        saboteur=_with(centered=False),
        mistake="the mean not taken off",
        code="optimizers.RMSProp.step",
    ),
    _moment_claim(
        label="1.2.5a",
        title="Adam's running means",
        corrected=False,
        twin=Oracle("the sum written out", _weighted_sums, 1e-13),
        mistake="already divided by 1 − βᵗ",
    ),
    _moment_claim(
        label="1.2.5b",
        title="Adam's bias correction",
        corrected=True,
        twin=Oracle("means whose weights add up to 1 (numpy.average)", _weighted_means, 1e-12),
        mistake="not corrected",
    ),
    _path_claim(
        label="1.2.5c",
        title="Adam",
        cases=_path_cases(
            "Adam", {}, {"betas": (0.8, 0.9), "eps": 1e-2}, {"weight_decay": 0.3, "amsgrad": False}
        ),
        saboteur=_with(eps=0.1),
        mistake="a larger ε",
        code="optimizers.Adam.step",
    ),
    _path_claim(
        label="1.2.5d",
        title="Adam that does not forget its largest v",
        cases=_path_cases("Adam", {"amsgrad": True, "betas": (0.9, 0.5)}),
        saboteur=_with(amsgrad=False),
        mistake="plain Adam",
        code="optimizers.Adam.step",
    ),
    _path_claim(
        label="1.2.5e",
        title="AdamW",
        cases=_path_cases(
            "AdamW", {}, {"weight_decay": 0.3}, {"weight_decay": 0.1, "amsgrad": True}
        ),
        saboteur=lambda name, w, gradients, settings: optimizer_path(
            "Adam", w, gradients, {"weight_decay": 1e-2, **settings}
        ),
        mistake="the decay in the gradient, as in Adam",
        code="optimizers.AdamW.step",
    ),
    _path_claim(
        label="1.2.5f",
        title="AdaMax",
        cases=_path_cases(
            "AdaMax",
            {},
            {"betas": (0.8, 0.9), "eps": 1e-2},
            {"betas": (0.9, 0.7), "weight_decay": 0.3},
        ),
        saboteur=_with(betas=(0.9, 0.5)),
        mistake="a gradient forgotten faster",
        code="optimizers.AdaMax.step",
    ),
    _path_claim(
        label="1.2.5g",
        title="Nadam",
        cases=_path_cases(
            "Nadam", {}, {"betas": (0.8, 0.9), "momentum_decay": 0.1}, {"weight_decay": 0.3}
        ),
        saboteur=lambda name, w, gradients, settings: optimizer_path(
            "Adam", w, gradients, {k: v for k, v in settings.items() if k != "momentum_decay"}
        ),
        mistake="Adam: no look ahead",
        code="optimizers.Nadam.step",
    ),
    Claim(
        label="1.2.6a",
        title="clipping by the norm",
        code="optimizers.clip_norm",
        implementation=clip_norm,
        cases=_clip_cases,
        oracles=(
            Oracle("loops in Python floats", _clipped_by_loops, 1e-14),
            Oracle(
                "torch.nn.utils.clip_grad_norm_, which adds 1e-6 to the norm",
                _clipped_by_torch,
                1e-5,
                needs="torch",
            ),
        ),
        saboteur=lambda gradients, max_norm: [
            part for g in gradients for part in clip_norm([g], max_norm)
        ],
        mistake="each array clipped by itself, which turns the whole vector",
    ),
)

CLAIMS = BATCHES + MOMENTUM + NAMESAKES
