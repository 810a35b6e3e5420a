"""Say at the foot of each page how to cite the book, as CITATION.cff has it.

The words are in the template citation.html.
"""

from pathlib import Path

import yaml
from sphinx.application import Sphinx
from sphinx.config import Config

CITATION = Path(__file__).parents[2] / "CITATION.cff"


def read(app: Sphinx, config: Config) -> None:
    """Give the citation to the templates."""
    citation = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
    config.html_context["citation"] = citation["preferred-citation"]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("config-inited", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
