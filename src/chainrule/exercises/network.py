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
from .core import Exercise, sigmoid, sigmoid_slope
from .variants import Drawn

# most cases are square, so that a swapped index is not betrayed by its shape


def _neurons(rng: np.random.Generator) -> Iterator[tuple]:
    for shape in ((2, 2), (3, 3), (1, 3), (3, 1), (2, 4)):
        w, b, a = (rng.standard_normal(size).round(1) for size in (shape, shape[0], shape[1]))
        yield w, b, a
    yield np.array([[1.0, 0.0], [-2.0, 0.5]]), np.array([0.0, 3.0]), np.array([-1.0, 0.0])


def _batches(rng: np.random.Generator) -> Iterator[tuple]:
    for rows, (w, b, a) in zip((3, 1, 2, 4, 3, 2), _neurons(rng), strict=True):
        yield np.vstack([a, rng.standard_normal((rows - 1, len(a))).round(1)]), w, b


def _outputs(rng: np.random.Generator) -> Iterator[tuple]:
    for size in (2, 1, 4, 3):
        yield rng.standard_normal(size).round(1), rng.integers(0, 2, size).astype(float)
    yield np.array([2.0, 0.0, -3.0]), np.array([0.0, 1.0, 0.0])
    yield np.array([0.5, -1.0]), np.array([0.25, 0.8])


def _errors(rng: np.random.Generator) -> Iterator[tuple]:
    for w, delta, _ in _neurons(rng):
        yield w, delta, rng.random(w.shape[1]).round(2)
    yield np.array([[1.0, 0.0], [-2.0, 0.5]]), np.array([0.0, 3.0]), np.array([0.25, 0.0])
    yield np.array([[0.5, -1.0], [2.0, 0.3]]), np.array([1.0, -0.4]), np.array([-0.1, 1.1])


def _output_error(z: Any, y: Any) -> list[float]:
    slope = [TWIN_SLOPE["sigmoid"](z_j) for z_j in z]
    last = twin_cost_slope("half squared norm", sigmoid(np.asarray(z)), y)
    return [c * s for c, s in zip(last, slope, strict=True)]


def _width(most: int = 5000) -> Exercise:
    n = (most - 10) // 75
    return (
        Exercise(difficulty=2, solution=n)
        .wrong(
            (most - 10) / 75, f"there is no fraction of a neuron: round down to stay below {most}"
        )
        .wrong(
            n + 1,
            f"{n + 1} neurons have {75 * (n + 1) + 10} parameters, which is too many: round down, "
            "and count the biases",
        )
        .wrong(
            most // 64,
            "you counted only the weights into the hidden layer; 10 output neurons read it, too",
        )
        .wrong(
            most // 65,
            "the output layer is missing: 10 weights for each hidden neuron, and 10 biases",
        )
        .wrong(75, "that is what one neuron costs; how many can you pay?")
        .wrong(75 * n + 10, "that is how many parameters there are; how many neurons?")
    )


def _ten_sigmoids(norm: float = 2) -> Exercise:
    right = 0.25**10 * norm**9
    return (
        Exercise(difficulty=2, solution=right)
        .wrong(right * norm, "ten slopes but nine matrices: that of layer 1 is not on the way")
        .wrong(right * 4, "nine matrices but ten slopes: the tenth layer has one, too")
        .wrong(0.25**10, f"the matrices are missing: each may make the error {norm} times as long")
        .wrong(
            0.5**10 * norm**9,
            "the largest slope is σ′(0) = ¼, not σ(0) = ½; and there are ten layers",
        )
        .wrong(2.5, "the slopes are multiplied, not added")
        .wrong(100 * right, "a number in percent is followed by %")
    )


def _start(inputs: int = 200, outputs: int = 50) -> Exercise:
    return (
        Exercise(difficulty=1, solution=(2 / inputs) ** 0.5)
        .wrong(2 / inputs, "that is the variance: take its root")
        .wrong(inputs**-0.5, "that is √(1/n): ReLU cuts off half, so 2/n")
        .wrong((2 / (inputs + outputs)) ** 0.5, "that is Xavier's: He counts the inputs alone")
        .wrong((2 / outputs) ** 0.5, "that counts the outputs: n is the number of inputs")
    )


EXERCISES = {
    "weighted-input": Exercise(difficulty=1, solution=twin_weighted_input, cases=_neurons)
    .wrong(lambda w, b, a: w.T @ a + b, "the indices are swapped: w[j, k] belongs to input k")
    .wrong(lambda w, b, a: w @ a, "the bias is missing: add b, one number for each neuron")
    .wrong(lambda w, b, a: w @ a - b, "the bias is added, not subtracted")
    .wrong(lambda w, b, a: (w * a).sum(0) + b, "summed over j: the sum runs over the inputs k")
    .wrong(lambda w, b, a: w * a + b, "the products are not added up yet: sum each row over k")
    .wrong(lambda w, b, a: w @ (a + b), "the bias is added to the inputs, before the weights")
    .wrong(
        lambda w, b, a: np.maximum(w @ a + b, 0),
        "this is an activation, ReLU(z): z itself comes before the activation function",
    )
    .wrong(
        lambda w, b, a: sigmoid(w @ a + b),
        "this is an activation, σ(z): z itself comes before the activation function",
    ),
    "parameter-count": _width(),
    "batch-forward": Exercise(
        difficulty=1,
        solution=lambda x, w, b: [twin_weighted_input(w, b, row) for row in x],
        cases=_batches,
    )
    .wrong(
        lambda x, w, b: x @ w + b,
        "w has to be transposed: each row of x meets the rows of w, not its columns",
    )
    .wrong(lambda x, w, b: x @ w.T, "the bias is missing: add b to every row")
    .wrong(lambda x, w, b: x @ w.T - b, "the bias is added, not subtracted")
    .wrong(
        lambda x, w, b: w @ x.T + b[:, None], "your samples are columns: in the batch they are rows"
    )
    .wrong(
        lambda x, w, b: x @ w.T + b[:, None],
        "b goes down the column of samples: each sample is a row and gets all of b",
    )
    .wrong(
        lambda x, w, b: w @ x + b,
        "w stands on the left, as for a column; a row is multiplied from the right, by the "
        "transpose",
    ),
    "output-error": Exercise(difficulty=2, solution=_output_error, cases=_outputs)
    .wrong(
        lambda z, y: sigmoid(z) - y,
        "σ′(z) is missing: a − y alone is the error of another cost, the cross-entropy",
    )
    .wrong(lambda z, y: sigmoid_slope(z), "∂C/∂a is missing: this is σ′(z) alone")
    .wrong(lambda z, y: (y - sigmoid(z)) * sigmoid_slope(z), "the sign is wrong: ∂C/∂a is a − y")
    .wrong(
        lambda z, y: 2 * (sigmoid(z) - y) * sigmoid_slope(z),
        "twice too large: that belongs to ‖a − y‖² without the ½",
    )
    .wrong(
        lambda z, y: 0.5 * (sigmoid(z) - y) * sigmoid_slope(z),
        "that is half of it: the ½ of the cost is used up by the 2 of the square",
    )
    .wrong(
        lambda z, y: (sigmoid(z) - y) * sigmoid_slope(z) / np.linalg.norm(sigmoid(z) - y),
        "that belongs to the distance ‖a − y‖ itself: here it is squared (erratum E2)",
    )
    .wrong(
        lambda z, y: 0.5 * (sigmoid(z) - y) ** 2 * sigmoid_slope(z),
        "that has the cost itself in it: differentiate it with respect to a",
    )
    .wrong(
        lambda z, y: (sigmoid(z) - y) * sigmoid_slope(sigmoid(z)),
        "σ′ is taken at a: it has to be taken at z",
    )
    .wrong(
        lambda z, y: (sigmoid(z) - y) * z * (1 - z),
        "the slope is a (1 − a) with a = σ(z); you put z there",
    )
    .wrong(
        lambda z, y: (sigmoid(z) - y) * (1 - sigmoid(z) ** 2),
        "1 − a² is the slope of tanh; that of the sigmoid is a (1 − a)",
    )
    .wrong(
        lambda z, y: (z - y) * sigmoid_slope(z), "the cost compares y with a = σ(z), not with z"
    ),
    "hidden-error": Exercise(difficulty=1, solution=twin_hidden_error, cases=_errors)
    .wrong(lambda w, d, s: (w @ d) * s, "w has to be transposed: the sum runs over its rows j")
    .wrong(lambda w, d, s: w.T @ d, "σ′(z) is missing: multiply by slope, entry by entry")
    .wrong(lambda w, d, s: w.diagonal() * d * s, "the sum over j is missing (erratum E3)")
    .wrong(
        lambda w, d, s: np.einsum("kk,k->k", w, d) * s,
        "that is erratum E3, one path for each neuron: wᵀδ adds up all of them",
    )
    .wrong(
        lambda w, d, s: (w.T * d) * s[:, None],
        "all paths are there, but not added up yet: sum over j",
    )
    .wrong(
        lambda w, d, s: w * d[:, None] * s,
        "the paths are not added up: sum over the rows, one for each neuron j above",
    )
    .wrong(lambda w, d, s: w.T @ d + s, "the chain rule multiplies: slope is a factor")
    .wrong(
        lambda w, d, s: np.outer(w.T @ d, s),
        "this multiplies every entry by every slope: ⊙ is NumPy's *, entry by entry",
    )
    .wrong(lambda w, d, s: w.T @ d @ s, "⊙ does not add up: multiply entry by entry, with *")
    .wrong(
        lambda w, d, s: w.T @ (d * s), "slope is that of layer l: it comes after wᵀδ, not before"
    ),
    "find-the-wrong-gradient": Exercise(difficulty=2, solution="b")
    .wrong(
        "a",
        "this line is right: it is equation 1.5 for a batch, each upstream entry times its own "
        "slope",
    )
    .wrong(
        "c", "this line is right: it is equation 1.9 for a batch, and row j, column k is Σₙ δₙⱼ aₙₖ"
    )
    .wrong(
        "d",
        "this line is right: it is equation 1.8 for a batch, the errors added up over the samples",
    ),
    "paper-gradient": Exercise(difficulty=2, solution=0.5)
    .wrong(-0.5, "that is the value for y = 1, or the sign is wrong: now a − y is +0.5")
    .wrong(1, "twice too large: the 2 of the square cancels the ½")
    .wrong(0.25, "that is the error of the hidden neuron; its input x₂ is still to be multiplied")
    .wrong(0.125, "that is the error of the output; two factors are still missing, w₁² and x₂")
    .wrong(2, "the slope σ′(z²) = ¼ is missing")
    .wrong(-0.125, "that is the gradient of w₂₁: the first index is where the link ends"),
    "ten-sigmoids": _ten_sigmoids(),
    "he-start": _start(),
}

DRAWN = {
    "parameter-count": Drawn(
        _width,
        {"most": (4000, 6000, 7000, 8000, 9000)},
        lambda most: [f"at most {most} parameters"],
    ),
    "ten-sigmoids": Drawn(
        _ten_sigmoids, {"norm": (3, 1.5, 2.5)}, lambda norm: [rf"\rVert_2 = {norm}$. Whatever"]
    ),
    "he-start": Drawn(
        _start,
        {"inputs": (128, 512, 800, 1250), "outputs": (60, 100, 150)},
        lambda inputs, outputs: [f"reads {inputs} neurons and has {outputs}."],
    ),
}
