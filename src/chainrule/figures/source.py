"""The real source of the package's code, as a page shows it."""

import ast
import inspect
import textwrap
from typing import Any


class Source:
    """Source code that shows itself, highlighted, in a notebook."""

    def __init__(self, code: str):
        self.code = code

    def __repr__(self) -> str:
        return self.code

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"


def show_source(*things: Any) -> Source:
    """Show the source of functions, methods or classes as it stands in the package.

    Docstrings are left out: the page has said it already. A method is preceded by its full name.

    Parameters
    ----------
    *things : functions, methods or classes

    Returns
    -------
    Source

    Examples
    --------
    >>> from chainrule.activations import ReLU
    >>> show_source(ReLU.derivative)
    # ReLU.derivative
    def derivative(self, z: Array) -> Array:
        xp, z = floating(z, "z")
        return xp.astype(z > 0, z.dtype)
    """
    return Source("\n\n".join(_without_docstrings(thing) for thing in things))


def _without_docstrings(thing: Any) -> str:
    code = textwrap.dedent(inspect.getsource(thing)).rstrip()
    lines = code.splitlines()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            docstring = node.body[0]
            assert docstring.end_lineno is not None
            for number in range(docstring.lineno - 1, docstring.end_lineno):
                lines[number] = "\0"
    kept = [line for line in lines if line != "\0"]
    if "." in thing.__qualname__:
        kept = [f"# {thing.__qualname__}", *kept]
    # a docstring leaves the blank line behind it: one before the first statement of a body
    return "\n".join(
        line
        for previous, line in zip(["", *kept], kept, strict=False)
        if line or not previous.rstrip().endswith(":")
    )
