"""A step of each optimizer: ours on NumPy arrays against PyTorch's own, side by side in one run.

Ten arrays with 1e4, 1e6 and 1e7 32-bit floats in all, on the CPU, with each library's default
settings: with one thread each, with two, and with two while another process keeps a core busy.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from statistics import geometric_mean

import numpy as np
import torch
from _side_by_side import HOW, measure, ratio, rounds_from_command_line, threads_each, write

from chainrule import optimizers
from chainrule.optimizers import Optimizer

ARRAYS = 10
SIZES = {10**4: 20, 10**6: 2, 10**7: 1}  # how many numbers, and how many steps in a round
REST = 0.05  # seconds before a contender with two threads
LR = 1e-3
TORCH_NAMES = {
    "SGD": "SGD",
    "Adagrad": "Adagrad",
    "RMSProp": "RMSprop",
    "Adam": "Adam",
    "AdamW": "AdamW",
    "AdaMax": "Adamax",
    "Nadam": "NAdam",
}
# SGD keeps nothing by default; with momentum it does what it mostly is used for
CONTESTS: dict[str, tuple[str, dict]] = {
    **{name: (name, {}) for name in TORCH_NAMES},
    "SGD, momentum": ("SGD", {"momentum": 0.9}),
}


def gradients_of(size: int) -> list[np.ndarray]:
    """Give gradients of so many numbers in all."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal(size // ARRAYS, "float32") for _ in range(ARRAYS)]


def contenders(name: str, gradients: list[np.ndarray], times: int) -> dict[str, Callable]:
    """Give ours and PyTorch's, each making so many steps from the same start."""
    cls, settings = CONTESTS[name]
    ours: Optimizer = getattr(optimizers, cls)(lr=LR, **settings)
    parameters = [np.ones_like(g) for g in gradients]
    tensors = [torch.ones(g.shape, requires_grad=True) for g in gradients]
    for tensor, gradient in zip(tensors, gradients, strict=True):
        tensor.grad = torch.from_numpy(gradient)
    theirs = getattr(torch.optim, TORCH_NAMES[cls])(tensors, lr=LR, **settings)

    def step_ours() -> None:
        for _ in range(times):
            ours.step(parameters, gradients)

    def step_theirs() -> None:
        for _ in range(times):
            theirs.step()

    step_ours()
    step_theirs()
    for parameter, tensor in zip(parameters, tensors, strict=True):  # else times compare nothing
        np.testing.assert_allclose(parameter, tensor.detach(), rtol=1e-5, err_msg=name)
    return {f"chainrule {name}": step_ours, f"PyTorch {name}": step_theirs}


def ratios_at(size: int, rounds: int, rest: float) -> dict[str, dict[str, float]]:
    """Give our time over PyTorch's, by optimizer."""
    gradients = gradients_of(size)
    all_of_them: dict[str, Callable] = {}
    for name in CONTESTS:
        all_of_them |= contenders(name, gradients, SIZES[size])
    seconds = measure(all_of_them, rounds, rest, warm=0)
    return {
        name: ratio(seconds[f"PyTorch {name}"], seconds[f"chainrule {name}"]) for name in CONTESTS
    }


def mean(ratios: Iterable[dict[str, float]], key: str = "median") -> float:
    """Give the geometric mean of what stands under the key."""
    return round(geometric_mean(r[key] for r in ratios), 3)


def means(ratios: Iterable[dict[str, float]]) -> dict[str, float]:
    """Give the mean of the medians, and those of the quartiles."""
    ratios = [*ratios]
    return {key: mean(ratios, key) for key in ("median", "low", "high")}


def summary(by_size: dict[int, dict[str, dict[str, float]]]) -> dict:
    """Give the means over optimizers, over sizes and over both."""
    everything = [r for ratios in by_size.values() for r in ratios.values()]
    return {
        "ratios": {name: means(ratios[name] for ratios in by_size.values()) for name in CONTESTS},
        "geometric_mean": mean(everything),
        "by_size": {str(size): mean(ratios.values()) for size, ratios in by_size.items()},
        "by_optimizer": {
            name: {str(size): ratios[name] for size, ratios in by_size.items()} for name in CONTESTS
        },
    }


@contextmanager
def busy_core() -> Iterator[None]:
    """Let another process keep a core busy for a while."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
        try:
            yield
        finally:
            other.kill()


if __name__ == "__main__":
    rounds = rounds_from_command_line(5)
    found = {}
    for threads, how in HOW.items():
        with threads_each(threads):
            rest = (threads - 1) * REST
            found[how] = summary({size: ratios_at(size, rounds, rest) for size in SIZES})
    with threads_each(2), busy_core():
        found["a core busy"] = summary({size: ratios_at(size, rounds, REST) for size in SIZES})
    write(
        "optimizers",
        {
            "title": "Optimizers",
            "what": f"a step, float32, {ARRAYS} arrays; 1e4, 1e6 and 1e7 parameters in all",
            "baseline": "PyTorch",
            **found["one thread"],
            **found,
            "rounds": rounds,
            "device": "CPU",
        },
        ("chainrule", "numpy", "scipy", "torch"),
    )
