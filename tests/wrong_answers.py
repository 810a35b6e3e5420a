"""Wrong answers to every exercise as readers type them, each with words of the feedback it gets.

They are written anew, not taken from the exercises' own tables of mistakes: these are what they
test. The words stand in one message of the exercise only.
"""

from math import ceil, dist, floor, frexp, trunc

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cut(z, far, f):
    return np.where(z > far, 1.0, np.where(z < -far, 0.0, f(np.clip(z, -far, far))))


def stable(z):
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


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


def unit(x, bits):
    return 2.0 ** (frexp(x)[1] - 1 - bits)


def in_units(cut, x, unit):
    return cut(x / unit) * unit


def adam_with_its_betas_swapped(gradients, lr):
    w, m, v = np.zeros((3, gradients.shape[1]))
    for t, g in enumerate(gradients, 1):
        m = 0.999 * m + 0.001 * g
        v = 0.9 * v + 0.1 * g**2
        w = w - lr * m / (1 - 0.999**t) / (np.sqrt(v / (1 - 0.9**t)) + 1e-8)
    return w


def adam_in_the_shorter_form(gradients, lr):
    w, m, v = np.zeros((3, gradients.shape[1]))
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        rate = lr * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
        w = w - rate * m / (v**0.5 + 1e-8)
    return w


def signs_of_adam(gradients):
    m, signs = np.zeros((2, gradients.shape[1]))
    for g in gradients:
        m = 0.9 * m + 0.1 * g
        signs = signs + np.sign(m)
    return signs


def nesterov_ahead(w, v, curvature, lr, momentum):
    new = momentum * v - lr * curvature * (w + momentum * v)
    return w + new + momentum * new


def from_its_end(step, steps, warm_up):
    return (step - warm_up) / (steps - warm_up)


def cosine(step, peak, steps=136, warm_up=17):
    """Give the rate as the page does."""
    if step < warm_up:
        return peak * (step + 1) / warm_up
    share = (step - warm_up) / (steps - warm_up)
    return peak * (1 + np.cos(np.pi * share)) / 2


def warm_up(grows, share):
    """Make a schedule out of its warm-up and of the share of the cosine that is over."""

    def rate(step, steps, n, peak):
        if step < n:
            return peak * grows(step, steps, n)
        return peak * np.cos(np.pi / 2 * share(step, steps, n)) ** 2

    return rate


def gaussian(m, tau, y):
    return -np.log(np.exp(-(((m - y) / tau) ** 2) / 2) / tau / np.sqrt(2 * np.pi)).mean()


def picked(x, t):
    return x[range(len(t)), t]


def rows(x):
    return x.sum(1)[:, None]


def top(z):
    return z.max(1)[:, None]


def row_softmax(z):
    return np.exp(z - top(z)) / rows(np.exp(z - top(z)))


def log_sums(z, m):
    return np.log(np.exp(z - m).sum(1))


def shifted_loss(z, t, shift):
    z = z - shift(z, axis=1)[:, None]
    return (np.log(np.exp(z).sum(1)) - picked(z, t)).mean()


def row_losses(z, t):
    return log_sums(z, top(z)) - picked(z - top(z), t)


def shares(part, whole):
    return np.array([p / w if w else 1.0 for p, w in zip(part, whole, strict=True)])


def half(both):
    return [both // 2, both - both // 2]


def slide(x, w):
    k = len(w)
    rows, columns = x.shape[0] - k + 1, x.shape[1] - k + 1
    return [[(x[u : u + k, v : v + k] * w).sum() for v in range(columns)] for u in range(rows)]


def last_stamp(x, w):
    k = len(w)
    y = np.zeros(np.add(x.shape, k - 1))
    for a in range(len(x)):
        for b in range(len(x[0])):
            for i in range(k):
                y[a + i, b : b + k] = x[a, b] * w[i]
    return y


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


def spread(kernels, strides):
    """Give how many pixels one output sees, if a first window takes a stride, too."""
    if not kernels:
        return 1
    return spread(kernels[1:], strides[1:]) * strides[0] + kernels[0]


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


def found_from(best, window):
    place = 0, 0
    for at in np.ndindex(2, 2):
        if window[at] > best:
            best, place = window[at], at
    return only(2 * place[0] + place[1])


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
        ("c", "choosing there is"),
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
        (78, "you counted only"),
        (76, "output layer is missing"),
        (75, "one neuron costs"),
        (4960, "how many neurons?"),
    ],
    "batch-forward": [
        (lambda x, w, b: b + np.dot(x, w), "the rows of w"),
        (lambda x, w, b: (w @ x.T).T, "bias is missing"),
        (lambda x, w, b: (w @ x.T).T - b, "not subtracted"),
        (lambda x, w, b: (x @ w.T + b).T, "your samples are"),
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
            "all paths are",
        ),
        (
            lambda w_next, delta_next, slope: np.einsum("kk,k,k->k", w_next, delta_next, slope),
            "one path for each neuron",
        ),
        (
            lambda w_next, delta_next, slope: np.einsum("jk,j,k->jk", w_next, delta_next, slope),
            "sum over the rows",
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
        (1 / 4**10, "matrices are missing"),
        (0.5, "not σ(0)"),
        (2.5, "not added"),
        (0.0488, "in percent"),
    ],
    "he-start": [(0.01, "variance"), (0.0707, "√(1/n)"), (0.0894, "Xavier"), (0.2, "outputs")],
    # 1.2
    "updates-in-five-epochs": [
        (50, "so does more"),
        (53, "19 batches of"),
        (52.63, "which way do you round"),
        (20, "how large are its batches"),
        (10, "in one epoch"),
    ],
    "noise-to-a-third": [(48, "√3 only"), (5.33, "noisier"), (27.7, "square the 3")],
    "largest-rate": [
        (2 / 3, "not the 3"),
        (1 / 6, "best rate"),
        (2, "right for λ = 1"),
        (1, "differentiate twice"),
    ],
    "best-ravine": [
        (7, "factor of the best momentum"),
        (20, "not yet a hundredth"),
        (20.64, "the number of"),
        (40, "1/λ_max"),
        (3, "0.2 is the best rate"),
    ],
    "momentum-step": [
        (lambda w, v, g, lr, momentum: w + momentum * v, "gradient plays no part"),
        (lambda w, v, g, lr, momentum: w - lr * g, "velocity plays no part"),
        (lambda w, v, g, lr, momentum: w + (momentum * v + lr * g), "uphill"),
        (lambda w, v, g, lr, momentum: w + lr * momentum * v - lr * g, "gradient alone"),
        (
            lambda w, v, g, lr, momentum: w + (momentum * v - (1 - momentum) * (lr * g)),
            "a mean of the gradients",
        ),
        (lambda w, v, g, lr, momentum: w - lr * g - lr * momentum * v, "PyTorch's form"),
        (lambda w, v, g, lr, momentum: v + w - g * lr, "you keep the"),
        (lambda w, v, g, lr, momentum: momentum * v - g * lr, "now take the step"),
    ],
    "final-velocity": [
        (0.95, "that is μ"),
        (1.95, "second step"),
        (19, "begins with 1"),
        (1, "plain descent"),
        (0.513, "flips its sign"),
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
        (
            lambda w, v, curvature, lr, momentum: (w + momentum * v) * (1 - lr * curvature) - w,
            "now add it to w",
        ),
        (nesterov_ahead, "the point ahead of the new w"),
        (
            lambda w, v, curvature, lr, momentum: (
                w - lr * (curvature * w + momentum * (momentum * v + curvature * w))
            ),
            "with v for b",
        ),
        (
            lambda w, v, curvature, lr, momentum: (
                w + momentum**2 * v - lr * (1 + momentum) * curvature * w
            ),
            "takes w for the point ahead",
        ),
        (lambda w, v, curvature, lr, momentum: w + momentum * v - lr * curvature, "erratum E6"),
    ],
    "adagrad-tires": [
        (0.05, "never forgotten"),
        (0.0477, "adds up squares"),
        (0.0498, "was 10, not 1"),
        (0.0025, "divide by the root"),
        (0.5, "first step"),
    ],
    "bias-by-hand": [
        (2, "after the correction"),
        (1.18098, "is what m"),
        (0.6878, "after four"),
        (0.4095, "weights add up to"),
        (0.2, "first step"),
    ],
    "adam-steps": [
        (adam(lambda m, v, m_part, v_part: -m / (v**0.5 + 1e-8)), "m and v are not corrected"),
        (adam(lambda m, v, m_part, v_part: -m / ((v / v_part) ** 0.5 + 1e-8)), "only v is"),
        (adam(lambda m, v, m_part, v_part: -m / m_part / (v**0.5 + 1e-8)), "only m is"),
        (adam(lambda m, v, m_part, v_part: m / m_part / ((v / v_part) ** 0.5 + 1e-8)), "uphill"),
        (adam(lambda m, v, m_part, v_part: -m / m_part / (v / v_part + 1e-8)), "√v̂ belongs"),
        (adam(lambda m, v, m_part, v_part: -m / m_part / (v / v_part + 1e-8) ** 0.5), "inside"),
        (adam(lambda m, v, m_part, v_part: -m / m_part / (v / v_part) ** 0.5 - 1e-8), "too late"),
        (adam(lambda m, v, m_part, v_part: -m / m_part / (v / v_part) ** 0.5), "there is no ε"),
        (
            adam(lambda m, v, m_part, v_part: -m / m_part / ((v / v_part) ** 0.5 + 1e-8), power=1),
            "mean of squares",
        ),
        (adam_in_the_shorter_form, "Kingma's shorter form"),
        (adam_with_its_betas_swapped, "changed places"),
        (lambda gradients, lr: -lr * signs_of_adam(gradients), "every step is α long"),
    ],
    "small-gradients": [
        (1, "cannot be left out"),
        (1e-8 / (1e-16 + 1e-8) ** 0.5, "inside the root"),
        (0.00000001, "which is small, too"),
        (0.05, "not a tenth of it"),
    ],
    "decay-alone": [
        (4.97, "that is AdamW"),
        (4.9, "not by ρ"),
        (4.994, "by its own size"),
        (5, "like any other"),
        (5.3, "towards 0"),
    ],
    "clip-by-hand": [
        (3, "more than 5.2"),
        (1.3, "the largest"),
        (0.821, "19 is the sum"),
        (5.2, "all three together"),
        (0.4, "that is the factor"),
    ],
    "state-of-adam": [
        (3, "state alone"),
        (2, "one of the four"),
        (6, "parameters alone"),
        (0.75, "not eight"),
        (1.5e9, "in billions"),
    ],
    "warm-up-cosine": [
        (cosine, "in another order"),
        (warm_up(lambda step, steps, n: step / n, from_its_end), "count the steps"),
        (warm_up(lambda step, steps, n: (step + 1) / n, lambda t, T, n: t / T), "not at step 0"),
        (
            warm_up(
                lambda step, steps, n: (step + 1) / n,
                lambda t, T, n: 2 * from_its_end(t, T, n),
            ),
            "not at 2π",
        ),
        (
            lambda step, steps, n, peak: (
                peak * np.cos(np.pi / 2 * from_its_end(step, steps, n))
                if step >= n
                else peak / n * (1 + step)
            ),
            "a quarter of a cosine",
        ),
        (
            lambda step, steps, n, peak: (
                peak * np.cos(np.pi * from_its_end(step, steps, n))
                if step >= n
                else peak / n * (1 + step)
            ),
            "raise it by 1",
        ),
    ],
    "fair-race": [
        ("b", "equal rates are"),
        ("c", "too short for B"),
        ("d", "two seeds of the same"),
    ],
    # 1.3
    "tanh-slope": [
        (lambda a, c, k: 1 - a * a, "slope of tanh x"),
        (lambda a, c, k: k * c - k * c * a**2, "before you square"),
        (lambda a, c, k: k - k * (a / c) ** 2, "in front of tanh"),
        (lambda a, c, k: c - a**2 / c, "inner derivative k"),
        (lambda a, c, k: 1 - a**2 / c**2, "brings two factors"),
        (lambda a, c, k: k * (c - a), "squared"),
        (lambda a, c, k: c * k / np.cosh(k * a) ** 2, "apply tanh to it again"),
    ],
    "stable-sigmoid": [
        (sigmoid, "e^−x overflows"),
        (lambda x: np.exp(x) / (np.exp(x) + 1), "e^x overflows"),
        (lambda x: np.where(x < 0, np.exp(x) / (1 + np.exp(x)), sigmoid(x)), "both branches"),
        (lambda x: stable(-np.abs(x)), "right for x ≤ 0"),
        (
            lambda x: np.where(x < 0, np.exp(-np.abs(x)), 1) / (1 + np.exp(-np.abs(x)) ** 2),
            "right at 0 and far out only",
        ),
        (lambda x: 1 / (np.exp(-np.abs(x)) + 1), "right for x ≥ 0"),
        (lambda x: cut(x, 10, sigmoid), "Nothing has to be cut"),
        (lambda x: np.where(x < 0, 1 - stable(-x), stable(x)), "it is lost"),
    ],
    "softmax-vjp": [
        (lambda s, u: u * (s - s**2), "diagonal"),
        (lambda s, u: s * (u - np.sum(u)), "each u_i in"),
        (lambda s, u: s * (np.dot(u, s) - u), "signs of both"),
        (lambda s, u: s * u, "is missing"),
    ],
    "temperature": [(0.5, "not multiplied"), (1, "at T = 1"), (4, "difference ½")],
    "elu-slope": [
        (lambda x, alpha: np.where(x <= 0, alpha * np.exp(x), 1), "both branches"),
        (
            lambda x, alpha: np.where(x < 0, alpha * np.exp(-np.abs(x)), 1),
            "right except at",
        ),
        (lambda x, alpha: np.where(x <= 0, np.exp(-np.abs(x)), 1), "factor α is missing"),
        (
            lambda x, alpha: np.where(x <= 0, alpha * np.expm1(np.minimum(x, 0)), 1),
            "−α has no slope",
        ),
        (lambda x, alpha: alpha * np.exp(-np.maximum(-x, 0)), "right up to 0"),
        (
            lambda x, alpha: np.where(x > 0, 1.0, alpha * np.exp(np.clip(x, -7, 0)) * (x > -7)),
            "cut off",
        ),
    ],
    "wrong-slope": [("a", "1.3.8a"), ("b", "factored"), ("d", "1 − σ(x) is σ(−x)")],
    "swish-slope": [
        (
            lambda x, beta: sigmoid(beta * x) * (1 + beta * x * (1 - sigmoid(beta * x))),
            "a sigmoid that does not",
        ),
        (
            lambda x, beta: stable(beta * x) * (1 + x * stable(-beta * x)),
            "β is missing in the second term",
        ),
        (lambda x, beta: beta * stable(beta * x) * stable(-beta * x), "x is a factor, too"),
        (lambda x, beta: beta * x * stable(beta * x) * stable(-beta * x), "add the first"),
        (lambda x, beta: stable(x) * (1 + x * stable(-x)), "right for β = 1 only"),
        (
            lambda x, beta: cut(beta * x, 7, lambda s: sigmoid(s) * (1 + s * sigmoid(-s))),
            "cut off",
        ),
    ],
    # 1.4
    "likelihood-of-rain": [
        (1.022, "the sum over"),
        (0.36, "that is the likelihood"),
        (1.073, "stayed dry"),
        (0.310, "mean probability"),
        (-0.3406, "the sign"),
        (0.148, "base 10"),
    ],
    "gaussian-loss": [
        (
            lambda m, tau, y: (
                ((m - y) ** 2).mean() / (2 * tau**2) + np.log(tau * np.sqrt(2 * np.pi))
            ),
            "one τ for all",
        ),
        (
            lambda m, tau, y: (
                ((m - y) ** 2).mean() * (tau**-2.0 / 2).mean()
                + np.log(tau * np.sqrt(2 * np.pi)).mean()
            ),
            "comes too early",
        ),
        (lambda m, tau, y: (np.abs(y - m) / tau + np.log(tau + tau)).mean(), "Laplace"),
        (lambda m, tau, y: gaussian(m, tau**0.5, y), "for the variance"),
        (lambda m, tau, y: gaussian(m, tau, y) - np.log(tau).mean(), "log τ is missing"),
        (
            lambda m, tau, y: gaussian(m, tau, y) + np.mean(((m - y) / tau) ** 2 / 2),
            "the ½ is missing",
        ),
        (
            lambda m, tau, y: np.mean((m - y) ** 2 / 2 / tau + np.log(tau * np.sqrt(2 * np.pi))),
            "divided by τ here",
        ),
        (lambda m, tau, y: gaussian(m, tau, y) - 2 * np.log(tau).mean(), "sign of log τ"),
        (lambda m, tau, y: gaussian(m, tau, y) * y.size, "the sum over the samples"),
        (
            lambda m, tau, y: gaussian(m, tau, y) - np.log(np.sqrt(2 * np.pi)),
            "but for the constant",
        ),
    ],
    "one-more-logit": [("a", "that is so"), ("b", "where p is small"), ("c", "close to 1")],
    "best-constant": [
        (22, "the mean"),
        (3, "the second smallest"),
        (49, "halfway"),
        (2, "that is the smallest"),
        (96, "as they stand"),
    ],
    "outlier-pull": [
        (2500, "is how many"),
        (1, "the absolute error's"),
        (100, "take their ratio"),
        (10, "the error of the outlier"),
        (0.02, "turn the ratio over"),
    ],
    "huber-slope": [
        (lambda e, delta: np.where(np.abs(e) > delta, np.sign(e), e), "right for small errors"),
        (lambda e, delta: np.where(np.abs(e) > delta, delta, e), "right for e > −δ"),
        (lambda e, delta: [min(one, delta) for one in e], "above only"),
        (lambda e, delta: [max(one, -delta) for one in e], "below only"),
        (lambda e, delta: np.abs(np.clip(e, -delta, delta)), "the size of the slope"),
        (
            lambda e, delta: np.where(np.abs(e) > delta, np.clip(e, -delta, delta), 2 * e),
            "right for large errors",
        ),
        (
            lambda e, delta: np.where(
                np.abs(e) < delta, 0.5 * e**2, delta * np.abs(e) - 0.5 * delta**2
            ),
            "that is the loss",
        ),
        (lambda e, delta: -np.clip(e, -delta, delta), "the sign is wrong"),
        (lambda e, delta: np.clip(e, -delta, delta) / e.size, "number of errors"),
        (lambda e, delta: np.clip(e, -delta, delta) / delta, "SmoothL1Loss"),
    ],
    "huber-join": [(0, "would jump"), (9, "the parabola has a ½"), (1.5, "in δ (|e|")],
    "wrong-loss-gradient": [("b", "leaves 1/N"), ("c", "one-hot"), ("d", "at y = 1 it is")],
    "stable-cross-entropy": [
        (lambda z, t: -np.log(picked(np.exp(z) / rows(np.exp(z)), t)).mean(), "overflows from 710"),
        (lambda z, t: -np.log(picked(row_softmax(z), t)).mean(), "has no logarithm"),
        (lambda z, t: -picked(np.log(row_softmax(z)), t).mean(), "of other classes"),
        (
            lambda z, t: np.where(
                (p := picked(row_softmax(z), t)) > 0,
                -np.log(np.where(p > 0, p, 1)),
                z.max(1) - picked(z, t),
            ).mean(),
            "is left beside it",
        ),
        *(
            (lambda z, t, cut=cut: -np.log(picked(row_softmax(z).clip(cut), t)).mean(), words)
            for cut, words in (
                *((1e-7, "at 1e-07 hides"), (1e-8, "at 1e-08 hides"), (1e-12, "at 1e-12, or")),
                *((1e-15, "at 1e-15, or"), (2.0**-52, "at 2.2e-16, or")),
                *((1e-300, "at 1e-300, or"), (2.0**-1022, "at 2.2e-308, or")),
            )
        ),
        *(
            (lambda z, t, cut=cut: -np.log(picked(row_softmax(z), t) + cut).mean(), words)
            for cut, words in ((1e-7, "1e-07 added"), (1e-8, "1e-08 added"))
        ),
        *(
            (
                lambda z, t, cut=cut: -np.log(picked(row_softmax(z), t).clip(cut, 1 - cut)).mean(),
                words,
            )
            for cut, words in ((1e-7, "at 1e-07 and"), (1e-8, "at 1e-08 and"))
        ),
        (lambda z, t: row_losses(np.clip(z, -700, 700), t).mean(), "cut off at −700"),
        (lambda z, t: shifted_loss(z, t, np.min), "the smallest logit"),
        (lambda z, t: shifted_loss(z, t, np.mean), "the mean is subtracted"),
        (lambda z, t: (log_sums(z, z.max()) - picked(z - z.max(), t)).mean(), "whole batch"),
        (
            lambda z, t: shifted_loss(z, t, lambda z, axis: abs(z).max(axis)),
            "largest logit in size",
        ),
        (
            lambda z, t: (log_sums(z, m := np.maximum(top(z), 0)) - picked(z - m, t)).mean(),
            "Begin with a logit",
        ),
        (
            lambda z, t: (
                np.log(rows(np.where(z - top(z) < -15, 0, np.exp(z - top(z))))) - z + top(z)
            )[range(len(t)), t].mean(),
            "left out where it is small",
        ),
        (lambda z, t: (log_sums(z, top(z)) - picked(z, t)).mean(), "subtract it from z_t"),
        (lambda z, t: (log_sums(z, top(z)) + z.max(1)).mean(), "that is log Σ"),
        (lambda z, t: -row_losses(z, t).mean(), "not negative"),
        (lambda z, t: row_losses(z, t).sum(), "the sum over the samples"),
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
        (0.0858, "term of the right class"),
        (0.325, "shared among all ten"),
    ],
    "balanced-weight": [
        (0.05, "the share of the class"),
        (20, "N/N_c"),
        (10, "for two classes"),
        (16, "how many times more"),
        (0.417, "weight of the commonest"),
    ],
    "two-means": [
        (5.5, "divides by N"),
        (3.5, "without weights"),
        (4.25, "swapped"),
        (11, "weighted sum"),
    ],
    "stable-log-sigmoid": [
        (lambda z: np.log1p(np.exp(-z)), "from −709 on"),
        (lambda z: -z + np.log1p(np.exp(z)), "up to 709"),
        (
            lambda z: np.where(z >= 0, np.log1p(np.exp(-z)), np.log1p(np.exp(z)) - z),
            "computes both",
        ),
        (lambda z: np.logaddexp(0, -np.abs(z)), "right for z ≥ 0"),
        (lambda z: np.logaddexp(0, z), "if the answer is no"),
        (lambda z: -np.logaddexp(0, -z), "that is log σ(z)"),
        (lambda z: -np.log(np.maximum(stable(z), 1e-12)), "cut off at 10⁻¹²"),
        (lambda z: np.logaddexp(0, -z) * (z < 20), "At z = 25"),
    ],
    "soft-dice": [
        (
            lambda p, y: 2 * (p * y).sum() / (p.sum() + y.sum() + 1),
            "right but for the smoothing",
        ),
        (lambda p, y: 2 * p @ y / (p.sum() + y.sum()), "smoothing s = 1 is missing"),
        (
            lambda p, y: (2 * (p * y).sum() + 1) / (p.sum() + y.sum() - (p * y).sum() + 1),
            "the union here",
        ),
        (lambda p, y: (p @ y + 1) / (p.sum() + y.sum() - p @ y + 1), "counts the common pixels"),
        (lambda p, y: p @ y / (p + y - p * y).sum(), "and the smoothing is missing"),
        (lambda p, y: 2 * p @ y / ((p + y).sum() + 1e-7), "erratum E24"),
        (lambda p, y: (p @ y + 1) / (p.sum() + y.sum() + 1), "the 2 in the numerator"),
        (lambda p, y: (2 * p @ y + 1) / (p @ p + y @ y + 1), "V-Net's"),
        (lambda p, y: 1 - dice(p, y), "that is the loss"),
        (lambda p, y: dice(p > 0.5, y), "p is rounded"),
    ],
    "missed-pixels": [
        (lambda m: 2 * m.diagonal() / (m.sum(0) + m.sum(1)), "you divide 0 by 0"),
        (lambda m: 2 * m.diagonal() / np.maximum(m.sum(0) + m.sum(1), 1), "not 0"),
        (lambda m: 2 * m.diagonal() / (m.sum(0) + m.sum(1) + 1e-7), "erratum E24"),
        (
            lambda m: (2 * m.diagonal() + 1e-7) / (m.sum(0) + m.sum(1) + 1e-7),
            "were asked without",
        ),
        (lambda m: m.diagonal() / m.sum(1), "does not occur"),
        (lambda m: m.diagonal() / m.sum(0), "is not predicted"),
        (lambda m: shares(m.diagonal(), m.sum(1)), "those found"),
        (lambda m: shares(m.diagonal(), m.sum(0)), "those that are true"),
        (lambda m: shares(m.diagonal(), m.sum(0) + m.sum(1) - m.diagonal()), "Jaccard's"),
        (lambda m: shares(2 * m.diagonal(), m.sum(0) + m.sum(1) - m.diagonal()), "union here"),
        (lambda m: shares(m.diagonal(), m.sum(0) + m.sum(1)), "the 2 in the numerator"),
        (lambda m: shares(2 * m.diagonal(), m.sum(0) + m.sum(1)).mean(), "the mean over"),
    ],
    "focal-factor": [
        (0.92, "share of the cross-entropy"),
        (0.319, "easy over hard"),
        (0.758, "the hard ones"),
        (0.00318, "one of each"),
        (0.983, "p_t² here"),
        (24.2, "in percent"),
    ],
    "focal-slope": [
        (lambda p, gamma: -((1 - p) ** gamma) / p, "depends on p, too"),
        (
            lambda p, gamma: -((1 - p) ** gamma) * (1 / p + gamma * np.log(p) / (1 - p)),
            "first term has the wrong sign",
        ),
        (lambda p, gamma: gamma * np.log(p) * (1 - p) ** (gamma - 1), "second term is missing"),
        (
            lambda p, gamma: (1 - p) ** gamma * (1 / p - gamma * np.log(p) / (1 - p)),
            "both signs",
        ),
        (lambda p, gamma: (gamma / p) * (1 - p) ** (gamma - 1), "derivatives are multiplied"),
        (
            lambda p, gamma: -((1 - p) ** gamma) * (1 - p - gamma * p * np.log(p)),
            "slope in the logit",
        ),
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
        (lambda a, p, n, margin: max(dist(p, a) - margin - dist(n, a), 0), "sign of the margin"),
        (
            lambda a, p, n, margin: max(((a - p) ** 2).sum() - ((a - n) ** 2).sum() + margin, 0),
            "squared distances",
        ),
        (
            lambda a, p, n, margin: max(sum(abs(a - p)) - sum(abs(a - n)) + margin, 0),
            "sizes of the differences",
        ),
    ],
    "fewer-missed": [("a", "more careful"), ("b", "cheaper still"), ("d", "choose a side")],
    "dead-neuron": [
        (3.5, "the sign"),
        (-2.5, "for the corner (1, 1, 1)"),
        (-4.5, "the second weight is negative"),
        (0, "for the corner (0, 0, 0)"),
        (-2, "the third weight is positive"),
    ],
    # 1.5
    "jacobian-entry": [
        (0.16, "the sign"),
        (-0.1, "what the first logit does"),
        (-0.06, "what the second logit does"),
        (0, "if all three logits rose"),
        (-0.15, "what one of the two does to the other"),
        (-0.8, "the factor a₃"),
    ],
    "curvature-of-two": [
        (0.36, "the other way round"),
        (1, "divide it by the other"),
        (5, "both probabilities"),
        (25 / 81, "not 0.81"),
    ],
    "which-theorem-fails": [("a", "has tanh"), ("c", "z depends on b"), ("d", "z depends on w")],
    "where-it-breaks": [("a", "by definition"), ("b", "is the chain rule"), ("d", "made before")],
    "weights-of-a-layer": [
        (lambda d, a, d2, a2: a[:, None] * d + a2[:, None] * d2, "transposed"),
        (lambda d, a, d2, a2: d[:, None] * a, "second input"),
        (lambda d, a, d2, a2: (d[:, None] * a + d2[:, None] * a2) / 2, "take their mean"),
        (lambda d, a, d2, a2: (d + d2)[:, None] * (a + a2), "of one input never meets"),
        (lambda d, a, d2, a2: d[:, None] * a2 + d2[:, None] * a, "crossed"),
        (lambda d, a, d2, a2: a * d + a2 * d2, "diagonal"),
    ],
    "softmax-jacobian": [
        (lambda a: np.diag(a - a**2), "the diagonal alone"),
        (lambda a: np.diag(a) + a[:, None] * a, "the sign is wrong"),
        (lambda a: a[:, None] * (1 - a), "belongs to i = j alone"),
        (lambda a: a[:, None] * a - np.diag(a), "all signs"),
    ],
    "batches-with-sample": [
        (35, "in all"),
        (20, "how many leave"),
        (21, "chosen already"),
        (3 / 7, "their share"),
    ],
    "weights-add-up": [
        (43, "0.98922"),
        (43.7, "whole numbers"),
        (22, "pass 0.9"),
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
    "used-three-times": [
        (18, "goes into C directly"),
        (13, "straight to v"),
        (7, "arrow from x to u"),
        (12, "by way of u alone"),
        (1, "last arrow's part"),
        (6, "go on to x"),
        (10, "used twice in v v"),
    ],
    "which-order": [
        ("a", "before v has brought"),
        ("b", "before u has brought its part to x"),
        ("d", "before C has brought"),
    ],
    "quotient-back": [
        (lambda a, b, g: (g / b, g * a / b / b), "a / b falls"),
        (lambda a, b, g: (g / b, -g * a / b), "has to be squared"),
        (lambda a, b, g: (g / b, -g / b**2), "a is missing"),
        (lambda a, b, g: (g * b, -g * a / b**2), "at the rate 1/b"),
        (lambda a, b, g: (-g * a / b**2, g / b), "swapped"),
        (lambda a, b, g: (1 / b, -a / b**2), "multiply each by g"),
        (lambda a, b, g: (g * b, a * g), "the product a b"),
    ],
    "scale-and-shift": [
        (lambda x, s, g: ((g * x).sum(0) / len(g), g.sum(0) / len(g)), "not averaged"),
        (lambda x, s, g: (np.sum(g * x, 1), np.sum(g, 1)), "along each row"),
        (lambda x, s, g: (np.sum(g * x), np.sum(g)), "adds up all"),
        (lambda x, s, g: (x * g, g), "have one row"),
        (lambda x, s, g: (sum(g), sum(g)), "has the factor x"),
        (lambda x, s, g: (s * sum(g), sum(g)), "the way back to x"),
        (lambda x, s, g: (sum(g), sum(g * x)), "are swapped"),
        (lambda x, s, g: (sum(g) * sum(x), sum(g)), "multiply first"),
    ],
    "tied-weights": [
        (lambda x, w, g: w @ x.T @ g, "second use alone"),
        (lambda x, w, g: w @ g.T @ x, "first use alone"),
        (lambda x, w, g: w @ (x.T @ g + g.T @ x) / 2, "not averaged"),
        (lambda x, w, g: w @ (x.T @ g - g.T @ x), "none is subtracted"),
        (lambda x, w, g: (x.T @ g + g.T @ x).T @ w.T, "transposed"),
    ],
    "forward-passes": [
        (200, "reverse mode takes"),
        (1, "one direction"),
        (1000, "how many derivatives"),
    ],
    "forward-count": [
        (117, "values alone"),
        (234, "leaves out the values"),
        (21, "reverse mode"),
        (27, "single pass"),
        (243, "biases are missing"),
    ],
    "after-two-backwards": [
        (6, "set it back"),
        (18, "two backward passes"),
        (36, "not multiplied"),
        (0, "unless you do"),
    ],
    "three-channels": [
        (425, "the example of the page"),
        (1800, "one channel, and its"),
        (5400, "in each channel"),
        (1275, "three channels"),
        (17550, "follow each other"),
        (1350, "one addition fewer"),
        (2597, "it has to fit"),
        (53, "one window"),
    ],
    "same-padding": [
        (lambda k, d: half(k - 1), "right for d = 1"),
        (lambda k, d: 2 * [half(d * (k - 1))[0]], "is even; else"),
        (lambda k, d: half(d * (k - 1))[::-1], "after the input"),
        (lambda k, d: 2 * [d * (k - 1) / 2], "half a zero"),
        (lambda k, d: 2 * [d * (k - 1)], "that many are"),
        (lambda k, d: half(d * k), "fewer than k gaps"),
    ],
    "true-convolution": [
        (lambda x, w: slide(np.pad(x, len(w) - 1), w), "the kernel is not turned"),
        (lambda x, w: slide(np.pad(x, len(w) - 1), np.flipud(w)), "top to bottom only"),
        (lambda x, w: slide(np.pad(x, len(w) - 1), np.fliplr(w)), "left to right only"),
        (lambda x, w: slide(np.pad(x, len(w) - 1), w.T), "transposed"),
        (lambda x, w: slide(x, np.rot90(w, 2)), "the middle is right"),
        (last_stamp, "the last one replaces"),
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
            "both are too",
        ),
    ],
    "im2col-by-hand": [
        (lambda x, k: np.array(patches(x, k)), "the windows are rows"),
        (lambda x, k: np.reshape(patches(x, k), (k**2, -1)), "of the right"),
        (lambda x, k: np.array(patches(x, k, order="F")).T, "the columns are"),
        (
            lambda x, k: np.array(patches(x.T, k, order="F")).T,
            "each column is right",
        ),
        (lambda x, k: np.array(patches(x, k, last=0)).T, "the last window"),
        (lambda x, k: np.array(patches(x, k, step=k)).T, "lie side by side"),
    ],
    "memory-of-columns": [
        (8.39, "those are the images"),
        (6.55, "one image of the batch"),
        (13.1, "one channel"),
        (52.4, "that many million"),
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
        (4704, "a kernel adds"),
        (1152, "padding, and it"),
        (800, "padding, and you"),
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
        (lambda kernels, strides: spread(list(kernels), list(strides)), "for the first"),
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
        (
            pool_back(lambda window, error: error * only(np.argmax(window.T)).T),
            "column by column",
        ),
        (pool_back(lambda window, error: error / 4), "gradient of the mean"),
        (lambda x, upstream: np.kron(upstream, np.ones((2, 2))), "the whole error"),
        (pool_back(lambda window, error: only(np.argmax(window))), "should come from upstream"),
        (
            pool_back(lambda window, error: error * window.max() * only(np.argmax(window))),
            "by itself is not x",
        ),
        (pool_back(lambda window, error: error * found_from(-1, window)), "begin with a pixel"),
    ],
    "shift-by-one": [
        ("a", "cannot stay as it is"),
        ("b", "right for the convolution"),
        ("d", "two neighbours"),
    ],
    # 3.1
    "which-bfloat16": [
        (301, "two apart"),
        (302, "300 is nearer"),
        (300.7, "more than 7 bits"),
        (256, "that is the"),
    ],
    "round-yourself": [
        (
            lambda x, bits: round(x / 2.0 ** (frexp(x)[1] - bits)) * 2.0 ** (frexp(x)[1] - bits),
            "one bit too few",
        ),
        (lambda x, bits: in_units(round, x, 2.0 ** (frexp(x)[1] - 2 - bits)), "one bit too many"),
        (lambda x, bits: in_units(trunc, x, unit(x, bits)), "cuts the other bits off"),
        (lambda x, bits: in_units(floor, x, unit(x, bits)), "this rounds down"),
        (
            lambda x, bits: in_units(lambda t: floor(t + 0.5), x, unit(x, bits)),
            "rounds up what is halfway",
        ),
        (
            lambda x, bits: in_units(lambda t: trunc(t + np.sign(t) / 2), x, unit(x, bits)),
            "away from 0",
        ),
        (lambda x, bits: round(x * 2.0**bits) / 2.0**bits, "these are m"),
        (lambda x, bits: round(x / unit(x, bits)), "multiply by the unit"),
    ],
    "bytes-moved": [
        (2355200, "count them twice"),
        (548864, "without the columns"),
        (1040384, "each has four bytes"),
        (8323072, "not eight"),
        (4014080, "the kernels move"),
        (3636224, "with padding 1"),
    ],
    # 3.2
    "average-shares": [
        (lambda gradients, counts: np.mean(gradients, axis=0), "as much here"),
        (lambda gradients, counts: np.sum(gradients, axis=0), "weight each by its samples"),
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
        (75, "begins with the latency"),
        (2.52, "one round"),
        (600.6, "not bits"),
        (0.0756, "these are seconds"),
    ],
    "share-that-hides": [(18, "72 ms"), (18.9, "round up"), (304, "all 16 processes")],
    "who-lost-what": [
        ("a", "after every epoch"),
        ("c", "the order is the same"),
        ("d", "the same weights"),
    ],
    # 3.3
    "slope-of-a-step": [
        (2, "what grows alone"),
        (1, "both parts cost the same"),
        (0.625, "the share that grows"),
        (0.75, "does not grow"),
        (800, "has no unit"),
    ],
    "fixed-part": [
        (lambda n1, t1, n2, t2, p: (t1 - t2) / (n1**p - n2**p), "a unit of work"),
        (lambda n1, t1, n2, t2, p: (t1 * n2 - t2 * n1) / (n2 - n1), "a straight line"),
        (lambda n1, t1, n2, t2, p: t2 - (t2 - t1) / ((n2 / n1) ** p - 1), "of one size off"),
        (lambda n1, t1, n2, t2, p: t1 - (t2 - t1) / (n2**p - n1**p), "n1 to the power"),
        (lambda n1, t1, n2, t2, p: 0.5 * t1, "only at the crossing"),
    ],
    "why-so-flat": [
        ("a", "makes as many calls"),
        ("c", "sixteen times as many multiplications"),
        ("d", "the images are few"),
    ],
}

# Right but where it is hard: what a checker's cases have to find without knowing the mistake.
NEARLY_RIGHT = {
    "descent-step": [
        lambda w, gradient, lr: w.ravel() - lr * gradient.ravel(),
        lambda w, gradient, lr: w - lr * gradient.T,
    ],
    "momentum-step": [lambda w, v, g, lr, momentum: w + momentum * v - lr * g.T],
    "nesterov-step": [
        lambda w, v, curvature, lr, momentum: (1 - lr * curvature.T) * (w + momentum * v)
    ],
    "output-error": [
        lambda z, y: (sigmoid(z) - np.round(y)) * sigmoid(z) * sigmoid(-z),
        lambda z, y: (sigmoid(z) - y**2) * sigmoid(z) * sigmoid(-z),
    ],
    "hidden-error": [lambda w, d, slope: d @ w * abs(slope)],
    "huber-slope": [
        lambda e, delta: np.where(np.abs(e) < 1, e, delta * np.sign(e)),
        lambda e, delta: np.where(np.abs(e) < 1, np.clip(e, -delta, delta), delta * np.sign(e)),
    ],
    "elu-slope": [lambda x, alpha: np.where(x > 0, 1.0, alpha * np.exp(np.clip(x, -30, 0)))],
    "adam-steps": [
        lambda gradients, lr: adam(lambda m, v, a, b: -m / a / ((v / b) ** 0.5 + 1e-8))(
            gradients[:2], lr
        )
    ],
    "stable-sigmoid": [
        *(lambda x, k=k: 1 / (1 + np.exp(-np.clip(x, -k, k))) for k in (3, 5, 10, 30, 36)),
        lambda x: 1 / (1 + np.exp(-np.clip(x, -33, 800))),
        lambda x: 1 / (1 + np.exp(-np.clip(x, -700, 5))),
        lambda x: 1 / (1 + np.exp(-x)),
        lambda x: np.exp(x) / (1 + np.exp(x)),
        lambda x: np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x))),
    ],
    "stable-cross-entropy": [
        lambda z, t: -np.log(picked(row_softmax(z) + 1e-12, t)).mean(),
        lambda z, t: (log_sums(z, top(z)) - (z - top(z))[0, t]).mean(),
        lambda z, t: row_losses(z - z[:, :1], t).mean() + 1e-6,
        lambda z, t: (np.log(rows(np.exp(np.clip(z - top(z), -20, 0)))) - z + top(z))[
            range(len(t)), t
        ].mean(),
    ],
    "stable-log-sigmoid": [
        lambda z: np.where(z > -30, np.log1p(np.exp(-np.maximum(z, -30))), 30.0),
        lambda z: -np.log(sigmoid(np.clip(z, -700, 700))),
    ],
    "missed-pixels": [
        lambda m: shares(2 * m.diagonal() + 1e-5, m.sum(0) + m.sum(1) + 1e-5),
        lambda m: np.nan_to_num(2 * m.diagonal() / (m.sum(0) + m.sum(1)), nan=1.0),
    ],
    "focal-slope": [
        lambda p, gamma: 2 * (1 - p) * np.log(p) - (1 - p) ** 2 / p,
        lambda p, gamma: np.log(p) - (1 - p) / p,
    ],
    "one-triplet": [lambda a, p, n, margin: 0.0],
    "softmax-jacobian": [lambda a: a[0] * a[1] * np.array([[1, -1], [-1, 1]])],
    "same-padding": [
        lambda k, d: [d * (k // 2), d * (k // 2)],
        lambda k, d: [d * (k - 1) // 2, d * (k - 1) // 2 + (k + 1) % 2],
        lambda k, d: [round(d * (k - 1) / 2), d * (k - 1) - round(d * (k - 1) / 2)],
    ],
    "true-convolution": [
        lambda x, w: (
            np.array(slide(np.pad(x, len(w) - 1), np.rot90(w, 2))) * (len(w) <= max(x.shape))
        ),
        lambda x, w: slide(np.pad(x, len(w) - 1), w[::-1, ::-1].T),
        lambda x, w: np.transpose(slide(np.pad(x.T, len(w) - 1), np.rot90(w, 2))),
    ],
    "im2col-by-hand": [lambda x, k: np.array(patches(x[: len(x[0]), : len(x)], k)).T],
    "kernel-gradient": [lambda X, delta: np.einsum("ol,kl->ok", delta.sum(0), X.mean(0))],
    "round-yourself": [
        lambda x, bits: in_units(lambda t: ceil(t - 0.5), x, unit(x, bits)),
        lambda x, bits: in_units(round, x, unit(abs(x) + 1e-300, bits) if x > 0 else 2.0**-bits),
        lambda x, bits: round(x / 2.0 ** (8 - bits)) * 2.0 ** (8 - bits),
        lambda x, bits: float(np.float32(x)) if bits == 23 else in_units(round, x, 2.0**-bits),
    ],
    "average-shares": [lambda gradients, counts: counts[:2] @ gradients[:2] / counts[:2].sum()],
    "edge-kernel": [
        [[0, 0, 0], [-0.5, 0, 0.5], [0, 0, 0.01]],
        [[0, -0.1, 0], [-0.5, 0, 0.5], [0, 0.1, 0]],
        [[0, 0, 0], [-0.25, 0, 0.25], [0, 0, 0]],
    ],
}
