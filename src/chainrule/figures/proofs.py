"""What section 1.5 shows of the proofs in Rocq: statements as they stand, and what was found."""

from .. import rocq
from .ledger import Markdown, Table, formulas

__all__ = ["axioms", "kernel", "show_rocq"]


def show_rocq(*names: str) -> Markdown:
    """Show definitions or statements of the Rocq sources as they stand there.

    Examples
    --------
    >>> show_rocq("smooth")
    ```coq
    Definition smooth n (σ : R -> R) (z : vec n) :=
      forall j, derivable σ (z j 0) 1.
    ```
    """
    shown = "\n\n".join(map(rocq.sentence, names))
    return Markdown(f"```coq\n{shown}\n```")


def kernel(*names: str, book: str) -> Markdown:
    """Show theorems beside the book's equations, with the wrong forms that were refused.

    The equations are taken from the pages of the folder `book`; one whose page is not there is
    left out. Where the record does not vouch for a theorem, it says why.

    Examples
    --------
    >>> print(kernel("bias_gradient", book="no such folder"))
    **(1.8)** ✓ checked by Rocq's kernel
    <BLANKLINE>
    ```coq
    Theorem bias_gradient n m (w : mat m n) (b : vec m) (a : vec n)
        (C : vec m -> R) :
      let δ := ∂ C (w *m a + b) in
      differentiable C (w *m a + b) ->
      has_gradient (fun b => C (w *m a + b)) b
        δ.
    ```
    <BLANKLINE>
    Refused: σ′ multiplied in.
    """
    equations, parts = formulas(book), []
    for found in map(rocq.theorem, names):
        reason = rocq.why_not(found.name)
        verdict = f"– {reason}" if reason else "✓ checked by Rocq's kernel"
        equation = f" ${equations[found.label]}$" if found.label in equations else ""
        parts += [
            f"**({found.label})**{equation} {verdict}",
            show_rocq(found.name).markdown,
            f"Refused: {'; '.join(found.refused)}.",
        ]
    return Markdown("\n\n".join(parts))


def axioms() -> Table:
    """Give the axioms that the theorems rest on, in plain words, and how many rest on each.

    Examples
    --------
    >>> print(axioms().markdown.splitlines()[0])
    | axiom | what it says | theorems that rest on it |
    """
    used = [name for theorem in rocq.theorems() for name in theorem.axioms]
    rows = [
        (f"`{name}`", rocq.ALLOWED.get(name, "not allowed"), used.count(name))
        for name in sorted(set(used))
    ]
    return Table(["axiom", "what it says", "theorems that rest on it"], rows)
