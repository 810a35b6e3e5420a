"""A ✓ beside each numbered equation, which opens and says how it was checked.

What it says is found while the book is built: the ledger's claims are
verified once, and so are their wrong forms. A claim that fails, or a wrong
form that holds, stops the build.
"""

import re
from collections import defaultdict
from functools import cache
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.display import status_iterator

from chainrule.figures import show_source
from chainrule.figures.kit.drawing import number
from chainrule.figures.kit.moving import escaped
from chainrule.figures.ledger import source
from chainrule.ledger import claims, verify
from chainrule.ledger.core import MARKS, Claim, Finding, Verdict
from chainrule.pages import PAGES

BOOK = Path(__file__).parents[1]
LEDGER = "book/reference/equations"
SAID = {
    "holds": "was checked when this page was built.",
    "skipped": "was not checked by all of its oracles: a library is missing.",
}
EXERCISE = re.compile(
    r"^:::\{exercise\} *([^\n]*)\n:label: ([\w-]+)\n"
    r"(.*?)(?=:::\{exercise\}|\Z)",
    re.DOTALL | re.MULTILINE,
)
TORCH = re.compile(r"^\s*(torch(?:\.\w+)+)", re.MULTILINE)
# the rules behind each door; the first that a class has
RULES = {
    "__call__": ("value",),
    "derivative": ("slope",),
    "gradient": ("slope",),
    "vjp": ("share", "back"),
    "parameter_vjp": ("parameters_back",),
    "step": ("rule",),
}


def judged(claim: Claim) -> tuple[Verdict, Verdict]:
    """Verify a claim and its wrong form, and stop if either is not so."""
    right, wrong = verify(claim), verify(claim, implementation=claim.saboteur)
    if right.status == "fails" or wrong.status == "holds":
        said = f"{right!r}; {claim.mistake}: {wrong.status}"
        raise ExtensionError(said)
    return right, wrong


@cache
def verdicts() -> dict[str, tuple[Verdict, Verdict]]:
    """Judge all claims, by the equation's number."""
    every = claims()
    seen = status_iterator(every, "checking claims ", length=len(every))
    return {claim.label: judged(claim) for claim in seen}


@cache
def exercises() -> dict[str, dict[str, tuple[str, str]]]:
    """Give the exercises that lead to each equation: its page and title."""
    found: dict[str, dict] = defaultdict(dict)
    for page in PAGES:
        text = source(str(BOOK), page.path)
        for title, name, body in EXERCISE.findall(text):
            for label in re.findall(r"\]\(eq-([\w-]+)\)", body):
                found[label][name] = (f"book/{page.path}", title)
    return found


def written(error: float) -> str:
    """Write an error in two digits."""
    return number(float(f"{error:.2g}"))


def row(finding: Finding) -> str:
    """Give what one oracle found, as a row."""
    found = "skipped" if finding.error is None else written(finding.error)
    oracle = finding.oracle
    cells = (escaped(oracle.name), found, number(oracle.bound))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def thing(name: str) -> Any:
    """Give what has this name below ``chainrule``."""
    module, _, name = name.partition(".")
    while True:
        try:
            return attrgetter(name)(import_module(f"chainrule.{module}"))
        except AttributeError:  # the name of a module inside
            inner, _, name = name.partition(".")
            module = f"{module}.{inner}"


def rule(claim: Claim) -> str:
    """Give the source of the rule behind a claim's code, if it is a door."""
    owner, _, door = claim.code.rpartition(".")
    for name in RULES.get(door, ()):
        if found := getattr(thing(owner), name, None):
            return str(show_source(found))
    return ""


class Panel:
    """What the ✓ of an equation on a page opens."""

    def __init__(self, app: Sphinx, page: str, label: str):
        self.app, self.page, self.label = app, page, label
        self.verdict, self.sabotaged = verdicts()[label]
        self.claim = self.verdict.claim

    def link(self, page: str, anchor: str, words: str) -> str:
        """Give a link to a place in the book."""
        uri = self.app.builder.get_relative_uri(self.page, page)
        return f'<a href="{uri}#{anchor}">{words}</a>'

    def code(self) -> str:
        """Give a link to the reference, and the rule."""
        name, listing = self.claim.code, rule(self.claim)
        shown = f"<code>{name}</code>"
        known = self.app.env.domaindata["py"]["objects"]
        if entry := known.get(f"chainrule.{name}"):
            shown = self.link(entry.docname, entry.node_id, shown)
        if listing:
            block = self.app.builder.highlighter.highlight_block
            listing = block(listing, "python")
        use = f", {escaped(self.claim.use)}" if self.claim.use else ""
        return f"<p>In code: {shown}{use}</p>{listing}"

    def torch(self) -> str:
        """Name what PyTorch calls it, or the class that it belongs to."""
        owner, _, door = self.claim.code.rpartition(".")
        told = thing(owner if door in RULES else self.claim.code)
        names = TORCH.findall(told.__doc__ or "")
        listed = ", ".join(f"<code>{each}</code>" for each in names)
        return f"<p>In PyTorch: {listed}</p>" if names else ""

    def exercises(self) -> str:
        """Give links to the exercises about it."""
        slug = self.label.replace(".", "-")
        links = [
            self.link(page, name, escaped(title))
            for name, (page, title) in exercises()[slug].items()
        ]
        return f"<p>Exercises: {', '.join(links)}</p>" if links else ""

    def refused(self) -> str:
        """Say what is refused, and how far off it is."""
        if self.sabotaged.status != "fails":  # nobody could be asked
            return ""
        worst = max(f.error for f in self.sabotaged.findings if f.error)
        said = f"with an error of {written(worst)}"
        return f"<p>Refused: {escaped(self.claim.mistake)}, {said}.</p>"

    def html(self) -> str:
        """Give the ✓ with its panel."""
        title, label = escaped(self.claim.title), self.label
        rows = "".join(map(row, self.verdict.findings))
        mark, said = MARKS[self.verdict.status], SAID[self.verdict.status]
        row_id = f"claim-{label.replace('.', '-')}"
        ledger = self.link(LEDGER, row_id, "the ledger")
        return (
            '<details class="tick"><summary '
            f'aria-label="How ({label}) was checked">{mark}</summary>'
            f'<div class="panel"><p><strong>({label}) {title}</strong> '
            f"{said}</p>"
            "<table><thead><tr><th>oracle</th><th>error</th><th>at most</th>"
            f"</tr></thead><tbody>{rows}</tbody></table>"
            f"{self.refused()}{self.code()}{self.torch()}"
            f"{self.exercises()}<p>Its row in {ledger}.</p></div></details>"
        )


def put_ticks(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the ✓ to each equation of a page that has a claim."""
    if app.builder.format != "html":
        return
    for formula in doctree.findall(nodes.math_block):
        if formula.get("tag") in verdicts():
            formula["tick"] = Panel(app, page, formula["tag"]).html()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.connect("doctree-resolved", put_ticks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
