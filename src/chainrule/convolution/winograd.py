"""Winograd's method for 3 × 3 kernels and a stride of 1, in blocks meant for the cache (2.1.1).

O and C are the kernels and channels of a group. Axes (t, t, …) come first: for every place of a
transformed tile there is a product of matrices, cut into small ones: the right factor into panels
of its columns, the left one into parts of its rows. The channels come last, so that they are copied
many at a time; in memory they come last in outputs and in the gradients of images, too.
"""

from collections.abc import Callable
from itertools import pairwise, product
from math import expm1, log1p, prod
from typing import Any

import numpy as np
from array_api_compat import device

from ..arrays import Array, library
from ..arrays.functions import moveaxis, permute_dims, reshape
from ..arrays.settings import count
from ..precision import unit_roundoff
from .geometry import Geometry, Pair
from .products import by_rows, cut, equal_parts, multiply

# A, B and G for tiles of m × m outputs, of Toom and Cook's kind: polynomials are taken at 0, 1, −1
# and infinity, or at 0, ½, −½, 2, −2 and infinity
MATRICES = {
    2: (
        np.array([[1.0, 0], [1, 1], [1, -1], [0, -1]]),
        np.array([[1.0, 0, 0, 0], [0, 1, -1, 1], [-1, 1, 1, 0], [0, 0, 0, -1]]),
        np.array([[1.0, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]),
    ),
    4: (
        np.array(
            [
                [1.0, 0, 0, 0],
                [8, 4, 2, 1],
                [8, -4, 2, -1],
                [1, 2, 4, 8],
                [1, -2, 4, -8],
                [0, 0, 0, 1],
            ]
        ),
        np.array(
            [
                [4.0, 0, 0, 0, 0, 0],
                [0, 4, -4, -2, 2, 4],
                [-17, 8, 8, -1, -1, 0],
                [0, -1, 1, 8, -8, -17],
                [4, -2, -2, 4, 4, 0],
                [0, 0, 0, 0, 0, 4],
            ]
        ),
        np.array([[30.0, 0, 0], [4, 2, 1], [4, -2, 1], [1, 2, 4], [1, -2, 4], [0, 0, 30]]) / 120,
    ),
}

BLOCK = 5 * 2**20  # bytes of a block's transformed tiles
PANEL = 2**15  # bytes of a panel, some columns of a right factor: few enough for the first cache
FEW = 32  # but so many columns a panel may have, even if they are more bytes
WEIGHTS = 5 * 2**20  # bytes of transformed kernels at a time
GRADIENTS = 5 * 2**20  # bytes of the transformed kernels whose gradients are added up at a time

Block = tuple[slice, slice]  # images, and rows of tiles in them


def winograd_bound(m: int, channels: int, bits: int = 23) -> float:
    """Give by how much Winograd's method can miss an output at most (equation 2.1.1r).

    Parameters
    ----------
    m : {2, 4}
        Outputs of a tile are m × m, kernels 3 × 3.
    channels : int
    bits : int
        To so many every factor, product and sum is rounded; weights and pixels have no more.

    Returns
    -------
    float
        For weights and pixels of at most 1; no number may be so small that it loses bits for that.

    Examples
    --------
    >>> [round(winograd_bound(m, channels=64), 3) for m in (2, 4)]
    [0.022, 0.218]
    """
    if m not in MATRICES:
        raise ValueError(f"m: expected one of {[*MATRICES]}, got {m!r}")
    channels = count.read(channels, "channels")
    largest = float(growth(m)) ** 2 * channels
    return largest * relative(channels + 2 * m**2 + 2 * m + 14, unit_roundoff(bits))


# ---- the formulas --------------------------------------------------------------------------------


def growth(m):
    """Give κ, the largest entry of |Aᵀ| (|G| 1 ⊙ |Bᵀ| 1)."""
    A, B, G = map(abs, MATRICES[m])
    return max(A.T @ (G.sum(axis=1) * B.T.sum(axis=1)))


def relative(n, u):
    """Give (1 + u)ⁿ − 1, for tiny u too: how much n roundings can change a number."""
    return expm1(n * log1p(u))


class Winograd:
    """Convolution by tiles of m × m outputs, each from t × t pixels, t = m + 2."""

    def __init__(self, m: int):
        self.m, self.t = m, m + 2
        self.A, self.B, self.G = MATRICES[m]

    def products(self, geometry: Geometry) -> int:
        """Count the multiplications of one channel with one kernel."""
        return prod(-(-side // self.m) for side in geometry.output_size) * self.t**2

    def convolve(self, x, w, b, geometry, groups):
        """Give Aᵀ ((G w Gᵀ) ⊙ (Bᵀ x B)) A for every tile: equation 2.1.1o."""
        b = None if isinstance(b, float) else reshape(b, (groups, -1))
        return self._slide(x, cut(w, groups), geometry.before, geometry.output_size, b)

    def gradient_of_images(self, x, w, delta, geometry, groups):
        """Give ∂C/∂x: the errors convolved with the kernels, which are turned by 180°."""
        turned = library(w).flip(cut(w, groups), axis=(3, 4))
        top, left = geometry.before
        return self._slide(delta, moveaxis(turned, 2, 1), (2 - top, 2 - left), geometry.size)

    def gradient_of_weight(self, x, w, delta, geometry, groups):
        """Give ∂C/∂w, the sum of Gᵀ ((A δ Aᵀ) ⊙ (Bᵀ x B)) G over the tiles: equation 2.1.1q."""
        w, delta = cut(w, groups), cut(delta, groups, axis=1)
        tiling, (_, o, c, *size) = _Tiling(self, x, w, geometry.output_size), w.shape
        panels = tiling.panels(c, tiling.in_a_block)
        pixels = self._pixels(tiling, cut(x, groups * panels, axis=1), geometry.before)
        dw = empty((groups, o, panels, c // panels, *size), x)
        for kernels in tiling.kernels(GRADIENTS):
            errors = delta[:, :, kernels, ...]
            of_kernels = both_sides(self.G.T, self._products(tiling, errors, pixels))
            dw[:, kernels, ...] = permute_dims(of_kernels, (2, 4, 3, 5, 0, 1))
        return reshape(dw, (-1, c, *size))

    def _slide(self, x, w, before, size, b=None):
        """Convolve with kernels (groups, O, C, 3, 3)."""
        tiling, (groups, o) = _Tiling(self, x, w, size), w.shape[:2]
        pixels = self._pixels(tiling, cut(x, groups, axis=1), before)
        weights = self._weights(tiling, w)
        y = empty((x.shape[0], *tiling.places, groups, o), x)
        parts = tiling.kernels(WEIGHTS)
        for block in tiling.blocks:
            for kernels in parts:
                Y = both_sides(self.A.T, by_rows(pixels(block), weights(kernels)))
                if b is not None:
                    Y += reshape(b[:, kernels], (*Y.shape[2:4], 1, -1))
                tiling.write(Y, y[..., kernels], block)
        y = reshape(y, (x.shape[0], y.shape[1] * self.m, y.shape[3] * self.m, -1))
        return permute_dims(y[:, : size[0], : size[1], :], (0, 3, 1, 2))  # tiles may reach beyond

    def _products(self, tiling, errors, pixels):
        """Give the sum of (A δ Aᵀ) ⊙ (Bᵀ x B) over tiles, (t, t, groups, panels, O, C/panels)."""

        def of(block):
            transformed = both_sides(self.A, tiling.tiles(errors, self.m, block)).mT
            met = pixels(block)  # panels of channels are groups of their own: make them an axis
            met = reshape(met, (*transformed.shape[:3], -1, *met.shape[4:]))
            return by_rows(transformed[:, :, :, None, ...], met)

        first, *others = tiling.blocks
        total = of(first)
        for block in others:
            total += of(block)
        return total

    def _pixels(self, tiling, x, before):
        """Give what makes of a block Bᵀ x B, shape (t, t, groups, 1, tiles, C)."""

        def of(block):
            return both_sides(self.B.T, tiling.tiles(x, self.t, block, before))[:, :, :, None, ...]

        return _Last(of)

    def _weights(self, tiling, w):
        """Give what makes of some kernels G w Gᵀ, (t, t, groups, panels, C, O/panels)."""

        def of(kernels):
            part = w[:, kernels, ...]
            part = cut(part, tiling.panels(*part.shape[1:3]), axis=1)
            return both_sides(self.G, permute_dims(part, (4, 5, 0, 1, 3, 2)))

        return _Last(of)


class _Last:
    """Makes something of a part, and keeps what it made last: often there is but one part."""

    def __init__(self, make: Callable[[Any], Array]):
        self.make, self.part = make, None

    def __call__(self, part: Any) -> Array:
        if part is not self.part:
            self.part, self.made = part, None  # its room is free for the next
            self.made = self.make(part)
        return self.made


class _Tiling:
    """The tiles of outputs of this size, and how they and the kernels are cut into parts.

    Attributes
    ----------
    blocks : list of Block
        The tiles, in parts that are meant to stay in a cache.
    in_a_block : int
        So many tiles are in the first.
    """

    def __init__(self, method: Winograd, x: Array, w: Array, size: Pair):
        self.m, (groups, *self.kernel) = method.m, w.shape[:3]
        rows, self.columns = (-(-side // self.m) for side in size)
        self.places = rows, self.m, self.columns, self.m
        self.itemsize = library(x).finfo(x.dtype).bits // 8
        self.place = groups * method.t**2 * self.itemsize
        tiles = BLOCK // (self.place * max(self.kernel))
        images, rows_of_one = tiles // (rows * self.columns), tiles // self.columns
        self.blocks = [*product(_slices(x.shape[0], images), _slices(rows, rows_of_one))]
        self.in_a_block = prod(part.stop - part.start for part in self.blocks[0]) * self.columns

    def kernels(self, most: int) -> list[slice]:
        """Give a group's kernels, in parts of which the transforms have at most so many bytes."""
        o, c = self.kernel
        many = most // (self.place * c)
        many = many // 16 * 16 or max(many, 1)  # of 16 floats each begins a line of the cache
        return [slice(first, min(first + many, o)) for first in range(0, o, many)]

    def panels(self, number: int, rows: int) -> int:
        """Give into how many parts so many columns of a matrix are cut that has so many rows."""
        return equal_parts(number, max(FEW, PANEL // (self.itemsize * rows)))

    def tiles(self, x: Array, k: int, block: Block, before: Pair = (0, 0)) -> Array:
        """Give k × k numbers for each tile, shape (k, k, groups, tiles, C); 0 outside x."""
        (images, rows), (top, left), (h, w) = block, before, x.shape[3:]
        m, high, wide = self.m, rows.stop - rows.start, self.columns
        first, parts = rows.start * m - top, [slice(i, min(i + m, k)) for i in range(0, k, m)]
        up, down = _inside(first, m * (high - 1) + k, h)
        a, b = _inside(-left, m * (wide - 1) + k, w)
        x = permute_dims(x[images, :, :, up:down, a:b], (1, 0, 3, 4, 2))
        (groups, n, *_, c), more = x.shape, len(parts) - 1
        around = empty((groups, n, (high + more) * m, (wide + more) * m, c), x)
        around[...] = 0
        around[:, :, up - first : down - first, a + left : b + left, :] = x
        around = reshape(around, (groups, n, high + more, m, wide + more, m, c))
        around = permute_dims(around, (3, 5, 0, 1, 2, 4, 6))
        tiles = empty((k, k, groups, n, high, wide, c), x)
        for (i, lines), (j, across) in product(enumerate(parts), repeat=2):
            # a tile's own m × m, or what it shares with its neighbours below and to the right
            met = around[:, :, :, :, i : i + high, j : j + wide, :]
            tiles[lines, across, ...] = met[: lines.stop - i * m, : across.stop - j * m, ...]
        return reshape(tiles, (k, k, groups, -1, c))

    def write(self, Y: Array, y: Array, block: Block) -> None:
        """Write tiles (m, m, groups, panels, tiles, O/panels) into y (N, rows, m, …, groups, O)."""
        (images, rows), (*shape, _, few) = block, Y.shape
        Y = reshape(Y, (*shape, images.stop - images.start, -1, self.columns, few))
        for panel in range(shape[3]):
            outputs = permute_dims(Y[:, :, :, panel, ...], (3, 4, 0, 5, 1, 2, 6))
            y[images, rows, ..., few * panel : few * (panel + 1)] = outputs


def both_sides(matrix: np.ndarray, x: Array) -> Array:
    """Give M x Mᵀ for the first two axes of x: one product of M ⊗ M, with these axes as one."""
    (m, k), rest = matrix.shape, x.shape[2:]
    twice = matrix[:, None, :, None] * matrix[:, None, :]
    twice = like(twice.reshape(m * m, k * k), x)
    return reshape(multiply(twice, reshape(x, (k * k, -1))), (m, m, *rest))


def like(matrix: np.ndarray, x: Array) -> Array:
    """Give a matrix in the library and dtype of an array, and on its device."""
    return library(x).asarray(matrix, dtype=x.dtype, device=device(x))


def empty(shape: tuple[int, ...], x: Array) -> Array:
    """Give room for an array in the library and dtype of another, and on its device."""
    return library(x).empty(shape, dtype=x.dtype, device=device(x))


def _slices(number: int, most: int) -> list[slice]:
    """Cut so many into parts of at most so many, as equal as can be."""
    parts = -(-number // max(most, 1))
    ends = [number * part // parts for part in range(parts + 1)]
    return [slice(*pair) for pair in pairwise(ends)]


def _inside(first: int, length: int, size: int) -> Pair:
    """Give from where to where so many numbers from the first on lie in an axis of this size."""
    start = min(max(first, 0), size)
    return start, max(start, min(first + length, size))
