"""The first page: what is checked, an equation to sabotage, the chapters.

And the picture that a link to any page shows where it is shared.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from matplotlib import rc_context
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from chainrule.exercises import EXERCISES
from chainrule.figures.cards import CARDS
from chainrule.figures.kit.drawing import number
from chainrule.ledger import claims
from chainrule.ledger.core import MARKS
from chainrule.ledger.sabotage import FORMS, Form

PICTURES = "_build/cards"
SHARED = "_static/share.png"


class Written(SphinxDirective):
    """A directive that writes Markdown."""

    def markdown(self) -> str:
        """Give what it writes."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Read what it writes."""
        name = self.name.lower()
        inside = nodes.container(classes=[name])
        inside += self.parse_text_to_nodes(self.markdown())
        return [inside]


class Counters(Written):
    """How many equations, oracles, wrong forms and exercises the book has."""

    def markdown(self) -> str:
        """Give a list of numbers and what they count."""
        every = claims()
        oracles = sum(len(claim.oracles) for claim in every)
        return "\n".join(
            f"- **{how_many}** {what}"
            for how_many, what in (
                (len(every), "numbered equations, all checked"),
                (oracles, "checks by independent oracles"),
                (len(every), "wrong forms, all refused"),
                (len(EXERCISES), "exercises that judge answers"),
            )
        )


class Sabotage(Written):
    """One equation in several forms, and what its oracles say to each."""

    def markdown(self) -> str:
        """Give a tab for each form."""
        tabs = map(tab, FORMS)
        return "\n".join(["::::{tab-set}", *tabs, "::::"])


def tab(form: Form) -> str:
    """Give a form, the verdict and what each oracle found."""
    verdict = form.verdict()
    right = form.implementation is None
    if verdict.status != ("holds" if right else "fails"):
        words = f"{form.name}: the verdict is {verdict.status!r}"
        raise ExtensionError(words)
    refused = sum(f.status == "fails" for f in verdict.findings)
    said = (
        f"✓ All {len(verdict.findings)} oracles agree with it"
        if right
        else f"✗ {refused} of {len(verdict.findings)} oracles refuse it, "
        "and the book is not built"
    )
    rows = [
        f"| {MARKS[f.status]} {f.oracle.name} "
        f"| {number(float(f'{f.error:.2g}'))} | {number(f.oracle.bound)} |"
        for f in verdict.findings
        if f.error is not None
    ]
    color = "holds" if right else "fails"
    return "\n".join(
        [
            f":::{{tab-item}} {form.name}",
            f":class-content: {color}",
            "$$",
            rf"\delta^l = {form.formula}",
            "$$",
            "",
            f"**{said}.**",
            "",
            "| oracle | error found | at most |",
            "|---|---|---|",
            *rows,
            ":::",
        ]
    )


class Cards(Written):
    """The chapters, each with a picture."""

    def markdown(self) -> str:
        """Give a grid of cards that lead to the pages."""
        cards = []
        for page, (draw, what) in CARDS.items():
            name = page.rpartition("/")[2]
            cards += [
                ":::{grid-item-card}",
                f":img-top: /{PICTURES}/{name}.svg",
                f":img-alt: {seen(draw)}",
                f":link: /book/{page}",
                ":link-type: doc",
                what,
                ":::",
            ]
        return "\n".join(
            ["::::{grid} 2 2 5 5", ":gutter: 2", "", *cards, "::::"]
        )


def seen(draw: Any) -> str:
    """Say what is seen on a picture that a function says it draws."""
    words = draw.__doc__.removeprefix("Draw ")
    return words[0].upper() + words[1:]


def draw_cards(app: Sphinx) -> None:
    """Draw the pictures of the cards."""
    folder = Path(app.srcdir, PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    same = {"svg.hashsalt": "cards"}  # the same picture, the same bytes
    for page, (draw, _) in CARDS.items():
        name = page.rpartition("/")[2]
        with rc_context(same):
            draw().savefig(
                folder / f"{name}.svg",
                transparent=True,
                metadata={"Date": None},
            )


def share(
    app: Sphinx, page: str, template: str, context: dict, tree: Any
) -> None:
    """Name the picture of a link to a page."""
    start = app.config.html_baseurl or "../" * page.count("/")
    image = f'<meta property="og:image" content="{start}{SHARED}">\n'
    context["metatags"] = context.get("metatags", "") + image


def draw_shared(app: Sphinx, exception: Exception | None) -> None:
    """Draw that picture."""
    if exception is None and app.builder.format == "html":
        draw, _ = CARDS["neural-network/training"]
        draw().savefig(Path(app.outdir, SHARED), dpi=180)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register all; Sphinx calls this when it loads the extension."""
    for directive in (Counters, Sabotage, Cards):
        app.add_directive(directive.__name__.lower(), directive)
    app.connect("builder-inited", draw_cards)
    app.connect("html-page-context", share)
    app.connect("build-finished", draw_shared)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
