"""Winograd's method found anew, for any number of outputs, from a product of polynomials (2.1)."""

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from itertools import product
from math import lcm

import numpy as np

from ..oracles import fractions
from .counts import counted, loop_tally
from .twins import NONE, ONE, convolve, counted_outputs, sliding, zeros_around

HALF = Fraction(1, 2)
PLACES = {2: (0, 1, -1), 4: (0, HALF, -HALF, 2, -2)}  # those of the page; infinity is one more


def toom_cook(m: int, k: int, places=()) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give matrices A, B, G in exact fractions for m outputs of a kernel of k.

    Polynomials with m and with k coefficients are multiplied by way of their values at m + k − 1
    places, infinity being one; with the first factor's part transposed, that is a correlation. By
    themselves the places are 0, 1, −1, 2, …
    """
    n = m + k - 1
    places = places or [(i + 1) // 2 * (-1) ** (i + 1) for i in range(n - 1)]

    def values(length: int) -> np.ndarray:
        at_infinity = [Fraction(int(i == length - 1)) for i in range(length)]
        rows = [[Fraction(place) ** i for i in range(length)] for place in places]
        return np.array([*rows, at_infinity], object)

    return values(m), _inverse(values(n)), values(k)


def _inverse(square: np.ndarray) -> np.ndarray:
    """Give the inverse of a matrix of fractions, by elimination."""
    n = len(square)
    unit = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    rows = np.concatenate([square, np.array(unit, object)], axis=1)
    for i in range(n):
        pivot = next(r for r in range(i, n) if rows[r, i])
        rows[[i, pivot]] = rows[[pivot, i]]
        rows[i] = rows[i] / rows[i, i]
        for r in range(n):
            if r != i:
                rows[r] = rows[r] - rows[r, i] * rows[i]
    return rows[:, n:]


def toom_cook_pairs(w, x) -> np.ndarray:
    """Equation 2.1.1n in exact fractions, with those matrices instead of Winograd's."""
    a, b, g = toom_cook(2, 3)
    return ((fractions(w) @ g.T) * (fractions(x) @ b) @ a).astype(float)


def toom_cook_tally(m: int, k: int) -> int:
    """Make m × m outputs so, count the multiplications of the two factors, check the outputs."""
    a, b, g = toom_cook(m, k)
    n = m + k - 1
    tally: dict[str, int] = {}
    x = np.array([[Fraction(i * n + j + 1) for j in range(n)] for i in range(n)], object)
    w = np.array([[Fraction(i - 2 * j + 1) for j in range(k)] for i in range(k)], object)
    products = counted(g @ w @ g.T, tally) * counted(b.T @ x @ b, tally)
    values = np.array([[number.value for number in row] for row in products], object)
    if (a.T @ values @ a != convolve(x[None, None], w[None, None])[0, 0]).any():
        raise ArithmeticError(f"the outputs of F({m}, {k}) are wrong")
    return tally["multiplications"]


def saving_by_running(m: int, k: int) -> float:
    """Give the loops' multiplications for m × m outputs, over those."""
    n = m + k - 1
    return loop_tally((n, n), (k, k), ONE, NONE, 1)[0] / toom_cook_tally(m, k)


def saving_by_sets(m: int, k: int) -> float:
    """Give how many pairs of output and place there are for every pixel that they meet."""
    pairs = list(product(range(m), range(m), range(k), range(k)))
    return len(pairs) / len({(u + i, v + j) for u, v, i, j in pairs})


def tiles(x, outputs, padding, m: int) -> Iterator[tuple]:
    """Yield where tiles of m × m outputs of a 3 × 3 kernel begin, and their pixels."""
    more = (0, m - 1)
    x = np.pad(zeros_around(x, padding), ((0, 0), (0, 0), more, more))
    for u, v in product(*(range(0, side, m) for side in outputs)):
        yield u, v, x[:, :, u : u + m + 2, v : v + m + 2]


def b_transposed(x, w, padding, m: int) -> np.ndarray:
    """Equation 2.1.1o, a tile at a time, with B x Bᵀ instead of Bᵀ x B."""
    a, b, g = (found.astype(float) for found in toom_cook(m, 3))
    outputs = counted_outputs(x.shape[2:], (3, 3), ONE, padding, ONE)
    y = np.zeros((len(x), len(w), outputs[0] + m, outputs[1] + m))
    for u, v, pixels in tiles(x, outputs, padding, m):
        products = (g @ w @ g.T) * (b @ pixels @ b.T)[:, None]
        y[:, :, u : u + m, v : v + m] = a.T @ products.sum(2) @ a
    return y[:, :, : outputs[0], : outputs[1]]


def added_by_tiles(x, w, delta, padding, m: int) -> Iterator[np.ndarray]:
    """Yield what each tile adds to equation 2.1.1q, in exact fractions."""
    a, b, g = toom_cook(m, 3)
    wide = np.pad(fractions(delta), ((0, 0), (0, 0), (0, m - 1), (0, m - 1)))
    for u, v, pixels in tiles(x, delta.shape[2:], padding, m):
        errors = a @ wide[:, :, u : u + m, v : v + m] @ a.T
        products = errors[:, :, None] * (b.T @ fractions(pixels) @ b)[:, None]
        yield g.T @ products.sum(0) @ g


def sum_of_tiles(*case) -> np.ndarray:
    """Equation 2.1.1q in exact fractions."""
    return np.sum(list(added_by_tiles(*case)), axis=0).astype(float)


def last_tile(*case) -> np.ndarray:
    """Give the last term of that sum alone."""
    return list(added_by_tiles(*case))[-1].astype(float)


def _in_whole_numbers(m: int) -> list[np.ndarray]:
    """Give the page's A, B and G: A and B times what makes them whole, and G over that."""
    a, b, g = toom_cook(m, 3, PLACES[m])
    of_a, of_b = (
        np.array([lcm(*(entry.denominator for entry in row)) for row in rows], object)
        for rows in (a, b.T)
    )
    return [a * of_a[:, None], b * of_b, g / (of_a * of_b)[:, None]]


def bound_in_fractions(m: int, channels: int, bits: int) -> float:
    """Equation 2.1.1r, with κ of other A, B and G: what scales their rows cancels in it."""
    a, b, g = (abs(matrix) for matrix in toom_cook(m, 3, PLACES[m]))
    growth = max(a.T @ (g.sum(1) * b.sum(0)))
    terms = sum(max(int((row != 0).sum()) for row in rows) ** 2 for rows in (a.T, g, b.T))
    roundings = terms + channels + 1 + 3  # and those of the entries of B ⊗ B and of G ⊗ G
    worst = (1 + Fraction(1, 2 ** (bits + 1))) ** roundings - 1
    return float(growth**2 * channels * worst)


FORMATS = {10: np.float16, 23: np.float32}  # of so many bits


def largest_error(m: int, channels: int, bits: int) -> float:
    """Convolve many tiles with NumPy's numbers of so many bits; give by how much most is missed."""
    a, b, g = (matrix.astype(FORMATS[bits]) for matrix in _in_whole_numbers(m))
    rng = np.random.default_rng(0)

    def near_one(side: int) -> np.ndarray:
        shape = 1000, channels, side, side
        return (rng.choice([-1, 1], shape) * rng.uniform(0.9, 1, shape)).astype(b.dtype)

    x, w = near_one(m + 2), near_one(3)
    products = _both_sides(g, w) * _both_sides(b.T, x)
    found = _both_sides(a.T, reduce(np.add, np.moveaxis(products, 1, 0)))
    windows = sliding(x.astype(float), (3, 3), ONE, NONE)
    return float(abs(found - np.einsum("ncuvij,ncij->nuv", windows, w.astype(float))).max())


def _both_sides(matrix, x) -> np.ndarray:
    """Give (M ⊗ M) x, term after term: NumPy rounds each product and each sum."""
    x = x.reshape(*x.shape[:-2], -1)
    terms = (x[..., k, None] * row for k, row in enumerate(np.kron(matrix, matrix).T))
    return reduce(np.add, terms).reshape(*x.shape[:-1], len(matrix), len(matrix))
