"""The ledger's rows: what heads them is a heading, and code is linked."""

from docutils import nodes
from sphinx.application import Sphinx

TAG = "tag_ledger"


def finish(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link each name of code to the reference, if it is there."""
    known = app.env.domaindata["py"]["objects"]
    for cell in doctree.findall(nodes.container):
        if TAG not in cell["classes"]:
            continue
        for rubric in cell.findall(nodes.rubric):
            rubric["heading-level"] = rubric["level"]
        for code in list(cell.findall(nodes.literal)):
            if entry := known.get(f"chainrule.{code.astext()}"):
                uri = app.builder.get_relative_uri(page, entry.docname)
                there = f"{uri}#{entry.node_id}"
                link = nodes.reference(refuri=there, internal=True)
                code.replace_self(link)
                link += code


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-resolved", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
