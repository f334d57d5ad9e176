"""Lower bounds of mutual information by a critic F(x, y), one function each.

Each takes the critic's values at pairs that belong together, ``joint`` of shape
(n_critics, n_samples), and at pairs that do not, ``product`` of shape (n_critics,
n_shifts, n_samples), where ``product[:, :, i]`` holds x_i with other samples' y. It
returns each sample's contribution, of shape (n_critics, n_samples), in nats.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus

# Values of the critic beyond this are cut off by SMILE, as in its authors' experiments.
SMILE_CLIP = 5.0


def log_mean_exp(product: Tensor) -> Tensor:
    """The log of E exp F over all pairs of the product, of shape (n_critics,)."""
    return product.flatten(1).logsumexp(1) - math.log(product[0].numel())


def donsker_varadhan(joint: Tensor, product: Tensor) -> Tensor:
    r""":math:`E_p F - \log E_q e^F` (Donsker & Varadhan 1983; Belghazi et al. 2018)."""
    return joint - log_mean_exp(product)[:, None]


def nguyen_wainwright_jordan(joint: Tensor, product: Tensor) -> Tensor:
    r""":math:`E_p F - E_q e^{F-1}` (Nguyen, Wainwright & Jordan 2010)."""
    return joint - (log_mean_exp(product) - 1).exp()[:, None]


def info_nce(joint: Tensor, product: Tensor) -> Tensor:
    r"""InfoNCE (van den Oord et al. 2018): at most the log of the number of candidates.

    :math:`E \log \frac{e^{F(x_i, y_i)}}{\frac1m \sum_j e^{F(x_i, y_j)}}` with m
    candidates j, i among them.
    """
    candidates = torch.cat([joint[:, None], product], dim=1)
    return joint - candidates.logsumexp(1) + math.log(candidates.shape[1])


def jensen_shannon(joint: Tensor, product: Tensor) -> Tensor:
    r""":math:`-E_p \log(1+e^{-F}) - E_q \log(1+e^F)` (Nowozin et al. 2016; Hjelm et al. 2019).

    A bound of the Jensen–Shannon divergence, not of mutual information: it is largest
    where F is the log of the density ratio, as the other bounds want it.
    """
    return -softplus(-joint) - softplus(product).mean((1, 2))[:, None]


def smile(joint: Tensor, product: Tensor) -> Tensor:
    r""":math:`E_p F - \log E_q e^{\min(\max(F, -\tau), \tau)}` (Song & Ermon 2020)."""
    return donsker_varadhan(joint, product.clamp(-SMILE_CLIP, SMILE_CLIP))


class Bound(NamedTuple):
    """What the training maximizes and what the estimate is."""

    objective: Callable[[Tensor, Tensor], Tensor]
    estimate: Callable[[Tensor, Tensor], Tensor]
    zero_at: float | None = 0.0
    """The constant F by which the bound is 0, and the critic needs a bias; None if every
    constant does, and a bias would change nothing."""
    compares_all: bool = False
    """Whether a sample is compared with all others of its batch."""


BOUNDS = {
    "dv": Bound(donsker_varadhan, donsker_varadhan, zero_at=None),
    "nwj": Bound(nguyen_wainwright_jordan, nguyen_wainwright_jordan, zero_at=1.0),
    "infonce": Bound(info_nce, info_nce, zero_at=None, compares_all=True),
    "js": Bound(jensen_shannon, donsker_varadhan),
    "smile": Bound(jensen_shannon, smile),
}


class Objective(torch.nn.Module):
    """The loss of many critics, minus the sum of their bounds: its slope in their scores.

    For the bound of Donsker and Varadhan the gradient of the log is taken with a moving
    average of E exp F in place of the batch's own: the correction of Belghazi et al.
    (2018), section 3.2. ``ema_rate=1`` is the plain gradient.
    """

    def __init__(self, bound: str, ema_rate: float) -> None:
        super().__init__()
        self.bound = BOUNDS[bound]
        corrects = bound == "dv" and ema_rate < 1
        self.corrected = _Corrected(ema_rate) if corrects else None

    def forward(self, scores: Tensor) -> tuple[Tensor, Tensor]:
        """The slope of the loss in the scores, and the estimates by them.

        Parameters
        ----------
        scores : Tensor of shape (n_critics, 1 + n_shifts, n_samples)
            Of pairs that belong together first, then of the product.

        Returns
        -------
        slope : Tensor of the same shape
            The next call may overwrite it.
        estimates : Tensor of shape (n_critics,)
        """
        if self.corrected is not None:
            return self.corrected(scores)
        with torch.enable_grad():
            scores = scores.detach().requires_grad_()
            joint, product = scores[:, 0], scores[:, 1:]
            objective = self.bound.objective(joint, product).mean(1)
            (slope,) = torch.autograd.grad(-objective.sum(), scores)
        same = self.bound.estimate is self.bound.objective
        estimates = objective if same else self.bound.estimate(joint, product).mean(1)
        return slope, estimates.detach()


class _Corrected:
    """Slope and estimate of Donsker and Varadhan's bound, with the moving average.

    In as few operations as there can be, on views made once for scores that keep their place.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.scores: Tensor | None = None
        self.log_average: Tensor | None = None

    @torch.no_grad()
    def __call__(self, scores: Tensor) -> tuple[Tensor, Tensor]:
        if self.scores is not scores:
            self._prepare(scores)
        log_sum = self.product.logsumexp((1, 2), keepdim=True)
        if self.log_average is None:
            self.log_average = log_sum - self.log_n_pairs
        else:
            old = self.log_average + math.log1p(-self.rate)
            new = log_sum + (math.log(self.rate) - self.log_n_pairs)
            self.log_average = torch.logaddexp(old, new)
        torch.sub(self.product, self.log_average + self.log_n_pairs, out=self.product_slope).exp_()
        estimates = self.joint.mean(1).sub_(log_sum[:, 0, 0]).add_(self.log_n_pairs)
        return self.slope, estimates

    def _prepare(self, scores: Tensor) -> None:
        self.scores, self.joint, self.product = scores, scores[:, 0], scores[:, 1:]
        self.log_n_pairs = math.log(self.product[0].numel())
        self.slope = torch.empty_like(scores)
        self.slope[:, 0] = -1 / scores.shape[2]
        self.product_slope = self.slope[:, 1:]
