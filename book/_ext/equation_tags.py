r"""Let ``$$ … \tag{1.21} $$`` carry the source's equation number.

The page writes the number beside the formula (mathematics.py), on paper TeX
does (paper.py).
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


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-read", take_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
