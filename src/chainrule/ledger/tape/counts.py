"""The claims about what both modes cost (1.6.4a and 1.6.4b)."""

from collections.abc import Callable, Sequence
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
    layers = [[np.ones(pair), np.ones((samples, pair[1]))] for pair in pairwise(sizes)]
    return [np.ones((samples, sizes[0])), *(array for layer in layers for array in layer)]


def _reverse(sizes: Sequence[int], samples: int) -> int:
    def passes(x, *arrays):
        parameters = [Node(array) for array in arrays]
        output = tanh_cost(Node(x), parameters, lambda z: apply(Tanh(), z))
        return gradients(output.sum(), parameters)

    return count_multiplications(passes, *_ones(sizes, samples))


def _forward(sizes: Sequence[int], samples: int) -> int:
    """Count one pass for each parameter that may move."""

    def one_pass(*arrays):
        x, *duals = (Dual(array, 0 * array) for array in arrays)
        return tanh_cost(x, duals, lambda z: z.through(Tanh()))

    return _numbers(sizes) * count_multiplications(one_pass, *_ones(sizes, samples))


def _numbers(sizes: Sequence[int]) -> int:
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def _torch_forward(torch, sizes, samples: int) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    arrays = tuple(torch.as_tensor(array) for array in _ones(sizes, samples))
    with FlopCounterMode(display=False) as counter:
        torch.func.jvp(
            lambda x, *parameters: tanh_cost(x, parameters, torch.tanh),
            arrays,
            tuple(map(torch.zeros_like, arrays)),
        )
    return _numbers(sizes) * counter.get_total_flops() // 2


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
        code="tape.forward.Dual",
        implementation=_forward,
        cases=lambda rng: iter(SIZES),
        oracles=(
            Oracle(
                "three products for one, by (1.5.3a)",
                lambda *case: 3 * _numbers(case[0]) * multiplications(*case)[0],
            ),
            torch_oracle("torch.func.jvp, counted", _torch_forward),
        ),
        saboteur=lambda *case: _forward(*case) // _numbers(case[0]),
        mistake="one pass for all parameters",
        use="its multiplications are counted",
    ),
)
