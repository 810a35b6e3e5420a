"""What is asked besides vectors and what is told of it: matrices, zeros, defaults, whole calls."""

import math
import re
import runpy
from ast import literal_eval
from pathlib import Path

import numpy as np
import pytest

from chainrule.convolution import MaxPool2d, conv2d
from chainrule.judging import judge

OfParameters = runpy.run_path(str(Path(__file__).with_name("test_judging.py")))["OfParameters"]


class InPlace(OfParameters):
    """Adam whose memory is made beforehand, and written in place."""

    def __init__(self, params, lr):
        super().__init__(params, lr)
        self.m, self.v = self.zeros(), self.zeros()

    def zeros(self):
        return [np.zeros_like(p.data) for p in self.params]

    def moved(self, i, g):
        b1, b2 = self.betas
        self.m[i] *= b1
        self.m[i] += (1 - b1) * g
        self.v[i] *= b2
        self.v[i] += (1 - b2) * g**2
        root = np.sqrt(self.v[i] / (1 - b2**self.t)) + self.eps
        return self.lr * self.m[i] / (1 - b1**self.t) / root


class OfLengths(InPlace):
    """Its memory has one number for each row of a matrix."""

    def zeros(self):
        return [np.zeros(len(p.data)) for p in self.params]


class OfTheFirst(InPlace):
    """Its memory has the shape of the first parameter everywhere."""

    def zeros(self):
        return [np.zeros_like(self.params[0].data) for _ in self.params]


class OfColumns:
    """Gradient descent along the mean of each column of a matrix."""

    def __init__(self, lr):
        self.lr = lr

    def step(self, params, grads):
        for p, g in zip(params, grads, strict=True):
            p -= self.lr * (g if g.ndim == 1 else np.broadcast_to(g.mean(0), g.shape))


class OfColumnsInLists(OfColumns):
    """The same with parameters at first."""

    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self, grads):
        super().step(self.params, grads)


def of_columns(w, g, state, lr):
    return w - lr * (g if g.ndim == 1 else g.mean(0)), state


@pytest.mark.parametrize("kind", [OfLengths, OfTheFirst])
def test_an_optimizer_that_crashes_on_matrices_is_wrong(kind):
    assert judge(InPlace, "Adam").right
    (message,) = judge(kind, "Adam").messages
    assert f"{kind.__name__}(lr=0.05) with parameters of shapes (3, 2) and (6,) raised" in message


@pytest.mark.parametrize("theirs", [OfColumns, OfColumnsInLists, of_columns])
def test_a_matrix_of_weights_counts_in_each_form(theirs):
    (message,) = judge(theirs, "SGD").messages
    assert "from w = [[" in message


class Second:
    """Gradient descent twice as fast for the second parameter."""

    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self):
        for i, p in enumerate(self.params):
            p.data -= (i + 1) * self.lr * p.grad


def test_what_is_wrong_of_a_second_parameter_is_said_to_be_so():
    (message,) = judge(Second, "SGD").messages
    assert ", w after step 2, as a second parameter: expected" in message


@pytest.mark.parametrize("norm", [np.linalg.norm, lambda x: math.sqrt(sum(map(float, x**2)))])
def test_a_gradient_of_zeros_is_not_divided_by_its_norm(norm):
    def clip(gradients, max_norm):
        n = norm(np.concatenate([np.ravel(g) for g in gradients]))
        return [g / n * min(n, max_norm) for g in gradients]

    def careful(gradients, max_norm):
        n = norm(np.concatenate([np.ravel(g) for g in gradients]))
        return [g * (min(n, max_norm) / n if n else 1.0) for g in gradients]

    def warned_of(gradients, max_norm):
        n = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
        return [g * min(1.0, max_norm / n) for g in gradients]

    assert judge(careful, "clip_norm").right
    assert judge(warned_of, "clip_norm").right
    (message,) = judge(clip, "clip_norm").messages
    assert message.startswith("clip([[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [0.0, 0.0, 0.0, 0.0]], 3")


def adamw(w, g, state, lr=1.0, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.5):
    (m, v), t = state or ((0, 0), 0)
    t, (b1, b2) = t + 1, betas
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    d = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
    return w - lr * (1.5 * d + weight_decay * w), ((m, v), t)


def adamw_with_beta1(w, g, state, learning_rate, b1=0.5, b2=0.999):
    return adamw(w, g, state, learning_rate, (b1, b2), weight_decay=0.01)


@pytest.mark.parametrize("theirs", [adamw, adamw_with_beta1])
def test_the_call_that_is_shown_gives_the_result_that_is_shown(theirs):
    (message,) = judge(theirs, "AdamW").messages
    call, w, g, got = re.fullmatch(
        r"(.*\)) from w = (\[.*\]) along g = \[(\[.*\])\], w after step 1: .*, got (\[.*\])",
        message,
    ).groups()
    w, g, got = (np.array(literal_eval(part)) for part in (w, g, got))
    given = eval(call.replace("(", "(w, g, None, ", 1), {theirs.__name__: theirs, "w": w, "g": g})
    np.testing.assert_allclose(given[0], got, rtol=2e-3)


def softmax(x, axis=0):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def convolve(x, w, b, stride=(1, 1), padding=7, dilation=1, groups=1):
    return conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups)


def pooled(x, k, stride=1, padding=0):
    return MaxPool2d(k, stride=stride, padding=padding)(x)


def momentum(w, g, state, lr=1.0, momentum=0.9):
    b = g if state is None else momentum * state + g
    return w - lr * b, b


def adam(w, g, state, lr=1.0, betas=(0.5, 0.5), epsilon=0.3):
    (m, v), t = state or ((0, 0), 0)
    t, (b1, b2) = t + 1, betas
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + epsilon), ((m, v), t)


@pytest.mark.parametrize(
    ("theirs", "name", "told"),
    [
        (softmax, "Softmax", ["its default axis=0 (here it is -1)"]),
        (convolve, "conv2d", ["its default padding=7 (here it is 0)"]),
        (pooled, "max_pool2d", ["its default stride=1 (here it is kernel_size)"]),
        (
            lambda x, slope=0.3: np.where(x > 0, x, slope * x),
            "LeakyReLU",
            ["its default slope=0.3 (here it is 0.01)"],
        ),
        (
            lambda x, alpha: np.where(x > 0, x, alpha * x),
            "LeakyReLU",
            None,
        ),
        (
            lambda x, alpha=None: np.where(x > 0, x, (alpha or 0.01) * x),
            "LeakyReLU",
            None,
        ),
        (
            adam,
            "Adam",
            [
                "its default betas=(0.5, 0.5) (here it is (0.9, 0.999))",
                "its default epsilon=0.3 (here it is 1e-08)",
            ],
        ),
        (momentum, "Momentum", None),
        (momentum, "SGD", ["its default momentum=0.9 (here it is 0.0)"]),
    ],
)
def test_a_default_that_is_not_the_books_is_told(theirs, name, told):
    found = judge(theirs, name)
    assert found.right
    assert found.notes.get("not judged") == told


# ---- what a class passes on, and logits far below 0 ----------------------------------------------


class Plain:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps, self.t = [*params], lr, betas, eps, 0
        self.m, self.v = ([np.zeros_like(p.data) for p in self.params] for _ in range(2))

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for m, v, p in zip(self.m, self.v, self.params, strict=True):
            m += (1 - b1) * (p.grad - m)
            v += (1 - b2) * (p.grad**2 - v)
            step = m / (1 - b1**self.t) / (np.sqrt(v / (1 - b2**self.t)) + self.eps)
            p.data = p.data - self.lr * step


class Decayed(Plain):
    def __init__(self, params, lr=1e-3, weight_decay=0.01, **kwargs):
        super().__init__(params, lr, **kwargs)
        self.weight_decay = weight_decay

    def step(self):
        for p in self.params:
            p.data = p.data * (1 - self.lr * self.weight_decay)
        super().step()


class Handed(Plain):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)


def test_a_class_has_the_options_of_the_parent_that_it_passes_them_on_to():
    found = judge(Decayed, "AdamW")
    assert found.right, found
    assert "it has no amsgrad" in str(found)
    assert "it has no betas" not in str(found)
    assert judge(Handed, "Adam").right


def from_zero(x, axis=-1):
    e = np.exp(x - np.maximum(x.max(axis, keepdims=True), 0))
    return e / e.sum(axis, keepdims=True)


def largest_in_size(x, axis=-1):
    e = np.exp(x - np.abs(x).max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


@pytest.mark.parametrize(
    ("softmax", "said"), [(from_zero, "from 0 on"), (largest_in_size, "largest in size")]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_logits_far_below_0_are_asked(softmax, said):
    found = judge(softmax, "Softmax")
    assert not found.right
    assert said in str(found)

    def cross_entropy(z, y):
        return -np.log(softmax(z)[np.arange(len(z)), y]).mean()

    assert not judge(cross_entropy, "CrossEntropy").right
