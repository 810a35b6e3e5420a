"""The ledger as a page shows it: a table of the verdicts, and a picture of the errors found."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..ledger import Verdict
from ..ledger.core import MARKS
from ..pages import PAGES
from .kit.drawing import number
from .kit.picture import BLUE, GREY, Axes, plot

__all__ = ["Table", "errors", "table"]


_NUMBERED = re.compile(r"\(eq-[\w-]+\)=\n\$\$\n(.*?)\\tag\{([^}]+)\}\n\$\$", re.DOTALL)
_REFUTED = {"fails": "holds", "holds": "fails", "skipped": "skipped"}  # a mistake should fail


class Table:
    """A Markdown table of texts and numbers that shows itself in a notebook."""

    def __init__(self, head: Sequence[str], rows: Iterable[Sequence[Any]]):
        lines = [head, ["---"] * len(head), *rows]
        # a stroke within a cell would end it
        escaped = ([str(cell).replace("|", r"\|") for cell in cells] for cells in lines)
        self.markdown = "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)

    def __repr__(self) -> str:
        return self.markdown

    def _repr_markdown_(self) -> str:
        return self.markdown


def source(book: str, page: str) -> str:
    """Give what a page's cells say, nothing if it is not there: a notebook may be alone."""
    path = Path(book, f"{page}.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    return "\n".join("".join(cell["source"]) for cell in cells)


def _formulas(book: str) -> dict[str, str]:
    """Give the LaTeX of every numbered equation of the book's notebooks, without its full stop."""
    found = {}
    for formula, label in _NUMBERED.findall("\n".join(source(book, page.path) for page in PAGES)):
        formula = " ".join(formula.split()).rstrip(" .,")
        formula = re.sub(r" ?[.,] \\end\{aligned\}$", r" \\end{aligned}", formula)
        if "aligned" not in formula:  # each of some side by side is a line of its own
            formula = formula.replace(r" \qquad ", "$ $")
        found[label] = formula
    return found


def table(verdicts: Sequence[Verdict], sabotaged: Sequence[Verdict], book: str) -> Table:
    """Give the ledger as a table: each equation, its verdict and code, and who was asked.

    The sabotaged verdicts are those on the saboteurs of the same claims, which the oracles should
    have refuted. The formulas are in the pages of the folder `book`; one whose page is not there
    is left out.

    Examples
    --------
    >>> from chainrule.ledger import claim, verify
    >>> refuted = verify("1.8", implementation=claim("1.8").saboteur)
    >>> rows = table([verify("1.8")], [refuted], "book").markdown.splitlines()
    >>> print(rows[-1].split("<br>")[0])
    | ✓ [(1.8)](eq-1-8) the gradient of a bias: holds
    """
    head = ["equation and code", "agrees with (error below)", "refuted"]
    rows, formulas = [], _formulas(book)
    for verdict, saboteur in zip(verdicts, sabotaged, strict=True):
        claim = verdict.claim
        oracles = (
            f"{f.oracle.name} ({f.status if f.reason else number(f.oracle.bound)})"
            for f in verdict.findings
        )
        formula = f"<br>${formulas[claim.label]}$" if claim.label in formulas else ""
        slug = claim.label.replace(".", "-")
        link = f"[({claim.label})](eq-{slug})"
        said = f"{MARKS[verdict.status]} {link} {claim.title}: {verdict.status}"
        refuted = f"{MARKS[_REFUTED[saboteur.status]]} {claim.mistake}"
        place = f'<span id="claim-{slug}"></span>'  # what a link to the row leads to
        rows.append([f"{said}{formula}<br>`{claim.code}`{place}", "; ".join(oracles), refuted])
    return Table(head, rows)


@plot(height=lambda verdicts: 1.5 + 0.24 * len(verdicts), xscale="log")
def errors(axes: Axes, verdicts: Sequence[Verdict]) -> None:
    """Draw the largest error that each oracle found, and the bound that it has to stay under."""
    for row, verdict in enumerate(verdicts):
        for finding in verdict.findings:
            if finding.error is not None:
                axes.plot(max(finding.error, 1e-17), row, "o", color=BLUE, ms=6, alpha=0.7)
            axes.plot(finding.oracle.bound, row, "|", color=GREY, ms=11, mew=2)
    axes.plot([], [], "o", color=BLUE, label="largest error found")
    axes.plot([], [], "|", color=GREY, ms=11, mew=2, label="bound")
    axes.figure.legend(loc="outside upper center", ncols=2)
    axes.set(
        xlabel="error (errors of 0 are drawn at $10^{-17}$)",
        yticks=np.arange(len(verdicts)),
        yticklabels=[f"({verdict.claim.label})" for verdict in verdicts],
    )
    axes.set_ylim(len(verdicts), -1)
    axes.tick_params(axis="x", top=True, labeltop=True)  # the picture is longer than a screen
