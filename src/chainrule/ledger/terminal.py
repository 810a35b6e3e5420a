"""What is printed, on a stream that lacks some characters: words for marks, ASCII for the rest."""

import re
import sys
import unicodedata
from functools import partial

__all__ = ["readable"]

MARK = re.compile(r"^( *)([✓✗–○])(?= )", re.MULTILINE)  # elsewhere a dash is a dash
RAISED = re.compile("[⁰¹²³⁴-⁹⁺⁻ᵀ]+")
GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
SPELLED = {
    **{"–": "-", "—": "-", "−": "-", "×": "x", "·": "*", "…": "...", "′": "'", "‖": "||"},
    **{"√": "sqrt ", "∞": "inf", "∂": "d", "∇": "grad ", "≤": "<=", "≥": ">=", "≈": "~"},
    **{
        "½": "1/2",
        "¼": "1/4",
        "¾": "3/4",
        "λ": "lambda",
        "⊙": "(.)",
        "\N{COMBINING CIRCUMFLEX ACCENT}": "_hat",
    },
}


def readable(text: str, words: dict[str, str], *, encoding: str | None = None) -> str:
    """Give a text in characters that a stream has.

    Parameters
    ----------
    text : str
    words : dict of str to str
        For each mark that a line may begin with, the word to take if the stream lacks one of them.
    encoding : str, optional
        The stream's; that of `sys.stdout` where left out.

    Returns
    -------
    str

    Examples
    --------
    >>> readable("✓ σ(z) ≥ 10⁻¹²", {"✓": "holds"}, encoding="ascii")
    'holds sigma(z) >= 10^-12'
    >>> readable("✓ σ(z) ≥ 10⁻¹²", {"✓": "holds"}, encoding="utf-8")
    '✓ σ(z) ≥ 10⁻¹²'
    """
    # a stream in memory has none, and takes all
    encoding = encoding or getattr(sys.stdout, "encoding", None) or "utf-8"
    if not _has(encoding, "".join(words)):
        text = MARK.sub(lambda mark: mark[1] + words.get(mark[2], mark[2]), text)
    text = RAISED.sub(partial(_lowered, encoding), text)
    return "".join(c if _has(encoding, c) else _spelled(encoding, c) for c in text)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _lowered(encoding: str, raised: re.Match[str]) -> str:
    if _has(encoding, raised[0]):
        return raised[0]
    return "^" + unicodedata.normalize("NFKC", raised[0])


def _spelled(encoding: str, character: str) -> str:
    if character in SPELLED:
        return SPELLED[character]
    if greek := GREEK.match(unicodedata.name(character, "")):
        return greek[2].lower() if greek[1] == "SMALL" else greek[2].capitalize()
    plain = unicodedata.normalize("NFKD", character)  # é is an e with an accent, ₁ a lowered 1
    return plain.encode(encoding, "ignore").decode(encoding) or "?"
