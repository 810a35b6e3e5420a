"""Say under a page's title how long it takes to read.

A minute for 200 words (a formula within the text is one), 20 seconds for a
displayed formula and 3 seconds for a line of code that is shown; without the
exercises, which take as long as they take. A page of the reference is looked
up rather than read, so it says nothing.
"""

from docutils import nodes
from sphinx.application import Sphinx

WORDS_PER_MINUTE = 200
SECONDS_PER_FORMULA = 20
SECONDS_PER_LINE = 3
FOLDED = {"tag_hide-input", "tag_hide-cell", "rule"}


def minutes(page: nodes.Node) -> float:
    """Give the time for what stands in a part of a page."""
    if isinstance(page, nodes.literal_block):
        return len(page.astext().splitlines()) * SECONDS_PER_LINE / 60
    if isinstance(page, nodes.math_block):
        return SECONDS_PER_FORMULA / 60
    if isinstance(page, nodes.math):
        return 1 / WORDS_PER_MINUTE
    if isinstance(page, nodes.Text):
        return len(page.split()) / WORDS_PER_MINUTE
    if isinstance(page, nodes.section) and page[0].astext() == "Exercises":
        return 0
    if isinstance(page, (nodes.raw, nodes.comment)):
        return 0
    if isinstance(page, nodes.Element) and FOLDED & {*page["classes"]}:
        shown = "cell_output" if "tag_hide-input" in page["classes"] else ""
        return sum(minutes(c) for c in page.children if shown in c["classes"])
    return sum(minutes(child) for child in page.children)


def show_time(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Put the time of a page, to five minutes, under its title."""
    time = 5 * round(minutes(doctree) / 5)
    if app.builder.format != "html" or not time:
        return
    if "/reference/" in name or name == app.config.root_doc:
        return
    title = next(doctree.findall(nodes.title))
    text = f"About {time} minutes to read."
    line = nodes.paragraph(text, text, classes=["reading-time"])
    title.parent.insert(title.parent.index(title) + 1, line)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-resolved", show_time)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
