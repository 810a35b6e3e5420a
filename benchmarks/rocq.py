"""The proofs for every width, checked by the kernel of Rocq, and their wrong forms refused.

A wrong form is a theorem with another statement and the same proof. It has to make sense, so that
it is refused for what it says, and Rocq has to stop within its proof. Needs `coqc`.
"""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from _wrong_statements import WRONG_STATEMENTS
from tqdm import tqdm

from chainrule.rocq.core import ALLOWED, FILES, RECORD, fingerprint, headed, sentence, source

MISSING = "make rocq needs Rocq: on Debian, apt-get install coq libcoq-mathcomp-analysis"
TAKEN_ON_TRUST = re.compile(
    r"\b(admit|Admitted|Axioms?|Parameters?|Conjectures?|Hypothes[ie]s|bypass_check)\b"
)
COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
PROOF = re.compile(r"^Proof\..*?Qed\.$", re.MULTILINE | re.DOTALL)
ERROR = re.compile(r'^File "[^"]*", line (\d+), .*:\nError', re.MULTILINE)
SECONDS = 300


def compiled(folder: Path, name: str, code: str) -> tuple[int | None, str]:
    """Let the kernel check a file; give the line of its error, None without one, and the output."""
    (folder / f"{name}.v").write_text(code, encoding="utf-8")
    command = ["coqc", "-w", "none", "-Q", ".", "chainrule", f"{name}.v"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, timeout=SECONDS, encoding="utf-8"
    )
    if not done.returncode:
        return None, done.stdout
    error = ERROR.search(done.stderr)
    return int(error[1]) if error else 0, done.stderr


def require(holds: bool, message: str) -> None:
    """Stop with a message unless something holds."""
    if not holds:
        raise SystemExit(message)


def changed(statement: str, changes: tuple[tuple[str, str], ...]) -> str:
    """Give the statement with every change made; each has to find something to change."""
    for old, new in changes:
        require(old in statement, f"there is no {old!r} in\n{statement}")
        statement = statement.replace(old, new)
    return statement


def refuses(folder: Path, file: str, name: str, wrong: str) -> bool:
    """Tell whether Rocq stops within the proof, once the statement is this wrong one."""
    before, _, after = source(file).partition(sentence(name))
    before = PROOF.sub("Admitted.", before)  # they were checked, and need not be again
    proof = after[: after.index("Qed.") + len("Qed.")]
    begin = (before + wrong).count("\n") + 2  # the line after the statement
    line, _ = compiled(folder, "wrong", before + wrong + proof)
    return line is not None and begin <= line <= begin + proof.count("\n")


def makes_sense(folder: Path, file: str) -> None:
    """Stop if a wrong form of a theorem in this file is no statement at all."""
    code = PROOF.sub("Admitted.", source(file))
    for name in headed(file):
        right = sentence(name)
        forms = (changed(right, changes) for changes in WRONG_STATEMENTS[name].values())
        code = code.replace(right, "".join(f"{form}\nAbort.\n" for form in forms) + right)
    line, output = compiled(folder, "sense", code)
    require(line is None, f"{file}: a wrong form makes no sense:\n{output}")


def axioms(folder: Path, names: list[str]) -> dict[str, list[str]]:
    """Give the axioms that each theorem rests on."""
    ask = [f"From chainrule Require Import {' '.join(FILES)}."]
    ask += [f"Print Assumptions {name}." for name in names]
    line, output = compiled(folder, "assumptions", "\n".join(ask) + "\n")
    require(line is None, output)
    answers = re.split(r"^Axioms:\n|^Closed under the global context\n", output, flags=re.M)[1:]
    found = [sorted(re.findall(r"^(?:\w+\.)*(\w+)", answer, re.M)) for answer in answers]
    return dict(zip(names, found, strict=True))


def versions() -> dict[str, str]:
    """Give the versions of Rocq and, where Debian knows it, of its library of analysis."""
    rocq = subprocess.run(["coqc", "-print-version"], capture_output=True, encoding="utf-8")
    found = {"Rocq (Coq)": rocq.stdout.split()[0]}
    if shutil.which("dpkg-query"):
        query = ["dpkg-query", "-W", "-f", "${Version}", "libcoq-mathcomp-analysis"]
        library = subprocess.run(query, capture_output=True, encoding="utf-8").stdout
        found["mathcomp-analysis"] = library.partition("-")[0]
    return found


def check() -> dict[str, Any]:
    """Have everything checked, and give the record; stop at the first thing that is not right."""
    require(shutil.which("coqc") is not None, MISSING)
    labels = {name: label for file in FILES for name, label in headed(file).items()}
    require(set(labels) == set(WRONG_STATEMENTS), "each theorem needs its wrong forms")
    wrong = [
        (file, name, form, changes)
        for file in FILES
        for name in headed(file)
        for form, changes in WRONG_STATEMENTS[name].items()
    ]
    with tempfile.TemporaryDirectory() as place, tqdm(total=2 * len(FILES) + len(wrong)) as bar:
        folder = Path(place)
        for file in FILES:
            trusted = TAKEN_ON_TRUST.search(COMMENT.sub("", source(file)))
            require(trusted is None, f"{file}.v takes something on trust: {trusted}")
            line, output = compiled(folder, file, source(file))
            require("Cannot find a physical path" not in output, MISSING)
            require(line is None, f"{file}.v, line {line}:\n{output}")
            bar.update()
        found = axioms(folder, list(labels))
        for name, rests_on in found.items():
            more = set(rests_on) - set(ALLOWED)
            require(not more, f"{name} rests on {more}")
        for file in FILES:
            makes_sense(folder, file)
            bar.update()
        for file, name, form, changes in wrong:
            refused = refuses(folder, file, name, changed(sentence(name), changes))
            require(refused, f"{name}: the kernel does not refuse it with {form}")
            bar.update()
    return {
        "versions": versions(),
        "sources": {f"{file}.v": fingerprint(file) for file in FILES},
        "theorems": {
            name: {
                "label": label,
                "statement": sentence(name),
                "axioms": found[name],
                "refused": list(WRONG_STATEMENTS[name]),
            }
            for name, label in labels.items()
        },
    }


if __name__ == "__main__":
    record = json.dumps(check(), indent=2, ensure_ascii=False) + "\n"
    RECORD.write_text(record, encoding="utf-8")
    print(f"✓ {record.count('statement')} theorems, in {RECORD.name}")
