"""What the feedback says of a wrong answer is so: where it is right, how far it is off, of what
other question it is the answer.
"""

import math
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.exercises import EXERCISES, check
from chainrule.oracles import central_difference

WRONG_ANSWERS = runpy.run_path(str(Path(__file__).with_name("wrong_answers.py")))["WRONG_ANSWERS"]


def said(name, words):
    """Give the typed answer to an exercise whose feedback has these words, and the feedback."""
    found = [(wrong, check(name, wrong).message) for wrong, _ in WRONG_ANSWERS[name]]
    [answer] = [(wrong, message) for wrong, message in found if words in message]
    return answer


def on_cases(name, wrong, more=()):
    """Give what a wrong answer gives, what is right, and the case, for each case of the checker."""
    cases = [*EXERCISES[name].cases(np.random.default_rng(0)), *more]
    for case in cases:
        with np.errstate(all="ignore"):  # what is wrong may overflow
            given, right = (np.asarray(f(*case), float) for f in (wrong, EXERCISES[name].solution))
        yield given, right, case


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# ---- where an answer is right -------------------------------------------------------------------


def windows_over(columns, h, s):
    k, windows = columns.shape
    return np.array([sum(s * u <= a < s * u + k for u in range(windows)) for a in range(h)])


def no_tie(x, upstream):
    """Give the pixels whose window has one largest pixel only."""
    (m, n) = upstream.shape
    windows = x.reshape(m, 2, n, 2)
    largest = (windows == windows.max(axis=(1, 3), keepdims=True)).sum(axis=(1, 3))
    return np.kron(largest == 1, np.ones((2, 2), bool))


# by exercise and words of the message: where the answer is right, entry by entry or case by case,
# and, from what is right, what the message says that it is elsewhere
CONDITIONS = {
    ("stable-sigmoid", "right for x ≤ 0; above 0 the numerator is 1"): (
        lambda x: x <= 0,
        lambda right, x: right * np.exp(-np.abs(x)),
    ),
    ("stable-sigmoid", "right at 0 and far out only"): (
        lambda x: (x == 0) | (np.abs(x) > 40),
        None,
    ),
    ("stable-sigmoid", "right for x ≥ 0, but below 0 it gives σ(|x|)"): (
        lambda x: x >= 0,
        lambda right, x: sigmoid(np.abs(x)),
    ),
    ("elu-slope", "right for x > 0; below, the factor α is missing"): (
        lambda x, alpha: x > 0,
        lambda right, x, alpha: right / alpha,
    ),
    ("elu-slope", "right for x > 0; below, that is f(x) itself"): (
        lambda x, alpha: x > 0,
        lambda right, x, alpha: right - alpha,
    ),
    ("elu-slope", "right except at"): (
        lambda x, alpha: x != 0,
        lambda right, x, alpha: right / alpha,
    ),
    ("elu-slope", "right up to 0; above, the slope is 1"): (
        lambda x, alpha: x <= 0,
        lambda right, x, alpha: alpha * right,
    ),
    ("swish-slope", "right for β = 1 only"): (lambda x, beta: beta == 1, None),
    ("huber-slope", "right for small errors, off by a factor of δ for large ones"): (
        lambda e, delta: np.abs(e) < delta,
        lambda right, e, delta: right / delta,
    ),
    ("huber-slope", "right for e > −δ; an error below −δ has the slope −δ"): (
        lambda e, delta: e > -delta,
        lambda right, e, delta: -right,
    ),
    ("huber-slope", "right for large errors, twice too large for small ones"): (
        lambda e, delta: np.abs(e) > delta,
        lambda right, e, delta: 2 * right,
    ),
    ("stable-log-sigmoid", "right for z ≥ 0; below, −z is missing"): (
        lambda z: z >= 0,
        lambda right, z: right - -z,
    ),
    ("missed-pixels", "you divide 0 by 0"): (
        lambda confusion: confusion.sum(0) + confusion.sum(1) > 0,
        None,
    ),
    ("missed-pixels", "nothing is wrong about it"): (
        lambda confusion: confusion.sum(0) + confusion.sum(1) > 0,
        lambda right, confusion: 0 * right,
    ),
    ("soft-dice", "p is rounded to 0 and 1"): (lambda p, y: np.isin(p, (0, 1)).all(), None),
    ("one-triplet", "right where it is positive; where the negative is far enough"): (
        lambda a, p, n, margin: math.dist(a, n) < math.dist(a, p) + margin,
        lambda right, a, p, n, margin: right + math.dist(a, p) - math.dist(a, n) + margin,
    ),
    ("same-padding", "right for d = 1"): (lambda k, d: d == 1, None),
    ("same-padding", "right where the number of zeros is even; else the output is one too small"): (
        lambda k, d: d * (k - 1) % 2 == 0,
        lambda right, k, d: right - [0, 1],
    ),
    ("same-padding", "is even; of an"): (
        lambda k, d: d * (k - 1) % 2 == 0,
        lambda right, k, d: right[::-1],
    ),
    ("which-column", "right for the first channel; the others stand below it"): (
        lambda c, i, j, u, v, kernel, output: c == 0,
        lambda right, c, i, j, u, v, kernel, output: right - [c * math.prod(kernel), 0],
    ),
    ("which-column", "right where height and width are equal"): (
        lambda c, i, j, u, v, kernel, output: kernel[0] == kernel[1] and output[0] == output[1],
        None,
    ),
    ("which-column", "the column is right"): (lambda *case: [False, True], None),
    ("which-column", "the row is right"): (lambda *case: [True, False], None),
    ("col2im-of-a-line", "where windows overlap, only the last one is left"): (
        lambda columns, h, s: windows_over(columns, h, s) < 2,
        None,
    ),
    ("col2im-of-a-line", "that is the mean of the windows a pixel lies in"): (
        lambda columns, h, s: windows_over(columns, h, s) < 2,
        lambda right, columns, h, s: right / np.maximum(windows_over(columns, h, s), 1),
    ),
    ("col2im-of-a-line", "right for s = 1"): (lambda columns, h, s: s == 1, None),
    ("receptive-field", "right if all strides are 1"): (
        lambda kernels, strides: (strides == 1).all(),
        None,
    ),
    ("receptive-field", "right for windows that lie side by side"): (
        lambda kernels, strides: (kernels == strides).all(),
        None,
    ),
    ("max-pool-gradient", "where several pixels are the largest, only one gets the error"): (
        no_tie,
        None,
    ),
    ("max-pool-gradient", "the error is not divided among them"): (no_tie, None),
    ("max-pool-gradient", "of several largest pixels this takes the last"): (no_tie, None),
}

# where a message speaks of a special case that the checker need not try
SPECIAL = {
    ("which-column", "right for the first channel; the others stand below it"): (
        *(0, 1, 2, 3, 1),
        *((2, 3), (4, 5)),
    ),
    ("which-column", "right where height and width are equal"): (*(2, 1, 2, 3, 1), (3, 3), (4, 4)),
    ("receptive-field", "right if all strides are 1"): (np.array([3, 5, 2]), np.array([1, 1, 1])),
    ("receptive-field", "right for windows that lie side by side"): (
        np.array([2, 3, 2]),
        np.array([2, 3, 2]),
    ),
}


@pytest.mark.parametrize(("name", "words"), CONDITIONS)
def test_an_answer_is_right_where_its_feedback_says_and_not_elsewhere(name, words):
    """The checker's own cases lie on both sides, unless one of these is a special case."""
    holds, elsewhere = CONDITIONS[name, words]
    wrong, message = said(name, words)
    special = [SPECIAL[name, words]] if (name, words) in SPECIAL else []
    inside, outside = [], []
    for given, right, case in on_cases(name, wrong, special):
        here = np.broadcast_to(holds(*case), right.shape)
        close = np.isclose(given, right, rtol=1e-9, atol=1e-9)
        inside += close[here].tolist()
        outside += close[~here].tolist()
        if "only:" in message and not here.all():
            assert not close[~here].all()
        if elsewhere:
            expected = np.broadcast_to(elsewhere(right, *case), right.shape)
            assert given[~here] == pytest.approx(expected[~here], rel=1e-9, abs=1e-9)
    assert inside
    assert all(inside)
    assert not all(outside)


# ---- how an answer is wrong ---------------------------------------------------------------------


def near(a, b):
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-9, atol=1e-9)


CUTS = {
    **{f"at {cut:.2g}, or": cut for cut in (1e-12, 1e-15, 2.0**-52, 1e-300, 2.0**-1022)},
    **{"at 1e-07 hides": 1e-7, "at 1e-08 hides": 1e-8, "1e-07 added": 1e-7, "1e-08 added": 1e-8},
    **{"at 1e-07 and": 1e-7, "at 1e-08 and": 1e-8},
}

# by exercise and words of the message: what holds between the answer and what is right, always
RELATIONS = {
    ("descent-step", "this is the change of w; add it to w"): (
        lambda given, right, w, g, lr: near(w + given, right)
    ),
    ("descent-step", "what has to be subtracted"): (
        lambda given, right, w, g, lr: near(w - given, right)
    ),
    ("weighted-input", "the bias is missing"): (
        lambda given, right, w, b, a: near(given + b, right)
    ),
    ("weighted-input", "not subtracted"): lambda given, right, w, b, a: near(given + 2 * b, right),
    ("weighted-input", "this is an activation, ReLU"): (
        lambda given, right, *case: near(given, np.maximum(right, 0))
    ),
    ("batch-forward", "the bias is missing"): lambda given, right, x, w, b: near(given + b, right),
    ("batch-forward", "your samples are"): lambda given, right, *case: near(given.T, right),
    ("output-error", "σ′(z) is missing"): (
        lambda given, right, z, y: near(given * sigmoid(z) * sigmoid(-z), right)
    ),
    ("output-error", "the sign is wrong"): lambda given, right, *case: near(-given, right),
    ("output-error", "twice too large"): lambda given, right, *case: near(given / 2, right),
    ("output-error", "half of it"): lambda given, right, *case: near(given * 2, right),
    ("hidden-error", "all paths are"): (lambda given, right, *case: near(given.sum(1), right)),
    ("hidden-error", "σ′(z) is missing"): lambda given, right, w, d, s: near(given * s, right),
    ("momentum-step", "that is the new velocity: now take the step"): (
        lambda given, right, w, *case: near(w + given, right)
    ),
    ("adam-steps", "uphill"): lambda given, right, *case: near(-given, right),
    ("stable-cross-entropy", "subtract it from z_t, too"): (
        lambda given, right, z, t: near(given + z.max(axis=1).mean(), right)
    ),
    ("stable-cross-entropy", "that is log"): (
        lambda given, right, z, t: near(given - z[np.arange(len(t)), t].mean(), right)
    ),
    ("stable-cross-entropy", "the sign is wrong"): lambda given, right, *case: near(-given, right),
    **{
        ("stable-cross-entropy", words): (
            lambda given, right, *case, cut=cut: (
                given <= -math.log(cut) * (1 + 1e-9)
                and (right > -math.log(cut) or abs(given - right) < 1e-5)
            )
        )
        for words, cut in CUTS.items()
    },
    ("stable-log-sigmoid", "cut off at 10⁻¹²"): (
        lambda given, right, z: near(given, np.minimum(right, -math.log(1e-12)))
    ),
    ("gaussian-loss", "the constant log √2π"): (
        lambda given, right, *case: near(given + math.log(2 * math.pi) / 2, right)
    ),
    ("cross-entropy-gradient", "divide by N"): (
        lambda given, right, p, t: near(given / len(p), right)
    ),
    ("cross-entropy-gradient", "the sign is wrong"): (
        lambda given, right, *case: near(-given, right)
    ),
    ("cross-entropy-gradient", "divided by N · K"): (
        lambda given, right, p, t: near(given * p.shape[1], right)
    ),
    ("stable-log-sigmoid", "that is −log(1 − σ(z))"): (
        lambda given, right, z: near(given, right + z)
    ),
    ("stable-log-sigmoid", "both forms are right"): (lambda given, right, z: near(given, right)),
    ("stable-log-sigmoid", "the sign is missing"): lambda given, right, *case: near(-given, right),
    ("soft-dice", "right but for the smoothing in the numerator: a class that is absent and not"): (
        lambda given, right, p, y: (
            near(given + 1 / (p.sum() + y.sum() + 1), right)
            and (p.any() or y.any() or (given == 0 and right == 1))
        )
    ),
    ("soft-dice", "that is the loss; the score was asked for"): (
        lambda given, right, *case: near(1 - given, right)
    ),
    ("one-triplet", "right where it is positive; where the negative is far enough"): (
        lambda given, right, *case: right == max(given, 0)
    ),
    ("weights-of-a-layer", "transposed"): lambda given, right, *case: near(given.T, right),
    ("weights-of-a-layer", "through the second input, too"): (
        lambda given, right, d, a, d2, a2: near(given + np.outer(d2, a2), right)
    ),
    ("weights-of-a-layer", "does not take their mean"): (
        lambda given, right, *case: near(2 * given, right)
    ),
    ("softmax-jacobian", "that is the diagonal alone"): (
        lambda given, right, *case: near(given, np.diag(np.diag(right)))
    ),
    ("softmax-jacobian", "all signs are flipped"): lambda given, right, *case: near(-given, right),
    ("true-convolution", "of the right size"): (
        lambda given, right, x, w: given.shape == right.shape
    ),
    ("true-convolution", "the middle is right"): (
        lambda given, right, x, w: (
            near(given, right[len(w) - 1 : len(x), len(w) - 1 : len(x[0])])
            or (given.size == 0 and len(w) > len(x))
        )
    ),
    ("which-column", "the other way round"): lambda given, right, *case: near(given[::-1], right),
    ("which-column", "both are too"): lambda given, right, *case: near(given - 1, right),
    ("im2col-by-hand", "the windows are rows"): lambda given, right, *case: near(given.T, right),
    ("im2col-by-hand", "the columns are"): (
        lambda given, right, *case: near(np.sort(given, axis=0), np.sort(right, axis=0))
    ),
    ("im2col-by-hand", "each column is right"): (
        lambda given, right, *case: sorted(given.T.tolist()) == sorted(right.T.tolist())
    ),
    ("kernel-gradient", "the mean over the batch"): (
        lambda given, right, columns, delta: near(given * len(columns), right)
    ),
    ("kernel-gradient", "one gradient for each image"): (
        lambda given, right, *case: near(given.sum(axis=0), right)
    ),
    ("kernel-gradient", "transposed"): lambda given, right, *case: near(given.T, right),
    ("receptive-field", "others overlap, and see less"): (
        lambda given, right, kernels, strides: (given > right) == (kernels != strides)[:-1].any()
    ),
    ("max-pool-gradient", "the places are right; what stands there"): (
        lambda given, right, x, upstream: (
            (given[right != 0] == 1).all() and given.sum() == upstream.size
        )
    ),
    ("max-pool-gradient", "the places are right; the derivative"): (
        lambda given, right, x, upstream: near(given, right * x)
    ),
    ("average-shares", "these are sums"): (
        lambda given, right, gradients, counts: near(given / counts.sum(), right)
    ),
    ("average-shares", "not of shares"): (
        lambda given, right, gradients, counts: near(given * len(counts), right * counts.sum())
    ),
}


@pytest.mark.parametrize(("name", "words"), RELATIONS)
def test_an_answer_is_wrong_as_its_feedback_says(name, words):
    wrong, _ = said(name, words)
    for given, right, case in on_cases(name, wrong):
        assert RELATIONS[name, words](given, right, *case)


def test_no_message_about_where_an_answer_is_right_is_left_out():
    condition = re.compile(r"\bright (for|if|at|where|below|but|size)\b|\b(is|are) right\b")
    tested = [said(name, words) for name, words in [*CONDITIONS, *RELATIONS]]
    for exercise in EXERCISES.values():
        if exercise.kind == "function":
            for _, message in exercise.mistakes:
                assert not condition.search(message) or message in [said for _, said in tested]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the sign is", lambda right, down: -right),
        ("it answers to what changes from row to row", lambda right, down: down),
        ("eight times too strong", lambda right, down: 8 * right),
        ("six times too strong", lambda right, down: 6 * right),
        ("twice too strong", lambda right, down: 2 * right),
        ("0 on every ramp", lambda right, down: 0),
    ],
)
def test_a_kernel_answers_to_ramps_as_its_feedback_says(words, expected):
    kernel, _ = said("edge-kernel", words)
    slopes = []
    for (image,) in EXERCISES["edge-kernel"].cases(np.random.default_rng(0)):
        right, down = image[0, 1] - image[0, 0], image[1, 0] - image[0, 0]
        assert np.isclose((kernel * image[:3, :3]).sum(), expected(right, down))
        slopes.append((right, down))
    # alone and together: a constant image, each slope without the other, and both
    assert {(right != 0, down != 0) for right, down in slopes} == {
        (a, b) for a in (False, True) for b in (False, True)
    }


# ---- of what other question a number is the answer -----------------------------------------------


def paper(j, k, y):
    """Give ∂C/∂w_jk of the network on paper, whose output is 0.5."""
    return (2, -1)[j - 1] * (0.5 - y) * 0.5 * 0.5 * (1, 2)[k - 1]


def of_ravine(rate):
    """Give what a step multiplies the distance by in a ravine of the curvatures 1 and 9."""
    return max(abs(1 - rate * curvature) for curvature in (1, 9))


def first_step_above(share, beta):
    return next(t for t in range(1, 10_000) if 1 - beta**t > share)


def flattened(channels, zeros, pooling_stride, last, rounded):
    """Give what is left of 60 pixels; `zeros` are those of both sides, of each convolution."""
    size = rounded((60 + zeros[0] - 5) / 2) + 1
    size = rounded((size - 3) / pooling_stride) + 1
    size = size + zeros[1] - 3 + 1
    return channels * (rounded((size - last) / last) + 1) ** 2


def entropy(*p):
    return -sum(p_i * math.log(p_i) for p_i in p)


# by exercise: a formula, its arguments as the exercise has them, and as words of a message do
NUMBERS = {
    "updates-per-epoch": (
        lambda updates, per_epoch: math.ceil(updates / per_epoch),
        (1020, 34),
        {"fewer than 34": (1020, 33), "how many updates an epoch makes": (34, 1)},
    ),
    "parameter-count": (
        lambda cost, biases, rounded: rounded((5000 - biases) / cost),
        (75, 10, math.floor),
        {
            "no fraction of a neuron": (75, 10, float),
            "67 neurons have": (75, 10, math.ceil),
            "you counted only": (64, 0, math.floor),
            "the output layer is missing": (64 + 1, 0, math.floor),
        },
    ),
    "paper-gradient": (paper, (1, 2, 0), {"the value for y = 1": (1, 2, 1), "w₂₁": (2, 1, 0)}),
    "ten-sigmoids": (
        lambda slopes, matrices, slope=1 / 4: slope**slopes * 2**matrices,
        (10, 9),
        {
            "ten slopes but nine matrices": (10, 10),
            "nine matrices but ten slopes": (9, 9),
            "the matrices are missing": (10, 0),
            "not σ(0) = ½": (10, 9, 1 / 2),
        },
    ),
    "he-start": (
        lambda part, n: math.sqrt(part / n),
        (2, 200),
        {"√(1/n)": (1, 200), "Xavier": (2, 250), "the outputs": (2, 50)},
    ),
    "updates-in-five-epochs": (
        lambda updates, epochs, batches: max(
            size for size in range(1, 1001) if epochs * batches(1000 / size) >= updates
        ),
        (100, 5, math.ceil),
        {
            "the last batch of an epoch may be smaller": (100, 5, math.floor),
            "100 updates in one epoch": (100, 1, math.ceil),
        },
    ),
    "noise-to-a-third": (
        lambda falls_by: 16 * falls_by**2,
        (3,),
        {"the distance itself falls by √3 only": (math.sqrt(3),)},
    ),
    "largest-rate": (
        lambda curvature: 2 / curvature,
        (6,),
        {"2 is right for λ = 1": (1,), "not the 3": (3,)},
    ),
    "best-ravine": (
        lambda factor, rounded: rounded(math.log(1 / 100) / math.log(factor)),
        (of_ravine(2 / (1 + 9)), math.ceil),
        {
            "the best momentum": ((3 - 1) / (3 + 1), math.ceil),
            "not yet a hundredth": (of_ravine(0.2), math.floor),
            "number of steps is whole": (of_ravine(0.2), float),
            "the rate 1/λ_max": (of_ravine(1 / 9), math.ceil),
            "0.2 is the best rate": (0.2, math.ceil),
        },
    ),
    "final-velocity": (
        lambda steps: sum(0.95**i for i in range(steps)),
        (1000,),
        {"the second step": (2,), "plain descent": (1,)},
    ),
    "adagrad-tires": (
        lambda gradients, square=np.square, root=math.sqrt: (
            0.5 * gradients[-1] / root(sum(square(gradients)))
        ),
        ([10, *[1] * 100],),
        {
            "without the first gradient": ([1] * 100,),
            "adds up squares": ([10, *[1] * 100], np.abs),
            "was 10, not 1": ([1] * 101,),
            "divide by the root": ([10, *[1] * 100], np.square, float),
            "the first step": ([10],),
        },
    ),
    "bias-by-hand": (
        lambda steps: 2 * (1 - 0.9**steps),
        (5,),
        {"after four": (4,), "after the first step": (1,), "after the correction": (1000,)},
    ),
    "small-gradients": (
        lambda inside, outside: 1e-8 / (math.sqrt(1e-16 + inside) + outside),
        (0, 1e-8),
        {"cannot be left out": (0, 0), "inside the root": (1e-8, 0)},
    ),
    "state-of-adam": (
        lambda numbers, size, unit: 24e9 / (numbers * size) / unit,
        (4, 4, 1e9),
        {
            "Adam's state alone": (2, 4, 1e9),
            "one of the four is missing": (3, 4, 1e9),
            "for the parameters alone": (1, 4, 1e9),
            "not eight": (4, 8, 1e9),
            "right, but in billions": (4, 4, 1),
        },
    ),
    "decay-alone": (
        lambda gradient, direction, rate: 5 - rate * direction(gradient),
        (0.02 * 5, np.sign, 0.3),
        {
            "that is AdamW": (0.02 * 5, float, 0.3),
            "not by ρ": (0.02 * 5, float, 1),
            "the decay is ρ w": (0.02, float, 0.3),
            "a gradient like any other": (0, np.sign, 0.3),
            "the sign of the step": (0.02 * 5, np.sign, -0.3),
        },
    ),
    "clip-by-hand": (
        lambda length, number: number * min(1, 5.2 / length),
        (13, 3),
        {
            "none is clipped by itself": (math.hypot(3, 4), 3),
            "only the largest": (12, 3),
            "19 is the sum": (3 + 4 + 12, 3),
            "the new length of all three": (13, 13),
            "that is the factor": (13, 1),
        },
    ),
    "best-constant": (
        lambda chosen: chosen([5, 2, 96, 4, 3]),
        (np.median,),
        {
            "the mean": (np.mean,),
            "that is the smallest": (min,),
            "the second smallest": (lambda targets: sorted(targets)[1],),
            "halfway between": (lambda targets: (min(targets) + max(targets)) / 2,),
        },
    ),
    "outlier-pull": (
        lambda power: (10 / 0.2) ** power,
        (1,),
        {"is how many": (2,), "the size 1": (0,)},
    ),
    "least-smoothed": (
        entropy,
        (0.91, *[0.01] * 9),
        {"equal probabilities": [0.1] * 10, "shared among all ten": (0.9, 0.1)},
    ),
    "balanced-weight": (
        lambda classes, samples: 1000 / (classes * samples),
        (3, 50),
        {
            "that is N/N_c": (1, 50),
            "for two classes": (2, 50),
            "the weight of the commonest class": (3, 800),
        },
    ),
    "two-means": (
        lambda weights, divisor: np.dot(weights, (2, 5)) / divisor,
        ((3, 1), 4),
        {
            "divides by N = 2": ((3, 1), 2),
            "without weights": ((1, 1), 2),
            "the weighted sum": ((3, 1), 1),
        },
    ),
    "focal-factor": (
        lambda easy, hard: easy * math.log(0.9) / (easy * math.log(0.9) + hard * math.log(0.4)),
        (1000 * 0.1**2, 10 * 0.6**2),
        {
            "share of the cross-entropy": (1000, 10),
            "one of each": (0.1**2, 0.6**2),
            "p_t² here": (1000 * 0.9**2, 10 * 0.4**2),
        },
    ),
    "dead-neuron": (
        lambda *weights: -sum(weights),
        (2, 1.5),
        {
            "for the corner (1, 1, 1)": (2, -1, 1.5),
            "the second weight is negative": (2, 1, 1.5),
            "for the corner (0, 0, 0)": (),
            "the third weight is positive": (2,),
        },
    ),
    "jacobian-entry": (
        lambda *raised: 0.2 * sum((j == 3) - (0.5, 0.3, 0.2)[j - 1] for j in raised),
        (1, 2),
        {
            "what the first logit does": (1,),
            "what the second logit does": (2,),
            "if all three logits rose": (1, 2, 3),
        },
    ),
    "curvature-of-two": (
        lambda first, second: math.prod(first) / math.prod(second),
        ((0.5, 0.5), (0.9, 0.1)),
        {
            "the other way round": ((0.9, 0.1), (0.5, 0.5)),
            "divide it by the other": ((2 * 0.5, 2 * 0.5), ()),
            "not 0.81": ((0.5, 0.5), (0.9, 0.9)),
        },
    ),
    "batches-with-sample": (
        math.comb,
        (6, 2),
        {"in all": (7, 3), "how many leave": (6, 3), "chosen already": (7, 2)},
    ),
    "weights-add-up": (
        first_step_above,
        (0.99, 0.9),
        {"where they pass 0.9": (0.9, 0.9), "that is for β₂ = 0.999": (0.99, 0.999)},
    ),
    "map-of-nesterov": (
        lambda times: -0.5 / 0.1 * times,
        (0.1 / 0.05,),
        {"for the old rate": (1,), "the other way round": (0.05 / 0.1,)},
    ),
    "bound-of-three": (
        lambda slopes, matrices: 0.25**slopes * 2**matrices,
        (3, 2),
        {
            "two weight matrices, not three": (3, 3),
            "there are three slopes": (2, 2),
            "the weights stretch, too": (3, 0),
            "one layer": (1, 1),
        },
    ),
    "backward-count": (
        lambda samples, products, first: samples * (products * 6100 + first * 5000),
        (16, 2, -1),
        {
            "that is the forward pass": (16, 1, 0),
            "need no error": (16, 2, 0),
            "that is one sample": (1, 2, -1),
            "that is both passes": (16, 3, -1),
        },
    ),
    "price-of-differences": (
        lambda runs, parameters: runs * parameters * (2 * 3 + 3),
        (2, 2 * 3 + 3 + 3 + 1),
        {"twice for each parameter": (1, 13), "the biases are parameters": (2, 2 * 3 + 3)},
    ),
    "three-channels": (
        lambda channels, windows: windows * (2 * 9 * channels - 1),
        (3, 5**2),
        {
            "one channel, the example": (1, 5**2),
            "the window does not stand at every pixel": (3, 7**2),
            "that is one window": (3, 1),
        },
    ),
    "memory-of-columns": (
        lambda images, channels, side, size, unit: images * channels * 25 * side**2 * size / unit,
        (32, 16, 64, 4, 1e6),
        {
            "one image of the batch": (1, 16, 64, 4, 1e6),
            "that is one channel": (32, 1, 64, 4, 1e6),
            "that many million": (32, 16, 64, 1, 1e6),
            "that is float64": (32, 16, 64, 8, 1e6),
            "that is without padding": (32, 16, 64 - 4, 4, 1e6),
            "MiB, of 2²⁰ bytes": (32, 16, 64, 4, 2**20),
        },
    ),
    "groups-of-four": (
        lambda kernels, channels, biases: kernels * channels * 9 + biases,
        (128, 64 // 16, 128),
        {
            "that is without groups": (128, 64, 128),
            "each kernel has a bias, too": (128, 4, 0),
            "16 is the number of groups": (128, 16, 128),
            "the biases of all": (128 // 16, 4, 128),
            "that is one group": (128 // 16, 4, 128 // 16),
            "as many groups as channels": (128, 1, 128),
        },
    ),
    "winograd-five": (
        lambda outputs, kernel: (outputs * kernel / (outputs + kernel - 1)) ** 2,
        (4, 5),
        {"for a kernel of 3 × 3": (4, 3), "for 2 × 2 outputs": (2, 5)},
    ),
    "flatten-size": (
        flattened,
        (32, (2, 2), 2, 2, math.floor),
        {
            "that is one channel": (1, (2, 2), 2, 2, math.floor),
            "the channels of the first convolution": (16, (2, 2), 2, 2, math.floor),
            "a kernel adds": (3 * 32, (2, 2), 2, 2, math.floor),
            "padding, and it": (32, (2, 0), 2, 2, math.floor),
            "padding, and you": (32, (0, 0), 2, 2, math.floor),
            "round down": (32, (2, 2), 2, 2, math.ceil),
            "its stride is 2": (32, (2, 2), 3, 2, math.floor),
            "one more layer": (32, (2, 2), 2, 1, math.floor),
        },
    ),
    "network-parameters": (
        lambda seen: 8 * (3 * 25 + 1) + 16 * (8 * 9 + 1) + 10 * (seen + 1),
        (16 * 6**2,),
        {
            "pooling makes": (16 * (32 - 4 - 2) ** 2,),
            "without padding": (16 * (32 // 2 // 2) ** 2,),
            "sees every channel": (6**2,),
        },
    ),
    "bytes-moved": (
        lambda columns, size, kernels=64, out=28: (
            size * 64 * (28**2 + out**2 + columns * 9 * out**2 + kernels * 9)
        ),
        (2, 4),
        {
            "count them twice": (1, 4),
            "without the columns": (0, 4),
            "each has four bytes": (2, 1),
            "not eight": (2, 8),
            "the kernels move": (2, 4, 0),
            "with padding 1": (2, 4, 64, 26),
        },
    ),
    "time-on-a-ring": (
        lambda rounds, chunks, latency=0.02, bandwidth=1e10: (
            rounds * (latency + 400e6 / chunks / bandwidth * 1e3)
        ),
        (2 * 15, 16),
        {
            "half of it": (15, 16),
            "one chunk of P": (30, 1),
            "2 (P − 1) rounds": (2 * 16, 16),
            "begins with the latency": (30, 16, 0),
            "one round": (1, 16),
            "not bits": (30, 16, 0.02, 1e10 / 8),
        },
    ),
    "share-that-hides": (lambda shares: 19 * shares, (1,), {"all 16 processes": (16,)}),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_the_answer_to_what_its_feedback_says(name):
    formula, asked, others = NUMBERS[name]
    exercise = EXERCISES[name]
    assert formula(*asked) == pytest.approx(exercise.solution, rel=1e-9)
    for words, arguments in others.items():
        _, message = said(name, words)
        assert check(name, formula(*arguments)).message == message, words


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("weights-add-up", "1 − 0.9⁴³ is 0.98922", 1 - 0.9**43),
        ("temperature", "the probability is σ(2) ≈ 0.88", sigmoid(2)),
        ("share-that-hides", "the backward pass of 18 samples takes 72", 18 * 4),
        ("outlier-pull", "the slopes are 2 · 0.2 = 0.4", 2 * 0.2),
        ("outlier-pull", "and 2 · 10 = 20", 2 * 10),
        ("huber-join", "the parabola ends at ½ · 3² = 4.5", 3**2 / 2),
        ("huber-join", "the line begins at 9", 3 * 3),
        ("updates-in-five-epochs", "five epochs make only 95", math.ceil(1000 / 53) * 5),
        ("best-ravine", "after 20 steps 0.8²⁰ = 0.0115", of_ravine(0.2) ** 20),
        ("clip-by-hand", "√(9 + 16 + 144) = 13", math.hypot(3, 4, 12)),
    ],
)
def test_a_number_in_a_message_is_so(name, words, value):
    said(name, words)
    number = words.split()[-1]
    assert round(value, len(number.partition(".")[2])) == float(number)


# ---- which of several formulas is wrong ----------------------------------------------------------


X, R, W, B, Z, Y = np.random.default_rng(0).standard_normal((6, 2, 2))
PHI = np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2)
DENSITY = np.exp(-(X**2) / 2) / math.sqrt(2 * math.pi)
ONE_HOT = np.eye(2)
DELTA = R * sigmoid(X @ W.T + B[0]) * sigmoid(-X @ W.T - B[0])

# by exercise: each choice as a cost, where it is differentiated, and the gradient that it prints
GRADIENTS = {
    "wrong-slope": {
        "a": (lambda x: (x * sigmoid(x)).sum(), X, sigmoid(X) * (1 + X * (1 - sigmoid(X)))),
        "b": (lambda x: np.tanh(x).sum(), X, (1 - np.tanh(X)) * (1 + np.tanh(X))),
        "c": (lambda x: (x * PHI(x)).sum(), X, PHI(X) + DENSITY),
        "d": (lambda x: sigmoid(x).sum(), X, sigmoid(X) * sigmoid(-X)),
    },
    "wrong-loss-gradient": {
        "a": (lambda x: ((x - Y) ** 2).mean(), X, 2 / 4 * (Y - X)),
        "b": (lambda x: np.abs(x - Y).mean(), X, np.sign(X - Y) / 4),
        "c": (
            lambda z: -np.log(np.exp(z) / np.exp(z).sum(1, keepdims=True))[ONE_HOT == 1].mean(),
            X,
            (np.exp(X) / np.exp(X).sum(1, keepdims=True) - ONE_HOT) / 2,
        ),
        "d": (
            lambda z: -(ONE_HOT * np.log(sigmoid(z)) + (1 - ONE_HOT) * np.log(sigmoid(-z))).sum(),
            X,
            sigmoid(X) - ONE_HOT,
        ),
    },
    "find-the-wrong-gradient": {
        "a": (lambda z: (R * sigmoid(z)).sum(), Z, R * sigmoid(Z) * sigmoid(-Z)),
        "b": (lambda a: (R * sigmoid(a @ W.T + B[0])).sum(), X, DELTA @ W.T),
        "c": (lambda w: (R * sigmoid(X @ w.T + B[0])).sum(), W, DELTA.T @ X),
        "d": (lambda b: (R * sigmoid(X @ W.T + b)).sum(), B[0], DELTA.sum(axis=0)),
    },
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_one_formula_is_wrong_and_those_said_to_be_right_are_right(name):
    right = {
        choice: np.allclose(central_difference(cost, x), printed, rtol=1e-6, atol=1e-8)
        for choice, (cost, x, printed) in GRADIENTS[name].items()
    }
    assert right == {choice: choice != EXERCISES[name].solution for choice in "abcd"}
