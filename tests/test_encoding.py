"""Files are UTF-8 by name, and what is printed fits its stream, whatever the default encoding."""

import ast
import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from chainrule.exercises import EXERCISES, SECTIONS
from chainrule.ledger import claims, confirm, expect
from chainrule.ledger.terminal import readable

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "book", "benchmarks")
FILES = sorted(
    path
    for folder in FOLDERS
    for ending in ("py", "ipynb")
    for path in (ROOT / folder).rglob(f"*.{ending}")
)

# a machine whose default encoding is ASCII, as far as Python lets one ask for it
PLAIN = {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
IMPORT_ALL = """
import pkgutil, warnings
from importlib import import_module
warnings.filterwarnings("error", category=EncodingWarning, module="chainrule")
import chainrule
for module in pkgutil.walk_packages(chainrule.__path__, "chainrule."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
from chainrule.figures import benchmarks, cnn
paths = benchmarks.RECORDS.rglob("*.json")
assert all(benchmarks.read(p) for p in paths if p.stem not in benchmarks.WITHOUT_RATIOS)
assert benchmarks.mutants() and cnn.recorded("dense")
"""


def run(*words, encoding=None):
    """Run Python where the default encoding is ASCII, and what is printed has this one."""
    settings = {name: text for name, text in os.environ.items() if name != "PYTHONIOENCODING"}
    settings |= PLAIN | ({"PYTHONIOENCODING": encoding} if encoding else {})
    words = [sys.executable, *map(str, words)]
    return subprocess.run(words, env=settings, capture_output=True, timeout=600)


def code(path):
    """Give the code of a file or, joined, of a notebook's cells without IPython's own commands."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
        lines = "".join("".join(cell["source"]) + "\n" for cell in cells).splitlines()
        text = "\n".join("    pass" if line.strip()[:1] == "%" else line for line in lines)
    return text


def leaves_it_open(call):
    """Tell whether a call reads or writes text and does not say in which encoding."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    given = {word.arg for word in call.keywords}
    modes = [a.value for a in call.args if isinstance(a, ast.Constant)]
    binary = any(isinstance(mode, str) and re.fullmatch("[rwax]?b[+]?", mode) for mode in modes)
    other = ast.unparse(call.func) in ("Image.open", "os.open", "tarfile.open")
    reads = name in ("read_text", "write_text") or (name == "open" and not binary and not other)
    return (reads or given & {"text", "universal_newlines"}) and "encoding" not in given


def test_every_text_file_is_opened_in_an_encoding_that_is_named():
    """Ruff's PLW1514 finds fewer: those whose type it can tell."""
    calls = [
        (path, node)
        for path in FILES
        for node in ast.walk(ast.parse(code(path)))
        if isinstance(node, ast.Call)
    ]
    assert len({path for path, _ in calls}) > 100
    found = [f"{path}: {ast.unparse(call)}" for path, call in calls if leaves_it_open(call)]
    assert not found, "\n".join(found)


def test_everything_imports_and_reads_its_files_where_the_default_encoding_is_another():
    done = run("-X", "warn_default_encoding", "-c", IMPORT_ALL)
    assert done.returncode == 0, done.stderr


# ---- what is printed -----------------------------------------------------------------------------

unset = pytest.param(
    None, marks=pytest.mark.skipif(sys.platform == "win32", reason="it knows no C locale")
)
each_encoding = pytest.mark.parametrize("encoding", [unset, "cp1252"])


@each_encoding
def test_a_verdict_is_printed_in_words_where_the_marks_cannot_be(encoding):
    done = run("-m", "chainrule", "verify", "1.1", "1.2.1b", encoding=encoding)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode(encoding or "utf-8").splitlines()
    assert [line.split()[0] for line in lines] == ["holds"] * 6 + ["2"]
    power = "½ lambda w²" if encoding == "cp1252" else "1/2 lambda w^2"
    assert f"the power, for C = {power}" in lines[4]


@each_encoding
def test_the_exercises_are_listed_whatever_the_stream_is(encoding):
    done = run("-m", "chainrule", "exercises", encoding=encoding)
    assert done.returncode == 0, done.stderr
    dash = "–" if encoding == "cp1252" else "-"
    assert f"1.1.1{dash}1.1.2 Forward" in done.stdout.decode(encoding or "utf-8")


def test_answers_are_judged_in_words_where_the_marks_cannot_be(tmp_path):
    path = tmp_path / "answers.py"
    answers = 'check("steps-order", "c"), check("he-start", ...), check("temperature", "θ")'
    path.write_text(f"from chainrule.exercises import check\n{answers}\n", encoding="utf-8")
    done = run("-m", "chainrule", "exercises", path, encoding="ascii")
    assert done.returncode == 1, done.stderr
    report = done.stdout.decode("ascii")
    assert "  right steps-order: right" in report
    assert "  open he-start: no answer yet" in report
    assert "  wrong temperature: expected a number, got 'theta'" in report


@pytest.mark.parametrize(("encoding", "mark"), [("ascii", "holds"), ("utf-8", "✓")])
def test_what_a_script_confirms_and_expects_fits_its_stream(encoding, mark):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    with redirect_stdout(stream):
        confirm("1.1")
        expect("one and one is two", True)
    stream.flush()
    lines = stream.buffer.getvalue().decode(encoding).splitlines()
    assert lines[0] == f"{mark} (1.1) the weighted input of a neuron"
    assert lines[-1] == f"{mark} one and one is two"


def test_all_that_the_ledger_and_the_exercises_say_can_be_spelled_in_ascii():
    texts = [text for c in claims() for text in (c.title, *(o.name for o in c.oracles))]
    texts += [section.title for section in SECTIONS]
    texts += [message for exercise in EXERCISES.values() for _, message in exercise.mistakes]
    assert any(not text.isascii() for text in texts)
    for text in texts:
        spelled = readable(text, {}, encoding="ascii")
        assert spelled.isascii()
        assert spelled.count("?") == text.count("?"), text


def test_what_no_stream_can_write_is_replaced():
    marks = {"✓": "holds"}
    assert readable("an é, a \ud800, a ✓", marks, encoding="utf-8") == "an é, a ?, a ✓"
    assert readable("an é and a ✓ within", marks, encoding="ascii") == "an e and a ? within"
