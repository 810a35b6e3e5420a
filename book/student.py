"""Copy the book and its package without the solutions, for lecturers.

python book/student.py FOLDER                # with the book's own numbers
python book/student.py FOLDER --variant 7    # with others, drawn by a seed

FOLDER is then a book of its own, to be built and installed like this one. Its
pages lack every solution, every "Answer" that can be folded out, and the
hidden cells that check those; the hints stay. The outputs are those that the
notebooks hold, compared by book/check.py before they are copied. Its package
checks the same answers, and holds the exercises sealed
(chainrule/exercises/sealed.py) in the place of the modules that solve them.
"""

import argparse
import re
from pathlib import Path
from shutil import copy2, copytree, ignore_patterns, rmtree

import nbformat
import yaml
from run import stamp

from chainrule.exercises import DRAWN, SEALED, SECTIONS, Exercise, variant
from chainrule.exercises.sealed import seal
from chainrule.pages import PAGES

ROOT = Path(__file__).parents[1]
OPENS = r"\{(?:solution[^}]*\}|dropdown\}[ ]*Answer)"
BLOCK = re.compile(
    rf"^[ ]*(?P<fence>:{{3,}}|`{{3,}}){OPENS}.*?^[ ]*(?P=fence)[ ]*$\n*",
    re.MULTILINE | re.DOTALL,
)
CACHES = ignore_patterns("__pycache__", ".*", "*.egg-info")
ASKED = re.compile(
    r"^:::\{exercise\}[^\n]*\n:label: (\S+)\n.*?"
    r"(?=^:::\{(?:exercise|solution)\}|\Z)",
    re.MULTILINE | re.DOTALL,
)
SHARED = ("_toc.yml", "CITATION.cff", "LICENSE", "README.md")


def without_solutions(text: str) -> str:
    """Take the solutions and answers out of a page's Markdown."""
    stripped, count = BLOCK.subn("", text)
    if left := re.search(OPENS + ".*", stripped):
        raise ValueError(f"this block has no end: {left[0]}")
    return stripped.rstrip() if count else text


def stays(cell: nbformat.NotebookNode) -> bool:
    """Say whether a cell has anything left, and checks no folded answer."""
    tags = cell.metadata.get("tags", [])
    return bool(cell.source) and ("remove-cell" not in tags or is_first(cell))


def is_first(cell: nbformat.NotebookNode) -> bool:
    """Say whether it is the cell that finds the package (book/run.py)."""
    return cell.id == "install"


def with_numbers(text: str, number: int | None) -> str:
    """Put a variant's numbers into the exercises of a page's Markdown."""

    def rewritten(found: re.Match) -> str:
        name = found[1]
        if number is None or name not in DRAWN:
            return found[0]
        one = DRAWN[name]
        return one.rewritten(found[0], one.numbers(name, number))

    return ASKED.sub(rewritten, text)


def copy(folder: Path, number: int | None = None) -> None:
    """Make the folder, and copy the book and its package into it.

    The number is a variant's; with None the exercises are the book's own.
    """
    exercises = variant(number)
    copy_the_pages(folder, number)
    copy_the_package(folder, exercises, number)
    for name in SHARED:
        copy2(ROOT / name, folder)


def copy_the_pages(folder: Path, number: int | None) -> None:
    """Copy what the book is built from."""
    copytree(ROOT / "book", folder / "book", ignore=CACHES)
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(without_solutions(text), encoding="utf-8")
    for page in folder.rglob("*.ipynb"):
        notebook = nbformat.read(page, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = without_solutions(
                    with_numbers(cell.source, number)
                )
        notebook.cells = [cell for cell in notebook.cells if stays(cell)]
        stamp(notebook, "")  # at the book's address are the solutions
        nbformat.write(notebook, page)
    settings = yaml.safe_load(
        (ROOT / "_config.yml").read_text(encoding="utf-8")
    )
    del settings["sphinx"]["local_extensions"]["checked"]
    settings["sphinx"]["config"]["extensions"].remove("checked")
    settings["repository"]["url"] = ""
    (folder / "_config.yml").write_text(
        yaml.safe_dump(settings), encoding="utf-8"
    )


def copy_the_package(
    folder: Path, exercises: dict[str, Exercise], number: int | None
) -> None:
    """Copy the package, with the exercises sealed."""
    package = folder / "src" / "chainrule"
    copytree(ROOT / "src" / "chainrule", package, ignore=CACHES)
    for page in PAGES:
        module = package / "exercises" / page.name
        if module.is_dir():
            rmtree(module)
        else:
            module.with_suffix(".py").unlink()
    pages = {
        page.name: {name: exercises[name] for name in section.exercises}
        for page, section in zip(PAGES, SECTIONS, strict=True)
    }
    (package / "exercises" / SEALED.name).write_bytes(seal(pages))
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    # another version: pip then puts it in the place of the whole package
    local = "student" if number is None else f"variant.{number}"
    text, count = re.subn(r'(?m)^(version = ".+)"$', rf'\1+{local}"', text)
    if count != 1:
        raise ValueError(f"pyproject.toml: {count} versions, expected one")
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--variant", metavar="N", type=int)
    options = parser.parse_args()
    try:
        copy(options.folder, options.variant)
    except (FileExistsError, ValueError) as error:
        parser.error(str(error))
