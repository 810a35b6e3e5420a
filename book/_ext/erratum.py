"""A mark in the margin where the source is wrong: {erratum}`E7`.

It leads to the erratum's own section, where it has one, or to the table.
"""

from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

TITLE = "Erratum {} of the document that this book follows"


class Erratum(SphinxRole):
    """The mark, above the line; page.css puts it into the margin."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the mark, as a link."""
        page = Path(self.env.srcdir, "book", "reference", "errata.ipynb")
        label = f"erratum-{self.text.lower()}"
        if f"({label})=" not in page.read_text(encoding="utf-8"):
            if self.env.app.builder.format == "html":
                return self.row(label), []
            label = "errata-text"
        link = pending_xref(
            "",
            nodes.inline("", self.text),
            refdomain="std",
            reftype="ref",
            reftarget=label,
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        return [nodes.superscript("", "", link, classes=["erratum"])], []

    def row(self, label: str) -> list[nodes.Node]:
        """Give the mark of an erratum that is a row of the table."""
        builder, errata = self.env.app.builder, "book/reference/errata"
        uri = builder.get_relative_uri(self.env.docname, errata)
        place = f"{uri}#{label}"
        link = nodes.reference("", self.text, refuri=place, internal=True)
        return [nodes.superscript("", "", link, classes=["erratum"])]


def name(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Say of each mark what it is."""
    for mark in doctree.findall(nodes.superscript):
        if "erratum" in mark["classes"]:
            for link in mark.findall(nodes.reference):
                link["reftitle"] = TITLE.format(mark.astext())


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role and the step."""
    app.add_role("erratum", Erratum())
    app.connect("doctree-resolved", name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
