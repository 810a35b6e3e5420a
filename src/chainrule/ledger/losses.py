"""The claims of section 1.4: the losses and their gradients.

A case is what the loss is applied to, the prediction first, and then its settings.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy import special, stats
from scipy.spatial.distance import cdist
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

from .. import losses
from ..arrays import to_numpy
from ..oracles import autograd, complex_step
from . import losses_twins as twins
from .core import Claim, Oracle
from .oracles import (
    CLOSE,
    EXACT,
    complex_oracle,
    difference_oracle,
    loops_oracle,
    sympy_oracle,
    torch_oracle,
    torch_vjp,
)

# ---- cases -------------------------------------------------------------------------------------


def _errors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield predictions and targets, none of them equal."""
    for _ in range(3):
        y = 3 * rng.standard_normal(12)
        yield y + rng.choice([-1, 1], 12) * rng.uniform(0.01, 5, 12), y


def _errors_with_delta(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield predictions, targets and a δ that no error is near."""
    for delta, (_, y) in zip((0.5, 1.0, 2.0), _errors(rng), strict=True):
        size = np.concatenate([rng.uniform(0.01, 0.9, 6), rng.uniform(1.1, 5, 6)]) * delta
        yield y + rng.choice([-1, 1], 12) * size, y, delta


def _logits(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits and probabilities as targets."""
    for scale in (1.0, 5.0):
        yield scale * rng.standard_normal((5, 3)), rng.dirichlet(np.ones(3), 5)


def _distribution(rng: np.random.Generator) -> Iterator[tuple]:
    for z, y in _logits(rng):
        yield z[:1], y[:1]


def _classes(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits and classes, each of which occurs."""
    for z, _ in _logits(rng):
        yield z, np.array([0, 1, 2, 1, 1])


def _far(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits whose exponentials overflow."""
    for z, classes in _classes(rng):
        yield 1000 + 300 * z, classes


def _with_weight(rng: np.random.Generator) -> Iterator[tuple]:
    for z, classes in _classes(rng):
        yield z, classes, rng.uniform(0.5, 4, 3)


def _with_smoothing(rng: np.random.Generator) -> Iterator[tuple]:
    for z, classes in _classes(rng):
        yield z, classes, 0.1


def _answers(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits and yes (1) or no (0)."""
    for scale in (1.0, 5.0):
        yield scale * rng.standard_normal(8), rng.permutation(np.repeat([0.0, 1.0], 4))


def _focal_answers(rng: np.random.Generator) -> Iterator[tuple]:
    for gamma, (z, y) in zip((0.5, 2.0), _answers(rng), strict=True):
        yield z, y, gamma, 0.25


def _focal_classes(rng: np.random.Generator) -> Iterator[tuple]:
    for gamma, (z, classes) in zip((0.5, 2.0), _classes(rng), strict=True):
        yield z, classes, gamma, np.array([0.5, 1.0, 3.0])


def _counts(rng: np.random.Generator) -> Iterator[tuple]:
    for counts in ((90, 10), (5, 20, 75)):
        yield rng.permutation(np.repeat(np.arange(len(counts)), counts)), len(counts)


def _masks(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield probabilities and targets of three classes, one of which may be absent; smoothing."""
    for n_classes, smooth in ((3, 1e-5), (2, 1.0)):
        p = np.moveaxis(rng.dirichlet(np.ones(3), (2, 8)), -1, 1)
        yield p, np.moveaxis(np.eye(3)[rng.integers(0, n_classes, (2, 8))], -1, 1), smooth


def _hard_masks(rng: np.random.Generator) -> Iterator[tuple]:
    yield from _masks(rng)
    found, true = np.eye(3)[rng.permuted(np.tile(np.arange(3), (2, 6)), axis=1)]
    yield found, true, 0.0


def _tversky_masks(rng: np.random.Generator) -> Iterator[tuple]:
    for (p, y, smooth), (alpha, beta) in zip(_masks(rng), ((0.3, 0.7), (1.0, 0.2)), strict=True):
        yield p, y, alpha, beta, smooth


def _triplets(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield (anchors, positives, negatives), margin and ε; some triplets cost nothing."""
    for margin in (0.2, 1.0):
        yield rng.standard_normal((3, 8, 2)), margin, 1e-6


def _embeddings(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(2):
        yield rng.standard_normal((9, 2)), rng.permutation(np.repeat(np.arange(3), 3))


# ---- 1.4.1 to 1.4.3: losses of numbers ---------------------------------------------------------


def _torch_loss(name: str) -> Callable:
    return lambda torch, y_hat, y: getattr(torch.nn.functional, name)(y_hat, y)


def _torch_huber(torch: Any, y_hat: Any, y: Any, delta: float) -> Any:
    return torch.nn.functional.huber_loss(y_hat, y, delta=delta)


def _with_delta(delta: float) -> losses.Huber:
    return losses.Huber(delta=delta)


REGRESSION = (
    Claim(
        label="1.25",
        title="mean squared error",
        code="losses.MSE.__call__",
        implementation=lambda y_hat, y: losses.MSE()(y_hat, y),
        cases=_errors,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_mean_square, EXACT),
            Oracle("sklearn.metrics", lambda y_hat, y: metrics.mean_squared_error(y, y_hat), EXACT),
            torch_oracle("torch", _torch_loss("mse_loss")),
        ),
        saboteur=lambda y_hat, y: np.sum((y_hat - y) ** 2),
        mistake="the source's ‖y − ŷ‖², without the mean",
    ),
    Claim(
        label="1.4.1a",
        title="the gradient of the mean squared error",
        code="losses.MSE.gradient",
        implementation=lambda y_hat, y: losses.MSE().gradient(y_hat, y),
        cases=_errors,
        oracles=(torch_vjp(_torch_loss("mse_loss")), complex_oracle(twins.mean_square)),
        saboteur=lambda y_hat, y: (y_hat - y) / len(y),
        mistake="the 2 forgotten",
    ),
    Claim(
        label="1.26",
        title="mean absolute error",
        code="losses.MAE.__call__",
        implementation=lambda y_hat, y: losses.MAE()(y_hat, y),
        cases=_errors,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_mean_size, EXACT),
            Oracle(
                "sklearn.metrics", lambda y_hat, y: metrics.mean_absolute_error(y, y_hat), EXACT
            ),
            torch_oracle("torch", _torch_loss("l1_loss")),
        ),
        saboteur=lambda y_hat, y: np.mean(y - y_hat),
        mistake="the source's, without the absolute value",
    ),
    Claim(
        label="1.4.2a",
        title="the gradient of the mean absolute error",
        code="losses.MAE.gradient",
        implementation=lambda y_hat, y: losses.MAE().gradient(y_hat, y),
        cases=_errors,
        oracles=(torch_vjp(_torch_loss("l1_loss")), difference_oracle(twins.exact_mean_size)),
        saboteur=lambda y_hat, y: np.sign(y - y_hat) / len(y),
        mistake="the sign: uphill",
    ),
    Claim(
        label="1.27",
        title="Huber's loss",
        code="losses.Huber.__call__",
        implementation=lambda y_hat, y, delta: _with_delta(delta)(y_hat, y),
        cases=_errors_with_delta,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_huber, EXACT),
            Oracle(
                "scipy.special.huber",
                lambda y_hat, y, delta: special.huber(delta, y_hat - y).mean(),
                EXACT,
            ),
            torch_oracle("torch", _torch_huber),
        ),
        saboteur=lambda y_hat, y, delta: np.mean(
            np.where(abs(y_hat - y) < delta, (y_hat - y) ** 2 / 2, delta * abs(y_hat - y))
        ),
        mistake="½ δ forgotten: a jump at δ",
    ),
    Claim(
        label="1.4.3a",
        title="the gradient of Huber's loss",
        code="losses.Huber.gradient",
        implementation=lambda y_hat, y, delta: _with_delta(delta).gradient(y_hat, y),
        cases=_errors_with_delta,
        oracles=(torch_vjp(_torch_huber), difference_oracle(twins.exact_huber)),
        saboteur=lambda y_hat, y, delta: (
            np.where(abs(y_hat - y) < delta, y_hat - y, np.sign(y_hat - y)) / len(y)
        ),
        mistake="1 in the place of δ",
    ),
)

# ---- 1.4.4: cross-entropy ----------------------------------------------------------------------


def _torch_cross_entropy(torch: Any, z: Any, y: Any, **options: Any) -> Any:
    return torch.nn.functional.cross_entropy(z, y, **options)


def _torch_binary(torch: Any, z: Any, y: Any) -> Any:
    return torch.nn.functional.binary_cross_entropy_with_logits(z, y)


def _torch_kl(torch: Any, z: Any, y: Any) -> Any:
    """Give H(y) + KL(y ‖ p) as torch.distributions knows them."""
    target = torch.distributions.Categorical(probs=y)
    prediction = torch.distributions.Categorical(logits=z)
    return (target.entropy() + torch.distributions.kl_divergence(target, prediction)).mean()


def _scipy_kl(z: Any, y: Any, wrong_way_round: bool = False) -> float:
    y, p = y[0], special.softmax(z[0])
    return stats.entropy(y) + (stats.entropy(p, y) if wrong_way_round else stats.entropy(y, p))


def _exact_log_loss(sympy: Any, z: Any, classes: Any) -> list[Any]:
    found = []
    for z_i, t in zip(z, classes, strict=True):
        exact = [sympy.Rational(float(z_ic)) for z_ic in z_i]
        found.append(sympy.N(sympy.log(sum(map(sympy.exp, exact))) - exact[t], 30))
    return found


def _exact_binary(sympy: Any, z: Any, y: Any) -> Any:
    total = 0
    for z_i, y_i in zip(z, y, strict=True):
        sign = 1 if y_i else -1
        total += sympy.log(1 + sympy.exp(-sign * sympy.Rational(float(z_i))))
    return sympy.N(total / len(z), 30)


def _weighted_mean(z: Any, classes: Any, weight: Any) -> Any:
    return sum(twins.weighted_losses(z, classes, weight)) / sum(weight[t] for t in classes)


def _weighted(z: Any, classes: Any, weight: Any) -> Any:
    return sum(twins.weighted_losses(z, classes, weight)) / len(z)


CROSS_ENTROPY = (
    Claim(
        label="1.4.4a",
        title="cross-entropy, entropy and Kullback–Leibler divergence",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, y: losses.CrossEntropy()(z, y),
        cases=_distribution,
        oracles=(
            Oracle("scipy.stats.entropy", _scipy_kl, EXACT),
            torch_oracle("torch.distributions", _torch_kl),
        ),
        saboteur=lambda z, y: _scipy_kl(z, y, wrong_way_round=True),
        mistake="KL(p ‖ y), the wrong way round",
    ),
    Claim(
        label="1.28",
        title="cross-entropy",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, y: losses.CrossEntropy()(z, y),
        cases=_logits,
        oracles=(loops_oracle(twins.cross_entropy), torch_oracle("torch", _torch_cross_entropy)),
        saboteur=lambda z, y: twins.cross_entropy(z, y) / z.shape[1],
        mistake="a mean over the classes, too",
    ),
    Claim(
        label="1.4.4b",
        title="the gradient of cross-entropy",
        code="losses.CrossEntropy.gradient",
        implementation=lambda z, y: losses.CrossEntropy().gradient(z, y),
        cases=_logits,
        oracles=(torch_vjp(_torch_cross_entropy), complex_oracle(twins.cross_entropy)),
        saboteur=lambda z, y: special.softmax(z, 1) - y,
        mistake="1/N forgotten",
    ),
    Claim(
        label="1.4.4c",
        title="cross-entropy by log-sum-exp",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, classes: losses.CrossEntropy(reduction="none")(z, classes),
        cases=_far,
        oracles=(
            sympy_oracle(_exact_log_loss),
            Oracle(
                "scipy.special.logsumexp",
                lambda z, classes: special.logsumexp(z, 1) - z[np.arange(len(z)), classes],
                EXACT,
            ),
        ),
        saboteur=lambda z, classes: (
            special.logsumexp(z - z.max(1, keepdims=True), 1) - z[np.arange(len(z)), classes]
        ),
        mistake="m not subtracted from z_t",
    ),
    Claim(
        label="1.4.4d",
        title="label smoothing",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, classes, share: losses.CrossEntropy(label_smoothing=share)(
            z, classes
        ),
        cases=_with_smoothing,
        oracles=(
            loops_oracle(
                lambda z, classes, share: twins.cross_entropy(
                    z, twins.smoothed(classes, z.shape[1], share)
                ),
                EXACT,
            ),
            torch_oracle(
                "torch",
                lambda torch, z, classes, share: _torch_cross_entropy(
                    torch, z, classes, label_smoothing=share
                ),
            ),
        ),
        saboteur=lambda z, classes, share: twins.cross_entropy(
            z, np.where(np.eye(3)[classes] == 1, 1 - share, share / 2)
        ),
        mistake="ε shared among the wrong classes only",
    ),
    Claim(
        label="1.4.4e",
        title="binary cross-entropy",
        code="losses.BinaryCrossEntropy.__call__",
        implementation=lambda z, y: losses.BinaryCrossEntropy()(z, y),
        cases=_answers,
        oracles=(sympy_oracle(_exact_binary), torch_oracle("torch", _torch_binary)),
        saboteur=lambda z, y: -np.mean(y * np.log(special.expit(z))),
        mistake="the second term forgotten: “no” costs nothing",
    ),
    Claim(
        label="1.4.4f",
        title="the gradient of binary cross-entropy",
        code="losses.BinaryCrossEntropy.gradient",
        implementation=lambda z, y: losses.BinaryCrossEntropy().gradient(z, y),
        cases=_answers,
        oracles=(torch_vjp(_torch_binary), complex_oracle(twins.binary_cross_entropy)),
        saboteur=lambda z, y: (
            (special.expit(z) - y) * special.expit(z) * special.expit(-z) / len(z)
        ),
        mistake="σ′ left in, as with the squared error",
    ),
    Claim(
        label="1.29",
        title="weighted cross-entropy",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, classes, weight: (
            losses.CrossEntropy(weight=weight, reduction="sum")(z, classes) / len(z)
        ),
        cases=_with_weight,
        oracles=(
            loops_oracle(_weighted),
            torch_oracle(
                "torch",
                lambda torch, z, classes, weight: _torch_cross_entropy(
                    torch, z, classes, weight=weight, reduction="none"
                ).mean(),
            ),
        ),
        saboteur=_weighted_mean,
        mistake="divided by Σ w",
    ),
    Claim(
        label="1.4.4g",
        title="the weighted mean",
        code="losses.CrossEntropy.__call__",
        implementation=lambda z, classes, weight: losses.CrossEntropy(weight=weight)(z, classes),
        cases=_with_weight,
        oracles=(
            loops_oracle(_weighted_mean),
            Oracle(
                "sklearn.metrics.log_loss",
                lambda z, classes, weight: metrics.log_loss(
                    classes, special.softmax(z, 1), sample_weight=weight[classes]
                ),
                EXACT,
            ),
            torch_oracle(
                "torch",
                lambda torch, z, classes, weight: _torch_cross_entropy(
                    torch, z, classes, weight=weight
                ),
            ),
        ),
        saboteur=_weighted,
        mistake="divided by N",
    ),
    Claim(
        label="1.30",
        title="balanced class weights",
        code="losses.balanced_weights",
        implementation=losses.balanced_weights,
        cases=_counts,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_balanced_weights, EXACT),
            Oracle(
                "sklearn, class_weight='balanced'",
                lambda y, n: compute_class_weight("balanced", classes=np.arange(n), y=y),
                EXACT,
            ),
        ),
        saboteur=lambda y, n: np.bincount(y) / len(y),
        mistake="the source's N_c / N: the majority weighs most",
    ),
)

# ---- 1.4.5 and 1.4.8: overlap ------------------------------------------------------------------


def _torch_sums(torch: Any, p: Any, y: Any) -> tuple[Any, Any, Any]:
    """Give Σ p y, Σ p and Σ y of each class."""
    p, y = (x.transpose(0, 1).flatten(1) for x in (p, y.to(p.dtype)))
    return torch.einsum("ks,ks->k", p, y), p.sum(1), y.sum(1)


def _torch_dice(torch: Any, p: Any, y: Any, smooth: float) -> Any:
    hit, found, true = _torch_sums(torch, p, y)
    return 1 - ((2 * hit + smooth) / (found + true + smooth)).mean()


def _torch_tversky(torch: Any, p: Any, y: Any, alpha: float, beta: float, smooth: float) -> Any:
    hit, found, true = _torch_sums(torch, p, y)
    below = hit + alpha * (found - hit) + beta * (true - hit)
    return 1 - ((hit + smooth) / (below + smooth)).mean()


def _f1(p: Any, y: Any, smooth: float) -> float:
    return 1 - metrics.f1_score(y.argmax(1), p.argmax(1), average="macro")


def _by_class(x: Any) -> Any:
    return np.moveaxis(np.asarray(x), 1, 0).reshape(x.shape[1], -1)


def _jaccard(p: Any, y: Any, smooth: float) -> float:
    p, y = _by_class(p), _by_class(y)
    hit = (p * y).sum(1)
    return 1 - np.mean((2 * hit + smooth) / (p.sum(1) + y.sum(1) - hit + smooth))


def _dice_without_quotient_rule(p: Any, y: Any, smooth: float) -> Any:
    below = _by_class(p).sum(1) + _by_class(y).sum(1) + smooth
    return -2 * y / below[:, None] / p.shape[1]


OVERLAP_DICE = (
    Claim(
        label="1.31",
        title="Dice loss",
        code="losses.Dice.__call__",
        implementation=lambda p, y, smooth: losses.Dice(smooth=smooth)(p, y),
        cases=_hard_masks,
        oracles=(
            loops_oracle(twins.dice),
            Oracle(
                "1 − F₁ of sklearn, for hard masks",
                _f1,
                EXACT,
                applies=lambda p, y, smooth: smooth == 0,
            ),
            torch_oracle("torch", _torch_dice),
        ),
        saboteur=_jaccard,
        mistake="the union below the line, but not in Jaccard's way",
    ),
    Claim(
        label="1.4.5a",
        title="the gradient of the Dice loss",
        code="losses.Dice.gradient",
        implementation=lambda p, y, smooth: losses.Dice(smooth=smooth).gradient(p, y),
        cases=_masks,
        oracles=(torch_vjp(_torch_dice), complex_oracle(twins.dice)),
        saboteur=_dice_without_quotient_rule,
        mistake="the denominator taken for a constant",
    ),
)

OVERLAP_TVERSKY = (
    Claim(
        label="1.4.8a",
        title="Tversky loss",
        code="losses.Tversky.__call__",
        implementation=lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=alpha, beta=beta, smooth=smooth
        )(p, y),
        cases=_tversky_masks,
        oracles=(loops_oracle(twins.tversky), torch_oracle("torch", _torch_tversky)),
        saboteur=lambda p, y, alpha, beta, smooth: twins.tversky(p, y, beta, alpha, smooth),
        mistake="α and β swapped",
    ),
    Claim(
        label="1.4.8b",
        title="the gradient of the Tversky loss",
        code="losses.Tversky.gradient",
        implementation=lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=alpha, beta=beta, smooth=smooth
        ).gradient(p, y),
        cases=_tversky_masks,
        oracles=(torch_vjp(_torch_tversky), complex_oracle(twins.tversky)),
        saboteur=lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=beta, beta=alpha, smooth=smooth
        ).gradient(p, y),
        mistake="α and β swapped",
    ),
)

# ---- 1.4.6: focal ------------------------------------------------------------------------------


def _torch_right(torch: Any, z: Any, y: Any) -> Any:
    p = torch.sigmoid(z)
    return torch.where(y == 1, p, 1 - p)


def _torch_binary_focal(torch: Any, z: Any, y: Any, gamma: float, alpha: float) -> Any:
    p_t = _torch_right(torch, z, y)
    return -torch.where(y == 1, alpha, 1 - alpha) * (1 - p_t) ** gamma * p_t.log()


def _binary_focal(z: Any, y: Any, gamma: float, alpha: float) -> Any:
    return losses.BinaryFocal(gamma=gamma, alpha=alpha, reduction="none")(z, y)


def _torch_focal(torch: Any, z: Any, classes: Any, gamma: float, alpha: Any) -> Any:
    log_loss = _torch_cross_entropy(torch, z, classes, reduction="none")
    return (alpha[classes] * (1 - torch.exp(-log_loss)) ** gamma * log_loss).sum()


def _without_product_rule(z: Any, classes: Any, gamma: float, alpha: Any) -> Any:
    p, y = special.softmax(z, 1), np.eye(z.shape[1])[classes]
    rest = 1 - p[np.arange(len(z)), classes]
    return (alpha[classes] * rest**gamma)[:, None] * (p - y)


FOCAL = (
    Claim(
        label="1.32",
        title="the probability of the right answer",
        code="losses.BinaryFocal.__call__",
        implementation=lambda z, y: np.exp(
            -to_numpy(losses.BinaryFocal(gamma=0.0, reduction="none")(z, y))
        ),
        cases=_answers,
        oracles=(loops_oracle(twins.right_probabilities), torch_oracle("torch", _torch_right)),
        saboteur=lambda z, y: special.expit(z),
        mistake="p for both answers",
    ),
    Claim(
        label="1.33",
        title="focal loss",
        code="losses.BinaryFocal.__call__",
        implementation=_binary_focal,
        cases=_focal_answers,
        oracles=(
            loops_oracle(twins.binary_focal, CLOSE),
            torch_oracle("torch", _torch_binary_focal, CLOSE),
        ),
        saboteur=lambda z, y, gamma, alpha: 2 * alpha * _binary_focal(z, y, gamma, 0.5),
        mistake="the listing's: one α for both answers",
    ),
    Claim(
        label="1.4.6a",
        title="the gradient of the focal loss",
        code="losses.Focal.gradient",
        implementation=lambda z, classes, gamma, alpha: losses.Focal(
            gamma=gamma, alpha=alpha, reduction="sum"
        ).gradient(z, classes),
        cases=_focal_classes,
        oracles=(torch_vjp(_torch_focal, CLOSE), complex_oracle(twins.focal, CLOSE)),
        saboteur=_without_product_rule,
        mistake="(1 − p_t)^γ taken for a constant",
    ),
)

# ---- 1.4.7: triplets ---------------------------------------------------------------------------


def _triplet(three: Any, margin: float, eps: float) -> Any:
    return losses.Triplet(margin=margin, eps=eps, reduction="none")(*three)


def _triplet_gradient(three: Any, margin: float, eps: float) -> list[Any]:
    return list(losses.Triplet(margin=margin, eps=eps, reduction="sum").gradient(*three))


def _torch_triplet(torch: Any, three: Any, margin: float, eps: float) -> Any:
    return torch.nn.functional.triplet_margin_loss(*three, margin=margin, eps=eps, reduction="none")


def _triplet_parts(three: Any, margin: float, eps: float) -> list[Any]:
    return list(complex_step(lambda t: sum(twins.triplet(t, margin, eps)), three))


def _torch_triplet_parts(three: Any, margin: float, eps: float) -> list[Any]:
    import torch

    return list(autograd(lambda t: _torch_triplet(torch, t, margin, eps).sum(), [three])[0])


def _anchor_ignores_negative(three: Any, margin: float, eps: float) -> list[Any]:
    _, positive, negative = _triplet_gradient(three, margin, eps)
    return [-positive, positive, negative]


def _mined(x: Any, classes: Any) -> list[Any]:
    return list(losses.mine_triplets(x, classes))


def _by_cdist(x: Any, classes: Any, hardest: bool = True) -> list[Any]:
    """Mine with SciPy's distances; every sample has a positive and a negative here."""
    distance, same = cdist(x, x), classes[:, None] == classes
    itself = np.eye(len(x), dtype=bool)
    near_positive = np.where(same & ~itself, distance, np.inf).argmin(1)
    far_positive = np.where(same & ~itself, distance, -np.inf).argmax(1)
    near_negative = np.where(same, np.inf, distance).argmin(1)
    far_negative = np.where(same, -np.inf, distance).argmax(1)
    pair = (far_positive, near_negative) if hardest else (near_positive, far_negative)
    return [np.arange(len(x)), *pair]


def _torch_mined(x: Any, classes: Any) -> list[Any]:
    import torch

    x, classes = torch.as_tensor(x), torch.as_tensor(classes)
    distance, same = torch.cdist(x, x), classes[:, None] == classes
    far = (distance * same).argmax(1)
    near = (distance + 1e9 * same).argmin(1)
    return [np.arange(len(x)), far.numpy(), near.numpy()]


TRIPLET = (
    Claim(
        label="1.4.7a",
        title="triplet loss",
        code="losses.Triplet.__call__",
        implementation=_triplet,
        cases=_triplets,
        oracles=(loops_oracle(twins.triplet), torch_oracle("torch", _torch_triplet)),
        saboteur=lambda three, margin, eps: np.maximum(
            ((three[0] - three[1]) ** 2).sum(1) - ((three[0] - three[2]) ** 2).sum(1) + margin, 0
        ),
        mistake="squared distances",
    ),
    Claim(
        label="1.4.7b",
        title="the gradient of the triplet loss",
        code="losses.Triplet.gradient",
        implementation=_triplet_gradient,
        cases=_triplets,
        oracles=(
            Oracle("torch.autograd", _torch_triplet_parts, EXACT, needs="torch"),
            Oracle("complex step", _triplet_parts, EXACT),
        ),
        saboteur=_anchor_ignores_negative,
        mistake="the anchor not pushed away from the negative",
    ),
    Claim(
        label="1.4.7c",
        title="the hardest triplets of a batch",
        code="losses.mine_triplets",
        implementation=_mined,
        cases=_embeddings,
        oracles=(
            loops_oracle(twins.hardest),
            Oracle("scipy.spatial.distance.cdist", _by_cdist, EXACT),
            Oracle("torch.cdist", _torch_mined, EXACT, needs="torch"),
        ),
        saboteur=lambda x, classes: _by_cdist(x, classes, hardest=False),
        mistake="the easiest ones",
    ),
)

CLAIMS = (*REGRESSION, *CROSS_ENTROPY, *OVERLAP_DICE, *FOCAL, *TRIPLET, *OVERLAP_TVERSKY)
