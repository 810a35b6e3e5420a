"""Convolution in tiles: columns for a few rows of windows at a time, from a buffer in the cache.

`im2col` copies every pixel up to k_h k_w times and keeps all the copies. Here a pixel is copied
about k_w times, for a vertical dilation of 1, and the next tile's copies overwrite them:

- A strip is what one place in a row of the kernel meets in one row of pixels: a number for each of
  the windows side by side. The strips of a row of pixels, of all channels and places, stand below
  each other, and below them those of the next row of pixels. So the columns of a row of windows
  are the strips of k_h rows of pixels, and those of the next row of windows begin s rows of pixels
  further down: if s < k_h, two matrices that overlap. (With a vertical dilation each row of windows
  has strips of its own.)
- To make long strips, a block of images is laid out anew first, with the zeros around them, and the
  images last: the numbers that a pixel has in all images of the block lie side by side, then those
  of the pixel to its right. Many outputs are left in this order, for the next layer.
- With a stride s, every s-th row and column are laid out by themselves, which makes a strip one run
  of numbers again.

Cho and Brand, MEC: memory-efficient convolution for deep neural network, ICML 2017.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from .geometry import Geometry
from .products import PIECE, aligned, cut, long_product, multiply

BUFFER = 4 * 2**20  # bytes of a tile's strips and outputs; with tall kernels up to twice as many
IMAGES = 4 * 2**20  # bytes of a block's images
WIDE = 48  # windows in a row: so many make a long strip in one image
FEW = 8  # images in a block: so many are given back as they lie there
MANY = 3  # kernels for each channel: with more, adding columns is faster than laying out errors

Tile = tuple[
    slice, slice, slice, slice
]  # where its windows are: an index of outputs (N, O, oh, ow)


class Tiles:
    """The blocks of images and the tiles of windows of one convolution, and their buffers.

    Attributes
    ----------
    images : int
        How many are in a block at most.
    pixels : array, shape (s_h, s_w, groups, C/groups, rows, columns, images)
        Those of a block, the zeros around them included.
    below : int
        How many rows of pixels further down, in the strips, the next row of windows begins.
    """

    def __init__(self, x: np.ndarray, w: np.ndarray, geometry: Geometry):
        self.geometry, self.dtype, self._w = geometry, x.dtype, w
        groups, kernels, channels, kh, kw = w.shape
        step, (height, width) = geometry.stride[0], geometry.output_size
        self.below = step if step < kh and geometry.dilation[0] == 1 else kh
        every = zip(geometry.padded_size, geometry.stride, strict=True)
        sizes = (-(-size // step) for size, step in every)
        self._shape = *geometry.stride, groups, channels, *sizes

        of_a_window = x.itemsize * groups * (self.below * channels * kw + kernels)
        most = min(IMAGES // (x.itemsize * prod(self._shape)), BUFFER // of_a_window)
        self.images = evenly(len(x), most if width < WIDE else 1)
        windows = BUFFER // (of_a_window * self.images)
        wide = evenly(width, windows * self.below // kh)
        self.tile = evenly(height, windows // wide), wide
        self._strips = aligned((prod(self._shape_of_strips(*self.tile, self.images)),), x.dtype)
        self._outputs = aligned((groups * kernels * prod(self.tile) * self.images,), x.dtype)

    @cached_property
    def weight(self) -> np.ndarray:
        """The kernels, as matrices (groups, 1, O/groups, k), k places in the order of strips."""
        groups, kernels, *places = self._w.shape
        return self._w.swapaxes(2, 3).reshape(groups, 1, kernels, prod(places))

    def room(self, n: int, channels: int, size: tuple[int, int]) -> np.ndarray:
        """Give room for images (N, C, H, W); they come last in memory, unless a block has few."""
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
        """Give the windows of a block, a tile at a time: some rows, or a part of each."""
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
        every = self.pixels.reshape(sh, sw, -1, *self.pixels.shape[4:])
        for a, b in product(range(sh), range(sw)):
            first, second = (a - top) % sh, (b - left) % sw
            given = images_last(images[:, :, first::sh, second::sw])
            row, column = (first + top) // sh, (second + left) // sw
            height, width = given.shape[1:3]
            yield every[a, b, :, row : row + height, column : column + width], given

    def outputs(self, y: np.ndarray) -> np.ndarray:
        """Give a tile of outputs, or errors, if its images come last, and else room for it."""
        n, o, high, wide = y.shape
        if y.strides[3] == n * y.itemsize:
            return y
        return images_first(self._outputs[: y.size].reshape(o, high, wide, n))

    def errors(self, delta: np.ndarray) -> np.ndarray:
        """Give a tile of errors as matrices."""
        errors = self.outputs(delta)
        if errors is not delta:
            errors[...] = delta
        return self.matrices(errors)

    def matrices(self, y: np.ndarray) -> np.ndarray:
        """Give outputs, or errors, as a matrix for each group and row of windows."""
        n, _, high, wide = y.shape
        return images_last(y).reshape(self._shape[2], -1, high, wide * n).swapaxes(1, 2)

    def columns(self, tile: Tile) -> np.ndarray:
        """Give the columns of a tile, as a matrix for each group and row of windows."""
        strips = self._strips_of(tile)
        for some, met in self._pairs(strips, tile):
            some[...] = met
        images, _, rows, across = tile
        windows = (across.stop - across.start) * (images.stop - images.start)
        shape = len(strips), rows.stop - rows.start, prod(self._w.shape[2:]), windows
        groups, row, *_, number = strips.strides
        apart = groups, self.below * row, windows * number, number
        return np.ndarray(shape, self.dtype, strips, strides=apart)

    def add_columns(self, W: np.ndarray, errors: np.ndarray, tile: Tile) -> None:
        """Add the products of two matrices, columns, to the pixels that these would come from."""
        strips, (groups, rows, _, windows) = self._strips_of(tile), errors.shape
        strips[...] = 0
        few = max(1, PIECE // (strips.itemsize * groups * W.shape[2] * windows))
        for first in range(0, rows, few):
            some = np.ascontiguousarray(errors[:, first : first + few])
            shape = groups, some.shape[1], self._w.shape[3], *strips.shape[2:]
            columns = multiply(W, some).reshape(shape)
            for i in range(shape[2]):
                begin = first * self.below + i
                end = begin + self.below * shape[1]
                strips[:, begin : end : self.below] += columns[:, :, i]
        for some, met in self._pairs(strips, tile):
            met += some

    def _pairs(self, strips: np.ndarray, tile: Tile) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give strips with the pixels in them: of a place across, in every so-many-th row."""
        *_, rows, across = tile
        (sh, sw), (dh, dw) = self.geometry.stride, self.geometry.dilation
        for i, j in product(range(self.below), range(strips.shape[3])):
            (down, a), (right, b) = divmod(i * dh, sh), divmod(j * dw, sw)
            some, first = strips[:, i :: self.below, :, j], rows.start + down
            met = slice(first, first + some.shape[1])
            yield some, self.pixels[a, b, :, :, met, shifted(across, right)].swapaxes(1, 2)

    def _strips_of(self, tile: Tile) -> np.ndarray:
        """Give the strips of a tile, (groups, rows, C/groups, kw, columns, images), as they are."""
        images, _, rows, across = tile
        sizes = (each.stop - each.start for each in (rows, across, images))
        shape = self._shape_of_strips(*sizes)
        return self._strips[: prod(shape)].reshape(shape)

    def _shape_of_strips(self, high: int, wide: int, images: int) -> tuple[int, ...]:
        groups, _, channels, kh, kw = self._w.shape
        return groups, self.below * (high - 1) + kh, channels, kw, wide, images


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
    n, tiles = len(x), Tiles(x, cut(w, groups), geometry)
    W, y = tiles.weight, tiles.room(n, len(w), geometry.output_size)
    for block in tiles.blocks(n):
        tiles.lay_out(x[block])
        for tile in tiles.tiles(block):
            Y = tiles.outputs(y[tile])
            multiply(W, tiles.columns(tile), out=tiles.matrices(Y))
            np.add(Y, b, out=y[tile])
    return y


def gradient_of_images(x, w, delta, geometry, groups):
    """Give ∂C/∂x: the errors convolved with turned kernels, or what their columns add up to."""
    w, back = cut(w, groups), geometry.back
    if back and w.shape[1] <= MANY * w.shape[2] and np.isfinite(w).all():  # 0 · ∞ is NaN
        turned = w[..., ::-1, ::-1].swapaxes(1, 2).reshape(-1, w.shape[1], *w.shape[3:])
        return convolve(delta, turned, 0.0, back, groups)
    tiles = Tiles(x, w, geometry)
    dx = tiles.room(len(x), x.shape[1], geometry.size)
    for block in tiles.blocks(len(x)):
        tiles.pixels[...] = 0
        for tile in tiles.tiles(block):
            tiles.add_columns(tiles.weight.mT, tiles.errors(delta[tile]), tile)
        tiles.collect(dx[block])
    return dx


def gradient_of_weight(x, w, delta, geometry, groups):
    """Give ∂C/∂w."""
    tiles, (o, c, kh, kw) = Tiles(x, cut(w, groups), geometry), w.shape
    # transposed: BLAS is faster when the longer side of the product comes first
    total = np.zeros((groups, kh * c * kw, o // groups), x.dtype)
    piece = max(1, PIECE // (total.itemsize * o))
    for block in tiles.blocks(len(x)):
        tiles.lay_out(x[block])
        for tile in tiles.tiles(block):
            X, errors = tiles.columns(tile), tiles.errors(delta[tile])
            for first in range(0, total.shape[1], piece):
                rows = slice(first, first + piece)
                total[:, rows] += long_product(X[:, :, rows], errors)
    total = total.reshape(groups, kh, c, kw, -1)
    return total.transpose(0, 4, 2, 1, 3).reshape(w.shape)
