"""What layers keep of the input and know of the target, epoch after epoch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import chain, count
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval

from .._params import N_JOBS, Having, Whole
from .._random import RANDOM_STATE, RandomState
from .._warn import warn_caller
from ._callback import SkorchCallback
from ._capture import BATCH_SIZE, capture_activations, find_layers
from ._check import check_every, check_number, check_random_state, check_sizes, is_due
from ._estimates import (
    NOTHING,
    estimate_all,
    pair_estimators,
    refuse_bad_activations,
    say_doubts,
    scale_of,
    seeded,
    varies,
)
from ._fixed_input import FixedInput
from ._rows import check_path, read_rows, rename_existing, to_frame, write_frame
from ._samples import Samples, accuracy_of, draw_samples


class InformationPlane(SkorchCallback, BaseEstimator):
    r"""Record I(X; Z) and I(Z; Y) of a network's layers while it is trained.

    A callback for skorch; in a training loop of one's own, an object to call after each
    epoch. Both run the same code.

    Parameters
    ----------
    layers : list of str or torch.nn.Module
        Whose outputs are the Z: names, as ``module.named_modules()`` has them, or the
        layers themselves.
    estimator : str, estimator, list or dict of these, default="ksg-global-linf"
        For I(X; Z): one of `get_estimator_names`, or an estimator whose ``fit(X, Z)`` sets
        ``mi_``. Several are recorded side by side.
    target_estimator : str, estimator, or dict of str to either, default=None
        For I(Z; Y): one for all, or one for each name in `estimator`. None takes the
        same as for I(X; Z). Labels reach an estimator as whole numbers if it tells them
        from numbers (see `KSG`), and otherwise as a column of 0 and 1 for each.
    n_samples : int or None, default=5000
        How many samples are measured, drawn once without replacement; None takes all.
    every : int or list of int, default=1
        Record every so many epochs, beginning before training (epoch 0); or the epochs
        themselves.
    path : path-like, default=None
        A file, ``.parquet`` or ``.csv``, that has all rows after each epoch. Training
        that goes on from a checkpoint goes on from the file's rows (see `rewind`); one
        that begins anew leaves them in a file ``.old``.
    batch_size : int, default=512
        Samples passed through the network at a time.
    working_memory : float, default=None
        Mebibytes for distances between samples of X, which are made once and kept in
        single precision: ``4 * n_samples**2`` bytes, 100 MB for 5000, twice that if
        an estimator scales each column of X by itself; a copy of the samples in double
        precision is kept beside each. What does not fit is made again at each epoch.
        None is scikit-learn's setting of that name, 1024 unless changed.
    n_jobs : int, default=None
        Number of threads: the estimates of layers and estimators run at the same time.
        None is 1 unless in a :obj:`joblib.parallel_config` context, -1 is all cores.
        The rows do not depend on it.
    random_state : int, RandomState, Generator or None, default=0
        Draws the samples, and seeds estimators that draw random numbers and have no
        ``random_state`` of their own. Only an integer makes a resumed training measure
        the same samples.

    Attributes
    ----------
    rows_ : list of dict
        What was recorded so far; `to_frame` makes a table of it.
    indices_ : ndarray of shape (n_samples,)
        Which samples of X are measured.

    Warns
    -----
    UserWarning
        If a layer puts out the same for all samples, as when all its units are dead; its
        information is 0. If an estimator doubts its estimate, the first time. If rows
        are missing, or a file has rows that are not gone on with.

    See Also
    --------
    capture_activations : The activations themselves.
    noise_response : Information of a trained layer under noise.

    Notes
    -----
    A row has ``epoch``, ``layer`` and ``estimator``; ``mi_x`` and ``mi_y``, the
    estimates of I(X; Z) and I(Z; Y) in nats; ``best_scale``, the relative scale found, if
    the estimator searches; ``doubts``, why an estimator itself may be wrong, by the names
    of `MINE`; ``scale``, the layer's size

    .. math:: |Z| = \sqrt{\mathbb{E}\|Z - \mathbb{E}Z\|_2^2};

    ``loss`` and ``accuracy`` of the measured samples in evaluation mode. An epoch is
    recorded as a whole or not at all.

    `KSG`, alone or in a search or both in `ScaleInvariantMI`, works on the kept distances,
    which are rounded to single precision (see :doc:`/user_guide/information_plane`).

    References
    ----------
    .. [1] R. Shwartz-Ziv, N. Tishby, "Opening the black box of deep neural networks via
       information", arXiv:1703.00810 (2017).
    .. [2] "Towards Robust Scale-Invariant Mutual Information Estimators", section 7.
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    In a loop of one's own:

    >>> import torch
    >>> from sklearn.datasets import load_iris
    >>> from skmi.information_plane import InformationPlane
    >>> X, y = load_iris(return_X_y=True)
    >>> X, y = torch.tensor(X).float(), torch.tensor(y)
    >>> _ = torch.manual_seed(0)
    >>> module = torch.nn.Sequential(
    ...     torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)
    ... )
    >>> optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    >>> plane = InformationPlane(["1"], every=10).set_data(X, y)
    >>> for epoch in range(51):
    ...     if epoch > 0:
    ...         optimizer.zero_grad()
    ...         loss = torch.nn.functional.cross_entropy(module(X), y)
    ...         loss.backward()
    ...         optimizer.step()
    ...     plane.record(module, epoch)
    >>> table = plane.to_frame()  # mi_x, mi_y and more
    >>> table[["epoch", "layer", "estimator"]].tail(2)
       epoch layer        estimator
    4     40     1  ksg-global-linf
    5     50     1  ksg-global-linf
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "layers": [list, tuple],
        "estimator": [str, Having("fit"), list, tuple, Mapping],
        "target_estimator": [str, Having("fit"), Mapping, None],
        "n_samples": [Whole(2), None],
        "every": [Whole(1), "array-like"],
        "path": [str, os.PathLike, None],
        "batch_size": [Whole(1)],
        "working_memory": [Interval(Real, 0, None, closed="left"), None],
        "n_jobs": N_JOBS,
        "random_state": RANDOM_STATE,
    }

    def __init__(
        self,
        layers: Any,
        *,
        estimator: Any = "ksg-global-linf",
        target_estimator: Any = None,
        n_samples: int | None = 5000,
        every: Any = 1,
        path: str | os.PathLike[str] | None = None,
        batch_size: int = BATCH_SIZE,
        working_memory: float | None = None,
        n_jobs: int | None = None,
        random_state: RandomState = 0,
    ) -> None:
        self.layers = layers
        self.estimator = estimator
        self.target_estimator = target_estimator
        self.n_samples = n_samples
        self.every = every
        self.path = path
        self.batch_size = batch_size
        self.working_memory = working_memory
        self.n_jobs = n_jobs
        self.random_state = random_state

    _samples: Samples
    _input: FixedInput | None

    def _validate_params(self) -> None:
        super()._validate_params()
        check_every(self.every)
        check_random_state(self.random_state)
        check_sizes(
            n_samples=self.n_samples,
            batch_size=self.batch_size,
            working_memory=self.working_memory,
            n_jobs=self.n_jobs,
        )

    # Data

    def set_data(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        """Choose the samples to measure.

        As a callback this is done with the data that the net is trained on, unless it
        was done before.

        Parameters
        ----------
        X : array-like or tensor of shape (n_samples, ...)
            What the network takes.
        y : array-like or tensor of shape (n_samples,), default=None
            Labels of any kind, or numbers as floats. None records no I(Z; Y).

        Returns
        -------
        self : object
        """
        self._validate_params()
        self._choose_samples(X, y)
        self._given = True
        return self

    def _choose_samples(self, X: Any, y: Any) -> None:
        samples = draw_samples(X, y, self.n_samples, self.random_state)
        if not (hasattr(self, "_samples") and np.array_equal(samples.X, self._samples.X)):
            self._input = None
        self._samples = samples
        self.indices_ = samples.indices

    def _fixed_input(self) -> FixedInput:
        fixed = self._input
        if fixed is None:
            X = self._samples.X.reshape(len(self.indices_), -1)
            fixed = FixedInput(X, working_memory=self.working_memory, n_jobs=self.n_jobs)
            self._input = fixed
        return fixed

    def __getstate__(self) -> dict[str, Any]:
        """Distances stay behind: they can be made again."""
        return {**super().__getstate__(), "_input": None}

    # Rows

    @property
    def recorded_epochs(self) -> list[int]:
        """The epochs that have rows, in the order in which they were recorded."""
        return list(dict.fromkeys(row["epoch"] for row in getattr(self, "rows_", [])))

    def is_due(self, epoch: int) -> bool:
        """Whether `every` asks for this epoch.

        Parameters
        ----------
        epoch : int

        Returns
        -------
        due : bool
        """
        check_sizes(epoch=epoch)
        return is_due(self.every, epoch)

    def to_frame(self) -> Any:
        """What was recorded, as a :class:`pandas.DataFrame`.

        Returns
        -------
        frame : DataFrame
            A row for each epoch, layer and estimator.
        """
        return to_frame(getattr(self, "rows_", []))

    def rewind(self, epoch: int) -> Self:
        """Forget what was recorded after an epoch, to go on from a checkpoint of it.

        If ``path`` names a file, its rows are read first. Go on with ``record(module,
        epoch)`` of the same epoch: it is measured if it has no rows yet.

        Parameters
        ----------
        epoch : int
            Epochs trained when the checkpoint was made.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If the file is damaged, or holds rows of other layers or estimators.
        """
        self._validate_params()
        check_sizes(epoch=epoch)
        path = check_path(self.path)
        if not hasattr(self, "rows_") and path is not None and path.exists():
            names = list(pair_estimators(self.estimator, self.target_estimator))
            self.rows_ = read_rows(path, estimator=names, layer=self.layers)
        self.rows_ = [row for row in getattr(self, "rows_", []) if row["epoch"] <= epoch]
        recorded = set(self.recorded_epochs)
        epochs = count(0, int(self.every)) if isinstance(self.every, Integral) else self.every
        missing = next(e for e in chain(epochs, [epoch]) if e >= epoch or e not in recorded)
        if missing < epoch:
            there = "" if path is None or path.exists() else f" {path} is not there."
            warn_caller(
                f"Training goes on after epoch {epoch}, but epoch {missing} was not recorded, "
                f"nor can it be any more.{there}",
            )
        return self

    # Recording

    def record(
        self,
        module: Any,
        epoch: int,
        *,
        loss: Any = None,
        accuracy: float | None = None,
    ) -> None:
        """Measure all layers and add the rows, if the epoch is due and not recorded yet.

        Parameters
        ----------
        module : torch.nn.Module
            The network, as it is after this epoch.
        epoch : int
            Epochs trained so far; 0 before training.
        loss : float or callable, default=None
            The loss to record, or what takes the output of the network and the labels of
            the measured samples, both arrays, to it. None records NaN.
        accuracy : float, default=None
            The accuracy to record. None takes the share of the measured samples whose
            label is the position of the largest output, if labels are whole numbers.

        Raises
        ------
        ValueError
            If an activation is NaN or infinite: it names layer and epoch. What was
            recorded before is kept.
        """
        self._validate_params()
        if not hasattr(self, "_samples"):
            raise ValueError("There are no samples to measure yet: call set_data(X, y) first.")
        if isinstance(loss, type):
            raise TypeError(f"loss must be a number or a function, got the class {loss.__name__}.")
        if not self.is_due(epoch) or epoch in self.recorded_epochs:
            return
        _, X, y, _ = self._samples
        names = list(find_layers(module, self.layers))
        activations, output = capture_activations(
            module, X, names, batch_size=self.batch_size, return_output=True
        )
        for name in names:
            activations[name] = activations[name].reshape(len(X), -1)
            refuse_bad_activations(activations[name], name, epoch)
        if callable(loss):
            loss = loss(output, y)
        if accuracy is None:
            accuracy = accuracy_of(output, y)
        common = {
            "loss": np.nan if loss is None else check_number(loss, "loss"),
            "accuracy": check_number(accuracy, "accuracy", least=0.0, most=1.0),
        }
        rows = self._measure(activations, epoch)
        path = check_path(self.path)
        if not hasattr(self, "rows_"):
            self.rows_ = []
            if (put := rename_existing(path)) is not None and epoch > 0:
                warn_caller(
                    f"Epoch {epoch} is the first that is recorded here, and {path} held rows "
                    f"already; they are in {put} now. To go on with them call rewind(epoch) "
                    "before.",
                )
        self.rows_ = [*self.rows_, *({**row, **common} for row in rows)]
        if path is not None:
            write_frame(self.to_frame(), path)

    def _measure(self, activations: dict[str, NDArray[Any]], epoch: int) -> list[dict[str, Any]]:
        """The rows of an epoch, but for loss and accuracy."""
        fixed, target = self._fixed_input(), self._samples.target
        estimators = pair_estimators(self.estimator, self.target_estimator)
        rows: list[dict[str, Any]] = []
        tasks: list[tuple[FixedInput | None, Any, NDArray[Any], Any]] = []
        for i, (layer, Z) in enumerate(activations.items()):
            self._warn_if_constant(layer, Z, epoch)
            scale = scale_of(Z)
            for j, (name, (of_input, of_target)) in enumerate(estimators.items()):
                seeds = np.random.SeedSequence(self._entropy(), spawn_key=(epoch, i, j)).spawn(2)
                rows.append({"epoch": epoch, "layer": layer, "estimator": name, "scale": scale})
                tasks.append((fixed, seeded(of_input, seeds[0]), Z, None))
                if target is not None:
                    tasks.append((None, seeded(of_target, seeds[1]), Z, target))
        results = iter(estimate_all(tasks, self.n_jobs))
        for row in rows:
            of_x = next(results)
            of_y = NOTHING if target is None else next(results)
            row.update(mi_x=of_x.mi, mi_y=of_y.mi, best_scale=of_x.best_scale)
            row["doubts"] = say_doubts(mi_x=of_x, mi_y=of_y)
            self._warn_of_doubts(row)
        return rows

    def _entropy(self) -> int:
        return int(self.random_state) if isinstance(self.random_state, Integral) else 0

    def _warn_if_constant(self, layer: str, Z: NDArray[Any], epoch: int) -> None:
        dead: set[str] = getattr(self, "_dead", set())
        if varies(Z):
            self._dead = dead - {layer}
            return
        if layer not in dead:
            warn_caller(
                f"Layer {layer!r} puts out the same for all samples at epoch {epoch}: it keeps "
                "nothing, and its mutual information is 0. Are all of its units dead?",
            )
        self._dead = dead | {layer}

    def _warn_of_doubts(self, row: dict[str, Any]) -> None:
        """Once: with networks that estimate there may be some at every epoch."""
        if row["doubts"] and not getattr(self, "_doubted", False):
            self._doubted = True
            warn_caller(
                f"{row['estimator']!r} doubts its estimate of layer {row['layer']!r} at epoch "
                f"{row['epoch']} ({row['doubts']}). This is said once: all doubts are in the "
                "rows, in the column 'doubts'.",
            )
