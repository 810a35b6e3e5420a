"""Optimizers against torch.optim and naive twins, step by step; the analysis of descent.

What every optimizer must do by existing is in test_contracts.
"""

import inspect
import json
import tracemalloc
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided

from chainrule import optimizers
from chainrule.arrays import to_numpy
from chainrule.ledger.optimizers.twins import TWINS, torch_path, twin_path
from chainrule.optimizers import (
    SGD,
    Adagrad,
    Adam,
    AdaMax,
    AdamW,
    Nadam,
    Optimizer,
    RMSProp,
    batch_variance,
    best_descent,
    best_momentum,
    convergence_factor,
)
from chainrule.optimizers.blocks import BLOCK
from chainrule.oracles import relative_error

BOUNDS = {"float32": 1e-5, "float64": 1e-12}
SHAPES = ((), (3,), (2, 3), (2, 1, 2))

each_optimizer = pytest.mark.parametrize("name", TWINS)


def make(name, **options):
    return getattr(optimizers, name)(**options)


# ---- settings to draw --------------------------------------------------------------------------


def zero_or(low, high):
    return st.just(0.0) | st.floats(low, high)


RATES, DECAYS = st.floats(1e-4, 0.1), zero_or(1e-3, 0.1)
MOMENTA = zero_or(0.1, 0.95)  # velocities grow without end from 1 on, and errors with them
# below 1e-8, or with short memories of squares, the step is g / √g² of one gradient: where decay
# nearly cancels that gradient, its sign hangs on a rounding
EPS = st.floats(1e-8, 1e-2)
ADAM = {
    "lr": RATES,
    "betas": st.tuples(zero_or(0.1, 0.95), st.floats(0.5, 0.9999)),
    "eps": EPS,
    "weight_decay": DECAYS,
}
PLAIN = {"lr": RATES, "momentum": MOMENTA, "dampening": zero_or(-0.5, 1.0), "weight_decay": DECAYS}
AHEAD = PLAIN | {"momentum": st.floats(0.1, 0.95), "dampening": st.just(0.0)}
SETTINGS = {
    "SGD": st.fixed_dictionaries(PLAIN | {"nesterov": st.just(False)})
    | st.fixed_dictionaries(AHEAD | {"nesterov": st.just(True)}),
    "Adagrad": st.fixed_dictionaries(
        {
            "lr": RATES,
            "lr_decay": zero_or(1e-3, 1.0),
            "weight_decay": DECAYS,
            "initial_accumulator_value": zero_or(1e-3, 2.0),
            "eps": EPS,
        }
    ),
    "RMSProp": st.fixed_dictionaries(
        {
            "lr": RATES,
            # v − m², when centred, is the difference of two equal numbers at α = 0
            "alpha": st.floats(0.5, 0.999),
            "eps": EPS,
            "weight_decay": DECAYS,
            "momentum": MOMENTA,
            "centered": st.booleans(),
        }
    ),
    "Adam": st.fixed_dictionaries(ADAM | {"amsgrad": st.booleans()}),
    "AdamW": st.fixed_dictionaries(ADAM | {"amsgrad": st.booleans()}),
    "AdaMax": st.fixed_dictionaries(ADAM),
    "Nadam": st.fixed_dictionaries(ADAM | {"momentum_decay": zero_or(1e-3, 1.0)}),
}


def drawn(seed, steps, dtype, zero_first, shapes=SHAPES):
    """Draw starting points, and gradients for every step, by shape."""
    rng = np.random.default_rng(seed)
    starts = [np.asarray(rng.standard_normal(shape), dtype) for shape in shapes]
    slopes = [rng.standard_normal((steps, *shape)).astype(dtype) for shape in shapes]
    for slope in slopes:
        slope[0] *= not zero_first
    return starts, slopes


def steps_of(name, starts, slopes, options, convert=np.array):
    """Give every parameter after every step."""
    optimizer, parameters = make(name, **options), [convert(start) for start in starts]
    paths = [[] for _ in parameters]
    for gradients in zip(*slopes, strict=True):
        optimizer.step(parameters, [convert(g) for g in gradients])
        for path, parameter in zip(paths, parameters, strict=True):
            path.append(to_numpy(parameter).copy())
    return [np.array(path) for path in paths]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", BOUNDS)
@each_optimizer
@settings(max_examples=5, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), zero_first=st.booleans())
def test_hundred_steps_equal_those_of_pytorch(name, dtype, data, seed, zero_first):
    options = data.draw(SETTINGS[name])
    assert options.keys() == inspect.signature(getattr(optimizers, name)).parameters.keys()
    starts, slopes = drawn(seed, 100, dtype, zero_first)
    expected = [torch_path(name, w, g, options) for w, g in zip(starts, slopes, strict=True)]
    for convert in (np.array, torch.tensor):
        found = steps_of(name, starts, slopes, options, convert)
        assert {path.dtype for path in found} == {np.dtype(dtype)}
        assert relative_error(found, expected) < BOUNDS[dtype]


@each_optimizer
@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), zero_first=st.booleans())
def test_steps_equal_those_of_the_naive_twin(name, data, seed, zero_first):
    options = data.draw(SETTINGS[name])
    (w,), (g,) = drawn(seed, 15, "float64", zero_first, shapes=[(3,)])
    (found,) = steps_of(name, [w], [g], options)
    assert relative_error(found, twin_path(name, w, g, options)) < 1e-12


@each_optimizer
def test_defaults_are_those_of_pytorch(name):
    (w,), (g,) = drawn(0, 10, "float64", False, shapes=[(3,)])
    (found,) = steps_of(name, [w], [g], {})
    assert relative_error(found, torch_path(name, w, g, {})) < 1e-12


# ---- what uses every branch, in fixed settings -------------------------------------------------

CASES = {
    "SGD": (SGD, {}),
    "SGD decayed": (SGD, {"weight_decay": 0.1}),
    "SGD momentum": (SGD, {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    "SGD nesterov": (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    "Adagrad": (Adagrad, {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
    "RMSProp": (RMSProp, {}),
    "RMSProp centred": (RMSProp, {"centered": True, "weight_decay": 0.1}),
    "RMSProp momentum": (RMSProp, {"momentum": 0.9}),
    "RMSProp all": (RMSProp, {"momentum": 0.9, "centered": True, "weight_decay": 0.1}),
    "Adam": (Adam, {"weight_decay": 0.1}),
    "Adam amsgrad": (Adam, {"amsgrad": True}),
    "AdamW": (AdamW, {"weight_decay": 0.1}),
    "AdamW amsgrad": (AdamW, {"amsgrad": True}),
    "AdaMax": (AdaMax, {"weight_decay": 0.1}),
    "Nadam": (Nadam, {"weight_decay": 0.1, "momentum_decay": 0.1}),
}
ARRAYS_KEPT = dict(zip(CASES, [0, 0, 1, 1, 1, 1, 2, 2, 3, 2, 3, 2, 3, 2, 2], strict=True))

each_case = pytest.mark.parametrize(("cls", "options"), CASES.values(), ids=CASES)


def walk(optimizer, parameters, steps=3, first=0):
    """Step along gradients that are a function of the step alone."""
    for step in range(first, first + steps):
        optimizer.step(parameters, [slope_like(p, step) for p in parameters])


def slope_like(parameter, step):
    rng = np.random.default_rng(step)
    gradient = rng.standard_normal(tuple(parameter.shape))
    if isinstance(parameter, torch.Tensor):
        return torch.tensor(gradient, dtype=parameter.dtype)
    return np.asarray(gradient, parameter.dtype)


def points(shape=(3, 2), seed=7):
    return np.random.default_rng(seed).standard_normal(shape)


def assert_same_state(found, expected):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, list):
            assert len(found[name]) == len(value)
            for array, other in zip(found[name], value, strict=True):
                np.testing.assert_array_equal(to_numpy(array), to_numpy(other))
        else:
            assert found[name] == value


# ---- layouts and sizes of arrays ---------------------------------------------------------------


def transposed(array):
    return array.T.copy().T


def strided(array):
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def reversed_view(array):
    return array[::-1].copy()[::-1]


def unaligned(array):
    room = bytearray(array.nbytes + 1)
    view = np.frombuffer(room, array.dtype, array.size, offset=1).reshape(array.shape)
    view[...] = array
    return view


LAYOUTS = [np.array, transposed, strided, reversed_view, unaligned]


@pytest.mark.parametrize("of_gradient", [np.array, transposed, unaligned], ids=lambda f: f.__name__)
@pytest.mark.parametrize("of_parameter", LAYOUTS, ids=lambda f: f.__name__)
@each_case
def test_layout_makes_no_difference(cls, options, of_parameter, of_gradient):
    w, other = points((5, 4)), of_parameter(points((5, 4)))
    first, second = cls(lr=0.1, **options), cls(lr=0.1, **options)
    for step in range(3):
        gradient = slope_like(w, step)
        given_ = of_gradient(gradient)
        first.step([w], [gradient])
        second.step([other], [given_])
        np.testing.assert_array_equal(given_, slope_like(w, step))
    assert not np.array_equal(w, points((5, 4)))
    assert relative_error(other, w) < 1e-15


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape",
    [(2 * BLOCK + 5,), (3, BLOCK - 7), (2, BLOCK + 9), (BLOCK + 9, 2), (2, 2, BLOCK // 3)],
    ids=str,
)
@pytest.mark.parametrize("layout", [np.array, strided, transposed], ids=lambda f: f.__name__)
@each_case
def test_large_arrays_equal_their_small_pieces(cls, options, shape, layout):
    w = layout(points(shape).astype("float32"))
    gradients = [slope_like(w, step) for step in range(2)]
    whole = cls(lr=0.1, **options)
    starts = np.array(w).reshape(-1)
    # every piece ends elsewhere than the blocks do
    bounds = range(0, w.size, BLOCK // 3 + 11)
    pieces = [starts[i : i + bounds.step].copy() for i in bounds]
    in_pieces = cls(lr=0.1, **options)
    for gradient in gradients:
        flat = gradient.reshape(-1)
        whole.step([w], [gradient])
        in_pieces.step(pieces, [flat[i : i + bounds.step] for i in bounds])
    assert relative_error(np.array(w).reshape(-1), np.concatenate(pieces)) < 1e-6
    for step, gradient in enumerate(gradients):
        np.testing.assert_array_equal(gradient, slope_like(w, step))


@each_case
@pytest.mark.parametrize("layout", [np.array, strided, transposed], ids=lambda f: f.__name__)
def test_arrays_together_equal_each_by_itself(cls, options, layout):
    # joined to one block, a block as it is, none at all, and cut into blocks
    shapes = [(3,), (5, 7), (70, 80), (0, 3), (), (6, 4), (2, BLOCK // 2 + 3)]
    starts = [points(shape) for shape in shapes]
    together = [layout(w) if w.ndim == 2 else w.copy() for w in starts]
    optimizer, alone = cls(lr=0.1, **options), [cls(lr=0.1, **options) for _ in shapes]
    for step in range(2):
        gradients = [slope_like(w, step) for w in starts]
        optimizer.step(together, gradients)
        for each, w, gradient in zip(alone, starts, gradients, strict=True):
            each.step([w.reshape(-1)], [gradient.reshape(-1)])
    for a, b in zip(together, starts, strict=True):
        np.testing.assert_array_equal(a, b)
    kept = [arrays_of(value) for value in optimizer.state_dict().values()]
    assert all([a.shape for a in arrays] == shapes for arrays in kept if arrays)


@each_case
def test_views_are_updated_in_place(cls, options):
    whole, column = points((4, 3)), points((4, 3))[:, 1].copy()
    before = whole.copy()
    walk(cls(lr=0.1, **options), [whole[:, 1]])
    walk(cls(lr=0.1, **options), [column])
    np.testing.assert_array_equal(whole[:, ::2], before[:, ::2])
    assert relative_error(whole[:, 1], column) < 1e-15


@pytest.mark.parametrize(("dtype", "bound"), [("float16", 2e-2), ("longdouble", 1e-14)])
@each_case
def test_other_dtypes(cls, options, dtype, bound):
    # 1e-8 is 0 in 16 bits
    options = options if cls is SGD else options | {"eps": 1e-3}
    exact, w = points(), points().astype(dtype)
    walk(cls(lr=0.01, **options), [exact])
    optimizer = cls(lr=0.01, **options)
    walk(optimizer, [w])
    assert w.dtype == np.dtype(dtype)
    assert all(a.dtype == dtype for v in optimizer.state_dict().values() for a in arrays_of(v))
    assert relative_error(w, exact) < bound


def arrays_of(value):
    return value if isinstance(value, list) else []


@each_case
def test_arrays_without_entries(cls, options):
    empty, w, twin = np.ones((3, 0)), points(), points()
    walk(cls(lr=0.1, **options), [empty, w, np.ones(0)])
    walk(cls(lr=0.1, **options), [twin])
    np.testing.assert_array_equal(w, twin)


@each_case
def test_gradient_of_a_0d_parameter_may_be_a_numpy_scalar(cls, options):
    w, twin = np.array(2.0), np.array([2.0])
    ours, theirs = cls(lr=0.1, **options), cls(lr=0.1, **options)
    for step in range(3):
        gradient = np.float64(step + 1.0)
        ours.step([w], [gradient])
        theirs.step([twin], [np.array([gradient])])
    assert w != 2.0
    assert relative_error(w, twin[0]) < 1e-15


# ---- refused steps -----------------------------------------------------------------------------


def frozen(array):
    array = array.copy()
    array.flags.writeable = False
    return array


W, G = points(), points(seed=8)
# parameters, gradients, error
REFUSED = {
    "count": ([W, W], [G], ValueError, "gradients: expected one per parameter"),
    "shape": ([W], [G.T], ValueError, r"gradients\[0\]: expected shape \(3, 2\)"),
    "shape, second": ([W, W], [G, G[:1]], ValueError, r"gradients\[1\]: expected shape"),
    "dtype": ([W], [G.astype("f")], TypeError, r"gradients\[0\]: expected dtype float64"),
    "library": ([W], [torch.tensor(G)], TypeError, r"gradients\[0\]: expected dtype"),
    "integers": ([W.astype(int)], [G.astype(int)], TypeError, r"parameters\[0\]: expected float"),
    "complex": ([W], [G * 1j], TypeError, r"gradients\[0\]: expected float"),
    "read-only": ([frozen(W)], [G], ValueError, r"parameters\[0\]: .* read-only"),
    "one place": ([as_strided(W, (3, 2), (8, 8))], [G], ValueError, "one that several share"),
    "number": ([W[0, 0]], [G[0, 0]], TypeError, r"parameters\[0\]: expected an array to update"),
    "NaN": ([W], [G * np.nan], ValueError, r"gradients\[0\]: expected finite"),
    "infinite": ([W, W], [G, G + np.inf], ValueError, r"gradients\[1\]: expected finite"),
    "minus infinite": ([W], [G - np.inf], ValueError, r"gradients\[0\]: expected finite"),
    "generator": (iter([W]), [G], TypeError, "parameters: expected a list of arrays"),
    "device": (
        [torch.tensor(W)],
        [torch.tensor(G, device="meta")],
        ValueError,
        r"gradients\[0\]: expected it on the device cpu .*meta",
    ),
}


@pytest.mark.parametrize(
    ("parameters", "gradients", "error", "message"), REFUSED.values(), ids=REFUSED
)
@each_case
def test_refused_step_changes_nothing(cls, options, parameters, gradients, error, message):
    optimizer, own = cls(lr=0.1, **options), [points()]
    walk(optimizer, own)
    before, arrays = (
        optimizer.state_dict(),
        list(parameters) if isinstance(parameters, list) else [],
    )
    old = [to_numpy(a).copy() for a in arrays]
    with pytest.raises(error, match=message):
        optimizer.step(parameters, gradients, check_finite=True)
    assert_same_state(optimizer.state_dict(), before)
    for array, copy in zip(arrays, old, strict=True):
        np.testing.assert_array_equal(array, copy)


@each_case
def test_gradients_that_require_grad_are_numbers_like_others(cls, options):
    first, second = cls(lr=0.1, **options), cls(lr=0.1, **options)
    leaf, plain = torch.tensor(W, requires_grad=True), torch.tensor(W)
    for _ in range(2):
        (gradient,) = torch.autograd.grad((leaf**3).sum(), leaf, create_graph=True)
        assert gradient.requires_grad
        first.step([leaf], [gradient])
        second.step([plain], [gradient.detach()])
    assert torch.equal(leaf.detach(), plain)
    kept = [array for value in first.state_dict().values() for array in arrays_of(value)]
    assert not any(array.requires_grad for array in kept)


@each_case
def test_parameters_of_other_shapes_than_before_are_refused(cls, options):
    optimizer = cls(lr=0.1, **options)
    walk(optimizer, [points(), points((4,))])
    before = optimizer.state_dict()
    for shapes in ([(3, 2)], [(4,), (3, 2)], [(3, 2), (4,), (1,)], [(3, 2), (5,)]):
        others = [points(shape) for shape in shapes]
        if not optimizer.state_bytes:
            walk(optimizer, others)  # nothing is remembered that could fail to fit
            continue
        with pytest.raises(ValueError, match=r"parameters: expected shapes \[\(3, 2\), \(4,\)\]"):
            walk(optimizer, others)
        assert_same_state(optimizer.state_dict(), before)
        for other, shape in zip(others, shapes, strict=True):
            np.testing.assert_array_equal(other, points(shape))


# ---- the state ---------------------------------------------------------------------------------


@each_case
def test_state_is_a_copy(cls, options):
    optimizer, w = cls(lr=0.1, **options), points()
    walk(optimizer, [w])
    state, again = optimizer.state_dict(), optimizer.state_dict()
    walk(optimizer, [w], first=3)
    assert_same_state(state, again)
    loaded = cls(lr=0.5)
    if state.keys() != loaded.state_dict().keys():
        loaded = cls(lr=0.5, **options)
    loaded.load_state_dict(state)
    for value in state.values():
        for array in arrays_of(value):
            array[...] = np.nan
    assert_same_state(loaded.state_dict(), again)


@each_case
def test_settings_travel_with_the_state(cls, options):
    first, w = cls(lr=0.3, **options), points()
    walk(first, [w])
    state = first.state_dict()
    numbers = {name: value for name, value in state.items() if not isinstance(value, list)}
    through_json = json.loads(json.dumps(numbers)) | {
        n: v for n, v in state.items() if arrays_of(v)
    }
    second, twin = cls(), w.copy()
    second.load_state_dict(through_json)
    assert repr(second) == repr(first)
    for optimizer, parameter in ((first, w), (second, twin)):
        walk(optimizer, [parameter], first=3)
    np.testing.assert_array_equal(twin, w)


@each_case
def test_numpy_state_goes_on_in_torch(cls, options):
    first, w = cls(lr=0.1, **options), [points(), points((4,))]
    walk(first, w)
    second, tensors = cls(lr=0.1, **options), [torch.tensor(p) for p in w]
    second.load_state_dict(first.state_dict())
    walk(second, tensors, first=3)
    walk(first, w, first=3)
    assert relative_error([t.numpy() for t in tensors], w) < 1e-14
    kept = [a for v in second.state_dict().values() for a in arrays_of(v)]
    assert all(isinstance(array, torch.Tensor) for array in kept)


@each_case
def test_state_before_the_first_step(cls, options):
    first, second = cls(lr=0.1, **options), cls(lr=0.1, **options)
    walk(second, [points((5,))])
    second.load_state_dict(first.state_dict())
    w, twin = points(), points()
    walk(first, [w])
    walk(second, [twin])
    np.testing.assert_array_equal(w, twin)


@pytest.mark.parametrize("case", CASES)
def test_state_bytes(case):
    cls, options = CASES[case]
    optimizer = cls(lr=0.1, **options)
    assert optimizer.state_bytes == 0
    walk(optimizer, [points().astype("f"), points((5,)), torch.ones(2)])
    per_copy = 4 * 6 + 8 * 5 + 4 * 2
    assert optimizer.state_bytes == ARRAYS_KEPT[case] * per_copy


def without(state, name):
    return {key: value for key, value in state.items() if key != name}


# what is done to the state of Nadam, which has all kinds of things in it
BAD_STATES = {
    "empty": (lambda s: {}, ValueError, "state: expected the keys"),
    "None": (lambda s: None, TypeError, "state: expected a dictionary, got NoneType"),
    "no class": (lambda s: without(s, "class"), ValueError, "state: expected the keys"),
    "class": (lambda s: s | {"class": "Adam"}, ValueError, "state: .* of Nadam, got that of Adam"),
    "no eps": (lambda s: without(s, "eps"), ValueError, "state: expected the keys"),
    "no mean": (lambda s: without(s, "mean"), ValueError, "state: expected the keys"),
    "no steps": (lambda s: without(s, "steps"), ValueError, "state: expected the keys"),
    "too much": (lambda s: s | {"velocity": []}, ValueError, "state: expected the keys"),
    "steps a string": (lambda s: s | {"steps": "3"}, TypeError, r"state\['steps'\]: expected"),
    "steps None": (lambda s: s | {"steps": None}, TypeError, r"state\['steps'\]: expected"),
    "steps a half": (lambda s: s | {"steps": 1.5}, TypeError, r"state\['steps'\]: expected int"),
    "steps NaN": (lambda s: s | {"steps": np.nan}, ValueError, r"state\['steps'\]: expected"),
    "steps infinite": (lambda s: s | {"steps": np.inf}, ValueError, r"state\['steps'\]: expected"),
    "steps below 0": (lambda s: s | {"steps": -1}, ValueError, r"state\['steps'\]: expected"),
    "product NaN": (
        lambda s: s | {"momentum_product": np.nan},
        ValueError,
        r"state\['momentum_product'\]: expected",
    ),
    "shapes": (lambda s: s | {"mean": [np.ones(3)]}, ValueError, "state: expected arrays of the s"),
    "count": (lambda s: s | {"mean": []}, ValueError, "state: expected arrays of the same shapes"),
    "lists": (lambda s: s | {"mean": [[1.0] * 6]}, TypeError, r"state\['mean'\]\[0\]: expected an"),
    "integers": (
        lambda s: s | {"mean": [np.ones((3, 2), int)]},
        TypeError,
        r"state\['mean'\]\[0\]: expected floating",
    ),
    "array": (lambda s: s | {"mean": np.ones((1, 2))}, TypeError, r"state\['mean'\]: expected a l"),
    "number": (lambda s: s | {"mean": 0.0}, TypeError, r"state\['mean'\]: expected a list"),
    "lr": (lambda s: s | {"lr": -1.0}, ValueError, "lr: expected a positive"),
    "eps": (lambda s: s | {"eps": "small"}, TypeError, "eps: expected"),
    "betas": (lambda s: s | {"betas": [0.9]}, TypeError, "betas: expected a pair"),
    "beta": (lambda s: s | {"betas": [0.9, 1.0]}, ValueError, r"betas\[1\]: expected"),
}


@pytest.mark.parametrize(("change", "error", "message"), BAD_STATES.values(), ids=BAD_STATES)
def test_refused_state_changes_nothing(change, error, message):
    donor, optimizer, w = Nadam(lr=0.7, eps=1e-3), Nadam(lr=0.1), points()
    walk(donor, [points()], steps=5)
    walk(optimizer, [w])
    before = optimizer.state_dict()
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(change(donor.state_dict()))
    assert_same_state(optimizer.state_dict(), before)
    assert repr(optimizer) == repr(Nadam(lr=0.1))


def test_whole_steps_may_come_as_a_float():
    optimizer = SGD()
    optimizer.load_state_dict(SGD().state_dict() | {"steps": 2.0})
    assert repr(optimizer.steps) == "2"


# ---- settings ----------------------------------------------------------------------------------


@each_case
def test_repr_makes_the_same_again(cls, options):
    optimizer = cls(lr=0.125, **options)
    assert repr(optimizer).startswith(f"{cls.__name__}(lr=0.125, ")
    twin = eval(repr(optimizer))
    assert type(twin) is cls
    assert twin.state_dict() == optimizer.state_dict()
    assert all(getattr(twin, name) == value for name, value in options.items())


def test_repr_by_hand():
    expected = "Adam(lr=0.5, betas=(0.75, 0.875), eps=0.25, weight_decay=2.0, amsgrad=True)"
    adam = Adam(0.5, betas=[0.75, 0.875], eps=0.25, weight_decay=2, amsgrad=True)
    assert repr(adam) == expected
    with pytest.raises(TypeError):
        Adam(0.5, [0.75, 0.875])  # only the learning rate may go without its name


@each_case
def test_learning_rate_may_change_between_steps(cls, options):
    scheduled, w = cls(lr=0.1, **options), points()
    restarted, twin = cls(lr=0.1, **options), points()
    for optimizer, parameter in ((scheduled, w), (restarted, twin)):
        walk(optimizer, [parameter])
    scheduled.lr = np.float32(0.5)
    restarted.load_state_dict(restarted.state_dict() | {"lr": 0.5})
    unchanged, other = cls(lr=0.1, **options), twin.copy()
    unchanged.load_state_dict(restarted.state_dict() | {"lr": 0.1})
    walk(scheduled, [w], first=3)
    walk(restarted, [twin], first=3)
    walk(unchanged, [other], first=3)
    np.testing.assert_array_equal(w, twin)
    assert not np.array_equal(w, other)


NOT_SHARES = {"1": 1.0, "more": 1.5, "negative": -0.1, "NaN": np.nan, "infinite": np.inf}
NOT_NEGATIVE = {name: value for name, value in NOT_SHARES.items() if value not in (1.0, 1.5)}
NUMBERS = {  # which of the settings have to be at least 0
    SGD: ["momentum", "weight_decay"],
    Adagrad: ["lr_decay", "weight_decay", "initial_accumulator_value", "eps"],
    RMSProp: ["eps", "weight_decay", "momentum"],
    Adam: ["eps", "weight_decay"],
    AdamW: ["eps", "weight_decay"],
    AdaMax: ["eps", "weight_decay"],
    Nadam: ["eps", "weight_decay", "momentum_decay"],
}
SHARES = {RMSProp: ["alpha"]}
WITH_BETAS = [Adam, AdamW, AdaMax, Nadam]
BAD_SETTINGS = [
    *(
        (cls, {name: bad}, ValueError, name)
        for table, values in ((NUMBERS, NOT_NEGATIVE), (SHARES, NOT_SHARES))
        for cls, names in table.items()
        for name, bad in product(names, values.values())
    ),
    *(
        (cls, {name: bad}, TypeError, name)
        for table in (NUMBERS, SHARES)
        for cls, names in table.items()
        for name, bad in product(["lr", *names], ["0.1", None, [0.1]])
    ),
    *(
        (cls, {"betas": betas}, ValueError, rf"betas\[{i}\]")
        for cls, bad, i in product(WITH_BETAS, NOT_SHARES.values(), (0, 1))
        for betas in [(bad, 0.9) if i == 0 else (0.9, bad)]
    ),
    *(
        (cls, {"betas": bad}, TypeError, "betas")
        for cls, bad in product(
            WITH_BETAS, [0.9, "99", (0.9,), (0.9, 0.9, 0.9), None, (0.9, "0.9")]
        )
    ),
    *((SGD, {"dampening": bad}, ValueError, "dampening") for bad in (np.nan, np.inf)),
    (SGD, {"dampening": "0"}, TypeError, "dampening"),
    (SGD, {"nesterov": True}, ValueError, "nesterov"),
    (SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, ValueError, "nesterov"),
]


@pytest.mark.parametrize(
    ("cls", "options", "error", "named"), BAD_SETTINGS, ids=lambda x: getattr(x, "__name__", str(x))
)
def test_bad_setting_is_named(cls, options, error, named):
    with pytest.raises(error, match=rf"^{named}(\[\d\])?: expected .*, got "):
        cls(**options)


# ---- memory ------------------------------------------------------------------------------------


@pytest.mark.slow
@each_case
def test_step_allocates_little_beyond_the_state(cls, options):
    w, g = np.zeros(10**7, "float32"), np.ones(10**7, "float32")
    optimizer = cls(lr=0.1, **options)
    tracemalloc.start()
    try:
        optimizer.step([w], [g])  # from here on all that it remembers is counted
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        optimizer.step([w], [g])
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert 0 < peak <= 16 * 2**20


@each_case
def test_memory_does_not_grow_from_step_to_step(cls, options):
    w, g = np.zeros((30, 100)), np.ones((30, 100))
    optimizer = cls(lr=0.1, **options)
    tracemalloc.start()
    try:
        for _ in range(3):
            optimizer.step([w], [g])
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            optimizer.step([w], [g])
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before < w.nbytes / 2


# ---- by hand -----------------------------------------------------------------------------------


def test_gradient_descent_by_hand():
    w, b = np.array([[1.0, 2.0]]), np.array([0.5])
    optimizer = SGD(lr=0.25)
    optimizer.step([w, b], [np.array([[4.0, -4.0]]), np.array([2.0])])
    np.testing.assert_array_equal(w, [[0.0, 3.0]])
    np.testing.assert_array_equal(b, [0.0])
    optimizer.lr = 1.0
    optimizer.step([w, b], [np.ones((1, 2)), np.zeros(1)])
    np.testing.assert_array_equal(w, [[-1.0, 2.0]])
    np.testing.assert_array_equal(b, [0.0])


@pytest.mark.parametrize("case", CASES)
def test_descent_finds_the_minimum_of_a_parabola(case):
    cls, options = CASES[case]
    optimizer, w = cls(lr=0.1, **options | {"weight_decay": 0.0}), np.array([4.0, -2.0])
    if cls is Adagrad:
        optimizer = cls(lr=1.0)
    for step in range(2000):
        optimizer.step([w], [2 * (w - 3)])
        if cls is not SGD and cls is not Adagrad:
            optimizer.lr = 0.1 * 0.995**step
    np.testing.assert_allclose(w, 3, rtol=1e-2)


def test_plain_descent_finds_it_to_rounding():
    w = np.array([10.0, -10.0])
    for _ in range(100):
        SGD(lr=0.1).step([w], [2 * (w - 3)])
    np.testing.assert_allclose(w, 3, rtol=1e-8)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_stepped_on_unless_checked(bad):
    w = np.ones(2)
    with pytest.raises(ValueError, match="expected finite"):
        SGD(lr=1.0).step([w], [np.array([0.0, bad])], check_finite=True)
    np.testing.assert_array_equal(w, [1.0, 1.0])
    SGD(lr=1.0).step([w], [np.array([0.0, bad])])
    assert not np.isfinite(w[1])


def test_step_without_parameters_is_none():
    SGD().step([], [])
    with pytest.raises(ValueError, match="gradients: expected one per parameter"):
        SGD().step([], [np.ones(1)])


def test_each_optimizer_says_how_it_updates():
    with pytest.raises(NotImplementedError):
        Optimizer(lr=0.1).step([np.ones(1)], [np.ones(1)])


# ---- the noise of a batch ----------------------------------------------------------------------


def test_variance_of_batches_by_hand():
    # of 0, 0, 3 the batches of two have means 0, 3/2 and 3/2, and all have mean 1
    assert batch_variance(np.array([0.0, 0.0, 3.0]), 2) == pytest.approx((1 + 0.25 + 0.25) / 3)


@pytest.mark.parametrize("convert", [np.array, torch.tensor, np.ndarray.tolist])
def test_variance_is_summed_over_the_parameters(convert):
    gradients = np.array([[[1.0, 0.0]], [[-1.0, 0.0]], [[0.0, 2.0]], [[0.0, -2.0]]])
    variance = (1 + 1 + 4 + 4) / 4
    for size, expected in ((1, variance), (2, variance / 2 * 2 / 3), (4, 0.0)):
        assert batch_variance(convert(gradients), size) == pytest.approx(expected)


def test_variance_adds_up_more_than_16_bits_hold():
    gradients = np.full((4, 1000), 300.0) * np.array([[1.0], [-1.0], [1.0], [-1.0]])
    assert batch_variance(gradients.astype("float16"), 1) == pytest.approx(1000 * 300.0**2)


def test_batches_that_cannot_be_drawn_are_refused():
    gradients = np.ones((3, 2))
    for size, error in ((0, ValueError), (4, ValueError), (-1, ValueError), (1.5, TypeError)):
        with pytest.raises(error, match="batch_size: expected"):
            batch_variance(gradients, size)
    with pytest.raises(ValueError, match="gradients: expected at least two samples, got 1"):
        batch_variance(gradients[:1], 1)


# ---- rates on a quadratic ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lr", "curvature", "momentum"),
    [
        (0.3, 1.0, 0.0),
        (1.7, 1.0, 0.0),
        (0.5, 5.0, 0.0),
        (0.01, 1.0, 0.5),
        (0.5, 3.0, 0.5),
        (3.0, 1.0, 0.5),
        (4.0, 1.0, 0.5),
    ],
)
def test_factor_is_that_of_a_long_run(lr, curvature, momentum):
    optimizer, w, lengths = SGD(lr=lr, momentum=momentum), np.array([1.0]), []
    v, steps = 0.0, 400
    for _ in range(steps):
        before = w.copy()
        optimizer.step([w], [curvature * w])
        v = w - before
        # complex roots turn w around 0: only (w, v) as a whole shrinks step by step
        lengths.append(float(np.hypot(w, v)[0]))
        if not 1e-140 < lengths[-1] < 1e140:
            break
    half = len(lengths) // 2
    rate = (lengths[-1] / lengths[half]) ** (1 / (len(lengths) - 1 - half))
    assert convergence_factor(lr, curvature, momentum) == pytest.approx(rate, rel=1e-2)


def test_factor_of_bad_settings_is_refused():
    for arguments, name in (((0, 1), "lr"), ((1, 0), "curvature"), ((1, 1, -0.1), "momentum")):
        with pytest.raises(ValueError, match=f"{name}: expected"):
            convergence_factor(*arguments)


CURVATURES = [(1.0, 1.0), (1.0, 3.0), (0.5, 50.0), (2.0, 2000.0)]


def worst(lr, smallest, largest, momentum=0.0):
    """Give the slower of the two ends; all between are faster."""
    return max(convergence_factor(lr, c, momentum) for c in (smallest, largest))


@pytest.mark.parametrize(("smallest", "largest"), CURVATURES)
def test_best_descent_is_the_best_on_a_grid(smallest, largest):
    lr, factor = best_descent(smallest, largest)
    assert worst(lr, smallest, largest) == pytest.approx(factor)
    grid = min(worst(rate, smallest, largest) for rate in lr * np.linspace(0.5, 1.5, 1001))
    assert factor <= grid + 1e-12
    assert grid == pytest.approx(factor, abs=1e-9)


@pytest.mark.parametrize(("smallest", "largest"), CURVATURES)
def test_best_momentum_is_the_best_on_a_grid(smallest, largest):
    lr, momentum, factor = best_momentum(smallest, largest)
    # a double root is the root of a rounding error
    assert worst(lr, smallest, largest, momentum) == pytest.approx(factor, abs=1e-7)
    rates, momenta = lr * np.geomspace(0.25, 4, 81), np.linspace(0, 0.999, 200)
    grid = min(worst(r, smallest, largest, m) for r in rates for m in momenta)
    assert factor <= grid + 1e-7
    assert grid < factor + 0.05
    assert factor <= best_descent(smallest, largest)[1]


@pytest.mark.parametrize("best", [best_descent, best_momentum])
def test_curvatures_out_of_order_are_refused(best):
    for arguments, name in (((2, 1), "smallest"), ((0, 1), "smallest"), ((1, np.inf), "largest")):
        with pytest.raises(ValueError, match=f"{name}: expected"):
            best(*arguments)


def test_a_state_of_settings_alone_is_told_what_these_settings_remember():
    whole = SGD(momentum=0.9).state_dict()
    left = {k: v for k, v in whole.items() if k in SGD()._settings()}
    optimizer = SGD()
    with pytest.raises(ValueError, match="state: expected the keys") as caught:
        optimizer.load_state_dict(left)
    assert str(sorted(whole)) in str(caught.value)
    assert whole.keys() != SGD().state_dict().keys()
