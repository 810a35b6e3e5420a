"""Copy the book and its package without the solutions, for lecturers.

python book/student.py FOLDER

FOLDER is then a book of its own, to be built and installed like this one. Its
pages lack every solution, every "Answer" that can be folded out, and the
hidden cells that check those; the hints stay. The outputs are those that the
notebooks hold, compared by book/check.py before they are copied. Its package
checks the same answers, and holds the exercises sealed
(chainrule/exercises/sealed.py) in the place of the modules that solve them.
"""

import re
import sys
from pathlib import Path
from shutil import copy2, copytree, ignore_patterns, rmtree

import nbformat
import yaml
from run import stamp

from chainrule.exercises import SEALED, SECTIONS
from chainrule.exercises.sealed import seal
from chainrule.pages import PAGES

ROOT = Path(__file__).parents[1]
OPENS = r"\{(?:solution[^}]*\}|dropdown\}[ ]*Answer)"
BLOCK = re.compile(
    rf"^[ ]*(?P<fence>:{{3,}}|`{{3,}}){OPENS}.*?^[ ]*(?P=fence)[ ]*$\n*",
    re.MULTILINE | re.DOTALL,
)
CACHES = ignore_patterns("__pycache__", ".*", "*.egg-info")
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


def copy(folder: Path) -> None:
    """Make the folder, and copy the book and its package into it."""
    copy_the_pages(folder)
    copy_the_package(folder)
    for name in SHARED:
        copy2(ROOT / name, folder)


def copy_the_pages(folder: Path) -> None:
    """Copy what the book is built from."""
    copytree(ROOT / "book", folder / "book", ignore=CACHES)
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(without_solutions(text), encoding="utf-8")
    for page in folder.rglob("*.ipynb"):
        notebook = nbformat.read(page, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = without_solutions(cell.source)
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


def copy_the_package(folder: Path) -> None:
    """Copy the package, with the exercises sealed."""
    package = folder / "src" / "chainrule"
    copytree(ROOT / "src" / "chainrule", package, ignore=CACHES)
    for page in PAGES:
        module = package / "exercises" / page.name
        if module.is_dir():
            rmtree(module)
        else:
            module.with_suffix(".py").unlink()
    pages = zip(PAGES, SECTIONS, strict=True)
    sealed = seal({page.name: section.exercises for page, section in pages})
    (package / "exercises" / SEALED.name).write_bytes(sealed)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    # another version: pip then puts it in the place of the whole package
    text, count = re.subn(r'(?m)^(version = ".+)"$', r'\1+student"', text)
    if count != 1:
        raise ValueError(f"pyproject.toml: {count} versions, expected one")
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    copy(Path(sys.argv[1]))
