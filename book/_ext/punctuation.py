"""Keep together on a line: 3 × 3, 90 %, and a formula with its comma.

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

# no line may end in a size, a comparison, a number, an interval, a range or a
# date; and an apostrophe is curled
WITHIN = (
    (re.compile(r"(?<=\w) ([×=<>≤≥]) (?=[\d−∞])"), "\u00a0\\1\u00a0"),
    (re.compile(r"(?<=\d) (?=%|\d{3}(?!\d))"), "\u00a0"),
    (re.compile(r"(?<=,) (?=∞)"), "\u00a0"),
    (re.compile(r"(?<=\w)'(?=s\b| )"), "’"),
    (re.compile(r"(?<=\d–)(?=\d)|(?<=\de-)(?=\d)"), "\u2060"),
    (re.compile(r"(\d{4}-)(\d\d-)(?=\d\d)"), "\\1\u2060\\2\u2060"),
)
CODE = nodes.FixedTextElement | nodes.literal  # whose spaces are to be copied


def neighbour(
    formula: nodes.math, step: int
) -> tuple[nodes.Element, int] | None:
    """Find the text right before or after a formula; it may be emphasised.

    What is given is the element that it stands in, and its place there: texts
    that read alike are equal, and an element could not tell them apart.
    """
    parent, place = formula.parent, formula.parent.index(formula) + step
    if not 0 <= place < len(parent):
        return None
    if isinstance(parent[place], nodes.emphasis | nodes.strong):
        parent = parent[place]
        place = 0 if step == 1 else len(parent) - 1
    return (parent, place) if isinstance(parent[place], nodes.Text) else None


def keep_whole(element: nodes.TextElement) -> None:
    """Let no line end within what WITHIN names in an element's texts."""
    for place, text in enumerate(element):
        if isinstance(text, nodes.Text):
            for pattern, replacement in WITHIN:
                text = nodes.Text(pattern.sub(replacement, text))
            element[place] = text


def keep(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put every formula into one element with the punctuation beside it."""
    if app.builder.format != "html":
        return
    for element in doctree.findall(nodes.TextElement):
        code = not element.get("support_smartquotes", True)  # as a default is
        if not code and not isinstance(element, CODE | nodes.math):
            keep_whole(element)
    for link in list(doctree.findall(nodes.reference)):
        if isinstance(link[0], nodes.Text) and link[0].startswith(" "):
            link[0] = nodes.Text(link[0].lstrip())  # a line would be under it
            link.parent.insert(link.parent.index(link), nodes.Text(" "))
    for formula in list(doctree.findall(nodes.math)):
        kept = nodes.inline(classes=["kept"])
        for step, pattern in ((-1, BEFORE), (1, AFTER)):
            near = neighbour(formula, step)
            text = near[0][near[1]] if near else ""
            found = pattern.search(text)
            if near is None or found is None:
                continue
            rest = text[: found.start()] + text[found.end() :]
            near[0][near[1]] = nodes.Text(rest)
            kept.insert(0 if step == -1 else 1, nodes.Text(found[0]))
        if len(kept):
            formula.parent.replace(formula, kept)
            kept.insert(1 if BEFORE.match(kept[0].astext()) else 0, formula)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-resolved", keep)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
