"""What is said of Adagrad, RMSProp and Adam beside their formulas.

That their steps are those of torch.optim, test_optimizers shows for all optimizers.
"""

import numpy as np
import pytest

from chainrule.optimizers import SGD, Adagrad, Adam, AdaMax, AdamW, RMSProp


@pytest.mark.parametrize(("cls", "other"), [(Adam, AdamW), (AdamW, Adam)])
def test_state_of_another_class_is_refused(cls, other):
    optimizer = cls(lr=0.1)
    before = optimizer.state_dict()
    message = f"state: expected that of {cls.__name__}, got that of {other.__name__}"
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(other(lr=0.7).state_dict())
    assert optimizer.state_dict() == before


@pytest.mark.parametrize("size", [1e-3, 3.0, 3e5])
@pytest.mark.parametrize(
    ("cls", "length"),
    [(Adagrad, 1.0), (RMSProp, 10.0), (Adam, 1.0), (AdamW, 1.0), (AdaMax, 1.0)],
)
def test_the_first_step_does_not_depend_on_the_size_of_the_gradient(cls, length, size):
    w = np.zeros(2)
    cls(lr=0.5, eps=1e-12).step([w], [np.array([size, -size])])
    np.testing.assert_allclose(w, [-0.5 * length, 0.5 * length], rtol=1e-6)


def test_a_centred_mean_that_rounding_leaves_below_0_is_cut_off():
    w, optimizer = np.zeros(1), RMSProp(centered=True, alpha=0.5)
    for _ in range(200):
        optimizer.step([w], [np.full(1, 0.7)])
    assert np.isfinite(w).all()


def far(optimizer, slopes):
    """Give how far down one parameter is after each step."""
    w, path = np.zeros(1), [0.0]
    for slope in slopes:
        optimizer.step([w], [np.array([slope])])
        path.append(-w.item())
    return np.array(path)


@pytest.mark.parametrize(
    ("cls", "at_once", "in_all"), [(SGD, 1.0, 1.0), (Adagrad, 1.0, 1.0), (Adam, 2.5, 25.3)]
)
def test_a_gradient_after_999_zeros_moves_a_weight_as_the_fifth_question_says(cls, at_once, in_all):
    path = far(cls(lr=1.0), [0.0] * 999 + [1.0] + [0.0] * 300)
    assert path[999] == 0
    assert path[1000] == pytest.approx(at_once, rel=0.01)
    assert path[-1] == pytest.approx(in_all, rel=0.01)


@pytest.mark.parametrize("curvature", [0.1, 1.0, 100.0])
def test_rmsprop_jumps_about_the_minimum_as_the_third_question_says(curvature):
    w, optimizer = np.ones(1), RMSProp(lr=0.1)
    for _ in range(5000):
        before = w.item()
        optimizer.step([w], [curvature * w])
    assert sorted([before, w.item()]) == pytest.approx([-0.05, 0.05], rel=0.02)
