"""The table of public functions has them all, and calls them rightly."""

import inspect
import re
from importlib import import_module

import numpy as np
import pytest
from rows import DOORS

MODULES = (
    "activations losses optimizers network convolution training device precision all_reduce "
    "data_parallel datasets growth oracles tape"
)
METHODS = (
    "__call__ derivative vjp parameter_vjp gradient forward backward step load_state_dict average"
)
# what takes numbers, sizes, paths or functions only, what holds results, what is tried elsewhere
NO_ARRAYS = (
    "losses.Loss optimizers.Optimizer optimizers.best_descent optimizers.best_momentum "
    "optimizers.convergence_factor network.Gradients network.Trace network.initial_std "
    "network.multiplications convolution.Geometry convolution.column_growth "
    "convolution.fft_multiplications convolution.im2col_traffic convolution.intensity "
    "convolution.loop_operations convolution.winograd_bound convolution.winograd_saving "
    "training.History training.batches training.load training.save device.accelerator "
    "device.clock device.one_thread device.seconds precision.FORMATS "
    "precision.unit_roundoff all_reduce.hiding_batch all_reduce.ring_seconds "
    "data_parallel.main data_parallel.replicas data_parallel.train datasets.Part datasets.Split "
    "datasets.circles datasets.digits datasets.enlarged_digits datasets.mnist datasets.moons "
    "datasets.rare_digit datasets.read_idx datasets.spirals datasets.spots datasets.write_idx "
    "growth.crossing growth.exponents growth.log_slope growth.straight_fit tape.Dual tape.Node "
    "tape.gradients tape.order"
)


def public():
    """Give the names that the table has to have: functions, and those of METHODS in classes."""
    for module in MODULES.split():
        for name in import_module(f"chainrule.{module}").__all__:
            thing = getattr(import_module(f"chainrule.{module}"), name)
            label = f"{module}.{name}"
            if inspect.isclass(thing) and label not in NO_ARRAYS.split():
                defined = {known for cls in thing.__mro__ for known in vars(cls)}
                yield from (f"{label}.{m}" for m in METHODS.split() if m in defined)
            elif label not in NO_ARRAYS.split():
                yield label


def plain(name):
    """Give the name of a row without what tells it from others of the same function."""
    return re.sub(r"\(.*?\)|-\w+", "", name)


def test_every_public_function_is_in_the_table():
    assert sorted(set(public()) - {plain(door.name) for door in DOORS}) == []
    assert len({door.name for door in DOORS}) == len(DOORS)


@pytest.mark.parametrize("door", DOORS, ids=lambda d: d.name)
def test_a_row_can_be_called(door):
    assert all(np.isfinite(np.asarray(a)).all() for a in door(*door.values()))
