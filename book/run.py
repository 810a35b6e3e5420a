"""Run notebooks from a fresh kernel, top to bottom, and keep their outputs.

python book/run.py            # all of them
python book/run.py a.ipynb    # some of them

What changes from run to run or from machine to machine, time stamps and
versions, is left out of the files.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from tqdm import tqdm


def run(path: Path) -> None:
    """Run one notebook and write it back with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    named = [Path(name) for name in sys.argv[1:]]
    everything = sorted(Path(__file__).parent.rglob("*.ipynb"))
    for path in tqdm(named or everything, unit="notebook"):
        run(path)
