"""Let the search lead to a section, not to its page or to a docstring.

Sphinx's search weighs a title by the share of it that was typed, and a number
before the title counts in full. So the titles enter the index without their
numbers, and with them the words of the setting ``search_words``, which no
title has, and the numbers of the equations.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

NUMBER = re.compile(r"^[\d.–]+ ")


def add_words(app: Sphinx, tree: nodes.document) -> None:
    """Enter the words of a page into the index, each with its section."""
    page = app.env.docname
    words = [
        (NUMBER.sub("", section[0].astext()), section["ids"][0])
        for section in tree.findall(nodes.section)
        if isinstance(section[0], nodes.title)
    ]
    for word, place in app.config.search_words.items():
        if place.startswith(f"{page}#"):
            words.append((word, place.split("#")[1]))
    for formula in tree.findall(nodes.math_block):
        if number := formula.get("tag"):
            place = f"eq-{number.replace('.', '-')}"
            words.append((f"equation {number}", place))
    entries = [("single", word, place, "main", None) for word, place in words]
    tree[0].append(addnodes.index(entries=entries))


def write_all(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name all pages: Sphinx drops the entries of those that it skips."""
    return sorted(env.found_docs)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the setting and the steps."""
    app.add_config_value("search_words", {}, "env", types=dict)
    app.connect("doctree-read", add_words)
    app.connect("env-updated", write_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
