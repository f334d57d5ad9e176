"""Information under noise, where the truth is known."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("pandas")
from torch import nn  # noqa: E402

from skmi.information_plane import InformationPlane, noise_response  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")

WEIGHT = np.array([[1.0, 0.5], [-0.5, 1.0]])


class AddNoise(nn.Module):
    """A layer whose noise is the same in each pass."""

    def __init__(self, noise):
        super().__init__()
        self.noise = noise

    def forward(self, x):
        return x + self.noise[: len(x)]


def linear(dtype=torch.float64):
    layer = nn.Linear(2, 2, bias=False, dtype=dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.as_tensor(WEIGHT))
    return layer


def truth(variance):
    """Of Z + noise on X, for X with the identity as covariance and Z = W X."""
    signal = WEIGHT @ WEIGHT.T
    return 0.5 * np.linalg.slogdet(np.eye(2) + signal / variance)[1]


@pytest.mark.parametrize("estimator", ["ksg", "ksg-global", "ksg-global-linf"])
def test_a_linear_network_with_gaussian_input(rng, estimator):
    X = rng.normal(size=(2000, 2))
    module = nn.Sequential(linear(), nn.ReLU())
    snr_db = np.array([-10.0, 0.0, 5.0, 10.0])
    frame = noise_response(module, "0", X, snr_db=snr_db, estimator=estimator)
    np.testing.assert_allclose(frame["noise_std"] ** 2, 10 ** (-snr_db / 10))
    expected = [truth(variance) for variance in 10 ** (-snr_db / 10)]
    np.testing.assert_allclose(frame["mi_x"], expected, rtol=0.06, atol=0.04)


def test_the_plane_of_a_noisy_layer(rng):
    X = rng.normal(size=(2000, 2))
    noise = torch.as_tensor(0.5 * rng.normal(size=(2000, 2)))
    module = nn.Sequential(linear(), AddNoise(noise))
    plane = InformationPlane(["1"], batch_size=2000).set_data(X)
    plane.record(module, 0)
    assert plane.rows_[0]["mi_x"] == pytest.approx(truth(0.25), rel=0.05)
    scale = np.sqrt(np.trace(WEIGHT @ WEIGHT.T) + 2 * 0.25)
    assert plane.rows_[0]["scale"] == pytest.approx(scale, rel=0.05)


def test_power_of_the_signal(rng):
    X = rng.normal(size=(500, 2))
    small = nn.Sequential(linear())
    with torch.no_grad():
        small[0].weight *= 1e-3
    options = {"snr_db": [-5.0, 10.0], "power": "signal"}
    expected = noise_response(nn.Sequential(linear()), "0", X, **options)
    found = noise_response(small, "0", X, **options)
    np.testing.assert_allclose(found["mi_x"], expected["mi_x"], rtol=1e-6)
    np.testing.assert_allclose(found["noise_std"], 1e-3 * expected["noise_std"])
    power = X.dot(WEIGHT.T).var(axis=0).mean()
    np.testing.assert_allclose(expected["noise_std"] ** 2, power * 10 ** (-np.array([-0.5, 1.0])))


def test_a_number_gives_the_same_noise(rng):
    X, module = rng.normal(size=(300, 2)), nn.Sequential(linear(torch.float32))
    options = {"snr_db": [0.0, 10.0], "estimator": ["ksg", "ksg-local"], "n_samples": 200}
    first = noise_response(module, "0", X, **options, random_state=1)
    again = noise_response(
        module, module[0], torch.as_tensor(X), **options, random_state=1, n_jobs=2
    )
    assert first.equals(again)
    assert not first.equals(noise_response(module, "0", X, **options, random_state=2))
    assert list(first["estimator"]) == ["ksg", "ksg-local"] * 2


def test_bad_input(rng):
    X, module = rng.normal(size=(50, 2)), nn.Sequential(linear())
    for snr_db in ([], [np.nan], [[1.0]]):
        with pytest.raises(ValueError, match="snr_db must be"):
            noise_response(module, "0", X, snr_db=snr_db)
    with pytest.raises(ValueError, match="'power' parameter"):
        noise_response(module, "0", X, power=0)
    with torch.no_grad():
        module[0].weight[0, 0] = np.nan
    with pytest.raises(ValueError, match="layer '0' contain NaN"):
        noise_response(module, "0", X)
