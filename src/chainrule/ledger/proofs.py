"""The claims of section 1.5: its theorems, with numbers put in.

The proofs themselves are checked symbol by symbol by ``chainrule.proofs``; here the package's code
is held to what they say.
"""

import math
from collections.abc import Callable
from itertools import chain, combinations, pairwise, product

import numpy as np

from ..activations import Softmax
from ..arrays import library
from ..network import Network, multiplications
from ..optimizers import Adam
from ..oracles import central_difference, complex_step, count_multiplications
from .core import CLOSE, Claim, Oracle
from .network.cases import backward, deep_cases, is_smooth, network_of
from .network.proved import PROVED
from .network.start import off_by
from .network.twins import difference_parameters, mean_of_samples, torch_parameters
from .optimizers.twins import torch_run
from .oracles import torch_oracle


def _all_gradients(*case):
    return backward(*case).parameters


ALGORITHM = (
    Claim(
        label="1.5.2a",
        title="backpropagation finds every gradient",
        code="network.Network.backward",
        implementation=_all_gradients,
        cases=deep_cases,
        oracles=(
            Oracle("torch.autograd", torch_parameters, 1e-10, needs="torch"),
            Oracle(
                "complex step, parameter by parameter",
                difference_parameters(complex_step),
                1e-12,
                applies=is_smooth,
            ),
            Oracle("central differences", difference_parameters(central_difference), 1e-6),
            *PROVED["1.5.2a"],
        ),
        saboteur=lambda weights, *rest: _all_gradients([w.T for w in weights], *rest),
        mistake="every w transposed",
    ),
)


def _ones(sizes) -> list[np.ndarray]:
    """Give the parameters of a network of these sizes, all of them 1."""
    return [np.ones(s) for n_in, n_out in pairwise(sizes) for s in ((n_out, n_in), (n_out,))]


def _tanh_network(*parameters) -> Network:
    return network_of(parameters[::2], parameters[1::2], ["tanh"] * (len(parameters) // 2))


def _counted(sizes, samples: int) -> tuple[int, int]:
    """Run both passes of the package with arrays that count."""
    x, upstream = np.ones((samples, sizes[0])), np.ones((samples, sizes[-1]))

    def both(*arrays):
        net = _tanh_network(*arrays)
        return net.backward(net.forward(x), upstream)

    once = count_multiplications(lambda *arrays: _tanh_network(*arrays).forward(x), *_ones(sizes))
    return once, count_multiplications(both, *_ones(sizes)) - once


def _torch_network(torch, sizes):
    layers = [[torch.nn.Linear(*pair), torch.nn.Tanh()] for pair in pairwise(sizes)]
    return torch.nn.Sequential(*chain(*layers))


def torch_counted(torch, sizes, samples: int) -> tuple[int, int]:
    """Give the multiplications of both passes.

    PyTorch's counter counts a multiplication and an addition as two operations.
    """
    from torch.utils.flop_counter import FlopCounterMode

    network = _torch_network(torch, sizes)
    with FlopCounterMode(display=False) as counter:
        output = network(torch.ones(samples, sizes[0]))
        forward = counter.get_total_flops() // 2
        output.sum().backward()
        both = counter.get_total_flops() // 2
    return forward, both - forward


def _torch_differences(torch, sizes, samples: int) -> int:
    """Count the multiplications while every parameter is shaken up and down."""
    from torch.utils.flop_counter import FlopCounterMode

    network, x = _torch_network(torch, sizes), torch.ones(samples, sizes[0])
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        for parameter in network.parameters():
            for number in parameter.view(-1):
                for step in (1e-3, -2e-3):
                    number += step
                    network(x)
                number += 1e-3
    return counter.get_total_flops() // 2


def _differences(sizes, samples: int) -> int:
    parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    return 2 * parameters * multiplications(sizes, samples)[0]


def _counted_differences(sizes, samples: int) -> int:
    """Run central differences with arrays that count."""
    x = np.ones((samples, sizes[0]))

    def differences(*arrays) -> None:
        for index, parameter in enumerate(arrays):

            def cost(value, index: int = index) -> float:
                # the array that is shaken has to count too: it is the only one made anew
                changed = [*arrays[:index], arrays[index] * 0 + value, *arrays[index + 1 :]]
                return float(np.sum(np.asarray(_tanh_network(*changed)(x))))

            central_difference(cost, np.asarray(parameter))

    return count_multiplications(differences, *_ones(sizes))


SIZES = (((3, 4), 1), ((5, 3, 2), 1), ((4, 6, 5, 3), 7), ((2, 8, 8, 8, 1), 3))


def _count_oracles(name: str, counted: Callable, by_torch: Callable) -> tuple:
    return (
        Oracle(name, counted, 1e-15, error=off_by),
        torch_oracle("torch.utils.flop_counter, halved", by_torch, 1e-15, error=off_by),
    )


def _pass_oracles(index: int) -> tuple:
    return _count_oracles(
        "counted while the package runs",
        lambda *case: _counted(*case)[index],
        lambda *case: torch_counted(*case)[index],
    )


COST = (
    Claim(
        label="1.5.3a",
        title="multiplications of the forward pass",
        code="network.multiplications",
        implementation=lambda *case: multiplications(*case)[0],
        cases=lambda rng: iter(SIZES),
        oracles=_pass_oracles(0),
        saboteur=lambda sizes, samples: samples * sum(a * a for a, _ in pairwise(sizes)),
        mistake="n_in squared",
    ),
    Claim(
        label="1.5.3b",
        title="multiplications of the backward pass",
        code="network.multiplications",
        implementation=lambda *case: multiplications(*case)[1],
        cases=lambda rng: iter(SIZES),
        oracles=_pass_oracles(1),
        saboteur=lambda sizes, samples: 2 * multiplications(sizes, samples)[0],
        mistake="the first layer's inputs given an error that nobody needs",
    ),
    Claim(
        label="1.5.3c",
        title="multiplications of central differences",
        code="network.multiplications",
        implementation=_differences,
        cases=lambda rng: iter(SIZES),
        oracles=_count_oracles("counted while they run", _counted_differences, _torch_differences),
        saboteur=lambda sizes, samples: _differences(sizes, samples) // 2,
        mistake="one run for each parameter, as for one-sided differences",
    ),
)


def _mean_over_batches(*case) -> list:
    """Give the mean, over all batches of two samples, of the package's gradient of a batch."""
    *network, x, y = case
    batches = [list(batch) for batch in combinations(range(x.shape[0]), 2)]
    gradients = [_all_gradients(*network, x[batch], y[batch]) for batch in batches]
    return [sum(of_one) / len(batches) for of_one in zip(*gradients, strict=True)]


def _quadratic_form(z, v):
    """Give vᵀ H v: the Jacobian of a − y is that of softmax, and `vjp` multiplies with it."""
    return library(z).sum(v * Softmax().vjp(z, v))


def _pairs(z, v) -> float:
    a = [math.exp(z_i) / sum(math.exp(z_m) for z_m in z) for z_i in z]
    indices = range(len(a))
    return sum(a[i] * a[j] * (v[i] - v[j]) ** 2 for i in indices for j in indices) / 2


def _torch_hessian(torch, z, v):
    def cost(logits):
        return torch.nn.functional.cross_entropy(logits[None], torch.tensor([0]))

    return v @ torch.autograd.functional.hessian(cost, z) @ v


def _expected_mean(mean, noise, beta: float, divide: bool = False):
    """Give Adam's m, averaged over all ways in which the noise can be added or taken off."""
    steps = noise.shape[0]
    total = 0.0
    for signs in product((-1.0, 1.0), repeat=steps):
        w, optimizer = 0 * mean, Adam(betas=(beta, 0.9))
        for step, sign in enumerate(signs):
            optimizer.step([w], [mean + sign * noise[step, :]])
        total = total + optimizer.state_dict()["mean"][0]
    return total / 2**steps / (1 - beta**steps if divide else 1)


def _torch_expected_mean(mean, noise, beta: float) -> np.ndarray:
    """Give PyTorch's Adam state for gradients without noise."""
    gradients = [mean] * len(noise)
    return torch_run("Adam", 0 * mean, gradients, {"betas": (beta, 0.9)})[1]["exp_avg"].numpy()


REST = (
    Claim(
        label="1.5.4a",
        title="a random batch is right on average",
        code="network.Network.backward",
        implementation=_mean_over_batches,
        cases=lambda rng: (
            (*case[:4], rng.standard_normal((5, 3)), rng.dirichlet(np.ones(3), 5))
            for case in deep_cases(rng)
            if case[2][0] == "tanh"
        ),
        oracles=(
            Oracle("all samples, index by index", mean_of_samples, 1e-12),
            Oracle("torch.autograd, all samples at once", torch_parameters, 1e-12, needs="torch"),
        ),
        saboteur=lambda *case: [g * 2 / 5 for g in _mean_over_batches(*case)],
        mistake="batches of 2 divided by the 5 samples of the data",
    ),
    Claim(
        label="1.5.5a",
        title="the cross-entropy is convex in the logits",
        code="activations.Softmax.vjp",
        implementation=_quadratic_form,
        cases=lambda rng: ((rng.standard_normal(n), rng.standard_normal(n)) for n in (2, 3, 5, 5)),
        oracles=(
            Oracle("the sum over pairs, in Python floats", _pairs, CLOSE),
            torch_oracle("torch.autograd.functional.hessian", _torch_hessian, CLOSE),
        ),
        saboteur=lambda z, v: 2 * _quadratic_form(z, v),
        mistake="each pair counted twice",
    ),
    Claim(
        label="1.5.6a",
        title="what Adam's running mean is on average",
        code="optimizers.Adam.step",
        implementation=_expected_mean,
        cases=lambda rng: (
            (rng.standard_normal(3), rng.standard_normal((steps, 3)), 0.9) for steps in (1, 2, 5)
        ),
        oracles=(
            Oracle("the formula", lambda mean, noise, beta: (1 - beta ** len(noise)) * mean, 1e-13),
            Oracle(
                "torch.optim.Adam without the noise", _torch_expected_mean, 1e-13, needs="torch"
            ),
        ),
        saboteur=lambda mean, noise, beta: _expected_mean(mean, noise, beta, divide=True),
        mistake="ḡ itself, as if m needed no correction",
    ),
)

CLAIMS = ALGORITHM + COST + REST
