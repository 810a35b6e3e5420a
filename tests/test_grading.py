"""A class of sixty is graded: everybody's row is right, whatever somebody's code tries."""

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import chainrule
from chainrule.__main__ import main
from chainrule.exercises import EXERCISES, SECTIONS, variant
from chainrule.exercises.plain import plain, recorded, value_of
from chainrule.grading import Grades, Limits, Row, chosen, grade, points
from chainrule.grading.core import judge
from chainrule.grading.inside.needed import needed
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
    "latin-notebook": {
        "a.ipynb": notebook("# M\xfc", ALL).replace("\\u00fc", "ü").encode("latin-1")
    },
    "by-a-view": {
        "a.py": ALL.replace("30", "x[0][0]").replace(
            IMPORT, f"{IMPORT}x = [[1]]\nrow = x[0]\nrow[0] = 30\n"
        )
    },
    "by-a-call": {
        "a.py": ALL.replace("30", "n['it']").replace(
            IMPORT, f"{IMPORT}n = {{}}\ndef count():\n    n['it'] = 30\ncount()\n"
        )
    },
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
        in_a_function(
            "while True:\n    try:\n        pass\n    except BaseException:\n        pass"
        ),
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
        in_a_function("class Odd:\n    def __repr__(self):\n        raise KeyError\nreturn Odd()"),
        "rrwr",
    ),
    "endless-import": (
        {
            "a.py": f"{IMPORT}import other\n{PARTS[0]}{PARTS[1]}check('which-part', other.d)\n",
            "other.py": "while True:\n    pass",
        },
        "rrmw",
    ),
    "own-check": (
        {"a.py": "def check(name, answer):\n    return True\n" + ALL.removeprefix(IMPORT)},
        "mmmm",
    ),
    "own-result": (
        {"a.py": f"{IMPORT}print('4 of 4')\ncheck('steps-order', 'a').right = True\n"},
        "wmmm",
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
    "signals": "import os\nos.kill(os.getppid(), 0)",  # none that does harm if it can
    "rights": "import os\nos.chmod('..', 0o700)",
    "memory-as-a-file": "import os\nos.memfd_create('uncounted')",
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


LIMITS = Limits(seconds=4)
WORTH = points(None, NAMES)
EXPECTED = (
    dict.fromkeys((*RIGHT, "alone"), "rrrr")
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
        found = {row.student: verdicts(row) for row in graded.rows}
        assert {name: found[name] for name in found if name not in HOSTILE} == EXPECTED

    def test_is_not_harmed_by_code_that_tries_to(self, graded):
        if graded.holes:
            pytest.skip(f"not forbidden on this system: {', '.join(graded.holes)}")
        found = {row.student: verdicts(row) for row in graded.rows if row.student in HOSTILE}
        assert found == dict.fromkeys(HOSTILE, "rrrr")

    def test_leaves_no_process(self, graded):
        assert b"chainrule.grading.inside" not in subprocess.check_output(["ps", "-eo", "args"])

    def test_says_what_a_student_should_change(self, graded):
        rows = {row.student: row for row in graded.rows}
        said = {name: rows[name].feedback["descent-step"].message for name in rows}
        assert said["wrong-sign"].startswith("this climbs")
        assert said["ends"] == said["crashes"] == "a.py, line 7: it ended the process"
        assert said["deaf"].endswith(": stopped: it took longer than 4 s")
        assert said["floods"] == "a.py, line 8: stopped: it told too much"
        assert "raised MemoryError" in said["memory"]
        assert "the result has 1000000 numbers" in said["huge-result"]
        assert "changes its argument w" in said["changes-its-argument"]
        assert said["broken"] == "a.py, line 8: invalid syntax"
        assert said["open"] == "not answered"
        assert rows["half"].feedback["which-part"].message == "not in the files"
        assert rows["huge"].notes == ("a.py: 21 MiB, not read: more than 20",)
        assert rows["no-json"].notes == ("a.ipynb: not a notebook (of nbformat 4)",)
        assert rows["other-files"].notes == (
            "report.pdf: neither a notebook nor a Python file, not read",
        )

    def test_is_the_same_in_every_byte_when_it_is_graded_again(self, graded, class_):
        again = grade(class_, worth=WORTH, limits=LIMITS, at_once=1)
        assert {row.student: row for row in again.rows} == {r.student: r for r in graded.rows}
        assert table(again) == table(graded)
        assert data(again) == data(graded)
        assert [*summary(again)] == [*summary(graded)]
        for row, other in zip(again.rows, graded.rows, strict=True):
            assert letter(row, again) == letter(other, graded)


@LINUX
@pytest.mark.parametrize(
    ("missing", "open_"),
    [
        (None, []),
        (
            "_filter",
            [
                "the network",
                "changing the rights of other files",
                "starting processes",
                "more than 0.5 GiB of memory",
            ],
        ),
        (
            "_landlock",
            [
                "writing outside its own folder",
                "reading other files, such as another's answers or the solutions",
            ],
        ),
        ("limits", ["more than 0.5 GiB of memory"]),
    ],
)
def test_a_wall_that_is_missing_is_said(tmp_path, missing, open_):
    code = f"""
import json, os, sys
from chainrule.grading.inside import walls
{f"walls.{missing} = lambda *given: None" if missing else ""}
os.chdir(sys.argv[1])
walls.build([], ".", 10, 2**29)
print(json.dumps(walls.holes([sys.argv[2]], sys.argv[3], 2**29)))
"""
    (own := tmp_path / "own").mkdir()
    given = own, __file__, tmp_path / "beside"
    done = subprocess.run([sys.executable, "-c", code, *given], capture_output=True, check=True)
    found = json.loads(done.stdout)  # signals may meet both walls
    assert [what for what in found if what != "signals to other processes"] == open_


def test_what_is_not_forbidden_stands_in_the_summary(tmp_path, monkeypatch):
    write(tmp_path, "ada", {})
    monkeypatch.setattr("chainrule.grading.running.Rooms.holes", lambda *given: ["the network"])
    grades = grade(tmp_path, worth=WORTH)
    assert [*summary(grades)][-1] == "not forbidden on this system: the network"
    assert json.loads(data(grades))["not_forbidden"] == ["the network"]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("import torch\ncheck('a', 1)", "2"),
        ("x = 1\nx = 2\ncheck('a', x)", "23"),
        ("x = [1]\nx[0] = 2\nx.append(1)\nfill(x)\nprint(1)\ncheck('a', x)", "12346"),
        ("x = 1\ny = x\nx = 2\ncheck('a', y)", "124"),
        ("def f():\n    return g()\ndef g(): return 1\ncheck('a', f)", "134"),
        ("x = 1\nf = lambda: x\nx = 2\ncheck('a', f)", "1234"),
        ("x = 1\nif x:\n    x += 1\ncheck('a', x)", "124"),
        ("x = 1\ndef f(x):\n    return x\ncheck('a', f)", "24"),
        ("from numpy import *\ny = 1\ncheck('a', exp(1))", "13"),
        ("from chainrule.exercises import check as c\nx = 1\nc('a', 1)", "13"),
        ("from chainrule import exercises\nexercises.check('a', 1)", "12"),
        ("grader.check('q1')\nx = 1", ""),
        ("def go():\n    check('a', x)\nx = 1\ngo()\ny = 1", "134"),
        ("net = make()\nfit(net)\ncheck('a', 1)", "3"),
        ("x = [[0]]\nrow = x[0]\nrow[0] = 1\ncheck('a', x)", "1234"),
        ("x = [[0]]\nfor row in x:\n    row[0] = 1\ncheck('a', x)", "124"),
        ("x = f()\ny = x.T.reshape(2)\ny[0] = 1\nz = f(x)\nz[0] = 1\ncheck('a', x)", "1236"),
        ("x = {}\ndef fill():\n    x[0] = y\ny = 1\nfill()\nprint(1)\ncheck('a', x)", "12457"),
        ("for i in range(3):\n    x[i] = 1\nreturn\ncheck('a', x)", "14"),
    ],
)
def test_what_an_answer_needs_is_run_and_nothing_else(code, lines):
    statements = ast.parse(code).body
    assert "".join(str(statements[i].lineno) for i in needed(statements)) == lines


@pytest.mark.parametrize(
    "value",
    [
        *(1, 0.5, "c", True, [1, [2.5, "a"]], (1, 2), float("inf")),
        *(np.float32(0.1), np.float16(0.5), np.ones((2, 3)), np.arange(3), np.zeros((0, 2))),
    ],
)
def test_plain_data_comes_back_as_it_was(value):
    back = value_of(json.loads(json.dumps(plain(value))))
    assert repr(back) == repr(np.asarray(value) if isinstance(value, np.generic) else value)


@pytest.mark.parametrize(
    "value", [object(), 1j, np.ones(10**5), len, {1: 2}, [set()], "x" * 10**6, 10**999]
)
def test_what_is_no_plain_data_is_wrong_and_not_an_error(value):
    given = {"value": json.loads(json.dumps(plain(value)))}
    assert len(json.dumps(given)) < 1000
    for name in ("steps-order", "updates-per-epoch", "descent-step", "edge-kernel"):
        assert judge(EXERCISES[name], given).right is False


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"value": {}},
        {"value": {"array": [1], "shape": [9], "dtype": "float64"}},
        {"value": {"array": [1], "shape": [1], "dtype": "O"}},
        {"function": 1},
        {"function": {"name": "f", "parameters": [], "trials": []}},
        {"function": {"name": "f", "parameters": [], "trials": [{"right": True}] * 6}},
    ],
)
def test_what_makes_no_sense_is_a_wrong_answer(given):
    assert judge(EXERCISES["descent-step"], given).right is False


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n, e in EXERCISES.items() if e.kind == "function"])
def test_a_function_is_judged_through_the_wall_as_it_is_at_home(name):
    exercise = EXERCISES[name]
    for function in (exercise.solution, *(wrong for wrong, _ in exercise.mistakes)):
        told = recorded(function, exercise.tried(), exercise.cancels)
        given = {"function": json.loads(json.dumps(told))}
        assert judge(exercise, given) == exercise.check(function)


class TestStudents:
    def test_are_subfolders_and_files(self, tmp_path):
        write(tmp_path, "ada", {"b/c.py": "", ".ipynb_checkpoints/c.ipynb": "", "d.txt": ""})
        for name in ("bob.py", "bob.ipynb", "notes.txt", ".hidden.py"):
            (tmp_path / name).touch()
        ada, bob = students(tmp_path)
        assert (ada.name, [*ada.files]) == ("ada", ["b/c.py"])
        assert ada.notes == ["d.txt: neither a notebook nor a Python file, not read"]
        assert (bob.name, [*bob.files]) == ("bob", ["bob.ipynb", "bob.py"])

    def test_are_not_mixed_where_their_names_look_alike(self, tmp_path):
        for name in (b"a\xff.py", b"a\\xff.py"):
            (tmp_path / os.fsdecode(name)).touch()
        assert [(s.name, len(s.files)) for s in students(tmp_path)] == [
            ("a\\xff", 1),
            ("a\\xff?", 1),
        ]

    @pytest.mark.parametrize("folder", ["none", "."])
    def test_are_missing(self, tmp_path, folder):
        with pytest.raises(FileNotFoundError):
            students(tmp_path / folder)


class TestPoints:
    def test_of_sections_and_exercises(self, tmp_path):
        file = tmp_path / "points.toml"
        file.write_text('which-part = 0.5\n"1.1" = 2\nlosses = 3', encoding="utf-8")
        worth = points(file, chosen(["1.1", "cnn"]))
        assert worth == dict(zip(NAMES, (2, 2, 2, 0.5), strict=True)) | dict.fromkeys(
            chosen(["2.2"]), 1
        )

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("which-prt = 1", "called 'which-prt': did you mean 'which-part'?"),
            ("1.1 = 2", "called '1', for it has a dot"),
            ('"1.1" = "2"', "1.1: expected a number from 0 on, got '2'"),
            ("which-part = -1", "which-part: expected a number from 0 on, got -1"),
            ("which-part = true", "which-part: expected a number from 0 on, got True"),
            ("which-part = nan", "got nan"),
            ("which-part =", "is not TOML"),
            (None, "cannot read"),
        ],
    )
    def test_that_are_none_are_named(self, tmp_path, text, message):
        file = tmp_path / "points.toml"
        if text is not None:
            file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=re.escape(message)):
            points(file, NAMES)

    def test_of_every_section(self):
        assert chosen([]) == [*EXERCISES]
        assert [n for s in SECTIONS for n in chosen([s.title.split()[0]])] == [*EXERCISES]
        for word in ("1.4.5", "1.4.6", "1.4.8", "1.4.5-1.4.8"):
            assert chosen([word]) == chosen(["overlap"])
        with pytest.raises(ValueError, match=re.escape("did you mean 'losses'?")):
            chosen(["loses"])


@pytest.mark.slow
class TestCommand:
    def test_writes_what_is_asked_for(self, tmp_path, capsys):
        folder = tmp_path / "class"
        write(folder, "=ada", {"a.py": ALL})
        write(folder, "bob", {"a.py": OTHERS["wrong-sign"][0]["a.py"] + '\ncheck("nonsense", 1)'})
        write(folder, "carl", {"a.py": OTHERS["wrong-sign"][0]["a.py"]})
        (tmp_path / "points.toml").write_text("descent-step = 2.5", encoding="utf-8")
        options = ["--section", "1.1", "--limit", "5"]
        for name in ("points.toml", "grades.csv", "grades.json", "feedback"):
            options += [
                f"--{Path(name).suffix[1:]}" if "grades" in name else f"--{Path(name).stem}"
            ]
            options += [str(tmp_path / name)]
        assert main(["grade", str(folder), *options]) == 0
        out = capsys.readouterr().out
        assert "descent-step               33% right: 1 right, 2 wrong, 0 missing" in out
        assert "      2 times: this climbs: the gradient points uphill, so subtract" in out
        assert "bob: no exercise is called 'nonsense'" in out
        assert "3 graded; half of them have 3 or more of 5.5 points" in out
        rows = list(csv.reader(io.StringIO((tmp_path / "grades.csv").read_text(encoding="utf-8"))))
        assert rows == [
            ["student_id", "score", "max_score", *NAMES],
            ["'=ada", "5.5", "5.5", "right", "right", "right", "right"],
            ["bob", "3", "5.5", "right", "right", "wrong", "right"],
            ["carl", "3", "5.5", "right", "right", "wrong", "right"],
        ]
        everything = json.loads((tmp_path / "grades.json").read_text(encoding="utf-8"))
        assert everything["students"]["=ada"]["score"] == 5.5
        assert everything["exercises"]["descent-step"]["wrong"] == 2
        told = (tmp_path / "feedback" / "bob.md").read_text(encoding="utf-8")
        assert told.startswith("# bob\n\n3 of 5.5\n\n## 1.1 Training")
        assert "\n- ✗ `descent-step`, 0 of 2.5: this climbs" in told
        assert "\n- ✓ `steps-order`, 1 of 1: right\n" in told
        assert sorted(p.name for p in (tmp_path / "feedback").iterdir()) == [
            "=ada.md",
            "bob.md",
            "carl.md",
        ]

    def test_grades_a_variant_by_its_own_numbers(self, tmp_path, capsys):
        exercise = variant(7)["noise-to-a-third"]
        (mistake, message), *_ = exercise.mistakes
        code = 'from chainrule.exercises import check\ncheck("noise-to-a-third", {!r})'
        for name, answer in (
            ("ada", exercise.solution),
            ("bob", mistake),
            ("carl", EXERCISES["noise-to-a-third"].solution),
        ):
            write(tmp_path / "class", name, {"a.py": code.format(answer)})
        for options, verdicts in ((["--variant", "7"], "rww"), ([], "wwr")):
            file = tmp_path / "grades.json"
            command = ["grade", str(tmp_path / "class"), "--section", "1.2", "--json", str(file)]
            assert main([*command, *options]) == 0
            told = json.loads(file.read_text(encoding="utf-8"))
            given = [s["exercises"]["noise-to-a-third"] for s in told["students"].values()]
            assert "".join(one["verdict"][0] for one in given) == verdicts
            if options:
                assert f"      1 times: {message}" in capsys.readouterr().out
                assert given[1]["feedback"] == message

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["none"], "none: no such folder"),
            ([".", "--section", "9.9"], "section: '9.9' has no exercises"),
            ([".", "--points", "none.toml"], "points: cannot read none.toml"),
            ([".", "--memory", "0.01"], "memory: expected at least 0.5 GiB, got 0.01"),
            ([".", "--limit", "0"], "limit: expected at least 1 second, got 0"),
            ([".", "--at-once", "0"], "at-once: expected at least 1, got 0"),
            ([".", "--variant", "0"], "variant: expected a whole number from 1 on, got 0"),
        ],
    )
    def test_ends_with_2_if_it_cannot_be_used(
        self, tmp_path, monkeypatch, capsys, options, message
    ):
        (tmp_path / "ada.py").touch()
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as ended:
            main(["grade", *options])
        assert ended.value.code == 2
        assert message in capsys.readouterr().err


def test_letters_have_names_that_a_disk_takes(tmp_path):
    row = Row("é" * 200, {}, ())
    write_letters(Grades({}, (row,), (), {}), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["é" * 120 + ".md"]
