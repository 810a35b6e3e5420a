"""What changes things in place changes all of them or none: steps, and states."""

import numpy as np
import pytest
import torch
from callables import in64, result_of
from rows import OPTIMIZERS
from rows import optimizer as optimizer_of

from chainrule.activations import Tanh
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD, Adam

REFUSED = (TypeError, ValueError)
LARGE = 70_000  # more than what is computed with at once

each_optimizer = pytest.mark.parametrize("label", OPTIMIZERS)


def strided(a, shape, strides):
    return np.lib.stride_tricks.as_strided(a, shape, strides)


def locked():
    a = np.ones(3)
    a.flags.writeable = False
    return a


def inference():
    with torch.inference_mode():
        return torch.ones(3, dtype=torch.float64)


def tensor(*shape):
    return torch.ones(shape, dtype=torch.float64)


# the third parameter, and its gradient where it is the gradient that does not fit
BAD = {
    "read-only": (locked, None),
    "broadcast": (lambda: np.broadcast_to(np.ones(1), 3), None),
    "stride 0": (lambda: strided(np.ones(1), (3,), (0,)), None),
    "overlapping itself": (lambda: strided(np.ones(4), (3, 2), (8, 8)), None),
    "overlapping itself, in between": (lambda: strided(np.ones(6), (2, 3), (16, 8)), None),
    "a number": (lambda: np.float64(1.0), None),
    "a matrix": (lambda: np.ones((3, 3)).view(np.matrix), None),
    "masked": (lambda: np.ma.array(np.ones(3), mask=[0, 1, 0]), None),
    "integers": (lambda: np.ones(3, int), None),
    "a masked gradient": (lambda: np.ones(3), lambda: np.ma.array(np.ones(3), mask=[0, 1, 0])),
    "a gradient of another dtype": (lambda: np.ones(3), lambda: np.ones(3, np.float32)),
    "a gradient of another shape": (lambda: np.ones(3), lambda: np.ones(4)),
    "a gradient of another library": (lambda: np.ones(3), lambda: tensor(3)),
    "no gradient": (lambda: np.ones(3), lambda: None),
    "expanded": (lambda: tensor(1).expand(3), None),
    "inference": (inference, None),
    "overlapping windows": (lambda: tensor(4).unfold(0, 2, 1), None),
    "meta": (lambda: tensor(3).to("meta"), None),
    "sparse": (lambda: tensor(3).to_sparse(), None),
    "a sparse gradient": (lambda: tensor(3), lambda: tensor(3).to_sparse()),
    "a gradient on meta": (lambda: tensor(3), lambda: tensor(3).to("meta")),
    "a tensor's gradient of another dtype": (lambda: tensor(3), lambda: tensor(3).float()),
    "a tensor's gradient of another library": (lambda: tensor(3), lambda: np.ones(3)),
}


def state(optimizer, arrays):
    kept = {k: v for k, v in optimizer.state_dict().items() if not isinstance(v, list)}
    return kept, [in64(a).copy() for a in arrays], optimizer.state_bytes


def assert_same(before, after):
    assert before[0] == after[0]
    assert before[2] == after[2]
    for a, b in zip(before[1], after[1], strict=True):
        np.testing.assert_array_equal(a, b)


@each_optimizer
@pytest.mark.parametrize(("parameter", "gradient"), BAD.values(), ids=BAD)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_step_that_cannot_be_made_whole_is_refused(label, parameter, gradient):
    optimizer, bad = optimizer_of(label), parameter()
    convert = torch.tensor if isinstance(bad, torch.Tensor) else np.asarray
    first, second = convert(np.ones((2, 2))), convert(np.ones(5))
    if gradient is None:
        like = bad.to_dense() if isinstance(bad, torch.Tensor) and bad.is_sparse else bad
        third = 0 * like + 1 if isinstance(bad, torch.Tensor) else np.ones(bad.shape, bad.dtype)
        named = r"^parameters\[2\]: expected"
    else:
        third, named = gradient(), r"^gradients\[2\]: expected"
    before = state(optimizer, [first, second])
    with pytest.raises(REFUSED, match=named):
        optimizer.step([first, second, bad], [0 * first + 1, 0 * second + 1, third])
    assert_same(before, state(optimizer, [first, second]))
    optimizer.step([first, second], [0 * first + 1, 0 * second + 1])  # as if nothing had been


def overlapping(convert):
    whole = convert(np.ones(6))
    square = convert(np.ones((4, 4)))
    return {
        "the same twice": [whole, whole],
        "shifted": [whole[:4], whole[2:]],
        "a part": [whole, whole[3:5]],
        "transposed": [square, square.T],
        "every second, and all": [whole[::2], whole],
        "a row, and a column": [square[1], square[:, 2]],
    }


def one_sum_and_one_memory(label, convert):
    """Tell whether a parameter that is listed twice is one with the sum of the gradients."""
    w, twin, optimizer, other = (
        convert(np.ones(3)),
        convert(np.ones(3)),
        optimizer_of(label),
        optimizer_of(label),
    )
    for _ in range(2):
        try:
            optimizer.step([w, w], [0 * w + 1, 0 * w + 2])
        except ValueError:
            return False
        other.step([twin], [0 * twin + 3])
    return np.allclose(in64(w), in64(twin), rtol=1e-14)


@each_optimizer
@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("name", overlapping(np.array))
def test_parameters_that_overlap_each_other_are_refused(label, convert, name):
    """Which of two updates remains would be chance."""
    optimizer, parameters = optimizer_of(label), [convert(np.ones(2)), *overlapping(convert)[name]]
    before = state(optimizer, parameters)
    if name == "the same twice" and one_sum_and_one_memory(label, convert):
        return
    with pytest.raises(ValueError, match=r"^parameters(\[[12]\])?: expected"):
        optimizer.step(parameters, [0 * p + 1 for p in parameters])
    assert_same(before, state(optimizer, parameters))


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
def test_parameters_may_share_memory_without_overlapping(convert):
    whole = convert(np.ones((4, 4)))
    parts = [whole[::2], whole[1::2, :2], whole[1::2, 2:]]
    SGD(lr=0.5).step(parts, [0 * p + 1 for p in parts])
    np.testing.assert_array_equal(in64(whole), np.full((4, 4), 0.5))


@each_optimizer
@pytest.mark.parametrize("size", [8, 3 * LARGE])
@pytest.mark.parametrize("view", ["itself", "backwards"])
def test_a_gradient_may_be_a_view_of_its_parameter(label, size, view):
    w = np.linspace(-1, 1, size)
    twin, optimizer, other = w.copy(), optimizer_of(label), optimizer_of(label)
    turn = slice(None, None, -1 if view == "backwards" else 1)
    other.step([twin], [twin[turn].copy()])
    if result_of(lambda: optimizer.step([w], [w[turn]]) or w, "gradients") is not None:
        np.testing.assert_array_equal(w, twin)


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("size", [8, 3 * LARGE])
def test_a_gradient_may_lie_in_another_parameter(convert, size):
    a, b = convert(np.full(size, 1.0)), convert(np.full(size, 3.0))
    SGD(lr=0.5).step([a, b], [b, a])
    np.testing.assert_array_equal(in64(a), np.full(size, -0.5))
    np.testing.assert_array_equal(in64(b), np.full(size, 2.5))


@each_optimizer
@pytest.mark.parametrize(
    "sizes", [(3, 3, 3), (5000, 3, 5000), (LARGE, 3, LARGE), (3 * LARGE,)], ids=str
)
@pytest.mark.parametrize("strict", [True, False], ids=["raise", "warn"])
def test_a_step_that_overflows_half_way_changes_nothing(label, sizes, strict):
    """Numbers that overflow are the last ones; `warn` is an error in the tests."""
    optimizer = optimizer_of(label, lr=10.0)
    parameters, gradients = [np.ones(n) for n in sizes], [np.ones(n) for n in sizes]
    optimizer.step(parameters, gradients)
    remembered = optimizer.state_dict()
    parameters[-1][-1], gradients[-1][-1] = -1.7e308, 1.7e308
    before = state(optimizer, parameters)
    try:
        with np.errstate(all="raise" if strict else "warn"):
            optimizer.step(parameters, gradients)
    except (FloatingPointError, RuntimeWarning):
        assert_same(before, state(optimizer, parameters))
        for key, value in optimizer.state_dict().items():
            np.testing.assert_equal(value, remembered[key])


# ---- states --------------------------------------------------------------------------------------

BAD_STATES = {
    "masked": lambda a: np.ma.array(a, mask=a > 0),
    "a matrix": lambda a: np.ones((2, 2)).view(np.matrix),
    "complex": lambda a: a.astype(complex),
    "integers": lambda a: a.astype(int),
    "objects": lambda a: a.astype(object),
    "a list": lambda a: a.tolist(),
    "nothing": lambda a: None,
    "sparse": lambda a: torch.tensor(a).to_sparse(),
    "meta": lambda a: torch.tensor(a).to("meta"),
    "another shape": lambda a: a[:1],
}


@pytest.mark.parametrize("bad", BAD_STATES.values(), ids=BAD_STATES)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_state_that_is_not_whole_is_refused(bad):
    w = [np.ones((2, 2)), np.ones(3), np.ones(4)]
    other, optimizer = Adam(lr=0.5), Adam()
    for each in (other, optimizer):
        each.step(w, [a + 1 for a in w])
    given = other.state_dict()
    next(v for v in given.values() if isinstance(v, list))[2] = bad(np.ones(4))
    before = optimizer.state_dict()
    with pytest.raises(REFUSED, match=r"^state(\['\w+'\](\[2\])?)?: expected"):
        optimizer.load_state_dict(given)
    for key, value in optimizer.state_dict().items():
        np.testing.assert_equal(value, before[key])


# ---- a layer that stands in a network twice ------------------------------------------------------


def shared():
    layer = Linear(3, 3, rng=np.random.default_rng(0))
    return Network([layer, Tanh(), layer])


def test_a_layer_that_stands_in_a_network_twice_is_refused_or_gets_one_sum():
    x, upstream = np.random.default_rng(1).standard_normal((2, 4, 3))
    net = result_of(shared, "layers")
    if net is None:
        return
    gradients = net.backward(net.forward(x), upstream).parameters
    w, b = (torch.tensor(p, requires_grad=True) for p in net.layers[0].parameters)
    out = torch.tanh(torch.tensor(x) @ w.T + b) @ w.T + b
    expected = torch.autograd.grad(out, (w, b), torch.tensor(upstream))
    assert len(net.parameters) == 2
    for found, exact in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(found, exact)
    mapped = net.map(np.copy)
    assert len(mapped.parameters) == 2
    np.testing.assert_allclose(mapped(x), net(x))
