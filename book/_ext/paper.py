"""The book on paper: what only a page that moves can show, as LaTeX prints it.

Nothing here acts on the HTML pages.
"""

import re
import subprocess
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

STYLE = Path(__file__).parents[1] / "_static" / "page.css"


def configure(app: Sphinx) -> None:
    """Print the outputs that the notebooks hold, which `make test` compares."""
    if app.builder.format == "latex":
        app.config.nb_execution_mode = "off"
        app.config.numfig_format["figure"] = "%s"  # LaTeX takes it apart at its number


class Parts(SphinxPostTransform):
    """The root page is a preface, and the captions of its contents are parts."""

    formats = ("latex",)
    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Rearrange the document that all pages have been put into."""
        for file in self.document.findall(addnodes.start_of_file):
            # where sphinx_proof and sphinx_exercise look for a page's name
            file.next_node(nodes.section)["docname"] = file["docname"]
        root = self.document.next_node(nodes.section)
        preface = nodes.section("", nodes.title("", "Preface"))
        wrappers = [
            node
            for node in root.findall(nodes.compound)
            if "toctree-wrapper" in node["classes"] and node.parent in (root, *root.children)
        ]
        for wrapper in wrappers:
            wrapper.parent.remove(wrapper)
        preface.extend(root.children[1:])
        root.children[1:] = []
        root += preface
        for wrapper in wrappers:
            root += wrapper


class Formulas(SphinxPostTransform):
    """A formula that is wider than the page is made smaller: paper.sty measures it."""

    formats = ("latex",)
    default_priority = 1

    def run(self, **kwargs: object) -> None:
        r"""Hand every display formula to paper.sty's ``\fit``."""
        for node in self.document.findall(nodes.math_block):
            text = re.sub(r"\\(begin|end)\{equation\*\}", "", node.astext()).strip()
            tag = "".join(re.findall(r"\\tag\{[^}]+\}", text))
            formula = rf"\begin{{aligned}}{text.replace(tag, '')}\end{{aligned}}"
            node.children = [
                nodes.Text(rf"\begin{{equation*}}\fit{{{formula}}}{tag}\end{{equation*}}")
            ]
            node["nowrap"] = True


class Figures(SphinxPostTransform):
    """Print a moving figure as it stands before anybody moves it."""

    formats = ("latex",)
    default_priority = 5  # the output's format was chosen at 4

    def run(self, **kwargs: object) -> None:
        """Put a picture in the place of each figure's HTML."""
        for node in list(self.document.findall(nodes.raw)):
            if 'class="checked slider"' in node.astext():
                node.replace_self(self.figure(node.astext()))

    def figure(self, html: str) -> nodes.figure:
        """Give the figure, with what it shows as its caption."""
        identity = re.search(r'id="([\w-]+)"', html)[1]
        label, value = re.search(r"<label>(.*?)<output>(.*?)</output>", html, re.DOTALL).groups()
        svg = re.search(r"<svg.*?</svg>", html, re.DOTALL)[0]
        description = ElementTree.fromstring(svg).get("aria-label")
        (self.app.outdir / f"{identity}.svg").write_text(standalone(svg, identity))
        convert = ["rsvg-convert", "--format=pdf", f"--output={identity}.pdf", f"{identity}.svg"]
        subprocess.run(convert, check=True, cwd=self.app.outdir)
        image = nodes.image("", uri=f"{identity}.pdf", alt=description, candidates={"?": ""})
        image["width"] = "80%"
        caption = f"{description} Shown here: {unescape(label)}{unescape(value)}."
        return nodes.figure("", image, nodes.caption("", caption), align="center")


def standalone(svg: str, identity: str) -> str:
    """Give the picture with the page's style sheet in it, in the colours of the day."""
    rules = re.findall(r"^\.slider[^{]*\{[^}]*\}", STYLE.read_text(), re.MULTILINE)
    style = "".join(rules) + "text{font-family:FreeSans,sans-serif}"
    head, rest = svg.removesuffix("</svg>").split(">", 1)
    inner = f'<style>{style}</style><g class="slider" id="{identity}">{rest}</g></svg>'
    drawn = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ') + ">" + inner
    colors = {"text-base": "#222832", "border": "#c9c9c9", "background": "#fff"}
    return re.sub(r"var\(--pst-color-([\w-]+)\)", lambda name: colors[name[1]], drawn)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.connect("builder-inited", configure, priority=400)  # myst_nb reads it at 500
    app.add_post_transform(Parts)
    app.add_post_transform(Formulas)
    app.add_post_transform(Figures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
