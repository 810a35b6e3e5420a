"""Pictures are compared too: nbval passes over PNG.

pytest reads this file for every notebook below its folder.
"""

import base64
import io
from functools import partial
from typing import Any

import numpy as np
import pytest
from nbval.plugin import IPyNbCell
from PIL import Image

# Lines may lie a fraction of a pixel elsewhere on another processor. No mean
# over a square of SIDE pixels may differ by more than APART of 255: a line
# that has moved by a pixel, a third of a point, shows.
SIDE, APART = 4, 32

# A long training in 32 bits, or a picture of rounding errors, comes out
# otherwise on each processor. Of a cell with this tag only the size of the
# picture is compared, and its mean colour: it must not be empty.
VARIES, SHADE = "rounding-decides", 8


def pixels(png: str) -> np.ndarray:
    """Give the picture as an array of height × width × 3."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    return np.asarray(image, dtype=float)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Give by how much the means over small squares differ at most."""
    if a.shape != b.shape:
        return float("inf")
    height, width = (size - size % SIDE for size in a.shape[:2])
    apart = (a - b)[:height, :width]
    squares = apart.reshape(height // SIDE, SIDE, width // SIDE, SIDE, 3)
    return float(np.abs(squares.mean(axis=(1, 3))).max())


def rough_difference(a: np.ndarray, b: np.ndarray) -> float:
    """Give by how much the mean colours differ."""
    if a.shape != b.shape:
        return float("inf")
    return float(np.abs((a - b).mean(axis=(0, 1))).max())


def pictures(outputs: list[Any]) -> list[np.ndarray]:
    """Give the pictures among the outputs of a cell."""
    pngs = (output.get("data", {}).get("image/png") for output in outputs)
    return [pixels(png) for png in pngs if png]


def compare(cell: IPyNbCell, strictly: Any, test: Any, ref: Any) -> bool:
    """Compare what nbval compares, and then the pictures."""
    if not strictly(test, ref):
        return False
    found, stored = pictures(test), pictures(ref)
    varies = VARIES in cell.cell.metadata.get("tags", [])
    measure = rough_difference if varies else difference
    apart = [*map(measure, found, stored)]
    if len(found) != len(stored):
        said = f"{len(found)} pictures, {len(stored)} are stored"
    elif max(apart, default=0) > (SHADE if varies else APART):
        said = f"a picture is {max(apart):.0f} of 255 from the stored one"
    else:
        return True
    cell.comparison_traceback.append(said)
    return False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have every cell compare its pictures as well."""
    for cell in items:
        if isinstance(cell, IPyNbCell):
            strictly = cell.compare_outputs
            cell.compare_outputs = partial(compare, cell, strictly)
