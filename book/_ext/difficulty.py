"""Show beside the title of an exercise how difficult the package says it is.

In words, so that everyone can read it: "difficulty 2 of 3".
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx_exercise.nodes import is_exercise_node

from chainrule.exercises import EXERCISES


def show(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Add the difficulty to a page's titles, which are numbered by now."""
    for node in doctree.findall(is_exercise_node):
        if node["label"] in EXERCISES:
            words = f"difficulty {EXERCISES[node['label']].difficulty} of 3"
            node[0] += [
                nodes.Text(" "),
                nodes.inline("", words, classes=["difficulty"]),
            ]
        else:
            logging.getLogger(__name__).warning(
                "no exercise %r in the package", node["label"], location=node
            )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("doctree-resolved", show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
