"""The book and the package without their solutions: they are gone, and nothing else is."""

import json
import os
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from chainrule.exercises import DRAWN, EXERCISES, SEALED, variant
from chainrule.exercises.sealed import unseal
from chainrule.pages import PAGES

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book"))
student = runpy.run_path(str(ROOT / "book" / "student.py"))
sys.path.pop(0)
SOLUTIONS = runpy.run_path(str(Path(__file__).with_name("test_solutions.py")))
without_solutions = student["without_solutions"]


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student") / "source"
    student["copy"](folder)
    return folder


def notebooks(folder):
    pages = sorted(folder.glob("book/**/*.ipynb"))
    return {
        page.relative_to(folder).as_posix(): json.loads(page.read_text(encoding="utf-8"))
        for page in pages
    }


def lines(notebook):
    """Give the lines of the Markdown of a notebook, but for empty ones."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return [line for c in cells for line in "".join(c["source"]).split("\n") if line.strip()]


def divided(found):
    """Split lines into the solutions and answers, by their first lines, and what is left."""
    solutions, rest, inside = {}, [], None
    for line in found:
        if line.startswith((":::{solution}", ":::{dropdown} Answer")):
            inside = solutions.setdefault(line, [])
        elif inside is None:
            rest.append(line)
        elif line == ":::":
            inside = None
        else:
            inside.append(line)
    return solutions, rest


def test_no_solution_is_left(copied):
    left = "\n".join("\n".join(lines(notebook)) for notebook in notebooks(copied).values())
    left += "\n".join(page.read_text(encoding="utf-8") for page in copied.rglob("*.md"))
    solutions = {}
    for notebook in notebooks(ROOT).values():
        solutions |= divided(lines(notebook))[0]
    assert {f":::{{solution}} {name}" for name in EXERCISES} <= set(solutions)
    for first, solution in solutions.items():
        body = "\n".join(line for line in solution if line != ":class: dropdown")
        assert body not in left, first
    assert not re.search(r"\{solution|dropdown\} *Answer", left)


def test_all_else_in_the_notebooks_is_left(copied):
    before, after = notebooks(ROOT), notebooks(copied)
    assert before.keys() == after.keys()
    checking = 0
    for page, notebook in before.items():
        assert lines(after[page]) == divided(lines(notebook))[1], page
        code, left = (
            [c for c in nb["cells"] if c["cell_type"] == "code"] for nb in (notebook, after[page])
        )
        hidden = [c for c in code[1:] if "remove-cell" in c["metadata"].get("tags", [])]
        for cell in hidden:  # they check the folded answers
            assert re.search("question|answer", "".join(cell["source"]))
        assert [c for c in code if c not in hidden] == left, page
        assert notebook["metadata"] == after[page]["metadata"]
        checking += len(hidden)
    assert checking == 4
    hints = "".join(map(str, after.values())).count(":::{dropdown} Hint")
    assert hints == len(EXERCISES)


def test_all_other_files_are_the_same(copied):
    files = [f for f in copied.rglob("*") if f.is_file() and f.suffix != ".ipynb"]
    sealed = copied / "src" / "chainrule" / "exercises" / SEALED.name
    for changed in (copied / "_config.yml", copied / "pyproject.toml", sealed):
        files.remove(changed)
    assert copied / "_toc.yml" in files
    assert copied / "src" / "chainrule" / "network.py" in files
    for file in files:
        assert file.read_bytes() == (ROOT / file.relative_to(copied)).read_bytes(), file


def test_the_settings_are_those_of_the_book_but_for_the_check_of_what_was_copied(copied):
    before, after = (
        yaml.safe_load((f / "_config.yml").read_text(encoding="utf-8")) for f in (ROOT, copied)
    )
    assert before["execute"]["execute_notebooks"] == "off"
    del before["sphinx"]["local_extensions"]["checked"]
    before["sphinx"]["config"]["extensions"].remove("checked")
    assert after == before
    assert after["repository"]["url"] == ""  # a button would lead to the solutions


def test_a_block_ends_at_a_fence_like_its_own():
    block = "::::{{{0}\n:class: dropdown\n\n:::{{note}}\nso\n:::\n```python\nx\n```\n::::\n"
    for kind in ("solution} name", "dropdown} Answer", "dropdown} Answers to both"):
        page = f"before\n\n{block.format(kind)}\n:::{{dropdown}} Hint\nhint\n:::\n"
        assert without_solutions(page) == "before\n\n:::{dropdown} Hint\nhint\n:::"


def test_a_page_without_solutions_is_left_as_it_is():
    assert without_solutions("Answer\n\n:::{note}\nsolution\n:::\n\n") == (
        "Answer\n\n:::{note}\nsolution\n:::\n\n"
    )


def test_a_block_without_an_end_is_an_error():
    with pytest.raises(ValueError, match=r"no end: \{solution\} steps-order"):
        without_solutions(":::{solution} steps-order\n:class: dropdown\n\n**c.**\n")


def test_an_existing_folder_is_not_written_into(tmp_path):
    (tmp_path / "book").mkdir()
    with pytest.raises(FileExistsError):
        student["copy"](tmp_path)
    assert list(tmp_path.rglob("*.ipynb")) == []


# ---- the package --------------------------------------------------------------------------------


def package_of(folder):
    """Give the names of the package's files below a folder."""
    files = (f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    return {f.relative_to(folder).as_posix() for f in files if ".egg-info" not in str(f)}


def is_of_a_page(name):
    """Say whether a module solves the exercises of a page."""
    found = re.match(r"chainrule/exercises/(\w+)", name)
    return bool(found) and found[1] in {page.name for page in PAGES}


@pytest.fixture(scope="module")
def wheel(copied, tmp_path_factory):
    """Build the students' wheel, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-deps"]
    command += ["--no-build-isolation", "-w", str(folder), str(copied)]
    subprocess.run(command, check=True)
    [found] = folder.glob("*.whl")
    return found


def test_the_package_has_all_but_what_solves_the_exercises(copied):
    left = package_of(copied / "src")
    gone = {name for name in package_of(ROOT / "src") if is_of_a_page(name)}
    assert len(gone) >= len(PAGES)
    assert left == package_of(ROOT / "src") - gone | {f"chainrule/exercises/{SEALED.name}"}


@pytest.mark.slow
def test_no_solution_is_in_the_wheel(wheel):
    assert re.fullmatch(r"chainrule-[\d.]+\+student-py3-none-any\.whl", wheel.name)
    with zipfile.ZipFile(wheel) as zipped:
        names = {name for name in zipped.namelist() if name.startswith("chainrule/")}
        texts = {
            name: zipped.read(name).decode()
            for name in zipped.namelist()
            if not name.endswith((".npz", ".z"))
        }
    assert names == {name for name in package_of(ROOT / "src") if not is_of_a_page(name)} | {
        f"chainrule/exercises/{SEALED.name}"
    }
    for name, exercise in EXERCISES.items():
        if exercise.kind in ("choice", "number"):
            right = exercise.solution if exercise.kind == "choice" else f"{exercise.solution:.12g}"
            asked = [
                line.partition(f'"{name}"')[2]
                for text in texts.values()
                for line in text.splitlines()
                if f'"{name}"' in line
            ]
            assert not [rest for rest in asked if re.search(rf"\b{re.escape(right)}\b", rest)]
    checkers = {
        line.strip()
        for name, text in texts.items()
        if "/exercises/" in name
        for line in text.splitlines()
    }
    code = [name for name, one in EXERCISES.items() if one.kind in ("function", "array")]
    printed = {
        line.strip()
        for name in code
        for solution in SOLUTIONS["printed"](name)
        for line in solution.splitlines()
    }
    assert printed & checkers <= {"", ")", "]", "import math"}


ASK = """
import json, sys
from chainrule.exercises import EXERCISES, SEALED, check
from chainrule.exercises.progress import listing
assert SEALED.is_file()
said = [check(*one) for one in json.load(sys.stdin)]
print(json.dumps([[[one.right, one.message] for one in said], [*listing()]]))
"""


@pytest.mark.slow
def test_the_wheel_is_installed_and_checks_as_the_package_does(wheel, tmp_path):
    from chainrule.exercises.progress import listing

    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(tmp_path), str(wheel)], check=True)
    asked = [
        (name, answer)
        for name, exercise in EXERCISES.items()
        if exercise.kind in ("choice", "number")
        for answer in (exercise.solution, *(wrong for wrong, _ in exercise.mistakes), "no answer")
    ]
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        input=json.dumps(asked, default=float),
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    said, listed = json.loads(done.stdout)
    for (name, answer), (right, message) in zip(asked, said, strict=True):
        feedback = EXERCISES[name].check(answer)
        assert (right, message) == (feedback.right, feedback.message)
    assert listed == [*listing()]


# ---- with other numbers -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def varied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("varied") / "source"
    student["copy"](folder, 7)
    return folder


def test_pages_and_package_have_the_same_other_numbers(copied, varied):
    before, after = (
        [line for notebook in notebooks(folder).values() for line in lines(notebook)]
        for folder in (copied, varied)
    )
    changed = [pair for pair in zip(before, after, strict=True) if len({*pair}) == 2]
    assert len(DRAWN) <= len(changed) <= sum(len(one.text(**one.own)) for one in DRAWN.values())
    for name, one in DRAWN.items():
        numbers = one.numbers(name, 7)
        for own, piece in zip(one.text(**one.own), one.text(**numbers), strict=True):
            assert any(own in was and piece in now and own not in now for was, now in changed), name
    data = varied / "src" / "chainrule" / "exercises" / SEALED.name
    sealed = {n: e for page in unseal(data.read_bytes()).values() for n, e in page.items()}
    for name, exercise in variant(7).items():
        if exercise.kind in ("choice", "number"):
            assert sealed[name].check(exercise.solution).right is True
            assert (sealed[name].check(EXERCISES[name].solution).right is True) == (
                name not in DRAWN
            )
    assert '+variant.7"' in (varied / "pyproject.toml").read_text(encoding="utf-8")


def test_a_solution_keeps_the_numbers_of_the_page_until_it_is_taken_out():
    page = ":::{exercise} He\n:label: he-start\n\nreads 200 neurons and has 50.\n:::\n"
    page += ":::{solution} he-start\nreads 200 neurons and has 50.\n:::\n"
    numbers = DRAWN["he-start"].numbers("he-start", 3)
    text = "reads {inputs} neurons and has {outputs}."
    assert student["with_numbers"](page, 3) == page.replace(
        text.format(inputs=200, outputs=50), text.format(**numbers), 1
    )
    assert student["with_numbers"](page, None) == page


@pytest.mark.slow
def test_the_students_package_draws_no_other_numbers(varied):
    done = subprocess.run(
        [sys.executable, "-m", "chainrule", "exercises", "none.py", "--variant", "8"],
        env=os.environ | {"PYTHONPATH": str(varied / "src"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "variant: this is a package for students, whose numbers are drawn" in done.stderr
