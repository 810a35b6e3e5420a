"""The ring: what it refuses, and what moves in every round."""

from itertools import pairwise

import numpy as np
import pytest

from chainrule.all_reduce import hiding_batch, ring_all_reduce, ring_rounds, ring_seconds


@pytest.mark.parametrize("parts", [[], [np.ones(1), np.ones(1)], [np.ones(3), np.ones(4)]])
def test_what_makes_no_ring_is_refused(parts):
    with pytest.raises(ValueError, match="parts"):
        ring_rounds(parts)


def test_a_round_changes_one_chunk_of_every_process():
    rng = np.random.default_rng(0)
    states = ring_rounds([rng.standard_normal(8) for _ in range(4)])
    assert len(states) == 7
    for before, after in pairwise(states):
        for held, holds in zip(before, after, strict=True):
            assert np.flatnonzero(held != holds).size == 2  # a chunk of 8 numbers for 4


def test_every_process_ends_with_the_same_bits_and_its_own_numbers_untouched():
    rng = np.random.default_rng(0)
    parts = [rng.standard_normal(11) for _ in range(5)]
    copies = [part.copy() for part in parts]
    first, *others = ring_all_reduce(parts)
    assert all(np.array_equal(first, other) for other in others)
    assert all(np.array_equal(part, copy) for part, copy in zip(parts, copies, strict=True))


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ((0, 1.0, 0.0, 1.0), "size"),
        ((2, -1.0, 0.0, 1.0), "n_bytes"),
        ((2, 1.0, -1.0, 1.0), "latency"),
        ((2, 1.0, 0.0, 0.0), "bandwidth"),
    ],
)
def test_impossible_lines_are_refused(settings, name):
    with pytest.raises(ValueError, match=f"{name}: expected"):
        ring_seconds(*settings)


def test_impossible_times_are_refused():
    with pytest.raises(ValueError, match="communication: expected"):
        hiding_batch(-1.0, 1.0)
    with pytest.raises(ValueError, match="per_sample: expected"):
        hiding_batch(1.0, 0.0)
