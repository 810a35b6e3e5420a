"""The two exercises of 1.4.4 in which nothing may overflow."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..core import Exercise


def _logits_and_classes(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([[0.0, 0.5, -1.0]]), np.array([2])
    yield np.array([[0.0, 800.0]]), np.array([0])
    yield np.array([[712.0, 0.0]]), np.array([1])  # e^712 is too large, e^-712 is not too small
    yield np.array([[0.5, 3000.0, -2000.0, 1.0]]), np.array([3])
    yield np.array([[1000.0, 999.0, 1.0], [-1000.0, -1001.0, -1000.5]]), np.array([1, 2])
    yield np.array([[3.0], [-900.0]]), np.array([0, 0])
    yield np.array([[-800.0, -801.0]]), np.array([1])
    yield np.array([[-1000.0, 0.5]]), np.array([0])
    yield np.array([[25.0, 0.0]]), np.array([0])  # a small e^(z − m) is all there is
    yield np.array([[800.0, 800.0, 0.0]]), np.array([2])  # log 2 is left beside 800
    yield np.array([[40.0, 39.5, 0.0]]), np.array([2])
    yield np.array([[0.0, 1e6]]), np.array([0])
    for n, n_classes in ((3, 2), (5, 4)):
        z = (2 * rng.standard_normal((n, n_classes))).round(1)
        yield z, rng.integers(0, n_classes, n)


def _logits_far_and_near(rng: np.random.Generator) -> Iterator[tuple]:
    yield (np.array([-0.3]),)
    yield (np.array([-2.0, 0.0, 0.5, 800.0, 2.0, 9.0]),)
    yield (np.array([3.0, -800.0, 1.0]),)
    yield (np.array([-6.0, 25.0, -12.0, -30.0]),)
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


def _largest_or_0(z: Any) -> Any:
    return np.maximum(_largest(z), 0)


def _kept(e: Any) -> Any:
    return np.where(e < 1e-8, 0, e)


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


CROSS_ENTROPY = (
    Exercise(
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
        "that is the largest logit in size: where a negative one is, every e^(z − m) can be 0. "
        "Take the largest",
    )
    .wrong(
        _of_classes(lambda z: _after_sum(z, _largest_or_0(z)) - z + _largest_or_0(z)),
        "a 0 stands among the logits of which the largest is taken: where all are far below it, "
        "every e^(z − m) is 0. Begin with a logit, not with a number",
    )
    .wrong(
        _of_classes(
            lambda z: np.log(_kept(np.exp(z - _largest(z))).sum(1, keepdims=True)) - z + _largest(z)
        ),
        "e^(z − m) is left out where it is small: where the right class is far ahead, it is the "
        "whole loss, and its slope",
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
    )
)

LOG_SIGMOID = (
    Exercise(
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
    )
    .wrong(
        lambda z: np.where(z > 16, 0.0, np.log1p(np.exp(-np.abs(z))) + np.maximum(-z, 0)),
        "cut off: where z is large the loss is small, but not 0. At z = 25 it is 1.4·10⁻¹¹",
    )
)
