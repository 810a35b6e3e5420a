r"""Let ``$$ … \tag{1.21} $$`` carry the source's equation number.

Sphinx wraps a formula of several lines in a ``split`` environment, where
``\tag`` is an error. A formula with a tag is therefore handed over as a whole
``equation*``, in which it may stand.
"""

from docutils import nodes
from sphinx.application import Sphinx


def wrap_tagged(app: Sphinx, doctree: nodes.document) -> None:
    """Make every display formula that has a tag an environment of its own."""
    for node in doctree.findall(nodes.math_block):
        text = node.astext()
        if r"\tag{" in text and not node["nowrap"]:
            wrapped = rf"\begin{{equation*}}{text}\end{{equation*}}"
            node.children = [nodes.Text(wrapped)]
            node["nowrap"] = True


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-read", wrap_tagged)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
