"""Clipping against that of PyTorch, and by hand; what a race counts."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.arrays import to_numpy
from chainrule.figures.optimizers import LANDSCAPES, RACERS, arrival, descend, race
from chainrule.figures.optimizers.races import STEPS, arrivals, paths
from chainrule.optimizers import clip_norm
from chainrule.oracles import relative_error

SHAPES = ((), (3,), (2, 3), (2, 1, 2))


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), max_norm=st.floats(0.1, 10), scale=st.floats(0.1, 100))
def test_clipping_equals_that_of_pytorch(dtype, convert, seed, max_norm, scale):
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(scale * rng.standard_normal(shape), dtype) for shape in SHAPES]
    leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
    for leaf, array in zip(leaves, arrays, strict=True):
        leaf.grad = torch.tensor(array)
    torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    given_ = [convert(array) for array in arrays]
    found = clip_norm(given_, max_norm)
    assert all(g.dtype == array.dtype for g, array in zip(found, given_, strict=True))
    assert relative_error([to_numpy(g) for g in found], [leaf.grad for leaf in leaves]) < 1e-5
    for array, gradient in zip(arrays, given_, strict=True):
        np.testing.assert_array_equal(to_numpy(gradient), array)


def test_clipping_by_hand():
    # ‖(2, 3, 6)‖ = 7
    gradients = [np.array([[2.0], [3.0]]), np.array(6.0)]
    for given_, expected in zip(clip_norm(gradients, 3.5), [[[1.0], [1.5]], 3.0], strict=True):
        np.testing.assert_allclose(given_, expected, rtol=1e-15)


def test_shorter_gradients_come_back_as_they_are():
    gradients = [np.array([2.0, 3.0]), np.zeros((0, 2)), np.array(6.0)]
    for max_norm in (7.1, 1e300):
        for found, old in zip(clip_norm(gradients, max_norm), gradients, strict=True):
            assert found is old
    (zero,) = clip_norm([np.zeros(3)], 1e-300)
    np.testing.assert_array_equal(zero, 0.0)
    assert clip_norm([], 1.0) == []


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize(
    ("dtype", "size"),
    [("float32", 1e30), ("float32", 1e-30), ("float64", 1e300), ("float64", 1e-300)],
)
def test_clipping_neither_overflows_nor_underflows(convert, dtype, size):
    gradients = [convert(np.array([3 * size], dtype)), convert(np.array([-4 * size], dtype))]
    found = clip_norm(gradients, size)
    expected = size * np.array([0.6, -0.8])
    np.testing.assert_allclose([float(g[0]) for g in found], expected, rtol=1e-6)


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("size", [6e4, 1.0, 1e-3])
def test_clipping_adds_up_more_than_16_bits_hold(convert, size):
    gradient = np.full(100_000, size, "float16")
    (found,) = clip_norm([convert(gradient)], 0.25)
    assert to_numpy(found).dtype == np.float16
    np.testing.assert_allclose(to_numpy(found), 0.25 / np.sqrt(100_000), rtol=1e-2)


def test_clipping_to_a_numpy_number_keeps_the_dtype():
    (found,) = clip_norm([np.array([3.0, 4.0], "float32")], np.float64(1.0))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_gradients_that_are_not_finite_make_all_nan(convert, bad, place):
    """As a length they have none; and `check_finite` sees it wherever it looks."""
    gradients = [np.ones(2), np.ones(3)]
    gradients[place][1] = bad
    for g in clip_norm([convert(g) for g in gradients], 1e6):
        assert np.isnan(to_numpy(g)).all()


@pytest.mark.parametrize("max_norm", [0, -1.0, np.nan, np.inf])
def test_length_to_clip_to_is_positive(max_norm):
    with pytest.raises(ValueError, match="max_norm: expected a positive"):
        clip_norm([np.ones(2)], max_norm)


# ---- the race's own arithmetic -------------------------------------------------------------------


@pytest.mark.parametrize("racer", RACERS)
def test_paths_side_by_side_are_those_of_optimizers_one_by_one(racer):
    landscape, rates = LANDSCAPES["ravine"], np.array([0.01, 0.05, 0.2])
    found = paths(RACERS[racer], landscape, rates, 30)
    for at, rate in enumerate(rates):
        expected = descend(RACERS[racer](rate), landscape.gradient, landscape.start, 30)
        np.testing.assert_allclose(found[:, :, 0, at], expected, rtol=1e-9, atol=1e-12)


def test_each_start_has_a_rate_and_a_path_of_its_own():
    landscape, raced = LANDSCAPES["ravine"], race("ravine")["Adagrad"]
    assert len(set(raced.rates)) > 1
    for signs, rate, path in zip(
        [(0, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)], raced.rates, raced.paths, strict=True
    ):
        start = np.array(landscape.start) + np.array(landscape.apart) * signs
        expected = descend(RACERS["Adagrad"](rate), landscape.gradient, start, STEPS)
        np.testing.assert_allclose(path, expected, rtol=1e-9, atol=1e-9)
    assert raced.rate == raced.rates[0]
    assert raced.path is raced.paths[0]


def test_a_rate_counts_for_the_worst_of_its_neighbours():
    """On Rosenbrock's function Adagrad has a rate that arrives, and arrives by luck."""
    landscape, rates = LANDSCAPES["rosenbrock"], 10 ** np.linspace(0.2, 0.3, 21)
    reached = arrivals(landscape, paths(RACERS["Adagrad"], landscape, rates, STEPS))[0]
    assert reached.min() < 10
    assert np.isinf(race("rosenbrock")["Adagrad"].arrivals).all()


def test_arrivals_are_those_of_each_path():
    landscape, rates = LANDSCAPES["saddle"], np.array([1e-4, 0.1, 0.5, 5.0])
    found = paths(RACERS["SGD"], landscape, rates, 100)
    for start, row in enumerate(arrivals(landscape, found)):
        each = [arrival(landscape, found[:, :, start, at]) for at in range(len(rates))]
        assert row.tolist() == [np.inf if step is None else step for step in each]
    assert np.isinf(row).any()
    assert np.isfinite(row).any()
