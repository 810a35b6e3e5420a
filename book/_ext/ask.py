"""Let a reader ask in the page: exercises answer, and code cells run there.

Every code cell is told which number it has, and whether it can run where
there is NumPy alone; the cell of an exercise becomes a form. What is asked
for later, the page's Python among it, lies beside the pages in scripts, so
that it can be loaded where pages are opened as files.
"""

import ast
import dis
import gzip
import hashlib
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from types import CodeType
from typing import Any

import array_api_compat
from javascript import LIBRARIES as NPM
from javascript import esbuild
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

import chainrule
from chainrule.exercises import EXERCISES
from chainrule.exercises.sealed import Sealed
from chainrule.exercises.verdicts import choices, numbers
from chainrule.notebooks import bound_by
from chainrule.session import LIBRARIES, one_by_one

ASK = Path(__file__).parents[1] / "ask"
NUMPY = ASK / "numpy" / "numpy.zip"
READS = ("LOAD_NAME", "LOAD_GLOBAL")
NEEDY = {
    "chainrule.proofs": "SymPy",
    "chainrule.device.to": "PyTorch",
    "concurrent.futures": "threads",
}
KEPT = {".py", ".npz", ".json", ".css", ".js", ".v", ".z"}  # of the package
PART = 750_000  # bytes of a script that holds a part of the files
PYTHON_LICENCES = """\
Pyodide, MPL 2.0: https://github.com/pyodide/pyodide has its source.
CPython, PSF: https://docs.python.org/3/license.html
NumPy, BSD: its licence is in numpy.zip, which python-*.js hold.
array-api-compat, MIT: Copyright (c) 2022 Consortium for Python Data API
Standards; https://github.com/data-apis/array-api-compat has its licence.

The editor:
"""
FORMS = {
    "choice": '<div role="group" aria-label="Your answer">{buttons}</div>',
    "number": '<input aria-label="Your answer{unit}" autocomplete="off" '
    'autocapitalize="off" spellcheck="false">{after}'
    "<button>Check</button>",
    "function": '<textarea aria-label="Your answer" autocapitalize="off" '
    'autocomplete="off" spellcheck="false" rows="{rows}">\n{code}</textarea>'
    "<button>Check</button>",
}
FORMS["array"] = FORMS["function"]


def library(module: str, name: str) -> str:
    """Give for want of which library, or of what, an import is of no use."""
    for whole in (module, f"{module}.{name}"):
        if whole in NEEDY:
            return NEEDY[whole]
    return LIBRARIES.get(module.partition(".")[0], "")


def read_by(code: CodeType) -> set[str]:
    """Give the names of the page that code reads, in its functions too."""
    steps = dis.get_instructions(code)
    found = {s.argval for s in steps if s.opname in READS}
    inside = (c for c in code.co_consts if isinstance(c, CodeType))
    return found.union(*map(read_by, inside))


def wants(statement: ast.stmt, missing: dict[str, str]) -> set[str]:
    """Give what a statement needs and no page has, libraries above all."""
    code = compile(ast.Module([statement], []), "<cell>", "exec")
    found = {missing.get(name, "") for name in read_by(code)}
    for node in ast.walk(statement):
        if isinstance(node, ast.Import):
            found |= {library(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            found |= {library(node.module or "", name) for name in names}
    return found - {""}


def noted(code: str, missing: dict[str, str]) -> dict[str, Any]:
    """Give a cell's code and what it needs; note names that are missing."""
    statements = [*one_by_one(ast.parse(code))]
    imports = {type(one) for one in statements} <= {
        ast.Import,
        ast.ImportFrom,
    }
    known, needs = {**missing}, set()
    for statement in statements:
        lacks = wants(statement, known)
        needs |= lacks
        for name in bound_by([statement]):
            known.pop(name, None)
            if lacks:
                known[name] = min(lacks)
    if needs and not imports:  # then nothing of the cell is run
        names = bound_by(statements)
        known |= {name: known.get(name, min(needs)) for name in names}
    missing.clear()
    missing.update(known)
    return {
        "code": code,
        "runs": imports or not needs,
        "needs": sorted(needs),
        "imports": imports,
    }


def exercise(code: str) -> dict[str, str] | None:
    """Give the exercise that a cell asks, and what precedes the call."""
    *_, last = ast.parse(code).body or [None]
    call = getattr(last, "value", None)
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "check":
        return None
    name, answer = map(ast.unparse, call.args)
    before = code.splitlines()[: last.lineno - 1]
    head = "\n".join(before).strip().replace("): ...", "):\n    ...")
    name = ast.literal_eval(name)
    kind = EXERCISES[name].kind
    return {"name": name, "kind": kind, "answer": answer, "head": head}


def form(asked: dict[str, str]) -> str:
    """Give the form of an exercise."""
    name, kind, head = asked["name"], asked["kind"], asked["head"]
    one = EXERCISES[name]
    letters = one.letters if kind == "choice" else ()
    unit = one.unit
    inside = FORMS[kind].format(
        buttons="".join(
            f'<button value="{letter}">{letter}</button>'
            for letter in letters
        ),
        unit=f", {unit}" if unit else "",
        after=f"<span>{unit}</span>" if unit else "",
        rows=head.count("\n") + 2,
        code=escape(head),
    )
    return (
        f'<form class="ask" data-exercise="{name}" data-kind="{kind}">'
        f'{inside}<div class="python"></div><output></output></form>'
    )


def cells_of(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what is noted of a notebook's code cells."""
    missing: dict[str, str] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            code = "".join(cell["source"])
            note = noted(code, missing)
            if asked := exercise(code):
                note["exercise"] = asked
            yield note


def prepare(app: Sphinx, page: str, source: list[str]) -> None:
    """Note a notebook's cells, and give each its number and its form."""
    if app.builder.format != "html" or not source[0].startswith("{"):
        return
    notebook = json.loads(source[0])
    notes = [*cells_of(notebook)]
    app.env.chainrule_cells[page] = notes
    code_cells = (c for c in notebook["cells"] if c["cell_type"] == "code")
    for number, (cell, note) in enumerate(
        zip(code_cells, notes, strict=True)
    ):
        if asked := note.get("exercise"):
            for key in ("outputs", "execution_count"):
                cell.pop(key)
            cell["cell_type"] = "markdown"
            cell["source"] = f"```{{raw}} html\n{form(asked)}\n```"
        else:
            needs = "-and-".join(note["needs"])
            runs = "runs" if note["runs"] else f"needs-{needs}"
            tags = cell["metadata"].setdefault("tags", [])
            tags += [f"cell-{number}", runs]
    source[0] = json.dumps(notebook)


def begin(app: Sphinx) -> None:
    """Keep what is noted of the pages between two builds."""
    if not hasattr(app.env, "chainrule_cells"):
        app.env.chainrule_cells = {}


def package() -> bytes:
    """Give the package as it is installed, and the one library it needs."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for module in (chainrule, array_api_compat):
            folder = Path(module.__path__[0])
            for path in sorted(folder.rglob("*")):
                name = path.relative_to(folder.parent).as_posix()
                if path.suffix in KEPT and "/tests/" not in name:
                    entry = zipfile.ZipInfo(name)
                    zipped.writestr(
                        entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9
                    )
    return file.getvalue()


def files() -> Iterator[tuple[str, bytes, bool]]:
    """Yield the files that Python in a page is made of."""
    for name in ("pyodide.asm.wasm", "pyodide.asm.js", "pyodide.js"):
        yield name, (NPM / "pyodide" / name).read_bytes(), True
    lock = json.loads((NPM / "pyodide/pyodide-lock.json").read_bytes())
    lock["packages"] = {}
    yield "pyodide-lock.json", json.dumps(lock).encode(), True
    yield (
        "python_stdlib.zip",
        (NPM / "pyodide/python_stdlib.zip").read_bytes(),
        False,
    )
    numpy = NUMPY.read_bytes()
    known, _ = (
        NUMPY.with_suffix(".zip.sha256").read_text(encoding="utf-8").split()
    )
    if hashlib.sha256(numpy).hexdigest() != known:
        raise ExtensionError(f"{NUMPY} is not the file whose hash is known")
    yield "numpy.zip", numpy, False
    yield "package.zip", package(), False


def write_python(folder: Path) -> None:
    """Write Python as scripts, each with a part of it."""
    whole, listed = b"", []
    for name, content, packed in files():
        kept = gzip.compress(content, 9, mtime=0) if packed else content
        whole += kept
        listed.append({"name": name, "size": len(kept), "packed": packed})
    mark, names = hashlib.sha256(whole).hexdigest()[:8], []
    for start in range(0, len(whole), PART):
        names.append(f"python-{mark}-{len(names):02}.js")
        text = b64encode(whole[start : start + PART]).decode()
        script = f'chainrulePart({len(names) - 1},"{text}")'
        (folder / names[-1]).write_text(script, encoding="utf-8")
    parts = json.dumps({"files": listed, "parts": names})
    (folder / "parts.js").write_text(
        f"chainruleParts={parts}", encoding="utf-8"
    )


def write_verdicts(folder: Path) -> None:
    """Write what checkers say of choices and numbers, not in plain sight.

    A page asks Python of one that is sealed.
    """
    tables = {
        name: choices(one) if one.kind == "choice" else numbers(one)
        for name, one in EXERCISES.items()
        if one.kind in ("choice", "number") and not isinstance(one, Sealed)
    }
    packed = gzip.compress(json.dumps(tables).encode(), 9, mtime=0)
    script = f'chainruleVerdicts="{b64encode(packed).decode()}"'
    (folder / "verdicts.js").write_text(script, encoding="utf-8")


def write_licences(folder: Path) -> None:
    """Write the licences of what the scripts hold of others."""
    parts = [PYTHON_LICENCES]
    packages = [NPM / "codemirror", NPM / "crelt", NPM / "style-mod"]
    packages += [NPM / "w3c-keyname", *NPM.glob("@marijn/*")]
    packages += [*NPM.glob("@codemirror/*"), *NPM.glob("@lezer/*")]
    for path in sorted(packages):
        licence = (path / "LICENSE").read_text(encoding="utf-8")
        parts.append(f"{path.relative_to(NPM)}\n\n{licence}")
    text = "\n\n".join(parts)
    (folder / "licences.txt").write_text(text, encoding="utf-8")


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write what a reader's questions load."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static/ask"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("main", "editor", "digit", "playground"):
        esbuild(ASK / f"{name}.js", "--bundle", f"--outdir={folder}")
    cells = json.dumps(app.env.chainrule_cells, ensure_ascii=False)
    (folder / "cells.js").write_text(
        f"chainruleCells={cells}", encoding="utf-8"
    )
    write_verdicts(folder)
    write_python(folder)
    write_licences(folder)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the steps; Sphinx calls this when it loads the extension."""
    app.connect("builder-inited", begin)
    app.connect(
        "source-read", prepare, priority=400
    )  # before cells are folded
    app.connect("build-finished", write)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
