"""The mutual information of all pairs of columns as a picture."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from .._params import in_short
from .._typing import FloatArray, IntArray
from ..feature_selection._pairwise import pairwise_mutual_info
from ._axes import check_numbers, one_axes

# So many columns have their values written into the cells.
_FEW = 16

# Inches of a cell, of the names and the scale beside them, and of a side at most.
_CELL, _BESIDE, _LARGEST = 0.45, 2.5, 12.0

_ORDERS = "cluster", "given"


class PairwiseMIDisplay:
    r"""A heat map of the mutual information of all pairs of columns.

    Columns that tell much about each other stand side by side. The diagonal is left out:
    what a column tells about itself is of another kind, and infinite for numbers.

    Parameters
    ----------
    mi : array-like or data frame of shape (n_columns, n_columns)
        What `pairwise_mutual_info` gives, in nats; symmetric. The diagonal is not looked
        at.
    names : list of str, default=None
        Those of the columns. None takes the names of a frame, or numbers from 0.
    order : {"cluster", "given"}, default="cluster"
        "cluster" puts columns into the order of the leaves of a tree: hierarchical
        clustering by average linkage of the distances
        :math:`1 - \sqrt{1 - e^{-2I}}`, which are :math:`1 - |\rho|` for normal
        distributions. "given" leaves them as they are.

    Attributes
    ----------
    order_ : ndarray of shape (n_columns,)
        The column at each place.
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    image_ : matplotlib AxesImage
        The heat map.
    colorbar_ : matplotlib Colorbar
        Its scale.

    See Also
    --------
    pairwise_mutual_info : The matrix.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import pairwise_mutual_info
    >>> from skmi.inspection import PairwiseMIDisplay
    >>> X = load_diabetes(as_frame=True).data
    >>> display = PairwiseMIDisplay(pairwise_mutual_info(X)).plot()
    >>> [str(X.columns[i]) for i in display.order_[:4]]
    ['sex', 'bp', 'age', 's6']
    """

    def __init__(self, mi: Any, *, names: Any = None, order: str = "cluster") -> None:
        self.names = _names_of(mi) if names is None else names
        self.mi = _check_matrix(mi)
        self.order = order

    @classmethod
    def from_data(
        cls, X: ArrayLike, *, order: str = "cluster", ax: Any = None, **params: Any
    ) -> Self:
        """Estimate the mutual information of all pairs and draw it.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_columns)
            Numbers, labels, or both side by side.
        order : {"cluster", "given"}, default="cluster"
            Of the columns.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        **params : dict
            Parameters of `pairwise_mutual_info`, except those of permutations.

        Returns
        -------
        display : PairwiseMIDisplay
        """
        return cls(pairwise_mutual_info(X, **params), names=_names_of(X), order=order).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the heat map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : PairwiseMIDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If `order` or `names` is not valid.
        """
        if self.order not in _ORDERS:
            raise ValueError(f"order must be one of {_ORDERS}, got {in_short(self.order)}.")
        n_columns = len(self.mi)
        names = list(range(n_columns)) if self.names is None else list(self.names)
        if len(names) != n_columns:
            raise ValueError(f"names has {len(names)} entries, but mi has {n_columns} columns.")
        side = min(_CELL * n_columns + _BESIDE, _LARGEST)
        self.ax_ = ax = one_axes(ax, figsize=(side + 1.0, side))
        self.figure_ = ax.figure
        clusters = self.order == "cluster" and n_columns > 2
        self.order_ = _by_likeness(self.mi) if clusters else np.arange(n_columns)
        shown = self.mi[np.ix_(self.order_, self.order_)]
        np.fill_diagonal(shown, np.nan)
        self.image_ = ax.imshow(shown, vmin=min(0.0, np.nanmin(shown, initial=0.0)), cmap="viridis")
        self.colorbar_ = self.figure_.colorbar(
            self.image_, ax=ax, label="mutual information (nats)", shrink=0.8
        )
        self._name_columns(ax, [str(names[position]) for position in self.order_])
        if n_columns <= _FEW:
            self._write_values(ax, shown)
        return self

    def _name_columns(self, ax: Any, names: list[str]) -> None:
        places = np.arange(len(names))
        size = float(np.clip(400 / len(names), 4, 9))
        ax.set_xticks(places, names, rotation=90, fontsize=size)
        ax.set_yticks(places, names, fontsize=size)
        ax.set_facecolor("0.85")

    def _write_values(self, ax: Any, shown: FloatArray) -> None:
        middle = np.mean(self.image_.get_clim())
        for (row, column), value in np.ndenumerate(shown):
            if np.isfinite(value):
                color = "black" if value > middle else "white"
                text = f"{value:.2f}"
                ax.text(column, row, text, ha="center", va="center", color=color, fontsize=8)


def _names_of(X: Any) -> list[str] | None:
    """The names of a frame's columns."""
    names = getattr(X, "column_names", getattr(X, "columns", None))
    return None if names is None else [str(name) for name in names]


def _check_matrix(mi: Any) -> FloatArray:
    names = getattr(mi, "column_names", None)  # of a table of pyarrow
    values = np.column_stack([np.asarray(mi[name]) for name in names]) if names else mi
    matrix = check_numbers(values, "mi", (None, None))
    upper = np.triu_indices(len(matrix), 1)
    if matrix.shape[0] != matrix.shape[1] or not np.array_equal(matrix[upper], matrix.T[upper]):
        raise ValueError(f"mi must be a symmetric matrix, got one of shape {matrix.shape}.")
    if not np.isfinite(matrix[upper]).all():
        raise ValueError("mi must hold finite numbers off its diagonal.")
    return matrix


def _by_likeness(mi: FloatArray) -> IntArray:
    """The order of the leaves of a tree in which neighbours are as alike as can be."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    pairs = np.triu_indices(len(mi), 1)
    distances = 1.0 - np.sqrt(-np.expm1(-2.0 * np.maximum(mi[pairs], 0.0)))
    tree = linkage(distances, "average", optimal_ordering=True)
    return np.asarray(leaves_list(tree), dtype=np.intp)
