"""The networks whose information plane the paper draws, and how they are trained."""

from collections import OrderedDict
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from .._optional import import_optional
from .._params import in_short
from ._check import check_sizes


class _Recipe(NamedTuple):
    """A network, how it is trained, and the layer that is looked at."""

    widths: tuple[int, ...]  # of the input and of the dense layers; () for the CNN
    layer: str
    max_epochs: int
    lr: float
    batch_size: int
    critic: tuple[int, ...]  # hidden layers of MINE's network


# Section 7 and appendix A. The text has seven layers, 12-10-7-5-4-3-2, for the first
# where the appendix's table has 10-7-5-4-4-2 after the input; "third layer, of 7 units"
# fits both. The digits of scikit-learn are no data of the paper: their network is MNIST's
# made small, trained long enough to fit in a minute.
_RECIPES = {
    "ib": _Recipe((12, 10, 7, 5, 4, 3, 2), "relu2", 2000, 5e-3, 256, (30, 30)),
    "mnist": _Recipe((784, 1024, 20, 20, 20, 10), "relu2", 200, 5e-4, 128, (20,)),
    "cifar10": _Recipe((), "global_average_pool", 1000, 1e-3, 512, (20,)),
    "digits": _Recipe((64, 128, 20, 20, 20, 10), "relu2", 60, 5e-2, 64, (20,)),
}

# Convolutions, in pairs, of appendix A.
_CHANNELS = ((96, 96), (192, 192))
_IMAGE = (3, 32, 32)


def get_network_names() -> list[str]:
    """The names that `make_network` and `make_classifier` know.

    Returns
    -------
    names : list of str

    Examples
    --------
    >>> from skmi.information_plane import get_network_names
    >>> get_network_names()
    ['ib', 'mnist', 'cifar10', 'digits']
    """
    return list(_RECIPES)


def get_observed_layer(name: str) -> str:
    """The layer whose output is Z in the paper's figures.

    Parameters
    ----------
    name : str
        One of `get_network_names`.

    Returns
    -------
    layer : str

    Examples
    --------
    >>> from skmi.information_plane import get_observed_layer
    >>> get_observed_layer("cifar10")
    'global_average_pool'
    """
    return _recipe(name).layer


def get_critic_sizes(name: str) -> tuple[int, ...]:
    """The hidden layers of `MINE`'s network in the paper's figures.

    Parameters
    ----------
    name : str
        One of `get_network_names`.

    Returns
    -------
    hidden_layer_sizes : tuple of int

    Examples
    --------
    >>> from skmi import make_estimator
    >>> from skmi.information_plane import get_critic_sizes
    >>> make_estimator("mine", hidden_layer_sizes=get_critic_sizes("ib"))
    MINE(hidden_layer_sizes=(30, 30), training=Training())
    """
    return _recipe(name).critic


def make_network(name: str) -> Any:
    """Make one of the paper's networks, with new weights.

    Parameters
    ----------
    name : {"ib", "mnist", "cifar10", "digits"}
        - ``"ib"``: dense, 12-10-7-5-4-3-2;
        - ``"mnist"``: dense, 784-1024-20-20-20-10;
        - ``"cifar10"``: two pairs of convolutions with 96 and 192 channels, the first
          followed by max-pooling and dropout of one half, the second by global average
          pooling; dense layers of 512, 256 and 10. It takes rows of 3072 values.
        - ``"digits"``: that of MNIST made small, 64-128-20-20-20-10, for scikit-learn's
          digits; not the paper's.

    Returns
    -------
    module : torch.nn.Sequential
        With named layers: ``dense1``, ``relu1``, ...; ReLU between layers. It puts out
        logits; the softmax is part of the loss.

    See Also
    --------
    make_classifier : The network with the paper's training.

    Notes
    -----
    What appendix A leaves open: convolutions are 3 by 3 and keep the size of the image,
    pooling is 2 by 2, and each convolution is followed by batch normalization. Its table
    has 20 classes for CIFAR-10, which has 10. Weights are uniform as Glorot and Bengio
    have them and biases 0, as Keras begins, whose names the appendix uses; from the
    smaller weights that torch begins with, the network of ``"ib"`` learns much later.

    Examples
    --------
    >>> from skmi.information_plane import make_network
    >>> list(dict(make_network("ib").named_children()))[:4]
    ['dense1', 'relu1', 'dense2', 'relu2']
    """
    nn = import_optional("torch.nn", purpose="make_network", extra="neural")
    recipe = _recipe(name)
    layers = _dense(nn, recipe.widths) if recipe.widths else _convolutional(nn)
    module = nn.Sequential(OrderedDict(layers))
    for layer in module:
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return module


def make_classifier(name: str, **params: Any) -> Any:
    """Make one of the paper's networks with the paper's training, ready to fit.

    Parameters
    ----------
    name : {"ib", "mnist", "cifar10", "digits"}
        As for `make_network`.
    **params : dict
        Parameters of `skorch.classifier.NeuralNetClassifier` to set or to change, such as
        ``max_epochs``, ``callbacks`` and ``device``.

    Returns
    -------
    net : skorch.NeuralNetClassifier
        Cross-entropy and plain stochastic gradient descent on all samples given, with a
        GPU where there is one. 2000 epochs in batches of 256 at a learning rate of 5e-3
        for ``"ib"``; 200, 128 and 5e-4 for ``"mnist"``; 1000, 512 and 1e-3 for
        ``"cifar10"``; 60, 64 and 5e-2 for ``"digits"``. It takes float32 and int64.

    Raises
    ------
    ValueError
        If there is no such network, or no such device.

    Examples
    --------
    >>> from skmi.information_plane import make_classifier
    >>> net = make_classifier("ib", max_epochs=3, device="cpu")
    >>> net.lr, net.batch_size, net.max_epochs
    (0.005, 256, 3)
    """
    skorch = import_optional("skorch", purpose="make_classifier", extra="neural")
    torch = import_optional("torch", purpose="make_classifier", extra="neural")
    recipe = _recipe(name)
    defaults = {
        "criterion": torch.nn.CrossEntropyLoss,
        "optimizer": torch.optim.SGD,
        "lr": recipe.lr,
        "batch_size": recipe.batch_size,
        "max_epochs": recipe.max_epochs,
        "iterator_train__shuffle": True,
        "train_split": None,
        "verbose": 0,
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }
    params = {**defaults, **params}
    check_sizes(max_epochs=params["max_epochs"])
    check_device(torch, params["device"])
    return skorch.NeuralNetClassifier(partial(make_network, name), **params)


def check_device(torch: Any, device: Any) -> None:
    """An error unless torch can train there; None is the module's own."""
    try:
        torch.zeros(1, device=device).item()
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error).split("\n")[0]
        raise ValueError(f"There is no device {in_short(device)} to train on: {reason}") from error


def _recipe(name: str) -> _Recipe:
    if not isinstance(name, str) or name not in _RECIPES:
        raise ValueError(
            f"name: there is no network {in_short(name)}; choose from {get_network_names()}."
        )
    return _RECIPES[name]


def _dense(nn: Any, widths: tuple[int, ...]) -> list[tuple[str, Any]]:
    layers: list[tuple[str, Any]] = []
    for i, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        layers.append((f"dense{i}", nn.Linear(n_in, n_out)))
        if i < len(widths) - 1:
            layers.append((f"relu{i}", nn.ReLU()))
    return layers


def _convolutional(nn: Any) -> list[tuple[str, Any]]:
    layers: list[tuple[str, Any]] = [("image", nn.Unflatten(1, _IMAGE))]
    n_in, number = _IMAGE[0], 0
    for pair in _CHANNELS:
        for n_out in pair:
            number += 1
            layers += [
                (f"conv{number}", nn.Conv2d(n_in, n_out, kernel_size=3, padding=1)),
                (f"norm{number}", nn.BatchNorm2d(n_out)),
                (f"conv_relu{number}", nn.ReLU()),
            ]
            n_in = n_out
        if number == 2:
            layers += [("pool", nn.MaxPool2d(2)), ("dropout", nn.Dropout(0.5))]
    layers += [
        ("average", nn.AdaptiveAvgPool2d(1)),
        ("global_average_pool", nn.Flatten()),
    ]
    return layers + _dense(nn, (n_in, 512, 256, 10))
