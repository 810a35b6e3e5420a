"""Tests of every exercise, each called by the name of its page and by its own."""

import pytest

from chainrule.exercises import SECTIONS
from chainrule.pages import PAGES


def each(*kinds):
    """Run a test for the exercises of some kinds, or of all."""
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, id=f"{page.name}:{name}")
            for page, section in zip(PAGES, SECTIONS, strict=True)
            for name, exercise in section.exercises.items()
            if not kinds or exercise.kind in kinds
        ],
    )
