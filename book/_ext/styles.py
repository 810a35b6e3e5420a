"""One style sheet for all pages, of the rules that some page uses.

The theme and the extensions bring more than a dozen sheets. A page would
wait for each of them, and three quarters of their rules are about things
that no page has.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import javascript
from fontTools.subset import Options, Subsetter, load_font, save_font
from sphinx.application import Sphinx

BOOK = "styles/book.css"
LINK = re.compile(
    r'<link[^>]*?href="(?P<root>[^"]*_static/)(?P<sheet>[^"?]+\.css)[^>]*>\s*'
)
OPTIONS = re.compile(
    r'<script src="[^"]*_static/documentation_options\.js[^>]*></script>'
)
ADDRESS = re.compile(r"url\((?![\"']?data:)(?P<address>[^)]+)\)")
# the number of an icon, or the icon itself
ICON = re.compile(r"\\(?P<code>[ef][0-9a-f]{3})|(?P<icon>[\ue000-\uf8ff])")
CHARSET = re.compile(r'@charset "[^"]*";')  # of no use inside a sheet
# a word that stands in a page or a script may be the name of a class
SCRIPT = """
const { PurgeCSS } = require("purgecss");
const given = JSON.parse(require("fs").readFileSync(0));
new PurgeCSS().purge(given).then((sheets) => {
  console.log(JSON.stringify(sheets.map(({ css }) => css)));
});
"""


def moved(css: str, sheet: str) -> str:
    """Let the addresses in a sheet start where the one sheet lies."""
    folder = Path("..", sheet).parent
    return ADDRESS.sub(
        lambda url: f"url({(folder / url['address']).as_posix()})", css
    )


def keep_icons(fonts: Iterable[Path], css: str) -> None:
    """Keep of some fonts the icons that a sheet shows: a hundredth."""
    codes = [
        int(found["code"], base=16) if found["code"] else ord(found["icon"])
        for found in ICON.finditer(css)
    ]
    options = Options(flavor="woff2")
    for path in fonts:
        font = load_font(path, options)
        few = Subsetter(options)
        few.populate(unicodes=codes)
        few.subset(font)
        save_font(font, path, options)


def gather(app: Sphinx, exception: Exception | None) -> None:
    """Write the sheet, and lead all pages to it."""
    if exception is not None or app.builder.format != "html":
        return
    static = app.outdir / "_static"
    pages = app.outdir.rglob("*.html")
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    # Sphinx writes this one in each build, and so with all sheets
    links = LINK.finditer(texts[app.outdir / "search.html"])
    sheets = [link["sheet"] for link in links]
    scripts = (p for p in static.rglob("*.js") if p.parent.name != "ask")
    content = [str(app.outdir / "**/*.html"), *map(str, scripts)]
    files = [static / sheet for sheet in sheets]
    names = [str(file) for file in files]
    kept = javascript.run(SCRIPT, {"content": content, "css": names})
    css = CHARSET.sub("", "\n".join(map(moved, kept, sheets)))
    for file in files:
        file.unlink()
    (static / BOOK).write_text(css, encoding="utf-8")
    keep_icons(static.glob("vendor/**/*.woff2"), css)
    version = sha256(css.encode()).hexdigest()[:8]
    options = (static / "documentation_options.js").read_text(
        encoding="utf-8"
    )
    for page, text in texts.items():
        first = LINK.search(text)
        if first is None:  # it leads to another page
            continue
        address = f"{first['root']}{BOOK}?v={version}"
        link = f'<link rel="stylesheet" href="{address}">\n'
        text = text.replace(first[0], link, 1)
        rest = text.index(link) + len(link)
        text = text[:rest] + LINK.sub("", text[rest:])
        text = OPTIONS.sub(lambda _: f"<script>{options}</script>", text)
        page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, after those that copy sheets."""
    app.connect("build-finished", gather, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
