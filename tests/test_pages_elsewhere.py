"""The pages on other people's machines: in any folder, and where PyTorch or SymPy is missing."""

import os
import runpy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

import chainrule
from chainrule.exercises import SECTIONS, Feedback
from chainrule.exercises.progress import report
from chainrule.figures.exercises import table as exercise_table
from chainrule.figures.ledger import by_page, totals
from chainrule.ledger import Finding, Verdict, claim, claims, verify

pytestmark = pytest.mark.slow

BOOK = Path(__file__).parents[1] / "book"
PAGES = sorted(str(path.relative_to(BOOK).with_suffix("")) for path in BOOK.rglob("*.ipynb"))
HIDE = runpy.run_path(str(Path(__file__).with_name("test_without_torch.py")))["HIDE"]
FIRST_CELL = runpy.run_path(str(BOOK / "run.py"))["first_cell"]("")
MISSING = {
    "torch": "– skipped: PyTorch is not installed",
    "sympy": "– skipped: SymPy is not installed",
}
DEPENDS = "– skipped: it needs a cell above that was skipped"

# the cells that cannot run without a library; what a page has beside them, it shows
SKIPPED = {
    "torch": {
        "convolution/cnn": {"cell-025", "cell-026"},
        "neural-network/activations": {"elu-autograd"},
        "neural-network/losses": {"cell-029", "the-example", "cell-033", "cell-035"},
        "neural-network/overlap": {"cell-059"},
        "reference/errata": {"cell-020", "cell-032"},
        "scaling/data-parallel": {"af725537", "e076897c"},
        "scaling/device": {
            *("32726c54", "17c3a24f", "f1cb7082", "db09e738", "3b4e01dc", "wrong-forms"),
            *("methods", "a37212e8", "4130ee8c", "b772d530", "08dc2c03", "6ac12799"),
        },
    },
    "sympy": {  # PyTorch's backward pass and its compiler need it, too
        "convolution/cnn": {"cell-025", "cell-026"},
        "neural-network/proofs": {
            *("cell-004", "cell-006", "cell-008", "cell-011", "cell-013", "cell-015", "cell-024"),
            *("cell-026", "cell-030", "cell-032", "cell-034", "cell-038", "cell-042", "cell-044"),
            *("any-width", "lines-counted"),
        },
        "scaling/device": {"08dc2c03", "6ac12799"},
    },
}


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def page(name):
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


def environment(folder, library=None):
    """Give the environment of a process that does not find the library."""
    start = folder / "start"
    start.mkdir()
    if library:
        (start / "sitecustomize.py").write_text(HIDE.format(libraries=(library,)), encoding="utf-8")
    places = [str(start), str(Path(chainrule.__file__).parents[1])]
    if "PYTHONPATH" in os.environ:
        places.append(os.environ["PYTHONPATH"])
    return os.environ | {"PYTHONPATH": os.pathsep.join(places)}


def execute(notebook, folder, library=None, **options):
    """Run a notebook in an empty folder, in a kernel that does not find the library."""
    here = folder / "somewhere else"
    here.mkdir()
    client = NotebookClient(
        notebook,
        timeout=1200,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": str(here)}},
        **options,
    )
    client.execute(env=environment(folder, library))
    return code(notebook)


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def skipped(cells):
    """Give the last line of every cell that ends by saying that it is skipped."""
    last = {cell.id: (printed(cell).splitlines() or [""])[-1] for cell in cells}
    return {name: line for name, line in last.items() if line.startswith("– skipped")}


def shown(cell):
    """Give the kinds of what a cell shows; but for progress bars."""
    return [
        sorted(output.data) if "data" in output else output.get("name", output.output_type)
        for output in cell.outputs
        if output.get("name") != "stderr"
    ]


def assert_as_stored(cells, name, but):
    """Each cell but these shows what its page shows: texts, pictures, that an answer is missing."""
    before = code(page(name))
    assert [cell.id for cell in cells] == [cell.id for cell in before]
    for cell, stored in zip(cells, before, strict=True):
        if cell.id not in but:
            assert shown(cell) == shown(stored), cell.id
            if 'check("' in cell.source:
                assert cell.outputs[-1].data["text/plain"].startswith("○ no answer yet"), cell.id


def assert_runs_to_its_end(name, folder, library):
    cells = execute(page(name), folder, library)  # nbclient raises what is an error
    expected = SKIPPED[library].get(name, set()) if library else set()
    found = skipped(cells)
    assert set(found) == expected
    assert set(found.values()) <= {MISSING.get(library), DEPENDS}
    assert_as_stored(cells, name, but=expected)
    return cells


@pytest.mark.parametrize("library", MISSING)
def test_the_cells_that_are_skipped_are_in_the_book(library):
    for name, cells in SKIPPED[library].items():
        assert cells < {cell.id for cell in code(page(name))}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_book_has_a_skipped_cell(name):
    assert "– skipped" not in (BOOK / f"{name}.ipynb").read_text(encoding="utf-8")


def test_a_cell_that_needs_a_missing_library_is_skipped(tmp_path):
    sources = {
        "install": FIRST_CELL,
        "older": "import numpy as np\nx, kept = np.zeros(2), 1",
        "torch": "kept = 2\nprint('before')\nimport torch\n\nx = torch.ones(2)",
        "needs-torch": "torch.ones(2)",
        "needs-x": "def total():\n    return x.sum()\n\n\ntotal()",
        "above-the-failure": "kept",
        "awaits": "import asyncio\n\nz = torch.ones(await asyncio.sleep(0, 2))",
        "needs-z": "z",
        "part-of-it": "from torch.distributed import run",
        "in-the-package": "from chainrule.device import to\n\nto(np.ones(2), 'cpu')",
        "again": FIRST_CELL,
        "after-again": "from torch import nn",
        "needs-nn": "nn",
        "other": "1 + 1",
    }
    notebook = new_notebook(cells=[new_code_cell(s, id=n) for n, s in sources.items()])
    cells = execute(notebook, tmp_path, "torch")
    depend = ["needs-torch", "needs-x", "awaits", "needs-z", "needs-nn"]
    missing = ["torch", "part-of-it", "in-the-package", "after-again"]
    assert skipped(cells) == {
        **dict.fromkeys(missing, MISSING["torch"]),
        **dict.fromkeys(depend, DEPENDS),
    }
    texts = {c.id: o.data["text/plain"] for c in cells for o in c.outputs if "data" in o}
    assert texts == {"above-the-failure": "2", "other": "2"}
    assert printed(cells[2]) == f"before\n{MISSING['torch']}\n"


def test_any_other_error_is_an_error(tmp_path):
    sources = {
        "install": FIRST_CELL,
        "torch": "import torch\n\nlost = 1",
        "no-such-name": "losst",
        "no-such-module": "import torchh",
        "a-part-that-is-missing": "import numpy.torch",
        "a-value": "float('x')",
        "a-name-of-another-module": (
            "from types import ModuleType\n\n"
            "module = ModuleType('module')\n"
            "exec('def f(): return lost', vars(module))\n"
            "module.f()"
        ),
        "within-a-function": "def f():\n    print(lost)\n    lost = 1\n\n\nf()",
    }
    notebook = new_notebook(cells=[new_code_cell(s, id=n) for n, s in sources.items()])
    _, torch, *others = execute(notebook, tmp_path, "torch", allow_errors=True)
    assert printed(torch) == f"{MISSING['torch']}\n"
    assert [(cell.id, o.ename) for cell in others for o in cell.outputs] == [
        ("no-such-name", "NameError"),
        ("no-such-module", "ModuleNotFoundError"),
        ("a-part-that-is-missing", "ModuleNotFoundError"),
        ("a-value", "ValueError"),
        ("a-name-of-another-module", "NameError"),
        ("within-a-function", "UnboundLocalError"),
    ]


def test_nothing_is_skipped_where_both_are_installed(tmp_path):
    cells = [
        new_code_cell(FIRST_CELL),
        new_code_cell("shell = get_ipython()\n(shell.custom_exceptions, shell.events.callbacks)"),
    ]
    fresh = execute(new_notebook(cells=cells), tmp_path)
    assert "chainrule" not in fresh[1].outputs[0].data["text/plain"]
    assert fresh[1].outputs[0].data["text/plain"].startswith("((),")


def test_the_errata_run_to_their_end_without_torch(tmp_path):
    assert_runs_to_its_end("reference/errata", tmp_path, "torch")


def test_the_ledger_says_what_was_skipped():
    """Of the claim, of the oracle, and of the mistake that nobody could judge."""
    found = verify("1.1").findings
    missing = Finding(found[1].oracle, None, "torch is not installed")
    verdict = Verdict(claim("1.1"), [found[0], missing])
    row = by_page([verdict], [verdict], str(BOOK)).markdown
    assert "<summary>– (1.1) the weighted input of a neuron</summary>" in row
    assert "; torch.nn.functional.linear (skipped)\n" in row
    assert f"Wrong form skipped: {claim('1.1').mistake}\n" in row
    counts = totals([verdict], [verdict]).markdown
    assert "**0** claims that hold" in counts
    assert "**1** checks by oracles" in counts
    assert "PyTorch" not in counts


def test_exercises_whose_page_is_not_there_are_listed_by_name(tmp_path):
    rows = exercise_table(SECTIONS, tmp_path).markdown.splitlines()
    assert (
        "| [1.1](/book/neural-network/training) | [steps order](steps-order) | 1 | choice |" in rows
    )
    assert len(rows) == 2 + sum(len(section.exercises) for section in SECTIONS)


def test_the_report_on_exercises_says_that_a_cell_was_skipped(tmp_path, monkeypatch):
    answer = 'import torch\n\ncheck("steps-order", "c")'
    sources = FIRST_CELL, "from chainrule.exercises import check", answer
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    nbformat.write(notebook, path := tmp_path / "mine.ipynb")
    monkeypatch.setenv("PYTHONPATH", environment(tmp_path, "torch")["PYTHONPATH"])
    result = report([path])
    reason = "skipped: PyTorch is not installed"
    assert result.found == {"steps-order": Feedback(False, reason)}
    assert result.notes == [f"{path}, code cell 3: {reason}"]


@pytest.mark.seldom
@pytest.mark.parametrize("library", [None, *MISSING])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_to_its_end_in_any_folder(name, library, tmp_path):
    cells = assert_runs_to_its_end(name, tmp_path, library)
    if name == "reference/equations":
        rows = cells[2].outputs[0].data["text/markdown"].split("<summary>")[1:]
        for each, row in zip(claims(), rows, strict=True):
            missing = any(oracle.needs == library for oracle in each.oracles)
            assert row.startswith(f"{'–' if missing else '✓'} ({each.label}) ")
            assert ("(skipped)" in row) == missing
