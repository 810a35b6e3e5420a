"""Slides of each section, made of its page: what stands on the board.

A slide shows a heading and, of what stands below it, the statements:
formulas with their ✓, theorems, pictures, tables, lists, rules, what was
printed, and a few sentences. The text becomes the speaker's notes. How much
of a section fits on one slide the browser measures: slides.js joins units.
"""

import re
from copy import copy
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from shutil import copy2

from bs4 import Tag
from docutils import nodes
from sentences import goes_on, has, key, made, said
from sphinx.application import Sphinx
from sphinx.util.display import status_iterator
from sphinx.util.docutils import SphinxDirective

from chainrule.pages import PAGES, Page

FOLDER = "slides"
MADE_OF = Path(__file__).with_name("deck")  # the frame, style and script
LINES = 12  # what is longer is for the notes, unless it is a rule
# a picture so much wider than high has its words below it; one that is less
# wide than this has its slider, too, beside it
WIDE, TALL = 1.7, 1.3
HEADINGS = "h1", "h2", "h3", "h4"
KINDS = {"five-questions": "question", "exercises": "exercise"}
VERDICT = re.compile(r"^✓.*(?:\n +.*)*", re.MULTILINE)
# What judges an answer needs a page's other scripts. What is folded in a cell
# says how an equation was checked, as its ✓ does, or draws what is shown.
LEFT_OUT = (
    "h1, h2, h3, h4, script, form, .admonition-title, .draw, .reading-time, "
    ".solution, .tag_hide-cell, .cell > details"
)
LICENCE = (
    '<p class="licence"><cite>Deep Learning, Checked</cite>, '
    '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a></p>'
)


def pieces(section: Tag) -> list[Tag]:
    """Give what stands in a section, and in its cells, one by one."""
    found = []
    for block in section.find_all(recursive=False):
        inside = has(block, "cell", "cell_output") or block.get("class") == [
            "output",
            "text_html",
        ]
        if not block.css.match(LEFT_OUT):
            found += pieces(block) if inside else [block]
    return found


@dataclass
class Unit:
    """What is not divided between slides, with its notes."""

    titles: list[Tag]
    kind: str = ""
    board: list[Tag] = field(default_factory=list)
    notes: list[Tag] = field(default_factory=list)
    full: bool = False  # has more than words

    def slide(self, footer: str) -> str:
        """Give it as a slide of its own."""
        *above, last = (title.decode_contents() for title in self.titles)
        within = f'<p class="within">{above[-1]}</p>' if above[1:] else ""
        level, licence = (
            ("h1", LICENCE) if self.kind == "title" else ("h2", "")
        )
        shown, told = (
            "\n".join(map(str, each)) for each in (self.board, self.notes)
        )
        return (
            f'<section class="slide {self.kind}"><div class="canvas">'
            f"<header>{within}<{level}>{last}</{level}></header>"
            f'<div class="frame"><div class="board">{shown}</div></div>'
            f"<footer><span>{footer}</span>{licence}</footer></div>"
            '<aside class="notes" aria-label="Notes" tabindex="0">'
            f"{told}</aside></section>"
        )


class Reader:
    """Reads a section, block by block, into units."""

    def __init__(self, section: Tag, above: list[Tag], targets: list[Tag]):
        title = section.find([*HEADINGS, "p"], recursive=False)
        anchor = made(f'<span id="{section.get("id", "")}"></span>')
        self.titles = [*above, title]
        self.kind = KINDS.get(section.get("id", ""), "")
        # what links lead to stands before the next thing that is shown
        self.targets = [*targets, anchor]
        self.found: list[Unit] = []
        self.open = False
        before, blocks = None, pieces(section)
        for block, after in zip(blocks, [*blocks[1:], None], strict=True):
            self.read(block, before, after)
            before = block

    def unit(self, new: bool, title: Tag | None = None) -> Unit:
        """Give the open unit, or a new one."""
        if new or not self.open:
            titles = [*self.titles, title] if title else self.titles
            first = not self.found and len(titles) == 1
            self.found.append(Unit(titles, "title" if first else self.kind))
            self.open = True
        return self.found[-1]

    def show(self, unit: Unit, blocks: list[Tag]) -> None:
        """Put blocks on the board, and before them what links lead to."""
        if blocks:
            unit.board += [*self.targets, *blocks]
            self.targets = []

    def read(self, block: Tag, before: Tag | None, after: Tag | None) -> None:
        """Read a block that stands between two others."""
        if block.name == "span":
            self.targets.append(block)
        elif has(block, "exercise"):
            title = block.find(class_="admonition-title").extract()
            self.show(self.unit(new=True, title=title), [block])
        elif is_part(block):
            self.found += Reader(block, self.titles, self.targets).found
            self.targets, self.open = [], False
        elif is_told(block, after):
            self.tell(block)
        elif block.name == "p" and self.kind == "question":
            numbered = block.find("strong", string=re.compile(r"^\d\.$"))
            self.show(self.unit(new=bool(numbered)), [block])
        elif block.name == "p":
            if (
                after
                and not has(after, "cell_input")
                and is_told(after, None)
            ):
                after = None
            spoken = said(key(block, before, after))
            if spoken:
                shown = self.open and self.found[-1].board
                new = bool(shown) and not goes_on(block, before)
                self.show(self.unit(new), spoken)
            self.tell(block)
        else:
            for part in parted(block):
                unit = self.unit(new=self.open and self.found[-1].full)
                self.show(unit, [part])
                unit.full = not has(block, "cell_input")
            text = block.get_text().strip()
            if has(block, "stream") and text.count("\n") >= LINES:
                self.tell(copy(block))
                block.pre.string = "\n".join(VERDICT.findall(text))

    def tell(self, block: Tag) -> None:
        """Put a block into the notes of what is on the board."""
        if block.name == "details":
            block["open"] = ""
        unit = self.found[-1] if self.found else self.unit(new=True)
        unit.notes.append(block)


def is_part(block: Tag) -> bool:
    """Say whether it is a section, or a note, which has a title, too."""
    note = has(block, "admonition") and not has(block, "proof")
    return block.name == "section" or note


def is_told(block: Tag, after: Tag | None) -> bool:
    """Say whether it is for the notes: an answer, a proof, long code."""
    proof = has(block, "proof") and not has(block, "theorem")
    text = block.get_text().strip()
    long = text.count("\n") >= LINES
    code = has(block, "cell_input") and (long or not has(after, "output"))
    print_out = has(block, "stream") and long and not VERDICT.search(text)
    return block.name == "details" or proof or code or print_out


def parted(block: Tag) -> list[Tag]:
    """Give a long listing as several, cut where a line is empty."""
    rule = has(block, "highlight-python", "highlight-coq")
    if not rule or block.get_text().count("\n") <= LINES:
        return [block]
    found = []
    for listing in re.split(r"\n\n(?=\S)", block.pre.decode_contents()):
        found.append(copy(block))
        found[-1].pre.replace_with(made(f"<pre>{listing}</pre>"))
    return found


def deck(text: str, page: str) -> str:
    """Make the slides of a page, whose address is given."""
    start, end = text.index("<article"), text.index("</article>")
    article = made(text[start:end])
    for link in article.select(".headerlink"):
        link.decompose()
    for content in article.select("section[id$=-content]"):
        content.unwrap()  # of an exercise or a theorem
    for figure in article.find_all("figure"):
        shape(figure)
    found = Reader(article.section, [], []).found
    lead([tag for unit in found for tag in [*unit.board, *unit.notes]], page)
    title = article.h1.decode_contents()
    slides = "\n".join(unit.slide(title) for unit in found)
    frame = (MADE_OF / "deck.html").read_text(encoding="utf-8")
    frame = frame.replace("{title}", escape(article.h1.get_text()))
    return frame.replace("{slides}", slides)


def shape(figure: Tag) -> None:
    """Say how wide a picture is, as a multiple of its height."""
    if figure.a and figure.a.img:
        figure.a.unwrap()  # no link to what is large already
        figure.img.attrs.pop("style", None)
    picture = figure.img or figure.find("svg", role="img")
    box = picture.get("viewbox", "0 0 {width} {height}")
    width, height = map(float, box.format(**picture.attrs).split()[2:])
    places = {WIDE: "below", TALL: "beside"}
    kind = next((w for r, w in places.items() if width > r * height), "tall")
    figure["style"] = f"--ratio: {width / height:.3f}"
    figure["class"] = [*figure.get("class", []), kind]


def lead(tags: list[Tag], page: str) -> None:
    """Let links lead to a slide, or else to the page."""
    every = [each for tag in tags for each in [tag, *tag.find_all(True)]]
    here = {tag.get("id") for tag in every}
    for tag in every:
        name = {"a": "href", "img": "src"}.get(tag.name, "")
        address, sign, place = tag.get(name, "").partition("#")
        inside = not address and place in here
        if name in tag.attrs and not inside and ":" not in address:
            there = normpath(join(dirname(page), address))
            tag[name] = relpath(there if address else page, FOLDER)
            tag[name] += sign + place


def name_of(page: Page) -> str:
    """Give the name of the file with a page's slides."""
    return f"{Path(page.path).name}.html"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the slides of all pages, and their style and script."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    for name in ("slides.css", "slides.js"):
        copy2(MADE_OF / name, folder)
    seen = status_iterator(
        PAGES,
        "making slides ",
        length=len(PAGES),
        stringify_func=lambda p: p.path,
    )
    for page in seen:
        address = f"book/{page.path}.html"
        text = Path(app.outdir, address).read_text(encoding="utf-8")
        file = folder / name_of(page)
        file.write_text(deck(text, address), encoding="utf-8")


class Slides(SphinxDirective):
    """Links to the slides of each page, which the PDF lacks."""

    def run(self) -> list[nodes.Node]:
        """Give a list."""
        up = "../" * self.env.docname.count("/") + FOLDER
        links = "".join(
            f'<li><a href="{up}/{name_of(page)}">{page.title}</a></li>'
            for page in PAGES
        )
        return [nodes.raw("", f"<ul>{links}</ul>", format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register all; styles.py then looks at the slides, too."""
    app.add_directive("slides", Slides)
    app.connect("build-finished", write, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
