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
from ..oracles import autograd, central_difference, complex_step
from . import losses_twins as twins
from .core import Claim, Oracle

PAGE = "neural-network/losses"
EXACT, CLOSE, DIFFERENCES = 1e-14, 1e-13, 1e-7


# ---- oracles -----------------------------------------------------------------------------------


def _tensors(torch: Any, case: tuple) -> list[Any]:
    return [torch.as_tensor(thing) if isinstance(thing, np.ndarray) else thing for thing in case]


def _torch(function: Callable, name: str = "torch", bound: float = EXACT) -> Oracle:
    """Give an oracle: a function of torch and tensors."""

    def expected(*case: Any) -> np.ndarray:
        import torch

        return function(torch, *_tensors(torch, case)).numpy()

    return Oracle(name, expected, bound, needs="torch")


def _autograd(function: Callable, bound: float = EXACT) -> Oracle:
    """Give an oracle: PyTorch's gradient of the same with respect to the prediction."""

    def expected(prediction: np.ndarray, *rest: Any) -> np.ndarray:
        import torch

        others = _tensors(torch, rest)
        return autograd(lambda t: function(torch, t, *others), [prediction])[0]

    return Oracle("torch.autograd", expected, bound, needs="torch")


def _complex(twin: Callable, bound: float = EXACT) -> Oracle:
    def expected(prediction: np.ndarray, *rest: Any) -> np.ndarray:
        return complex_step(lambda t: twin(t, *rest), prediction)

    return Oracle("complex step", expected, bound)


def _differences(twin: Callable) -> Oracle:
    def expected(prediction: np.ndarray, *rest: Any) -> np.ndarray:
        return central_difference(lambda t: twin(t, *rest), prediction)

    return Oracle("central differences", expected, DIFFERENCES)


def _sympy(expected: Callable) -> Oracle:
    """Give an oracle that takes SymPy first and computes with thirty digits."""

    def asked(*case: Any) -> np.ndarray:
        import sympy

        return np.array(expected(sympy, *case), float)

    return Oracle("SymPy, 30 digits", asked, EXACT, needs="sympy")


def _claim(label: str, title: str, equation: str, code: str, *rest: Any) -> Claim:
    return Claim(label, title, equation, PAGE, f"losses.{code}", *rest)


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
    _claim(
        "1.25",
        "mean squared error",
        r"L = \frac{1}{N} \sum_{i=1}^{N} (\hat y_i - y_i)^2",
        "MSE.__call__",
        lambda y_hat, y: losses.MSE()(y_hat, y),
        _errors,
        (
            Oracle("loops in exact fractions", twins.exact_mean_square, EXACT),
            Oracle("sklearn.metrics", lambda y_hat, y: metrics.mean_squared_error(y, y_hat), EXACT),
            _torch(_torch_loss("mse_loss")),
        ),
        lambda y_hat, y: np.sum((y_hat - y) ** 2),
        "the source's ‖y − ŷ‖², without the mean",
    ),
    _claim(
        "1.4.1a",
        "the gradient of the mean squared error",
        r"\frac{\partial L}{\partial \hat y_i} = \frac{2}{N} (\hat y_i - y_i)",
        "MSE.gradient",
        lambda y_hat, y: losses.MSE().gradient(y_hat, y),
        _errors,
        (_autograd(_torch_loss("mse_loss")), _complex(twins.mean_square)),
        lambda y_hat, y: (y_hat - y) / len(y),
        "the 2 forgotten",
    ),
    _claim(
        "1.26",
        "mean absolute error",
        r"L = \frac{1}{N} \sum_{i=1}^{N} \lvert \hat y_i - y_i \rvert",
        "MAE.__call__",
        lambda y_hat, y: losses.MAE()(y_hat, y),
        _errors,
        (
            Oracle("loops in exact fractions", twins.exact_mean_size, EXACT),
            Oracle(
                "sklearn.metrics", lambda y_hat, y: metrics.mean_absolute_error(y, y_hat), EXACT
            ),
            _torch(_torch_loss("l1_loss")),
        ),
        lambda y_hat, y: np.mean(y - y_hat),
        "the source's, without the absolute value",
    ),
    _claim(
        "1.4.2a",
        "the gradient of the mean absolute error",
        r"\frac{\partial L}{\partial \hat y_i} = \frac{1}{N} \operatorname{sign}(\hat y_i - y_i)",
        "MAE.gradient",
        lambda y_hat, y: losses.MAE().gradient(y_hat, y),
        _errors,
        (_autograd(_torch_loss("l1_loss")), _differences(twins.exact_mean_size)),
        lambda y_hat, y: np.sign(y - y_hat) / len(y),
        "the sign: uphill",
    ),
    _claim(
        "1.27",
        "Huber's loss",
        r"L_\delta = \frac{1}{N} \sum_{i=1}^{N} \begin{cases} \frac12 e_i^2 & "
        r"\text{if } \lvert e_i \rvert < \delta \\ "
        r"\delta \big(\lvert e_i \rvert - \frac12 \delta\big) & \text{otherwise} \end{cases}",
        "Huber.__call__",
        lambda y_hat, y, delta: _with_delta(delta)(y_hat, y),
        _errors_with_delta,
        (
            Oracle("loops in exact fractions", twins.exact_huber, EXACT),
            Oracle(
                "scipy.special.huber",
                lambda y_hat, y, delta: special.huber(delta, y_hat - y).mean(),
                EXACT,
            ),
            _torch(_torch_huber),
        ),
        lambda y_hat, y, delta: np.mean(
            np.where(abs(y_hat - y) < delta, (y_hat - y) ** 2 / 2, delta * abs(y_hat - y))
        ),
        "½ δ forgotten: a jump at δ",
    ),
    _claim(
        "1.4.3a",
        "the gradient of Huber's loss",
        r"\frac{\partial L_\delta}{\partial \hat y_i} = \frac{1}{N} "
        r"\max\big({-\delta}, \min(\delta, e_i)\big)",
        "Huber.gradient",
        lambda y_hat, y, delta: _with_delta(delta).gradient(y_hat, y),
        _errors_with_delta,
        (_autograd(_torch_huber), _differences(twins.exact_huber)),
        lambda y_hat, y, delta: (
            np.where(abs(y_hat - y) < delta, y_hat - y, np.sign(y_hat - y)) / len(y)
        ),
        "1 in the place of δ",
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
    _claim(
        "1.4.4a",
        "cross-entropy, entropy and Kullback–Leibler divergence",
        r"-\sum_c y_c \log p_c = H(y) + D_\text{KL}(y \,\Vert\, p)",
        "CrossEntropy.__call__",
        lambda z, y: losses.CrossEntropy()(z, y),
        _distribution,
        (
            Oracle("scipy.stats.entropy", _scipy_kl, EXACT),
            _torch(_torch_kl, "torch.distributions"),
        ),
        lambda z, y: _scipy_kl(z, y, wrong_way_round=True),
        "KL(p ‖ y), the wrong way round",
    ),
    _claim(
        "1.28",
        "cross-entropy",
        r"L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{c=1}^{K} y_{ic} \log p_{ic}",
        "CrossEntropy.__call__",
        lambda z, y: losses.CrossEntropy()(z, y),
        _logits,
        (Oracle("loops", twins.cross_entropy, EXACT), _torch(_torch_cross_entropy)),
        lambda z, y: twins.cross_entropy(z, y) / z.shape[1],
        "a mean over the classes, too",
    ),
    _claim(
        "1.4.4b",
        "the gradient of cross-entropy",
        r"\frac{\partial L}{\partial z_{ic}} = \frac{1}{N} (p_{ic} - y_{ic})",
        "CrossEntropy.gradient",
        lambda z, y: losses.CrossEntropy().gradient(z, y),
        _logits,
        (_autograd(_torch_cross_entropy), _complex(twins.cross_entropy)),
        lambda z, y: special.softmax(z, 1) - y,
        "1/N forgotten",
    ),
    _claim(
        "1.4.4c",
        "cross-entropy by log-sum-exp",
        r"-\log p_t = \log \sum_c e^{z_c - m} - (z_t - m)",
        "CrossEntropy.__call__",
        lambda z, classes: losses.CrossEntropy(reduction="none")(z, classes),
        _far,
        (
            _sympy(_exact_log_loss),
            Oracle(
                "scipy.special.logsumexp",
                lambda z, classes: special.logsumexp(z, 1) - z[np.arange(len(z)), classes],
                EXACT,
            ),
        ),
        lambda z, classes: (
            special.logsumexp(z - z.max(1, keepdims=True), 1) - z[np.arange(len(z)), classes]
        ),
        "m not subtracted from z_t",
    ),
    _claim(
        "1.4.4d",
        "label smoothing",
        r"y'_{ic} = (1 - \varepsilon)\, y_{ic} + \frac{\varepsilon}{K}",
        "CrossEntropy.__call__",
        lambda z, classes, share: losses.CrossEntropy(label_smoothing=share)(z, classes),
        _with_smoothing,
        (
            Oracle(
                "loops",
                lambda z, classes, share: twins.cross_entropy(
                    z, twins.smoothed(classes, z.shape[1], share)
                ),
                EXACT,
            ),
            _torch(
                lambda torch, z, classes, share: _torch_cross_entropy(
                    torch, z, classes, label_smoothing=share
                )
            ),
        ),
        lambda z, classes, share: twins.cross_entropy(
            z, np.where(np.eye(3)[classes] == 1, 1 - share, share / 2)
        ),
        "ε shared among the wrong classes only",
    ),
    _claim(
        "1.4.4e",
        "binary cross-entropy",
        r"L = -\frac{1}{N} \sum_{i=1}^{N} \big(y_i \log p_i + (1 - y_i) \log (1 - p_i)\big)",
        "BinaryCrossEntropy.__call__",
        lambda z, y: losses.BinaryCrossEntropy()(z, y),
        _answers,
        (_sympy(_exact_binary), _torch(_torch_binary)),
        lambda z, y: -np.mean(y * np.log(special.expit(z))),
        "the second term forgotten: “no” costs nothing",
    ),
    _claim(
        "1.4.4f",
        "the gradient of binary cross-entropy",
        r"\frac{\partial L}{\partial z_i} = \frac{1}{N} (p_i - y_i)",
        "BinaryCrossEntropy.gradient",
        lambda z, y: losses.BinaryCrossEntropy().gradient(z, y),
        _answers,
        (_autograd(_torch_binary), _complex(twins.binary_cross_entropy)),
        lambda z, y: (special.expit(z) - y) * special.expit(z) * special.expit(-z) / len(z),
        "σ′ left in, as with the squared error",
    ),
    _claim(
        "1.29",
        "weighted cross-entropy",
        r"L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{c=1}^{K} w_c\, y_{ic} \log p_{ic}",
        "CrossEntropy.__call__",
        lambda z, classes, weight: (
            losses.CrossEntropy(weight=weight, reduction="sum")(z, classes) / len(z)
        ),
        _with_weight,
        (
            Oracle("loops", _weighted, EXACT),
            _torch(
                lambda torch, z, classes, weight: _torch_cross_entropy(
                    torch, z, classes, weight=weight, reduction="none"
                ).mean()
            ),
        ),
        _weighted_mean,
        "divided by Σ w",
    ),
    _claim(
        "1.4.4g",
        "the weighted mean",
        r"L = \frac{-\sum_i \sum_c w_c\, y_{ic} \log p_{ic}}{\sum_i \sum_c w_c\, y_{ic}}",
        "CrossEntropy.__call__",
        lambda z, classes, weight: losses.CrossEntropy(weight=weight)(z, classes),
        _with_weight,
        (
            Oracle("loops", _weighted_mean, EXACT),
            Oracle(
                "sklearn.metrics.log_loss",
                lambda z, classes, weight: metrics.log_loss(
                    classes, special.softmax(z, 1), sample_weight=weight[classes]
                ),
                EXACT,
            ),
            _torch(
                lambda torch, z, classes, weight: _torch_cross_entropy(
                    torch, z, classes, weight=weight
                )
            ),
        ),
        _weighted,
        "divided by N",
    ),
    _claim(
        "1.30",
        "balanced class weights",
        r"w_c = \frac{N}{K N_c}",
        "balanced_weights",
        losses.balanced_weights,
        _counts,
        (
            Oracle("loops in exact fractions", twins.exact_balanced_weights, EXACT),
            Oracle(
                "sklearn, class_weight='balanced'",
                lambda y, n: compute_class_weight("balanced", classes=np.arange(n), y=y),
                EXACT,
            ),
        ),
        lambda y, n: np.bincount(y) / len(y),
        "the source's N_c / N: the majority weighs most",
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
    _claim(
        "1.31",
        "Dice loss",
        r"L = 1 - \frac{1}{K} \sum_{c=1}^{K} "
        r"\frac{2 \sum_i p_{ic}\, y_{ic} + s}{\sum_i p_{ic} + \sum_i y_{ic} + s}",
        "Dice.__call__",
        lambda p, y, smooth: losses.Dice(smooth=smooth)(p, y),
        _hard_masks,
        (
            Oracle("loops", twins.dice, EXACT),
            Oracle(
                "1 − F₁ of sklearn, for hard masks",
                _f1,
                EXACT,
                applies=lambda p, y, smooth: smooth == 0,
            ),
            _torch(_torch_dice),
        ),
        _jaccard,
        "the union below the line, but not in Jaccard's way",
    ),
    _claim(
        "1.4.5a",
        "the gradient of the Dice loss",
        r"\frac{\partial L}{\partial p_{ic}} = -\frac{1}{K} "
        r"\frac{2 y_{ic} - D_c}{\sum_j p_{jc} + \sum_j y_{jc} + s}",
        "Dice.gradient",
        lambda p, y, smooth: losses.Dice(smooth=smooth).gradient(p, y),
        _masks,
        (_autograd(_torch_dice), _complex(twins.dice)),
        _dice_without_quotient_rule,
        "the denominator taken for a constant",
    ),
)

OVERLAP_TVERSKY = (
    _claim(
        "1.4.8a",
        "Tversky loss",
        r"L = 1 - \frac{1}{K} \sum_{c=1}^{K} T_c, \qquad "
        r"T_c = \frac{\text{TP}_c + s}"
        r"{\text{TP}_c + \alpha\, \text{FP}_c + \beta\, \text{FN}_c + s}",
        "Tversky.__call__",
        lambda p, y, alpha, beta, smooth: losses.Tversky(alpha=alpha, beta=beta, smooth=smooth)(
            p, y
        ),
        _tversky_masks,
        (Oracle("loops", twins.tversky, EXACT), _torch(_torch_tversky)),
        lambda p, y, alpha, beta, smooth: twins.tversky(p, y, beta, alpha, smooth),
        "α and β swapped",
    ),
    _claim(
        "1.4.8b",
        "the gradient of the Tversky loss",
        r"\frac{\partial L}{\partial p_{ic}} = -\frac{1}{K} "
        r"\frac{y_{ic} - T_c \big(\alpha (1 - y_{ic}) + (1 - \beta)\, y_{ic}\big)}"
        r"{\text{TP}_c + \alpha\, \text{FP}_c + \beta\, \text{FN}_c + s}",
        "Tversky.gradient",
        lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=alpha, beta=beta, smooth=smooth
        ).gradient(p, y),
        _tversky_masks,
        (_autograd(_torch_tversky), _complex(twins.tversky)),
        lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=beta, beta=alpha, smooth=smooth
        ).gradient(p, y),
        "α and β swapped",
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
    _claim(
        "1.32",
        "the probability of the right answer",
        r"p_t = \begin{cases} p & \text{if } y = 1 \\ 1 - p & \text{if } y = 0 \end{cases}",
        "BinaryFocal.__call__",
        lambda z, y: np.exp(-to_numpy(losses.BinaryFocal(gamma=0.0, reduction="none")(z, y))),
        _answers,
        (Oracle("loops", twins.right_probabilities, EXACT), _torch(_torch_right)),
        lambda z, y: special.expit(z),
        "p for both answers",
    ),
    _claim(
        "1.33",
        "focal loss",
        r"L = -\alpha_t (1 - p_t)^\gamma \log p_t",
        "BinaryFocal.__call__",
        _binary_focal,
        _focal_answers,
        (Oracle("loops", twins.binary_focal, CLOSE), _torch(_torch_binary_focal, bound=CLOSE)),
        lambda z, y, gamma, alpha: 2 * alpha * _binary_focal(z, y, gamma, 0.5),
        "the listing's: one α for both answers",
    ),
    _claim(
        "1.4.6a",
        "the gradient of the focal loss",
        r"\frac{\partial L}{\partial z_c} = \alpha_t (1 - p_t)^{\gamma - 1} "
        r"\big(1 - p_t - \gamma p_t \log p_t\big) (p_c - y_c)",
        "Focal.gradient",
        lambda z, classes, gamma, alpha: losses.Focal(
            gamma=gamma, alpha=alpha, reduction="sum"
        ).gradient(z, classes),
        _focal_classes,
        (_autograd(_torch_focal, CLOSE), _complex(twins.focal, CLOSE)),
        _without_product_rule,
        "(1 − p_t)^γ taken for a constant",
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
    _claim(
        "1.4.7a",
        "triplet loss",
        r"L = \max\big(d(a, p) - d(a, n) + m,\; 0\big)",
        "Triplet.__call__",
        _triplet,
        _triplets,
        (Oracle("loops", twins.triplet, EXACT), _torch(_torch_triplet)),
        lambda three, margin, eps: np.maximum(
            ((three[0] - three[1]) ** 2).sum(1) - ((three[0] - three[2]) ** 2).sum(1) + margin, 0
        ),
        "squared distances",
    ),
    _claim(
        "1.4.7b",
        "the gradient of the triplet loss",
        r"\frac{\partial L}{\partial p} = -\frac{a - p}{d(a, p)}, \quad "
        r"\frac{\partial L}{\partial n} = \frac{a - n}{d(a, n)}, \quad "
        r"\frac{\partial L}{\partial a} = -\frac{\partial L}{\partial p} "
        r"- \frac{\partial L}{\partial n}",
        "Triplet.gradient",
        _triplet_gradient,
        _triplets,
        (
            Oracle("torch.autograd", _torch_triplet_parts, EXACT, needs="torch"),
            Oracle("complex step", _triplet_parts, EXACT),
        ),
        _anchor_ignores_negative,
        "the anchor not pushed away from the negative",
    ),
    _claim(
        "1.4.7c",
        "the hardest triplets of a batch",
        r"p(a) = \arg\max_{x \in \text{class of } a} d(a, x), \qquad "
        r"n(a) = \arg\min_{x \notin \text{class of } a} d(a, x)",
        "mine_triplets",
        _mined,
        _embeddings,
        (
            Oracle("loops", twins.hardest, EXACT),
            Oracle("scipy.spatial.distance.cdist", _by_cdist, EXACT),
            Oracle("torch.cdist", _torch_mined, EXACT, needs="torch"),
        ),
        lambda x, classes: _by_cdist(x, classes, hardest=False),
        "the easiest ones",
    ),
)

CLAIMS = (
    *REGRESSION,
    *CROSS_ENTROPY,
    *OVERLAP_DICE,
    *FOCAL,
    *TRIPLET,
    *OVERLAP_TVERSKY,
)
