"""Fold the code that a reader does not need to see: a line to open it stays.

Imports, drawings and checks are folded, and what a check of an equation
prints: the ✓ at the equation says it. Rules are shown, experiments, and
exercises. The notebooks themselves are not changed.
"""

import ast
import json
import re
from typing import Any

from sphinx.application import Sphinx

CHECKS = {"confirm", "expect"}
LISTINGS = {"kernel", "show_rocq", "show_source"}
FOLDED = {
    "axioms",
    "benchmarks",
    "draw",
    "proofs",
    "Table",
    *LISTINGS,
    *CHECKS,
}
LABEL = re.compile(r'"([^"]+)"')
VERDICT = re.compile(r"✓ \([\w.]+\) [^\n]*\n(?:  [^\n]*\n?)+")


def name_of(statement: ast.stmt) -> str:
    """Give the name that an expression begins with."""
    node: Any = getattr(statement, "value", None)
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def kind(statement: ast.stmt) -> str:
    """Say what a statement is: "quiet", "check", or "code"."""
    if isinstance(statement, ast.Expr):
        name = name_of(statement)
        quiet = "check" if name in CHECKS else "quiet"
        return quiet if name in FOLDED else "code"
    imports = ast.Import, ast.ImportFrom, ast.If
    return "quiet" if isinstance(statement, imports) else "code"


def folds(code: str) -> bool:
    """Say whether a cell's code is folded."""
    kinds = {kind(statement) for statement in ast.parse(code).body}
    return "check" in kinds or kinds <= {"quiet"}


def split(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Give a cell in two where its last lines confirm equations."""
    code = "".join(cell["source"])
    *before, last = ast.parse(code).body or [None]
    if not before or name_of(last) != "confirm":
        return [cell]
    lines = code.splitlines(keepends=True)
    texts = [o for o in cell["outputs"] if o.get("name") == "stdout"]
    printed = "".join("".join(output["text"]) for output in texts)
    verdicts = "".join(VERDICT.findall(printed))
    rest = [output for output in cell["outputs"] if output not in texts]
    if without := printed.removesuffix(verdicts):
        rest = [{**texts[0], "text": without}, *rest]
    confirms = {
        **cell,
        "id": f"{cell['id']}-confirm",
        "source": "".join(lines[last.lineno - 1 :]),
        "outputs": [{**texts[0], "text": verdicts}],
        "metadata": {},
    }
    above = "".join(lines[: last.lineno - 1]).rstrip()
    return [{**cell, "source": above, "outputs": rest}, confirms]


def tagged(cell: dict[str, Any]) -> dict[str, Any]:
    """Give a cell the tag that folds what is to be folded."""
    code, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
    statements = ast.parse(code).body
    if {"remove-input", "remove-cell"} & {*tags}:
        return cell
    own = {}
    if {name_of(statement) for statement in statements} == {"confirm"}:
        tags = [*tags, "hide-cell"]
        labels = ", ".join(f"({label})" for label in LABEL.findall(code))
        prompt = f"How {labels} {'were' if ',' in labels else 'was'} checked"
        own = {"code_prompt_show": prompt, "code_prompt_hide": prompt}
    elif folds(code):
        tags = [*tags, "hide-input"]
    mystnb = {**cell["metadata"].get("mystnb", {}), **own}
    metadata = {**cell["metadata"], "tags": tags, "mystnb": mystnb}
    return {**cell, "metadata": metadata}


def fold(app: Sphinx, page: str, source: list[str]) -> None:
    """Tag the cells of a notebook as the page shows them."""
    if app.builder.format != "html" or not source[0].startswith("{"):
        return
    notebook = json.loads(source[0])
    cells = []
    for cell in notebook["cells"]:
        code = cell["cell_type"] == "code"
        cells += map(tagged, split(cell)) if code else [cell]
    notebook["cells"] = cells
    source[0] = json.dumps(notebook)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("source-read", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
