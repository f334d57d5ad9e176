"""Information of a layer under more and more noise."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from .._params import N_JOBS, Having, Whole, in_short
from .._random import RANDOM_STATE, RandomState, as_generator
from ._capture import BATCH_SIZE, capture_activations, find_layers
from ._check import check_estimators, check_number, check_random_state, check_sizes
from ._estimates import estimate_all, refuse_bad_activations, say_doubts, seeded
from ._fixed_input import FixedInput
from ._rows import to_frame
from ._samples import draw_samples

# From noise a hundred times as strong as a unit's power to a thousand times weaker.
DEFAULT_SNR_DB = tuple(range(-20, 31, 5))

COLUMNS = ("snr_db", "noise_std", "layer", "estimator", "mi_x", "best_scale", "doubts")


@validate_params(
    {
        "snr_db": ["array-like"],
        "estimator": [str, Having("fit"), list, tuple, Mapping],
        "power": [Interval(Real, 0, None, closed="neither"), StrOptions({"signal"})],
        "n_samples": [Whole(2), None],
        "batch_size": [Whole(1)],
        "working_memory": [Interval(Real, 0, None, closed="left"), None],
        "n_jobs": N_JOBS,
        "random_state": RANDOM_STATE,
    },
    prefer_skip_nested_validation=True,
)
def noise_response(
    module: Any,
    layer: Any,
    X: ArrayLike,
    *,
    snr_db: ArrayLike = DEFAULT_SNR_DB,
    estimator: Any = "ksg-global-linf",
    power: float | str = 1.0,
    n_samples: int | None = 5000,
    batch_size: int = BATCH_SIZE,
    working_memory: float | None = None,
    n_jobs: int | None = None,
    random_state: RandomState = 0,
) -> Any:
    r"""Estimate I(X; Z + noise) of a trained layer at many signal-to-noise ratios.

    The less noise, the more of X is left: the truth rises with the ratio. Figure 8 of
    [1]_ asks which estimators see it rise.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    layer : str or torch.nn.Module
        Whose output is Z.
    X : array-like or tensor of shape (n_samples, ...)
        What the network takes.
    snr_db : array-like of shape (n_ratios,), default=-20, -15, ..., 30
        Signal-to-noise ratios in decibels.
    estimator : str, estimator, list or dict of these, default="ksg-global-linf"
        As for `InformationPlane`.
    power : float or "signal", default=1.0
        The power of the signal to which the ratio refers. 1.0 is the paper's unit power,
        whatever the size of Z; "signal" is the mean variance of Z's units.
    n_samples : int or None, default=5000
        How many samples are measured, drawn once without replacement; None takes all.
    batch_size : int, default=512
        Samples passed through the network at a time.
    working_memory : float, default=None
        Mebibytes for distances between samples of X, as for `InformationPlane`.
    n_jobs : int, default=None
        Number of threads. The result does not depend on it.
    random_state : int, RandomState, Generator or None, default=0
        Draws the samples and the noise: the same noise at all ratios, multiplied.

    Returns
    -------
    frame : :class:`pandas.DataFrame`
        A row for each ratio and estimator: ``snr_db``, ``noise_std``, ``layer``,
        ``estimator``, ``mi_x`` in nats, ``best_scale``, ``doubts``.

    Raises
    ------
    ValueError
        If there is no such layer, or if an activation is NaN or infinite.

    See Also
    --------
    InformationPlane : Information along training.
    skmi.inspection.NoiseResponseDisplay : The picture.

    Notes
    -----
    At a ratio of a dB the noise on each unit is independent and Gaussian with variance

    .. math:: \sigma^2 = P \cdot 10^{-a/10},

    where P is the power.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators", section 7.
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> import torch
    >>> from sklearn.datasets import load_iris
    >>> from skmi.information_plane import noise_response
    >>> module = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(4, 2))
    >>> frame = noise_response(module, "0", load_iris().data, snr_db=[-20, 0, 20])
    >>> frame[["snr_db", "noise_std"]]
       snr_db  noise_std
    0   -20.0       10.0
    1     0.0        1.0
    2    20.0        0.1
    >>> bool(frame["mi_x"].is_monotonic_increasing)
    True
    """
    ratios = _ratios(snr_db)
    check_sizes(
        n_samples=n_samples, batch_size=batch_size, working_memory=working_memory, n_jobs=n_jobs
    )
    check_random_state(random_state)
    if power != "signal":
        check_number(power, "power")
    estimators = check_estimators(estimator, "estimator")
    (name,) = find_layers(module, [layer])
    generator = as_generator(random_state)
    samples = draw_samples(X, None, n_samples, generator).X
    n_chosen = len(samples)
    Z = capture_activations(module, samples, [name], batch_size=batch_size)[name]
    Z = Z.reshape(n_chosen, -1)
    refuse_bad_activations(Z, name, None)
    signal = float(Z.var(axis=0, dtype=np.float64).mean()) if power == "signal" else power
    deviations = np.sqrt(float(signal) * 10.0 ** (-ratios / 10))
    noise = generator.normal(size=Z.shape)
    estimators = {
        key: seeded(each, np.random.SeedSequence(int(generator.integers(2**32))))
        for key, each in estimators.items()
    }
    fixed = FixedInput(samples.reshape(n_chosen, -1), working_memory=working_memory, n_jobs=n_jobs)
    results = estimate_all(
        (
            (fixed, each, (Z + deviation * noise).astype(Z.dtype), None)
            for deviation in deviations
            for each in estimators.values()
        ),
        n_jobs,
    )
    places = [(a, d, key) for a, d in zip(ratios, deviations, strict=True) for key in estimators]
    rows = [
        dict(
            zip(
                COLUMNS,
                (a, d, name, key, result.mi, result.best_scale, say_doubts(mi_x=result)),
                strict=True,
            )
        )
        for (a, d, key), result in zip(places, results, strict=True)
    ]
    return to_frame(rows, COLUMNS)


def _ratios(snr_db: Any) -> NDArray[Any]:
    """The ratios, an array of finite numbers."""
    try:
        ratios = np.asarray(snr_db)
    except ValueError:
        ratios = np.empty(0)
    numeric = ratios.ndim == 1 and ratios.dtype.kind in "fiu"
    if not numeric or not ratios.size or not np.isfinite(ratios).all():
        raise ValueError(f"snr_db must be a list of numbers, got {in_short(snr_db)}.")
    return ratios.astype(float)
