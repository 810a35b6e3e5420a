"""The reference's index: what stands where, as the modules say."""

import re
from importlib import import_module
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

MODULE = re.compile(
    r"automodule:: (chainrule\.\w+)$(?:\n   :members:(.*))?", re.MULTILINE
)


class Modules(SphinxDirective):
    """The modules of the pages below this one, with their public names."""

    def run(self) -> list[nodes.Node]:
        """Give a list of definitions."""
        page = self.env.docname
        pages = self.config.external_site_map[page].subtrees[0].items
        lines = [line for below in pages for line in self.listed(below)]
        return self.parse_text_to_nodes("\n".join(lines))

    def listed(self, page: str) -> list[str]:
        """Give the modules of a page in Markdown."""
        file = Path(self.env.doc2path(page))
        lines = []
        text = file.read_text(encoding="utf-8")
        for name, members in MODULE.findall(text):
            module = import_module(name)
            names = ", ".join(
                f"{{py:obj}}`{each} <{name}.{each}>`"
                for each in re.findall(r"\w+", members)
                or getattr(module, "__all__", ())
                if callable(getattr(module, each))
            )
            said = module.__doc__.splitlines()[0]
            short = name.removeprefix("chainrule.")
            lines += [f"[`{short}`](/{page})", f": {said} {names}", ""]
        return lines


def setup(app: Sphinx) -> dict[str, bool]:
    """Register it; Sphinx calls this when it loads the extension."""
    app.add_directive("modules", Modules)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
