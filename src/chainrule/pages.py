"""The pages of the book that stand on a part of the package, in one list.

A page's name leads through the rooms: its claims, pictures, exercises and tests are called like it,
and so is the module that it shows.
"""

from dataclasses import dataclass

__all__ = ["PAGES", "Page", "page"]


@dataclass(frozen=True)
class Page:
    """A page of the book.

    Attributes
    ----------
    name : str
        What its module, claims, pictures, exercises and tests are called.
    path : str
        Where it is, below ``book/`` and without its ending.
    title : str
        Its heading.
    """

    name: str
    path: str
    title: str


PAGES = (
    Page("training", "neural-network/training", "1.1 Training: the loop and its five steps"),
    Page("network", "neural-network/network", "1.1.1–1.1.2 Forward pass and backpropagation"),
    Page("optimizers", "neural-network/optimizers", "1.2 Optimizers: descent and momentum"),
    Page("adaptive", "neural-network/adaptive", "1.2.3–1.2.5 Adaptive learning rates"),
    Page("races", "neural-network/races", "1.2.6 Schedules, clipping, races"),
    Page("activations", "neural-network/activations", "1.3 Activation functions"),
    Page("losses", "neural-network/losses", "1.4 Loss functions: numbers and classes"),
    Page(
        "overlap",
        "neural-network/overlap",
        "1.4.5–1.4.8 Losses for masks, rare classes and distances",
    ),
    Page("proofs", "neural-network/proofs", "1.5 Proofs of the backpropagation equations"),
    Page("tape", "neural-network/tape", "1.6 Backpropagation on any graph"),
    Page("convolution", "convolution/convolution", "2.1 Convolution, im2col and col2im"),
    Page("cnn", "convolution/cnn", "2.2 A convolutional network"),
    Page("device", "scaling/device", "3.1 On a GPU"),
    Page("data_parallel", "scaling/data-parallel", "3.2 Data-parallel training"),
    Page("growth", "scaling/growth", "3.3 How cost grows"),
)


def page(name: str) -> Page:
    """Give the page of this name; a ValueError if there is none.

    Parameters
    ----------
    name : str

    Returns
    -------
    Page

    Examples
    --------
    >>> page("losses").path
    'neural-network/losses'
    """
    for found in PAGES:
        if found.name == name:
            return found
    raise ValueError(f"name: expected one of {[p.name for p in PAGES]}, got {name!r}")
