"""What the tests notice: small mistakes are put into the package, one at a time, and the tests run.

A mutant is the package with one mistake, made by `ast`: an operator swapped, a constant changed, a
condition negated, an argument or a statement lost. One that no test fails for is a survivor: either
it computes the same (`mutants_equivalent.json` says why, by its text), or a test is missing.

The checkout is never touched. A child process for each mutant is forked from a parent that has
imported the large libraries; it sees a copy of `src` with the mistake in it, and so do the
processes that its tests start. Which tests enter which function is measured once, with coverage,
and kept in `_build` for as long as the source and the test file stay as they are. A mutant first
meets the tests that enter its function, then the quick ones of its module or that enter it; endless
loops run into a limit and count as noticed. `--survivors` asks again about those in the record,
when tests have been added.
"""

import argparse
import compileall
import datetime
import gc
import hashlib
import json
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from _children import PROCESS, ROOT, in_children, measure, meets
from _mistakes import PACKAGE, SCOPES, Mutant, sample
from tqdm import tqdm

RECORD = PACKAGE / "records" / "mutants.json"
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.json")
KEPT = ROOT / "_build" / "mutants.json"
HEAVY = (
    *("array_api_strict", "coverage", "hypothesis", "matplotlib.figure", "nbclient", "numpy"),
    *("pytest", "scipy.signal", "scipy.special", "sklearn.datasets", "sklearn.neural_network"),
    *("sympy", "torch"),
)
# the test files of a module whose name says nothing of them
OWN = {
    "__main__": ("ledger", "exercises"),
    "activations": ("settings",),
    "arrays": ("activations", "optimizers", "errors"),
    "device": ("training", "ledger"),
    "exercises": ("solutions", "messages", "without_torch"),
    "losses": ("settings",),
    "optimizers": ("settings",),
}
FATES = ("tried", "killed", "equivalent", "survived")
QUICK = 0.3  # seconds
SLOW = 6.0  # a test that takes longer has others beside it that enter the same


def own(module: str, file: str) -> bool:
    """Tell whether a file holds the tests of a module."""
    part, _, rest = module.partition("/")
    names = {part, rest, *OWN.get(part, ())}
    return file == f"src/chainrule/{module}.py" or file in {f"tests/test_{n}.py" for n in names}


def batches(mutant: Mutant, tests: dict[str, tuple]) -> tuple[list[list[str]], float]:
    """Give the tests that could see a mutant, the likely ones first, and their seconds."""
    place, module = f"{mutant.module}:{mutant.scope}", f"{mutant.module}:"
    ranked: dict[tuple, list[str]] = {}
    seconds = 0.0
    for name, (took, entered) in sorted(tests.items(), key=lambda test: test[1][0]):
        file = name.partition("::")[0]
        mine, enters = own(mutant.module, file), place in entered
        # a process that a test starts may enter what the test does not
        apart = mine and (PROCESS in entered or all(part[-1] in ":." for part in entered))
        if (
            apart
            or (took < QUICK and (mine or module in entered))
            or (enters and (mine or took < SLOW))
        ):
            rank = not enters, took > QUICK, not mine, "src" if file.startswith("src") else file
            ranked.setdefault(rank, []).append(name)
            seconds += took
    return [ranked[rank] for rank in sorted(ranked)], seconds


def measured(copies: list[Path]) -> dict[str, tuple[float, set]]:
    """Give the seconds of every test and the functions it enters, measured where that is new."""
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
    groups = {path.name: [f"tests/{path.name}"] for path in (ROOT / "tests").glob("test_*.py")}
    groups["doors"] = [f"tests/doors/{p.name}" for p in (ROOT / "tests/doors").glob("test_*.py")]
    groups["src"] = [path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py")]
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    digests = {
        name: hashlib.sha256(
            (source + "".join((ROOT / file).read_text(encoding="utf-8") for file in files)).encode()
        ).hexdigest()
        for name, files in groups.items()
    }
    kept = {n: kept[n] for n, digest in digests.items() if kept.get(n, {}).get("of") == digest}
    new = sorted(groups.keys() - kept.keys())
    results = {name: copies[0] / f"{name}.json" for name in new}
    jobs = [(measure, (copies, groups[name], results[name]), 1800.0) for name in new]
    codes = [1] * len(jobs)
    in_children(jobs, "tests without a mistake", time.monotonic() + 3600, codes.__setitem__)
    KEPT.parent.mkdir(exist_ok=True)
    for name, code in zip(new, codes, strict=True):
        if code in (0, 5):  # 5: all of them are run seldom, so none was
            kept[name] = {
                "of": digests[name],
                "tests": json.loads(results[name].read_text(encoding="utf-8")),
            }
    KEPT.write_text(json.dumps(kept), encoding="utf-8")
    if failed := [name for name in new if name not in kept]:
        raise SystemExit(f"tests fail without any mistake: {', '.join(failed)}")
    return {
        name: (seconds, {part for place in entered for part in parts(place)})
        for group in kept.values()
        for name, (seconds, entered) in group["tests"].items()
    }


def parts(place: str) -> Iterator[str]:
    """Give a function's name, that of its class with a dot, and that of its module with a colon."""
    yield place
    module, _, function = place.partition(":")
    yield f"{module}:"
    yield f"{module}:{function.rpartition('.')[0]}."


def main() -> None:
    """Draw mutants, let the tests meet them and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scope", choices=SCOPES, default="package")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=160, help="how many mutants")
    parser.add_argument("--minutes", type=float, default=60, help="after which none is begun")
    parser.add_argument("--record", type=Path, default=RECORD, help="where what is found goes")
    parser.add_argument("--survivors", action="store_true", help="only those that are recorded")
    options = parser.parse_args()
    until = time.monotonic() + 60 * options.minutes
    for name in HEAVY:
        import_module(name)
    import hypothesis
    import torch

    torch.set_num_threads(1)
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
    gc.freeze()  # or every child copies all objects when it collects
    equivalent = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    kept = json.loads(options.record.read_text(encoding="utf-8")) if options.record.exists() else {}
    chosen = sample(options.scope, options.count, options.seed)
    record: dict[str, Any] = {
        "seed": options.seed,
        "modules": {},
        "equivalent": [],
        "survivors": [],
    }
    if options.survivors:  # what was noticed stays noticed while tests are only added
        record = kept[options.scope]
        left = {(one["file"], one["before"], one["after"]) for one in record["survivors"]}
        chosen = [m for m in chosen if (f"{m.module}.py", m.before, m.after) in left]
        record["survivors"] = []
        for mutant in chosen:
            for fate in ("tried", "survived"):
                record["modules"][mutant.module][fate] -= 1

    def note(mutant: Mutant, code: int) -> None:
        reason = equivalent.get(mutant.module, {}).get(mutant.text)
        row = record["modules"].setdefault(mutant.module, dict.fromkeys(FATES, 0))
        row["tried"] += 1
        row["killed" if code else "equivalent" if reason else "survived"] += 1
        if not code:
            found = {"file": f"{mutant.module}.py", "line": mutant.line}
            found |= {"before": mutant.before, "after": mutant.after}
            found |= {"reason": reason} if reason else {}
            record["equivalent" if reason else "survivors"].append(found)
        if bool(code) == bool(reason):
            said = "is not equivalent" if reason else "survives"
            tqdm.write(f"{mutant.module}.py:{mutant.line} {said}: {mutant.text}")

    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder, name) for name in ("one", "two")]
        for each in copies:
            shutil.copytree(PACKAGE, each / "src" / "chainrule")
            compileall.compile_dir(each, quiet=1)
        jobs, tests = [], measured(copies)
        if options.survivors:  # those that have been judged since then need no other run
            for mutant in (judged := [m for m in chosen if m.text in equivalent.get(m.module, {})]):
                note(mutant, 0)
            chosen = [m for m in chosen if m not in judged]
        for mutant in chosen:
            files, seconds = batches(mutant, tests)
            jobs.append((meets, (copies, mutant, files), 60 + 3 * seconds))
        in_children(jobs, "mutants", until, lambda i, code: note(chosen[i], code))
    versions = {"python": platform.python_version(), "pytest": version("pytest")}
    record |= {"versions": versions, "date": datetime.date.today().isoformat()}
    record["modules"] = dict(sorted(record["modules"].items()))
    kept[options.scope] = record
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    options.record.write_text(text, encoding="utf-8")
    print({fate: sum(row[fate] for row in record["modules"].values()) for fate in FATES})


if __name__ == "__main__":
    main()
