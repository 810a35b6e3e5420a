"""What an optimizer looked at once is looked at again where it changed; a rule keeps its own."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch
from test_whole_or_nothing import LARGE, REFUSED, assert_same, state

from chainrule.arrays.rules import alike
from chainrule.optimizers import SGD, Adam
from chainrule.optimizers.core import Optimizer
from chainrule.optimizers.fitting import Seen


def stepped(optimizer, *parameters):
    """Give the optimizer after it has seen these parameters, and left them as they are."""
    optimizer.step([*parameters], [0 * p for p in parameters])
    return optimizer


def shaped(w, shape):
    with warnings.catch_warnings(action="ignore"):  # NumPy advises against it
        w.shape = shape


def with_dtype(w, dtype):
    with warnings.catch_warnings(action="ignore"):
        w.dtype = dtype


def with_strides(w, strides):
    with warnings.catch_warnings(action="ignore"):
        w.strides = strides


CHANGED = {
    "read-only": lambda w: w.setflags(write=False),
    "of another shape": lambda w: shaped(w, (4, 2)),
    "of whole numbers": lambda w: with_dtype(w, np.int64),
    "in one place": lambda w: with_strides(w, (0,)),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_parameter_that_was_changed_since_the_last_step_is_refused(change):
    first, second = np.ones(3), np.ones(8)
    optimizer = stepped(Adam(), first, second)
    change(second)
    before = state(optimizer, [first, second])
    with pytest.raises(REFUSED, match=r"^parameters(\[1\])?: expected"):
        optimizer.step([first, second], [np.ones(3), np.ones(second.shape)])
    assert_same(before, state(optimizer, [first, second]))


@pytest.mark.parametrize("bad", [[1.0, 2.0, 3.0], np.ones(3, "float32"), np.ones(2), np.ma.ones(3)])
def test_a_gradient_that_does_not_fit_is_refused_at_the_second_step_too(bad):
    first, second = np.ones(3), np.ones(3)
    optimizer = stepped(Adam(), first, second)
    before = state(optimizer, [first, second])
    with pytest.raises(REFUSED, match=r"^gradients\[1\]: expected"):
        optimizer.step([first, second], [0 * first + 1, bad])
    for whole in (np.ones((2, 3)), [0 * first + 1]):
        with pytest.raises(REFUSED, match=r"^gradients: expected"):
            optimizer.step([first, second], whole)
    assert_same(before, state(optimizer, [first, second]))


def test_tensors_that_share_memory_since_the_last_step_are_refused():
    first, second = torch.ones(3), torch.ones(3)
    optimizer = stepped(SGD(), first, second)
    second.data = first.data
    with pytest.raises(ValueError, match=r"^parameters\[1\]: expected memory of its own"):
        optimizer.step([first, second], [torch.ones(3), torch.ones(3)])


@pytest.mark.parametrize("size", [8, 3 * LARGE])
def test_a_gradient_may_lie_in_another_parameter_from_the_second_step_on(size):
    a, b = np.full(size, 1.0), np.full(size, 3.0)
    stepped(SGD(lr=0.5), a, b).step([a, b], [b[:], a[:]])
    np.testing.assert_array_equal(a, np.full(size, -0.5))
    np.testing.assert_array_equal(b, np.full(size, 2.5))


def test_a_copy_of_an_optimizer_holds_no_parameters():
    w = 2 * torch.ones(3, requires_grad=True)  # no leaf, so it cannot be copied
    optimizer = stepped(SGD(), w)
    copy.deepcopy(optimizer).step([torch.ones(3)], [torch.ones(3)])
    assert len(pickle.dumps(stepped(SGD(), np.zeros(10_000)))) < 2000


@pytest.mark.parametrize("size", [8, 3 * LARGE])
def test_a_copy_looks_at_its_own_parameters(size):
    w, twin = np.linspace(-1, 1, size), np.linspace(-1, 1, size)
    a, optimizer = copy.deepcopy((w, stepped(Adam(), w)))
    other = stepped(Adam(), twin)
    optimizer.step([a], [a[::-1]])
    other.step([twin], [twin[::-1].copy()])
    np.testing.assert_array_equal(a, twin)
    np.testing.assert_array_equal(w, np.linspace(-1, 1, size))


@pytest.mark.parametrize("shape", [(3,), (0, 3)])
def test_a_copy_refuses_a_step_of_nothing(shape):
    optimizer = copy.deepcopy(stepped(Adam(), np.zeros(shape)))
    with pytest.raises(ValueError, match=r"^parameters: expected shapes"):
        optimizer.step([], [])
    assert optimizer.steps == 1


def test_an_array_that_was_pickled_is_no_other_array():
    w = pickle.loads(pickle.dumps(np.ones(3)))
    assert w.dtype is not np.ones(3).dtype
    assert alike(w, np.ones(3))
    assert alike(np.ones(3), w)
    assert Seen([w]).fit([w], [np.ones(3)])


class Last(Optimizer):
    """Steps against the gradient before, and remembers this one as it was given."""

    def start(self):
        return {"last": 0.0}

    def rule(self, t, w, g, last):
        return w - self.lr * last, g.reshape(g.shape)


@pytest.mark.parametrize("size", [3, 5000, 3 * LARGE])
@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
def test_a_gradient_that_is_remembered_is_copied(size, convert):
    w, g = convert(np.ones(size)), convert(np.ones(size))
    optimizer = Last(lr=1.0)
    optimizer.step([w], [g])
    g[...] = 7.0
    optimizer.step([w], [g])
    assert float(w[0]) == 0.0


class Fails(Optimizer):
    """Cannot make its second step."""

    def rule(self, t, w, g):
        if t == 2:
            raise RuntimeError("no second step")
        return (w - self.lr * g,)


def test_a_step_that_ends_by_any_error_does_not_count():
    w = np.ones(3)
    optimizer = Fails(lr=1.0)
    optimizer.step([w], [np.ones(3)])
    with pytest.raises(RuntimeError, match="no second step"):
        optimizer.step([w], [np.ones(3)])
    assert optimizer.steps == 1
    np.testing.assert_array_equal(w, np.zeros(3))


def test_settings_that_no_longer_go_together_are_refused_by_the_next_step():
    w = np.ones(3)
    optimizer = stepped(SGD(), w)
    optimizer.nesterov = True
    before = state(optimizer, [w])
    with pytest.raises(ValueError, match=r"^nesterov: expected momentum"):
        optimizer.step([w], [np.ones(3)])
    assert_same(before, state(optimizer, [w]))
    optimizer.momentum = 0.9
    optimizer.step([w], [np.ones(3)])
