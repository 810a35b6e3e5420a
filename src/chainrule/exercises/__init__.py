"""The book's exercises: the reader's answer, held to the oracles of the ledger.

An exercise knows its solution and the mistakes that readers make. An answer that is wrong in a way
it knows is told what is wrong; one that is wrong in another way is shown where it differs.
"""

from typing import Any

from . import (
    activations,
    cnn,
    convolution,
    data_parallel,
    gpu,
    losses,
    network,
    optimizers,
    proofs,
    training,
)
from .core import Exercise, Feedback, Section

__all__ = ["EXERCISES", "SECTIONS", "Exercise", "Feedback", "Section", "check"]

SECTIONS = (
    Section("1.1 Forward and backward pass", "neural-network/index", training.EXERCISES),
    Section(
        "1.1.1–1.1.2 Forward pass and backpropagation",
        "neural-network/forward-backward",
        network.EXERCISES,
    ),
    Section("1.2 Optimizers", "neural-network/optimizers", optimizers.EXERCISES),
    Section("1.3 Activation functions", "neural-network/activations", activations.EXERCISES),
    Section("1.4 Loss functions", "neural-network/losses", losses.EXERCISES),
    Section(
        "1.5 Proofs of the backpropagation equations",
        "neural-network/backprop-proofs",
        proofs.EXERCISES,
    ),
    Section("2.1 Convolution, im2col and col2im", "convolution/im2col", convolution.EXERCISES),
    Section("2.2 A convolutional network", "convolution/cnn", cnn.EXERCISES),
    Section("3.1 On a GPU", "scaling/gpu", gpu.EXERCISES),
    Section("3.2 Data-parallel training", "scaling/data-parallel", data_parallel.EXERCISES),
)

EXERCISES = {name: exercise for section in SECTIONS for name, exercise in section.exercises.items()}


def check(name: str, answer: Any) -> Feedback:
    """Check the answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise's name, as the book gives it.
    answer : function, number or str
        ``...`` while there is none.

    Returns
    -------
    Feedback
        It shows itself: ✓ with "right", ✗ with what is wrong, or ○ while there is no answer.

    Raises
    ------
    ValueError
        If no exercise has this name.

    Examples
    --------
    >>> check("updates-per-epoch", ...)
    ○ no answer yet
    >>> check("updates-per-epoch", 33)
    ✗ the last batch of an epoch is smaller, but it is a batch: round up
    """
    if name not in EXERCISES:
        raise ValueError(f"name: expected one of {sorted(EXERCISES)}, got {name!r}")
    return EXERCISES[name].check(answer)
