"""Tests of every exercise, each called by the name of its page and by its own."""

import pytest

from chainrule.exercises import SECTIONS
from chainrule.pages import PAGES


def each(*kinds, not_yet=()):
    """Run a test for the exercises of some kinds, or of all; those that fail today have to."""
    failing = pytest.mark.xfail(strict=True, raises=AssertionError, reason="not yet")
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, id=f"{page.name}:{name}", marks=[failing] * (name in not_yet))
            for page, section in zip(PAGES, SECTIONS, strict=True)
            for name, exercise in section.exercises.items()
            if not kinds or exercise.kind in kinds
        ],
    )
