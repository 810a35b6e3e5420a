r"""Let ``$$ … \tag{1.21} $$`` carry the source's equation number.

The page writes the number beside the formula. On paper TeX does: there Sphinx
wraps a formula of several lines in a ``split`` environment, where ``\tag`` is
an error, so one with a tag is handed over as a whole ``equation*``.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

TAG = re.compile(r"\\tag\{([^}]+)\}")


def take_tags(app: Sphinx, doctree: nodes.document) -> None:
    """Take the tag out of every display formula, and note it at the node."""
    for node in doctree.findall(nodes.math_block):
        text = node.astext()
        if found := TAG.search(text):
            node["tag"] = found[1]
            node.children = [nodes.Text(TAG.sub("", text).strip())]


def give_to_tex(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the tags back for TeX."""
    if app.builder.format != "latex":
        return
    for node in doctree.findall(nodes.math_block):
        if "tag" in node:
            tex = rf"{node.astext()} \tag{{{node['tag']}}}"
            wrapped = rf"\begin{{equation*}}{tex}\end{{equation*}}"
            node.children = [nodes.Text(wrapped)]
            node["nowrap"] = True


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.connect("doctree-read", take_tags)
    app.connect("doctree-resolved", give_to_tex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
