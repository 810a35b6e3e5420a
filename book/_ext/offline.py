"""Serve MathJax from the book itself: mathematics without a network.

The files come from the installed package `sphinx-mathjax-offline`. They are
copied into the built book and never into a source ``_static`` folder: Jupyter
Book would put every script it finds there on every page.
"""

from importlib.metadata import distribution
from pathlib import Path
from shutil import copy2, copytree

from sphinx.application import Sphinx

# It holds every TeX extension: no page loads another one while it is read.
SCRIPT = "tex-chtml-full.js"
FONTS = "output/chtml/fonts/woff-v2"
# Centred, a formula keeps as much room at its left as its number needs at its
# right, and then the number is out of sight on a phone. Typeset at once, the
# formulas of a page would keep it from answering for a second there; but who
# follows a link into the page, or comes back to it, needs the final
# heights before the browser goes there.
SETTINGS = """
if (window.MathJax) {
  if (innerWidth <= 600) MathJax.chtml = { displayAlign: "left" };
  MathJax.startup = {
    pageReady: async () => {
      const formulas = [...document.querySelectorAll(".math")];
      const [{ type }] = performance.getEntriesByType("navigation");
      const atTheTop = type === "navigate" && !location.hash;
      const piece = atTheTop ? 8 : formulas.length;
      while (formulas.length) {
        await MathJax.typesetPromise(formulas.splice(0, piece));
        await new Promise((done) => setTimeout(done));
      }
    },
  };
}
"""


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    """Copy the script and its fonts, 1.7 of the package's 24 MB."""
    if exception is not None or app.builder.format != "html":
        return
    name = "sphinx-mathjax-offline"
    source = Path(distribution(name).locate_file(f"{name}/static/mathjax"))
    target = app.outdir / "_static" / "mathjax"
    target.mkdir(parents=True, exist_ok=True)
    copy2(source / SCRIPT, target)
    copytree(source / FONTS, target / FONTS, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Point Sphinx to the local script when it loads the extension."""
    app.config.mathjax_path = f"mathjax/{SCRIPT}"
    # The menu would load components that are not there when it is used.
    app.config.mathjax3_config = {"options": {"enableMenu": False}}
    # after the configuration, at 500, and before the deferred script
    app.add_js_file(None, body=SETTINGS, priority=600)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
