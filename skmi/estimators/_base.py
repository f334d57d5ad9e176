"""What all estimators of mutual information share.

Outside, ``fit(X, y)`` and ``score(X, y)``; inside, `_learn` and `_estimate`, which take a
`Sample`. Arrays are turned into a sample once, where a public method is entered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._input._kinds import Kinds
from .._input._sample import Sample, make_sample
from .._params import Parameterized
from .._typing import FloatArray, IntArray
from ._normalized import doubt_bound

# The estimate with the samples of y in another order; None leaves them as they are.
Repeated = Callable[[IntArray | None], float]


def _gives_contributions(estimator: MutualInfoEstimator) -> bool:
    return estimator._has_contributions()


class MutualInfoEstimator(Parameterized):
    """Base of the estimators: ``fit(X, y)`` learns, ``score(X, y)`` estimates.

    Subclasses define ``_estimate(sample)``, each sample's contribution. Those that learn
    something for it do so in ``_learn(sample)``, which gives the estimate of this sample.
    Those that hold another estimator, which may have no contributions to give, also define
    ``_score(sample)`` and ``_has_contributions()``.
    """

    _kinds: Kinds  # which columns of the data given to `fit` hold labels
    _tie_tolerance: float | None = None  # of the sample given to `fit`

    # Estimators that only see differences between samples lose nothing if the data
    # are centred before they are scaled.
    _sees_only_differences = False
    # Whether threads share the work of many estimates, or processes must.
    _releases_gil = False
    # Whether it looks at the surroundings of samples in all columns, which are wide in many.
    _is_local = False
    # Whether it takes off what a maximum has by chance.
    _corrects_bias = False

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Estimate the mutual information of X and y, as `mi_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If X or y holds anything but finite real numbers, if their lengths differ,
            or if there are too few samples.
        """
        sample = self._sample(X, y, reset=True)
        self._fit(sample)
        self._tell_doubts(sample)
        return self

    def _fit(self, sample: Sample) -> Self:
        """What `fit` does once the sample is made, in silence."""
        self._remember(sample)
        self.mi_ = self._learn(sample)
        return self

    def _remember(self, sample: Sample) -> None:
        """What `score` must know of the sample given to `fit`."""
        self._kinds, self._tie_tolerance = sample.kinds, sample.tie_tolerance
        self.n_features_in_ = sample.X.n_columns

    def _tell_doubts(self, sample: Sample) -> None:
        """Warn of all that speaks against the estimate."""
        self._doubt(sample)
        doubt_bound(self.mi_, sample)

    def _doubt(self, sample: Sample) -> None:
        """Warn of what speaks against the estimate; called once it is there."""

    def _asked_kinds(self) -> tuple[Any, Any] | None:
        """What is asked for discrete columns of X and of y; None to take numbers alone."""
        return None

    def _asked_nan_policy(self) -> str:
        """What becomes of rows with a missing value."""
        return str(getattr(self, "nan_policy", "raise"))

    def _sample(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> Sample:
        """The two variables, validated; labels become codes where the estimator knows them."""
        discrete = (self._asked_kinds() or (False, False)) if reset else self._kinds
        sample = make_sample(
            X,
            y,
            discrete=discrete,
            estimator=self,
            reset=reset,
            nan_policy=self._asked_nan_policy(),
        )
        return sample if reset else sample.tolerating(self._tie_tolerance)

    @property
    def method_(self) -> str:
        """What the kinds of the columns led to, in an estimator that tells them."""
        if self._asked_kinds() is None or not hasattr(self, "_kinds"):
            raise AttributeError(f"{type(self).__name__} has no attribute 'method_'")
        return self._kinds.method

    def _learn(self, sample: Sample) -> float:
        """Learn what `score` reuses, and estimate; by default there is nothing to learn."""
        return self._score(sample)

    def _estimate(self, sample: Sample) -> FloatArray:
        """Each sample's contribution, shape (n_samples,)."""
        raise NotImplementedError

    def _score(self, sample: Sample) -> float:
        return float(np.mean(self._estimate(sample)))

    def _has_contributions(self) -> bool:
        return True

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Estimate the mutual information of these samples, with what `fit` learnt.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        mi : float
            The estimate in nats. It is not clipped: around 0 it may be negative.
        """
        check_is_fitted(self)
        return self._score(self._sample(X, y, reset=False))

    @available_if(_gives_contributions)
    def score_samples(self, X: ArrayLike, y: ArrayLike) -> FloatArray:
        """Each sample's contribution to the estimate.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        contributions : ndarray of shape (n_samples,)
            Pointwise contributions in nats; their mean is `score`. NaN for samples that are
            left out because a value is missing.
        """
        check_is_fitted(self)
        sample = self._sample(X, y, reset=False)
        return sample.in_all_rows(self._estimate(sample))

    def _repeated(self, sample: Sample) -> Repeated:
        """`mi_` of the sample it was fitted to, with y permuted, again and again.

        Here by fitting anew; estimators that can do better say so. A maximum is never
        corrected for its bias.
        """

        def estimate(order: IntArray | None) -> float:
            permuted = sample if order is None else sample.permuted(order)
            return float(clone(self)._fit(permuted).mi_)

        return estimate

    def _core(self, sample: Any) -> tuple[Any, Any]:
        """The estimator that all others are wrapped around, and what it sees of a sample.

        Without a sample (None) the estimator need not be fitted.
        """
        return self, sample

    def _uncorrected(self) -> Any:
        """A clone that keeps a maximum as it is."""
        return clone(self)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "mi_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        tags.target_tags.two_d_labels = False
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        tags.input_tags.allow_nan = self._asked_nan_policy() != "raise"
        return tags
