"""Samplers that know their mutual information, and transforms that keep it; images."""

from ._additive_gaussian_noise import AdditiveGaussianNoise
from ._additive_uniform_noise import AdditiveUniformNoise
from ._append_noise import AppendNoise
from ._cifar10 import fetch_cifar10, load_cifar10
from ._correlated_gaussians import CorrelatedGaussians
from ._cube import Cube
from ._duplicate_features import DuplicateFeatures
from ._information_bottleneck import make_information_bottleneck
from ._mnist import fetch_mnist, load_mnist
from ._multivariate_gaussians import MultivariateGaussians
from ._random_matrix import RandomMatrix
from ._sigmoid import Sigmoid
from ._sparse_gaussians import SparseGaussians
from ._student_t import StudentT
from ._transformed_sampler import TransformedSampler
from ._transforms import TRANSFORMS, make_transforms
from ._uniform_margins import UniformMargins
from ._worlds import World, get_world_names

__all__ = [
    "TRANSFORMS",
    "AdditiveGaussianNoise",
    "AdditiveUniformNoise",
    "AppendNoise",
    "CorrelatedGaussians",
    "Cube",
    "DuplicateFeatures",
    "MultivariateGaussians",
    "RandomMatrix",
    "Sigmoid",
    "SparseGaussians",
    "StudentT",
    "TransformedSampler",
    "UniformMargins",
    "World",
    "fetch_cifar10",
    "fetch_mnist",
    "get_world_names",
    "load_cifar10",
    "load_mnist",
    "make_information_bottleneck",
    "make_transforms",
]
