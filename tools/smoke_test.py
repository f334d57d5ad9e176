"""A minute with an installed skmi: right answers, from each part whose extra is there.

Run outside a checkout's root or with the package installed: ``python tools/smoke_test.py``.
With ``all`` nothing may be missing.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np

import skmi
from skmi.datasets import CorrelatedGaussians
from skmi.feature_selection import feature_mutual_info

SOURCES = Path(__file__).resolve().parents[1] / "skmi"


def check_core() -> None:
    """Estimates, an interval, scores of features and the command line, without an extra."""
    sampler = CorrelatedGaussians(n_features=1, correlation=0.8)
    X, y = sampler.sample(1000, random_state=0)
    for name in ("auto", "gaussian", "ksg", "ksg-local", "ksg-global-linf"):
        error = skmi.mutual_info(X, y, method=name) - sampler.mutual_info
        assert abs(error) < 0.1, (name, error)
    interval = skmi.mutual_info_interval("ksg-local", X, y, random_state=0)
    assert interval.low < sampler.mutual_info < interval.high, interval
    scores = feature_mutual_info(np.c_[X, X[::-1]], y[:, 0])
    assert scores[0] > 0.3 > 0.1 > scores[1], scores
    command = [sys.executable, "-m", "skmi", "--version"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert skmi.__version__ in printed, printed


def check_plot() -> None:
    """A display draws."""
    import matplotlib

    matplotlib.use("agg")
    from skmi.inspection import ScaleCurveDisplay

    X, y = CorrelatedGaussians(n_features=1, correlation=0.8).sample(200, random_state=0)
    display = ScaleCurveDisplay.from_estimator(skmi.make_estimator("ksg"), X, y)
    assert display.ax_.lines


def check_benchmark() -> None:
    """A grid runs and is summarized as a frame."""
    from skmi.benchmark import BenchmarkGrid, Task, summarize

    task = Task(CorrelatedGaussians(n_features=1, correlation=0.8), 200)
    results = BenchmarkGrid(["ksg"], {"line": task}, n_trials=2, random_state=0).run()
    assert len(summarize(results)) == 1


def check_neural() -> None:
    """A network finds most of what two columns share."""
    sampler = CorrelatedGaussians(n_features=1, correlation=0.9)
    X, y = sampler.sample(1000, random_state=0)
    estimate = skmi.mutual_info(X, y, method="mine-global-corrected", random_state=0)
    assert 0.5 < estimate < 1.1, estimate


def check_distributed() -> None:
    """Dask spreads joblib's work."""
    import joblib
    from dask.distributed import Client
    from sklearn.model_selection import cross_val_score

    X, y = CorrelatedGaussians(n_features=1, correlation=0.8).sample(300, random_state=0)
    with Client(processes=False, dashboard_address=None), joblib.parallel_config("dask"):
        assert cross_val_score(skmi.make_estimator("ksg-local"), X, y, cv=3).mean() > 0.2


PARTS = {
    "plot": ("matplotlib", check_plot),
    "benchmark": ("pandas", check_benchmark),
    "neural": ("skorch", check_neural),
    "distributed": ("distributed", check_distributed),
}


def main(required: list[str]) -> None:
    """Check what is installed; ``required`` names extras that must be, ``all`` means each."""
    assert SOURCES not in Path(skmi.__file__).parents, "this is the checkout, not what is installed"
    check_core()
    done = ["core"]
    for extra, (module, check) in PARTS.items():
        if importlib.util.find_spec(module):
            check()
            done.append(extra)
        elif extra in required or "all" in required:
            raise SystemExit(f"{module} is missing, which the extra {extra!r} should have brought")
    print(f"skmi {skmi.__version__} on Python {sys.version.split()[0]}: {', '.join(done)} work")


if __name__ == "__main__":
    main(sys.argv[1:])
