"""What a series tells about another at each lag, as a picture."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ..time_series._lagged import lagged_mutual_info
from ._axes import check_numbers, one_axes


class LagDisplay:
    """Mutual information against the lag, with what chance gives.

    Parameters
    ----------
    lags : array-like of shape (n_lags,)
        At a positive lag it is x that comes first.
    mi : array-like of shape (n_lags,)
        The estimates in nats, as `lagged_mutual_info` gives them.
    null_distribution : array-like of shape (n_permutations, n_lags), default=None
        The estimates with x permuted. None draws no band.
    level : float, default=0.95
        The part of the estimates with x permuted that the band holds at each lag.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    stems_ : matplotlib StemContainer
        The estimates.
    band_ : matplotlib FillBetweenPolyCollection or None
        From the mean to the upper end of what chance gives.

    See Also
    --------
    lagged_mutual_info : The values.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi.inspection import LagDisplay
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=300)
    >>> y = np.roll(x, 3) + rng.normal(size=300)
    >>> display = LagDisplay.from_series(x, y, lags=6, n_permutations=19, random_state=0)
    >>> int(display.lags[np.argmax(display.mi)])
    3
    """

    def __init__(
        self, lags: ArrayLike, mi: ArrayLike, null_distribution: Any = None, *, level: float = 0.95
    ) -> None:
        self.lags = check_numbers(lags, "lags", (None,))
        self.mi = check_numbers(mi, "mi", (len(self.lags),))
        if null_distribution is not None:
            shape = None, len(self.lags)
            null_distribution = check_numbers(null_distribution, "null_distribution", shape)
        self.null_distribution = null_distribution
        self.level = level

    @classmethod
    def from_series(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        lags: Any = 10,
        *,
        n_permutations: int | None = 99,
        level: float = 0.95,
        ax: Any = None,
        **params: Any,
    ) -> Self:
        """Estimate at every lag and draw.

        Parameters
        ----------
        x, y : array-like of shape (n_samples,)
            Numbers or labels at the same times.
        lags : int or array-like of int, default=10
            As `lagged_mutual_info` takes them.
        n_permutations : int, default=99
            How many times x is permuted for the band; None draws none.
        level : float, default=0.95
            The part of the estimates with x permuted that the band holds at each lag.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        **params : dict
            Other parameters of `lagged_mutual_info`, except `base`.

        Returns
        -------
        display : LagDisplay
        """
        found = lagged_mutual_info(x, y, lags, n_permutations=n_permutations or 1, **params)
        null = None if n_permutations is None else found.null_distribution
        return cls(found.lags, found.mi, null, level=level).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the estimates, and the band of chance.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : LagDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If `level` is not between 0 and 1.
        """
        if not 0.0 < self.level < 1.0:
            raise ValueError(f"level must be between 0 and 1, got {self.level}.")
        self.ax_ = ax = one_axes(ax)
        self.figure_ = ax.figure
        order = np.argsort(self.lags)
        lags = self.lags[order]
        self.band_ = None
        if self.null_distribution is not None:
            null = self.null_distribution[:, order]
            label = f"by chance: mean to {100 * self.level:g} %"
            upper = np.quantile(null, self.level, axis=0)
            # A band as wide as one lag has no width of its own.
            steps = np.concatenate([lags - 0.5, lags[-1:] + 0.5])
            low, high = (np.append(each, each[-1]) for each in (null.mean(axis=0), upper))
            self.band_ = ax.fill_between(
                steps, low, high, step="post", color="0.8", label=label, zorder=0
            )
        self.stems_ = ax.stem(lags, self.mi[order], basefmt=" ", label="data")
        ax.axhline(0.0, color="0.4", linewidth=0.8)
        ax.set_xlabel("lag: x so many steps before y")
        ax.set_ylabel("mutual information (nats)")
        ax.grid(alpha=0.3)
        if self.band_ is not None:
            ax.legend()
        return self
