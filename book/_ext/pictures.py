"""Pictures are numbered, and those that are drawn stand in the page itself.

A picture that the source has too keeps its number, which its caption begins
with. Any other has, like an equation, the number of its section and a letter;
where no heading has a number, they are counted, and the page is named. A
drawing that is part of the page has the page's typeface, and its colours by
day and by night.
"""

import re
from collections import Counter
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx

NUMBERED = re.compile(r"Figures? [\d.]+\d(?: to [\d.]+\d)?\. ")
SECTION = re.compile(r"\d+(\.\d+)*")
CAPTION = "<figcaption>"
SVG = "{http://www.w3.org/2000/svg}"
IMAGE = re.compile(
    r'<img (?:alt="(?P<alt>[^"]*)" )?[^>]*?'
    r'src="[^"]*?(?P<name>\w{64}\.svg)"[^>]*>'
)


def number(app: Sphinx, tree: nodes.document) -> None:
    """Give each caption of a page its number."""
    section, counts = "", Counter()
    for node in list(tree.findall()):
        if isinstance(node, nodes.title):
            found = SECTION.match(node.astext())
            section = found[0] if found else section or node.astext()
        elif isinstance(node, nodes.caption) and isinstance(
            node.parent, nodes.figure
        ):
            text = node.next_node(nodes.Text)
            said, rest = numbered(text.astext(), section, counts)
            text.parent.replace(
                text, [nodes.strong("", said), nodes.Text(f" {rest}")]
            )
        elif isinstance(node, nodes.raw) and CAPTION in node.astext():
            before, after = node.astext().split(CAPTION)
            said, rest = numbered(after, section, counts)
            whole = f"{before}{CAPTION}<strong>{said}</strong> {rest}"
            node.replace_self(nodes.raw("", whole, format="html"))


def numbered(caption: str, section: str, counts: Counter) -> tuple[str, str]:
    """Give a picture's number and the rest of its caption."""
    if found := NUMBERED.match(caption):
        return found[0].strip(), caption[found.end() :]
    counts[section] += 1
    count = counts[section]
    letter = chr(ord("a") + count - 1)
    counted = SECTION.fullmatch(section)
    place = section + letter if counted else f"{count} of “{section}”"
    return f"Figure {place}.", caption


def inlined(body: str, files: dict[str, Path]) -> str:
    """Put the drawings into a page, in place of links to them."""
    return IMAGE.sub(lambda image: drawn(image, files), body)


def drawn(image: re.Match[str], files: dict[str, Path]) -> str:
    """Give a drawing described, in the page's typeface and colours."""
    svg = files[image["name"]].read_text(encoding="utf-8")
    svg = re.sub(r"font-family: [^;\"]+; ", "", svg)
    legend, svg = with_buttons(svg) if "series legend" in svg else ("", svg)
    said = f'class="picture" role="img" aria-label="{image["alt"] or ""}"'
    whole = legend + svg.replace("<svg", f"<svg {said}", 1)
    whole = re.sub(r'fill="(#\w{6})"', r'style="fill: \1"', whole)
    return re.sub(r"(?<=: )#(\w{6})\b", r"var(--c-\1, #\1)", whole)


def with_buttons(svg: str) -> tuple[str, str]:
    """Give a legend that brings series to the front, and the rest of it.

    The legend that is drawn at the foot, for want of buttons, is cut off.
    """
    ElementTree.register_namespace("", SVG[1:-1])
    root = ElementTree.fromstring(svg)
    foot = root.find(f".//{SVG}g[@class='series legend']")
    root.find(f".//{SVG}g[@class='series legend']/..").remove(foot)
    series = {text.text: [] for text in foot.iter(f"{SVG}text")}
    for group in root.findall(f".//{SVG}g[@data-series]"):
        series[group.attrib["data-series"]].append(group)
    top = min(map(float, re.findall(r"[\d.]+", foot[0].attrib["d"])[1::2]))
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    root.attrib["viewBox"] = f"0 0 {wide:g} {top:g}"
    root.attrib["height"] = f"{float(root.attrib['height']) * top / high:g}"
    buttons = "".join(
        button(k, name, groups)
        for k, (name, groups) in enumerate(series.items())
    )
    all_of_them = '<button type="button" data-all aria-pressed="false">'
    legend = f'<div class="legend">{buttons}{all_of_them}all</button></div>'
    return legend, ElementTree.tostring(root, "unicode")


def button(k: int, name: str, groups: list[ElementTree.Element]) -> str:
    """Give the button of a series, whose groups get its number."""
    for group in groups:
        group.attrib["data-series"] = str(k)
    paths = [path for group in groups for path in group.iter(f"{SVG}path")]
    looks = [path.attrib.get("style", "") for path in paths]
    line = next(look for look in looks if "fill: none" in look)
    shown = str("front" in groups[0].attrib["class"]).lower()
    sample = f'<path d="M0 6h26" style="{line}"/>'
    return (
        f'<button type="button" data-series="{k}" aria-pressed="{shown}">'
        f'<svg viewBox="0 0 26 12" aria-hidden="true">{sample}</svg> '
        f"{escape(name)}</button> "
    )


def remove(app: Sphinx, exception: Exception | None) -> None:
    """Remove the files of drawings: they are in the pages."""
    if exception is None and app.builder.format == "html":
        for file in (app.outdir / "_images").glob(f"{'?' * 64}.svg"):
            file.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.connect("doctree-read", number)
    app.connect("build-finished", remove)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
