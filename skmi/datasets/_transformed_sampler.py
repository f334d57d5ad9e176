"""A sampler's variables after transforms that keep their mutual information."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils._param_validation import StrOptions

from .._params import Having
from .._typing import FloatArray
from ._base import BaseSampler
from ._transforms import make_transforms, seed_unseeded


class TransformedSampler(BaseSampler):
    r"""Samples of which one variable goes through invertible transforms.

    Parameters
    ----------
    sampler : sampler
        With ``sample(n_samples, random_state)``, given a :class:`numpy.random.Generator`,
        and ``mutual_info``.
    transforms : list of transformers, or str
        Applied from first to last; a string is read by `make_transforms`. Clones are
        fitted to every sample. Each must say that it keeps mutual information, by an
        attribute ``preserves_mutual_info = True``.
    side : {"X", "y"}, default="X"
        The variable that is transformed.

    Attributes
    ----------
    mutual_info : float
        The mutual information of X and y, in nats: that of `sampler`.

    Raises
    ------
    ValueError
        By `sample` and `mutual_info`, if a transform is not known to keep mutual
        information, or a parameter is out of its range.

    See Also
    --------
    make_transforms : Transforms from their short names.

    Notes
    -----
    Mutual information does not change under invertible maps f, nor by noise E that
    is independent of both variables (appendix of [1]_):

    .. math:: I(f(X); Y) = I(X; Y) = I([X, E]; Y)

    With the same `random_state` the variables before the transforms are those of
    ``sampler.sample``. Transforms whose own `random_state` is None get a seed that
    depends on that of ``sample``; others keep theirs, and are the same in each sample.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69, 066138 (2004).

    Examples
    --------
    >>> from skmi.datasets import CorrelatedGaussians, TransformedSampler
    >>> sampler = TransformedSampler(CorrelatedGaussians(n_features=2), "cb>sg>ds")
    >>> print(f"{sampler.mutual_info:.3f} nats")
    1.022 nats
    >>> X, y = sampler.sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 40), (100, 2))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "sampler": [Having("sample")],
        "transforms": [list, tuple, str],
        "side": [StrOptions({"X", "y"})],
    }

    def __init__(self, sampler: Any, transforms: Any, side: str = "X") -> None:
        self.sampler = sampler
        self.transforms = transforms
        self.side = side

    def _check(self) -> None:
        super()._check()
        for transform in self._listed():
            if getattr(transform, "preserves_mutual_info", False) is not True:
                raise ValueError(
                    f"{transform!r} is not known to preserve mutual information. If it is "
                    "invertible, say so by a class attribute: preserves_mutual_info = True."
                )

    def _listed(self) -> list[Any]:
        if isinstance(self.transforms, str):
            return list(make_transforms(self.transforms))
        return list(self.transforms)

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        X, y = self.sampler.sample(n_samples, random_state=rng)
        transforms = [clone(transform) for transform in self._listed()]
        # After the sample, so that it is the same with and without transforms.
        seed_unseeded(transforms, rng)
        if self.side == "X":
            return through(transforms, X), y
        return X, through(transforms, y)

    def _mutual_info(self) -> float:
        return float(self.sampler.mutual_info)


def through(transforms: list[Any], values: Any) -> FloatArray:
    """The values after all transforms, each fitted to what comes out of the last."""
    for transform in transforms:
        values = transform.fit_transform(values)
    # Where transforms are set to return data frames.
    return np.asarray(values, dtype=np.float64)
