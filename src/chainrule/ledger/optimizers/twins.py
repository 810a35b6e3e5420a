"""Naive twins of section 1.2, number by number in Python floats, with every sum written out."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from math import prod, sqrt

import numpy as np

from ..network.twins import in_turn, torch_parameters

Floats = list[float]
BETAS = (0.9, 0.999)


def _mean(seen: Floats, beta: float) -> float:
    """Give (1 − β) Σ_i β^(t−i) x_i, the sum written out."""
    t = len(seen)
    return (1 - beta) * sum(beta ** (t - i) * x for i, x in enumerate(seen, 1))


def _squares(seen: Floats) -> Floats:
    return [g**2 for g in seen]


# A rule gives the direction of a step, to be taken times −α, from all gradients seen so far.


def _sgd(
    seen: Floats, momentum: float = 0.0, dampening: float = 0.0, nesterov: bool = False
) -> float:
    """PyTorch's form: the velocity b collects gradients."""
    b, g = seen[0], seen[-1]
    for later in seen[1:]:
        b = momentum * b + (1 - dampening) * later
    return g + momentum * b if nesterov else (b if momentum else g)


def _adagrad(
    seen: Floats, lr_decay: float = 0.0, initial_accumulator_value: float = 0.0, eps: float = 1e-10
) -> float:
    """Duchi, Hazan and Singer's: the sum of all squares."""
    total = initial_accumulator_value + sum(_squares(seen))
    return seen[-1] / (1 + (len(seen) - 1) * lr_decay) / (sqrt(total) + eps)


def _rmsprop(
    seen: Floats,
    alpha: float = 0.99,
    eps: float = 1e-8,
    momentum: float = 0.0,
    centered: bool = False,
) -> float:
    """Tieleman and Hinton's."""
    b = 0.0
    for t, g in enumerate(seen, 1):
        v = _mean(_squares(seen[:t]), alpha)
        if centered:
            v = v - _mean(seen[:t], alpha) ** 2
        b = momentum * b + g / (sqrt(v) + eps)
    return b


def _adam(seen: Floats, betas=BETAS, eps: float = 1e-8, amsgrad: bool = False) -> float:
    """Kingma and Ba's."""
    t = len(seen)
    v = [_mean(_squares(seen[:i]), betas[1]) for i in range(1, t + 1)]
    v_hat = (max(v) if amsgrad else v[-1]) / (1 - betas[1] ** t)
    return _mean(seen, betas[0]) / (1 - betas[0] ** t) / (sqrt(v_hat) + eps)


def _adamax(seen: Floats, betas=BETAS, eps: float = 1e-8) -> float:
    """Kingma and Ba's, with the maximum over all gradients so far."""
    t = len(seen)
    u = max(betas[1] ** (t - i) * (abs(x) + eps) for i, x in enumerate(seen, 1))
    return _mean(seen, betas[0]) / (1 - betas[0] ** t) / u


def _nadam(seen: Floats, betas=BETAS, eps: float = 1e-8, momentum_decay: float = 4e-3) -> float:
    """PyTorch's form of Dozat's, with the product of all momenta so far."""
    t = len(seen)
    mu = [betas[0] * (1 - 0.5 * 0.96 ** (i * momentum_decay)) for i in range(t + 2)]
    past, ahead = prod(mu[1 : t + 1]), prod(mu[1 : t + 2])
    m_hat = mu[t + 1] * _mean(seen, betas[0]) / (1 - ahead) + (1 - mu[t]) * seen[-1] / (1 - past)
    return m_hat / (sqrt(_mean(_squares(seen), betas[1]) / (1 - betas[1] ** t)) + eps)


def _path(
    rule: Callable[..., float],
    w: float,
    gradients: Floats,
    lr: float,
    weight_decay: float = 0.0,
    decoupled: bool = False,
    **settings,
) -> Iterator[float]:
    """Yield w after every step; the decay is part of the gradient, or acts on w alone."""
    seen: Floats = []
    for g in gradients:
        seen.append(g if decoupled else g + weight_decay * w)
        if decoupled:
            w = w - lr * weight_decay * w
        w = w - lr * rule(seen, **settings)
        yield w


adam = partial(_path, _adam)
TWINS: dict[str, Callable[..., Iterator[float]]] = {
    "SGD": partial(_path, _sgd),
    "Adagrad": partial(_path, _adagrad),
    "RMSProp": partial(_path, _rmsprop),
    "Adam": adam,
    "AdamW": partial(_path, _adam, decoupled=True, weight_decay=1e-2),  # Loshchilov and Hutter's
    "AdaMax": partial(_path, _adamax),
    "Nadam": partial(_path, _nadam),
}
TORCH_NAMES = {"RMSProp": "RMSprop", "AdaMax": "Adamax", "Nadam": "NAdam"}


def twin_path(name: str, w, gradients, settings: dict) -> np.ndarray:
    """Give w after every step, shape (T, n), for gradients of shape (T, n), entry by entry."""
    columns = [
        list(TWINS[name](float(start), [float(g) for g in column], **settings))
        for start, column in zip(w, np.asarray(gradients).T, strict=True)
    ]
    return np.array(columns).T


def torch_run(name: str, w, gradients, settings: dict) -> tuple[np.ndarray, dict]:
    """Give the same from torch.optim, and what the optimizer remembers at the end."""
    import torch

    parameter, default = torch.tensor(w, requires_grad=True), torch.get_default_dtype()
    torch.set_default_dtype(parameter.dtype)  # NAdam keeps a product of numbers in it
    try:
        optimizer = getattr(torch.optim, TORCH_NAMES.get(name, name))([parameter], **settings)
        path = []
        for g in gradients:
            parameter.grad = torch.tensor(g)
            optimizer.step()
            path.append(parameter.detach().numpy().copy())
    finally:
        torch.set_default_dtype(default)
    return np.array(path), optimizer.state[parameter]


def torch_path(name: str, w, gradients, settings: dict) -> np.ndarray:
    """Give w after every step of torch.optim."""
    return torch_run(name, w, gradients, settings)[0]


def source_momentum(
    slope: Callable, w: float, rates: list[float], momentum: float, ahead: float = 0.0
) -> list[float]:
    """Equation 1.14: v = μ v − α g(w), w = w + v; with `ahead` = μ, g(w + μ v) as in 1.15."""
    v, path = 0.0, []
    for rate in rates:
        v = momentum * v - rate * slope(w + ahead * v)
        w = w + v
        path.append(w)
    return path


def variance_over_all_batches(gradients: np.ndarray, batch_size: int) -> float:
    """Give E‖batch mean − mean‖² by going through every batch there is."""
    rows = [[float(x) for x in row] for row in gradients]
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    distances = []
    for batch in combinations(rows, batch_size):
        batch_mean = [sum(column) / batch_size for column in zip(*batch, strict=True)]
        distances.append(sum((a - b) ** 2 for a, b in zip(batch_mean, mean, strict=True)))
    return sum(distances) / len(distances)


def variance_of_drawn_batches(gradients: np.ndarray, batch_size: int) -> float:
    """Give the same as the mean over many batches drawn at random."""
    rng = np.random.default_rng(0)
    order = rng.permuted(np.tile(np.arange(len(gradients)), (400_000, 1)), axis=1)
    means = gradients[order[:, :batch_size]].mean(1)
    return float(((means - gradients.mean(0)) ** 2).sum(1).mean())


def twin_epoch(gradients: Callable, size: int, lr: float, *case) -> list[np.ndarray]:
    """Descend by the mean of the samples' gradients in each batch, in the order of generator 0."""
    weights, biases, names, cost, x, y = case
    parameters = [np.array(p) for p in in_turn(weights, biases)]
    order = np.random.default_rng(0).permutation(len(x))
    for start in range(0, len(x), size):
        batch = order[start : start + size]
        own = gradients(parameters[::2], parameters[1::2], names, cost, x[batch], y[batch])
        for p, parameter in enumerate(parameters):
            parameter -= lr * sum(of_sample[p] for of_sample in own) / len(own)
    return parameters


def torch_sample_gradients(*case) -> list[list[np.ndarray]]:
    """Give, for each sample, the gradient of every parameter from torch.autograd."""
    w, b, names, cost, x, y = case
    pairs = zip(x, y, strict=True)
    return [torch_parameters(w, b, names, cost, row[None], target[None]) for row, target in pairs]
