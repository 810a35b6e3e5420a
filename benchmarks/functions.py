"""Activations and losses: ours on NumPy arrays against PyTorch's own, side by side in one run.

Value and gradient of 1e3 to 1e6 numbers in 32-bit floats, in rows of ten, on the CPU, with one
thread each and with two: ours by `vjp` or `gradient`, PyTorch's by autograd.
"""

from collections.abc import Callable
from statistics import geometric_mean
from typing import Any

import numpy as np
import torch
from _side_by_side import HOW, measure, ratio, rounds_from_command_line, threads_each, write
from torch.nn import functional

from chainrule import activations, losses

SIZES = {10**3: 100, 10**4: 20, 10**5: 2, 10**6: 1}  # how many numbers, and how often in a round

ACTIVATIONS: dict[str, tuple[Any, Callable]] = {
    "sigmoid": (activations.Sigmoid(), torch.sigmoid),
    "softmax": (activations.Softmax(), lambda x: torch.softmax(x, -1)),
    "tanh": (activations.Tanh(), torch.tanh),
    "ReLU": (activations.ReLU(), torch.relu),
    "LeakyReLU": (activations.LeakyReLU(), functional.leaky_relu),
    "ELU": (activations.ELU(), functional.elu),
    "GELU": (activations.GELU(), functional.gelu),
    "GELU by tanh": (
        activations.GELU("tanh"),
        lambda x: functional.gelu(x, approximate="tanh"),
    ),
    "Swish": (activations.Swish(), functional.silu),
    "Maxout": (activations.Maxout(), lambda x: x.unflatten(-1, (-1, 2)).max(-1).values),
}
WEIGHT = np.arange(1, 11, dtype="float32")
# loss, PyTorch's, and what it is applied to: "numbers", "classes", "answers" or "triplets"
LOSSES: dict[str, tuple[Any, Callable, str]] = {
    "MSE": (losses.MSE(), functional.mse_loss, "numbers"),
    "MAE": (losses.MAE(), functional.l1_loss, "numbers"),
    "Huber": (losses.Huber(), functional.huber_loss, "numbers"),
    "cross-entropy": (losses.CrossEntropy(), functional.cross_entropy, "classes"),
    "cross-entropy, weighted": (
        losses.CrossEntropy(weight=WEIGHT),
        lambda z, y: functional.cross_entropy(z, y, torch.from_numpy(WEIGHT)),
        "classes",
    ),
    "binary cross-entropy": (
        losses.BinaryCrossEntropy(),
        functional.binary_cross_entropy_with_logits,
        "answers",
    ),
    "triplet": (losses.Triplet(), functional.triplet_margin_loss, "triplets"),
}


def activation_contenders(name: str, rng: np.random.Generator, size: int) -> tuple[Callable, ...]:
    """Give ours and PyTorch's, each without arguments, giving value and gradient."""
    f, twin = ACTIVATIONS[name]
    x = rng.standard_normal((size // 10, 10), "float32")
    upstream = rng.standard_normal(f(x).shape, "float32")
    leaf, given = torch.tensor(x, requires_grad=True), torch.from_numpy(upstream)

    def theirs() -> tuple:
        value = twin(leaf)
        return value, torch.autograd.grad(value, leaf, given)[0]

    return lambda: (f(x), f.vjp(x, upstream)), theirs


def loss_contenders(name: str, rng: np.random.Generator, size: int) -> tuple[Callable, ...]:
    """Give ours and PyTorch's, each without arguments, giving value and gradient."""
    loss, twin, kind = LOSSES[name]
    shape = (size // 10, 10)
    arrays = [rng.standard_normal(shape, "float32") for _ in range(3 if kind == "triplets" else 1)]
    make: dict[str, Callable[[], list]] = {
        "numbers": lambda: [rng.standard_normal(shape, "float32")],
        "classes": lambda: [rng.integers(0, 10, shape[0])],
        "answers": lambda: [rng.integers(0, 2, shape).astype("float32")],
        "triplets": lambda: [],
    }
    targets = make[kind]()
    leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
    given = [torch.from_numpy(target) for target in targets]

    def theirs() -> tuple:
        value = twin(*leaves, *given)
        gradients = torch.autograd.grad(value, leaves)
        return value, gradients[0] if len(gradients) == 1 else gradients

    return lambda: (loss(*arrays, *targets), loss.gradient(*arrays, *targets)), theirs


def require_agreement(name: str, ours: tuple, theirs: tuple) -> None:
    """Stop unless both give the same value and gradient: else their times compare nothing."""
    for a, b in zip(ours, theirs, strict=True):
        for one, other in zip(*(x if isinstance(x, tuple) else (x,) for x in (a, b)), strict=True):
            np.testing.assert_allclose(one, other.detach(), rtol=1e-3, atol=1e-5, err_msg=name)


def repeated(function: Callable, times: int) -> Callable:
    """Give a function that calls another so many times."""

    def run() -> None:
        for _ in range(times):
            function()

    return run


def ratios_with(threads: int, rounds: int) -> dict[str, dict[int, dict[str, float]]]:
    """Give our time over PyTorch's, by function and by size, with so many threads each."""
    rng = np.random.default_rng(0)
    found: dict[str, dict[int, dict[str, float]]] = {name: {} for name in ACTIVATIONS | LOSSES}
    for size, times in SIZES.items():
        contenders = {}
        for name in found:
            make = activation_contenders if name in ACTIVATIONS else loss_contenders
            pair = make(name, rng, size)
            require_agreement(name, *(contender() for contender in pair))
            for library, contender in zip(("chainrule", "PyTorch"), pair, strict=True):
                contenders[f"{library} {name}"] = repeated(contender, times)
        with threads_each(threads):
            seconds = measure(contenders, rounds)
        for name, by_size in found.items():
            by_size[size] = ratio(seconds[f"PyTorch {name}"], seconds[f"chainrule {name}"])
    return found


def summary(ratios: dict[str, dict[int, dict[str, float]]]) -> dict[str, Any]:
    """Give the means over sizes, over functions and over both, and all that they are made of."""
    return {
        "ratios": {
            name: {
                key: round(geometric_mean(by_size[size][key] for size in SIZES), 3)
                for key in ("median", "low", "high")
            }
            for name, by_size in ratios.items()
        },
        "by_size": {
            str(size): round(geometric_mean(r[size]["median"] for r in ratios.values()), 3)
            for size in SIZES
        },
        "geometric_mean": round(
            geometric_mean(r["median"] for by_size in ratios.values() for r in by_size.values()), 3
        ),
        "by_function": ratios,
    }


if __name__ == "__main__":
    rounds = rounds_from_command_line(12)
    found = {how: summary(ratios_with(threads, rounds)) for threads, how in HOW.items()}
    write(
        "functions",
        {
            "title": "Activations and losses",
            "what": "value and gradient, float32, rows of ten; over 1e3, 1e4, 1e5 and 1e6 numbers",
            "baseline": "PyTorch",
            **found["one thread"],
            **found,
            "rounds": rounds,
            "device": "CPU",
        },
        ("chainrule", "numpy", "scipy", "torch"),
    )
