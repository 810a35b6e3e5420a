"""Label a team's publication in the bibliography like anybody else's.

The style "alpha" would print its whole name. In references.bib a name that is
not split into first and last has braces behind its first word, by which it is
sorted.
"""

import re

from pybtex.database import Person
from pybtex.plugin import register_plugin
from pybtex.style.formatting.alpha import Style
from pybtex.style.labels.alpha import LabelStyle
from sphinx.application import Sphinx


class Labels(LabelStyle):
    """Labels of the style "alpha", in which what has braces is one word."""

    def format_lab_names(self, persons: list[Person]) -> str:
        """Give the initials of several authors, three letters of one."""
        return super().format_lab_names([as_word(each) for each in persons])


def as_word(person: Person) -> Person:
    """Give a name without its braces, blanks and signs."""
    name = " ".join(person.last_names)
    return Person(last=re.sub(r"\W", "", name)) if "{" in name else person


class Labelled(Style):
    """The style "alpha" with these labels."""

    default_label_style = Labels


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the style; Sphinx calls this when it loads the extension."""
    register_plugin("pybtex.style.formatting", "labelled", Labelled)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
