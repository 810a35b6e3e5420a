"""The sources of the proofs, the record of what the kernel found, and whether they fit."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
RECORD = FOLDER.with_name("records") / "rocq.json"
FILES = ("calculus", "backprop", "softmax")  # each may use those before it

# what mathematical analysis in Rocq is built on: each says what mathematicians take for granted
ALLOWED = {
    "propositional_extensionality": "statements that imply each other are equal",
    "functional_extensionality_dep": "functions with the same values are equal",
    "constructive_indefinite_description": "of what exists, one can be chosen",
}

# a line of its own below what has this gradient, or is equal to it
RIGHT_SIDE = re.compile(r"(?:has_gradient .*|=)\n +(?![ &])(.+?)(?: /\\|\.)$", re.MULTILINE)
KINDS = "Theorem|Lemma|Definition|Fixpoint|Inductive"
SENTENCE = re.compile(rf"^(?:{KINDS}) (\w+).*?\.$(?=\n(?:\n|Proof|\w))", re.MULTILINE | re.DOTALL)
THEOREM = re.compile(r"(?:^\(\* (?:(?!\*\)).)*\*\)\n)?^Theorem (\w+)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Theorem:
    """A theorem of the Rocq sources, as the record has it.

    Attributes
    ----------
    name : str
    label : str
        The number of the book's equation; "" if it has none.
    statement : str
        What is proved, in Rocq's words.
    axioms : tuple of str
        What the proof rests on beyond the rules of logic that the kernel knows.
    refused : tuple of str
        The wrong forms of the statement that the same proof does not reach, each in words.

    Examples
    --------
    >>> theorem("hidden_error").label
    '1.7'
    """

    name: str
    label: str
    statement: str
    axioms: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def formulas(self) -> tuple[str, ...]:
        """The right sides of the equations that are proved, without the brackets around them."""
        return tuple(map(_without_brackets, RIGHT_SIDE.findall(self.statement)))


def _without_brackets(text: str) -> str:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[1:-1] if text[0] == "(" and place == len(text) - 1 else text
    return text


@cache
def source(file: str) -> str:
    """Give the text of one of the files."""
    return (FOLDER / f"{file}.v").read_text(encoding="utf-8")


def fingerprint(file: str) -> str:
    """Give the SHA-256 of a file as it is."""
    return hashlib.sha256((FOLDER / f"{file}.v").read_bytes()).hexdigest()


def headed(file: str) -> dict[str, str]:
    """Give the theorems of a file, each with its equation's number as the comment above has it."""
    found = {match[1]: match[0] for match in THEOREM.finditer(source(file))}
    numbers = {name: re.match(r"\(\* \((\d[\w.]+)\)", text) for name, text in found.items()}
    return {name: number[1] if number else "" for name, number in numbers.items()}


def sentence(name: str) -> str:
    """Give a definition or a statement of the sources as it stands there.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If no file defines or states it.

    Examples
    --------
    >>> print(sentence("smooth"))
    Definition smooth n (σ : R -> R) (z : vec n) :=
      forall j, derivable σ (z j 0) 1.
    """
    for file in FILES:
        for match in SENTENCE.finditer(source(file)):
            if match[1] == name:
                return match[0]
    raise ValueError(f"name: expected what the sources define or state, got {name!r}")


def record() -> dict[str, Any]:
    """Read what the kernel found."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def theorems() -> list[Theorem]:
    """Give all theorems that are recorded, in the order of the sources.

    Returns
    -------
    list of Theorem

    Examples
    --------
    >>> [found.name for found in theorems()][0]
    'chain_rule'
    """
    return [
        Theorem(name, one["label"], one["statement"], tuple(one["axioms"]), tuple(one["refused"]))
        for name, one in record()["theorems"].items()
    ]


def theorem(name: str) -> Theorem:
    """Give one theorem; a ValueError if the record has none of this name.

    Parameters
    ----------
    name : str

    Returns
    -------
    Theorem

    Examples
    --------
    >>> theorem("bias_gradient").refused
    ('σ′ multiplied in',)
    """
    for found in theorems():
        if found.name == name:
            return found
    raise ValueError(f"name: expected one of {[t.name for t in theorems()]}, got {name!r}")


def why_not(name: str) -> str:
    """Say why the record does not vouch for a theorem; "" if it does.

    It does if every file is, to the letter, what the kernel checked, and the theorem rests on no
    axioms but the three in ``ALLOWED``.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> why_not("the_goldbach_conjecture")
    'Rocq proved no theorem the_goldbach_conjecture'
    """
    found = record()
    if found["sources"] != {f"{file}.v": fingerprint(file) for file in FILES}:
        return "the proofs have changed since make rocq"
    if name not in found["theorems"]:
        return f"Rocq proved no theorem {name}"
    more = set(found["theorems"][name]["axioms"]) - set(ALLOWED)
    return f"it rests on {', '.join(sorted(more))}" if more else ""
