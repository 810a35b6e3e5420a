"""Infinite and huge arguments give the limit, of the value and of the slope, without a warning."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from callables import assert_all, assert_close, in64

from chainrule.activations import (
    ELU,
    GELU,
    LeakyReLU,
    Maxout,
    ReLU,
    Sigmoid,
    Softmax,
    Swish,
    Tanh,
)
from chainrule.losses import (
    MAE,
    MSE,
    BinaryCrossEntropy,
    BinaryFocal,
    CrossEntropy,
    Focal,
    Huber,
)

INF = np.inf
LIBRARIES = {
    **{f"numpy {t}": lambda a, t=t: np.asarray(a, t) for t in ("float16", "float32", "float64")},
    **{
        f"torch {t}": lambda a, t=t: torch.tensor(a, dtype=getattr(torch, t))
        for t in ("float16", "bfloat16", "float32", "float64")
    },
}

# value at −∞ and ∞, slope there
LIMITS = {
    "Sigmoid": (Sigmoid(), 0, 1, 0, 0),
    "Tanh": (Tanh(), -1, 1, 0, 0),
    "ReLU": (ReLU(), 0, INF, 0, 1),
    "LeakyReLU": (LeakyReLU(), -INF, INF, 0.01, 1),
    "LeakyReLU(0)": (LeakyReLU(alpha=0.0), 0, INF, 0, 1),
    "LeakyReLU(-0.5)": (LeakyReLU(alpha=-0.5), INF, INF, -0.5, 1),
    "ELU": (ELU(), -1, INF, 0, 1),
    "ELU(0)": (ELU(alpha=0.0), 0, INF, 0, 1),
    "ELU(-2)": (ELU(alpha=-2.0), 2, INF, 0, 1),
    "GELU": (GELU(), 0, INF, 0, 1),
    "GELU(tanh)": (GELU(approximate="tanh"), 0, INF, 0, 1),
    "Swish": (Swish(), 0, INF, 0, 1),
    "Swish(0)": (Swish(beta=0.0), -INF, INF, 0.5, 0.5),
    "Swish(-1)": (Swish(beta=-1.0), -INF, 0, 1, 0),
    "Swish(100)": (Swish(beta=100.0), 0, INF, 0, 1),
    "Swish(1e-3)": (Swish(beta=1e-3), 0, INF, 0, 1),
    "Swish(1e30)": (Swish(beta=1e30), 0, INF, 0, 1),
}


@pytest.mark.parametrize(("f", "below", "above", "low", "high"), LIMITS.values(), ids=LIMITS)
def test_an_activation_has_its_limits(f, below, above, low, high):
    def check(convert):
        x = convert([-INF, INF])
        assert_close([f(x)], [np.array([below, above])], 1e-2)
        assert_close([f.derivative(x)], [np.array([low, high])], 1e-2)
        assert_close([f.vjp(x, convert([2.0, 2.0]))], [np.array([2 * low, 2 * high])], 1e-2)
        assert_close([f.vjp(x, convert([0.0, 0.0]))], [np.zeros(2)])

    assert_all(LIBRARIES.items(), check)


@pytest.mark.parametrize(("f", "below", "above", "low", "high"), LIMITS.values(), ids=LIMITS)
def test_an_activation_is_finite_as_far_as_numbers_go(f, below, above, low, high):
    def check(convert):
        if f == Swish(beta=1e-3) and "float16" in str(convert([0.0]).dtype):
            return  # goes to its limit beyond the numbers of 16 bits
        dtype = convert([0.0]).dtype
        top = float((torch.finfo if isinstance(dtype, torch.dtype) else np.finfo)(dtype).max)
        x = convert([-top, top])
        expected = [-top if below == -INF else below, top if above == INF else above]
        scale = np.array([abs(v) if abs(v) > 2 else 1 for v in expected])
        if f in (LeakyReLU(), LeakyReLU(alpha=-0.5), Swish(beta=0.0)):
            expected = [float(v) for v in in64(f(convert([-1.0, 1.0]))) * top]
        assert np.isfinite(in64(f(x))).all()
        assert_close([in64(f(x)) / scale], [np.array(expected) / scale], 1e-2)
        assert_close([f.derivative(x)], [np.array([low, high])], 1e-2)

    assert_all(LIBRARIES.items(), check)


ALONG = {  # f, x, f(x), and the gradient of the first output; where there is a limit
    "softmax, one certain": (Softmax(), [0, INF, 1], [0, 1, 0], [0, 0, 0]),
    "softmax, one excluded": (Softmax(), [0, -INF, 0], [0.5, 0, 0.5], [0.25, 0, -0.25]),
    "softmax, one left": (Softmax(), [-INF, 3, -INF], [0, 1, 0], [0, 0, 0]),
    "softmax, one certain, one excluded": (Softmax(), [-INF, INF, 0], [0, 1, 0], [0, 0, 0]),
    "softmax, huge": (Softmax(), [6e4, 0, -6e4], [1, 0, 0], [0, 0, 0]),
    "maxout": (Maxout(), [-INF, INF, -INF, 1], [INF, 1], [0, 1, 0, 0]),
    "maxout of nothing but −∞": (Maxout(), [-INF, -INF, 0, -INF], [-INF, 0], [1, 0, 0, 0]),
}


@pytest.mark.parametrize(("f", "x", "value", "gradient"), ALONG.values(), ids=ALONG)
def test_along_an_axis_too(f, x, value, gradient):
    def check(convert):
        upstream = np.zeros(len(value))
        upstream[0] = 1
        assert_close([f(convert(x))], [np.array(value, float)], 1e-2)
        assert_close([f.vjp(convert(x), convert(upstream))], [np.array(gradient, float)], 1e-2)

    assert_all(LIBRARIES.items(), check)


YES, NO = [[1.0]], [[0.0]]
CERTAIN = {  # loss, prediction, target, value, gradient
    "cross-entropy, right": (CrossEntropy(), [[INF, 0, 0]], [0], 0, [[0, 0, 0]]),
    "cross-entropy, wrong": (CrossEntropy(), [[INF, 0, 0]], [1], INF, [[1, -1, 0]]),
    "cross-entropy, excluded": (CrossEntropy(), [[-INF, 0, 0]], [1], np.log(2), [[0, -0.5, 0.5]]),
    "cross-entropy, the only one": (CrossEntropy(), [[-INF, 0, -INF]], [1], 0, [[0, 0, 0]]),
    "cross-entropy, excluded and right": (
        CrossEntropy(), [[-INF, 0, 0]], [0], INF, [[-1, 0.5, 0.5]],
    ),
    "cross-entropy of probabilities": (
        CrossEntropy(), [[-INF, 0, 0]], [[0.0, 0.5, 0.5]], np.log(2), [[0, 0, 0]],
    ),
    "cross-entropy of weights": (
        CrossEntropy(weight=np.array([0.0, 1.0, 1.0]), reduction="sum"),
        [[-INF, 0, 0]], [0], 0, [[0, 0, 0]],
    ),
    "cross-entropy, smoothed": (
        CrossEntropy(label_smoothing=0.3), [[INF, 0, 0]], [0], INF, [[0.2, -0.1, -0.1]],
    ),
    "cross-entropy, far": (CrossEntropy(), [[1e4, -1e4, 0]], [0], 0, [[0, 0, 0]]),
    "cross-entropy, far and wrong": (CrossEntropy(), [[1e4, -1e4, 0]], [2], 1e4, [[1, 0, -1]]),
    "focal, right": (Focal(), [[INF, 0, 0]], [0], 0, [[0, 0, 0]]),
    "focal, wrong": (Focal(), [[INF, 0, 0]], [1], INF, [[1, -1, 0]]),
    "focal, excluded": (Focal(gamma=0.0), [[-INF, 0, 0]], [1], np.log(2), [[0, -0.5, 0.5]]),
    "focal, the only one": (Focal(), [[-INF, 0, -INF]], [1], 0, [[0, 0, 0]]),
    "focal, γ = 0, the only one": (Focal(gamma=0.0), [[-INF, 0, -INF]], [1], 0, [[0, 0, 0]]),
    "focal, γ = ½": (Focal(gamma=0.5), [[1e4, 0, 0]], [0], 0, [[0, 0, 0]]),
    "focal, far": (Focal(), [[1e4, -1e4, 0]], [0], 0, [[0, 0, 0]]),
    "focal, far and wrong": (Focal(), [[1e4, -1e4, 0]], [2], 1e4, [[1, 0, -1]]),
    "binary, yes": (BinaryCrossEntropy(), [[INF]], YES, 0, [[0]]),
    "binary, no": (BinaryCrossEntropy(), [[-INF]], NO, 0, [[0]]),
    "binary, wrong": (BinaryCrossEntropy(), [[INF]], NO, INF, [[1]]),
    "binary, missed": (BinaryCrossEntropy(), [[-INF]], YES, INF, [[-1]]),
    "binary, weight 0": (BinaryCrossEntropy(pos_weight=0.0), [[-INF]], YES, 0, [[0]]),
    "binary, far": (BinaryCrossEntropy(), [[1e4]], YES, 0, [[0]]),
    "binary, far and wrong": (BinaryCrossEntropy(), [[1e4]], NO, 1e4, [[1]]),
    "binary focal, yes": (BinaryFocal(), [[INF]], YES, 0, [[0]]),
    "binary focal, no": (BinaryFocal(), [[-INF]], NO, 0, [[0]]),
    "binary focal, wrong": (BinaryFocal(), [[INF]], NO, INF, [[1]]),
    "binary focal, missed": (BinaryFocal(), [[-INF]], YES, INF, [[-1]]),
    "binary focal, γ = 0": (BinaryFocal(gamma=0.0), [[INF]], YES, 0, [[0]]),
    "binary focal, α = 1": (BinaryFocal(alpha=1.0), [[INF]], NO, 0, [[0]]),
    "binary focal, far": (BinaryFocal(), [[-1e4]], NO, 0, [[0]]),
    "binary focal, far and wrong": (BinaryFocal(), [[-1e4]], YES, 1e4, [[-1]]),
    "squared": (MSE(), [[INF]], [[1.0]], INF, [[INF]]),
    "absolute": (MAE(), [[-INF]], [[1.0]], INF, [[-1]]),
    "Huber's": (Huber(), [[INF]], [[1.0]], INF, [[1]]),
    "Huber's, far": (Huber(), [[-1e4]], [[0.0]], 1e4, [[-1]]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "prediction", "target", "value", "gradient"), CERTAIN.values(), ids=CERTAIN
)
def test_a_loss_of_a_certain_answer_is_its_limit(loss, prediction, target, value, gradient):
    def check(convert):
        z = convert(prediction)
        y = np.asarray(target)
        if y.dtype.kind == "f":
            y = convert(target)
        elif isinstance(z, torch.Tensor):
            y = torch.tensor(target)
        weight = getattr(loss, "weight", None)
        ours = loss if weight is None else replace(loss, weight=convert(weight))
        assert_close([ours(z, y)], [np.array(float(value))], 1e-2)
        assert_close([ours.gradient(z, y)], [np.array(gradient, float)], 1e-2)

    assert_all(LIBRARIES.items(), check)
