"""Build no book whose outputs are not those that its code prints now.

The pages show the outputs that the notebooks hold. They were compared by
book/check.py, which `make book` runs first.
"""

import runpy
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

CHECK = Path(__file__).parents[1] / "check.py"


def refuse_what_was_not_checked(app: Sphinx) -> None:
    """Stop the build if a notebook was not compared as it is now."""
    check = runpy.run_path(str(CHECK))
    if pages := check["unchecked"]():
        names = ", ".join(sorted(map(check["name"], pages)))
        raise ExtensionError(
            f"The outputs of {names} were not compared with what their code "
            "prints now: run `python book/check.py`"
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("builder-inited", refuse_what_was_not_checked)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
