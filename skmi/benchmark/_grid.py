"""Estimators against tasks, trial by trial."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from numbers import Integral
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import validate_parameter_constraints

from .._optional import import_optional
from .._params import N_JOBS, Whole
from .._progress import Progress
from .._random import RANDOM_STATE, RandomState, as_generator, draw_seed
from .._recipes import make_estimator, with_settings
from ._dispatch import finished_rows
from ._evaluate import check_estimator, forget_sample, without_empty
from ._plan import cell_of, data_seed, plan
from ._task import as_task, check_sample

COLUMNS = ["task", "trial", "estimator", "truth", "estimate", "seconds", "error", "warning"]


class BenchmarkGrid(BaseEstimator):
    """Run estimators of mutual information on samples whose truth is known.

    Parameters
    ----------
    estimators : dict of str to estimator, or list of str
        The estimators, by the names they have in the results. An estimator has
        ``fit(X, y)``, which sets ``mi_``, or ``score(X, y)``, or both, or is a function
        ``f(X, y)`` that returns the estimate. One that has ``fit_many(Xs, ys)``, which
        returns fitted estimators or estimates, gets all trials of a task at once. A
        list holds names that `make_estimator` knows.
    tasks : dict of str to Task, sampler or callable
        What they run on, by the names they have in the results: a `Task`; a sampler of
        :mod:`skmi.datasets`; a function of a :class:`numpy.random.Generator` that
        returns a sampler; or anything with ``draw(random_state)`` that returns X, y
        and the truth.
    n_trials : int, default=10
        Samples drawn of each task. All estimators see the same.
    n_samples : int, default=1000
        Sample size of all tasks that do not set their own.
    random_state : int, RandomState instance, Generator or None, default=None
        Seeds everything: the samples, and every parameter `random_state` of an
        estimator that is None, and the argument of that name of a function. The seeds of
        a trial depend on this number, the name of the task and the number of the trial,
        and on nothing else in the grid.
    n_jobs : int, default=None
        Number of cells computed at a time; None is 1 unless in a
        :obj:`joblib.parallel_config` context, -1 is all cores. Workers leave the
        parameter `n_jobs` of estimators without effect.
    device : str, default=None
        The `device` of all estimators and parts of them that have one: "cpu", "cuda" or as
        torch names it. None leaves it to them. With a GPU, more workers than one share it.
    cache_dir : str or path, default=None
        Where every finished cell is written at once. A later run, after an interruption
        or with more estimators, tasks or trials, computes only what is not there. Needs
        an integer `random_state`.
    version : str, default=None
        A new version computes all cells again. It also stands for objects that cannot be
        compared, such as a compiled function of your own: with a version
        such cells are cached by name; without one they are computed in every run,
        after a `NotCachedWarning` that says why.
    verbose : int or None, default=None
        Whether a bar shows the cells done and the time left; needs tqdm. 1 shows it from the
        start, 0 never, None in a terminal where it takes longer than ten seconds.

    Attributes
    ----------
    results_ : DataFrame
        The rows finished so far, as `run` returns them; there even if `run` was
        interrupted or raised an error.

    See Also
    --------
    summarize : Errors of each estimator on each task.
    rank : The order of the estimators.

    Notes
    -----
    The results, except the seconds, are the same for any `n_jobs`, any backend and any
    order of work, and after any interruption, if an estimator's result depends on its
    input and its `random_state` only. Networks trained in one batch depend on the others
    in it by rounding.

    A cell is read from `cache_dir` only if the task's definition and name, the size and
    seed of the sample, the estimator's parameters and code, the versions of skmi and the
    libraries and `version` are all the same. Code in an installed package counts by the
    package's version; code of your own with all that it refers to: functions, classes
    and values, also those of other modules of yours. Files that it reads, the
    environment and the clock do not count.

    Examples
    --------
    >>> from skmi.benchmark import BenchmarkGrid
    >>> from skmi.datasets import CorrelatedGaussians
    >>> grid = BenchmarkGrid(
    ...     estimators=["ksg", "ksg-global-linf"],
    ...     tasks={"rho=0.5": CorrelatedGaussians(2, 0.5), "rho=0.9": CorrelatedGaussians(2, 0.9)},
    ...     n_trials=2,
    ...     n_samples=500,
    ...     random_state=0,
    ... )
    >>> results = grid.run()
    >>> results[["task", "trial", "estimator", "truth", "estimate"]].round(2)
          task  trial        estimator  truth  estimate
    0  rho=0.5      0              ksg   0.29      0.25
    1  rho=0.5      0  ksg-global-linf   0.29      0.28
    2  rho=0.5      1              ksg   0.29      0.21
    3  rho=0.5      1  ksg-global-linf   0.29      0.22
    4  rho=0.9      0              ksg   1.66      1.59
    5  rho=0.9      0  ksg-global-linf   1.66      1.59
    6  rho=0.9      1              ksg   1.66      1.60
    7  rho=0.9      1  ksg-global-linf   1.66      1.61
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimators": [dict, list, tuple],
        "tasks": [dict],
        "n_trials": [Whole(1)],
        "n_samples": [Whole(1)],
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
        "device": [str, None],
        "cache_dir": [str, Path, None],
        "version": [str, None],
        "verbose": ["verbose", None],
    }

    def __init__(
        self,
        estimators: Any,
        tasks: Any,
        *,
        n_trials: int = 10,
        n_samples: int = 1000,
        random_state: RandomState = None,
        n_jobs: int | None = None,
        device: str | None = None,
        cache_dir: Any = None,
        version: str | None = None,
        verbose: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.tasks = tasks
        self.n_trials = n_trials
        self.n_samples = n_samples
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.device = device
        self.cache_dir = cache_dir
        self.version = version
        self.verbose = verbose

    def run(self) -> Any:
        """Compute all cells that are not in the cache.

        Returns
        -------
        results : DataFrame
            A row for each task, trial and estimator, in this order, with the columns
            ``task``, ``trial``, ``estimator``; ``truth`` and ``estimate``, in nats;
            ``seconds`` that the estimator took (a group's are shared out evenly);
            ``error``, the text of the exception if it failed, and ``warning``, the
            warnings it gave, a line each; both are missing where there was none. Where a
            cell failed, the estimate is NaN.

        Raises
        ------
        TypeError
            If an estimator or a task cannot take part.
        ValueError
            If a parameter is out of its range.
        OSError
            If `cache_dir` cannot be written to.
        KeyboardInterrupt
            On Ctrl-C, after the rows finished so far have been put into `results_`.
        """
        self._validate_params()
        estimators, tasks = self._named_estimators(), self._named_tasks()
        pandas = import_optional("pandas", purpose="A benchmark", extra="benchmark")
        if self.cache_dir is not None:
            if not str(self.cache_dir).strip():
                raise ValueError(f"cache_dir must be a folder or None, got {self.cache_dir!r}.")
            self._refuse_unseeded("cache_dir can be used only")
        jobs, stored = plan(
            estimators,
            tasks,
            self.n_trials,
            self._root(),
            self.cache_dir and Path(self.cache_dir),
            self.version,
            self.n_jobs,
        )
        done = {cell_of(row): row for row in stored}
        total = len(tasks) * self.n_trials * len(estimators)
        bar = Progress(total, "benchmark", "cell", verbose=self.verbose, done=len(done))
        try:
            for rows in finished_rows(jobs, self.n_jobs):
                done.update((cell_of(row), row) for row in rows)
                bar.update(len(rows))
        finally:
            bar.close()
            forget_sample()
            cells = product(tasks, range(self.n_trials), estimators)
            ordered = [done[cell] for cell in cells if cell in done]
            self.results_ = without_empty(pandas.DataFrame(ordered, columns=COLUMNS))
        return self.results_

    def draw(self, task: str, trial: int) -> tuple[Any, Any, float]:
        """The sample that all estimators see in a trial.

        Parameters
        ----------
        task : str
            Name of the task.
        trial : int
            Number of the trial, from 0.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            First variable.
        y : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Second variable.
        truth : float
            Their mutual information, in nats.

        Raises
        ------
        ValueError
            If there is no such task or trial, or `random_state` is not an integer.
        """
        self._validate_params()
        tasks = self._named_tasks()
        if not isinstance(task, str) or task not in tasks:
            raise ValueError(f"There is no task {task!r}; choose from {list(tasks)}.")
        validate_parameter_constraints({"trial": [Whole(0)]}, {"trial": trial}, "draw")
        self._refuse_unseeded("draw gives the samples of run only")
        return check_sample(tasks[task].draw(data_seed(self._root(), task, trial)))

    def _named_estimators(self) -> dict[str, Any]:
        given = self.estimators
        _refuse_nameless(given, "estimators")
        if not isinstance(given, dict):
            if repeated := [name for name in given if list(given).count(name) > 1]:
                raise ValueError(f"estimators names {repeated[0]!r} twice.")
            given = {name: make_estimator(name) for name in given}
        for name, estimator in given.items():
            check_estimator(estimator, name)
        return _by_plain_names({name: self._on_device(each) for name, each in given.items()})

    def _on_device(self, estimator: Any) -> Any:
        """The estimator where it is to compute; one of ours or of scikit-learn's kind."""
        has_parameters = hasattr(estimator, "fit") and hasattr(estimator, "get_params")
        if self.device is None or not has_parameters:
            return estimator
        return with_settings(estimator, {}, device=self.device)

    def _named_tasks(self) -> dict[str, Any]:
        _refuse_nameless(self.tasks, "tasks")
        tasks = _by_plain_names(self.tasks)
        return {name: as_task(task, self.n_samples, name) for name, task in tasks.items()}

    def _root(self) -> int:
        if isinstance(self.random_state, Integral):
            return int(self.random_state)
        return draw_seed(as_generator(self.random_state))

    def _refuse_unseeded(self, purpose: str) -> None:
        if not isinstance(self.random_state, Integral):
            raise ValueError(
                f"{purpose} with an integer random_state, as in "
                f"BenchmarkGrid(..., random_state=0); got {self.random_state!r}."
            )


def _refuse_nameless(given: Collection[Any], parameter: str) -> None:
    if not given:
        raise ValueError(f"{parameter} is empty: there is nothing to run.")
    for name in given:
        if not isinstance(name, str) or not name:
            raise TypeError(f"The names in {parameter} must be strings, got {name!r}.")


def _by_plain_names(given: dict[str, Any]) -> dict[str, Any]:
    return {str.__str__(name): value for name, value in given.items()}
