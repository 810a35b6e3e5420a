"""Lead from the addresses that pages once had to where they are now.

The setting ``moved`` names them. A place within the page, behind the ``#``,
is kept where scripts run. The setting ``split`` names pages from which others
were cut off: a place that once was theirs leads on to where it is now. A star
stands there for all pages of a folder.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.matching import Matcher

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved</title>
<link rel="canonical" href="{to}">
<script>location.replace("{to}" + location.hash)</script>
<noscript><meta http-equiv="refresh" content="0; url={to}"></noscript>
</head>
<body><p>This page has moved: <a href="{to}">here it is</a>.</p></body>
</html>
"""


PLACES = """
<script>
for (const [page, places] of Object.entries({places}))
  if (places.includes(decodeURIComponent(location.hash.slice(1))))
    location.replace(page + location.hash);
</script>
"""


def places_of(page: nodes.document) -> set[str]:
    """Give what a link to a place on the page may end with."""
    return {
        name for node in page.findall(nodes.Element) for name in node["ids"]
    }


def to_its_parts(app, page, template, context, doctree) -> None:
    """Let a page that was split lead to the places that others have now."""
    places = {}
    parts = Matcher(app.config.split.get(page, []))
    for other in sorted(filter(parts, app.env.found_docs)):
        uri = app.builder.get_relative_uri(page, other)
        there = places_of(app.env.get_doctree(other))
        places[uri] = sorted(there - places_of(doctree))
    if places:
        context["body"] += PLACES.replace("{places}", json.dumps(places))


def lead_on(app: Sphinx, exception: Exception | None) -> None:
    """Write a page at each old address, which must not be one of a page."""
    if exception is not None or app.builder.format != "html":
        return
    for old, new in app.config.moved.items():
        if old in app.env.found_docs or new not in app.env.found_docs:
            raise ValueError(f"moved: {old} or {new} is a page, or is none")
        target = Path(app.outdir, f"{old}.html")
        target.parent.mkdir(parents=True, exist_ok=True)
        to = app.builder.get_relative_uri(old, new)
        target.write_text(PAGE.format(to=to), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the setting and the step."""
    app.add_config_value("moved", {}, "html", types=dict)
    app.add_config_value("split", {}, "html", types=dict)
    app.connect("html-page-context", to_its_parts)
    app.connect("build-finished", lead_on)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
