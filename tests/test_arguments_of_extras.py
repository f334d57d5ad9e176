"""Whatever a user may pass by mistake: one line that names the argument, and nothing silent.

A table of entry points by kinds of bad input, for networks, displays and loaders.
"""

import re
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("skorch")
pd = pytest.importorskip("pandas")
plt = pytest.importorskip("matplotlib.pyplot")

from sklearn.feature_selection import SelectKBest, f_classif  # noqa: E402

from skmi import KSG, MINE, RelativeScaleSearch  # noqa: E402
from skmi.datasets import (  # noqa: E402
    _images,
    fetch_cifar10,
    fetch_mnist,
    load_cifar10,
    load_mnist,
    make_information_bottleneck,
)
from skmi.information_plane import (  # noqa: E402
    InformationPlane,
    capture_activations,
    get_critic_sizes,
    get_observed_layer,
    make_classifier,
    make_network,
    noise_response,
)
from skmi.inspection import (  # noqa: E402
    FeatureScoreDisplay,
    InformationPlaneDisplay,
    MINECurveDisplay,
    NoiseResponseDisplay,
    RelativeScaleDisplay,
    ScaleCurveDisplay,
    TrainingDynamicsDisplay,
)

BAD = {
    "None": None,
    "a string": "bad",
    "an empty string": "",
    "a boolean": True,
    "an empty list": [],
    "a class": KSG,
    "a negative number": -1,
    "zero": 0,
    "a fraction": 1.5,
    "a huge number": 10**400,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "an object": object(),
    "a dict": {},
    "a list of strings": ["a", "b"],
    "a ragged list": [[1, 2], [3]],
    "a complex number": 1j,
    "bytes": b"a",
    "a function": len,
}

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
Y = np.arange(40) % 2
NET = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
ROWS = pd.DataFrame(
    {
        **{"epoch": [0, 1, 2], "snr_db": [-10.0, 0.0, 10.0], "layer": "relu1", "estimator": "ksg"},
        **{"mi_x": [1.0, 2.0, 1.5], "mi_y": [0.1, 0.5, 0.7], "scale": [1.0, 2.0, 4.0]},
    }
)
SELECTOR = SelectKBest(f_classif, k=1).fit(X, Y)
SEARCH = RelativeScaleSearch(KSG(), [0.5, 1, 2])
PLANE = {
    **{"layers": ["1"], "estimator": "ksg", "target_estimator": None, "n_samples": 20, "every": 1},
    **{"path": None, "batch_size": 8, "working_memory": None, "n_jobs": None, "random_state": 0},
}


def plane(*, X=X, y=Y, **params):
    return InformationPlane(**{**PLANE, **params}).set_data(X, y)


def record(module=NET, epoch=0, loss=None, accuracy=None, **params):
    plane(**params).record(module, epoch, loss=loss, accuracy=accuracy)


def drawn(display):
    return lambda **params: display(**params).plot()


# Of each entry point a call that is right, but for the argument that is replaced.
ENTRIES = {
    "capture_activations": (
        capture_activations,
        {"module": NET, "X": X, "layers": ["1"], "batch_size": 8, "return_output": False},
    ),
    "noise_response": (
        noise_response,
        {
            **{"module": NET, "layer": "1", "X": X, "snr_db": [0, 10], "estimator": "ksg"},
            **{"power": 1.0, "n_samples": 20, "batch_size": 8, "working_memory": None},
            **{"n_jobs": None, "random_state": 0},
        },
    ),
    "InformationPlane": (
        record,
        {**PLANE, "X": X, "y": Y, "module": NET, "epoch": 0, "loss": None, "accuracy": None},
    ),
    "InformationPlane.rewind": (lambda epoch: plane().rewind(epoch), {"epoch": 0}),
    "InformationPlane.is_due": (lambda epoch: plane().is_due(epoch), {"epoch": 0}),
    "get_observed_layer": (get_observed_layer, {"name": "ib"}),
    "get_critic_sizes": (get_critic_sizes, {"name": "ib"}),
    "make_network": (make_network, {"name": "ib"}),
    "make_classifier": (make_classifier, {"name": "ib", "max_epochs": 3, "device": "cpu"}),
    "FeatureScoreDisplay.from_scores": (
        FeatureScoreDisplay.from_scores,
        {
            **{"scores": [0.1, 0.2, 0.3], "pvalues": [0.1] * 3, "intervals": [[0, 1]] * 3},
            **{"feature_names": list("abc"), "alpha": 0.1, "selected": [True, False, True]},
            **{"score_label": "score", "max_features": 2, "ax": None},
        },
    ),
    "FeatureScoreDisplay.from_scorer": (
        FeatureScoreDisplay.from_scorer,
        {"scorer": f_classif, "X": X, "y": Y, "alpha": 0.1, "max_features": 2, "ax": None},
    ),
    "FeatureScoreDisplay.from_estimator": (
        FeatureScoreDisplay.from_estimator,
        {"estimator": SELECTOR, "feature_names": list("abc"), "alpha": 0.1, "max_features": 2},
    ),
    "InformationPlaneDisplay": (
        InformationPlaneDisplay.from_results,
        {"rows": ROWS, "layers": ["relu1"], "log_epochs": "auto", "axes": None},
    ),
    "TrainingDynamicsDisplay": (
        TrainingDynamicsDisplay.from_results,
        {"rows": ROWS, "layer": "relu1", "quantity": "mi_x", "axes": None},
    ),
    "NoiseResponseDisplay": (
        NoiseResponseDisplay.from_results,
        {"rows": ROWS, "layer": "relu1", "ax": None},
    ),
    "MINECurveDisplay": (
        drawn(MINECurveDisplay),
        {"train": [0.1, 0.2], "validation": [0.1, 0.2], "best_epochs": [1], "mi": 0.2},
    ),
    "MINECurveDisplay.from_estimator": (MINECurveDisplay.from_estimator, {"estimator": None}),
    "RelativeScaleDisplay": (
        drawn(RelativeScaleDisplay),
        {
            **{"scales": [1, 2], "scores": [0.1, 0.2], "best_scale": 2, "best_score": 0.2},
            **{"side": "y", "bias": 0.1},
        },
    ),
    "RelativeScaleDisplay.from_estimator": (
        RelativeScaleDisplay.from_estimator,
        {"estimator": SEARCH, "X": X, "y": X[:, 0], "ax": None},
    ),
    "ScaleCurveDisplay": (
        drawn(ScaleCurveDisplay),
        {"factors": [1, 2], "scores": {"a": [1, 2]}, "side": "y"},
    ),
    "ScaleCurveDisplay.from_estimator": (
        ScaleCurveDisplay.from_estimator,
        {"estimator": "ksg", "X": X, "y": X[:, 0], "factors": [1, 2], "side": "y", "ax": None},
    ),
    "load_mnist": (load_mnist, {"folder": "none", "subset": "test", "return_X_y": False}),
    "load_cifar10": (load_cifar10, {"folder": "none", "subset": "test", "return_X_y": False}),
    "fetch_mnist": (fetch_mnist, {"data_home": None, "subset": "test", "return_X_y": False}),
    "fetch_cifar10": (fetch_cifar10, {"data_home": None, "subset": "test", "return_X_y": False}),
    "make_information_bottleneck": (make_information_bottleneck, {"random_state": 0}),
}

# What is no mistake: None where it is the default, and what each kind of argument may be.
DEFAULTS = {"ax", "axes", "intervals", "n_jobs", "n_samples", "path", "pvalues", "random_state"}
DEFAULTS |= {"scorer", "selected", "target_estimator", "validation", "working_memory", "y"}
DEFAULTS |= {"accuracy", "best_epochs", "bias", "data_home", "device", "feature_names", "layer"}
DEFAULTS |= {"layers", "loss", "max_features", "mi"}
NEVER_NONE = {
    ("noise_response", "layer"),
    ("capture_activations", "layers"),
    ("InformationPlane", "layers"),
    *((f"{name}.from_estimator", "y") for name in ("RelativeScaleDisplay", "ScaleCurveDisplay")),
    ("FeatureScoreDisplay.from_scorer", "y"),
}
NUMBERS = {"a negative number", "zero", "a fraction"}
RIGHT = {
    "accuracy": {"zero", "NaN"},
    "alpha": {"zero"},
    "best_scale": NUMBERS,
    "bias": NUMBERS,
    "data_home": {"a string"},
    "epoch": {"zero"},
    "layer": {"an empty string"},  # what a module calls itself
    "log_epochs": {"a boolean"},
    "loss": {*NUMBERS, "NaN", "infinity", "a function"},
    "max_features": {"a huge number"},
    "mi": NUMBERS,
    "n_jobs": {"a negative number"},
    "power": {"a fraction"},
    "random_state": {"zero"},
    "return_output": {"a boolean"},
    "return_X_y": {"a boolean"},
    "score_label": {"a string", "an empty string"},
    "scorer": {"a function"},
    "working_memory": {"zero", "a fraction"},
}
NOT_RIGHT = {
    ("RelativeScaleDisplay", "best_scale"),
    *((f"{name}Display", "layer") for name in ("TrainingDynamics", "NoiseResponse")),
}


def is_right(entry, name, kind):
    if kind == "None":
        return name in DEFAULTS and (entry, name) not in NEVER_NONE
    return kind in RIGHT.get(name, ()) and (entry, name) not in NOT_RIGHT


@pytest.fixture(autouse=True)
def _no_network(monkeypatch, tmp_path):
    def openml(**options):
        raise AssertionError("this was passed on")

    monkeypatch.setattr(_images, "fetch_openml", openml)
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.mark.filterwarnings("ignore:The best relative scale")
@pytest.mark.parametrize("entry", ENTRIES)
def test_one_line_that_names_the_argument(entry):
    function, right = ENTRIES[entry]
    wrong = []
    for name in right:
        # The singular will do, and the word for what has it.
        named = re.compile(rf"(?<![A-Za-z_]){name.removesuffix('s')}s?(?![A-Za-z])")
        for kind, bad in BAD.items():
            if is_right(entry, name, kind):
                continue
            try:
                function(**{**right, name: bad})
                wrong.append(f"{name}, {kind}: silent")
            except (TypeError, ValueError, FileNotFoundError) as error:
                message = str(error)
                if "\n" in message or not named.search(message) or len(message) > 1000:
                    wrong.append(f"{name}, {kind}: {type(error).__name__}: {message!r}")
            except Exception as error:
                wrong.append(f"{name}, {kind}: {type(error).__name__}: {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("entry", [e for e in ENTRIES if "load" not in e and "fetch" not in e])
def test_the_call_itself_is_right(entry):
    if entry == "MINECurveDisplay.from_estimator":
        return
    function, right = ENTRIES[entry]
    assert function(**right) is not None


def test_unfitted_estimators():
    for display, estimator in (
        (FeatureScoreDisplay, SelectKBest()),
        (MINECurveDisplay, MINE()),
        (RelativeScaleDisplay, SEARCH),
    ):
        with pytest.raises(ValueError, match=r"not fitted|no fitted") as caught:
            display.from_estimator(estimator)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(40, 4), (40,), (40, 3, 2)])
def test_samples_that_the_module_does_not_take(shape):
    with pytest.raises(ValueError, match="The module does not take X, in batches of"):
        capture_activations(NET, np.zeros(shape), ["1"])


def test_samples_that_are_no_numbers():
    for bad in (np.where(X > 2, np.nan, X), torch.full((40, 3), float("inf"))):
        with pytest.raises(ValueError, match="X contains NaN or infinity, first in row"):
            plane(X=bad)
        with pytest.raises(ValueError, match="X contains NaN or infinity"):
            noise_response(NET, "1", bad)
    for bad in (X.astype(complex), torch.zeros(40, 3, dtype=torch.complex64), X.astype(str)):
        with pytest.raises(TypeError, match="X must hold real numbers"):
            plane(X=bad)


def test_labels_that_are_none():
    for bad, error, message in (
        (Y[1:], ValueError, "X has 40 samples and y has 39"),
        ([[1, 2], [3]] * 20, ValueError, "y must be an array"),
        ([None, "a"] * 20, TypeError, "y must hold labels of one kind"),
    ):
        with pytest.raises(error, match=message):
            plane(y=bad)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plane(y=Y.tolist(), X=X.tolist())
