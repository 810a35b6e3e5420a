"""How a number is read from a text, and how objects and numbers are written as one."""

import re
import unicodedata
from fractions import Fraction
from typing import Any

import numpy as np

MINUS = str.maketrans("−–", "--")
SPACES = re.compile(r"_|(?<!\d)\s|\s(?!\d)|\s(?=\d{3}(?!\d))")  # no "1 2"
VULGAR = re.compile("[¼-¾⅐-⅞]")
RAISED = re.compile("[⁺⁻⁰¹²³⁴-⁹]+")
MIXED = re.compile(r"([+-]?)\s*(\d+)\s+(\d+/\d+)")
FACTOR = re.compile(r"([*·×/])(\d+\.?\d*|\.\d+)(?:\^([+-]?\d+))?")
PRODUCT = re.compile(f"(?:{FACTOR.pattern})+")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")  # 0,341 is a decimal comma
# a call in a comment is not one
ASKED = re.compile(r"^[^#\n]*\bcheck\(\s*[\"']([^\"']+)[\"']", re.MULTILINE)
SPELLED = {"ms": "milliseconds"}


class Unreadable(ValueError):
    """What was given is not of the kind that was asked for; the message says so."""


def number_in(answer: str, unit: str = "") -> float:
    """Give the number that a text is, infinite if it is beyond all floats.

    Parameters
    ----------
    answer : str
    unit : str
        What it may end with. Another number in percent is the hundredth.

    Raises
    ------
    Unreadable
        If it begins with a number but is none; if it does not, another ValueError.

    Examples
    --------
    >>> texts = ("1/4", "½", "4 1/2", "4½", "–3 1/2", "76 880", "5 %")
    >>> [number_in(text) for text in texts]
    [0.25, 0.5, 4.5, 4.5, -3.5, 76880.0, 0.05]
    >>> [number_in(text) for text in ("2^9/4^10", "5 · 10⁻⁴", "1/2**11")]
    [0.00048828125, 0.0005, 0.00048828125]
    """
    text = answer.strip().removesuffix(unit).removesuffix(SPELLED.get(unit, "")).strip()
    if text.endswith("%"):
        return number_in(text[:-1]) / 100
    text = VULGAR.sub(lambda found: f" {_plain(found[0])}", text)
    text = RAISED.sub(lambda found: f"^{_plain(found[0])}", text)
    text = text.translate(MINUS).replace("**", "^").strip()
    if mixed := MIXED.fullmatch(text):
        sign, whole, part = mixed.groups()
        return float(f"{sign}1") * float(int(whole) + Fraction(part))
    text = SPACES.sub("", text)
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        unsigned = f"*{text.removeprefix('-').removeprefix('+')}"
        if PRODUCT.fullmatch(unsigned):
            return (-1 if text.startswith("-") else 1) * _product(unsigned)
        return float(text)
    except OverflowError:
        return float("-inf" if text.startswith("-") else "inf")
    except ValueError as error:
        if re.fullmatch(r"[+-]?\d*,\d+", text):
            raise Unreadable(
                f"the decimal mark is a point: {quoted(text.replace(',', '.'))}"
            ) from error
        if re.match(r"[+-]?\.?\d", text):
            alone = f"or followed by {unit}" if unit else "without a unit or a word"
            raise Unreadable(f"expected a number alone, {alone}, got {quoted(answer)}") from error
        raise


def _plain(character: str) -> str:
    """Give a fraction of one character, or raised digits, as plain ones."""
    return unicodedata.normalize("NFKC", character).replace("\N{FRACTION SLASH}", "/")


def _product(text: str) -> float:
    """Give a product of powers, each with the sign of what is done with it in front."""
    product: Fraction | float = Fraction(1)
    for operation, base, exponent in FACTOR.findall(text):
        exact = len(exponent) < 5  # a longer one would take for ever
        power = (Fraction(base) if exact else float(base)) ** int(exponent or 1)
        product = product / power if operation == "/" else product * power
    return float(product)


def quoted(answer: Any, width: int = 60) -> str:
    """Give an object as Python writes it, in one short line, whatever its class does.

    Examples
    --------
    >>> quoted([1, 2]), quoted("a" * 99, 9)
    ('[1, 2]', "'aaaaaaa…")
    """
    try:
        plain = np.asarray(answer) if isinstance(answer, np.ndarray) else answer
        text = " ".join(repr(plain).split())
    except KeyboardInterrupt:
        raise
    except BaseException:
        text = f"a value of type {type(answer).__name__}"
    return text if len(text) <= width else f"{text[: width - 1]}…"


def written(value: Any, digits: int = 4) -> str:
    """Give a number, an array or a tuple as a reader would write it, long ones abbreviated.

    Examples
    --------
    >>> import numpy as np
    >>> written(np.array([[0.0, 800.0], [1 / 3, 1e-8]]))
    '[[0.0, 800.0], [0.3333, 1e-08]]'
    >>> written(np.arange(20)), written((2, 3)), written("abc")
    ('[0, 1, 2, …, 19]', '(2, 3)', "'abc'")
    """
    if isinstance(value, tuple):
        return f"({', '.join(written(part, digits) for part in value)})"
    if isinstance(value, (list, np.ndarray)) and np.ndim(value):
        parts = [written(part, digits) for part in value]
        if len(parts) > 8:
            parts[3:-1] = ["…"]
        return f"[{', '.join(parts)}]"
    if isinstance(value, (float, np.floating, np.ndarray)):
        number = float(value)
        text = f"{number:.0f}" if 10**digits <= abs(number) < 1e12 else f"{number:.{digits}g}"
        return text if re.search(r"[.en]", text) else f"{text}.0"
    return quoted(value.item() if isinstance(value, np.generic) else value)
