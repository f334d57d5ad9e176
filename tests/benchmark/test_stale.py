"""No row of a cache is one of before: whatever decides a result is part of what finds it."""

import importlib
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import skmi
from skmi.benchmark import BenchmarkGrid, NotCachedWarning
from skmi.benchmark._versions import version_of

ROOT = Path(skmi.__file__).parents[1]

# A module of a user's, and another one that it imports. Each estimator returns a number that
# one line of CHANGES changes.
MINE = '''
import copy
import dataclasses
import enum
import functools
import importlib
import operator
from collections import namedtuple
from types import SimpleNamespace

import numpy as np
from scipy.special import digamma
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator

import colorsys  # a module of one's own by a name of the standard library's
import other
import pack
from other import helper

SIGMA = 1.0
CONFIG = {"sigma": 1.0}
MODULES = [other]
rng = np.random.default_rng(0)


def reads_global(X, y):
    return SIGMA


def reads_dict(X, y):
    return CONFIG["sigma"]


def inner():
    return SIGMA


def calls_helper(X, y):
    return inner()


def comprehends(X, y):
    return sum(SIGMA for _ in range(2))


def defines_class(X, y):
    class Local:
        sigma = SIGMA

    return Local.sigma


def calls_other(X, y):
    return helper()


def calls_other_module(X, y):
    return other.helper()


def reads_other(X, y):
    return other.SIGMA


def reads_namesake(X, y):
    return colorsys.helper()


def of_strings(X, y):
    return float(STRINGS[0])


STRINGS = np.array(["1" * 40], dtype=getattr(np.dtypes, "StringDType", lambda: object)())


def reads_pack(X, y):
    return pack.inside.SIGMA


def imports_inside(X, y):
    import lazy

    return lazy.SIGMA


def imports_from_inside(X, y):
    from lazy import SIGMA as sigma

    return sigma


def named(module):
    return module.SIGMA


def hands_on_module(X, y):
    return named(other)


def module_in_list(X, y):
    return [module.SIGMA for module in MODULES][0]


def gets_attribute(X, y):
    return getattr(other, "SIGMA")


def gets_made_up_attribute(X, y):
    return getattr(other, "".join(["SIG", "MA"]))


def attrgetter(X, y):
    return operator.attrgetter("SIGMA")(other)


def looks_into_globals(X, y):
    return globals()["SIGMA"]


def evaluates(X, y):
    return eval("SIGMA")


def imports_by_name(X, y):
    return importlib.import_module("other").SIGMA


def with_attribute(X, y):
    return with_attribute.sigma


with_attribute.sigma = 1.0


def with_default(X, y, sigma=1.0):
    return sigma


def with_keyword(X, y, *, sigma=1.0):
    return sigma


def make_closure(sigma):
    return lambda X, y: sigma


closure = make_closure(1.0)


def scaled(sigma, X, y):
    return sigma * SIGMA


partial = functools.partial(scaled, 1.0)


@functools.lru_cache(maxsize=0)
def remembered():
    return SIGMA


def calls_remembered(X, y):
    return remembered()


def decorate(function):
    @functools.wraps(function)
    def wrapper(X, y):
        return SIGMA * function(X, y)

    return wrapper


decorated = decorate(lambda X, y: 1.0)
# By its name it is one of numpy's.
disguised = functools.wraps(np.mean)(lambda X, y: SIGMA)


class Base:
    sigma = 1.0

    def score(self, X, y):
        return self.sigma


class Derived(Base):
    pass


class Other:
    sigma = 1.0


def reads_class(X, y):
    return Other.sigma


class ReadsGlobal:
    def score(self, X, y):
        return SIGMA


class Estimator(BaseEstimator):
    def __init__(self, power=1):
        self.power = power

    def fit(self, X, y):
        self.mi_ = SIGMA + self.power
        return self

    def score(self, X, y):
        return self.mi_


class Members(Base):
    @property
    def of_property(self):
        return SIGMA

    @staticmethod
    def of_static():
        return SIGMA

    @classmethod
    def of_class(cls):
        return SIGMA

    @functools.cached_property
    def of_cached(self):
        return SIGMA

    def __init__(self, name):
        self.name = name

    def score(self, X, y):
        value = getattr(self, self.name)
        return value() if callable(value) else value


class Meta(type):
    sigma = 1.0


class WithMeta(metaclass=Meta):
    def score(self, X, y):
        return type(self).sigma


class Descriptor:
    def __get__(self, instance, owner=None):
        return SIGMA


class Described(Base):
    sigma = Descriptor()


class Forgetful:
    """Its state, as pickle takes it, lacks what decides."""

    def __init__(self, sigma=1.0):
        self.sigma = sigma

    def __getstate__(self):
        return {}

    def __deepcopy__(self, memo):
        return self

    def score(self, X, y):
        return self.sigma


class Reduced(Forgetful):
    def __reduce__(self):
        return (Reduced, ())


class ForgetfulTask:
    """Never copied: what decides is there, whatever pickle makes of it."""

    def __init__(self, sigma=1.0):
        self.sigma = sigma

    def __getstate__(self):
        return {}

    def draw(self, random_state):
        return np.zeros((2, 1)), np.zeros((2, 1)), self.sigma


class GlobalTask:
    def draw(self, random_state):
        return np.zeros((2, 1)), np.zeros((2, 1)), SIGMA


class Slots:
    __slots__ = ("sigma", "__dict__")

    def __init__(self, sigma=1.0):
        self.sigma = sigma

    def score(self, X, y):
        return self.sigma


class Holds:
    """No estimator of scikit-learn's: it is copied with all that it holds has learnt."""

    def __init__(self, inner):
        self.inner = inner

    def score(self, X, y):
        return self.inner.score(X, y)


class Callable:
    def __init__(self, function):
        self.function = function

    def __call__(self, X, y):
        return self.function(X, y)


class Updated:
    """Looks like the function that it wraps, and does more."""

    def __init__(self, function, sigma):
        functools.update_wrapper(self, function)
        self.sigma = sigma

    def __call__(self, X, y):
        return self.sigma


class Method:
    def __init__(self, sigma=1.0):
        self.sigma = sigma

    def estimate(self, X, y):
        return self.sigma


@dataclasses.dataclass
class Data:
    sigma: float = 1.0

    def score(self, X, y):
        return self.sigma


class Choice(enum.Enum):
    ONE = 1.0
    TWO = 2.0


Pair = namedtuple("Pair", ["sigma"])


def fitted():
    return Estimator().fit(None, None)


def of_array(X, y):
    return float(ARRAY.sum())


ARRAY = np.ma.masked_array([1.0, 2.0], mask=[False, True])


def of_objects(X, y):
    return float(OBJECTS[0] + OBJECTS[1])


OBJECTS = np.array([1.0, 2], dtype=object)


def of_fields(X, y):
    return float(FIELDS["a"][0])


FIELDS = np.array([(1.0, 2.0)], dtype=[("a", float), ("b", float)])


def of_frame(X, y):
    return float(FRAME.a.sum())


import pandas
FRAME = pandas.DataFrame({"a": [1.0, 2.0]})


def uses_ufunc(X, y):
    return float(digamma(SIGMA))


ufunc = np.frompyfunc(lambda x: x * SIGMA, 1, 1)


def uses_own_ufunc(X, y):
    return float(ufunc(1.0))


def draws(X, y):
    return copy.deepcopy(rng).normal()


def overrides(X, y):
    return abs(SIGMA)
'''

OTHER = """
SIGMA = 1.0


def helper():
    return SIGMA
"""

# What is made, and what is then changed in the module; both are Python.
CHANGES = {
    "a global": ("reads_global", "SIGMA = 2.0"),
    "a global of int, then float": ("reads_global", "SIGMA = np.float32(0.1)"),
    "an entry of a global": ("reads_dict", "CONFIG['sigma'] = 2.0"),
    "a global of a helper": ("calls_helper", "SIGMA = 2.0"),
    "a helper": ("calls_helper", "inner = lambda: 3.0"),
    "a global of a comprehension": ("comprehends", "SIGMA = 2.0"),
    "a global of a local class": ("defines_class", "SIGMA = 2.0"),
    "a global of another module's helper": ("calls_other", "other.SIGMA = 2.0"),
    "another module's helper": ("calls_other_module", "other.helper = lambda: 4.0"),
    "a global of another module": ("reads_other", "other.SIGMA = 2.0"),
    "a global of a package's module": ("reads_pack", "pack.inside.SIGMA = 2.0"),
    "a global of a namesake": ("reads_namesake", "colorsys.SIGMA = 2.0"),
    "a long string": ("of_strings", "STRINGS[0] = '2' * 40"),
    "a module imported inside": ("imports_inside", "import lazy; lazy.SIGMA = 2.0"),
    "a name imported inside": ("imports_from_inside", "import lazy; lazy.SIGMA = 2.0"),
    "of a module handed on": ("hands_on_module", "other.SIGMA = 2.0"),
    "of a module in a list": ("module_in_list", "other.SIGMA = 2.0"),
    "of a module by getattr": ("gets_attribute", "other.SIGMA = 2.0"),
    "of a module by a name made up": ("gets_made_up_attribute", "other.SIGMA = 2.0"),
    "of a module by attrgetter": ("attrgetter", "other.SIGMA = 2.0"),
    "by globals()": ("looks_into_globals", "SIGMA = 2.0"),
    "by eval": ("evaluates", "SIGMA = 2.0"),
    "by import_module": ("imports_by_name", "other.SIGMA = 2.0"),
    "an attribute of a function": ("with_attribute", "with_attribute.sigma = 2.0"),
    "a default": ("with_default", "with_default.__defaults__ = (2.0,)"),
    "a keyword's default": ("with_keyword", "with_keyword.__kwdefaults__ = {'sigma': 2.0}"),
    "a closure": ("closure", "closure = make_closure(2.0)"),
    "what a closure closes over": ("closure", "closure.__closure__[0].cell_contents = 2.0"),
    "an argument of a partial": ("partial", "partial = functools.partial(scaled, 2.0)"),
    "a global below a partial": ("partial", "SIGMA = 2.0"),
    "code": ("reads_global", "reads_global.__code__ = (lambda X, y: 5.0).__code__"),
    "a global below a cache": ("calls_remembered", "SIGMA = 2.0"),
    "a global of a decorator": ("decorated", "SIGMA = 2.0"),
    "a global below a numpy name": ("disguised", "SIGMA = 2.0"),
    "a class attribute": ("Base()", "Base.sigma = 2.0"),
    "an attribute of a base class": ("Derived()", "Base.sigma = 2.0"),
    "an attribute of a metaclass": ("WithMeta()", "Meta.sigma = 2.0"),
    "an attribute of another class": ("reads_class", "Other.sigma = 2.0"),
    "a method": ("Base()", "Base.score = lambda self, X, y: 3.0"),
    "a global of a method": ("ReadsGlobal()", "SIGMA = 2.0"),
    "a global of an estimator": ("Estimator()", "SIGMA = 2.0"),
    "a parameter of an estimator": ("Estimator(POWER)", "POWER = 2"),
    **{
        f"a global {name}": (f"Members({name!r})", "SIGMA = 2.0")
        for name in ("of_property", "of_static", "of_class", "of_cached")
    },
    "a global of a descriptor": ("Described()", "SIGMA = 2.0"),
    "what __getstate__ leaves out": ("Forgetful(SIGMA)", "SIGMA = 2.0"),
    "what __reduce__ leaves out": ("Reduced(SIGMA)", "SIGMA = 2.0"),
    "a slot": ("Slots(SIGMA)", "SIGMA = 2.0"),
    "what is learnt, of a frozen estimator": (
        "FrozenEstimator(fitted())",
        "SIGMA = 2.0",
    ),
    "what is learnt, below an object": ("Holds(fitted())", "SIGMA = 2.0"),
    "what is learnt, in a closure": (
        "(lambda one: lambda X, y: one.score(X, y))(fitted())",
        "SIGMA = 2.0",
    ),
    "below an object": ("Callable(reads_global)", "SIGMA = 2.0"),
    "what looks like a function": ("Updated(np.mean, SIGMA)", "SIGMA = 2.0"),
    "a method's object": ("Method(SIGMA).estimate", "SIGMA = 2.0"),
    "a field of a dataclass": ("Data(SIGMA)", "SIGMA = 2.0"),
    "a default of a dataclass": ("Data()", "Data.__init__.__defaults__ = (2.0,)"),
    "a member of an enumeration": (
        "(lambda c: lambda X, y: c.value)(Choice(SIGMA))",
        "SIGMA = 2.0",
    ),
    "a named tuple": ("(lambda c: lambda X, y: c.sigma)(Pair(SIGMA))", "SIGMA = 2.0"),
    "a mask": ("of_array", "ARRAY.mask = [False, False]"),
    "an array of objects": ("of_objects", "OBJECTS[1] = 3.0"),
    "an array of fields": ("of_fields", "FIELDS['a'][0] = 3.0"),
    "a frame": ("of_frame", "FRAME.loc[0, 'a'] = 3.0"),
    "an argument of a ufunc": ("uses_ufunc", "SIGMA = 2.0"),
    "another ufunc": ("uses_ufunc", "from scipy.special import gammaln as digamma; SIGMA = 3.0"),
    "a global of a ufunc of one's own": ("uses_own_ufunc", "SIGMA = 2.0"),
    "the state of a generator": ("draws", "rng.normal()"),
    "a builtin overridden": ("overrides", "abs = lambda x: 7.0"),
    "a script's lambda": ("lambda X, y: SIGMA", "SIGMA = 2.0"),
}
TASKS = {
    "a global of a task": ("GlobalTask()", "SIGMA = 2.0"),
    "what a task's __getstate__ leaves out": ("ForgetfulTask(SIGMA)", "SIGMA = 2.0"),
    "a task with a parameter": ("ForgetfulTask(sigma=POWER)", "POWER = 2.0"),
}
# Of these nothing can be known: they are computed every time.
UNKNOWN = {
    "by globals()",
    "by eval",
    "by import_module",
    "a global of a ufunc of one's own",
}


class Zeros:
    """The same sample in each trial."""

    def draw(self, random_state):
        return np.zeros((2, 1)), np.zeros((2, 1)), 0.0


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The names of the user's module."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "mine.py").write_text(MINE)
    for name in "other", "lazy", "colorsys":
        (tmp_path / f"{name}.py").write_text(OTHER)
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("from . import inside\n")
    (tmp_path / "pack" / "inside.py").write_text(OTHER)
    importlib.invalidate_caches()
    names = ("mine", "other", "lazy", "colorsys", "pack", "pack.inside")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    version_of.cache_clear()
    module = importlib.import_module("mine")
    module.POWER = 1
    yield vars(module)
    for name in names:
        sys.modules.pop(name, None)
    version_of.cache_clear()


def run(folder, estimator=None, task=None, **options):
    """A row and whether it was found in the cache, and not computed."""
    estimator, task = estimator or (lambda X, y: 0.0), task or Zeros()
    grid = BenchmarkGrid(
        {"e": estimator}, {"t": task}, n_trials=1, random_state=0, cache_dir=folder, **options
    )
    before = set(folder.rglob("*.*")) if folder is not None else set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = grid.run()
    assert results.error.isna().all(), results.error[0]
    said = [w for w in caught if w.category is NotCachedWarning]
    assert len(said) == len(caught) <= 1
    row = results[["truth", "estimate"]].to_numpy().tolist()
    kept = folder is not None and set(folder.rglob("*.*")) == before and not said
    return row, kept, bool(said)


@pytest.mark.parametrize("case", [*CHANGES, *TASKS])
def test_a_change_is_seen(case, mine, tmp_path):
    source, change = {**CHANGES, **TASKS}[case]
    what = "task" if case in TASKS else "estimator"
    folder = tmp_path / "cache"
    folder.mkdir()

    def found():
        made = {what: eval(source, mine)}
        return run(folder, **made), run(None, **made)[0]

    (first, _, said), truth = found()
    assert first == truth
    assert said == (case in UNKNOWN)
    (again, kept, _), _ = found()
    assert again == first
    assert kept == (case not in UNKNOWN)
    exec(change, mine)
    (after, kept, _), truth = found()
    assert truth != first, "the test changes nothing"
    assert after == truth
    assert not kept


SCRIPT = """
import sys
from scipy.special import digamma
from skmi.benchmark import BenchmarkGrid, Task
from skmi.datasets import CorrelatedGaussians
import mymodule

LOW = 0.5

class Estimator:
    sigma = 1.0

    def score(self, X, y):
        print("computed", file=sys.stderr)
        return float(digamma(self.sigma)) + mymodule.offset()

grid = BenchmarkGrid(
    {"e": Estimator()},
    {"t": Task(lambda rng: CorrelatedGaussians(1, LOW), 10)},
    n_trials=1,
    random_state=0,
    cache_dir=sys.argv[1],
)
(row,) = grid.run().to_dict("records")
print(row["truth"], row["estimate"])
"""


def test_a_script_and_its_module_edited_between_sessions(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "mymodule.py").write_text("OFFSET = 1.0\n\ndef offset():\n    return OFFSET\n")
    rows = []
    for edited, before, after in (
        ("script.py", "", ""),
        ("script.py", "LOW = 0.5", "LOW =  0.5  # as it was"),
        ("script.py", "sigma = 1.0", "sigma = 2.0"),
        ("mymodule.py", "OFFSET = 1.0", "OFFSET = 2.0"),
    ):
        path = tmp_path / edited
        path.write_text(path.read_text().replace(before, after))
        done = subprocess.run(
            [sys.executable, "-W", "error", "script.py", "cache"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert ("computed" in done.stderr) == (len(rows) != 1)
        rows.append(done.stdout)
    assert rows[0] == rows[1]
    assert len(set(rows)) == 3
