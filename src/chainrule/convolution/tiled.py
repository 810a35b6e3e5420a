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
from functools import lru_cache
from itertools import product
from math import prod

import numpy as np

from .geometry import Geometry
from .products import long_product, multiply

COLUMNS = 4 * 2**20  # bytes of a tile's columns
LINES = 2**20  # bytes of a block's lines


@lru_cache  # a layer asks for the same one at every step of a training
class _Layout:
    """How images become lines: an image has `rows` rows of `pitch` numbers in each line.

    `shifts` says for each place (i, j) of the kernel which line it meets, and from which number on.
    """

    def __init__(self, geometry: Geometry):
        self.geometry = g = geometry
        (sh, sw), (dh, dw) = g.stride, g.dilation
        every = zip(g.size, g.before, g.after, g.stride, g.output_size, strict=True)
        self.rows, self.pitch = (
            max(-(-(size + max(before, after)) // step), outputs)
            for size, before, after, step, outputs in every
        )
        self.line = self.rows * self.pitch
        self.shifts = [
            ((i * dh) % sh, (j * dw) % sw, (i * dh) // sh * self.pitch + (j * dw) // sw)
            for i, j in product(*map(range, g.kernel_size))
        ]
        self.further = self.shifts[-1][2]

    def pieces(self, lines: np.ndarray, images: np.ndarray) -> Iterator[tuple]:
        """Give parts of the lines and the pixels that stand there, both (C, N, rows, columns)."""
        (sh, sw), (top, left), n = self.geometry.stride, self.geometry.before, len(images)
        for a, b in product(range(sh), range(sw)):
            first, second = (a - top) % sh, (b - left) % sw
            pixels = images[:, :, first::sh, second::sw].swapaxes(0, 1)
            row, column = (first + top) // sh, (second + left) // sw
            height, width = pixels.shape[2:]
            in_rows = lines[a, b, :, : n * self.line].reshape(-1, n, self.rows, self.pitch)
            yield in_rows[:, :, row : row + height, column : column + width], pixels


class Tiles:
    """The blocks of images and the tiles of windows of one convolution, and their buffers.

    Attributes
    ----------
    weight : array, shape (groups, O/groups, C/groups·kh·kw)
    lines : array, shape (s_h, s_w, C, numbers)
        Those of a block's images.
    outputs : array, shape (groups, O/groups, numbers)
        Lines for what stands for windows: the block's outputs, or the errors there.
    """

    def __init__(self, x: np.ndarray, w: np.ndarray, geometry: Geometry, groups: int):
        self.layout = layout = _Layout(geometry)
        (n, channels), kernels = x.shape[:2], len(w)
        self.weight = w.reshape(groups, kernels // groups, -1)

        image = x.itemsize * layout.line * max(channels * prod(geometry.stride), kernels)
        self.images = max(1, min(n, LINES // image))
        column = x.itemsize * groups * self.weight.shape[2]
        # as many windows as kernels, at least: else adding gradients up is more work than columns
        most = max(COLUMNS // column, kernels // groups, 64)
        windows = self.images * layout.line
        self.size = -(-windows // -(-windows // most) // 64) * 64  # BLAS likes such widths

        self.lines = np.zeros((*geometry.stride, channels, windows + layout.further), x.dtype)
        self.outputs = np.zeros((*self.weight.shape[:2], windows), x.dtype)
        places = prod(geometry.kernel_size)
        self._columns = np.empty((groups, channels // groups, places, self.size), x.dtype)

    def blocks(self, n: int) -> Iterator[slice]:
        """Give the images, a block at a time."""
        for first in range(0, n, self.images):
            yield slice(first, min(n, first + self.images))

    def tiles(self, block: slice) -> Iterator[slice]:
        """Give the windows of a block, a tile at a time."""
        windows = (block.stop - block.start) * self.layout.line
        for first in range(0, windows, self.size):
            yield slice(first, min(windows, first + self.size))

    def lay_out(self, images: np.ndarray) -> None:
        """Write a block of images into the lines."""
        for numbers, pixels in self.layout.pieces(self.lines, images):
            numbers[...] = pixels

    def collect(self, images: np.ndarray) -> None:
        """Write the lines into a block of images."""
        for numbers, pixels in self.layout.pieces(self.lines, images):
            pixels[...] = numbers

    def windows(self, block: slice) -> np.ndarray:
        """Give of the outputs what stands for windows, shape (N, O, oh, ow)."""
        n, (oh, ow) = block.stop - block.start, self.layout.geometry.output_size
        in_rows = self.outputs[:, :, : n * self.layout.line]
        shape = (-1, n, self.layout.rows, self.layout.pitch)
        return in_rows.reshape(shape)[:, :, :oh, :ow].swapaxes(0, 1)

    def matrix(self, tile: slice) -> np.ndarray:
        """Give the columns of a tile, shape (groups, C/groups·kh·kw, windows), as they are."""
        rows = self._columns.reshape(len(self._columns), -1, self.size)
        return rows[:, :, : tile.stop - tile.start]

    def columns(self, tile: slice) -> np.ndarray:
        """Give the columns of a tile, copied from the lines."""
        for columns, met in self._pairs(tile):
            columns[...] = met
        return self.matrix(tile)

    def add_columns(self, tile: slice) -> None:
        """Add the columns of a tile to the lines that they would be copied from."""
        for columns, met in self._pairs(tile):
            met += columns

    def _pairs(self, tile: slice) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give, for each place of the kernel, its rows of the columns and the pixels it meets."""
        (sh, sw, _, numbers), groups = self.lines.shape, len(self.weight)
        of_groups = self.lines.reshape(sh, sw, groups, -1, numbers)
        for place, (a, b, shift) in enumerate(self.layout.shifts):
            columns = self._columns[:, :, place, : tile.stop - tile.start]
            yield columns, of_groups[a, b, :, :, tile.start + shift : tile.stop + shift]


def convolve(x, w, b, geometry, groups):
    """Give the convolution of images with kernels, shape (N, O, oh, ow)."""
    y = np.empty((len(x), len(w), *geometry.output_size), x.dtype)
    tiles = Tiles(x, w, geometry, groups)
    W, Y = tiles.weight, tiles.outputs
    for block in tiles.blocks(len(x)):
        tiles.lay_out(x[block])
        for tile in tiles.tiles(block):
            multiply(W, tiles.columns(tile), out=Y[:, :, tile])
        y[block] = tiles.windows(block) + b
    return y


def gradient_of_images(x, w, delta, geometry, groups):
    """Give ∂C/∂x."""
    dx = np.empty(x.shape, x.dtype)
    tiles = Tiles(x, w, geometry, groups)
    W, errors = tiles.weight, tiles.outputs
    for block in tiles.blocks(len(x)):
        tiles.windows(block)[...] = delta[block]
        tiles.lines[...] = 0
        for tile in tiles.tiles(block):
            multiply(W.mT, errors[:, :, tile], out=tiles.matrix(tile))
            tiles.add_columns(tile)
        tiles.collect(dx[block])
    return dx


def gradient_of_weight(x, w, delta, geometry, groups):
    """Give ∂C/∂w."""
    tiles = Tiles(x, w, geometry, groups)
    # transposed: BLAS is faster when the longer side of the product comes first
    total = np.zeros(tiles.weight.mT.shape, x.dtype)
    piece = max(1, LINES // (total.itemsize * groups * total.shape[2]))
    for block in tiles.blocks(len(x)):
        tiles.windows(block)[...] = delta[block]
        tiles.lay_out(x[block])
        for tile in tiles.tiles(block):
            X, errors = tiles.columns(tile), tiles.outputs[:, :, tile]
            for first in range(0, total.shape[1], piece):
                rows = slice(first, first + piece)
                total[:, rows] += long_product(X[:, rows], errors)
    return total.mT.reshape(w.shape)
