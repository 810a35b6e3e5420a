"""Verify the claims that changed files touch: files not committed, or those of the last commit.

A claim is touched by its page, and by any module that its implementation, its cases or its oracles
import, directly or not.
"""

import subprocess
import sys
from pathlib import Path

import grimp

from chainrule.__main__ import main
from chainrule.ledger import claims
from chainrule.ledger.core import Claim

ROOT = Path(__file__).parents[1]


def git(*arguments: str) -> list[str]:
    """Give the paths that git lists."""
    command = ["git", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return result.stdout.splitlines()


def changed() -> list[str]:
    """Give the paths of the files that changed."""
    open_ = git("diff", "--name-only", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    return open_ or git("show", "--name-only", "--format=", "HEAD")


def modules(claim: Claim) -> set[str]:
    """Give the modules that a claim stands on, itself."""
    functions = [claim.implementation, claim.cases, claim.saboteur]
    functions += [oracle.expected for oracle in claim.oracles]
    code = f"chainrule.{claim.code.partition('.')[0]}"
    own = {code, *(getattr(function, "__module__", code) for function in functions)}
    return {module for module in own if module.startswith("chainrule.")}


def touched(paths: list[str]) -> list[str]:
    """Give the numbers of the claims that the files at these paths touch."""
    graph = grimp.build_graph("chainrule", cache_dir=None)
    files = {path.removeprefix("src/").removesuffix(".py").replace("/", ".") for path in paths}
    files = {name.removesuffix(".__init__") for name in files}
    pages = {path.removeprefix("book/").removesuffix(".ipynb") for path in paths}
    upstream = {m: graph.find_upstream_modules(m) | {m} for m in graph.modules}
    return [
        claim.label
        for claim in claims()
        if claim.page in pages or any(upstream[module] & files for module in modules(claim))
    ]


if __name__ == "__main__":
    labels = touched(changed())
    print(f"{len(labels)} claims touched", flush=True)  # noqa: T201
    sys.exit(main(["verify", *labels]) if labels else 0)
