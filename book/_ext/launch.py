"""Turn on the buttons that need the book's public address, once it is set.

The address is ``repository: url:`` in ``_config.yml``. The theme cannot make
a launch button without a repository, so without an address it gets none.
"""

from sphinx.application import Sphinx
from sphinx.config import Config


def add_buttons(app: Sphinx, config: Config) -> None:
    """Ask the theme for a repository's buttons if there is a repository."""
    options = config.html_theme_options
    if not options.get("repository_url"):
        return
    options["use_repository_button"] = options["use_issues_button"] = True
    options["launch_buttons"] = {
        "colab_url": "https://colab.research.google.com",
        "binderhub_url": "https://mybinder.org",
        "notebook_interface": "jupyterlab",
    }


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("config-inited", add_buttons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
