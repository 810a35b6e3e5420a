"""Naive twins of section 1.2, number by number in Python floats, with every sum written out."""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import sqrt
from typing import Any

import numpy as np

from ..network.twins import in_turn, torch_parameters


def sgd(
    w: float,
    gradients: list[float],
    lr: float,
    momentum: float = 0.0,
    dampening: float = 0.0,
    weight_decay: float = 0.0,
    nesterov: bool = False,
) -> Iterator[float]:
    """PyTorch's form: the velocity b collects gradients."""
    b = None
    for g in gradients:
        g = g + weight_decay * w
        b = g if b is None else momentum * b + (1 - dampening) * g
        direction = (g + momentum * b) if nesterov else (b if momentum else g)
        w = w - lr * direction
        yield w


def adagrad(
    w: float,
    gradients: list[float],
    lr: float,
    lr_decay: float = 0.0,
    weight_decay: float = 0.0,
    initial_accumulator_value: float = 0.0,
    eps: float = 1e-10,
) -> Iterator[float]:
    """Duchi, Hazan and Singer's: the sum of all squares is added up anew in every step."""
    seen: list[float] = []
    for t, g in enumerate(gradients):
        g = g + weight_decay * w
        seen.append(g)
        total = initial_accumulator_value + sum(old**2 for old in seen)
        w = w - lr / (1 + t * lr_decay) * g / (sqrt(total) + eps)
        yield w


def _mean(seen: list[float], beta: float) -> float:
    """Give (1 − β) Σ_i β^(t−i) x_i, the sum written out."""
    t = len(seen)
    return (1 - beta) * sum(beta ** (t - i) * x for i, x in enumerate(seen, 1))


def rmsprop(
    w: float,
    gradients: list[float],
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    momentum: float = 0.0,
    centered: bool = False,
) -> Iterator[float]:
    """Tieleman and Hinton's, with the running means written out as sums."""
    seen: list[float] = []
    b = 0.0
    for g in gradients:
        g = g + weight_decay * w
        seen.append(g)
        v = _mean([x**2 for x in seen], alpha)
        if centered:
            v = v - _mean(seen, alpha) ** 2
        b = momentum * b + g / (sqrt(v) + eps)
        w = w - lr * b
        yield w


def adam(
    w: float,
    gradients: list[float],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    amsgrad: bool = False,
    decoupled: bool = False,
) -> Iterator[float]:
    """Kingma and Ba's, with the running means written out as sums."""
    seen: list[float] = []
    largest = 0.0
    for t, g in enumerate(gradients, 1):
        if decoupled:
            w = w - lr * weight_decay * w
        else:
            g = g + weight_decay * w
        seen.append(g)
        v = _mean([x**2 for x in seen], betas[1])
        largest = max(largest, v)
        m_hat = _mean(seen, betas[0]) / (1 - betas[0] ** t)
        v_hat = (largest if amsgrad else v) / (1 - betas[1] ** t)
        w = w - lr * m_hat / (sqrt(v_hat) + eps)
        yield w


def adamw(w: float, gradients: list[float], lr: float, **settings: Any) -> Iterator[float]:
    """Loshchilov and Hutter's: the decay acts on w alone."""
    return adam(w, gradients, lr, decoupled=True, **{"weight_decay": 1e-2, **settings})


def adamax(
    w: float,
    gradients: list[float],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Kingma and Ba's, with the maximum over all gradients so far."""
    seen: list[float] = []
    for t, g in enumerate(gradients, 1):
        g = g + weight_decay * w
        seen.append(g)
        u = max(betas[1] ** (t - i) * (abs(x) + eps) for i, x in enumerate(seen, 1))
        w = w - lr / (1 - betas[0] ** t) * _mean(seen, betas[0]) / u
        yield w


def nadam(
    w: float,
    gradients: list[float],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    momentum_decay: float = 4e-3,
) -> Iterator[float]:
    """PyTorch's form of Dozat's, with the product of all momenta so far."""

    def mu(t: int) -> float:
        return betas[0] * (1 - 0.5 * 0.96 ** (t * momentum_decay))

    seen: list[float] = []
    for t, g in enumerate(gradients, 1):
        g = g + weight_decay * w
        seen.append(g)
        product = float(np.prod([mu(i) for i in range(1, t + 1)]))
        m, v = _mean(seen, betas[0]), _mean([x**2 for x in seen], betas[1])
        m_hat = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
        w = w - lr * m_hat / (sqrt(v / (1 - betas[1] ** t)) + eps)
        yield w


TWINS: dict[str, Callable[..., Iterator[float]]] = {
    "SGD": sgd,
    "Adagrad": adagrad,
    "RMSProp": rmsprop,
    "Adam": adam,
    "AdamW": adamw,
    "AdaMax": adamax,
    "Nadam": nadam,
}
TORCH_NAMES = {"RMSProp": "RMSprop", "AdaMax": "Adamax", "Nadam": "NAdam"}


def twin_path(name: str, w: Any, gradients: Any, settings: dict) -> np.ndarray:
    """Give w after every step, shape (T, n), for gradients of shape (T, n), entry by entry."""
    columns = [
        list(TWINS[name](float(start), [float(g) for g in column], **settings))
        for start, column in zip(w, np.asarray(gradients).T, strict=True)
    ]
    return np.array(columns).T


def torch_run(name: str, w: Any, gradients: Any, settings: dict) -> tuple[np.ndarray, dict]:
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


def torch_path(name: str, w: Any, gradients: Any, settings: dict) -> np.ndarray:
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


def source_nesterov(slope: Callable, w: float, rates: list[float], momentum: float) -> list[float]:
    """Equation 1.15: the same with the gradient at the point ahead, w + μ v."""
    return source_momentum(slope, w, rates, momentum, ahead=momentum)


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


def twin_epoch(gradients: Callable, size: int, lr: float, *case: Any) -> list[np.ndarray]:
    """Descend along the mean gradient of each batch of an epoch, in the order of generator 0.

    `gradients` gives, for each sample of a batch, the gradient of every parameter.
    """
    weights, biases, names, cost, x, y = case
    parameters = [np.array(p) for p in in_turn(weights, biases)]
    order = np.random.default_rng(0).permutation(len(x))
    for start in range(0, len(x), size):
        batch = order[start : start + size]
        own = gradients(parameters[::2], parameters[1::2], names, cost, x[batch], y[batch])
        for p, parameter in enumerate(parameters):
            parameter -= lr * sum(of_sample[p] for of_sample in own) / len(own)
    return parameters


def torch_sample_gradients(*case: Any) -> list[list[np.ndarray]]:
    """Give, for each sample, the gradient of every parameter from torch.autograd."""
    w, b, names, cost, x, y = case
    pairs = zip(x, y, strict=True)
    return [torch_parameters(w, b, names, cost, row[None], target[None]) for row, target in pairs]
