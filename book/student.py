"""Copy the sources of the book without the solutions, for lecturers.

python book/student.py FOLDER

The pages in FOLDER lack every solution and every "Answer" that can be folded
out; the hints stay. The outputs are those that the notebooks hold, compared
by book/check.py before they are copied.
"""

import re
import sys
from pathlib import Path
from shutil import copy2, copytree, ignore_patterns

import nbformat
import yaml

ROOT = Path(__file__).parents[1]
OPENS = r"\{(?:solution[^}]*\}|dropdown\}[ ]*Answer)"
BLOCK = re.compile(
    rf"^[ ]*(?P<fence>:{{3,}}|`{{3,}}){OPENS}.*?^[ ]*(?P=fence)[ ]*$\n*",
    re.MULTILINE | re.DOTALL,
)


def without_solutions(text: str) -> str:
    """Take the solutions and answers out of a page's Markdown."""
    stripped, count = BLOCK.subn("", text)
    if left := re.search(OPENS + ".*", stripped):
        raise ValueError(f"this block has no end: {left[0]}")
    return stripped.rstrip() if count else text


def copy(folder: Path) -> None:
    """Make the folder, and copy into it what the book is built from."""
    caches = ignore_patterns("__pycache__", ".*")
    copytree(ROOT / "book", folder / "book", ignore=caches)
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(without_solutions(text), encoding="utf-8")
    for page in folder.rglob("*.ipynb"):
        notebook = nbformat.read(page, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = without_solutions(cell.source)
        notebook.cells = [cell for cell in notebook.cells if cell.source]
        nbformat.write(notebook, page)
    settings = yaml.safe_load(
        (ROOT / "_config.yml").read_text(encoding="utf-8")
    )
    del settings["sphinx"]["local_extensions"]["checked"]
    settings["sphinx"]["config"]["extensions"].remove("checked")
    (folder / "_config.yml").write_text(
        yaml.safe_dump(settings), encoding="utf-8"
    )
    for name in ("_toc.yml", "CITATION.cff"):
        copy2(ROOT / name, folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    copy(Path(sys.argv[1]))
