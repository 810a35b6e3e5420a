"""Every option that an implementation takes is asked: one that plays no part in it is found."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.judging import SUBJECTS, judge, subject
from chainrule.ledger.core import verify_claim

book = runpy.run_path(str(Path(__file__).with_name("test_judging.py")))["book"]
UNASKED = "left out, for no case that it can be asked changes it"
NEEDED = {"SGD": {"momentum"}, "Momentum": {"momentum"}, "Nesterov": {"momentum", "nesterov"}}
OPTIONS = [
    pytest.param(one.name, option, gradient, id=f"{one.name}: {option}{', gradient' * gradient}")
    for one in SUBJECTS
    for option in one.options
    for gradient in sorted({part.gradient for part in one.parts})
]


PARTS = [
    pytest.param(part.claim, id=f"{one.name}: {part.claim.title}")
    for one in SUBJECTS
    for part in one.parts
]


@pytest.mark.parametrize("claim", PARTS)
def test_what_is_asked_besides_is_right_in_the_book(claim):
    assert verify_claim(claim).status == "holds"


def forms(name):
    """Give the package's own as functions of arrays, then options: the value and the gradient."""
    known = book(name)
    kind, gradient = known["theirs"], known.get("gradient")
    if not isinstance(kind, type):
        return kind, gradient
    if "pool" in name:
        return (
            lambda x, k, **how: kind(k, **how)(x),
            lambda x, upstream, k, **how: kind(k, **how).vjp(x, upstream),
        )
    method = next((m for m in ("derivative", "gradient", "vjp") if hasattr(kind, m)), "")
    return (
        lambda *arrays, **how: kind(**how)(*arrays),
        lambda *arrays, **how: getattr(kind(**how), method)(*arrays),
    )


def taking(name, form, words, held):
    """Give a form that takes some options, and has held values for others."""
    options = subject(name).options
    fixed = {key: one.default for key, one in options.items() if key not in words} | held
    given = {"form": form, "fixed": fixed}
    passed = ", ".join(["**fixed", *(f"{word}={word}" for word in words if word not in held)])
    signature = ", ".join(f"{word}={options[word].default!r}" for word in words)
    if "lr" in options:
        source = f"""
class own:
    def __init__(self, {signature}):
        self.held = form({passed})
    def step(self, parameters, gradients):
        self.held.step(parameters, gradients)
"""
    else:
        source = f"def own(*arrays, {signature}): return form(*arrays, {passed})"
    exec(source, given)
    return given["own"]


def values(name, option):
    """Give all that an option is in the cases, and where they do not name it."""
    default = subject(name).options[option].default
    found = {} if option == "lr" else {repr(default): default}
    for part in subject(name).parts:
        for case in part.claim.cases(np.random.default_rng(0)):
            known = part.reads[0](*case).options
            if option in known:
                found[repr(known[option])] = known[option]
    return found.values()


@pytest.mark.parametrize(("name", "option", "gradient"), OPTIONS)
def test_an_option_that_plays_no_part_is_found(name, option, gradient):
    """It is alone, so that no case is left out for another; it may be held at any value."""
    own = {"lr"} & set(subject(name).options) | NEEDED.get(name, set()) | {option}
    words = [key for key in subject(name).options if key in own]
    value, slope = (book(name)["theirs"], None) if "lr" in own else forms(name)
    right = {"theirs": taking(name, value, words, {})}
    if slope:
        right["gradient"] = taking(name, slope, words, {})
    found = judge(name=name, **right)
    assert found.right, found
    assert found.notes.get(UNASKED, []) in ([], ["nesterov"])  # for it stays on
    key, form = ("gradient", slope) if gradient else ("theirs", value)
    held = [False] if name == "Nesterov" and option == "nesterov" else values(name, option)
    for one in held:
        wrong = right | {key: taking(name, form, words, {option: one})}
        assert judge(name=name, **wrong).right is False, (option, one)


def test_an_option_that_cannot_be_asked_is_told():
    def step(w, g, state, lr, dampening=0.0):
        return w - lr * g, state

    found = judge(step, "SGD")
    assert found.right
    assert found.notes[UNASKED] == ["dampening"]
