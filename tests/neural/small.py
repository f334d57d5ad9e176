"""Networks and samples small enough for tests."""

import numpy as np
import pytest

from skmi import MINE
from skmi.neural import Training

# Tiny trainings deserve their warnings.
quiet = pytest.mark.filterwarnings(
    "ignore::skmi.exceptions.TrainingWarning",
    "ignore::skmi.exceptions.OverfittedWarning",
    "ignore::skmi.exceptions.CeilingWarning",
)


def small(**params):
    """A critic that learns something in a fraction of a second.

    Parameters of its `training` are given like its own.
    """
    settings = {
        "hidden_layer_sizes": (8,),
        "max_epochs": 6,
        "batch_size": 40,
        "learning_rate": 0.02,
        "random_state": 0,
        "device": "cpu",
        **params,
    }
    training = {"weight_average": 0.0}
    training |= {name: settings.pop(name) for name in Training().get_params() if name in settings}
    return MINE(**settings, training=Training(**training))


def gaussians(n_samples=100, n_columns=1, noise=0.5, seed=0):
    """A variable, and the same with noise added."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_columns))
    return X, X + noise * rng.normal(size=X.shape)


def independent(n_samples=100, n_columns=4, seed=0):
    """Two variables that know nothing of each other."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, n_samples, n_columns))
