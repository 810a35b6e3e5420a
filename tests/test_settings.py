"""Settings: what a field declares is what is checked, kept, documented and tried here."""

from dataclasses import fields
from itertools import combinations
from math import inf

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import activations, losses, optimizers
from chainrule.arrays.settings import (
    Kind,
    count,
    finite,
    fraction,
    norm,
    not_negative,
    positive,
    share,
    whole,
)

CLASSES = [
    thing
    for module in (activations, losses, optimizers)
    for name in module.__all__
    if isinstance(thing := getattr(module, name), type) and name not in ("Loss", "Optimizer")
]
SETTINGS = [
    pytest.param(cls, each, id=f"{cls.__name__}.{each.name}")
    for cls in CLASSES
    for each in fields(cls)
]
NUMBERS = [p for p in SETTINGS if p.values[1].metadata["kind"]]
KINDS = [finite, positive, not_negative, fraction, share, norm, whole, count]


def make(cls, name, value):
    """Give one with a setting; where two belong together, with the other, too."""
    others = {"momentum": 0.5} if name == "nesterov" and value else {}
    return cls(**{name: value}, **others)


def within(kind: Kind):
    """Give a Hypothesis strategy of the numbers of this kind."""
    low, high = (None if abs(end) == inf else end for end in (kind.low, kind.high))
    if kind.whole:
        return st.integers(low, high)
    return st.floats(
        low,
        high,
        exclude_min=low is not None and "low" not in kind.closed,
        exclude_max=high is not None and "high" not in kind.closed,
        allow_nan=False,
        allow_infinity=False if high is None and "high" not in kind.closed else None,
    )


@pytest.mark.parametrize(("cls", "each"), SETTINGS)
def test_every_setting_is_declared_with_its_range(cls, each):
    assert {"read", "says", "sentence"} <= set(each.metadata)
    assert f"\n{each.name} : {each.metadata['says']}" in cls.__doc__
    assert each.metadata["sentence"], "a sentence that says what it is about"
    assert f"    {each.metadata['sentence']}" in cls.__doc__


@pytest.mark.parametrize(("cls", "each"), NUMBERS)
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_numbers_in_the_range_are_kept_as_they_are(cls, each, data):
    kind = each.metadata["kind"]
    value = data.draw(within(kind))
    kept = getattr(make(cls, each.name, value), each.name)
    assert kept == value
    assert type(kept) is (int if kind.whole else float)


@pytest.mark.parametrize(("cls", "each"), NUMBERS)
def test_the_ends_of_the_range(cls, each):
    kind = each.metadata["kind"]
    for value in kind.inside():
        assert getattr(make(cls, each.name, value), each.name) == value
    for value in kind.outside():
        with pytest.raises((ValueError, TypeError), match=f"^{each.name}: expected .*, got "):
            make(cls, each.name, value)


@pytest.mark.parametrize(("cls", "each"), NUMBERS)
def test_two_that_differ_in_a_setting_are_not_equal(cls, each):
    values = {each.default, *each.metadata["kind"].inside()}
    for first, second in combinations(values, 2):
        assert make(cls, each.name, first) != make(cls, each.name, second)


@pytest.mark.parametrize(("cls", "each"), NUMBERS)
@pytest.mark.parametrize("number", [np.float32, np.int64, torch.tensor, np.asarray])
def test_one_number_may_be_any_librarys(cls, each, number):
    value = 1 if each.metadata["kind"].whole or each.metadata["kind"].holds(1) else 0
    if each.metadata["kind"].whole and number is not np.int64:
        with pytest.raises(TypeError, match=f"^{each.name}: expected a whole number"):
            make(cls, each.name, number(1.0))
        return
    kept = getattr(make(cls, each.name, number(value)), each.name)
    assert kept == value
    assert type(kept) in (int, float)


@pytest.mark.parametrize(("cls", "each"), NUMBERS)
@pytest.mark.parametrize(
    "wrong", [True, np.True_, "1", [0.5], np.array([0.5]), torch.tensor([0.5]), 1j], ids=repr
)
def test_what_is_not_one_number_is_refused(cls, each, wrong):
    with pytest.raises(TypeError, match=f"^{each.name}: expected .*, got "):
        make(cls, each.name, wrong)


@pytest.mark.parametrize(("cls", "each"), SETTINGS)
def test_a_word_that_is_no_setting_is_refused(cls, each):
    with pytest.raises((TypeError, ValueError), match=rf"^{each.name}(\[\d\])?: expected .*, got "):
        make(cls, each.name, "no")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_an_inside_and_an_outside(kind):
    assert [*kind.inside()]
    assert [*kind.outside()]
    assert all(map(kind.holds, kind.inside()))
    assert not any(map(kind.holds, kind.outside()))
