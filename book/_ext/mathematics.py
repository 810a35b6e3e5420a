"""Set the formulas while the book is built: no network, no script, no wait.

KaTeX does it. A page holds each formula as it is drawn, as MathML for
screen readers, and as TeX for copying.
"""

from collections.abc import Iterable
from shutil import copy2

import javascript
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

KATEX = javascript.LIBRARIES / "katex" / "dist"
FILES = ("katex.min.css", "contrib/copy-tex.min.js", "fonts/*.woff2")
# an unknown letter is a mistake: a browser would show it in another font
SCRIPT = """
const katex = require("./node_modules/katex");
const formulas = JSON.parse(require("fs").readFileSync(0));
let complaint = null;
console.warn = (words) => (complaint = words);
const set = ([tex, displayMode]) => {
  complaint = null;
  try {
    const html = katex.renderToString(tex, { displayMode, strict: false });
    return { html, complaint };
  } catch (error) {
    return { html: "", complaint: error.message };
  }
};
console.log(JSON.stringify(formulas.map(set)));
"""

Formula = nodes.math | nodes.math_block


def tex_of(formula: Formula) -> tuple[str, bool]:
    """Give a formula's TeX, and whether it is displayed."""
    tex = formula.astext()
    displayed = isinstance(formula, nodes.math_block)
    if displayed and not formula["nowrap"] and r"\\" in tex:
        tex = rf"\begin{{split}}{tex}\end{{split}}"
    return tex, displayed


def set_formulas(formulas: Iterable[Formula]) -> None:
    """Give each formula its HTML; what cannot be set is a warning."""
    formulas = [*formulas]
    given = [tex_of(formula) for formula in formulas]
    results = javascript.run(SCRIPT, given)
    for formula, result in zip(formulas, results, strict=True):
        formula["html"] = result["html"]
        if complaint := result["complaint"]:
            where = logging.getLogger(__name__)
            words = f"{complaint}: {formula.astext()}"
            where.warning(words, location=formula)


def set_page(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Set all formulas of a page at once: starting Node takes a while."""
    if app.builder.format == "html":
        kinds = (nodes.math, nodes.math_block)
        set_formulas(each for kind in kinds for each in doctree.findall(kind))


def visit(self: HTML5Translator, formula: Formula) -> None:
    """Write a formula into the page."""
    if "html" not in formula:  # one in a title, in another page's contents
        set_formulas([formula])
    displayed = isinstance(formula, nodes.math_block)
    tag = "div" if displayed else "span"
    start = self.starttag(
        formula, tag, "", CLASS="math notranslate nohighlight"
    )
    number = ""
    if "tag" in formula:
        tick = formula.get("tick", "")
        number = f'<span class="eqno">({formula["tag"]}){tick}</span>'
    self.body += [start, formula["html"], number, f"</{tag}>"]
    raise nodes.SkipNode


def copy_katex(app: Sphinx, exception: Exception | None) -> None:
    """Copy the style sheet, its fonts and what copies a formula as TeX."""
    if exception is not None or app.builder.format != "html":
        return
    for pattern in FILES:
        for file in KATEX.glob(pattern):
            target = app.outdir / "_static/katex" / file.relative_to(KATEX)
            target.parent.mkdir(parents=True, exist_ok=True)
            copy2(file, target)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.add_html_math_renderer("katex", (visit, None), (visit, None))
    app.config.html_math_renderer = "katex"
    app.add_css_file("katex/katex.min.css", priority=400)
    app.add_js_file("katex/contrib/copy-tex.min.js", defer="defer")
    app.connect("doctree-resolved", set_page)
    app.connect("build-finished", copy_katex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
