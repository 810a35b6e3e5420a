"""Wrong answers to every exercise as readers type them, each with words of the feedback it gets.

They are written anew, not taken from the exercises' own tables of mistakes: these are what they
test. The words stand in one message of the exercise only.
"""

from math import dist, frexp, trunc

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def adam(update, power=2):
    """Make a function of gradients and rate out of the last line of Adam's loop."""

    def run(gradients, lr):
        w, m, v = np.zeros((3, gradients.shape[1]))
        for t, g in enumerate(gradients, 1):
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * np.abs(g) ** power
            w = w + lr * update(m, v, 1 - 0.9**t, 1 - 0.999**t)
        return w

    return run


def half(both):
    return [both // 2, both - both // 2]


def slide(x, w):
    k = len(w)
    rows, columns = x.shape[0] - k + 1, x.shape[1] - k + 1
    return [[(x[u : u + k, v : v + k] * w).sum() for v in range(columns)] for u in range(rows)]


def patches(x, k, step=1, order="C", last=1):
    h, w = x.shape
    return [
        x[u : u + k, v : v + k].ravel(order)
        for u in range(0, h - k + last, step)
        for v in range(0, w - k + last, step)
    ]


def line(columns, h, s, add=True):
    given = np.zeros(h)
    for u in range(columns.shape[1]):
        given[s * u : s * u + len(columns)] *= add
        given[s * u : s * u + len(columns)] += columns[:, u]
    return given


def read_by_rows(columns, h, s):
    k, windows = columns.shape
    return line(np.array([columns.ravel()[u * k : u * k + k] for u in range(windows)]).T, h, s)


def own_stride(kernels, strides):
    field = jump = 1
    for k, s in zip(kernels, strides, strict=True):
        jump *= s
        field += (k - 1) * jump
    return field


def from_the_image(kernels, strides):
    field = 1
    for k, s in zip(kernels, strides, strict=True):
        field = (field - 1) * s + k
    return field


def pool_back(window_and_error):
    """Make a function of x and upstream out of one of a window and its error."""

    def run(x, upstream):
        dx = np.zeros(x.shape)
        for u, v in np.ndindex(upstream.shape):
            here = np.s_[2 * u : 2 * u + 2, 2 * v : 2 * v + 2]
            dx[here] = window_and_error(x[here], upstream[u, v])
        return dx

    return run


def only(place):
    return np.eye(4)[place].reshape(2, 2)


def log_sum(z):
    return np.log(np.exp(z - z.max()).sum())


def one_hot(p, t):
    return np.eye(p.shape[1])[t]


def dice(p, y):
    return (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)


WRONG_ANSWERS = {
    # 1.1
    "steps-order": [
        ("a", "reads the inputs"),
        ("b", "reads the answers"),
        ("d", "reads dw and db"),
    ],
    "updates-per-epoch": [
        (31, "the smaller batch"),
        (30.306, "takes 21"),
        (29, "from 1, not from 0"),
        (33, "full batches"),
        (34, "how many epochs"),
    ],
    "descent-step": [
        (lambda w, gradient, lr: w + gradient * lr, "climbs"),
        (lambda w, gradient, lr: w - gradient, "learning rate is missing"),
        (lambda w, gradient, lr: 0 - gradient * lr, "change of w"),
        (lambda w, gradient, lr: gradient * lr, "has to be subtracted"),
        (lambda w, gradient, lr: w - (1 / lr) * gradient, "not divide"),
        (lambda w, gradient, lr: w * lr - gradient * lr, "gradient alone"),
        (lambda w, gradient, lr: gradient - w * lr, "changed places"),
        (
            lambda w, gradient, lr: w - lr * ((gradient > 0) * 1.0 - (gradient < 0)),
            "only its sign",
        ),
    ],
    "which-part": [
        ("a", "fitted to"),
        ("b", "that luck"),
        ("c", "won by it"),
    ],
    # 1.1.1 and 1.1.2
    "weighted-input": [
        (lambda w, b, a: a @ w + b, "swapped"),
        (lambda w, b, a: w.dot(a), "bias is missing"),
        (lambda w, b, a: w.dot(a) - b, "not subtracted"),
        (lambda w, b, a: np.einsum("jk,k->k", w, a) + b, "summed over j"),
        (lambda w, b, a: np.einsum("jk,k->jk", w, a) + b, "not added up yet"),
        (lambda w, b, a: np.dot(w, b + a), "before the weights"),
        (lambda w, b, a: (w @ a + b).clip(0), "ReLU(z)"),
        (lambda w, b, a: 1 / (1 + np.exp(-b - w @ a)), "σ(z)"),
    ],
    "parameter-count": [
        (66 + 8 / 15, "round down to stay"),
        (67, "5035"),
        (78, "what the hidden layer reads"),
        (76, "output layer is missing"),
        (75, "one neuron costs"),
        (4960, "how many neurons?"),
    ],
    "batch-forward": [
        (lambda x, w, b: b + np.dot(x, w), "the rows of w"),
        (lambda x, w, b: (w @ x.T).T, "bias is missing"),
        (lambda x, w, b: (w @ x.T).T - b, "not subtracted"),
        (lambda x, w, b: (x @ w.T + b).T, "became columns"),
        (lambda x, w, b: (w @ x.T + b).T, "down the column"),
        (lambda x, w, b: np.dot(w, x) + b, "from the right"),
    ],
    "output-error": [
        (lambda z, y: sigmoid(z) - y, "is missing: a − y"),
        (lambda z, y: sigmoid(z) * sigmoid(-z), "∂C/∂a is missing"),
        (lambda z, y: (y - sigmoid(z)) * sigmoid(z) * sigmoid(-z), "sign is wrong"),
        (lambda z, y: 2 * (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z), "twice too large"),
        (lambda z, y: (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z) / 2, "half of it"),
        (
            lambda z, y: (
                (sigmoid(z) - y) * (sigmoid(z) * sigmoid(-z) / ((sigmoid(z) - y) ** 2).sum() ** 0.5)
            ),
            "the distance",
        ),
        (
            lambda z, y: (y - sigmoid(z)) ** 2 / 2 * sigmoid(z) * sigmoid(-z),
            "the cost itself",
        ),
        (
            lambda z, y: (sigmoid(z) - y) * sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z))),
            "taken at a",
        ),
        (lambda z, y: (sigmoid(z) - y) * (z - z * z), "you put z there"),
        (lambda z, y: (sigmoid(z) - y) * (1 - sigmoid(z)) * (1 + sigmoid(z)), "slope of tanh"),
        (lambda z, y: (z - y) * sigmoid(z) * sigmoid(-z), "not with z"),
    ],
    "hidden-error": [
        (lambda w_next, delta_next, slope: slope * w_next.dot(delta_next), "transposed"),
        (lambda w_next, delta_next, slope: delta_next @ w_next, "σ′(z) is missing"),
        (lambda w_next, delta_next, slope: np.diag(w_next) * delta_next * slope, "sum over j is"),
        (
            lambda w_next, delta_next, slope: np.einsum("jk,j,k->kj", w_next, delta_next, slope),
            "add them up",
        ),
        (lambda w_next, delta_next, slope: delta_next @ w_next + slope, "multiplies: slope"),
        (
            lambda w_next, delta_next, slope: (delta_next @ w_next)[:, None] * slope,
            "by every slope",
        ),
        (lambda w_next, delta_next, slope: slope @ (delta_next @ w_next), "does not add up"),
        (lambda w_next, delta_next, slope: (slope * delta_next) @ w_next, "not before"),
    ],
    "find-the-wrong-gradient": [
        ("a", "equation 1.5"),
        ("c", "equation 1.9"),
        ("d", "equation 1.8"),
    ],
    "paper-gradient": [
        (-0.5, "for y = 1"),
        (1, "cancels the ½"),
        (0.25, "hidden neuron"),
        (0.125, "error of the output"),
        (2, "= ¼ is missing"),
        (-0.125, "w₂₁"),
    ],
    "ten-sigmoids": [
        (1 / 1024, "nine matrices: that"),
        (1 / 512, "tenth layer"),
        (1 / 4**10, "twofold"),
        (0.5, "not σ(0)"),
        (2.5, "not added"),
    ],
    "he-start": [(0.01, "variance"), (0.0707, "√(1/n)"), (0.0894, "Xavier"), (0.2, "outputs")],
    # 1.2
    "updates-in-five-epochs": [
        (155, "8 samples that are left"),
        (157, "every epoch ends"),
        (32, "that is one epoch"),
        (5000, "stochastic"),
        (5, "batch descent"),
    ],
    "noise-to-a-third": [(48, "√3 only"), (5.33, "noisier"), (27.7, "square the 3")],
    "largest-rate": [
        (2 / 3, "not the 3"),
        (1 / 6, "best rate"),
        (2, "right for λ = 1"),
        (1, "differentiate twice"),
    ],
    "best-ravine": [
        (8 / 9, "for the rate 1/λ_max"),
        (0.5, "best momentum"),
        (1 / 9, "that is 1/κ"),
        (0.2, "best learning rate"),
    ],
    "momentum-step": [
        (lambda w, v, g, lr, momentum: w + momentum * v, "gradient has no part"),
        (lambda w, v, g, lr, momentum: w - lr * g, "velocity has no part"),
        (lambda w, v, g, lr, momentum: w + (momentum * v + lr * g), "uphill"),
        (lambda w, v, g, lr, momentum: w + lr * momentum * v - lr * g, "gradient alone"),
        (
            lambda w, v, g, lr, momentum: w + (momentum * v - (1 - momentum) * (lr * g)),
            "a mean of the gradients",
        ),
        (lambda w, v, g, lr, momentum: momentum * v - g * lr, "now take the step"),
    ],
    "final-velocity": [
        (0.95, "that is μ"),
        (1.95, "second step"),
        (19, "begins with 1"),
        (1, "plain descent"),
    ],
    "nesterov-step": [
        (lambda w, v, curvature, lr, momentum: w + momentum * v - lr * (curvature * w), "at w"),
        (
            lambda w, v, curvature, lr, momentum: momentum * v - lr * curvature * (w + v) + w,
            "the point ahead is",
        ),
        (
            lambda w, v, curvature, lr, momentum: (1 + lr * curvature) * (w + momentum * v),
            "uphill",
        ),
        (
            lambda w, v, curvature, lr, momentum: w - curvature * (w + momentum * v) * lr,
            "moves w, too",
        ),
    ],
    "adagrad-tires": [
        (0.5, "first step"),
        (0.005, "divide by the root"),
        (0.5 / 99**0.5, "gradient of this step"),
    ],
    "bias-by-hand": [
        (2, "after the correction"),
        (1.18098, "missing of 2"),
        (0.6878, "after four"),
        (0.2, "first step"),
    ],
    "adam-steps": [
        (adam(lambda m, v, m_part, v_part: -m / (v**0.5 + 1e-8)), "not corrected"),
        (adam(lambda m, v, m_part, v_part: m / m_part / ((v / v_part) ** 0.5 + 1e-8)), "uphill"),
        (adam(lambda m, v, m_part, v_part: -m / m_part / (v / v_part + 1e-8)), "√v̂ belongs"),
        (
            adam(lambda m, v, m_part, v_part: -m / m_part / ((v / v_part) ** 0.5 + 1e-8), power=1),
            "mean of squares",
        ),
    ],
    "small-gradients": [
        (1, "cannot be left out"),
        (1e-8 / (1e-16 + 1e-8) ** 0.5, "inside the root"),
        (0.00000001, "which is small, too"),
        (0.05, "not a tenth of it"),
    ],
    "state-of-adam": [
        (38440, "two numbers"),
        (19220, "count bytes"),
        (115320, "parameters themselves"),
        (153760, "not eight"),
    ],
    "decay-alone": [
        (1.8208, "not by ρ"),
        (4.5, "the factors multiply"),
        (5, "still decays"),
        (4.99, "one step"),
    ],
    "clip-by-hand": [
        (3, "more than 5.2"),
        (1.3, "the largest"),
        (5.2, "direction and proportions"),
        (0.4, "that is the factor"),
    ],
    # 1.3
    "sigmoid-scaled": [(0.25, "factor of 4"), (4, "not the identity"), (1 / 16, "does not divide")],
    "tanh-slope": [
        (lambda a: a - a**2, "the sigmoid's"),
        (lambda a: 1 - a, "the square is missing"),
        (lambda a: np.cosh(a) ** -2, "already"),
    ],
    "stable-sigmoid": [
        (lambda x: 1 - 1 / (1 + np.exp(-np.abs(x))), "right for x ≤ 0"),
        (
            lambda x: np.where(x < 0, np.exp(-np.abs(x)), 1) / (1 + np.exp(-np.abs(x)) ** 2),
            "right at 0 and far out only",
        ),
        (lambda x: 1 / (np.exp(-np.abs(x)) + 1), "right for x ≥ 0"),
    ],
    "softmax-shift": [
        ("a", "every term of the denominator"),
        ("c", "grow by the same factor"),
        ("d", "whatever they are"),
    ],
    "softmax-vjp": [
        (lambda s, u: u * (s - s**2), "diagonal"),
        (lambda s, u: s * (u - np.sum(u)), "factors s_i"),
        (lambda s, u: s * u, "second term"),
    ],
    "temperature": [(0.5, "not multiplied"), (1, "at T = 1"), (4, "difference ½")],
    "elu-slope": [
        (lambda x, alpha: np.where(x <= 0, np.exp(x), 1), "off by a factor of α below"),
        (lambda x, alpha: np.where(x <= 0, alpha * np.exp(x) - alpha, 1), "−α has no slope"),
        (lambda x, alpha: alpha * np.minimum(np.exp(x), 1), "right below 0"),
    ],
    "wrong-slope": [("a", "1.3.8a"), ("b", "factored"), ("d", "1 − σ(x) is σ(−x)")],
    "swish-slope": [
        (
            lambda x, beta: sigmoid(beta * x) * (1 + x * sigmoid(-beta * x)),
            "missing in the second term",
        ),
        (lambda x, beta: beta * sigmoid(beta * x) * sigmoid(-beta * x), "x is a factor, too"),
        (lambda x, beta: sigmoid(x) * (1 + x * sigmoid(-x)), "right for β = 1 only"),
    ],
    "dead-neuron": [
        (4, "wherever the neuron is alive"),
        (3, "the other way round"),
        (0, "at (0, 0)"),
    ],
    "maxout-relu": [("a", "is |x|"), ("c", "for negative x"), ("d", "rises to the left")],
    # 1.4
    "best-constant": [
        (22, "the mean"),
        (3, "the second smallest"),
        (49, "halfway"),
        (2, "that is the smallest"),
    ],
    "outlier-pull": [
        (2500, "how much more it costs"),
        (1, "the absolute error's"),
        (100, "take their ratio"),
        (10, "the error of the outlier"),
    ],
    "huber-slope": [
        (lambda e, delta: np.where(np.abs(e) > delta, np.sign(e), e), "right for small errors"),
        (lambda e, delta: np.where(np.abs(e) > delta, delta, e), "right for e > −δ"),
        (
            lambda e, delta: np.where(np.abs(e) > delta, np.clip(e, -delta, delta), 2 * e),
            "right for large errors",
        ),
    ],
    "huber-join": [(0, "would jump"), (9, "the parabola has a ½"), (1.5, "times δ once more")],
    "wrong-loss-gradient": [("a", "only 1/N is left"), ("c", "one-hot"), ("d", "at y = 1 it is")],
    "stable-cross-entropy": [
        (lambda z, t: log_sum(z) - z[t], "subtract it from z_t"),
        (lambda z, t: z.max() + log_sum(z), "that is log Σ"),
        (lambda z, t: (z - z.max())[t] - log_sum(z), "not negative"),
    ],
    "cross-entropy-gradient": [
        (lambda p, t: p - one_hot(p, t), "the mean over the samples"),
        (lambda p, t: -(p - one_hot(p, t)) / len(t), "the sign is wrong"),
        (lambda p, t: -one_hot(p, t) / np.maximum(p, 1e-300) / len(t), "through softmax"),
        (lambda p, t: (p - one_hot(p, t)) / (len(t) * p.shape[1]), "N · K"),
    ],
    "least-smoothed": [
        (0, "would need p = 1"),
        (2.303, "a fair die"),
        (0.0943, "nine other classes"),
        (0.325, "shared among all ten"),
    ],
    "balanced-weight": [
        (0.05, "frequency"),
        (20, "N/N_c"),
        (19, "how many times more"),
        (10 / 19, "weight of the major"),
    ],
    "two-means": [(5.5, "divides by N"), (3.5, "without weights"), (11, "weighted sum")],
    "stable-log-sigmoid": [
        (lambda z: np.logaddexp(0, -np.abs(z)), "right for z ≥ 0"),
        (lambda z: np.logaddexp(0, z), "if the answer is no"),
        (lambda z: -np.logaddexp(0, -z), "that is log σ(z)"),
    ],
    "soft-dice": [
        (
            lambda p, y: 2 * (p * y).sum() / (p.sum() + y.sum() + 1),
            "right but for the smoothing",
        ),
        (
            lambda p, y: (2 * (p * y).sum() + 1) / (p.sum() + y.sum() - (p * y).sum() + 1),
            "the union here",
        ),
        (lambda p, y: 1 - dice(p, y), "that is the loss"),
        (lambda p, y: dice(p > 0.5, y), "p is rounded"),
    ],
    "missed-pixels": [
        (50, "300 − 250"),
        (200, "predicted sizes"),
        (0, "3400 of them were found"),
        (250, "that were found"),
    ],
    "focal-factor": [
        (0.64, "that is p_t²"),
        (0.2, "to the power γ"),
        (25, "its inverse"),
        (0.00893, "focal loss itself"),
    ],
    "focal-slope": [
        (lambda p, gamma: -((1 - p) ** gamma) / p, "depends on p, too"),
        (
            lambda p, gamma: -((1 - p) ** gamma) * (1 / p + gamma * np.log(p) / (1 - p)),
            "first term has the wrong sign",
        ),
        (lambda p, gamma: (gamma / p) * (1 - p) ** (gamma - 1), "derivatives are multiplied"),
    ],
    "one-triplet": [
        (
            lambda a, p, n, margin: np.linalg.norm(a - p) + margin - np.linalg.norm(a - n),
            "right where it is positive",
        ),
        (
            lambda a, p, n, margin: np.maximum(dist(n, a) + margin - dist(p, a), 0),
            "the other way round",
        ),
        (lambda a, p, n, margin: max(dist(p, a) - dist(n, a), 0), "the margin is missing"),
        (
            lambda a, p, n, margin: max(((a - p) ** 2).sum() - ((a - n) ** 2).sum() + margin, 0),
            "squared distances",
        ),
    ],
    "fewer-missed": [("a", "more careful"), ("b", "cheaper still"), ("d", "choose a side")],
    # 1.5
    "which-theorem-fails": [("a", "has tanh"), ("c", "z depends on b"), ("d", "z depends on w")],
    "where-it-breaks": [("a", "by definition"), ("b", "is the chain rule"), ("d", "made already")],
    "weights-of-a-layer": [
        (lambda delta, a: a[:, None] * delta, "transposed"),
        (lambda delta, a: a * delta, "the diagonal"),
        (lambda delta, a: (a * delta).sum(), "a number"),
    ],
    "jacobian-entry": [
        (0.15, "lowers the other"),
        (0.25, "i = j = 1"),
        (0.21, "i = j = 2"),
        (0, "not elementwise"),
    ],
    "softmax-jacobian": [
        (lambda a: np.diag(a - a**2), "only the diagonal"),
        (lambda a: np.diag(a) + a[:, None] * a, "sign off the diagonal"),
        (lambda a: a[:, None] * (1 - a), "belongs to i = j alone"),
        (lambda a: a[:, None] * a - np.diag(a), "all signs"),
    ],
    "curvature-of-two": [
        (2, "comes twice"),
        (0.5, "its square 4"),
        (0.25, "a₁ a₂ is ¼"),
        (0, "right for v = (1, 1)"),
    ],
    "batches-with-sample": [
        (35, "in all"),
        (20, "do without it"),
        (21, "chosen already"),
        (3 / 7, "their share"),
    ],
    "weights-add-up": [
        (43, "0.98922"),
        (43.7, "whole numbers"),
        (22, "that is for 0.9"),
        (4603, "β₂ = 0.999"),
    ],
    "map-of-nesterov": [
        (-5, "for the old rate"),
        (-2.5, "the other way round"),
        (10, "points downhill"),
        (-0.5, "that is −v"),
    ],
    "bound-of-three": [
        (1 / 8, "two weight matrices"),
        (1 / 4, "three slopes"),
        (1 / 64, "stretch"),
        (1 / 2, "one layer"),
    ],
    "backward-count": [
        (97600, "the forward pass"),
        (195200, "need no error"),
        (7200, "one sample"),
        (212800, "both passes"),
    ],
    "price-of-differences": [
        (117, "twice for each parameter"),
        (162, "biases are parameters"),
        (26, "number of runs"),
        (21, "both passes"),
    ],
    # 2.1
    "three-channels": [
        (425, "one channel"),
        (1275, "three channels"),
        (17550, "their counts add up"),
        (1350, "one addition less"),
        (2597, "it has to fit"),
        (53, "one window"),
    ],
    "same-padding": [
        (lambda k, d: half(k - 1), "right for d = 1"),
        (lambda k, d: 2 * [half(d * (k - 1))[0]], "right where the number of zeros is even"),
        (lambda k, d: half(d * (k - 1))[::-1], "one more stands behind"),
        (lambda k, d: 2 * [d * (k - 1) / 2], "half a zero"),
        (lambda k, d: 2 * [d * (k - 1)], "missing in all"),
        (lambda k, d: half(d * k), "fewer than k gaps"),
    ],
    "true-convolution": [
        (lambda x, w: slide(np.pad(x, len(w) - 1), w), "the kernel is not turned"),
        (lambda x, w: slide(np.pad(x, len(w) - 1), np.flipud(w)), "top to bottom only"),
        (lambda x, w: slide(np.pad(x, len(w) - 1), w.T), "transposed"),
        (lambda x, w: slide(x, np.rot90(w, 2)), "the middle is right"),
    ],
    "edge-kernel": [
        ([[0, 0, 0], [0.5, 0, -0.5], [0, 0, 0]], "the sign"),
        ([[0, -0.5, 0], [0, 0, 0], [0, 0.5, 0]], "from row to row"),
        ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "eight times too strong"),
        ([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], "six times too strong"),
        ([[0, 0, 0], [-1, 0, 1], [0, 0, 0]], "twice too strong"),
        (np.ones((3, 3)) / 9, "that is a mean"),
        ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], "0 on every ramp"),
    ],
    "which-column": [
        (
            lambda c, i, j, u, v, kernel, output: [
                output[1] * u + v,
                kernel[1] * (kernel[0] * c + i) + j,
            ],
            "a window is a column",
        ),
        (
            lambda c, i, j, u, v, kernel, output: [kernel[1] * i + j, output[1] * u + v],
            "right for the first channel",
        ),
        (
            lambda c, i, j, u, v, kernel, output: [
                kernel[0] * (kernel[0] * c + i) + j,
                output[0] * u + v,
            ],
            "right where height and width are equal",
        ),
        (
            lambda c, i, j, u, v, kernel, output: [
                kernel[0] * kernel[1] * c + kernel[0] * j + i,
                output[1] * u + v,
            ],
            "the column is right",
        ),
        (
            lambda c, i, j, u, v, kernel, output: [
                kernel[0] * kernel[1] * c + kernel[1] * i + j,
                output[0] * v + u,
            ],
            "the row is right",
        ),
        (
            lambda c, i, j, u, v, kernel, output: [
                kernel[0] * kernel[1] * c + kernel[1] * i + (j + 1),
                output[1] * u + (v + 1),
            ],
            "one too many",
        ),
    ],
    "im2col-by-hand": [
        (lambda x, k: np.array(patches(x, k)), "the windows are rows"),
        (lambda x, k: np.array(patches(x, k, order="F")).T, "read top to bottom"),
        (
            lambda x, k: np.array(patches(x.T, k, order="F")).T,
            "each column is right",
        ),
        (lambda x, k: np.array(patches(x, k, last=0)).T, "how often does it fit"),
        (lambda x, k: np.array(patches(x, k, step=k)).T, "lie side by side"),
    ],
    "memory-of-columns": [
        (8.39, "those are the images"),
        (6.55, "one image of the batch"),
        (13.1, "one channel"),
        (52.4, "how many bytes has each"),
        (419.4, "float64"),
        (184.3, "without padding"),
        (200, "MiB"),
    ],
    "col2im-of-a-line": [
        (lambda X, h, s: line(X, h, s, add=False), "only the last one is left"),
        (
            lambda X, h, s: line(X, h, s) / np.maximum(line(np.ones(X.shape), h, s), 1),
            "does not divide",
        ),
        (lambda X, h, s: line(X, h, 1), "right for s = 1"),
        (read_by_rows, "are read row by row"),
    ],
    "why-add": [("a", "comes back fourfold"), ("b", "(2.1.1d)"), ("c", "four different numbers")],
    "kernel-gradient": [
        (lambda X, delta: np.einsum("nol,nkl->ok", delta, X) / len(X), "mean over the batch"),
        (lambda X, delta: np.einsum("nol,nkl->nok", delta, X), "one gradient for each image"),
        (lambda X, delta: np.einsum("nol,nkl->ko", delta, X), "transposed"),
        (lambda X, delta: np.einsum("nol,mkl->ok", delta, X), "the sums are taken first"),
        (lambda X, delta: np.einsum("ol,kl->ok", delta[0], X[0]), "first image alone"),
    ],
    "groups-of-four": [
        (73856, "without groups"),
        (4608, "has a bias, too"),
        (18560, "the number of groups"),
        (416, "the biases of all"),
        (296, "that is one group"),
        (1280, "as many groups as channels"),
    ],
    "winograd-five": [
        (4, "kernel of 3 × 3"),
        (2.778, "2 × 2 outputs"),
        (2.5, "one direction"),
        (4.938, "one smaller"),
        (25, "more than 16 pixels"),
        (0.16, "the other way round"),
    ],
    # 2.2
    "flatten-size": [
        (49, "that is one channel"),
        (784, "first convolution"),
        (224, "one row of each"),
        (4704, "adds the channels"),
        (1152, "padding, on both sides"),
        (800, "more is missing"),
        (2048, "round down"),
        (512, "its stride is 2"),
        (6272, "one more layer"),
    ],
    "network-parameters": [
        (7512, "biases are missing"),
        (1776, "those are the convolutions"),
        (6138, "goes through all channels"),
        (109946, "pooling makes"),
        (12026, "without padding"),
        (2146, "sees every channel"),
    ],
    "receptive-field": [
        (lambda kernels, strides: (kernels - 1).sum() + 1, "right if all strides are 1"),
        (lambda kernels, strides: (kernels - 1) @ strides + 1, "which strides come before"),
        (own_stride, "does not stretch"),
        (lambda kernels, strides: np.prod(kernels), "right for windows that lie side by side"),
        (from_the_image, "in the wrong order"),
    ],
    "max-pool-gradient": [
        (pool_back(lambda window, error: error * (window == window.max())), "only one gets"),
        (
            pool_back(
                lambda window, error: (
                    error * (window == window.max()) / (window == window.max()).sum()
                )
            ),
            "not divided",
        ),
        (
            pool_back(lambda window, error: error * only(3 - np.argmax(np.rot90(window, 2)))),
            "takes the last",
        ),
        (pool_back(lambda window, error: error / 4), "gradient of the mean"),
        (pool_back(lambda window, error: only(np.argmax(window))), "should come from upstream"),
        (
            pool_back(lambda window, error: error * window.max() * only(np.argmax(window))),
            "by itself is not x",
        ),
    ],
    "shift-by-one": [
        ("a", "cannot stay as it is"),
        ("b", "right for the convolution"),
        ("d", "two neighbours"),
    ],
    # 3.1
    "which-bfloat16": [(301, "two apart"), (302, "300 is nearer"), (300.7, "more than 7 bits")],
    "round-yourself": [
        (
            lambda x, bits: round(x / 2.0 ** (frexp(x)[1] - bits)) * 2.0 ** (frexp(x)[1] - bits),
            "one bit too few",
        ),
        (
            lambda x, bits: (
                trunc(x / 2.0 ** (frexp(x)[1] - 1 - bits)) * 2.0 ** (frexp(x)[1] - 1 - bits)
            ),
            "cuts the other bits off",
        ),
        (lambda x, bits: round(x * 2.0**bits) / 2.0**bits, "behind the point"),
    ],
    "bytes-moved": [
        (2355200, "count them twice"),
        (548864, "without the columns"),
        (1040384, "each has four bytes"),
    ],
    # 3.2
    "average-shares": [
        (lambda gradients, counts: np.mean(gradients, axis=0), "as much here"),
        (lambda gradients, counts: (counts[:, None] * gradients).sum(axis=0), "these are sums"),
        (
            lambda gradients, counts: (counts[:, None] * gradients).mean(axis=0),
            "not of shares",
        ),
    ],
    "time-on-a-ring": [
        (37.8, "half of it"),
        (1200.6, "one chunk"),
        (80.64, "2 (P − 1) rounds"),
        (0.0756, "in milliseconds"),
    ],
    "share-that-hides": [(18, "72 ms"), (18.9, "round up"), (304, "all 16 processes")],
    "who-lost-what": [
        ("a", "after every epoch"),
        ("c", "the order is the same"),
        ("d", "the same parameters"),
    ],
}

# Right but where it is hard: what a checker's cases have to find without knowing the mistake.
NEARLY_RIGHT = {
    "adam-steps": [
        lambda gradients, lr: adam(lambda m, v, a, b: -m / a / ((v / b) ** 0.5 + 1e-8))(
            gradients[:2], lr
        )
    ],
    "stable-sigmoid": [
        lambda x: 1 / (1 + np.exp(-x)),
        lambda x: np.exp(x) / (1 + np.exp(x)),
        lambda x: np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x))),
    ],
    "huber-slope": [lambda e, delta: np.minimum(e, delta), lambda e, delta: np.maximum(e, -delta)],
    "stable-cross-entropy": [
        lambda z, t: -np.log((np.exp(z) / np.exp(z).sum())[t]),
        lambda z, t: np.log(np.exp(z).sum()) - z[t],
        lambda z, t: log_sum(z) + z.max() - z[0],
    ],
    "stable-log-sigmoid": [
        lambda z: -np.log(sigmoid(z)),
        lambda z: np.log1p(np.exp(-z)),
        lambda z: -z + np.log1p(np.exp(z)),
    ],
    "soft-dice": [lambda p, y: 2 * (p * y).sum() / (p.sum() + y.sum())],
    "focal-slope": [
        lambda p, gamma: 2 * (1 - p) * np.log(p) - (1 - p) ** 2 / p,
        lambda p, gamma: np.log(p) - (1 - p) / p,
    ],
    "one-triplet": [lambda a, p, n, margin: 0.0],
    "softmax-jacobian": [lambda a: a[0] * a[1] * np.array([[1, -1], [-1, 1]])],
    "same-padding": [lambda k, d: [d * (k // 2), d * (k // 2)]],
    "true-convolution": [
        lambda x, w: slide(np.pad(x, len(w) - 1), w[::-1, ::-1].T),
        lambda x, w: np.transpose(slide(np.pad(x.T, len(w) - 1), np.rot90(w, 2))),
    ],
    "im2col-by-hand": [lambda x, k: np.array(patches(x[: len(x[0]), : len(x)], k)).T],
    "kernel-gradient": [lambda X, delta: np.einsum("ol,kl->ok", delta.sum(0), X.mean(0))],
    "round-yourself": [
        lambda x, bits: (
            np.floor(x / 2.0 ** (frexp(x)[1] - 1 - bits) + 0.5) * 2.0 ** (frexp(x)[1] - 1 - bits)
        ),
        lambda x, bits: (
            np.ceil(x / 2.0 ** (frexp(x)[1] - 1 - bits) - 0.5) * 2.0 ** (frexp(x)[1] - 1 - bits)
        ),
        lambda x, bits: round(x / 2.0 ** (8 - bits)) * 2.0 ** (8 - bits),
    ],
    "average-shares": [lambda gradients, counts: counts[:2] @ gradients[:2] / counts[:2].sum()],
    "edge-kernel": [
        [[0, 0, 0], [-0.5, 0, 0.5], [0, 0, 0.01]],
        [[0, -0.1, 0], [-0.5, 0, 0.5], [0, 0.1, 0]],
        [[0, 0, 0], [-0.25, 0, 0.25], [0, 0, 0]],
    ],
}
