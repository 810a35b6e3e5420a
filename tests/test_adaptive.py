"""What is said of Adagrad, RMSProp and Adam beside their formulas.

That their steps are those of torch.optim, test_optimizers shows for all optimizers.
"""

import numpy as np
import pytest

from chainrule.optimizers import Adagrad, Adam, AdaMax, AdamW, RMSProp


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
    w, optimizer = np.zeros(1), RMSProp(centered=True, alpha=0.9)
    for _ in range(200):
        optimizer.step([w], [np.full(1, 0.1)])
    assert np.isfinite(w).all()
