"""Where losses come from: maximum likelihood, and what a logit is."""

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from ... import activations, losses
from ..core import Claim, Oracle
from ..libraries import special, stats
from ..oracles import sympy_oracle, torch_oracle
from .cases import answers, errors, labelled


def _with_width(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield predictions, targets and how wide the noise is."""
    for width, case in zip((0.5, 1.0, 3.0), errors(rng), strict=True):
        yield *case, width


def _counted(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits, and counts of four classes whose logarithms they are."""
    for largest in (5, 1000):
        counts = rng.integers(1, largest, 4)
        yield np.log(counts), tuple(counts.tolist())


def _days(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits, what was seen, yes (1) or no (0), and the probabilities of yes."""
    for n in (1, 3, 8):
        p = rng.integers(1, 16, n) / 16
        yield np.log(p / (1 - p)), rng.integers(0, 2, n), tuple(p.tolist())


def _exact_product(z, y, p) -> float:
    """Multiply the probabilities of what was seen, exactly; give −1/N times its logarithm."""
    seen = [p_i if y_i else 1 - p_i for p_i, y_i in zip(map(Fraction, p), y, strict=True)]
    product = math.prod(seen, start=Fraction(1))
    return (math.log(product.denominator) - math.log(product.numerator)) / len(seen)


def _torch_normal(torch, y_hat, y, width: float):
    return -torch.distributions.Normal(y_hat, width).log_prob(y).mean()


def _torch_laplace(torch, y_hat, y, width: float):
    return -torch.distributions.Laplace(y_hat, width).log_prob(y).mean()


def _solved_odds(sympy, z) -> list:
    """Solve log(p / (1 − p)) = z for p."""
    p, odds = sympy.symbols("p odds", positive=True)
    (found,) = sympy.solve(p / (1 - p) - odds, p)
    return [sympy.N(found.subs(odds, sympy.exp(sympy.Rational(float(z_i)))), 30) for z_i in z]


def _shares(z, counts) -> list[float]:
    """Give the share of each count, in exact fractions."""
    return [float(Fraction(n, sum(counts))) for n in counts]


def _solved_shares(sympy, z, counts) -> list:
    """Solve log(p_c / p_0) = z_c − z_0 for probabilities that sum to 1."""
    p = sympy.symbols(f"p:{len(counts)}", positive=True)
    odds = [p_c - p[0] * sympy.Rational(n, counts[0]) for p_c, n in zip(p, counts, strict=True)]
    found = sympy.solve([*odds[1:], sum(p) - 1], p)
    return [sympy.N(found[p_c], 30) for p_c in p]


LIKELIHOOD = (
    Claim(
        label="1.4a",
        title="the loss of a likelihood",
        code="losses.BinaryCrossEntropy.__call__",
        implementation=lambda z, y, p: losses.BinaryCrossEntropy()(z, y),
        cases=_days,
        oracles=(
            Oracle("a product of exact fractions", _exact_product),
            Oracle(
                "scipy.stats.bernoulli.pmf, multiplied",
                lambda z, y, p: -np.log(np.prod(stats.bernoulli.pmf(y, p))) / len(y),
            ),
        ),
        saboteur=lambda z, y, p: -np.log(np.mean(stats.bernoulli.pmf(y, p))),
        mistake="the logarithm of the mean",
    ),
    Claim(
        label="1.4b",
        title="the loss of Gaussian noise",
        code="losses.MSE.__call__",
        implementation=lambda y_hat, y, width: (
            losses.MSE()(y_hat, y) / (2 * width**2) + math.log(width * math.sqrt(2 * math.pi))
        ),
        cases=_with_width,
        oracles=(
            Oracle(
                "scipy.stats.norm.logpdf",
                lambda y_hat, y, width: -stats.norm.logpdf(y, y_hat, width).mean(),
            ),
            torch_oracle("torch.distributions.Normal", _torch_normal),
        ),
        saboteur=lambda y_hat, y, width: (
            np.mean((y_hat - y) ** 2) / width**2 + math.log(width * math.sqrt(2 * math.pi))
        ),
        mistake="the ½ forgotten",
    ),
    Claim(
        label="1.4c",
        title="the loss of Laplace noise",
        code="losses.MAE.__call__",
        implementation=lambda y_hat, y, width: losses.MAE()(y_hat, y) / width + math.log(2 * width),
        cases=_with_width,
        oracles=(
            Oracle(
                "scipy.stats.laplace.logpdf",
                lambda y_hat, y, width: -stats.laplace.logpdf(y, y_hat, width).mean(),
            ),
            torch_oracle("torch.distributions.Laplace", _torch_laplace),
        ),
        saboteur=lambda y_hat, y, width: np.mean(abs(y_hat - y)) / width + math.log(width),
        mistake="one side of the peak counted: the 2 forgotten",
        use="divided by τ, and log 2τ added",
    ),
    Claim(
        label="1.4d",
        title="the loss of a yes or no",
        code="losses.BinaryCrossEntropy.__call__",
        implementation=losses.BinaryCrossEntropy(reduction="none"),
        cases=answers,
        oracles=(
            Oracle(
                "scipy.stats.bernoulli.logpmf",
                lambda z, y: -stats.bernoulli.logpmf(y, special.expit(z)),
            ),
            torch_oracle(
                "torch.distributions.Bernoulli",
                lambda torch, z, y: -torch.distributions.Bernoulli(logits=z).log_prob(y),
            ),
        ),
        saboteur=lambda z, y: -stats.bernoulli.logpmf(np.ones_like(y), special.expit(z)),
        mistake="−log p for both answers",
    ),
    Claim(
        label="1.4e",
        title="the loss of a class",
        code="losses.CrossEntropy.__call__",
        implementation=losses.CrossEntropy(reduction="none"),
        cases=labelled,
        oracles=(
            Oracle(
                "scipy.stats.multinomial.logpmf",
                lambda z, t: -stats.multinomial.logpmf(np.eye(3)[t], 1, special.softmax(z, 1)),
            ),
            torch_oracle(
                "torch.distributions.Categorical",
                lambda torch, z, t: -torch.distributions.Categorical(logits=z).log_prob(t),
            ),
        ),
        saboteur=lambda z, t: -stats.bernoulli.logpmf(np.eye(3)[t], special.softmax(z, 1)).sum(1),
        mistake="each class as a question of yes and no",
    ),
    Claim(
        label="1.4f",
        title="the sigmoid, from log-odds",
        code="activations.Sigmoid.__call__",
        implementation=lambda z: activations.Sigmoid()(z),
        cases=lambda rng: ((z,) for z, _ in answers(rng)),
        oracles=(
            sympy_oracle(_solved_odds),
            torch_oracle(
                "torch.distributions.Bernoulli",
                lambda torch, z: torch.distributions.Bernoulli(logits=z).probs,
            ),
        ),
        saboteur=np.exp,
        mistake="the odds, not the probability",
    ),
    Claim(
        label="1.4g",
        title="softmax, from differences of logits",
        code="activations.Softmax.__call__",
        implementation=lambda z, counts: activations.Softmax()(z),
        cases=_counted,
        oracles=(
            Oracle("shares in exact fractions", _shares),
            sympy_oracle(_solved_shares),
        ),
        saboteur=lambda z, counts: special.expit(z),
        mistake="a sigmoid for each class",
    ),
)
