"""Without PyTorch, SymPy or all but NumPy, everything works but the oracles that need them."""

import dataclasses
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from chainrule.activations import GELU
from chainrule.datasets import digits
from chainrule.ledger import Oracle, claim, claims, verify

pytestmark = pytest.mark.slow

ALONE = ("torch", "sympy", "scipy", "sklearn", "matplotlib", "cycler", "tqdm")
# what this interpreter's finders find, but for some libraries
HIDE = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {libraries!r}:
            return None
        return self.finder.find_spec(name, path, target)

sys.meta_path = [Without(finder) for finder in sys.meta_path]
"""

IMPORT_ALL = """
import pkgutil
from importlib import import_module
import chainrule
packages = [m for m in pkgutil.iter_modules(chainrule.__path__, "chainrule.")
            if m.name != "chainrule.proofs"]  # SymPy is what the proofs are made of
names = [m.name for m in packages]
for name in names:
    import_module(name)
    for m in pkgutil.iter_modules(getattr(sys.modules[name], "__path__", []), name + "."):
        names.append(m.name)
assert "chainrule.ledger.core" in names and "chainrule.figures.network" in names
"""

TRAIN = """
import numpy as np
from chainrule.activations import ReLU, Sigmoid, Softmax, Tanh
from chainrule.datasets import digits
from chainrule.losses import MSE, CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD, Adam, clip_norm
from chainrule.training import fit
from chainrule import device

for f in (ReLU(), Sigmoid(), Softmax(), Tanh()):
    assert f.vjp(f([1.0, 2.0]), [1.0, 0.0]).shape == (2,)
assert MSE().gradient([1.0], [0.0]) == [2.0]
w = np.zeros((2, 1))
Adam(lr=0.5).step([w], clip_norm([np.array([[3.0], [300.0]])], 1.0))
assert np.allclose(w, -0.5)
rng, data = np.random.default_rng(0), digits(dtype="float32").train
net = Network([Linear(64, 10, rng=rng, dtype="float32")])
history = fit(net, CrossEntropy(), SGD(lr=0.5), *data, epochs=1, batch_size=32, rng=rng,
              validation=data, progress=False)
print(round(history.validation_accuracy[0], 2))
print(device.accelerator())
"""

# what a page asks of the package: the ledger, the exercises, the training, the digits
ON_A_PAGE = """
import numpy as np
from chainrule import data_parallel, training
from chainrule.activations import GELU
from chainrule.datasets import digits
from chainrule.exercises import EXERCISES
from chainrule.ledger import claims, verify

assert all(exercise.check(exercise.solution).right for exercise in EXERCISES.values())
statuses = {verify(claim).status for claim in claims()}
assert statuses == {"holds", "skipped"}, statuses
data = digits()
np.savez(sys.argv[1], *data.train, *data.validation, *data.test, GELU()(np.linspace(-9, 9, 99)))
try:
    digits(seed=1)
except ModuleNotFoundError as error:
    print(error)
"""

VERIFY = """
import runpy
sys.argv = ["chainrule", "verify", "1.7"]
runpy.run_module("chainrule", run_name="__main__", alter_sys=True)
"""


def run(script, *libraries, encoding="utf-8", timeout=300):
    """Run a script in a fresh interpreter that does not find the libraries."""
    code = (HIDE.format(libraries=libraries) if libraries else "import sys\n") + script
    command = [sys.executable, "-c", code]
    settings = os.environ | {"PYTHONIOENCODING": encoding}
    return subprocess.run(
        command, capture_output=True, encoding=encoding, timeout=timeout, env=settings, check=False
    )


def output(script, *libraries):
    result = run(script, *libraries)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


@pytest.mark.parametrize("library", ["torch", "sympy"])
def test_library_is_hidden(library):
    result = run(f"from importlib.util import find_spec\nprint(find_spec({library!r}))", library)
    assert result.stdout == "None\n"
    result = run(f"import {library}", library)
    assert f"No module named '{library}'" in result.stderr


@pytest.mark.parametrize(
    "libraries", [("torch",), ("sympy",), ALONE], ids=["torch", "sympy", "all"]
)
def test_every_module_imports(libraries):
    assert output(IMPORT_ALL + "print(len(names) > 10)", *libraries) == ["True"]


def test_the_proofs_say_what_is_missing():
    result = run("import chainrule.proofs", "sympy")
    assert result.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'sympy'"


def test_importing_the_package_imports_neither():
    """They take seconds to load, and most readers' cells need neither."""
    loaded = "print([n for n in ('torch', 'sympy') if n in sys.modules])"
    assert output(IMPORT_ALL + loaded) == ["[]"]


@pytest.mark.parametrize("libraries", [("torch",), ALONE], ids=["torch", "all"])
def test_training_works_without_them(libraries):
    accuracy, accelerator = output(TRAIN + "assert 'torch' not in sys.modules", *libraries)
    assert float(accuracy) > 0.8
    assert accelerator == "cpu"


def test_what_a_page_runs_needs_numpy_alone(tmp_path):
    path = tmp_path / "arrays.npz"
    script = f"sys.argv.append({str(path)!r})\n{ON_A_PAGE}"
    assert run(script, *ALONE).stdout == "seed: another shuffle than 0 needs scikit-learn\n"
    data = digits()
    expected = (*data.train, *data.validation, *data.test, GELU()(np.linspace(-9, 9, 99)))
    with np.load(path) as found:
        for one, other in zip(found.values(), expected, strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_allclose(one, other, rtol=1e-14)


def test_moving_to_a_device_says_what_is_missing():
    script = "import numpy as np\nfrom chainrule import device\ndevice.to(np.ones(2), 'cpu')"
    result = run(script, "torch")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'torch'"


@pytest.mark.parametrize("library", ["nbclient", "ipykernel"])
def test_the_report_on_exercises_says_what_is_missing(library, tmp_path):
    (tmp_path / "answers.py").write_text("1\n", encoding="utf-8")
    command = VERIFY.replace('"verify", "1.7"', f'"exercises", {str(tmp_path / "answers.py")!r}')
    result = run(command, library)
    assert result.returncode == 2
    assert f"{library} is not installed" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize(("label", "library"), [("1.7", "torch"), ("1.9", "sympy")])
def test_missing_oracle_is_reported(label, library):
    result = run(VERIFY.replace("1.7", label), library)
    assert result.returncode == 2, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"– ({label})")
    skipped = [line for line in lines if "skipped:" in line]
    assert skipped
    assert all(f"skipped: {library} is not installed" in line for line in skipped)
    assert any(line.strip().startswith("✓") for line in lines)
    assert lines[-1] == "1 skipped"


def test_a_library_that_is_missed_only_when_an_oracle_is_asked_is_reported():
    """As SymPy is by PyTorch, which finds out late that it needs it."""

    def expected(*case):
        import no_such_library

        return no_such_library.answer(*case)

    oracles = (*claim("1.1").oracles, Oracle("one that needs more", expected, 0.0))
    verdict = verify(dataclasses.replace(claim("1.1"), oracles=oracles))
    assert [finding.status for finding in verdict.findings] == ["holds", "holds", "skipped"]
    assert verdict.status == "skipped"
    assert "one that needs more: skipped, no_such_library is not installed" in verdict.summary()


@pytest.mark.seldom
@pytest.mark.parametrize("library", ["torch", "sympy"])
def test_all_claims_are_gone_through_and_some_skipped(library):
    result = run(VERIFY.replace(', "1.7"', ""), library, timeout=None)
    assert result.returncode == 2, result.stderr
    assert "✗" not in result.stdout
    counts = result.stdout.splitlines()[-1]
    assert re.fullmatch(r"\d+ holds, \d+ skipped", counts)
    verdicts = re.findall(r"^([✓–]) \(([^)]+)\)", result.stdout, re.MULTILINE)
    assert [label for _, label in verdicts] == [each.label for each in claims()]
    for (mark, _), each in zip(verdicts, claims(), strict=True):
        assert mark == "–" or all(oracle.needs != library for oracle in each.oracles)


def test_missing_oracle_is_reported_in_words_where_the_marks_cannot_be_printed():
    result = run(VERIFY, "torch", encoding="cp1252")
    assert result.returncode == 2, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("skipped (1.7)")
    assert lines[1].startswith("    skipped torch.autograd")
    assert lines[2].startswith("    holds central differences")


def test_with_both_installed_nothing_is_skipped():
    result = run(VERIFY)
    assert result.returncode == 0, result.stderr
    assert "skipped" not in result.stdout
