"""Samplers that know their mutual information, and transforms that keep it."""

from ._additive_gaussian_noise import AdditiveGaussianNoise
from ._additive_uniform_noise import AdditiveUniformNoise
from ._append_noise import AppendNoise
from ._correlated_gaussians import CorrelatedGaussians
from ._cube import Cube
from ._duplicate_features import DuplicateFeatures
from ._multivariate_gaussians import MultivariateGaussians
from ._random_matrix import RandomMatrix
from ._sigmoid import Sigmoid
from ._sparse_gaussians import SparseGaussians
from ._student_t import StudentT
from ._transformed_sampler import TransformedSampler
from ._transforms import TRANSFORMS, make_transforms
from ._uniform_margins import UniformMargins

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
    "make_transforms",
]
