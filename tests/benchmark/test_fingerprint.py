"""The same object in every process, another one after any change."""

import functools
import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skmi
from skmi import KSG, RelativeScaleSearch, ScaleInvariantMI, get_estimator_names, make_estimator
from skmi.benchmark import Task, _source
from skmi.benchmark._fingerprint import fingerprint
from skmi.datasets import AdditiveGaussianNoise, CorrelatedGaussians, TransformedSampler

ROOT = Path(skmi.__file__).parents[1]

DIFFERENT = [
    None,
    0,
    0.0,
    -0.0,
    False,
    "0",
    b"0",
    (0,),
    [0],
    {0},
    {0: 0},
    {"a": 1, "b": 2},
    {"b": 1, "a": 2},
    [[0], 0],
    [[0, 0]],
    np.zeros(2),
    np.zeros(2, dtype=int),
    np.zeros((2, 1)),
    np.array([0.0, 1e-300]),
    KSG(),
    KSG(4),
    KSG,
    ScaleInvariantMI(KSG()),
    ScaleInvariantMI(KSG(4)),
    RelativeScaleSearch(KSG(), [1, 2]),
    RelativeScaleSearch(KSG(), np.array([1.0, 2])),
    *map(make_estimator, get_estimator_names()[1:]),
    Task(CorrelatedGaussians(2, 0.5)),
    Task(CorrelatedGaussians(2, 0.5), 999),
    Task(AdditiveGaussianNoise(2, 0.5)),
    Task(TransformedSampler(CorrelatedGaussians(2, 0.5), "cb>sg")),
    Task(TransformedSampler(CorrelatedGaussians(2, 0.5), "sg>cb")),
    Task(lambda rng: CorrelatedGaussians(2, rng.uniform(0, 0.8))),
    Task(lambda rng: CorrelatedGaussians(2, rng.uniform(0, 0.9))),
    Task(lambda rng: CorrelatedGaussians(2, rng.normal(0, 0.9))),
    Task(lambda rng: AdditiveGaussianNoise(2, rng.uniform(0, 0.9))),
    lambda x: x + 1,
    lambda x: x - 1,
    make_pipeline(StandardScaler()),
    make_pipeline(StandardScaler(with_mean=False)),
    functools.partial(max, 1),
    functools.partial(max, 2),
    functools.partial(min, 1),
    np.random.default_rng(0),
    np.random.default_rng(1),
    max,
    np.mean,
    np.median,
    "a".join,
    "b".join,
]


def test_no_two_are_the_same():
    assert len({fingerprint(value) for value in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize("number", range(len(DIFFERENT)))
def test_each_is_the_same_twice(number):
    assert fingerprint(DIFFERENT[number]) == fingerprint(DIFFERENT[number])


def test_numbers_are_what_they_are():
    assert fingerprint(np.float64(0.1)) == fingerprint(0.1)
    assert fingerprint(np.int32(3)) == fingerprint(3)
    assert fingerprint({1, "a", (2, 3)}) == fingerprint({(2, 3), "a", 1})


def test_what_refers_to_itself():
    value = [1]
    value.append(value)
    assert fingerprint(value) != fingerprint([1, [1]])


def test_equal_parts_count_alike_whether_shared_or_not():
    part = [1, 2]
    assert fingerprint([part, part]) == fingerprint([[1, 2], [1, 2]])


def test_what_cannot_be_told_is_said():
    with pytest.raises(TypeError, match="cannot be told from others like it"):
        fingerprint(x for x in "ab")


SCRIPT = """
from skmi import KSG, make_estimator
from skmi.benchmark import Task, _source
from skmi.datasets import AdditiveGaussianNoise
import mine

LOW = 0.55

def helper(rng):
    return rng.uniform(LOW, 1.7)

class Estimator:
    def score(self, X, y):
        return helper(X) in {"a", "b", "c"}

values = [
    Task(lambda rng: AdditiveGaussianNoise(2, helper(rng))),
    Estimator(),
    mine.Estimator(),
    mine.function,
    make_estimator("ksg-global"),
]
"""
MODULE = """
from part import constant

class Estimator:
    def score(self, X, y):
        return constant

function = lambda X, y: constant
"""


@pytest.fixture
def digests(tmp_path, monkeypatch):
    """Fingerprints of the script's values, in a session that knows nothing of the last."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(script=SCRIPT, module=MODULE, part="constant = 1\n"):
        (tmp_path / "mine.py").write_text(module)
        (tmp_path / "part.py").write_text(part)
        importlib.invalidate_caches()
        for name in "mine", "part":
            sys.modules.pop(name, None)
        for function in vars(_source).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()
        names = {"__name__": "__main__"}
        exec(compile(script, "script", "exec"), names)
        return [fingerprint(value) for value in names["values"]]

    yield run
    for name in "mine", "part":
        sys.modules.pop(name, None)


def test_another_process_finds_the_same(digests, tmp_path):
    here = digests()
    script = tmp_path / "script.py"
    report = "from skmi.benchmark._fingerprint import fingerprint\nprint(*map(fingerprint, values))"
    script.write_text(SCRIPT + report)
    environment = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONHASHSEED": "1"}
    run = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, env=environment, check=True
    )
    assert run.stdout.split() == here


def test_code_counts_and_nothing_else_about_it(digests):
    def changed(*before_after, **parts):
        return [a != b for a, b in zip(*before_after, strict=True)]

    first = digests()
    assert digests() == first
    assert first[-1] == fingerprint(make_estimator("ksg-global"))
    commented = SCRIPT.replace("LOW = 0.55", "# the lowest\nLOW   =   0.55")
    assert digests(commented) == first
    documented = ('# A module\n"words"\n' + MODULE).replace(
        "def score(self, X, y):", 'def score(self, X, y):\n        "Estimate."'
    )
    assert digests(module=documented)[2:] == first[2:]
    # A constant, a helper, a class of the script; a module that a module imports.
    assert changed(first, digests(SCRIPT.replace("0.55", "0.56"))) == [1, 1, 0, 0, 0]
    assert changed(first, digests(SCRIPT.replace("1.7)", "1.8)"))) == [1, 1, 0, 0, 0]
    assert changed(first, digests(SCRIPT.replace('"c"', '"d"'))) == [0, 1, 0, 0, 0]
    assert changed(first, digests(part="constant = 2\n")) == [0, 0, 1, 1, 0]
    assert changed(first, digests(part="constant = 1  # one\n")) == [0, 0, 0, 0, 0]
