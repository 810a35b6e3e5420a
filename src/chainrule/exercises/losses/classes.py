"""The exercises of 1.4.4: losses of classes."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..core import Exercise
from ..variants import Drawn


def _logits_and_classes(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[0.0, 0.5, -1.0]]), np.array([2])
    yield np.array([[0.0, 800.0]]), np.array([0])
    yield np.array([[712.0, 0.0]]), np.array([1])  # e^712 is too large, e^-712 is not too small
    yield np.array([[0.5, 3000.0, -2000.0, 1.0]]), np.array([3])
    yield np.array([[1000.0, 999.0, 1.0], [-1000.0, -1001.0, -1000.5]]), np.array([1, 2])
    yield np.array([[3.0], [-900.0]]), np.array([0, 0])
    yield np.array([[-800.0, -801.0]]), np.array([1])
    yield np.array([[800.0, 800.0, 0.0]]), np.array([2])  # log 2 is left beside 800
    yield np.array([[40.0, 39.5, 0.0]]), np.array([2])
    yield np.array([[0.0, 1e6]]), np.array([0])
    for n, n_classes in ((3, 2), (5, 4)):
        z = (2 * rng.standard_normal((n, n_classes))).round(1)
        yield z, rng.integers(0, n_classes, n)


def _probabilities_and_classes(rng: np.random.Generator) -> Iterator[tuple]:
    for n, n_classes in ((1, 2), (2, 3), (4, 2), (3, 4)):
        hundredths = 1 + rng.multinomial(100 - n_classes, np.ones(n_classes) / n_classes, n)
        yield hundredths / 100, rng.integers(0, n_classes, n)
    yield np.array([[0.2, 0.8], [0.6, 0.4], [0.75, 0.25], [0.3, 0.7]]), np.array([1, 0, 1, 1])
    yield np.ones((2, 1)), np.zeros(2, int)


def _logits_far_and_near(rng: np.random.Generator) -> Iterator[tuple]:
    yield (np.array([-2.0, 0.0, 0.5, 800.0, 2.0, 9.0]),)
    yield (np.array([3.0, -800.0, 1.0]),)
    yield (np.array([-6.0, 15.0, -12.0, -30.0]),)
    yield (np.array([-0.3]),)
    yield (rng.standard_normal(4).round(1),)


def _log_sum_exp(z: Any) -> float:
    largest = max(z)
    return largest + math.log(sum(math.exp(z_c - largest) for z_c in z))


def _softmax(z: Any) -> Any:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def _of_classes(each: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Make a loss of logits and classes out of what is made of the logits of all classes."""
    return lambda z, t: each(z)[np.arange(len(t)), t].mean()


def _after_sum(z: Any, shift: Any) -> Any:
    """Give log Σ e^(z − shift) of each sample, as a column."""
    return np.log(np.exp(z - shift).sum(1, keepdims=True))


def _largest(z: Any) -> Any:
    return z.max(1, keepdims=True)


def _largest_in_size(z: Any) -> Any:
    return np.abs(z).max(1, keepdims=True)


CUTS = (1e-7, 1e-8, 1e-12, 1e-15, np.finfo(float).eps, 1e-300, np.finfo(float).tiny)


def _cuts() -> Iterator[tuple[Callable[[Any, Any], Any], str]]:
    """Yield losses of probabilities that cannot be 0, and what to tell of each."""
    hides = (
        "hides the trouble: no sample can cost more than {:.3g} then, where 800 is right, and "
        "there is no slope to learn from"
    )
    for cut in CUTS:
        told = hides.format(-math.log(cut))
        some = f"a probability that is cut off at {cut:.2g}"
        added = f"{cut:.2g} added to a probability"
        if cut < 1e-9:  # the result is the same
            yield _of_changed(partial(np.maximum, cut)), f"{some}, or {added}, {told}"
        else:
            yield _of_changed(partial(np.maximum, cut)), f"{some} {told}"
            yield _of_changed(partial(np.add, cut)), f"{added} {told}"
            clipped = partial(np.clip, a_min=cut, a_max=1 - cut)
            yield _of_changed(clipped), f"{some} and at 1 less that {told}"


def _of_changed(change: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return _of_classes(lambda z: -np.log(change(_softmax(z))))


def _one_hot(p: Any, t: Any) -> Any:
    return np.eye(p.shape[1])[t]


def _weight(rare: int = 50) -> Exercise:
    common = 850 - rare
    return (
        Exercise(difficulty=1, solution=1000 / (3 * rare))
        .wrong(
            rare / 1000,
            "that is the share of the class: the rarer it is, the more it should weigh",
        )
        .wrong(
            1000 / rare,
            "that is N/N_c; divide by the number of classes, so that a sample weighs 1 on average",
        )
        .wrong(500 / rare, "that is for two classes; here K is 3")
        .wrong(common / rare, "that is how many times more it weighs than the commonest class")
        .wrong(1000 / (3 * common), "that is the weight of the commonest class")
    )


CLASSES: dict[str, Exercise] = {
    "wrong-loss-gradient": Exercise(difficulty=2, solution="a")
    .wrong(
        "b",
        "this one is right: the slope of |e| has the size 1, and the mean leaves 1/N. Try a "
        "prediction above its target in each: which of the four is negative there?",
    )
    .wrong(
        "c",
        "this one is right: (p − y)/N, with the one-hot target y. Try a prediction above its "
        "target in each: which of the four is negative there?",
    )
    .wrong(
        "d",
        "this one is right: at y = 1 it is p − 1, at y = 0 it is p. Try a prediction above its "
        "target in each: which of the four is negative there?",
    ),
    "stable-cross-entropy": Exercise(
        difficulty=2,
        solution=lambda z, t: (
            sum(_log_sum_exp(z_i) - z_i[t_i] for z_i, t_i in zip(z, t, strict=True)) / len(t)
        ),
        cases=_logits_and_classes,
        mistakes=tuple(_cuts()),
    )
    .wrong(
        _of_classes(lambda z: -np.log(np.exp(z) / np.exp(z).sum(1, keepdims=True))),
        "e^z overflows from 710 on: subtract the largest logit of each sample first",
    )
    .wrong(
        lambda z, t: -np.log(_softmax(z)[np.arange(len(t)), t]).mean(),
        "the softmax is stable now, but a probability that rounds to 0 has no logarithm: never "
        "form p",
    )
    .wrong(
        _of_classes(lambda z: -np.log(_softmax(z))),
        "the softmax is stable now, but it holds probabilities that round to 0, of other classes, "
        "too, and these have no logarithm: never form p",
    )
    .wrong(
        _of_classes(
            lambda z: (m := z.max(1, keepdims=True)) - z + _after_sum(z, m) * (_softmax(z) > 0)
        ),
        "where p rounds to 0, the gap to the largest logit is not the whole loss: if several are "
        "nearly as large, log Σ e^(z − m) is left beside it",
    )
    .wrong(
        _of_classes(lambda z: _after_sum(np.clip(z, -700, 700), 0) - np.clip(z, -700, 700)),
        "logits cut off at −700 and 700 are not the same logits, and their loss is not the "
        "same: subtract, do not cut off",
    )
    .wrong(
        _of_classes(lambda z: _after_sum(z, z.min(1, keepdims=True)) - z + z.min(1, keepdims=True)),
        "the smallest logit is subtracted, and e^(z − m) of the largest can overflow: subtract the "
        "largest",
    )
    .wrong(
        _of_classes(
            lambda z: _after_sum(z, z.mean(1, keepdims=True)) - z + z.mean(1, keepdims=True)
        ),
        "the mean is subtracted, and a logit far above it overflows: subtract the largest",
    )
    .wrong(
        _of_classes(lambda z: _after_sum(z, z.max()) - z + z.max()),
        "that is the largest logit of the whole batch: for a sample that lies far below it, "
        "every e^(z − m) is 0. Take the largest of each row",
    )
    .wrong(
        _of_classes(lambda z: _after_sum(z, _largest_in_size(z)) - z + _largest_in_size(z)),
        "that is the largest logit in size: where all are far below 0, every e^(z − m) is 0. Take "
        "the largest",
    )
    .wrong(
        _of_classes(lambda z: _after_sum(z, _largest(z)) - z),
        "the largest logit is subtracted in the sum: subtract it from z_t, too",
    )
    .wrong(
        _of_classes(lambda z: _after_sum(z, _largest(z)) + _largest(z) + 0 * z),
        "that is log Σ e^z alone; −log p_t is that minus z_t",
    )
    .wrong(
        _of_classes(lambda z: z - _largest(z) - _after_sum(z, _largest(z))),
        "that is the mean of log p_t: the sign is wrong, a loss is not negative",
    )
    .wrong(
        lambda z, t: sum(_log_sum_exp(z_i) - z_i[t_i] for z_i, t_i in zip(z, t, strict=True)),
        "that is the sum over the samples; the mean was asked for",
    ),
    "cross-entropy-gradient": Exercise(
        difficulty=2,
        solution=lambda p, t: [
            [(p[i][c] - (c == t[i])) / len(p) for c in range(len(p[i]))] for i in range(len(p))
        ],
        cases=_probabilities_and_classes,
    )
    .wrong(lambda p, t: p - _one_hot(p, t), "the mean over the samples is missing: divide by N")
    .wrong(lambda p, t: (_one_hot(p, t) - p) / len(p), "the sign is wrong: it is p − y")
    .wrong(
        lambda p, t: -_one_hot(p, t) / p / len(p),
        "that is the gradient with respect to p; the chain rule through softmax is missing",
    )
    .wrong(
        lambda p, t: (p - _one_hot(p, t)) / p.size,
        "divided by N · K: the sum over the classes is a sum, not a mean",
    ),
    "least-smoothed": Exercise(
        difficulty=2, solution=-(0.91 * math.log(0.91) + 9 * 0.01 * math.log(0.01)), digits=3
    )
    .wrong(0, "that would need p = 1 for the right class, and then log p of the others is −∞")
    .wrong(
        math.log(10),
        "that is the loss of equal probabilities, the entropy of a fair die of ten sides",
    )
    .wrong(
        -math.log(0.91), "the nine other classes have a share of the target, too: add their terms"
    )
    .wrong(
        -0.91 * math.log(0.91),
        "that is the term of the right class; the nine others add 0.01 · log 100 each",
    )
    .wrong(
        -(0.9 * math.log(0.9) + 0.1 * math.log(0.1)),
        "the ε is shared among all ten classes: 0.91 and nine times 0.01",
    ),
    "balanced-weight": _weight(),
    "two-means": Exercise(difficulty=1, solution=2.75)
    .wrong(5.5, "that divides by N = 2, as in (1.29); PyTorch divides by the sum of the weights")
    .wrong(3.5, "that is the mean without weights: weigh the first loss three times")
    .wrong(4.25, "the weights are swapped: the loss 2 has the weight 3")
    .wrong(11, "that is the weighted sum; divide it by the sum of the weights"),
    "stable-log-sigmoid": Exercise(
        difficulty=3,
        solution=lambda z: [
            math.log1p(math.exp(-abs(z_i))) + (-z_i if z_i < 0 else 0.0) for z_i in z
        ],
        cases=_logits_far_and_near,
    )
    .wrong(
        lambda z: np.log1p(np.exp(-z)),
        "right from −709 on; below, e^−z overflows, or σ(z) is rounded to 0: take e^−z out of the "
        "sum where z < 0, and never form σ(z)",
    )
    .wrong(
        lambda z: np.log1p(np.exp(z)) - z,
        "right up to 709; above, e^z overflows: this form is for z < 0 alone",
    )
    .wrong(
        lambda z: np.where(z < 0, np.log1p(np.exp(z)) - z, np.log1p(np.exp(-z))),
        "both forms are right, each on its side, but np.where computes both of them everywhere: "
        "put −|z| into the exponent",
    )
    .wrong(
        lambda z: np.log1p(np.exp(-np.abs(z))),
        "right for z ≥ 0; below, −z is missing: a confident wrong answer must cost a lot",
    )
    .wrong(
        lambda z: np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0),
        "that is −log(1 − σ(z)), the loss if the answer is no",
    )
    .wrong(
        lambda z: -np.log1p(np.exp(-np.abs(z))) - np.maximum(-z, 0),
        "that is log σ(z): the sign is missing",
    )
    .wrong(
        lambda z: -np.log(np.maximum(_softmax(np.stack([z, 0 * z], 1))[:, 0], 1e-12)),
        "σ(z) is cut off at 10⁻¹²: no answer can cost more than 27.6 then, where 800 is right",
    ),
}

DRAWN = {
    "balanced-weight": Drawn(
        _weight,
        {"rare": (25, 40, 80)},
        lambda rare: [f"1000 samples {850 - rare} are", f"second and {rare} of the third"],
    ),
}
