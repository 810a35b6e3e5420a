"""Convolution in tiles: columns for a few windows at a time, in a buffer that stays in the cache.

`im2col` copies every pixel up to k_h k_w times and keeps all the copies. Here the columns are made
for one tile of windows, multiplied with the kernels, and overwritten by the next tile's. To make
them fast, a block of images is laid out in lines first:

- A line holds a channel of the images, row after row, the zeros between the rows included. With a
  stride of 1, going one window on is then going one number on, and the pixels that a place (i, j)
  of the kernel meets are the line itself, read from a later number on: one long copy. Windows that
  reach over a row's end are computed too, and thrown away.
- With a stride s, every s-th row and column make a line of their own, which brings the stride back
  to 1.
- The zeros right of a row are also those left of the next one, and are there only once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from math import prod

import numpy as np

from .geometry import Geometry

COLUMNS = 4 * 2**20  # bytes of a tile's columns
LINES = 2**20  # bytes of a block's lines


@dataclass(frozen=True)
class _Layout:
    """How images become lines: an image has `rows` rows of `pitch` numbers in each line."""

    geometry: Geometry

    @cached_property
    def rows(self) -> int:
        return self._size(0)

    @cached_property
    def pitch(self) -> int:
        return self._size(1)

    def _size(self, axis: int) -> int:
        g = self.geometry
        zeros = max(g.before[axis], g.after[axis])
        return max(-(-(g.size[axis] + zeros) // g.stride[axis]), g.output_size[axis])

    @cached_property
    def line(self) -> int:
        """How many numbers an image has in a line."""
        return self.rows * self.pitch

    @cached_property
    def shifts(self) -> list[tuple[int, int, int]]:
        """For each place (i, j) of the kernel: which line it meets, and from which number on."""
        g = self.geometry
        (sh, sw), (dh, dw) = g.stride, g.dilation
        return [
            ((i * dh) % sh, (j * dw) % sw, (i * dh) // sh * self.pitch + (j * dw) // sw)
            for i, j in product(*map(range, g.kernel_size))
        ]

    def pieces(self, lines: np.ndarray, images: np.ndarray) -> Iterator[tuple]:
        """Give parts of the lines and the pixels that stand there, both (C, N, rows, columns)."""
        (sh, sw), (top, left), n = self.geometry.stride, self.geometry.before, len(images)
        for a, b in product(range(sh), range(sw)):
            first, second = (a - top) % sh, (b - left) % sw
            pixels = images[:, :, first::sh, second::sw].swapaxes(0, 1)
            row, column, (height, width) = (
                (first + top) // sh,
                (second + left) // sw,
                pixels.shape[2:],
            )
            in_rows = lines[a, b, :, : n * self.line].reshape(-1, n, self.rows, self.pitch)
            yield in_rows[:, :, row : row + height, column : column + width], pixels

    def windows(self, outputs: np.ndarray, block: slice) -> np.ndarray:
        """Give of lines (O, numbers) what stands for windows, shape (N, O, oh, ow)."""
        n, (oh, ow) = block.stop - block.start, self.geometry.output_size
        in_rows = outputs[:, : n * self.line].reshape(-1, n, self.rows, self.pitch)
        return in_rows[:, :, :oh, :ow].swapaxes(0, 1)


_layout = lru_cache(_Layout)  # a layer asks for the same one at every step of a training


class _Tiles:
    """The blocks of images and tiles of windows of one convolution, and the buffer of columns."""

    def __init__(self, x: np.ndarray, weight: np.ndarray, geometry: Geometry, groups: int):
        self.layout = _layout(geometry)
        self.dtype = np.result_type(x, weight)
        (n, channels), kernels = x.shape[:2], len(weight)
        self.weight = weight.astype(self.dtype, copy=False).reshape(groups, kernels // groups, -1)
        self.channels, self.kernels, self.groups = channels, kernels, groups

        line, size = self.layout.line, self.dtype.itemsize
        image = size * line * max(channels * prod(geometry.stride), kernels)
        self.images = max(1, min(n, LINES // image))
        column = size * groups * self.weight.shape[2]
        # as many windows as kernels, at least: else adding gradients up is more work than columns
        most = max(COLUMNS // column, kernels // groups, 64)
        windows = self.images * line
        self.size = -(-windows // -(-windows // most))
        places = prod(geometry.kernel_size)
        self.columns = np.empty((groups, channels // groups, places, self.size), self.dtype)

    def lines(self) -> np.ndarray:
        """Give lines of zeros for a block of images, shape (s_h, s_w, C, numbers)."""
        layout = self.layout
        further = max(shift for *_, shift in layout.shifts)
        numbers = self.images * layout.line + further
        return np.zeros((*layout.geometry.stride, self.channels, numbers), self.dtype)

    def outputs(self) -> np.ndarray:
        """Give lines of zeros for a block of outputs, shape (O, numbers)."""
        return np.zeros((self.kernels, self.images * self.layout.line), self.dtype)

    def blocks(self, n: int) -> Iterator[slice]:
        """Give the images, a block at a time."""
        for first in range(0, n, self.images):
            yield slice(first, min(n, first + self.images))

    def tiles(self, block: slice) -> Iterator[slice]:
        """Give the windows of a block, a tile at a time."""
        windows = (block.stop - block.start) * self.layout.line
        for first in range(0, windows, self.size):
            yield slice(first, min(windows, first + self.size))

    def pairs(self, lines: np.ndarray, tile: slice) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give, for each place of the kernel, its rows of the columns and the pixels it meets."""
        of_groups = lines.reshape(*lines.shape[:2], self.groups, -1, lines.shape[3])
        for place, (a, b, shift) in enumerate(self.layout.shifts):
            columns = self.columns[:, :, place, : tile.stop - tile.start]
            yield columns, of_groups[a, b, :, :, tile.start + shift : tile.stop + shift]

    def matrix(self, tile: slice) -> np.ndarray:
        """Give the columns as a matrix for each group, shape (groups, C/groups·kh·kw, windows)."""
        rows = self.columns.reshape(self.groups, -1, self.size)
        return rows[:, :, : tile.stop - tile.start]

    def grouped(self, outputs: np.ndarray, tile: slice) -> np.ndarray:
        """Give a tile of lines (O, numbers) for each group, shape (groups, O/groups, windows)."""
        return outputs.reshape(self.groups, -1, outputs.shape[1])[:, :, tile]


def convolve(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, geometry: Geometry, groups: int
) -> np.ndarray:
    """Give the convolution of images with kernels, shape (N, O, oh, ow)."""
    tiles = _Tiles(x, weight, geometry, groups)
    y = np.empty((len(x), len(weight), *geometry.output_size), tiles.dtype)
    lines, outputs = tiles.lines(), tiles.outputs()
    for block in tiles.blocks(len(x)):
        for numbers, pixels in tiles.layout.pieces(lines, x[block]):
            numbers[...] = pixels
        for tile in tiles.tiles(block):
            for columns, met in tiles.pairs(lines, tile):
                columns[...] = met
            with np.errstate(all="ignore"):  # windows over a row's end may overflow: they go
                np.matmul(tiles.weight, tiles.matrix(tile), out=tiles.grouped(outputs, tile))
        y[block] = tiles.layout.windows(outputs, block)
        if bias is not None:
            y[block] += bias[:, None, None]
    return y


def gradient_of_images(
    x: np.ndarray, weight: np.ndarray, upstream: np.ndarray, geometry: Geometry, groups: int
) -> np.ndarray:
    """Give ∂C/∂x."""
    tiles = _Tiles(x, weight, geometry, groups)
    dx = np.empty(x.shape, tiles.dtype)
    lines, delta = tiles.lines(), tiles.outputs()
    for block in tiles.blocks(len(x)):
        tiles.layout.windows(delta, block)[...] = upstream[block]
        lines[...] = 0
        for tile in tiles.tiles(block):
            transposed = tiles.weight.swapaxes(1, 2)
            np.matmul(transposed, tiles.grouped(delta, tile), out=tiles.matrix(tile))
            for columns, met in tiles.pairs(lines, tile):
                met += columns
        for numbers, pixels in tiles.layout.pieces(lines, dx[block]):
            pixels[...] = numbers
    return dx


def gradient_of_weight(
    x: np.ndarray, weight: np.ndarray, upstream: np.ndarray, geometry: Geometry, groups: int
) -> np.ndarray:
    """Give ∂C/∂weight."""
    tiles = _Tiles(x, weight, geometry, groups)
    lines, delta = tiles.lines(), tiles.outputs()
    # transposed: BLAS is faster when the longer side of the product comes first
    total = np.zeros(tiles.weight.swapaxes(1, 2).shape, tiles.dtype)
    piece = max(1, LINES // (total.itemsize * groups * total.shape[2]))
    for block in tiles.blocks(len(x)):
        tiles.layout.windows(delta, block)[...] = upstream[block]
        for numbers, pixels in tiles.layout.pieces(lines, x[block]):
            numbers[...] = pixels
        for tile in tiles.tiles(block):
            for columns, met in tiles.pairs(lines, tile):
                columns[...] = met
            errors = tiles.grouped(delta, tile).swapaxes(1, 2)
            for first in range(0, total.shape[1], piece):
                rows = slice(first, first + piece)
                total[:, rows] += tiles.matrix(tile)[:, rows] @ errors
    return total.swapaxes(1, 2).reshape(weight.shape)
