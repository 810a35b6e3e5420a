"""The claims about what both modes cost (1.6.4a and 1.6.4b)."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ...activations import Tanh
from ...network import multiplications
from ...oracles import count_multiplications
from ...tape import Dual, Node, apply, gradients
from ..core import Claim, Oracle
from ..oracles import torch_oracle
from ..proofs import SIZES, torch_counted


def tanh_cost(x: Any, parameters: Sequence[Any], through: Callable) -> Any:
    """Give the output of a tanh network, each layer's weights and biases in turn."""
    for w, b in zip(parameters[::2], parameters[1::2], strict=True):
        x = through(x @ w + b)
    return x


def _ones(sizes: Sequence[int], samples: int) -> list[np.ndarray]:
    """Give a batch, and the parameters of each layer as they multiply it, all of them 1."""
    layers = [[np.ones(pair), np.ones(pair[1])] for pair in pairwise(sizes)]
    return [np.ones((samples, sizes[0])), *(array for layer in layers for array in layer)]


def _directions(arrays: Sequence[np.ndarray]) -> Iterator[list[np.ndarray]]:
    """Give for each parameter the tangents of all arrays if that one moves."""
    for moving, array in enumerate(arrays[1:], 1):
        for place in np.ndindex(array.shape):
            tangents = [np.zeros(a.shape) for a in arrays]
            tangents[moving][place] = 1
            yield tangents


def _reverse(sizes: Sequence[int], samples: int) -> int:
    def passes(x, *arrays):
        parameters = [Node(array) for array in arrays]
        output = tanh_cost(Node(x), parameters, lambda z: apply(Tanh(), z))
        return gradients(output.sum(), parameters)

    return count_multiplications(passes, *_ones(sizes, samples))


def _forward(sizes: Sequence[int], samples: int) -> int:
    def passes(*arrays):
        for tangents in _directions(arrays):
            x, *duals = (Dual(a, t) for a, t in zip(arrays, tangents, strict=True))
            tanh_cost(x, duals, lambda z: z.through(Tanh()))

    return count_multiplications(passes, *_ones(sizes, samples))


def _three_for_one(sizes: Sequence[int], samples: int) -> int:
    parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    return 3 * parameters * multiplications(sizes, samples)[0]


def _torch_forward(torch, sizes, samples: int) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    arrays = _ones(sizes, samples)
    with FlopCounterMode(display=False) as counter, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch's, of what it does itself
        for tangents in _directions(arrays):
            torch.func.jvp(
                lambda x, *parameters: tanh_cost(x, parameters, torch.tanh),
                tuple(map(torch.as_tensor, arrays)),
                tuple(map(torch.as_tensor, tangents)),
            )
    return counter.get_total_flops() // 2


COUNTS = (
    Claim(
        label="1.6.4a",
        title="multiplications of reverse mode",
        code="tape.gradients",
        implementation=_reverse,
        cases=lambda rng: iter(SIZES),
        oracles=(
            Oracle("both passes, by (1.5.3a) and (1.5.3b)", lambda *c: sum(multiplications(*c))),
            torch_oracle(
                "torch.utils.flop_counter, halved",
                lambda torch, *case: sum(torch_counted(torch, *case)),
            ),
        ),
        saboteur=lambda sizes, samples: 3 * multiplications(sizes, samples)[0],
        mistake="an error for the inputs of the first layer, too",
        use="its multiplications are counted",
    ),
    Claim(
        label="1.6.4b",
        title="multiplications of forward mode, all derivatives",
        code="tape.Dual.matmul",
        implementation=_forward,
        cases=lambda rng: iter(SIZES),
        oracles=(
            Oracle("three products for one, P times, by (1.5.3a)", _three_for_one),
            torch_oracle("torch.func.jvp, counted", _torch_forward),
        ),
        saboteur=lambda *case: _three_for_one(*case) // 3,
        mistake="the products of the values alone, none for the tangents",
        use="its multiplications are counted",
    ),
)
