"""The theorems of section 1.5 for every width: what a proof checker's kernel found.

The files with the ending ``.v`` beside this one are the proofs, in the language of Rocq.
``make rocq`` has its kernel check them and writes a record, which is all that is read here.

Examples
--------
>>> theorem("weight_gradient").formulas
('δ *m a^T',)
>>> why_not("weight_gradient")
''
"""

from .core import ALLOWED, Theorem, sentence, theorem, theorems, why_not
from .formulas import evaluate

__all__ = ["ALLOWED", "Theorem", "evaluate", "sentence", "theorem", "theorems", "why_not"]
