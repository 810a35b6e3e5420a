"""Which sentences of a page's text stand on the board.

Those that begin a section, name something in bold or lead to a formula.
"""

import re
from copy import copy

from bs4 import BeautifulSoup, NavigableString, Tag

SHORT = 8  # letters of what is no sentence yet
# where a sentence ends: not behind an initial, not before a small letter
END = re.compile(r"(?<=[.?!])(?<![.\s]\w\.)([)”]?\s+)(?![a-z])")


def made(html: str) -> Tag:
    """Make an element."""
    return BeautifulSoup(html, "html.parser").find()


def has(block: Tag | None, *names: str) -> bool:
    """Say whether it is of one of these classes."""
    return block is not None and not {*names}.isdisjoint(
        block.get("class", [])
    )


def sentences(paragraph: Tag) -> list[Tag]:
    """Divide a paragraph into copies of its sentences, without marks."""
    whole = copy(paragraph)
    for mark in whole.select("sup.erratum"):
        mark.decompose()
    for tag in whole.find_all(id=True):
        del tag["id"]
    found = [made("<span></span>")]
    for child in [*whole.children]:
        first, others = child, []
        if isinstance(child, NavigableString):
            # a sentence may have ended with a formula
            last = found[-1].get_text()[-1:]
            first, *others = END.sub(r"\1\0", last + child).split("\0")
            first = first[len(last) :]
        found[-1].append(first)
        for other in others:
            found.append(made("<span></span>"))
            found[-1].append(other)
    return [part for part in found if part.get_text().strip()]


def key(paragraph: Tag, before: Tag | None, after: Tag | None) -> list[Tag]:
    """Give the sentences of a paragraph that stand on the board."""
    parts = sentences(paragraph)
    words = [part.get_text().strip() for part in parts]
    keep = {k for k, part in enumerate(parts) if part.find("strong")}
    if before is None:  # a question is nothing without what follows
        alone = after is None or after.name in ("p", "section")
        keep |= {0, 1} if alone or words[0].endswith("?") else {0}
    if goes_on(paragraph, before):
        keep.add(0)
    if has(after, "math") or (after and words[-1].endswith(":")):
        # what leads to it; "So" does not say enough, nor does an aside
        whole = (k for k, word in enumerate(words) if word[0] != "(")
        keep.add(last := max(whole, default=0))
        keep.add(last - (len(words[last]) < SHORT))
    # "Groups." is said before a sentence
    bold = {part.strong and part.strong.get_text() for part in parts}
    keep |= {
        k + 1 for k in range(len(words)) if k in keep and words[k] in bold
    }
    return [part for k, part in enumerate(parts) if k in keep]


def goes_on(paragraph: Tag, before: Tag | None) -> bool:
    """Say whether a sentence goes on behind its formula."""
    return has(before, "math") and paragraph.get_text()[:1].islower()


def said(parts: list[Tag]) -> list[Tag]:
    """Give sentences as one paragraph, if there are any."""
    paragraph = made('<p class="said"></p>')
    for part in parts:
        paragraph.extend([part, " "])
    return [paragraph] if parts else []
