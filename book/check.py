"""Run the notebooks and compare every output with the one that is stored.

python book/check.py            # those not yet compared as they are now
python book/check.py --all      # all of them
python book/check.py a.ipynb    # some of them, again

nbval runs each from a fresh kernel, as many at once as there are processors,
and book/conftest.py compares the pictures. What agreed is noted with a
fingerprint of all that the outputs depend on: the code and the outputs of the
notebook, the package, the pinned requirements, Python. A change of prose is
none. The book is built from the stored outputs, and only where every notebook
has such a note (book/_ext/checked.py).
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from tqdm import tqdm

BOOK = Path(__file__).resolve().parent
ROOT = BOOK.parent
NOTES = ROOT / "_build" / "checked.json"
# started first, so that none of them is left alone at the end
LONGEST = (
    "races",
    "cnn",
    "device",
    "losses",
    "overlap",
    "errata",
    "data-parallel",
)


def name(page: Path) -> str:
    """Give the name that a notebook has in the notes."""
    return str(page.relative_to(BOOK).with_suffix(""))


def notebooks() -> list[Path]:
    """Give all notebooks of the book, those that take longest first."""
    pages = sorted(BOOK.rglob("*.ipynb"))
    order = [*LONGEST, *(page.stem for page in pages)]
    return sorted(pages, key=lambda page: order.index(page.stem))


def shared_digest() -> bytes:
    """Give a digest of what the outputs of all notebooks depend on."""
    package = sorted((ROOT / "src" / "chainrule").rglob("*.*"))
    files = [file for file in package if file.suffix != ".pyc"]
    files += [ROOT / "requirements.txt", BOOK / "conftest.py"]
    digest = hashlib.sha256(platform.python_version().encode())
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.digest()


def fingerprint(notebook: Path, shared: bytes) -> str:
    """Give a digest of what decides whether the stored outputs are right."""
    cells = [
        (cell.source, cell.outputs, cell.metadata.get("tags"))
        for cell in nbformat.read(notebook, as_version=4).cells
        if cell.cell_type == "code"
    ]
    digest = hashlib.sha256(shared)
    digest.update(json.dumps(cells, sort_keys=True).encode())
    return digest.hexdigest()


def notes() -> dict[str, str]:
    """Give the fingerprints of the notebooks that agreed."""
    if not NOTES.is_file():
        return {}
    return json.loads(NOTES.read_text(encoding="utf-8"))


def unchecked() -> list[Path]:
    """Give the notebooks that were not compared as they are now."""
    noted, shared = notes(), shared_digest()
    return [
        page
        for page in notebooks()
        if noted.get(name(page)) != fingerprint(page, shared)
    ]


def compare(notebook: Path, threads: int) -> tuple[bool, str]:
    """Run a notebook by nbval; tell whether it agreed, and what was said."""
    options = ["--nbval", "--nbval-current-env", "-q"]
    options += ["-p", "no:cacheprovider"]
    limits = {
        name: os.environ.get(name, str(threads))
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    }
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(notebook)],
        cwd=ROOT,
        env=os.environ | limits,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return result.returncode == 0, result.stdout + result.stderr


def check(pages: list[Path]) -> bool:
    """Compare the notebooks, note those that agree, and print the others."""
    processors = os.cpu_count() or 1
    at_once = max(1, min(processors, len(pages)))
    threads, agreed = processors // at_once, True
    shared = shared_digest()
    with ThreadPoolExecutor(at_once) as pool:
        # taken first: what is changed meanwhile was not compared
        running = {
            pool.submit(compare, page, threads): (
                page,
                fingerprint(page, shared),
            )
            for page in pages
        }
        for done in tqdm(
            as_completed(running), total=len(pages), unit="notebook"
        ):
            page, seen = running[done]
            same, said = done.result()
            if same:
                NOTES.parent.mkdir(exist_ok=True)
                NOTES.write_text(
                    json.dumps(notes() | {name(page): seen}), encoding="utf-8"
                )
            else:
                agreed = False
                tqdm.write(f"{said}\n✗ {name(page)} disagrees")
    return agreed


def main() -> int:
    """Read the command line, compare, and give the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("pages", nargs="*", type=Path, metavar="a.ipynb")
    parser.add_argument(
        "--all", action="store_true", help="also what was compared already"
    )
    options = parser.parse_args()
    pages = [page.resolve() for page in options.pages]
    if unknown := [page for page in pages if page not in notebooks()]:
        parser.error(f"no notebook of the book: {unknown[0]}")
    pages = pages or (notebooks() if options.all else unchecked())
    if not pages:
        tqdm.write("every notebook was compared as it is now")
        return 0
    return 0 if check(pages) else 1


if __name__ == "__main__":
    sys.exit(main())
