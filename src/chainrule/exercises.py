"""The book's exercises: the reader's answer, held to the oracles of the ledger.

An exercise knows its solution and the mistakes that readers make. An answer that is wrong in a way
it knows is told what is wrong; one that is wrong in another way is shown where it differs.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .ledger.network_twins import (
    TWIN_SLOPE,
    twin_cost_slope,
    twin_hidden_error,
    twin_weighted_input,
)
from .oracles import relative_error

__all__ = ["EXERCISES", "Exercise", "Feedback", "check"]


@dataclass(frozen=True)
class Feedback:
    """What a checker says of an answer.

    Attributes
    ----------
    right : bool or None
        None as long as there is no answer.
    message : str
    """

    right: bool | None
    message: str

    def __repr__(self) -> str:
        mark = {True: "✓", False: "✗", None: "○"}[self.right]
        return f"{mark} {self.message}"


@dataclass(frozen=True)
class Exercise:
    """An exercise, its solution and its known mistakes.

    Attributes
    ----------
    solution : function, number or str
        What is right; a str is one of several choices.
    mistakes : tuple of (wrong answer, message)
        Answers of the same kind that readers give, and what to tell them.
    cases : callable
        For a function: takes a generator of random numbers and yields tuples of arguments.
    bound : float
        The largest relative error that passes.
    """

    solution: Any
    mistakes: tuple[tuple[Any, str], ...]
    cases: Callable[[np.random.Generator], Iterator[tuple]] | None = None
    bound: float = 1e-9

    def check(self, answer: Any) -> Feedback:
        """Give feedback on an answer.

        Parameters
        ----------
        answer : function, number or str
            Of the kind of the solution; ``...`` or None while there is none.

        Returns
        -------
        Feedback
        """
        if answer is None or answer is ...:
            return Feedback(None, "no answer yet")
        if callable(self.solution):
            return self._check_function(answer)
        if isinstance(self.solution, str):
            return self._check_choice(answer)
        return self._check_number(answer)

    def _check_choice(self, answer: Any) -> Feedback:
        choice = answer.strip().lower() if isinstance(answer, str) else answer
        if choice == self.solution:
            return Feedback(True, "right")
        choices = dict(self.mistakes)
        if choice in choices:
            return Feedback(False, choices[choice])
        known = ", ".join(repr(known) for known in sorted([self.solution, *choices]))
        return Feedback(False, f"the choices are {known}; this is {answer!r}")

    def _check_number(self, answer: Any) -> Feedback:
        try:
            number = float(answer)
        except (TypeError, ValueError):
            return Feedback(False, f"expected a number, got {answer!r}")
        if self._close(number, self.solution):
            return Feedback(True, "right")
        for wrong, message in self.mistakes:
            if self._close(number, wrong):
                return Feedback(False, message)
        if math.isnan(number):
            return Feedback(False, "expected a number, got NaN")
        return Feedback(
            False, f"{number:g} is too {'large' if number > self.solution else 'small'}"
        )

    def _close(self, number: float, expected: float) -> bool:
        return abs(number - expected) <= self.bound * abs(expected)

    def _check_function(self, answer: Any) -> Feedback:
        if not callable(answer):
            return Feedback(False, f"expected a function, got {answer!r}")
        assert self.cases is not None
        cases = list(self.cases(np.random.default_rng(0)))
        values = []
        for case in cases:
            try:
                # what NumPy would only warn of is a failure here
                with np.errstate(over="raise", divide="raise", invalid="raise"):
                    values.append(answer(*(np.copy(argument) for argument in case)))
            except Exception as error:
                return Feedback(False, f"your function raised {type(error).__name__}: {error}")
            if values[-1] is None or values[-1] is ...:
                return Feedback(None, "no answer yet: the function returns nothing")
        if self._agree(values, self.solution, cases):
            return Feedback(True, f"right: agrees with its oracle on {len(cases)} random cases")
        for wrong, message in self.mistakes:
            if self._agree(values, wrong, cases):
                return Feedback(False, message)
        return self._where_it_differs(values, cases)

    def _agree(self, values: list, function: Callable, cases: list[tuple]) -> bool:
        return all(
            _error(value, function(*case)) <= self.bound
            for value, case in zip(values, cases, strict=True)
        )

    def _where_it_differs(self, values: list, cases: list[tuple]) -> Feedback:
        for value, case in zip(values, cases, strict=True):
            expected = np.asarray(self.solution(*case), float)
            if _error(value, expected) > self.bound:
                break
        if np.shape(value) != expected.shape:
            return Feedback(
                False, f"expected a result of shape {expected.shape}, got {np.shape(value)}"
            )
        with np.printoptions(precision=4, suppress=True):
            arguments = ", ".join(str(np.asarray(argument).tolist()) for argument in case)
            return Feedback(False, f"for ({arguments}) expected {expected}, got {value}")


def _error(value: Any, expected: Any) -> float:
    try:
        return relative_error(np.asarray(value, float), np.asarray(expected, float))
    except (TypeError, ValueError):
        return float("inf")


def check(name: str, answer: Any) -> Feedback:
    """Check the answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise's name, as the book gives it.
    answer : function, number or str
        ``...`` while there is none.

    Returns
    -------
    Feedback
        It shows itself: ✓ with "right", ✗ with what is wrong, or ○ while there is no answer.

    Raises
    ------
    ValueError
        If no exercise has this name.

    Examples
    --------
    >>> check("updates-per-epoch", ...)
    ○ no answer yet
    >>> check("updates-per-epoch", 33)
    ✗ the last batch of an epoch is smaller, but it is a batch: round up
    """
    if name not in EXERCISES:
        raise ValueError(f"name: expected one of {sorted(EXERCISES)}, got {name!r}")
    return EXERCISES[name].check(answer)


# ---- cases: square, so that a swapped index is not betrayed by its shape ------------------------


def _vectors(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield rng.standard_normal(2).round(1), rng.standard_normal(2).round(1)


def _neurons(rng: np.random.Generator) -> Iterator[tuple]:
    for w, (b, a) in zip(rng.standard_normal((5, 2, 2)).round(1), _vectors(rng), strict=True):
        yield w, b, a


def _batches(rng: np.random.Generator) -> Iterator[tuple]:
    for rows, (w, b, _) in zip(rng.standard_normal((5, 3, 2)).round(1), _neurons(rng), strict=True):
        yield rows, w, b


def _outputs(rng: np.random.Generator) -> Iterator[tuple]:
    for z, y in _vectors(rng):
        yield z, (y > 0).astype(float)


def _updates(rng: np.random.Generator) -> Iterator[tuple]:
    for w, gradient in _vectors(rng):
        yield w, gradient, 0.1


def _activated(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield (np.tanh(rng.standard_normal(3)).round(2),)


def _far(rng: np.random.Generator) -> Iterator[tuple]:
    yield (np.array([-800.0, -1.5, 0.0, 1.5, 800.0]),)
    yield (rng.standard_normal(5).round(1),)


def _probabilities_with_upstream(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield rng.dirichlet(np.ones(3)), rng.standard_normal(3).round(1)


def _with_scale(rng: np.random.Generator) -> Iterator[tuple]:
    for scale in (0.5, 1.0, 2.0):
        yield rng.standard_normal(4).round(1) + 0.05, scale


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _output_error(z: Any, y: Any) -> list[float]:
    slope = [TWIN_SLOPE["sigmoid"](z_j) for z_j in z]
    last = twin_cost_slope("half squared norm", _sigmoid(np.asarray(z)), y)
    return [c * s for c, s in zip(last, slope, strict=True)]


def _slope(z: np.ndarray) -> np.ndarray:
    return _sigmoid(z) * (1 - _sigmoid(z))


EXERCISES: dict[str, Exercise] = {
    # section 1.1
    "steps-order": Exercise(
        solution="c",
        mistakes=(
            ("a", "the backward pass goes back over what the feedforward pass left behind"),
            ("b", "the weights cannot be updated before their gradient is known"),
            ("d", "the loss compares the output with the target: the output has to be there first"),
        ),
    ),
    "updates-per-epoch": Exercise(
        solution=34,
        mistakes=(
            (1077 / 32, "a batch counts whole, a smaller one too: round up"),
            (33, "the last batch of an epoch is smaller, but it is a batch: round up"),
            (32, "that is the size of a batch, not their number"),
            (1077, "that would be one update per sample: batches of 1"),
            (1, "that would be one update per epoch: a batch of all 1077 samples"),
        ),
    ),
    "descent-step": Exercise(
        solution=lambda w, gradient, lr: [
            w_i - lr * g_i for w_i, g_i in zip(w, gradient, strict=True)
        ],
        mistakes=(
            (lambda w, g, lr: w + lr * g, "this climbs: the gradient points uphill, so subtract"),
            (lambda w, g, lr: w - g, "the learning rate is missing"),
            (lambda w, g, lr: -lr * g, "this is the change of w; add it to w"),
        ),
        cases=_updates,
    ),
    "which-part": Exercise(
        solution="b",
        mistakes=(
            ("a", "the training part is what the parameters were fitted to: it flatters"),
            (
                "c",
                "looking at the test part to choose makes it one more validation part: what is "
                "reported on it afterwards flatters too",
            ),
            ("d", "whoever chooses on everything has nothing left to report on"),
        ),
    ),
    # sections 1.1.1 and 1.1.2
    "weighted-input": Exercise(
        solution=twin_weighted_input,
        mistakes=(
            (lambda w, b, a: w.T @ a + b, "the indices are swapped: w[j, k] belongs to input k"),
            (lambda w, b, a: w @ a, "the bias is missing"),
            (lambda w, b, a: (w * a).sum(0) + b, "summed over j: the sum runs over the inputs k"),
            (lambda w, b, a: w @ (a + b), "the bias is added to the inputs, before the weights"),
        ),
        cases=_neurons,
    ),
    "parameter-count": Exercise(
        solution=9610,
        mistakes=(
            (9472, "the biases are missing: one for each of 128 + 10 neurons"),
            (8320, "that is the first layer alone"),
            (1290, "that is the second layer alone"),
            (202, "that counts the neurons; each link between two of them has a weight"),
        ),
    ),
    "batch-forward": Exercise(
        solution=lambda x, w, b: [twin_weighted_input(w, b, row) for row in x],
        mistakes=(
            (lambda x, w, b: x @ w + b, "right for a symmetric w only: it has to be transposed"),
            (lambda x, w, b: x @ w.T, "the bias is missing"),
            (lambda x, w, b: w @ x.T + b[:, None], "samples became columns: the batch is rows"),
        ),
        cases=_batches,
    ),
    "output-error": Exercise(
        solution=_output_error,
        mistakes=(
            (lambda z, y: _sigmoid(z) - y, "σ′(z) is missing"),
            (lambda z, y: (y - _sigmoid(z)) * _slope(z), "the sign is wrong: ∂C/∂a is a − y"),
            (
                lambda z, y: 2 * (_sigmoid(z) - y) * _slope(z),
                "twice too large: that belongs to ‖a − y‖² without the ½",
            ),
            (
                lambda z, y: (_sigmoid(z) - y) * _slope(_sigmoid(z)),
                "σ′ is taken at a: it has to be taken at z",
            ),
            (lambda z, y: (z - y) * _slope(z), "the cost compares y with a = σ(z), not with z"),
        ),
        cases=_outputs,
    ),
    "hidden-error": Exercise(
        solution=twin_hidden_error,
        mistakes=(
            (lambda w, d, s: (w @ d) * s, "w has to be transposed: the sum runs over its rows j"),
            (lambda w, d, s: w.T @ d, "σ′(z) is missing"),
            (lambda w, d, s: w.diagonal() * d * s, "the sum over j is missing (erratum E3)"),
            (lambda w, d, s: w.T @ (d * s), "the slope is the lower layer's: multiply after wᵀδ"),
        ),
        cases=_neurons,
    ),
    "find-the-wrong-gradient": Exercise(
        solution="c",
        mistakes=(
            ("a", "this one is equation 1.8 for a batch: the errors, added up over the samples"),
            ("b", "this one is equation 1.9 for a batch: row j, column k is Σ_n δ_nj a_nk"),
            ("d", "this one is equation 1.7 for rows: (wᵀδ)ᵀ = δᵀw, times the slope"),
        ),
    ),
    "paper-gradient": Exercise(
        solution=0.5,
        mistakes=(
            (-0.5, "that is the value for y = 1, or the sign is wrong: now a − y is +0.5"),
            (1, "twice too large: the 2 of the square cancels the ½"),
            (
                0.25,
                "that is the error of the hidden neuron; its input x₂ is still to be multiplied",
            ),
            (2, "the slope σ′(z²) = ¼ is missing"),
            (-0.125, "that is the gradient of w₂₁: the first index is where the link ends"),
        ),
    ),
    "ten-sigmoids": Exercise(
        solution=0.25**10,
        mistakes=(
            (2.5, "the slopes are multiplied, not added"),
            (0.25, "that is one layer; there are ten"),
            (0.5**10, "the largest slope is σ′(0) = ½ · ½, not σ(0)"),
            (0.25**9, "nine slopes: the tenth layer's own counts too"),
        ),
        bound=5e-2,  # "about a millionth" is an answer
    ),
    "he-start": Exercise(
        solution=0.1,
        mistakes=(
            (0.01, "that is the variance: take its root"),
            (200**-0.5, "that is √(1/n): ReLU cuts off half, so 2/n"),
            ((2 / 250) ** 0.5, "that is Xavier's: He counts the inputs alone"),
            ((2 / 50) ** 0.5, "that counts the outputs: n is the number of inputs"),
        ),
        bound=1e-3,
    ),
    # section 1.3
    "sigmoid-scaled": Exercise(
        solution=1,
        mistakes=(
            (0.25, "that is the slope of σ itself; the chain rule brings a factor of 4"),
            (4, "σ is not the identity: its own largest slope is ¼"),
            (0.0625, "the inner derivative multiplies, it does not divide"),
        ),
    ),
    "tanh-slope": Exercise(
        solution=lambda a: [1 - a_i * a_i for a_i in a],
        mistakes=(
            (lambda a: a * (1 - a), "that is the sigmoid's"),
            (lambda a: 1 - a, "the square is missing"),
            (lambda a: 1 - np.tanh(a) ** 2, "a is tanh x already: do not apply it again"),
        ),
        cases=_activated,
    ),
    "stable-sigmoid": Exercise(
        solution=lambda x: [
            1 / (1 + math.exp(-x_i)) if x_i >= 0 else 1 - 1 / (1 + math.exp(x_i)) for x_i in x
        ],
        mistakes=(
            (
                lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))),
                "right for x ≤ 0; above, the numerator is 1",
            ),
            (
                lambda x: np.where(x >= 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-2 * np.abs(x))),
                "right at 0 and far out only: both exponents are −|x|",
            ),
            (
                lambda x: 1 / (1 + np.exp(-np.abs(x))),
                "right for x > 0, but below 0 it gives σ(|x|)",
            ),
        ),
        cases=_far,
    ),
    "softmax-shift": Exercise(
        solution="b",
        mistakes=(
            ("a", "the numerator is, but so is every term of the denominator"),
            ("c", "the others grow by the same factor, so its share is what it was"),
            ("d", "whatever they are, e⁵ is a factor of all of them"),
        ),
    ),
    "softmax-vjp": Exercise(
        solution=lambda s, u: [
            sum(u[i] * s[i] * ((i == j) - s[j]) for i in range(len(s))) for j in range(len(s))
        ],
        mistakes=(
            (lambda s, u: u * s * (1 - s), "that is the diagonal of the Jacobian alone"),
            (lambda s, u: s * (u - u.sum()), "the sum has the factors s_i, too"),
            (lambda s, u: u * s, "the second term, −f_i f_j, is missing"),
        ),
        cases=_probabilities_with_upstream,
    ),
    "temperature": Exercise(
        solution=2,
        mistakes=(
            (0.5, "the logits are divided by T, not multiplied"),
            (1, "at T = 1 the difference is 2, and the probability σ(2) ≈ 0.88"),
            (4, "that makes the difference ½"),
        ),
    ),
    "elu-slope": Exercise(
        solution=lambda x, alpha: [1.0 if x_i > 0 else alpha * math.exp(x_i) for x_i in x],
        mistakes=(
            (
                lambda x, alpha: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
                "right for x > 0, off by a factor of α below",
            ),
            (
                lambda x, alpha: np.where(x > 0, 1.0, alpha * (np.exp(np.minimum(x, 0)) - 1)),
                "right for x > 0; below, the constant −α has no slope",
            ),
            (
                lambda x, alpha: alpha * np.exp(np.minimum(x, 0)),
                "right below 0; for x > 0 the slope is 1",
            ),
        ),
        cases=_with_scale,
    ),
    "wrong-slope": Exercise(
        solution="c",
        mistakes=(
            ("a", "this one is right: take σ(x) out of equation 1.3.8a"),
            ("b", "this one is right: it is 1 − f(x)², factored"),
            ("d", "this one is right: 1 − σ(x) is σ(−x)"),
        ),
    ),
    "swish-slope": Exercise(
        solution=lambda x, beta: [
            _sigmoid(beta * x_i) + beta * x_i * _sigmoid(beta * x_i) * _sigmoid(-beta * x_i)
            for x_i in x
        ],
        mistakes=(
            (
                lambda x, beta: _sigmoid(beta * x) + x * _slope(beta * x),
                "the inner derivative β is missing in the second term",
            ),
            (
                lambda x, beta: beta * _slope(beta * x),
                "that is the slope of σ(βx): x is a factor, too",
            ),
            (
                lambda x, beta: _sigmoid(x) + x * _slope(x),
                "right for β = 1 only: σ is taken at βx",
            ),
        ),
        cases=_with_scale,
    ),
    "dead-neuron": Exercise(
        solution=1,
        mistakes=(
            (4, "an error passes only where z is positive, not wherever the neuron is alive"),
            (3, "the other way round: in three corners z is negative"),
            (0, "at (0, 0) the weighted input is the bias, 0.5"),
        ),
    ),
    "maxout-relu": Exercise(
        solution="b",
        mistakes=(
            ("a", "max(x, −x) is |x|"),
            ("c", "max(x, 1) is 1, not 0, for negative x"),
            ("d", "max(0, −x) is ReLU of −x: it rises to the left"),
        ),
    ),
}
