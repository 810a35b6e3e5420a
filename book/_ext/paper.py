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
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

PDF = "deep-learning-checked.pdf"
LONG = 30  # rows: a table that does not fit one page
MANY = 8  # columns: they need a smaller type
STYLE = Path(__file__).parents[1] / "_static" / "page.css"


def announce(app: Sphinx, config: Config) -> None:
    """Let the preface link to the PDF where `make pdf` has put it among the pages."""
    if (app.outdir / PDF).is_file():
        app.tags.add("paper")


def configure(app: Sphinx) -> None:
    """Print the outputs that the notebooks hold, which `make test` compares."""
    if app.builder.format == "latex":
        app.config.nb_execution_mode = "off"
        app.config.numfig_format["figure"] = "%s"  # LaTeX takes it apart at its number


class Parts(SphinxPostTransform):
    """The root page is the preface, each other page a chapter, and a caption begins a part."""

    formats = ("latex",)
    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Rearrange the document that Sphinx has put all pages into."""
        contents = self.env.get_doctree(self.config.root_doc).findall(addnodes.toctree)
        captions = {part["includefiles"][0]: part["caption"] for part in contents}
        root = self.document.next_node(nodes.section)
        chapters = []
        for node in list(root.findall(addnodes.start_of_file)):
            name = node["docname"]
            # where sphinx_proof and sphinx_exercise look for it
            node.next_node(nodes.section)["docname"] = name
            if captions.get(name):
                chapters.append(nodes.raw("", rf"\bookpart{{{captions[name]}}}", format="latex"))
            chapters.append(node)
        for node in list(root.findall(nodes.compound)):
            if "toctree-wrapper" in node["classes"]:
                node.parent.remove(node)
        preface = nodes.section("", nodes.title("", "Preface"), *root.children[1:])
        root.children[1:] = []
        root.extend([preface, *chapters])


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


class Tables(SphinxPostTransform):
    """Proofs and the ledger get columns of fixed widths, and may go on on the next page."""

    formats = ("latex",)
    default_priority = 6  # after the outputs' formats were chosen

    def run(self, **kwargs: object) -> None:
        """Set the columns, and let paper.sty fit each formula into its own."""
        for table in list(self.document.findall(nodes.table)):
            if "proof" in table["classes"]:
                columns(table, 60, 40)
            elif len(list(table.findall(nodes.row))) > LONG:
                stack(table)
                columns(table, 44, 30, 26)
            elif len(list(table.findall(nodes.colspec))) > MANY:
                begin = nodes.raw("", r"{\let\small\footnotesize", format="latex")
                table.replace_self([begin, table, nodes.raw("", "}", format="latex")])
            for entry in table.findall(nodes.entry):
                for paragraph in list(entry.findall(nodes.paragraph)):
                    if [type(child) for child in paragraph] == [nodes.math]:
                        formula = rf"\cellmath{{{paragraph.astext()}}}"
                        paragraph.children = [nodes.raw("", formula, format="latex")]


def columns(table: nodes.table, *widths: int) -> None:
    """Give the table's columns these shares of the page's width."""
    table["classes"] += ["colwidths-given", "longtable"]
    for column, width in zip(table.findall(nodes.colspec), widths, strict=True):
        column["colwidth"] = width


def stack(table: nodes.table) -> None:
    """Make three columns of the ledger's five: formulas below titles, code below mistakes."""
    for row in table.findall(nodes.row):
        equation, _, refuted, formula, code = row.children
        equation.extend(formula.children)
        refuted.extend(code.children)
        row.children[3:] = []
    for text in list(table.findall(nodes.Text)):
        text.parent.replace(text, nodes.Text(re.sub(r"(?<=\w)\.(?=[a-z_])", ".\u200b", text)))
    group = table.next_node(nodes.tgroup)
    group["cols"] = 3
    for column in list(table.findall(nodes.colspec))[3:]:
        group.remove(column)


class Folded(SphinxPostTransform):
    """What a page folds stands open on paper, in a box with its title."""

    formats = ("latex",)
    default_priority = 6

    def run(self, **kwargs: object) -> None:
        """Make an admonition of every dropdown."""
        for node in list(self.document.findall(nodes.container)):
            if node.get("design_component") == "dropdown":
                rubric, *content = node.children
                title = nodes.title("", "", *rubric.children)
                node.replace_self(nodes.admonition("", title, *content))


class Figures(SphinxPostTransform):
    """Print a moving figure as it stands before anybody moves it."""

    formats = ("latex",)
    default_priority = 5  # the output's format was chosen at 4

    def run(self, **kwargs: object) -> None:
        """Put a picture in the place of each figure's HTML."""
        for image in self.document.findall(nodes.image):
            image.setdefault("scale", 80)
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
    app.connect("config-inited", announce)
    app.connect("builder-inited", configure, priority=400)  # myst_nb reads it at 500
    for transform in (Parts, Formulas, Figures, Tables, Folded):
        app.add_post_transform(transform)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
