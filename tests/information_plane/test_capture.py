"""Activations as the layers put them out, and the module left as it was."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from skmi.information_plane import capture_activations  # noqa: E402


def network(dtype=torch.float32):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(6, 2)
    ).to(dtype)


def n_hooks(module):
    return sum(len(each._forward_hooks) + len(each._forward_pre_hooks) for each in module.modules())


@pytest.mark.parametrize("batch_size", [1, 7, 20, 512])
def test_what_the_layers_put_out(rng, batch_size):
    module, X = network(), rng.normal(size=(20, 4))
    activations, output = capture_activations(
        module, X, ["0", "2"], batch_size=batch_size, return_output=True
    )
    module.eval()
    with torch.no_grad():
        first = module[0](torch.as_tensor(X).float())
        np.testing.assert_allclose(activations["0"], first.numpy(), rtol=1e-5, atol=1e-6)
        hidden = torch.relu(module[1](first))
        np.testing.assert_allclose(activations["2"], hidden.numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(output, module[4](hidden).numpy(), rtol=1e-5, atol=1e-6)


def test_every_submodule_returns_to_its_mode_and_learns_nothing(rng):
    module = network().train()
    module[1].eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    random_state = torch.get_rng_state()
    capture_activations(module, rng.normal(size=(20, 4)), ["3"])
    assert [each.training for each in module.modules()] == [True, True, False, True, True, True]
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert torch.equal(torch.get_rng_state(), random_state)
    assert all(parameter.grad is None for parameter in module.parameters())
    assert n_hooks(module) == 0


class Stumbles(nn.Module):
    def __init__(self, after):
        super().__init__()
        self.layer, self.calls, self.after = nn.Linear(4, 2), 0, after

    def forward(self, x):
        x = self.layer(x)
        self.calls += 1
        if self.calls > self.after:
            raise RuntimeError("stumbled")
        return x


@pytest.mark.parametrize("error", ["forward", "interrupt", "output"])
def test_nothing_is_left_behind_even_when_the_forward_pass_raises(rng, error):
    module = Stumbles(after=1 if error == "forward" else 99).train()
    if error == "interrupt":
        module.layer.forward = lambda x: (_ for _ in ()).throw(KeyboardInterrupt)
    if error == "output":
        module.layer.forward = lambda x: "text"
    module.layer.eval()
    raised = {"forward": RuntimeError, "interrupt": KeyboardInterrupt, "output": TypeError}[error]
    with pytest.raises(raised):
        capture_activations(module, rng.normal(size=(20, 4)), ["layer"], batch_size=5)
    assert n_hooks(module) == 0
    assert module.training
    assert not module.layer.training


def test_layers_by_name_or_themselves(rng):
    module, X = network(), rng.normal(size=(5, 4))
    by_name = capture_activations(module, X, ["4", "0"])
    by_module = capture_activations(module, X, [module[4], module[0]])
    assert list(by_name) == list(by_module) == ["4", "0"]
    for name, values in by_name.items():
        np.testing.assert_array_equal(values, by_module[name])


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["none"], r"no layer 'none'; it has \['0', '1', '2', '3', '4'\]"),
        ([nn.ReLU()], "no layer of type ReLU"),
        (["0", "0"], "more than once"),
        ("0", "must be a list"),
        ([], "must be a list"),
    ],
)
def test_layers_that_are_not_there(rng, layers, message):
    with pytest.raises(ValueError, match=message):
        capture_activations(network(), rng.normal(size=(5, 4)), layers)


def test_a_layer_that_takes_no_part(rng):
    module = network()
    module.extra = nn.Linear(1, 1)
    module.forward = lambda x: module[0](x)
    with pytest.raises(ValueError, match="does not call its layer 'extra'"):
        capture_activations(module, rng.normal(size=(5, 4)), ["extra"])


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (torch.float16, np.float32),
        (torch.bfloat16, np.float32),
        (torch.float32, np.float32),
        (torch.float64, np.float64),
    ],
)
def test_any_precision(rng, dtype, expected):
    module, X = network(dtype), rng.normal(size=(12, 4))
    values = capture_activations(module, X, ["0"])["0"]
    assert values.dtype == expected
    module.eval()
    with torch.no_grad():
        exact = module[0](torch.as_tensor(X).to(dtype)).double().numpy()
    np.testing.assert_allclose(values, exact, rtol=1e-2 if dtype == torch.bfloat16 else 1e-3)
    assert (torch.as_tensor(values).to(dtype).double().numpy() == values).all()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_on_the_device_of_the_module(rng):
    module, X = network(), rng.normal(size=(20, 4))
    expected = capture_activations(module, X, ["2"])["2"]
    found = capture_activations(module.cuda(), torch.as_tensor(X), ["2"])["2"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert all(parameter.is_cuda for parameter in module.parameters())


def test_images_sequences_and_whole_numbers(rng):
    images = rng.normal(size=(6, 3, 8, 8)).astype(np.float32)
    convolution = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Flatten())
    assert capture_activations(convolution, images, ["0"])["0"].shape == (6, 5, 6, 6)
    recurrent = nn.Sequential(nn.Embedding(10, 4), nn.LSTM(4, 3, batch_first=True))
    recurrent.forward = lambda x: recurrent[1](recurrent[0](x))[0]
    tokens = rng.integers(0, 10, (6, 7))
    assert capture_activations(recurrent, tokens, ["0", "1"])["1"].shape == (6, 7, 3)


def test_bad_samples(rng):
    with pytest.raises(ValueError, match="a row for each sample and at least 1, got"):
        capture_activations(network(), np.empty((0, 4)), ["0"])
    with pytest.raises(ValueError, match="batch_size"):
        capture_activations(network(), np.zeros((3, 4)), ["0"], batch_size=0)
    with pytest.raises(TypeError, match=r"shape \(2, 10\); a tensor with a row for each"):
        capture_activations(
            nn.Sequential(nn.Flatten(0), nn.Unflatten(0, (2, 10))), np.zeros((5, 4)), ["1"]
        )
