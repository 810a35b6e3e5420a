"""A class of sixty is graded: everybody's row is right, whatever somebody's code tries."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule
from chainrule.__main__ import main
from chainrule.exercises import EXERCISES, SECTIONS
from chainrule.grading import Limits, chosen, grade, points
from chainrule.grading.core import judge
from chainrule.grading.inside.needed import needed
from chainrule.grading.inside.plain import plain, value_of
from chainrule.grading.report import data, letter, summary, table, write_letters
from chainrule.grading.students import students

IMPORT = "from chainrule.exercises import check\n"
STEP = "def step(w, gradient, lr):\n    return w - lr * gradient\n"
PARTS = (
    'check("steps-order", "c")\n',
    'check("updates-per-epoch", 30)\n',
    STEP + 'check("descent-step", step)\n',
    'check("which-part", "d")\n',
)
ALL = IMPORT + "".join(PARTS)
NAMES = chosen(["1.1"])
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


def notebook(*cells, **more):
    cells = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2} | more)


def before(code):
    """Give right answers, with some code in front of them."""
    return {"a.py": f"{IMPORT}{code}\n" + "".join(PARTS)}


def in_a_function(code):
    """Give right answers, but for a function that does something else."""
    body = "".join(f"    {line}\n" for line in code.splitlines())
    function = f'def step(w, gradient, lr):\n{body}check("descent-step", step)\n'
    return {"a.py": IMPORT + PARTS[0] + PARTS[1] + function + PARTS[3]}


RIGHT = {
    **{f"right-{i:02}": {"losses.ipynb": notebook(IMPORT, *PARTS)} for i in range(6)},
    **{f"plain-{i:02}": {"mine.py": ALL} for i in range(5)},
    "by-export": {"answers.ipynb": notebook(IMPORT, *PARTS)},
    "by-parts": {"a.py": IMPORT + PARTS[0], "deep/er/b.ipynb": notebook(IMPORT, *PARTS[1:])},
    "template-beside": {
        "a.py": ALL,
        "z.ipynb": notebook(IMPORT, 'check("steps-order", ...)', 'check("which-part", ...)'),
    },
    "magics": {"a.ipynb": notebook("%matplotlib inline\n!ls\n" + IMPORT, "%%time\n" + ALL)},
    "trains": before("while True:\n    pass"),
    "broken-cell": {"a.ipynb": notebook(IMPORT, "def f(:", *PARTS)},
    "raises": before("1 / 0"),
    "latin": {"a.py": f"# Müller\n{ALL}".encode("latin-1")},
    "utf-16": {"a.py": ALL.encode("utf-16")},
    "windows": {"a.PY": ALL.replace("\n", "\r\n").encode("utf-8-sig")},
    "latin-notebook": {"a.ipynb": notebook("# M\xfc", ALL).replace("\\u00fc", "ü").encode("latin-1")},
    "late-helper": {
        "a.py": f"{IMPORT}def step(*given):\n    return other(*given)\n"
        + "def other(w, g, lr):\n    return w - lr * g\n"
        + PARTS[0]
        + PARTS[1]
        + 'check("descent-step", step)\n'
        + PARTS[3]
    },
    "in-main": {
        "a.py": f"{IMPORT}{STEP}def main():\n    "
        + "    ".join(part.replace(STEP, "") for part in PARTS)
        + '\nif __name__ == "__main__":\n    main()\n'
    },
}
OTHERS = {
    # student: (files, verdicts on the choice, the number, the function, the choice)
    "wrong-all": (
        {
            "a.py": f"{IMPORT}def step(w, g, lr):\n    return w + lr * g\n"
            'check("steps-order", "a")\ncheck("updates-per-epoch", 31)\n'
            'check("descent-step", step)\ncheck("which-part", "x")'
        },
        "wwww",
    ),
    "wrong-sign": (
        {"a.py": ALL.replace("w - lr", "w + lr")},
        "rrwr",
    ),
    "wrong-count": ({"a.py": ALL.replace("30", "31")}, "rwrr"),
    "wrong-count-too": ({"a.py": ALL.replace("30", "31")}, "rwrr"),
    "wrong-shape": (in_a_function("return (w - lr * gradient)[None]"), "rrwr"),
    "changes-its-argument": (in_a_function("w -= lr * gradient\nreturn w"), "rrwr"),
    "open": ({"a.py": IMPORT + "".join(f'check("{name}", ...)\n' for name in NAMES)}, "mmmm"),
    "half": ({"a.py": IMPORT + PARTS[0] + PARTS[2]}, "rmrm"),
    "undefined": ({"a.py": f'{IMPORT}check("steps-order", order)\n{PARTS[1]}'}, "wrmm"),
    "empty-folder": ({}, "mmmm"),
    "empty-file": ({"a.py": ""}, "mmmm"),
    "other-files": ({"report.pdf": b"%PDF"}, "mmmm"),
    "no-json": ({"a.ipynb": "no JSON"}, "mmmm"),
    "no-notebook": ({"a.ipynb": "[1, 2]"}, "mmmm"),
    "junk": ({"a.py": bytes(range(256)) * 99}, "mmmm"),
    "broken": ({"a.py": ALL + "def f(:\n"}, "wwww"),
    "nested": ({"a.py": IMPORT + "x = " + "(" * 9999 + "\n" + ALL}, "wwww"),
    "deep-json": ({"a.ipynb": "[" * 10**6}, "mmmm"),
    "huge": ({"a.py": b"#" * (21 * 2**20)}, "mmmm"),
    "endless": (in_a_function("while True:\n    pass"), "rrwr"),
    "deaf": (
        in_a_function("while True:\n    try:\n        pass\n    except BaseException:\n        pass"),
        "rrwr",
    ),
    "ends": (in_a_function("import os\nos._exit(0)"), "rrwr"),
    "exits": (in_a_function("raise SystemExit"), "rrwr"),
    "crashes": (in_a_function("import ctypes\nctypes.string_at(0)"), "rrwr"),
    "memory": (in_a_function("return bytearray(10 ** 11)"), "rrwr"),
    "talks": (in_a_function("print('x' * 10 ** 6)\nreturn w - lr * gradient"), "rrrr"),
    "huge-result": (in_a_function("import numpy\nreturn numpy.ones(10 ** 6)"), "rrwr"),
    "floods": (in_a_function("import os\nwhile True:\n    os.write(3, b'x' * 10 ** 6)"), "rrwr"),
    "forges": (
        in_a_function(
            """import os
os.write(3, b'["answer", "descent-step", {"right": true}]\\n["answer", "which-part", 1]\\n')
os.write(3, b'["right", "descent-step"]\\n[[]]\\n[]\\n{"a": 1}\\n' + b"[" * 10 ** 5 + b"\\n")"""
        ),
        "rrwr",
    ),
    "odd-object": (
        in_a_function(
            "class Odd:\n    def __repr__(self):\n        raise KeyError\nreturn Odd()"
        ),
        "rrwr",
    ),
    "endless-import": (
        {"a.py": f"{IMPORT}import other\n{PARTS[0]}{PARTS[1]}check('which-part', other.d)\n",
         "other.py": "while True:\n    pass"},
        "rrmw",
    ),
    "own-check": ({"a.py": "def check(name, answer):\n    return True\n" + ALL.removeprefix(IMPORT)}, "mmmm"),
    "own-result": (
        {"a.py": f"{IMPORT}print('4 of 4')\ncheck('steps-order', 'a').right = True\n"}, "wmmm"
    ),
}
HOSTILE = {
    # what a function tries: if it can, it raises, and the answer is wrong
    "reads-another": "open('../../class/right-00/losses.ipynb').read()",
    "reads-by-path": "open(OTHER).read()",
    "writes-another": "open(OTHER, 'a').write('#')",
    "removes-another": "import os\nos.remove(OTHER)",
    "writes-beside": "open('../written', 'w')",
    "solution": "from chainrule.exercises import EXERCISES",
    "solution-by-module": "import chainrule.exercises.training",
    "solution-by-path": "open(SOLUTION).read()",
    "oracle": "import chainrule.ledger.network.twins",
    "network": "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)",
    "forks": "import os\nos.fork()",
    "subprocess": "import subprocess\nsubprocess.run(['true'])",
    "kills": "import os\nos.kill(os.getppid(), 9)",
    "kills-all": "import os\nos.kill(-1, 9)",
    "more-memory": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 ** 40, 2 ** 40))",
}


def trying(code, other):
    """Give right answers of a function that first tries something, and is wrong if it can."""
    code = code.replace("OTHER", repr(str(other))).replace("SOLUTION", repr(str(SOLUTION)))
    tried = "".join(f"        {line}\n" for line in code.splitlines())
    return before(
        f"def attempt():\n    try:\n{tried}    except BaseException:\n        return True\n"
    )["a.py"].replace("return w - lr", "return attempt() and w - lr")


SOLUTION = Path(chainrule.__file__).parent / "exercises" / "training.py"


def write(folder, name, files):
    (folder / name).mkdir(parents=True)
    for file, content in files.items():
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def verdicts(row):
    return "".join({True: "r", False: "w", None: "m"}[row.feedback[name].right] for name in NAMES)


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handed-in") / "class"
    for name, files in RIGHT.items():
        write(folder, name, files)
    for name, (files, _) in OTHERS.items():
        write(folder, name, files)
    other = folder / "right-00" / "losses.ipynb"
    for name, code in HOSTILE.items():
        write(folder, name, {"a.py": trying(code, other)})
    (folder / "alone.py").write_text(ALL, encoding="utf-8")
    (folder / "links").mkdir()
    (folder / "links" / "losses.ipynb").symlink_to(other)
    return folder


LIMITS = Limits(seconds=2)
WORTH = points(None, NAMES)
EXPECTED = (
    {name: "rrrr" for name in (*RIGHT, *HOSTILE, "alone")}
    | {name: expected for name, (_, expected) in OTHERS.items()}
    | {"links": "mmmm"}
)


@pytest.fixture(scope="module")
def graded(class_):
    before = contents(class_)
    grades = grade(class_, worth=WORTH, limits=LIMITS, at_once=2)
    assert contents(class_) == before
    return grades


@LINUX
@pytest.mark.slow
class TestTheClass:
    def test_has_sixty_students_and_every_row_is_right(self, graded):
        assert len(graded.rows) >= 60
        assert {row.student: verdicts(row) for row in graded.rows} == EXPECTED

    def test_leaves_no_process(self, graded):
        assert b"chainrule.grading.inside" not in subprocess.check_output(["ps", "-eo", "args"])

    def test_forbids_everything_here(self, graded):
        assert graded.holes == ()

    def test_says_what_a_student_should_change(self, graded):
        rows = {row.student: row for row in graded.rows}
        said = {name: rows[name].feedback["descent-step"].message for name in rows}
        assert said["wrong-sign"].startswith("this climbs")
        assert said["ends"] == "a.py, line 8: it ended the process"
        assert said["crashes"] == "a.py, line 8: it ended the process"
        assert said["deaf"] == "a.py, line 10: stopped: it took longer than 2 s"
        assert said["floods"] == "a.py, line 8: stopped: it told too much"
        assert "raised MemoryError" in said["memory"]
        assert "the result has 1000000 numbers" in said["huge-result"]
        assert "changes its argument w" in said["changes-its-argument"]
        assert said["broken"] == "a.py, line 10: invalid syntax"
        assert said["half"], said["open"] == ("not in the files", "not answered")
        assert rows["huge"].notes == ("a.py: 21 MiB, not read: more than 20",)
        assert rows["no-json"].notes == ("a.ipynb: not a notebook (of nbformat 4)",)
        assert rows["other-files"].notes == (
            "report.pdf: neither a notebook nor a Python file, not read",
        )

    def test_is_the_same_in_every_byte_when_it_is_graded_again(self, graded, class_):
        again = grade(class_, worth=WORTH, limits=LIMITS, at_once=1)
        assert table(again) == table(graded)
        assert data(again) == data(graded)
        assert [*summary(again)] == [*summary(graded)]
        for row, other in zip(again.rows, graded.rows, strict=True):
            assert letter(row, again) == letter(other, graded)
