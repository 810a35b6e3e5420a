"""The exercises of sections 1.1.1 and 1.1.2."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..ledger.network.twins import (
    TWIN_SLOPE,
    twin_cost_slope,
    twin_hidden_error,
    twin_weighted_input,
)
from .core import Exercise, sigmoid, sigmoid_slope, vectors

# the cases are square, so that a swapped index is not betrayed by its shape


def _neurons(rng: np.random.Generator) -> Iterator[tuple]:
    for w, (b, a) in zip(rng.standard_normal((5, 2, 2)).round(1), vectors(rng), strict=True):
        yield w, b, a


def _batches(rng: np.random.Generator) -> Iterator[tuple]:
    for rows, (w, b, _) in zip(rng.standard_normal((5, 3, 2)).round(1), _neurons(rng), strict=True):
        yield rows, w, b


def _outputs(rng: np.random.Generator) -> Iterator[tuple]:
    for z, y in vectors(rng):
        yield z, (y > 0).astype(float)


def _output_error(z: Any, y: Any) -> list[float]:
    slope = [TWIN_SLOPE["sigmoid"](z_j) for z_j in z]
    last = twin_cost_slope("half squared norm", sigmoid(np.asarray(z)), y)
    return [c * s for c, s in zip(last, slope, strict=True)]


EXERCISES = {
    "weighted-input": Exercise(difficulty=1, solution=twin_weighted_input, cases=_neurons)
    .wrong(lambda w, b, a: w.T @ a + b, "the indices are swapped: w[j, k] belongs to input k")
    .wrong(lambda w, b, a: w @ a, "the bias is missing")
    .wrong(lambda w, b, a: (w * a).sum(0) + b, "summed over j: the sum runs over the inputs k")
    .wrong(lambda w, b, a: w @ (a + b), "the bias is added to the inputs, before the weights"),
    "parameter-count": Exercise(difficulty=1, solution=9610)
    .wrong(9472, "the biases are missing: one for each of 128 + 10 neurons")
    .wrong(8320, "that is the first layer alone")
    .wrong(1290, "that is the second layer alone")
    .wrong(202, "that counts the neurons; each link between two of them has a weight"),
    "batch-forward": Exercise(
        difficulty=1,
        solution=lambda x, w, b: [twin_weighted_input(w, b, row) for row in x],
        cases=_batches,
    )
    .wrong(lambda x, w, b: x @ w + b, "right for a symmetric w only: it has to be transposed")
    .wrong(lambda x, w, b: x @ w.T, "the bias is missing")
    .wrong(lambda x, w, b: w @ x.T + b[:, None], "samples became columns: the batch is rows"),
    "output-error": Exercise(difficulty=2, solution=_output_error, cases=_outputs)
    .wrong(lambda z, y: sigmoid(z) - y, "σ′(z) is missing")
    .wrong(lambda z, y: (y - sigmoid(z)) * sigmoid_slope(z), "the sign is wrong: ∂C/∂a is a − y")
    .wrong(
        lambda z, y: 2 * (sigmoid(z) - y) * sigmoid_slope(z),
        "twice too large: that belongs to ‖a − y‖² without the ½",
    )
    .wrong(
        lambda z, y: (sigmoid(z) - y) * sigmoid_slope(sigmoid(z)),
        "σ′ is taken at a: it has to be taken at z",
    )
    .wrong(
        lambda z, y: (z - y) * sigmoid_slope(z), "the cost compares y with a = σ(z), not with z"
    ),
    "hidden-error": Exercise(difficulty=1, solution=twin_hidden_error, cases=_neurons)
    .wrong(lambda w, d, s: (w @ d) * s, "w has to be transposed: the sum runs over its rows j")
    .wrong(lambda w, d, s: w.T @ d, "σ′(z) is missing")
    .wrong(lambda w, d, s: w.diagonal() * d * s, "the sum over j is missing (erratum E3)")
    .wrong(lambda w, d, s: w.T @ (d * s), "the slope is the lower layer's: multiply after wᵀδ"),
    "find-the-wrong-gradient": Exercise(difficulty=2, solution="c")
    .wrong("a", "this one is equation 1.8 for a batch: the errors, added up over the samples")
    .wrong("b", "this one is equation 1.9 for a batch: row j, column k is Σ_n δ_nj a_nk")
    .wrong("d", "this one is equation 1.7 for rows: (wᵀδ)ᵀ = δᵀw, times the slope"),
    "paper-gradient": Exercise(difficulty=2, solution=0.5)
    .wrong(-0.5, "that is the value for y = 1, or the sign is wrong: now a − y is +0.5")
    .wrong(1, "twice too large: the 2 of the square cancels the ½")
    .wrong(0.25, "that is the error of the hidden neuron; its input x₂ is still to be multiplied")
    .wrong(2, "the slope σ′(z²) = ¼ is missing")
    .wrong(-0.125, "that is the gradient of w₂₁: the first index is where the link ends"),
    # "about a millionth" is an answer
    "ten-sigmoids": Exercise(difficulty=1, solution=0.25**10, bound=5e-2)
    .wrong(2.5, "the slopes are multiplied, not added")
    .wrong(0.25, "that is one layer; there are ten")
    .wrong(0.5**10, "the largest slope is σ′(0) = ½ · ½, not σ(0)")
    .wrong(0.25**9, "nine slopes: the tenth layer's own counts too"),
    "he-start": Exercise(difficulty=1, solution=0.1, bound=1e-3)
    .wrong(0.01, "that is the variance: take its root")
    .wrong(200**-0.5, "that is √(1/n): ReLU cuts off half, so 2/n")
    .wrong((2 / 250) ** 0.5, "that is Xavier's: He counts the inputs alone")
    .wrong((2 / 50) ** 0.5, "that counts the outputs: n is the number of inputs"),
}
