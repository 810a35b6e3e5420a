"""Print pyproject.toml's lowest versions as pip's constraints, for `make matrix`.

python tests/lowest.py > lowest.txt
pip install -c lowest.txt -e ".[torch,sympy,exercises]"
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def lowest() -> Iterator[str]:
    """Give a line for each requirement of the package, "numpy==2.0" for "numpy>=2.0"."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    for needs in (project["dependencies"], *project["optional-dependencies"].values()):
        for need in needs:
            yield need.replace(">=", "==")


if __name__ == "__main__":
    print("\n".join(lowest()))  # noqa: T201
