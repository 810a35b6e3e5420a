"""Cross-entropy: 1.4.4."""

import numpy as np

from ... import losses
from ..core import Claim, Oracle
from ..libraries import class_weight, metrics, special, stats
from ..oracles import complex_oracle, proved, sympy_oracle, torch_oracle
from . import twins
from .cases import answers, class_counts, labelled, logits, with_weight
from .pairs import value_and_gradient


def torch_cross_entropy(torch, z, y, **options):
    """Give PyTorch's."""
    return torch.nn.functional.cross_entropy(z, y, **options)


def _torch_kl(torch, z, y):
    """Give H(y) + KL(y ‖ p) as torch.distributions knows them."""
    target = torch.distributions.Categorical(probs=y)
    prediction = torch.distributions.Categorical(logits=z)
    return (target.entropy() + torch.distributions.kl_divergence(target, prediction)).mean()


def _scipy_kl(z, y, wrong_way_round: bool = False) -> float:
    y, p = y[0], special.softmax(z[0])
    return stats.entropy(y) + (stats.entropy(p, y) if wrong_way_round else stats.entropy(y, p))


def _exact_log_loss(sympy, z, classes) -> list:
    exact = [[sympy.Rational(float(z_ic)) for z_ic in z_i] for z_i in z]
    pairs = zip(exact, classes, strict=True)
    return [sympy.N(sympy.log(sum(map(sympy.exp, z_i))) - z_i[t], 30) for z_i, t in pairs]


def _exact_binary(sympy, z, y):
    signed = [sympy.Rational(float(-z_i if y_i else z_i)) for z_i, y_i in zip(z, y, strict=True)]
    return sympy.N(sum(sympy.log(1 + sympy.exp(z_i)) for z_i in signed) / len(z), 30)


def _proved_gradient(say, z, y) -> np.ndarray:
    def softmax(column):
        return np.exp(twins.log_softmax([*column[:, 0]]))[:, None]

    columns = zip(z[:, :, None], y[:, :, None], strict=True)
    rows = [say("cross_entropy_gradient", z=z_i, y=y_i, softmax=softmax) for z_i, y_i in columns]
    return np.hstack(rows).T / len(z)


def _weighted_mean(z, classes, weight):
    return sum(twins.weighted_losses(z, classes, weight)) / sum(weight[t] for t in classes)


def _weighted(z, classes, weight):
    return sum(twins.weighted_losses(z, classes, weight)) / len(z)


CROSS_ENTROPY = (
    Claim(
        label="1.4.4a",
        title="cross-entropy, entropy and Kullback–Leibler divergence",
        code="losses.CrossEntropy.__call__",
        implementation=losses.CrossEntropy(),
        cases=lambda rng: ((z[:1], y[:1]) for z, y in logits(rng)),
        oracles=(
            Oracle("scipy.stats.entropy", _scipy_kl),
            torch_oracle("torch.distributions", _torch_kl),
        ),
        saboteur=lambda z, y: _scipy_kl(z, y, wrong_way_round=True),
        mistake="KL(p ‖ y), the wrong way round",
    ),
    *value_and_gradient(
        losses.CrossEntropy,
        labels=("1.28", "1.4.4b"),
        name="cross-entropy",
        cases=logits,
        torch=torch_cross_entropy,
        value=(Oracle("loops", twins.cross_entropy),),
        gradient=complex_oracle(twins.cross_entropy),
        proved=proved(_proved_gradient, "cross_entropy_gradient"),
        wrong_value=(
            "a mean over the classes, too",
            lambda z, y: twins.cross_entropy(z, y) / z.shape[1],
        ),
        wrong_gradient=("1/N forgotten", lambda z, y: special.softmax(z, 1) - y),
    ),
    Claim(
        label="1.4.4c",
        title="cross-entropy by log-sum-exp",
        code="losses.CrossEntropy.__call__",
        implementation=losses.CrossEntropy(reduction="none"),
        cases=lambda rng: ((1000 + 300 * z, classes) for z, classes in labelled(rng)),
        oracles=(
            sympy_oracle(_exact_log_loss),
            Oracle(
                "scipy.special.logsumexp",
                lambda z, classes: special.logsumexp(z, 1) - z[np.arange(len(z)), classes],
            ),
        ),
        saboteur=lambda z, t: (
            special.logsumexp(z - z.max(1, keepdims=True), 1) - z[np.arange(len(z)), t]
        ),
        mistake="m not subtracted from z_t",
    ),
    Claim(
        label="1.4.4d",
        title="label smoothing",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, t, share: losses.CrossEntropy(label_smoothing=share)(z, t),
        cases=lambda rng: ((*case, 0.1) for case in labelled(rng)),
        oracles=(
            Oracle(
                "loops", lambda z, t, share: twins.cross_entropy(z, twins.smoothed(t, 3, share))
            ),
            torch_oracle(
                "torch",
                lambda torch, z, t, share: torch_cross_entropy(torch, z, t, label_smoothing=share),
            ),
        ),
        saboteur=lambda z, classes, share: twins.cross_entropy(
            z, np.where(np.eye(3)[classes] == 1, 1 - share, share / 2)
        ),
        mistake="ε shared among the wrong classes only",
    ),
    *value_and_gradient(
        losses.BinaryCrossEntropy,
        labels=("1.4.4e", "1.4.4f"),
        name="binary cross-entropy",
        cases=answers,
        torch=lambda torch, z, y: torch.nn.functional.binary_cross_entropy_with_logits(z, y),
        value=(sympy_oracle(_exact_binary),),
        gradient=complex_oracle(twins.binary_cross_entropy),
        wrong_value=(
            "the second term forgotten: “no” costs nothing",
            lambda z, y: -np.mean(y * np.log(special.expit(z))),
        ),
        wrong_gradient=(
            "σ′ left in, as with the squared error",
            lambda z, y: (special.expit(z) - y) * special.expit(z) * special.expit(-z) / len(z),
        ),
    ),
    Claim(
        label="1.29",
        title="weighted cross-entropy",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, classes, weight: (
            losses.CrossEntropy(weight=weight, reduction="sum")(z, classes) / len(z)
        ),
        cases=with_weight,
        oracles=(
            Oracle("loops", _weighted),
            torch_oracle(
                "torch",
                lambda torch, z, classes, weight: torch_cross_entropy(
                    torch, z, classes, weight=weight, reduction="none"
                ).mean(),
            ),
        ),
        saboteur=_weighted_mean,
        mistake="divided by Σ w",
    ),
    Claim(
        label="1.30",
        title="balanced class weights",
        code="losses.balanced_weights",
        implementation=losses.balanced_weights,
        cases=class_counts,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_balanced_weights),
            Oracle(
                "sklearn, class_weight='balanced'",
                lambda y, n: class_weight.compute_class_weight(
                    "balanced", classes=np.arange(n), y=y
                ),
            ),
        ),
        saboteur=lambda y, n: np.bincount(y) / len(y),
        mistake="the source's N_c / N: the majority weighs most",
    ),
    Claim(
        label="1.4.4g",
        title="the weighted mean",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, classes, weight: losses.CrossEntropy(weight=weight)(z, classes),
        cases=with_weight,
        oracles=(
            Oracle("loops", _weighted_mean),
            Oracle(
                "sklearn.metrics.log_loss",
                lambda z, t, w: metrics.log_loss(t, special.softmax(z, 1), sample_weight=w[t]),
            ),
            torch_oracle(
                "torch", lambda torch, z, t, weight: torch_cross_entropy(torch, z, t, weight=weight)
            ),
        ),
        saboteur=_weighted,
        mistake="divided by N",
    ),
)
