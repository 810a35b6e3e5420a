"""Convolution in tiles: columns for a few windows at a time, in a buffer that stays in the cache.

`im2col` copies every pixel up to k_h k_w times and keeps all the copies. Here the columns are made
for one tile of windows, multiplied with the kernels, and overwritten by the next tile's. To make
them fast, a block of images is laid out anew first, with the zeros around them:

- The images come last: the numbers that a pixel has in all images of the block lie side by side,
  then those of the pixel to its right. So what a place (i, j) of the kernel meets in a row of
  windows is one run of numbers, and a long one even where the images are small. Many outputs are
  left in this order, for the next layer.
- With a stride s, every s-th row and column are laid out by themselves, which brings the stride
  back to 1.
"""

from collections.abc import Iterator
from itertools import product
from math import prod

import numpy as np

from .geometry import Geometry
from .products import aligned, long_product, multiply

BUFFER = 4 * 2**20  # bytes of a tile's columns and outputs
IMAGES = 4 * 2**20  # bytes of a block's images
WIDE = 48  # windows in a row: so many make a long run in one image
PIECE = 2**20  # bytes of a product of columns and errors
FEW = 8  # images: so many are given back as they lie in a block

Tile = tuple[
    slice, slice, slice, slice
]  # where its windows are: an index of outputs (N, O, oh, ow)


class Tiles:
    """The blocks of images and the tiles of windows of one convolution, and their buffers.

    Attributes
    ----------
    weight : array, shape (groups, O/groups, C/groups·kh·kw)
    images : int
        How many are in a block at most.
    pixels : array, shape (s_h, s_w, C, rows, columns, images)
        Those of a block, the zeros around them included.
    """

    def __init__(self, x: np.ndarray, w: np.ndarray, geometry: Geometry, groups: int):
        self.geometry, self.dtype = geometry, x.dtype
        (n, channels), kernels = x.shape[:2], len(w)
        self.weight = w.reshape(groups, kernels // groups, -1)
        every = zip(geometry.padded_size, geometry.stride, strict=True)
        self._shape = *geometry.stride, channels, *(-(-size // step) for size, step in every)

        rows, (height, width) = groups * self.weight.shape[2], geometry.output_size
        most = IMAGES // (x.itemsize * prod(self._shape)) if width < WIDE else 1
        self.images = evenly(n, most)
        windows = BUFFER // (x.itemsize * self.images * (rows + kernels))
        self.tile = evenly(height, windows // width), evenly(width, windows)
        numbers = prod(self.tile) * self.images
        self._columns = aligned((rows * numbers,), x.dtype)
        self._outputs = aligned((kernels * numbers,), x.dtype)

    def room(self, n: int, channels: int, size: tuple[int, int]) -> np.ndarray:
        """Give room for images (N, C, H, W); in memory they come last, unless they are few."""
        if min(n, self.images) < FEW:
            return np.empty((n, channels, *size), self.dtype)
        return images_first(np.empty((channels, *size, n), self.dtype))

    def blocks(self, n: int) -> Iterator[slice]:
        """Give the images, a block at a time."""
        for first in range(0, n, self.images):
            images = min(self.images, n - first)
            if first == 0 or images != self.images:
                self.pixels = np.zeros((*self._shape, images), self.dtype)
            yield slice(first, first + images)

    def tiles(self, block: slice) -> Iterator[Tile]:
        """Give the windows of a block, a tile at a time: some rows, or a part of a row."""
        (oh, ow), (height, width) = self.geometry.output_size, self.tile
        for row, column in product(range(0, oh, height), range(0, ow, width)):
            rows = slice(row, min(oh, row + height))
            yield block, slice(None), rows, slice(column, min(ow, column + width))

    def lay_out(self, images: np.ndarray) -> None:
        """Write images into the pixels."""
        for pixels, given in self._pieces(images):
            pixels[...] = given

    def collect(self, images: np.ndarray) -> None:
        """Write the pixels into images."""
        for pixels, given in self._pieces(images):
            given[...] = pixels

    def _pieces(self, images: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give parts of the pixels and of the images that belong together, the images last."""
        (sh, sw), (top, left) = self.geometry.stride, self.geometry.before
        for a, b in product(range(sh), range(sw)):
            first, second = (a - top) % sh, (b - left) % sw
            given = images_last(images[:, :, first::sh, second::sw])
            row, column = (first + top) // sh, (second + left) // sw
            height, width = given.shape[1:3]
            yield self.pixels[a, b, :, row : row + height, column : column + width], given

    def outputs(self, tile: Tile) -> np.ndarray:
        """Give room for the outputs of a tile, or the errors there, (O, rows, columns, images)."""
        shape = prod(self.weight.shape[:2]), *self._windows(tile)
        return self._outputs[: prod(shape)].reshape(shape)

    def errors(self, delta: np.ndarray, tile: Tile) -> np.ndarray:
        """Give the errors of a tile, as a matrix for each group."""
        errors = self.outputs(tile)
        errors[...] = images_last(delta[tile])
        return self.matrices(errors)

    def columns(self, tile: Tile) -> np.ndarray:
        """Give the columns of a tile, as a matrix for each group, copied from the pixels."""
        for columns, met in self._pairs(tile):
            columns[...] = met
        return self.matrices(self._by_place(tile))

    def add_columns(self, W: np.ndarray, errors: np.ndarray, tile: Tile) -> None:
        """Add the products of two matrices, columns, to the pixels that these would come from."""
        multiply(W, errors, out=self.matrices(self._by_place(tile)))
        for columns, met in self._pairs(tile):
            met += columns

    def _pairs(self, tile: Tile) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give, for each place of the kernel, its rows of the columns and the pixels it meets."""
        columns, (*_, rows, across) = self._by_place(tile), tile
        (sh, sw), (dh, dw) = self.geometry.stride, self.geometry.dilation
        for place, (i, j) in enumerate(product(*map(range, self.geometry.kernel_size))):
            (below, a), (right, b) = divmod(i * dh, sh), divmod(j * dw, sw)
            yield (
                columns[:, place],
                self.pixels[a, b, :, shifted(rows, below), shifted(across, right)],
            )

    def _by_place(self, tile: Tile) -> np.ndarray:
        """Give the columns of a tile, shape (C, kh·kw, rows, columns, images), as they are."""
        shape = self._shape[2], prod(self.geometry.kernel_size), *self._windows(tile)
        return self._columns[: prod(shape)].reshape(shape)

    def _windows(self, tile: Tile) -> tuple[int, int, int]:
        """Give how many windows a tile has below each other and side by side, in all images."""
        images, _, rows, columns = tile
        return (*(each.stop - each.start for each in (rows, columns, images)),)

    def matrices(self, numbers: np.ndarray) -> np.ndarray:
        """Give numbers (…, rows, columns, images) as a matrix for each group, a row per window."""
        return numbers.reshape(len(self.weight), -1, prod(numbers.shape[-3:]))


def evenly(n: int, most: int) -> int:
    """Give into how many at a time n are cut, as evenly as can be: at most so many, at least 1."""
    parts = -(-n // max(1, most))
    return -(-n // parts)


def images_last(x: np.ndarray) -> np.ndarray:
    """Give images (N, C, H, W) as an array (C, H, W, N), in the same memory."""
    return x.transpose(1, 2, 3, 0)


def images_first(x: np.ndarray) -> np.ndarray:
    """Give an array (C, H, W, N) as images (N, C, H, W), in the same memory."""
    return x.transpose(3, 0, 1, 2)


def shifted(where: slice, by: int) -> slice:
    """Give a slice that lies so much further on."""
    return slice(where.start + by, where.stop + by)


def convolve(x, w, b, geometry, groups):
    """Give the convolution of images with kernels, shape (N, O, oh, ow)."""
    n, tiles = len(x), Tiles(x, w, geometry, groups)
    W, y = tiles.weight, tiles.room(n, len(w), geometry.output_size)
    for block in tiles.blocks(n):
        tiles.lay_out(x[block])
        for tile in tiles.tiles(block):
            Y = tiles.outputs(tile)
            multiply(W, tiles.columns(tile), out=tiles.matrices(Y))
            np.add(images_first(Y), b, out=y[tile])
    return y


def gradient_of_images(x, w, delta, geometry, groups):
    """Give ∂C/∂x."""
    tiles = Tiles(x, w, geometry, groups)
    dx = tiles.room(len(x), x.shape[1], geometry.size)
    for block in tiles.blocks(len(x)):
        tiles.pixels[...] = 0
        for tile in tiles.tiles(block):
            tiles.add_columns(tiles.weight.mT, tiles.errors(delta, tile), tile)
        tiles.collect(dx[block])
    return dx


def gradient_of_weight(x, w, delta, geometry, groups):
    """Give ∂C/∂w."""
    tiles = Tiles(x, w, geometry, groups)
    # transposed: BLAS is faster when the longer side of the product comes first
    total = np.zeros(tiles.weight.mT.shape, x.dtype)
    piece = max(1, PIECE // (total.itemsize * groups * total.shape[2]))
    for block in tiles.blocks(len(x)):
        tiles.lay_out(x[block])
        for tile in tiles.tiles(block):
            X, errors = tiles.columns(tile), tiles.errors(delta, tile)
            for first in range(0, total.shape[1], piece):
                rows = slice(first, first + piece)
                total[:, rows] += long_product(X[:, rows], errors)
    return total.mT.reshape(w.shape)
