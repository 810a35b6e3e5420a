"""The table of public functions has them all, and calls them rightly."""

import numpy as np
import pytest
from callables import DOORS, flat, plain, public


@pytest.mark.parametrize("name", sorted(set(public())))
def test_a_public_function_is_in_the_table(name):
    assert name in {plain(door.name) for door in DOORS}


@pytest.mark.parametrize("door", DOORS, ids=lambda d: d.name)
def test_a_row_can_be_called(door):
    assert all(np.isfinite(np.asarray(a)).all() for a in flat(door(*door.values())))
