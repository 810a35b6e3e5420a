"""Keep a formula in the text on one line with the comma after it.

To a browser a formula is a picture, beside which any line may end, so that a
full stop could stand alone at the beginning of the next one.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

BEFORE, AFTER = (
    re.compile(r"[(\[“]+$"),
    re.compile(r"^(?:-(?:st|nd|rd|th)\b|[,.;:!?)\]”’…]+)"),
)


def neighbour(formula: nodes.math, step: int) -> nodes.Text | None:
    """Give the text right before or after a formula; it may be emphasised."""
    place = formula.parent.index(formula) + step
    if not 0 <= place < len(formula.parent):
        return None
    near = formula.parent[place]
    if isinstance(near, nodes.emphasis | nodes.strong):
        near = near[0 if step == 1 else -1]
    return near if isinstance(near, nodes.Text) else None


def keep(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put every formula into one element with the punctuation beside it."""
    if app.builder.format != "html":
        return
    for formula in list(doctree.findall(nodes.math)):
        kept = nodes.inline(classes=["kept"])
        for step, pattern in ((-1, BEFORE), (1, AFTER)):
            text = neighbour(formula, step)
            found = pattern.search(text or "")
            if text is None or found is None:
                continue
            rest = text[: found.start()] + text[found.end() :]
            text.parent.replace(text, nodes.Text(rest))
            kept.insert(0 if step == -1 else 1, nodes.Text(found[0]))
        if len(kept):
            formula.parent.replace(formula, kept)
            kept.insert(1 if BEFORE.match(kept[0].astext()) else 0, formula)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-resolved", keep)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
