"""The book on paper: what a page moves, folds and scrolls, `make pdf` prints.

How it looks is in paper.sty. Of all this, HTML pages see one thing: whether
there is a PDF to link to.
"""

import re
import subprocess
from html import unescape
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import is_exercise_node

LONG = 30  # rows: a table that does not fit one page
LEDGER = "book/reference/equations"
ROW = re.compile(r'id="(claim-[\w-]+)".*<summary>(.*)</summary>', re.DOTALL)
MANY = 6  # columns: more of them need a smaller type
COLORS = {
    "text-base": "#222832",
    "border": "#c9c9c9",
    "background": "#fff",
    "surface": "#f3f4f5",
}


def latex(text: str) -> nodes.raw:
    """Give what goes to TeX as it is."""
    return nodes.raw("", text, format="latex")


def label(name: str) -> str:
    """Give the label of a place as Sphinx writes it: a page and an id."""
    return rf"\detokenize{{{name}}}"


def place(name: str) -> nodes.raw:
    """Mark a place that links lead to."""
    return latex(rf"\phantomsection\label{{{label(name)}}}")


def announce(app: Sphinx, config: Config) -> None:
    """Let the preface link to a PDF that `make pdf` put among the pages."""
    pdf = app.outdir / "deep-learning-checked.pdf"
    if app.outdir.name == "html" and pdf.is_file():
        app.tags.add("paper")


def configure(app: Sphinx) -> None:
    """Give figures a number, which LaTeX asks for."""
    if app.builder.format == "latex":
        # LaTeX takes the format apart at its number, paper.sty hides both
        app.config.numfig_format["figure"] = "%s"


class Parts(SphinxPostTransform):
    """The root page is the preface, each other page a chapter."""

    formats = ("latex",)
    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Rearrange the document that Sphinx has put all pages into."""
        contents = self.env.get_doctree(self.config.root_doc)
        captions = {
            part["includefiles"][0]: part["caption"]
            for part in contents.findall(addnodes.toctree)
        }
        root = self.document.next_node(nodes.section)
        chapters, pages = [], {}
        for node in list(root.findall(addnodes.start_of_file)):
            name = node["docname"]
            # where sphinx_proof and sphinx_exercise look for it
            node.next_node(nodes.section)["docname"] = name
            # a page within another comes after it, and has the last word
            pages |= dict.fromkeys(node.findall(is_exercise_node), name)
            if captions.get(name):
                chapters.append(latex(rf"\bookpart{{{captions[name]}}}"))
            chapters.append(node)
        for exercise, name in pages.items():
            # sphinx_exercise gives it another label than Sphinx links to
            mark = place(f"{name}:{exercise['label']}")
            exercise.parent.insert(exercise.parent.index(exercise), mark)
        for node in list(root.findall(nodes.compound)):
            if "toctree-wrapper" in node["classes"]:
                node.parent.remove(node)
        title = nodes.title("", "Preface")
        preface = nodes.section("", title, *root.children[1:])
        root[1:] = [preface, *chapters]


class Formulas(SphinxPostTransform):
    """A formula that is wider than its line is made smaller."""

    formats = ("latex",)
    default_priority = 1

    def run(self, **kwargs: object) -> None:
        r"""Hand each to ``\fit``, which measures it; number it, with a †."""
        for node in self.document.findall(nodes.math_block):
            text = re.sub(r"\\(begin|end)\{equation\*\}", "", node.astext())
            body = rf"\begin{{aligned}}{text.strip()}\end{{aligned}}"
            whole = rf"\fit{{{body}}}"
            if number := node.get("tag"):
                row = label(f"{LEDGER}:claim-{number.replace('.', '-')}")
                whole = rf"\checked{{{row}}}{whole}\tag{{{number}}}"
            whole = rf"\begin{{equation*}}{whole}\end{{equation*}}"
            node[:] = [nodes.Text(whole)]
            node["nowrap"] = True
        for cell in self.document.findall(nodes.container):
            if "tag_ledger" in cell["classes"]:
                for node in list(cell.findall(nodes.math)):
                    node.replace_self(latex(rf"\cellmath{{{node.astext()}}}"))


class Rows(SphinxPostTransform):
    """A row of the ledger stands open; the † at its equation leads there."""

    formats = ("latex",)
    default_priority = 6

    def run(self, **kwargs: object) -> None:
        """Write in TeX what begins a row in HTML."""
        for node in list(self.document.findall(nodes.raw)):
            if row := ROW.search(node.astext()):
                claim = nodes.strong("", unescape(row[2]))
                here = place(f"{LEDGER}:{row[1]}")
                node.replace_self(nodes.paragraph("", "", here, claim))


class Front(SphinxPostTransform):
    """What leads from the first page of the site to others is left out."""

    formats = ("latex",)
    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Remove the button and the cards."""
        for node in list(self.document.findall(nodes.Element)):
            if {"sd-btn", "sd-container-fluid"} & {*node["classes"]}:
                node.parent.remove(node)


class Tables(SphinxPostTransform):
    """Proofs and long tables get fixed columns, and may run over pages."""

    formats = ("latex",)
    default_priority = 6  # the formats of outputs were chosen at 4

    def run(self, **kwargs: object) -> None:
        r"""Set the columns; ``\cellmath`` fits a formula into its own."""
        for table in list(self.document.findall(nodes.table)):
            if "proof" in table["classes"]:
                set_columns(table, 60, 40)
            elif len(list(table.findall(nodes.row))) > LONG:
                set_columns(table, *shares(table))
            elif len(list(table.findall(nodes.colspec))) > MANY:
                smaller = latex(r"{\let\small\footnotesize")
                table.replace_self([smaller, table, latex("}")])
            for text in list(table.findall(nodes.Text)):
                breakable = re.sub(
                    r"(?<=\w)[./](?=[a-z_])", "\\g<0>\u200b", text
                )
                text.parent.replace(text, nodes.Text(breakable))
            for cell in table.findall(nodes.entry):
                for line in list(cell.findall(nodes.paragraph)):
                    if [type(child) for child in line] == [nodes.math]:
                        line[:] = [latex(rf"\cellmath{{{line.astext()}}}")]


def shares(table: nodes.table) -> list[int]:
    """Give each column of a long table room by what its cells hold."""
    rows = (row.children for row in table.findall(nodes.row))
    columns = zip(*rows, strict=True)
    lengths = [[len(cell.astext()) for cell in column] for column in columns]
    roots = [(sum(each) / len(each)) ** 0.5 for each in lengths]
    return [max(15, round(100 * root / sum(roots))) for root in roots]


def set_columns(table: nodes.table, *widths: int) -> None:
    """Give the columns of the table these shares of the page's width."""
    table["classes"] += ["colwidths-given", "longtable"]
    for column, width in zip(
        table.findall(nodes.colspec), widths, strict=True
    ):
        column["colwidth"] = width


class Boxes(SphinxPostTransform):
    """What a page folds stands open in a box, and a proof without one."""

    formats = ("latex",)
    default_priority = 6

    def run(self, **kwargs: object) -> None:
        """Make an admonition of a dropdown, and none of what has no title."""
        for node in list(self.document.findall(nodes.admonition)):
            if not isinstance(node[0], nodes.title):
                node.replace_self(node.children)
        for node in list(self.document.findall(nodes.container)):
            if node.get("design_component") == "dropdown":
                rubric, *content = node.children
                title = nodes.title("", "", *rubric.children)
                node.replace_self(nodes.admonition("", title, *content))


class Figures(SphinxPostTransform):
    """Print a moving figure as it stands before anybody moves it."""

    formats = ("latex",)
    default_priority = 6

    def run(self, **kwargs: object) -> None:
        """Put a picture in the place of each figure's HTML."""
        for image in self.document.findall(nodes.image):
            image.setdefault("scale", 80)
        for node in list(self.document.findall(nodes.raw)):
            if 'class="checked slider"' in node.astext():
                node.replace_self(self.figure(node.astext()))

    def figure(self, html: str) -> nodes.figure:
        """Give the figure, with what is said of it as its caption."""
        name = re.search(r'id="([\w-]+)"', html)[1]
        above, svg = re.search(
            r'(.*?)(<svg[^>]*role="img".*?</svg>)', html, re.DOTALL
        ).groups()
        state, said = (
            plain(re.search(rf"{start}(.*?){end}", html, re.DOTALL)[1])
            for start, end in (
                ('<p class="state">', "</p>"),
                ("<figcaption>", "</figcaption>"),
            )
        )
        drawn = self.app.outdir / f"{name}.svg"
        drawn.write_text(
            standalone(with_legend(svg, above), name), encoding="utf-8"
        )
        command = ["rsvg-convert", "--format=pdf", "--output"]
        subprocess.run(
            [*command, drawn.with_suffix(".pdf"), drawn], check=True
        )
        description = ElementTree.fromstring(svg).get("aria-label")
        image = nodes.image("", uri=f"{name}.pdf", alt=description)
        image["candidates"] = {"?": ""}  # it needs no copying
        image["width"] = "80%"
        caption = nodes.caption("", f"{said} Shown here: {state.strip('.')}.")
        return nodes.figure("", image, caption, align="center")


def with_legend(svg: str, above: str) -> str:
    """Put what stands above the picture into it: a line for each sample."""
    entry = r"<(span|button)[^>]*><svg[^>]*>(.*?)</svg> (.*?)</\1>"
    names = [
        (sample, plain(name)) for _, sample, name in re.findall(entry, above)
    ]
    rows = "".join(
        f'<g transform="translate(44 {6 - 20 * (len(names) - i)})">{sample}'
        f'<text x="34" y="11">{name}</text></g>'
        for i, (sample, name) in enumerate(names)
    )
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    room = 20 * len(names)
    taller = f'viewBox="0 {-room} {size[1]} {int(size[2]) + room}"'
    return svg.replace(size[0], taller, 1).replace("</svg>", f"{rows}</svg>")


def standalone(svg: str, name: str) -> str:
    """Give the picture by itself, by day, with every series in front."""
    parts = r"(<svg[^>]*)>\s*<style>(.*?)</style>(.*)</svg>"
    head, style, drawing = re.fullmatch(parts, svg, re.DOTALL).groups()
    # what holds for phones and for other colours is not for paper
    rules = re.findall(r"^[^\s@{}/][^@{}/]*\{[^{}]*\}", style, re.MULTILINE)
    style = "".join(rule for rule in rules if "dark" not in rule)
    style += "text { font-family: FreeSans, sans-serif }"
    head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
    drawing = drawing.replace('class="series behind"', 'class="series"')
    group = f'<g class="slider" id="{name}">{drawing}</g>'
    return re.sub(
        r"var\(--pst-color-([\w-]+)[^)]*\)",
        lambda color: COLORS[color[1]],
        f"{head}><style>{style}</style>{group}</svg>",
    )


def plain(html: str) -> str:
    """Give the text without its tags."""
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.connect("config-inited", announce)
    # myst_nb reads its settings at 500
    app.connect("builder-inited", configure, priority=400)
    for transform in (Parts, Front, Formulas, Tables, Rows, Boxes, Figures):
        app.add_post_transform(transform)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
