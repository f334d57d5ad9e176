"""Many critics as one module: the values and gradients of plain networks, one by one."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from skmi.neural import _module_critics, _perceptrons
from skmi.neural._activations import ACTIVATIONS
from skmi.neural._bounds import BOUNDS
from skmi.neural._module_critics import ModuleCritics
from skmi.neural._perceptrons import Perceptrons

PLAIN = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh}
N, D_X, D_Y = 7, 3, 2


def plain_network(critics, number, hidden, activation):
    """An ordinary network with the weights of one of the critics."""
    flat = critics.weights.detach()[number]
    tensors = []
    for shape in critics.shapes:
        n_numbers = shape[0] * shape[1]
        tensors.append(flat[:n_numbers].view(shape).clone())
        flat = flat[n_numbers:]
    assert not flat.numel()
    W_X, W_y, *others = tensors
    tensors = [torch.cat([W_X, W_y]), *others]
    layers = []
    for n_in, n_out in itertools.pairwise([D_X + D_Y, *hidden, 1]):
        linear = nn.Linear(n_in, n_out, bias=len(tensors) > 1).double()
        linear.weight.data = tensors.pop(0).T.contiguous()
        if linear.bias is not None:
            linear.bias.data = tensors.pop(0)[0]
        layers += [linear, PLAIN[activation]()]
    return nn.Sequential(*layers[:-1])


def plain_gradient(network):
    """In the order of the critics' flat parameter."""
    parts = []
    for layer in network:
        if isinstance(layer, nn.Linear):
            parts.append(layer.weight.grad.T.flatten())
            if layer.bias is not None:
                parts.append(layer.bias.grad)
    return torch.cat(parts)


def plain_scores(network, X, y, shifts):
    pairs = [torch.cat([X, y.roll(-shift, 0)], dim=1) for shift in shifts]
    return torch.stack([network(pair)[:, 0] for pair in pairs])


@pytest.fixture
def sides(rng):
    return tuple(torch.from_numpy(rng.normal(size=(3, N, d))) for d in (D_X, D_Y))


def test_all_activations_are_known():
    assert set(ACTIVATIONS) == set(PLAIN)


@pytest.mark.parametrize("activation", PLAIN)
@pytest.mark.parametrize("bias", [None, 0.7])
@pytest.mark.parametrize("hidden", [(5,), (4, 6), (4, 3, 5)], ids=str)
@pytest.mark.parametrize("shifts", [[0, 1], range(N), [0, 3, 3, N - 1, N + 2]], ids=str)
def test_values_and_gradients_of_plain_networks(activation, bias, hidden, shifts, sides, rng):
    X, y = sides
    critics = Perceptrons([0, 1, 2], D_X, D_Y, hidden, activation, bias, False).double()
    weight = torch.from_numpy(rng.normal(size=(3, len(shifts), N)))
    scores = critics(X, y, shifts)
    (scores * weight).sum().backward()
    for number in range(3):
        network = plain_network(critics, number, hidden, activation)
        expected = plain_scores(network, X[number], y[number], shifts)
        torch.testing.assert_close(scores[number], expected, rtol=1e-11, atol=1e-13)
        (expected * weight[number]).sum().backward()
        found = critics.weights.grad[number]
        torch.testing.assert_close(found, plain_gradient(network), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("activation", PLAIN)
@pytest.mark.parametrize("bias", [None, 0.7])
@pytest.mark.parametrize("hidden", [(5,), (4, 6), (4, 3, 5)], ids=str)
@pytest.mark.parametrize("n_shifts", [1, 2, N])
def test_the_training_pass_is_what_autograd_does(activation, bias, hidden, n_shifts, rng):
    critics = Perceptrons([0, 1, 2], D_X, D_Y, hidden, activation, bias, False).double()
    for n_samples in (N, N, N + 2):  # memory is used again, and made anew
        X, y = (torch.from_numpy(rng.normal(size=(3, n_samples, d))) for d in (D_X, D_Y))
        weight = torch.from_numpy(rng.normal(size=(3, n_shifts, n_samples)))
        expected = critics(X, y, range(n_shifts))
        (slope,) = torch.autograd.grad((expected * weight).sum(), critics.weights)
        scores, backward = critics.trace(X, y, n_shifts)
        torch.testing.assert_close(scores, expected.detach(), rtol=1e-11, atol=1e-13)
        backward(weight)
        torch.testing.assert_close(critics.weights.grad, slope, rtol=1e-10, atol=1e-12)
        critics.weights.data -= 0.1 * slope


@pytest.mark.parametrize("block", [1, 60, 1000])
@pytest.mark.parametrize("own_module", [False, True])
def test_blocks_change_nothing(block, own_module, sides, monkeypatch):
    monkeypatch.setattr(_perceptrons, "_CPU_BLOCK", block)
    monkeypatch.setattr(_module_critics, "_BLOCK", block)
    if own_module:
        critics = ModuleCritics([7, 8, 9], D_X, D_Y, Difference, {"width": 4}).double()
    else:
        critics = Perceptrons([0, 1, 2], D_X, D_Y, (5, 4), "gelu", 0.7, False).double()
    shifts = [0, 3, 1, N - 1]
    with torch.no_grad():
        expected = critics(*sides, shifts)
    found = critics.evaluate(*sides, shifts)
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_derivatives_of_activations(activation):
    z = torch.linspace(-4, 4, 41, dtype=torch.float64).requires_grad_()
    expected = ACTIVATIONS[activation].function(z)
    expected.sum().backward()
    out, slope = torch.empty_like(z).detach(), torch.ones_like(z).detach()
    ACTIVATIONS[activation].forward(z.detach(), out)
    ACTIVATIONS[activation].backward(slope, z.detach(), out)
    torch.testing.assert_close(out, expected.detach(), rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(slope, z.grad, rtol=1e-12, atol=1e-14)


def test_first_weights_are_those_of_the_seed_and_of_a_linear_layer():
    together = Perceptrons([4, 5], D_X, D_Y, (64, 64), "relu", None, False)
    alone = Perceptrons([5], D_X, D_Y, (64, 64), "relu", None, False)
    assert torch.equal(together.weights[1], alone.weights[0])
    assert not torch.equal(together.weights[0], together.weights[1])
    first = alone.weights[0, : 64 * (D_X + D_Y)]
    assert 0.9 < first.abs().max() * np.sqrt(D_X + D_Y) <= 1


def test_separate_first_weights_are_those_of_two_linear_layers():
    n_features_X, n_units = 400, 64
    layers = {}
    for init in "joint", "separate":
        critic = Perceptrons([5], n_features_X, 1, (n_units,), "relu", None, False, init)
        sizes = [n_features_X * n_units, n_units, n_units]
        layers[init] = critic.weights[0].detach().split([*sizes, n_units])
    of_X, of_y, bias, last = layers["separate"]
    assert 0.9 < of_X.abs().max() * 20 <= 1
    assert 0.9 < of_y.abs().max() <= 1
    assert 0.9 < bias.abs().max() / 1.05 <= 1
    # As one layer, y's begin as small as those of the many columns.
    assert layers["joint"][1].abs().max() < 0.05
    assert torch.equal(last, layers["joint"][-1])


@pytest.mark.parametrize("name", BOUNDS)
def test_a_critic_without_knowledge_has_a_bound_of_0(name, sides):
    bound = BOUNDS[name]
    critics = Perceptrons([0, 1, 2], D_X, D_Y, (8, 4), "gelu", bound.zero_at, True)
    scores = critics(*(side.float() for side in sides), range(N))
    assert scores.unique().numel() == 1
    estimates = bound.estimate(scores[:, 0], scores[:, 1:]).mean(1)
    torch.testing.assert_close(estimates, torch.zeros(3), rtol=0, atol=1e-6)
    # All else is as it would be with another last layer.
    others = Perceptrons([0, 1, 2], D_X, D_Y, (8, 4), "gelu", bound.zero_at, False)
    assert (critics.weights != others.weights).sum() == 3 * 4


def test_proposition_4_a_rescaled_first_layer_undoes_a_factor(sides):
    X, y = sides
    critics = Perceptrons([0, 1, 2], D_X, D_Y, (8, 8), "gelu", None, False).double()
    shifts = [0, 2, 5]
    expected = critics(X, y, shifts)
    rescaled = critics.weights.detach().clone()
    rescaled[:, : D_X * 8] /= 1e6
    rescaled[:, D_X * 8 : (D_X + D_Y) * 8] /= 1e-3
    critics.weights.data = rescaled
    torch.testing.assert_close(critics(1e6 * X, 1e-3 * y, shifts), expected, rtol=1e-9, atol=1e-12)
    rescaled = critics.weights.detach().clone()
    rescaled[:, : D_X * 8] /= 2.0**20
    here = critics(X, y, shifts)
    critics.weights.data = rescaled
    assert torch.equal(critics(2.0**20 * X, y, shifts), here)


class Difference(nn.Module):
    """A critic of one's own: a network of the difference."""

    def __init__(self, n_features_X, n_features_y, width):
        super().__init__()
        self.X, self.y = nn.Linear(n_features_X, width), nn.Linear(n_features_y, width)

    def forward(self, x, y):
        return -(self.X(x) - self.y(y)).square().sum(1)


def test_modules_of_ones_own_have_their_own_values_and_gradients(sides):
    X, y = sides
    critics = ModuleCritics([7, 8, 9], D_X, D_Y, Difference, {"width": 4}).double()
    shifts = [0, 1, 4]
    scores = critics(X, y, shifts)
    scores.sin().sum().backward()
    for number, seed in enumerate([7, 8, 9]):
        torch.manual_seed(seed)
        network = Difference(D_X, D_Y, 4).double()
        pairs = [(X[number], y[number].roll(-shift, 0)) for shift in shifts]
        expected = torch.stack([network(*pair) for pair in pairs])
        torch.testing.assert_close(scores[number], expected, rtol=1e-11, atol=1e-13)
        expected.sin().sum().backward()
        for stacked, own in zip(critics.stacked, network.parameters(), strict=True):
            torch.testing.assert_close(stacked.grad[number], own.grad, rtol=1e-10, atol=1e-12)


def test_making_modules_leaves_the_generator_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    ModuleCritics([1], 1, 1, Difference, {"width": 2})
    assert torch.equal(torch.rand(3), expected)


def test_a_critic_gives_one_value_for_each_pair(sides):
    critics = ModuleCritics([0], D_X, D_Y, lambda d, m: nn.Bilinear(d, m, 2), {}).double()
    with pytest.raises(ValueError, match=r"Bilinear returned values of shape \(14, 2\) for 14"):
        critics(*(side[:1] for side in sides), [0, 1])
