import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _every_warning():
    """PyTorch gives some warnings once a process; the tests would depend on their order."""
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(False)
