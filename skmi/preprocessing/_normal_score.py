"""Each column's ranks as normal scores, then all columns by one factor."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from sklearn.base import OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.utils.validation import check_is_fitted

from .._input._features import check_features
from .._params import Parameterized
from .._typing import FloatArray, IntArray
from ._global import GlobalScaler
from ._local import LocalScaler

# A column of which less than this part of its variance is its own is nearly determined by others.
_LEAST_OWN = 0.05
# Columns are normal unless the test statistic is so many standard deviations off.
_FAR = 3.0


class NormalScoreScaler(OneToOneFeatureMixin, TransformerMixin, Parameterized):
    r"""Replace each column's values by normal scores, then scale all by one factor.

    Ranks take the place of values: this undoes any increasing function that was applied
    to a column, and every column looks as if drawn from a normal distribution.
    Like `LocalScaler` it makes columns of little energy as large as the others.

    Attributes
    ----------
    quantiles_ : list of ndarray
        Each column's distinct values, in ascending order.
    scores_ : list of ndarray
        The scaled scores they are replaced by.
    scale_ : float
        The factor all scores were divided by; 1 if no column varies.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    GlobalScaler : One factor for all columns; their distributions stay as they are.
    sklearn.preprocessing.QuantileTransformer : A map to normal scores by fewer quantiles.

    Notes
    -----
    The value of rank r among the n of its column becomes

    .. math:: \Phi^{-1}\left(\frac{r - 1/2}{n}\right)

    where :math:`\Phi` is the normal distribution function; equal values have the mean
    of their ranks, so that a constant column becomes 0. All columns are then divided by
    one factor, that of ``GlobalScaler(corrected=True)``: the root of their mean
    variance. Columns without ties all have the same variance, and so 1.

    New data are interpolated linearly between the values that `fit` saw; what lies
    beyond them gets the score of the nearest. The scores of the data given to `fit` are
    the same, bit for bit, after any strictly increasing map of a column; those of new
    data only after multiplication and addition, up to rounding.

    Mutual information does not change under invertible maps of single columns: what is
    lost is the columns' proportions, not information.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import NormalScoreScaler
    >>> X = np.array([[-2.0], [0.0], [1.0], [5.0]])
    >>> scaler = NormalScoreScaler().fit(X)
    >>> scaler.transform(X).ravel().round(3)
    array([-1.363, -0.378,  0.378,  1.363])
    >>> NormalScoreScaler().fit_transform(X**3).ravel().round(3)
    array([-1.363, -0.378,  0.378,  1.363])
    >>> scaler.transform([[3.0], [1000.0]]).ravel().round(3)
    array([0.87 , 1.363])
    """

    _parameter_constraints: dict[str, list[Any]] = {}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn each column's distribution, and the factor.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            One variable, of any number of columns.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted scaler.

        Raises
        ------
        ValueError
            If X holds anything but finite real numbers.
        """
        X = check_features(self, X, reset=True).astype(np.float64, copy=False)
        learnt, scores = NormalScores.of(X)
        self.scale_ = GlobalScaler(corrected=True).fit(scores).scale_
        self.quantiles_ = learnt.quantiles
        self.scores_ = [each / self.scale_ for each in learnt.scores]
        return self

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Replace values by scaled normal scores.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        scores : ndarray of shape (n_samples, n_features)
            float32 for float32 input, float64 otherwise.
        """
        check_is_fitted(self)
        X = check_features(self, X, reset=False)
        return _replace(X, self.quantiles_, self.scores_).astype(X.dtype, copy=False)

    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Replace scaled normal scores by values of the data given to `fit`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Scores; between those of `fit` values are interpolated linearly.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features)
            float32 for float32 input, float64 otherwise.
        """
        check_is_fitted(self)
        X = check_features(self, X, reset=False)
        return _replace(X, self.scores_, self.quantiles_).astype(X.dtype, copy=False)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class NormalScores(NamedTuple):
    """Each column's distinct values in ascending order, and their normal scores."""

    quantiles: list[FloatArray]
    scores: list[FloatArray]

    @classmethod
    def of(cls, X: FloatArray) -> tuple[Self, FloatArray]:
        """Learn from columns; also their scores, shape (n_samples, n_columns)."""
        quantiles, values, columns = [], [], np.empty(X.shape)
        for position, column in enumerate(X.T):
            distinct, place, counts = np.unique(column, return_inverse=True, return_counts=True)
            quantiles.append(distinct)
            values.append(_scores_of(counts))
            columns[:, position] = values[-1][place.reshape(-1)]
        return cls(quantiles, values), columns

    def __call__(self, X: FloatArray) -> FloatArray:
        """The scores of other samples, interpolated linearly."""
        return _replace(X, self.quantiles, self.scores)


class NormalColumns(NamedTuple):
    """Normal scores; columns that are normal as they are stay so where ranks cost too much.

    Ranks move each value a little. Where columns nearly determine each other, as sums of the
    same few variables do, that hides in which way they differ.

    Attributes
    ----------
    scores : NormalScores
    kept : ndarray of int
        The columns that stay as they are, but for their mean and spread.
    scaler : LocalScaler or None
        Of those columns, if there are any.
    spreads : ndarray
        The standard deviations that their normal scores would have.
    """

    scores: NormalScores
    kept: IntArray
    scaler: LocalScaler | None
    spreads: FloatArray

    @classmethod
    def of(cls, X: FloatArray) -> tuple[Self, FloatArray]:
        """Learn from columns; also what they become, shape (n_samples, n_columns)."""
        learnt, columns = NormalScores.of(X)
        kept = np.empty(0, dtype=np.intp)
        if _nearly_determined(columns):
            standardized = np.sort(LocalScaler(with_mean=True).fit_transform(X), axis=0)
            pairs = enumerate(zip(standardized.T, learnt.scores, strict=True))
            kept = np.array([place for place, pair in pairs if _is_normal(*pair)], dtype=np.intp)
        if not kept.size:
            return cls(learnt, kept, None, np.empty(0)), columns
        scaler = LocalScaler(with_mean=True).fit(X[:, kept])
        found = cls(learnt, kept, scaler, columns[:, kept].std(axis=0))
        return found, found._with_kept(X, columns)

    def __call__(self, X: FloatArray) -> FloatArray:
        """What other samples become."""
        return self._with_kept(X, self.scores(X))

    def _with_kept(self, X: FloatArray, columns: FloatArray) -> FloatArray:
        if self.scaler is not None:
            columns[:, self.kept] = self.scaler.transform(X[:, self.kept]) * self.spreads
        return columns


def _nearly_determined(columns: FloatArray) -> bool:
    """Whether some columns are nearly a combination of others."""
    if columns.shape[1] < 2 or len(columns) <= columns.shape[1]:
        return False
    spreads = columns.std(axis=0)
    varying = columns[:, spreads > 0] / spreads[spreads > 0]
    correlations = varying.T @ varying / len(varying)
    return varying.shape[1] > 1 and bool(np.linalg.eigvalsh(correlations)[0] < _LEAST_OWN)


def _is_normal(values: FloatArray, scores: FloatArray) -> bool:
    """Whether ascending values are as if drawn from a normal distribution.

    The test of Shapiro and Francia: by the correlation with normal scores, with Royston's
    approximation of its distribution (P. Royston, "A pocket-calculator algorithm for the
    Shapiro-Francia test for non-normality", Statistics in Medicine 12, 181-184, 1993,
    https://doi.org/10.1002/sim.4780120209).
    """
    if len(scores) < len(values):  # ties
        return False
    missing = 1.0 - np.corrcoef(values, scores)[0, 1] ** 2
    u = np.log(len(values))
    v = np.log(u)
    mean, deviation = 1.0521 * (v - u) - 1.2725, 1.0308 - 0.26758 * (v + 2.0 / u)
    return bool(np.log(missing) < mean + _FAR * deviation)


def _scores_of(counts: Any) -> FloatArray:
    """The normal scores of distinct ascending values that occur so often."""
    below = np.cumsum(counts) - counts
    # Ranks of equal values are below + 1, ..., below + count.
    scores: FloatArray = ndtri((below + counts / 2) / counts.sum())
    return scores


def _replace(X: NDArray[Any], old: list[FloatArray], new: list[FloatArray]) -> FloatArray:
    """Each column interpolated between pairs of values, clipped at the ends."""
    replaced = np.empty(X.shape)
    for position, (values, scores) in enumerate(zip(old, new, strict=True)):
        replaced[:, position] = np.interp(X[:, position], values, scores)
    return replaced
