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

    Docstrings are left out: the page has said it already; so are decorators, and a class's private
    methods, which check and convert. A method is preceded by its full name.

    Parameters
    ----------
    *things : functions, methods or classes

    Returns
    -------
    Source

    Examples
    --------
    >>> from chainrule.activations import ReLU
    >>> show_source(ReLU.slope)
    # ReLU.slope
    def slope(self, x):
        return is_positive(x)
    """
    return Source("\n\n".join(_without_docstrings(thing) for thing in things))


def _without_docstrings(thing: Any) -> str:
    code = textwrap.dedent(inspect.getsource(thing)).rstrip()
    lines = code.splitlines()
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            for decorator in node.decorator_list:
                _strike(lines, decorator)
            if ast.get_docstring(node):
                _strike(lines, node.body[0])
    for node in tree.body[0].body if inspect.isclass(thing) else ():  # type: ignore[attr-defined]
        name = getattr(node, "name", getattr(getattr(node, "target", None), "id", ""))
        if name.startswith("_"):
            _strike(lines, node)
    kept = [line for line in lines if line != "\0"]
    if "." in thing.__qualname__:
        kept = [f"# {thing.__qualname__}", *kept]
    # a docstring leaves the blank line behind it: one before the first statement of a body
    shown = [
        line
        for previous, line in zip(["", *kept], kept, strict=False)
        if line or (previous and not previous.rstrip().endswith(":"))
    ]
    return "\n".join(shown).rstrip()


def _strike(lines: list[str], node: Any) -> None:
    for number in range(node.lineno - 1, node.end_lineno):
        lines[number] = "\0"
