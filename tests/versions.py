"""Run the package's tests in an environment of its own, with other versions than `.venv` has.

    python tests/versions.py lowest    # what pyproject.toml's ranges begin with
    python tests/versions.py newest    # what the package index has

The environment is `.venv-lowest` or `.venv-newest`, made anew by the Python that runs this. Words
that follow go to pytest. The tests of the book as a book need its tools, in the versions of
`.venv`, and are left out.
"""

import os
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = ["pytest", "pytest-xdist", "hypothesis", "array-api-strict", "monai"]
OF_THE_BOOK = [f"tests/test_{name}.py" for name in ("book", "check", "spelling", "student")]
TELL = """
import platform, sys
from importlib.metadata import version
print("Python", platform.python_version(), *(f", {n} {version(n)}" for n in sys.argv[1:]))
"""


def needs() -> list[str]:
    """Give what the package needs, its extras included, as pyproject.toml says it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *chain(*project["optional-dependencies"].values())]


def main(versions: str, *words: str) -> int:
    """Make the environment, tell what is in it, and run the tests; give their exit code."""
    folder = ROOT / f".venv-{versions}"
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    constraints = folder / "constraints.txt"
    lowest = [need.replace(">=", "==") for need in needs()] if versions == "lowest" else []
    constraints.write_text("\n".join(lowest), encoding="utf-8")
    package = [".[torch,sympy,exercises]", *TOOLS]
    subprocess.run([*pip, "-c", constraints, "-e", *package], check=True, cwd=ROOT)
    names = [need.partition(">=")[0] for need in needs()]
    subprocess.run([python, "-c", TELL, *names], check=True)
    # what other libraries will drop one day is told and fails nothing
    options = ["-n", "2", "-W", "default::DeprecationWarning"]
    options += [f"--ignore={path}" for path in OF_THE_BOOK]
    strict = os.environ | {"PYTHONWARNDEFAULTENCODING": "1"}
    return subprocess.run(
        [python, "-m", "pytest", *options, *words], cwd=ROOT, env=strict
    ).returncode


if __name__ == "__main__":
    if sys.argv[1:2] not in (["lowest"], ["newest"]):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
