"""What is asked besides vectors and what is told of it: matrices, zeros, defaults, whole calls."""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest

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

    assert judge(careful, "clip_norm").right
    (message,) = judge(clip, "clip_norm").messages
    assert message.startswith("clip([[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [0.0, 0.0, 0.0, 0.0]], 3")
