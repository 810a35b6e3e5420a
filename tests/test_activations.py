"""Values and tails of the activations; their contract is in test_contracts."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

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
from chainrule.figures import activations as figures
from chainrule.oracles import relative_error


@pytest.mark.parametrize(
    ("function", "x", "value", "slope"),
    [
        (Sigmoid(), 0.0, 0.5, 0.25),
        (Sigmoid(), math.log(3), 0.75, 0.1875),
        (Sigmoid(), -math.log(3), 0.25, 0.1875),
        (Tanh(), 0.0, 0.0, 1.0),
        (Tanh(), math.log(2), 0.6, 0.64),
        (ReLU(), -1.5, 0.0, 0.0),
        (ReLU(), 0.0, 0.0, 0.0),
        (ReLU(), 1.5, 1.5, 1.0),
    ],
)
def test_known_values(function, x, value, slope):
    assert relative_error(function([x]), [value]) < 1e-15
    assert relative_error(function.derivative([x]), [slope]) < 1e-15


@pytest.mark.parametrize("x", [-700.0, -40.0, -1.0, 1.0, 40.0])
def test_tails_of_sigmoid_are_relatively_exact(x):
    exact = 1 / (1 + math.exp(-x))
    assert Sigmoid()(x) == pytest.approx(exact, rel=1e-15, abs=0)
    slope = math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2
    assert Sigmoid().derivative(x) == pytest.approx(slope, rel=1e-15, abs=0)


def test_sigmoid_of_minus_40():
    assert Sigmoid()(-40.0) == pytest.approx(4.248354255291589e-18, rel=1e-15, abs=0)


def test_sigmoid_is_symmetric():
    x = np.linspace(0, 30, 61)
    assert relative_error(Sigmoid()(x) + Sigmoid()(-x), np.ones(61)) < 1e-15


def test_softmax_of_logarithms_are_shares():
    assert relative_error(Softmax()(np.log([1.0, 2.0, 5.0])), [0.125, 0.25, 0.625]) < 1e-15


def test_softmax_does_not_see_what_is_added_to_all():
    x = np.array([[1.0, -2.0, 0.5]])
    assert relative_error(Softmax()(x + 1e6), Softmax()(x)) < 1e-9
    assert relative_error(Softmax()(x).sum(), 1.0) < 1e-15


def test_softmax_keeps_small_shares():
    assert Softmax()([0.0, -700.0])[1] == pytest.approx(math.exp(-700), rel=1e-14, abs=0)


def test_softmax_of_minus_infinity_is_zero():
    x = np.array([0.0, -np.inf, 0.0])
    np.testing.assert_array_equal(Softmax()(x), [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(Softmax().vjp(x, [1.0, 5.0, 0.0]), [0.25, 0.0, -0.25])


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_softmax_sums_to_one_along_its_axis(axis):
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    total = Softmax(axis=axis)(x).sum(axis)
    assert relative_error(total, np.ones_like(total)) < 1e-15


def test_axis_counts_in_equality():
    assert Softmax(axis=0) != Softmax()


@pytest.mark.parametrize("function", [ReLU(), Sigmoid(), Tanh(), Softmax()])
def test_nan_stays_nan(function):
    assert np.isnan(function(np.array([np.nan]))).all()


@pytest.mark.parametrize("function", [ReLU(), Sigmoid(), Tanh(), Softmax()])
def test_no_entries_are_no_entries(function):
    x = np.empty((0, 3))
    assert function(x).shape == function.vjp(x, x).shape == (0, 3)


# ---- against PyTorch, over shapes and parameters; and the book's table ---------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "bound"), [("float32", 1e-5), ("float64", 1e-10)])
@settings(max_examples=60, deadline=None)
@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    seed=st.integers(0, 2**32 - 1),
    scale=st.floats(0, 50),
    alpha=st.floats(0, 3),
    beta=st.floats(-3, 3),
    pieces=st.integers(1, 4),
    data=st.data(),
)
def test_activations_equal_those_of_pytorch(
    dtype, bound, shape, seed, scale, alpha, beta, pieces, data
):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    functional, rng = torch.nn.functional, np.random.default_rng(seed)
    for f, twin in (
        (Sigmoid(), torch.sigmoid),
        (Softmax(axis=axis), lambda t: torch.softmax(t, axis)),
        (Tanh(), torch.tanh),
        (ReLU(), torch.relu),
        (LeakyReLU(alpha), lambda t: functional.leaky_relu(t, alpha)),
        (ELU(alpha), lambda t: functional.elu(t, alpha)),
        (GELU(), functional.gelu),
        (GELU("tanh"), lambda t: functional.gelu(t, approximate="tanh")),
        (Swish(), functional.silu),
        (Swish(beta), lambda t: t * torch.sigmoid(beta * t)),
        (
            Maxout(pieces, axis=axis),
            lambda t: t.unflatten(axis, (-1, pieces)).max(axis % t.ndim + 1).values,
        ),
    ):
        wide = list(shape)
        if isinstance(f, Maxout):
            wide[axis] *= pieces
        x = (scale * rng.standard_normal(wide)).astype(dtype)
        tensor = torch.tensor(x, requires_grad=True)
        expected = twin(tensor)
        upstream = rng.standard_normal(tuple(expected.shape)).astype(dtype)
        (gradient,) = torch.autograd.grad(expected, tensor, torch.as_tensor(upstream))
        assert relative_error(f(x), expected.detach()) < bound
        assert relative_error(f.vjp(x, upstream), gradient) < bound


@pytest.mark.parametrize("number", [np.float32, np.float64])
@pytest.mark.parametrize(
    "make",
    [lambda n: LeakyReLU(n(0.1)), lambda n: ELU(n(0.5)), lambda n: Swish(n(1.5))],
    ids=["LeakyReLU", "ELU", "Swish"],
)
def test_settings_may_be_numpy_numbers(make, number):
    x = np.linspace(-3, 3, 7, dtype="float32")
    for found in (make(number)(x), make(number).derivative(x)):
        assert found.dtype == np.float32
    assert relative_error(make(number)(x), make(float)(x)) < 1e-6


@pytest.mark.parametrize("f", [*figures.ACTIVATIONS.values(), GELU(approximate="tanh")])
def test_16_bits_are_kept(f):
    x = np.linspace(-3, 3, 6).astype("float16")
    y = f(x)
    assert y.dtype == f.vjp(x, np.ones_like(y)).dtype == np.float16
    exact = x.astype(float)
    assert relative_error(y, f(exact)) < 2e-3
    assert relative_error(f.vjp(x, np.ones_like(y)), f.vjp(exact, np.ones(y.shape))) < 5e-3


@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("shape", [(0, 4), (3, 0), (0, 0)])
def test_maxout_of_nothing(convert, shape):
    x = convert(np.zeros(shape))
    y = Maxout()(x)
    assert tuple(y.shape) == (shape[0], shape[1] // 2)
    assert tuple(Maxout().vjp(x, y).shape) == shape


ELEMENTWISE = {
    name: f for name, f in figures.ACTIVATIONS.items() if name not in ("softmax", "Maxout")
}
LIMITS = {"0": 0, "1": 1, "−1": -1, "−α": -1, "−0.17": -0.17, "−0.28": -0.28}  # at the defaults


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_table_of_properties_is_true(name):
    f, x = ELEMENTWISE[name], np.linspace(-60, 60, 120_001)
    values, slopes = f(x), f.derivative(x)
    where, monotone, smooth, saturates, at_zero = figures.PROPERTIES[name]
    if where.startswith("all"):
        assert f(np.array([-1e9, 1e9])).tolist() == pytest.approx([-1e7, 1e9])
    else:
        low, high = re.match(r"[\[(](\S+), (\S+?)[)\]]", where).groups()
        assert values.min() == pytest.approx(LIMITS[low], abs=0.005)
        assert values.max() == pytest.approx(LIMITS.get(high, 60), abs=0.005)
        assert (values.min() == values[0]) or where[0] == "["  # open: it is not taken inside
    assert (monotone == "yes") == bool((np.diff(values) >= 0).all())
    jump = np.abs(np.diff(slopes)).max() > 0.1
    assert (smooth == "no") == bool(jump)
    flat = [side for side, end in (("left", 0), ("right", -1)) if abs(slopes[end]) < 1e-9]
    assert {"both sides": ["left", "right"], "no": []}.get(saturates, [saturates]) == flat
    expected = {"½": 0.5, "¼": 0.25, "α": f.derivative(0.0)}.get(at_zero[0]) or float(at_zero[0])
    assert f.derivative(0.0) == expected


def test_the_table_has_all_nine():
    assert list(figures.PROPERTIES) == list(figures.ACTIVATIONS)


def test_gelu_takes_numbers_longer_than_those_of_scipy():
    x = np.linspace(-3, 3, 7)
    for f in (GELU(), GELU().derivative):
        found = f(x.astype(np.longdouble))
        assert found.dtype == np.longdouble
        np.testing.assert_allclose(found.astype(float), f(x), rtol=1e-14)
