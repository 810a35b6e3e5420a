"""Leave special methods out of the index, where they would stand first.

A function of this book is an object that is called, so there is a
``__call__`` for each of them, and nobody looks it up by that name.
"""

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def drop_special(app: Sphinx, env: BuildEnvironment) -> None:
    """Remove the entries whose names begin with two underscores."""
    for entries in env.domaindata["index"]["entries"].values():
        entries[:] = [e for e in entries if not e[1].startswith("__")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("env-updated", drop_special)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
