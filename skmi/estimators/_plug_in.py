"""The plug-in estimator for labels on both sides."""

from typing import Any

from sklearn.utils._param_validation import StrOptions

from .._input._missing import NAN_POLICY
from .._input._sample import Sample
from .._typing import FloatArray
from ._base import MutualInfoEstimator
from ._formulas import miller_madow, plug_in


class PlugInMI(MutualInfoEstimator):
    r"""Mutual information of two discrete variables, from their frequencies.

    Parameters
    ----------
    correction : {"miller-madow"} or None, default=None
        "miller-madow" takes off the bias to first order in the number of samples.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values, as in `KSG`.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats.
    method_ : str
        "plug-in".
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    See Also
    --------
    BinningMI : Cuts continuous variables into bins first.
    RossMI : Numbers on one side and labels on the other.
    sklearn.metrics.mutual_info_score : The same for two label vectors.

    Notes
    -----
    Every distinct value is a label, whatever its dtype; labels in several columns are
    one label together. With frequencies p,

    .. math:: \sum_{x, y} p(x, y) \log \frac{p(x, y)}{p(x)\, p(y)} .

    It is too high by about :math:`(K_{xy} - K_x - K_y + 1) / 2N`, with
    :math:`K_x`, :math:`K_y` and :math:`K_{xy}` the numbers of distinct labels and of
    pairs of them: the correction of Miller and Madow, for each of the three entropies,
    subtracts that [1]_. Only labels that occur are counted.

    References
    ----------
    .. [1] G. A. Miller, "Note on the bias of information estimates", in Information
       Theory in Psychology, Free Press (1955).

    Examples
    --------
    >>> from skmi import PlugInMI
    >>> weather = 10 * [["sun"], ["sun"], ["rain"], ["rain"]]
    >>> umbrella = 10 * ["no", "no", "yes", "yes"]
    >>> print(f"{PlugInMI().fit(weather, umbrella).mi_:.3f} nats")
    0.693 nats
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "correction": [StrOptions({"miller-madow"}), None],
        "nan_policy": NAN_POLICY,
    }

    def __init__(self, correction: str | None = None, *, nan_policy: str = "raise") -> None:
        self.correction = correction
        self.nan_policy = nan_policy

    def _asked_kinds(self) -> tuple[Any, Any]:
        return True, True

    def _estimate(self, sample: Sample) -> FloatArray:
        x, y = sample.codes
        terms = plug_in(x, y)
        if self.correction == "miller-madow":
            terms += miller_madow(x, y)
        return terms
