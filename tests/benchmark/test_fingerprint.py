"""The same object in every process, another one after any change."""

import copy
import functools
import importlib
import importlib.metadata
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from types import SimpleNamespace

import cloudpickle
import numba
import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skmi
from skmi import KSG, RelativeScaleSearch, ScaleInvariantMI, get_estimator_names, make_estimator
from skmi.benchmark import BenchmarkGrid, Task, _versions
from skmi.benchmark._fingerprint import UnknownError, fingerprint
from skmi.datasets import AdditiveGaussianNoise, CorrelatedGaussians, TransformedSampler

from .actors import TASKS, Noisy, Together
from .test_stale import CHANGES, MINE, OTHER
from .test_stale import UNKNOWN as NOT_KNOWN

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
    *(make_estimator(name) for name in get_estimator_names() if name != "ksg"),
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
    for value in 0.1, 3, True, "a", 1j:
        assert fingerprint(np.array(value)[()]) == fingerprint(value)
    # These compute otherwise.
    for value in np.float32(0.5), np.int8(3), np.uint64(3):
        assert fingerprint(value) != fingerprint(value.item())
    assert fingerprint({1, "a", (2, 3)}) == fingerprint({(2, 3), "a", 1})


def test_what_refers_to_itself():
    value = [1]
    value.append(value)
    assert fingerprint(value) != fingerprint([1, [1]])


def test_equal_parts_count_alike_whether_shared_or_not():
    part = [1, 2]
    assert fingerprint([part, part]) == fingerprint([[1, 2], [1, 2]])


def test_attributes_count_in_any_order():
    one, other = (SimpleNamespace(**names) for names in ({"a": 1, "b": 2}, {"b": 2, "a": 1}))
    assert fingerprint(one) == fingerprint(other)


def test_copies_are_the_same():
    for value in DIFFERENT:
        if not callable(value) or hasattr(value, "get_params"):
            assert fingerprint(copy.deepcopy(value)) == fingerprint(value)
            assert fingerprint(pickled(value)) == fingerprint(value)


def test_use_changes_nothing():
    values = [Together(), Noisy(), KSG(), make_pipeline(StandardScaler(), KSG())]
    before = [fingerprint(value) for value in values]
    results = BenchmarkGrid(dict(zip("abcd", values, strict=True)), TASKS, n_samples=20).run()
    assert results.error.isna().all()
    for value in values:
        pickled(clone(value)), copy.deepcopy(value), repr(value), dir(value)
    assert [fingerprint(value) for value in values] == before


def pickled(value):
    return cloudpickle.loads(cloudpickle.dumps(value))


def test_what_is_learnt_counts_only_where_it_is_kept():
    X = np.random.default_rng(0).normal(size=(20, 2))
    fresh, fitted = KSG(), KSG().fit(X, X[:, 0])
    assert fingerprint(fresh) != fingerprint(fitted)
    assert fingerprint(fresh, cloned=True) == fingerprint(fitted, cloned=True)
    for outer in (ScaleInvariantMI, make_pipeline):
        one, other = outer(fresh), outer(fitted)
        assert fingerprint(one, cloned=True) == fingerprint(other, cloned=True)
    frozen = (ScaleInvariantMI(FrozenEstimator(one)) for one in (fresh, fitted))
    assert fingerprint(next(frozen), cloned=True) != fingerprint(next(frozen), cloned=True)


plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary()
)
hashable = st.recursive(
    plain, lambda inner: st.one_of(st.tuples(inner, inner), st.frozensets(inner)), max_leaves=5
)
nested = st.recursive(
    hashable,
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(hashable, inner), st.sets(hashable)),
    max_leaves=8,
)


def written(value):
    """Equal for equal values of equal types, whatever order sets have."""
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}{sorted(map(written, value))}"
    if isinstance(value, dict):
        return f"dict{[(written(k), written(v)) for k, v in value.items()]}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}{list(map(written, value))}"
    return f"{type(value).__name__} {value!r}"


@settings(max_examples=50)
@given(nested, nested)
def test_equal_data_and_no_others_are_the_same(one, other):
    assert (fingerprint(one) == fingerprint(other)) == (written(one) == written(other))
    assert fingerprint(copy.deepcopy(one)) == fingerprint(pickled(one)) == fingerprint(one)


class Unreadable:
    """Fails at whatever is asked of it."""

    def __reduce_ex__(self, protocol):
        raise ZeroDivisionError

    def __getattr__(self, name):
        raise ZeroDivisionError


def deep():
    value = []
    for _ in range(10_000):
        value = [value]
    return value


def made_by_name(module):
    return lambda: importlib.import_module(module)


UNKNOWN = {
    "a generator": (x for x in "ab"),
    "a file": Path(__file__).open(),  # noqa: SIM115
    "a weak reference": weakref.ref(KSG),
    "a ufunc of one's own": np.frompyfunc(abs, 1, 1),
    "by name": made_by_name("a"),
    "by sys.modules": lambda: sys.modules["a"],
    "by eval": lambda: eval("a"),
    "subclasses": lambda: KSG.__subclasses__(),
    "fails": Unreadable(),
    "deep": deep(),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_told_is_said(name):
    value = UNKNOWN[name]
    with pytest.raises(UnknownError):
        fingerprint(value)
    with pytest.raises(UnknownError):
        fingerprint({"a": [value]})


def test_what_cannot_be_told_counts_by_its_type_where_that_is_enough():
    one, other, file = (x for x in "ab"), (x for x in "cd"), UNKNOWN["a file"]
    same = [fingerprint([1, value], unknown=True) for value in (one, other)]
    assert same[0] == same[1]
    others = [[2, one], [1, file], [1, None]]
    assert same[0] not in {fingerprint(value, unknown=True) for value in others}


def test_a_lock_says_nothing():
    lock = threading.Lock()
    with lock:
        assert fingerprint([lock, 1]) == fingerprint([threading.Lock(), 1])


def test_compiled_functions():
    @numba.njit(fastmath=True)
    def fast(x):
        return x + OFFSET

    @numba.njit
    def exact(x):
        return x + OFFSET

    before = fingerprint(exact)
    assert fingerprint(fast) != before == fingerprint(exact)
    exact(1.0)
    assert fingerprint(exact) == before
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "OFFSET", 2.0)
        assert fingerprint(exact) != before


OFFSET = 1.0


def test_tensors():
    torch = pytest.importorskip("torch")
    values = [torch.arange(3.0), torch.arange(4.0), torch.nn.Parameter(torch.arange(3.0))]
    net = torch.nn.Linear(2, 1)
    values += [net, torch.nn.Linear(2, 1)]
    assert len({fingerprint(value) for value in values}) == len(values)
    assert fingerprint(copy.deepcopy(net)) == fingerprint(net)


def test_settings_of_a_library_count(monkeypatch):
    def reads():
        return np.SIGMA

    before = fingerprint(reads)
    monkeypatch.setattr(np, "SIGMA", 1.0, raising=False)
    assert fingerprint(reads) != before


def test_versions_count(monkeypatch):
    def forget():
        _versions.version_of.cache_clear()
        _versions._of_skmi.cache_clear()

    neural = make_estimator("mine")
    values = [KSG(), StandardScaler(), neural, CorrelatedGaussians()]
    before = [fingerprint(value) for value in values]
    real = importlib.metadata.version
    for package, changed in {"numba": [1, 0, 1, 1], "torch": [0, 0, 1, 0]}.items():

        def version(name, package=package):
            return "99" if name == package else real(name)

        with monkeypatch.context() as patch:
            patch.setattr(importlib.metadata, "version", version)
            forget()
            assert [fingerprint(v) != b for v, b in zip(values, before, strict=True)] == changed
    forget()
    with monkeypatch.context() as patch:
        patch.setattr(sklearn, "__version__", "99")
        assert fingerprint(values[1]) != before[1]
    forget()
    assert [fingerprint(value) for value in values] == before


SCRIPT = """
import numpy as np
from scipy.special import digamma
from skmi import KSG, make_estimator
from skmi.benchmark import BenchmarkGrid, Task, _versions
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
    lambda X, y: digamma(X),
    make_estimator("ksg-global"),
]
"""
MODULE = """
from part import constant

class Estimator:
    def score(self, X, y):
        return constant

def function(X, y):
    return constant
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
        names = {"__name__": "__main__"}
        exec(compile(script, "script", "exec"), names)
        return [fingerprint(value) for value in names["values"]]

    yield run
    for name in "mine", "part":
        sys.modules.pop(name, None)


def test_another_process_finds_the_same(digests, tmp_path):
    here = digests()
    (tmp_path / "user.py").write_text(MINE)
    for name in "other", "lazy", "colorsys":
        (tmp_path / f"{name}.py").write_text(OTHER)
    (tmp_path / "pack.py").write_text("import other as inside")
    script = tmp_path / "script.py"
    expressions = [source for case, (source, _) in CHANGES.items() if case not in NOT_KNOWN]
    report = f"""
from skmi.benchmark._fingerprint import fingerprint
print(*map(fingerprint, values))
import user
user.POWER = 1
print(*(fingerprint(eval(source, vars(user))) for source in {expressions!r}))
"""
    script.write_text(SCRIPT + report)
    printed = []
    for seed in "1", "2":
        environment = {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "PYTHONHASHSEED": seed}
        command = [sys.executable, str(script)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        printed.append(done.stdout.splitlines())
    assert printed[0] == printed[1]
    assert printed[0][0].split() == here


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
    assert digests(module=documented) == first
    # A constant, a helper, a class of the script; a module that a module imports.
    assert changed(first, digests(SCRIPT.replace("0.55", "0.56"))) == [1, 1, 0, 0, 0, 0]
    assert changed(first, digests(SCRIPT.replace("1.7)", "1.8)"))) == [1, 1, 0, 0, 0, 0]
    assert changed(first, digests(SCRIPT.replace('"c"', '"d"'))) == [0, 1, 0, 0, 0, 0]
    assert changed(first, digests(SCRIPT.replace("digamma", "gammaln"))) == [0, 0, 0, 0, 1, 0]
    assert changed(first, digests(part="constant = 2\n")) == [0, 0, 1, 1, 0, 0]
    assert changed(first, digests(part="constant = 1  # one\n")) == [0, 0, 0, 0, 0, 0]
    assert changed(first, digests(part="constant = 1\nother = 2\n")) == [0, 0, 0, 0, 0, 0]
