"""chainrule: the checked code behind the textbook *Deep Learning, Checked*.

One module a chapter: ``activations``, ``losses``, ``optimizers``, ``network``. Above them
``training`` runs the five steps of section 1.1; ``ledger`` holds every numbered equation of the
book to independent ``oracles``; ``exercises`` holds the reader's answers to the same.

Examples
--------
>>> import numpy as np
>>> from chainrule.network import Linear, Network
>>> from chainrule.activations import ReLU
>>> rng = np.random.default_rng(0)
>>> Network([Linear(64, 128, rng=rng), ReLU(), Linear(128, 10, rng=rng)])
Network([Linear(64, 128), ReLU(), Linear(128, 10)])
"""

__version__ = "0.1.0"
