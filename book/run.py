"""Run notebooks from a fresh kernel, top to bottom, and keep their outputs.

python book/run.py            # all of them
python book/run.py a.ipynb    # some of them

What changes from run to run or from machine to machine, time stamps and
versions, is left out of the files. A notebook's first code cell, which
installs the package where it is missing, and lets the notebook go on where
PyTorch or SymPy is, is written here, with the address that _config.yml has.
"""

import sys
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient
from tqdm import tqdm

CONFIG = Path(__file__).parents[1] / "_config.yml"
PACKAGE = "chainrule[torch,sympy]"
# pages are built from stored outputs, and coloured by this lexer
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
FIRST_CELL = """\
from importlib.util import find_spec

if find_spec("chainrule") is None:  # as on Colab
    """
GO_ON = """

from chainrule.notebooks import skip_what_is_missing

skip_what_is_missing()"""


def first_cell(address: str) -> str:
    """Give the code that finds the package or installs it from `address`.

    Where the book has no address, the cell says how to install the package.
    """
    if address:
        install = f'%pip install -q "{PACKAGE} @ git+{address}"'
    else:
        install = (
            "raise ImportError(\n"
            '        "chainrule is missing: in the book\'s folder, run "\n'
            "        'pip install \".[torch,sympy]\"'\n"
            "    )"
        )
    return FIRST_CELL + install + GO_ON


def stamp(notebook: nbformat.NotebookNode, address: str) -> None:
    """Make the first code cell the one that finds the package."""
    kinds = [cell.cell_type for cell in notebook.cells]
    first = kinds.index("code")
    if notebook.cells[first].id != "install":
        cell = nbformat.v4.new_code_cell(id="install")
        cell.metadata.tags = ["remove-cell"]
        notebook.cells.insert(first, cell)
    notebook.cells[first].source = first_cell(address)


def run(path: Path) -> None:
    """Run one notebook and write it back with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    settings = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    stamp(notebook, settings["repository"]["url"])
    NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    notebook.metadata["language_info"] = LANGUAGE
    nbformat.write(notebook, path)


if __name__ == "__main__":
    named = [Path(name) for name in sys.argv[1:]]
    everything = sorted(Path(__file__).parent.rglob("*.ipynb"))
    for path in tqdm(named or everything, unit="notebook"):
        run(path)
