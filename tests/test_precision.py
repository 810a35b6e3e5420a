"""Numbers with fewer bits, over whatever Hypothesis draws."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from chainrule.precision import FORMATS, dot_bound, rounded, rounded_dot, unit_roundoff

# within the exponents of all formats, so that only the bits count
numbers = st.floats(2.0**-100, 2.0**100) | st.floats(-(2.0**100), -(2.0**-100)) | st.just(0.0)
arrays = npst.arrays(np.float64, st.integers(0, 20), elements=numbers)


@given(x=arrays)
def test_casts_round_alike(x):
    assert np.array_equal(rounded(x, FORMATS["float32"]), x.astype(np.float32).astype(float))
    bfloat16 = torch.as_tensor(x).to(torch.bfloat16).double().numpy()
    assert np.array_equal(rounded(x, FORMATS["bfloat16"]), bfloat16)
    assert np.array_equal(rounded(x, FORMATS["float64"]), x)


@given(x=arrays, bits=st.integers(1, 52))
def test_rounding_is_off_by_at_most_the_unit_roundoff_and_once_is_enough(x, bits):
    found = rounded(x, bits)
    assert np.all(np.abs(found - x) <= unit_roundoff(bits) * np.abs(x))
    assert np.array_equal(rounded(found, bits), found)
    assert np.array_equal(rounded(-x, bits), -found)


@given(data=st.data(), n=st.integers(1, 50), bits=st.integers(2, 23))
def test_a_product_of_vectors_stays_within_its_bound(data, n, bits):
    elements = st.floats(-1e3, 1e3).filter(lambda number: number == 0 or abs(number) > 1e-3)
    w, a = (data.draw(npst.arrays(np.float64, n, elements=elements)) for _ in range(2))
    exact = np.sum(w.astype(np.longdouble) * a.astype(np.longdouble))
    error = abs(np.longdouble(rounded_dot(w, a, bits)) - exact)
    assert error <= dot_bound(w, a, bits) * (1 + 1e-9)


def test_the_bound_is_computed_with_64_bits():
    w, a = np.array([100, 100], dtype="int8"), np.array([99, 97], dtype="int8")
    assert dot_bound(w, a, bits=2) == dot_bound(w.astype(float), a.astype(float), bits=2)


@pytest.mark.parametrize("function", [rounded_dot, dot_bound])
def test_what_is_no_pair_of_vectors_is_refused(function):
    with pytest.raises(ValueError, match=r"w: expected a vector, got shape \(2, 2\)"):
        function(np.ones((2, 2)), np.ones((2, 2)), bits=7)
    with pytest.raises(ValueError, match=r"a: expected a vector like w, of shape \(2,\)"):
        function(np.ones(2), np.ones(3), bits=7)
    with pytest.raises(ValueError, match="bits: expected at least 1"):
        function(np.ones(2), np.ones(2), bits=0)


@pytest.mark.parametrize("function", [rounded_dot, dot_bound])
def test_sums_have_the_bits_of_float32_if_nothing_is_said(function):
    w, a = np.random.default_rng(0).standard_normal((2, 50))
    found = function(w, a, 30)
    assert found == function(w, a, 30, 23) == function(w, a, 30, sum_bits=23)
    assert found not in (function(w, a, 30, 22), function(w, a, 30, 24))
