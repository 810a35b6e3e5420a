"""Pictures are compared too: nbval skips PNG, and wants SVG to the digit.

pytest reads this file for every notebook below its folder.
"""

import base64
import io
import re
from functools import partial
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from nbval.plugin import IPyNbCell
from PIL import Image

# Lines may lie a fraction of a pixel elsewhere on another processor: on a
# drawing, by this share of its units, which are pixels of a phone.
ELSEWHERE = 0.34

# No mean over a square of SIDE pixels may differ by more than APART of 255.
SIDE, APART = 4, 32

# A long training in 32 bits, or a picture of rounding errors, comes out
# otherwise on each processor. Of a cell with this tag only the size, the
# words and the colours of a picture are compared; it must not be empty.
VARIES = "rounding-decides"

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-\d+)?")
ALONE = re.compile(r"(?<![#\w.])" + NUMBER.pattern)  # no part of a colour
IDENTITY = re.compile(r"\b[mp][0-9a-f]{10}\b")  # made of what it names
COLOR = re.compile(r"#[0-9a-f]{6}\b")
EMBEDDED = "data:image/png;base64,"


def pixels(png: str) -> np.ndarray:
    """Give the picture as an array of height × width × 3."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    return np.asarray(image, dtype=float)


def difference(a: np.ndarray, b: np.ndarray, side: int = SIDE) -> float:
    """Give by how much the means over small squares differ at most."""
    if a.shape != b.shape:
        return float("inf")
    height, width = (size - size % side for size in a.shape[:2])
    apart = (a - b)[:height, :width]
    squares = apart.reshape(height // side, side, width // side, side, 3)
    return float(np.abs(squares.mean(axis=(1, 3))).max())


def numbers(text: str, pattern: re.Pattern[str] = NUMBER) -> np.ndarray:
    """Give the numbers in a text."""
    return np.array(pattern.findall(text), float)


def farthest(a: np.ndarray, b: np.ndarray) -> float:
    """Give how far a point of path a is from path b at most."""
    start, along = b[:-1], np.diff(b, axis=0)
    square = np.maximum((along**2).sum(1), 1e-12)
    to = a[:, None] - start
    share = np.clip((to * along).sum(-1) / square, 0, 1)[..., None]
    return float(np.linalg.norm(to - share * along, axis=-1).min(1).max())


def beside(found: str, stored: str) -> float:
    """Give how far two paths are apart; one may have more points."""
    a, b = (numbers(path).reshape(-1, 2) for path in (found, stored))
    if min(len(a), len(b)) < 2:
        return (
            float(np.abs(a - b).max(initial=0))
            if a.shape == b.shape
            else np.inf
        )
    return max(farthest(a, b), farthest(b, a))


def unlike(found: str, stored: str) -> str:
    """Say in what a drawing differs from the stored one, if it does."""
    each = [
        list(ElementTree.fromstring(svg).iter()) for svg in (found, stored)
    ]
    if len(each[0]) != len(each[1]):
        return f"{len(each[0])} parts, the stored has {len(each[1])}"
    for a, b in zip(*each, strict=True):
        paths = a.attrib.pop("d", ""), b.attrib.pop("d", "")
        if paths[0] != paths[1] and beside(*paths) > ELSEWHERE:
            return f"a line lies {beside(*paths):.2f} from the stored one"
        images = [each.get("href", "") for each in (a, b)]
        if all(image.startswith(EMBEDDED) for image in images):
            for element in (a, b):
                element.attrib.pop("href")
            shown = [pixels(image.removeprefix(EMBEDDED)) for image in images]
            if difference(*shown, side=1) > APART:
                return "an image in a drawing differs from the stored one"
        looks = [
            IDENTITY.sub("#", f"{e.tag} {sorted(e.attrib.items())}")
            for e in (a, b)
        ]
        words = [ALONE.sub("0", look) for look in looks]
        apart = (
            numbers(looks[0], ALONE) - numbers(looks[1], ALONE)
            if words[0] == words[1]
            else np.inf
        )
        if np.abs(apart).max(initial=0) > ELSEWHERE or a.text != b.text:
            return f"{a.text or looks[0]}: stored is {b.text or looks[1]}"
    return ""


def roughly_unlike(found: str, stored: str) -> str:
    """Say in which words, colours or size such drawings differ."""
    said = []
    for svg in (found, stored):
        root = ElementTree.fromstring(svg)
        texts = [
            text for text in root.itertext() if re.search(r"[^\W\d]{2}", text)
        ]
        said.append(
            (
                root.get("viewBox"),
                sorted(texts),
                sorted(set(COLOR.findall(svg))),
                len(list(root.iter())) > 20,
            )
        )
    return (
        ""
        if said[0] == said[1]
        else f"{said[0]}: the stored drawing has {said[1]}"
    )


def shown(outputs: list[Any], kind: str) -> list[str]:
    """Give the pictures of a kind among the outputs of a cell."""
    found = (
        output.get("data", {}).get(f"image/{kind}") for output in outputs
    )
    return [picture for picture in found if picture]


def compare(cell: IPyNbCell, strictly: Any, test: Any, ref: Any) -> bool:
    """Compare what nbval compares, and then the pictures."""
    if not strictly(test, ref, (*cell.parent.skip_compare, "image/svg+xml")):
        return False
    varies = VARIES in cell.cell.metadata.get("tags", [])
    said = ""
    for kind in ("png", "svg+xml"):
        found, stored = shown(test, kind), shown(ref, kind)
        if len(found) != len(stored):
            said = f"{len(found)} pictures, {len(stored)} are stored"
            break
        for a, b in zip(found, stored, strict=True):
            if kind == "svg+xml":
                said = said or (roughly_unlike if varies else unlike)(a, b)
            elif difference(pixels(a), pixels(b)) > APART:
                said = "a picture differs from the stored one"
    if said:
        cell.comparison_traceback.append(said)
    return not said


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have every cell compare its pictures as well."""
    for cell in items:
        if isinstance(cell, IPyNbCell):
            strictly = cell.compare_outputs
            cell.compare_outputs = partial(compare, cell, strictly)
