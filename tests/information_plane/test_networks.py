"""The networks are the paper's."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("skorch")

from skmi.information_plane import (  # noqa: E402
    capture_activations,
    get_network_names,
    get_observed_layer,
    make_classifier,
    make_network,
)

DENSE = {
    "ib": (12, 10, 7, 5, 4, 3, 2),
    "mnist": (784, 1024, 20, 20, 20, 10),
    "digits": (64, 128, 20, 20, 20, 10),
}
TRAINING = {
    "ib": (2000, 5e-3, 256),
    "mnist": (200, 5e-4, 128),
    "cifar10": (1000, 1e-3, 512),
}
OBSERVED = {"ib": 7, "mnist": 20, "cifar10": 192, "digits": 20}
N_INPUTS = {"ib": 12, "mnist": 784, "cifar10": 3072, "digits": 64}


def linear_widths(module):
    layers = [each for each in module if isinstance(each, torch.nn.Linear)]
    return (layers[0].in_features, *(each.out_features for each in layers))


@pytest.mark.parametrize("name", DENSE)
def test_dense_networks(name):
    module = make_network(name)
    assert linear_widths(module) == DENSE[name]
    kinds = [type(each).__name__ for each in module]
    assert kinds == ["Linear", "ReLU"] * (len(DENSE[name]) - 2) + ["Linear"]


def test_the_convolutional_network(rng):
    module = make_network("cifar10")
    assert linear_widths(module) == (192, 512, 256, 10)
    shapes = capture_activations(
        module,
        rng.normal(size=(2, 3072)),
        ["conv_relu2", "pool", "dropout", "conv_relu4", "global_average_pool", "dense3"],
    )
    assert {name: values.shape[1:] for name, values in shapes.items()} == {
        "conv_relu2": (96, 32, 32),
        "pool": (96, 16, 16),
        "dropout": (96, 16, 16),
        "conv_relu4": (192, 16, 16),
        "global_average_pool": (192,),
        "dense3": (10,),
    }
    assert sum(isinstance(each, torch.nn.BatchNorm2d) for each in module) == 4
    assert module.dropout.p == 0.5


@pytest.mark.parametrize("name", get_network_names())
def test_observed_layers_and_weights(rng, name):
    module = make_network(name)
    layer = get_observed_layer(name)
    values = capture_activations(module, rng.normal(size=(3, N_INPUTS[name])), [layer])[layer]
    assert values.shape == (3, OBSERVED[name])
    dense = module.dense1
    limit = np.sqrt(6 / (dense.in_features + dense.out_features))
    assert 0.9 * limit < float(dense.weight.detach().abs().max()) <= limit
    assert not dense.bias.any()


@pytest.mark.parametrize("name", TRAINING)
def test_training(name):
    net = make_classifier(name, device="cpu")
    assert (net.max_epochs, net.lr, net.batch_size) == TRAINING[name]
    assert net.optimizer is torch.optim.SGD
    assert net.criterion is torch.nn.CrossEntropyLoss
    assert net.train_split is None


def test_parameters_can_be_changed_and_nets_fitted(rng):
    net = make_classifier("ib", max_epochs=2, lr=0.1, device="cpu")
    X = rng.normal(size=(40, 12)).astype(np.float32)
    net.fit(X, rng.integers(0, 2, 40))
    assert len(net.history) == 2
    np.testing.assert_allclose(net.predict_proba(X).sum(axis=1), 1, rtol=1e-5)


def test_unknown_names():
    for make in (make_network, make_classifier, get_observed_layer):
        with pytest.raises(ValueError, match="no network 'imagenet'; choose from"):
            make("imagenet")
