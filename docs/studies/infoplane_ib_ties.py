"""Figures 8 and 9 of the information bottleneck task with ties broken by noise.

``python docs/studies/infoplane_ib_ties.py`` trains the networks of ``skmi infoplane ib`` again
and estimates as toolboxes do that add noise to each variable, 1e-10 wide, so that no two
distances are equal. About fifteen minutes on one core; goes on with ``--resume``. Writes
``infoplane_ib_ties`` beside this file.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, clone

from skmi import (
    KSG,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    RelativeScaleSearch,
    ScaleInvariantMI,
)
from skmi.datasets import make_information_bottleneck
from skmi.information_plane._study import run_study

FOLDER = Path(__file__).parent / "infoplane_ib_ties"


class TiesBroken(BaseEstimator):
    """An estimator on data to which a little noise is added; labels are left alone."""

    def __init__(self, estimator, *, width=1e-10, random_state=None):
        self.estimator = estimator
        self.width = width
        self.random_state = random_state

    def fit(self, X, y):
        """Add noise, and estimate."""
        rng = np.random.default_rng(self.random_state)
        X, y = (
            each if each.dtype.kind in "iu" else each + self.width * rng.random(each.shape)
            for each in (np.asarray(X), np.asarray(y))
        )
        self.estimator_ = clone(self.estimator).fit(X, y)
        self.mi_ = self.estimator_.mi_
        self.best_scale_ = getattr(self.estimator_, "best_scale_", np.nan)
        return self


def scaled(estimator, scaler):
    """Without the tolerance that would take as equal what the noise has told apart."""
    return ScaleInvariantMI(estimator, scaler, tie_tolerance=None)


ESTIMATORS = {
    "ksg": KSG(),
    "ksg-local": scaled(KSG(), LocalScaler()),
    "ksg-global": scaled(RelativeScaleSearch(KSG()), GlobalScaler()),
    "ksg-global-linf": scaled(RelativeScaleSearch(KSG()), GlobalLinfScaler()),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resume", action="store_true")
    resume = parser.parse_args().resume
    run_study(
        "ib",
        *make_information_bottleneck(),
        FOLDER,
        n_trials=3,
        every=50,
        estimator={name: TiesBroken(each) for name, each in ESTIMATORS.items()},
        device="cpu",
        resume=resume,
        progress=lambda trial, epoch, _: print(f"trial {trial + 1}, epoch {epoch}", end="\r"),
    )
    shutil.rmtree(FOLDER / "trials")
