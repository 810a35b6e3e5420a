"""Keep a formula in the text on one line with the comma after it.

To a browser a formula is a picture, beside which any line may end, so that a
full stop could stand alone at the beginning of the next one.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

BEFORE, AFTER = re.compile(r"[(\[“]+$"), re.compile(r"[,.;:!?)\]”’…]+")


def neighbour(formula: nodes.math, step: int) -> str:
    """Give the text right before or after a formula, or an empty one."""
    place = formula.parent.index(formula) + step
    if not 0 <= place < len(formula.parent):
        return ""
    near = formula.parent[place]
    return near.astext() if isinstance(near, nodes.Text) else ""


def keep(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put every formula into one element with the punctuation beside it."""
    if app.builder.format != "html":
        return
    for formula in list(doctree.findall(nodes.math)):
        parent, place = formula.parent, formula.parent.index(formula)
        before, after = neighbour(formula, -1), neighbour(formula, 1)
        opening, closing = BEFORE.search(before), AFTER.match(after)
        if not (opening or closing):
            continue
        kept = nodes.inline(classes=["kept"])
        if closing:
            rest = after[closing.end() :]
            parent[place + 1] = nodes.Text(rest)
        parent[place] = kept
        if opening:
            parent[place - 1] = nodes.Text(before[: opening.start()])
            kept += nodes.Text(opening[0])
        kept += formula
        if closing:
            kept += nodes.Text(closing[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-resolved", keep)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
