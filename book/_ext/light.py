"""Make the pages light: scripts don't block, pictures wait, no idle files."""

import re
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Any

from docutils import nodes
from pictures import inlined
from PIL import Image
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

IMAGE = re.compile(r'<img [^>]*?src="(?P<source>[^"]+\.png)"')
ADDRESS = re.compile(r'(?<=_images/)([^"/]+)\.png(?=")')
# the room that something takes, in letters, found from the book's own pages
LINE, MARGIN, PICTURE, BUTTONS, FORM = 25, 18, 400, 75, 180
FOLDED = re.compile("dropdown|hide|solution_node")
SHOWN = 160  # characters of a description that a search engine shows
# The theme measures each box that may scroll, and for that a browser lays out
# all of the page. page.js asks for those alone that are laid out anyway.
MEASURED = re.compile(
    r'document\.querySelectorAll\(\["pre",[^\]]*\]\.join\(", "\)\)'
)
# The theme chooses between day and night late. A border whose colour is not
# known until then has no width, and the text beside it would move. And who
# comes to a place within a page, or back, needs all of the page laid out.
FIRST = """
const { dataset } = document.documentElement;
const [visit] = performance.getEntriesByType("navigation");
if (location.hash || visit?.type !== "navigate") dataset.whole = "";
const night = matchMedia("(prefers-color-scheme: dark)").matches;
if (dataset.mode === "auto") dataset.theme = night ? "dark" : "light";
"""
# Maps are for debugging; a browser that can show the book reads woff2.
UNUSED = (
    "**/*.map",
    "scripts/fontawesome.js*",
    "vendor/fontawesome/webfonts/*.ttf",
)


def describe(tree: nodes.document) -> str:
    """Give the page's first words, for search engines."""
    first = next(
        paragraph
        for paragraph in tree.findall(nodes.paragraph)
        if "reading-time" not in paragraph["classes"]
    )
    words = escape(shorten(first.astext(), SHOWN, placeholder=" …"))
    title = escape(next(tree.findall(nodes.title)).astext())
    return (
        f'<meta name="description" content="{words}">\n'
        f'<meta property="og:description" content="{words}">\n'
        f'<meta property="og:title" content="{title}">\n'
    )


def sized(image: re.Match[str], files: dict[str, Path]) -> str:
    """Give a picture its size, so that the text stays when it comes."""
    width, height = Image.open(files[Path(image["source"]).name]).size
    size = f'width="{width}" height="{height}"'
    return f'<img loading="lazy" {size} {image[0].removeprefix("<img ")}'


def folded(node: nodes.Node | None) -> bool:
    """Say whether something is out of sight until a reader unfolds it."""
    while isinstance(node, nodes.Element):
        names = [node.tagname, *node.get("classes", [])]
        if FOLDED.search(" ".join(names)):
            return True
        node = node.parent
    return False


def room(node: nodes.Node) -> int:
    """Say how much room something takes by itself, in letters."""
    if isinstance(node, nodes.literal_block):
        return LINE * len(node.astext().splitlines())
    if isinstance(node, nodes.image):
        return PICTURE
    if isinstance(node, nodes.paragraph | nodes.title):
        return MARGIN
    if isinstance(node, nodes.container) and "cell_input" in node["classes"]:
        return BUTTONS
    if isinstance(node, nodes.raw) and "<form" in node.astext():
        return FORM + LINE * node.astext().count("\n")
    plain = not isinstance(node.parent, nodes.raw | nodes.literal_block)
    return len(node) if isinstance(node, nodes.Text) and plain else 0


def letters(section: nodes.section) -> int:
    """Say how long a section is, in letters, without what is folded."""
    return sum(room(node) for node in section.findall() if not folded(node))


def measured(body: str, tree: nodes.document) -> str:
    """Note how long sections are: one far away is not laid out."""
    for section in [*tree.findall(nodes.section)][1:]:
        start = f'id="{section["ids"][0]}"'
        long = f'style="--letters: {letters(section)}" {start}'
        body = body.replace(start, long, 1)
    return body


def lighten(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    tree: nodes.document | None,
) -> None:
    """Change a page with a source; the search runs its scripts in order."""
    if tree is None:
        return
    context["metatags"] += describe(tree)
    files = {
        name: app.srcdir / path for path, name in app.builder.images.items()
    }
    body = inlined(context["body"], files)
    body = IMAGE.sub(lambda image: sized(image, files), body)
    context["body"] = measured(ADDRESS.sub(r"\1.webp", body), tree)
    context["script_files"] = [
        # the options are used at once, by a script inside the page
        type(script)(
            script.filename,
            priority=script.priority,
            **(script.attributes | {"defer": "defer"}),
        )
        if script.filename
        and "documentation_options" not in str(script.filename)
        else script
        for script in sorted(
            context["script_files"], key=lambda script: script.priority
        )
    ]


def lighten_files(app: Sphinx, exception: Exception | None) -> None:
    """Rewrite pictures, pixel for pixel, and remove what no page uses."""
    if exception is not None or app.builder.format != "html":
        return
    for picture in (app.outdir / "_images").glob("*.png"):
        smaller = picture.with_suffix(".webp")
        if not smaller.is_file():  # pictures are named by what they hold
            Image.open(picture).save(smaller, lossless=True)
        picture.unlink()
    theme = app.outdir / "_static/scripts/pydata-sphinx-theme.js"
    script, count = MEASURED.subn("[]", theme.read_text(encoding="utf-8"))
    if not count:
        raise ExtensionError("the theme measures boxes in another way now")
    theme.write_text(script, encoding="utf-8")
    for pattern in UNUSED:
        for file in (app.outdir / "_static").glob(pattern):
            file.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.add_js_file(None, body=f"{{{FIRST}}}")
    app.connect("html-page-context", lighten, priority=900)
    app.connect("build-finished", lighten_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
