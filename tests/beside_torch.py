"""A loss beside PyTorch's: what tests of losses draw, and how they compare."""

import torch
from hypothesis import settings
from hypothesis import strategies as st

from chainrule.oracles import relative_error

DTYPES = [("float32", 1e-5), ("float64", 1e-10)]
drawn = settings(max_examples=60, deadline=None)
reductions = st.sampled_from(["mean", "sum", "none"])
seeds = st.integers(0, 2**32 - 1)


def assert_equal_to(theirs, ours, arrays, target, bound, rng):
    """Hold value and gradient to those of a PyTorch function of the same arguments."""
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    expected = theirs(*tensors, *map(torch.as_tensor, target))
    upstream = rng.standard_normal(tuple(expected.shape)).astype(arrays[0].dtype)
    gradients = torch.autograd.grad(expected, tensors, torch.as_tensor(upstream))
    assert relative_error(ours(*arrays, *target), expected.detach()) < bound
    found = ours.gradient(*arrays, *target, upstream)
    for gradient, wanted in zip(
        found if isinstance(found, tuple) else [found], gradients, strict=True
    ):
        assert relative_error(gradient, wanted) < bound
