"""The reference: its index, and entries that a reader can use."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

MODULE = re.compile(
    r"automodule:: (chainrule\.\w+)$(?:\n   :members:(.*))?", re.MULTILINE
)
# defaults as Python shows them, and as a reader needs them
INSIDE = {
    r"=<(?:function|factory)[^,)]*": "=...",
    r"=lambda [^,)]*": "=...",
    r"<class '(?:\w+\.)*(\w+)'>": r"\1",
}


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


def readable(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, *signature
) -> tuple[str | None, str | None]:
    """Leave out of a signature what a default is inside Python."""
    arguments, result = signature
    for pattern, shown in INSIDE.items():
        arguments = re.sub(pattern, shown, arguments or "") or None
    return arguments, result


def says_nothing(
    app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any
) -> bool | None:
    """Skip the field of a tuple: Python says of it where it stands."""
    told = str(getattr(thing, "__doc__", ""))
    return told.startswith("Alias for field") or None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register it; Sphinx calls this when it loads the extension."""
    app.add_directive("modules", Modules)
    app.connect("autodoc-process-signature", readable)
    app.connect("autodoc-skip-member", says_nothing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
