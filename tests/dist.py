"""Build the sdist and the wheel into `_build/dist`, and try them where nothing else is.

    python tests/dist.py

The tools that build and check, and the wheel, get environments of their own, which are thrown away.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
DIST = ROOT / "_build" / "dist"


def environment(folder: Path, *packages: str | Path) -> Path:
    """Make an environment with these packages and give its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True)
    return python


def left_out(wheel: Path, sdist: Path) -> set[str]:
    """Give what the repository has and the two files lack."""
    listed = subprocess.check_output(
        ["git", "ls-files", "src/chainrule"], cwd=ROOT, encoding="utf-8"
    )
    package = set(listed.split())
    with ZipFile(wheel) as file:
        packed = {f"src/{name}" for name in file.namelist()}
    with tarfile.open(sdist) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    return package - packed | (package | {"CHANGELOG.md", "CITATION.cff", "LICENSE"}) - sources


def main() -> str | None:
    """Build and try; give what is wrong, if anything is."""
    shutil.rmtree(DIST, ignore_errors=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        tools = environment(folder / "tools", "build", "twine")
        subprocess.run([tools, "-m", "build", "--outdir", DIST, ROOT], check=True)
        (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
        subprocess.run([tools, "-m", "twine", "check", "--strict", wheel, sdist], check=True)
        if missing := left_out(wheel, sdist):
            return f"left out: {', '.join(sorted(missing))}"
        # isolated: neither PYTHONPATH nor this folder's src lends it anything
        command = [environment(folder / "empty", wheel), "-I", "-m", "chainrule", "verify", "1.1"]
        told = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8")
    sys.stdout.write(told.stdout)
    # nothing brings PyTorch there: its oracle has to say so, and the other one to agree
    if told.returncode != 2 or not told.stdout.endswith("1 skipped\n"):
        return f"verify 1.1 ended with {told.returncode}, and 2 was expected"
    return None


if __name__ == "__main__":
    sys.exit(main())
