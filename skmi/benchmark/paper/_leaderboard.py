"""More samplers than the paper's, more estimators, and who is nearest to the truth."""

from typing import Any

import numpy as np

from ..._optional import import_optional
from ..._recipes import make_estimator
from ...datasets._additive_gaussian_noise import AdditiveGaussianNoise
from ...datasets._additive_uniform_noise import AdditiveUniformNoise
from ...datasets._append_noise import AppendNoise
from ...datasets._correlated_gaussians import CorrelatedGaussians
from ...datasets._multivariate_gaussians import MultivariateGaussians
from ...datasets._sparse_gaussians import SparseGaussians
from ...datasets._student_t import StudentT
from ...datasets._transformed_sampler import TransformedSampler
from ...datasets._uniform_margins import UniformMargins
from ...estimators._mixed_ksg import MixedKSG
from .._grid import BenchmarkGrid
from .._summary import rank, summarize
from ._estimators import KSG_FAMILY, MINE_FAMILY, RECOVERED, base_name, make, version_of
from ._protocol import Protocol
from ._report import facts, page, to_markdown
from ._run import Settings, rows_of, stored_rows

N_TRIALS = 10
_N_SAMPLES = 1000
_QUICK_TASKS = 4


def leaderboard_samplers() -> dict[str, Any]:
    """The samplers, by the names they have in the leaderboard."""
    five = CorrelatedGaussians(5, 0.6)
    return {
        **{f"Gaussians, d={d}": CorrelatedGaussians(d, 0.6) for d in (1, 2, 5, 10, 25)},
        "Gaussians, d=2, rho=0.95": CorrelatedGaussians(2, 0.95),
        "Gaussians, d=2, independent": CorrelatedGaussians(2, 0.0),
        "Gaussians, 3 and 1 columns": _dense_gaussians(3, 1),
        "Gaussians, 2 and 8 columns": _dense_gaussians(2, 8),
        "sparse Gaussians, 2 of 10": SparseGaussians(10, 2, 0.8),
        "sparse Gaussians, 2 of 25": SparseGaussians(25, 2, 0.8),
        "Gaussian noise, d=2": AdditiveGaussianNoise(2, 0.5),
        "Gaussian noise, d=5": AdditiveGaussianNoise(5, 0.5),
        "uniform noise, d=1": AdditiveUniformNoise(1, 0.5),
        "uniform noise, d=3": AdditiveUniformNoise(3, 0.5),
        "uniform margins, d=1": UniformMargins(1, 0.8),
        "uniform margins, d=3": UniformMargins(3, 0.8),
        "Student t, d=1, 2 degrees": StudentT(1, 0.6, 2),
        "Student t, d=3, 3 degrees": StudentT(3, 0.6, 3),
        "Student t, d=5, 5 degrees": StudentT(5, 0.6, 5),
        **{
            f"Gaussians, d=5, {name}": TransformedSampler(five, name)
            for name in ("sg", "cb", "rm", "ds")
        },
        "Gaussians, d=5, dn": TransformedSampler(five, [AppendNoise(20, 0.05)]),
        "Gaussians, d=5, dn, as large": TransformedSampler(five, [AppendNoise(20, 1.0)]),
    }


def _dense_gaussians(n_x_features: int, n_y_features: int) -> MultivariateGaussians:
    """Every column correlated with every other, to different degrees, in other units."""
    n_features = n_x_features + n_y_features
    rng = np.random.default_rng(0)
    loadings = rng.standard_normal((n_features, 3))
    units = 10.0 ** np.linspace(-1, 1, n_features)
    covariance = (loadings @ loadings.T + np.eye(n_features)) * np.outer(units, units)
    return MultivariateGaussians(covariance, n_x_features)


def competitors(names: tuple[str, ...], quick: bool = False) -> dict[str, Any]:
    """The estimators chosen, as skmi has them, and variants of KSG that the paper lacks."""
    made = {}
    for name in names:
        if version_of(name) == RECOVERED:
            continue  # it is for the paper's numbers
        # The paper's settings of KSG and skmi's differ; those of MINE are both here.
        mine = base_name(name) in MINE_FAMILY
        made[name] = make(name, Protocol(), quick) if mine else make_estimator(name)
    if not set(KSG_FAMILY) <= set(names):
        return made
    for name in ("ksg-global", "ksg-global-linf"):
        made[f"{name} (auto)"] = make_estimator(name, scales="auto")
    made["ksg-global-linf (bias corrected)"] = make_estimator("ksg-global-linf", correct_bias=True)
    made["mixed-ksg"] = MixedKSG()
    return made


def run_leaderboard(settings: Settings) -> list[str]:
    """Run all competitors on all samplers; write the leaderboard, and give it in lines."""
    path = stored_rows("leaderboard", settings)
    made = competitors(settings.estimators, settings.quick)
    if not (made or settings.stored):
        raise ValueError(
            f"{', '.join(settings.estimators)}: made for the paper's numbers, and not for the "
            "leaderboard"
        )

    def compute(options: dict[str, Any]) -> Any:
        tasks = leaderboard_samplers()
        if settings.quick:
            tasks = dict(list(tasks.items())[:_QUICK_TASKS])
        grid = BenchmarkGrid(
            made,
            tasks,
            n_trials=settings.trials or N_TRIALS,
            n_samples=60 if settings.quick else _N_SAMPLES,
            **options,
        )
        return grid.run()

    results, runs = rows_of(path, settings, settings.run(with_protocol=False), compute)
    board, biases = leaderboard(results)
    board.to_csv(path.with_suffix(".csv"), index=False)
    parts = ["# Leaderboard", to_markdown(board), "## Bias on each task, in nats"]
    for key, columns in bias_columns(biases).items():
        biases[columns].to_csv(path.with_name(f"leaderboard-bias-{key}.csv"), index=False)
        parts.append(to_markdown(biases[columns]))
    text = page(parts, facts(runs, results, None))
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    lines = [
        f"{place}. {name}: mean rank {mean_rank}"
        for place, name, mean_rank in board.iloc[:, :3].itertuples(index=False)
    ]
    return [*lines, f"  {path.with_suffix('.md')}"]


def bias_columns(biases: Any) -> dict[str, list[str]]:
    """Those of networks, and the others, so that a page has room for them."""
    names = list(biases.columns[2:])
    networks = [name for name in names if base_name(name) in MINE_FAMILY]
    others = [name for name in names if name not in networks]
    keys = {"neighbors": others, "networks": networks}
    return {key: ["task", "truth", *of_key] for key, of_key in keys.items() if of_key}


def leaderboard(results: Any) -> tuple[Any, Any]:
    """The order of the estimators by the mean rank of their RMSE, and their biases by task."""
    pandas = import_optional("pandas", purpose="A leaderboard", extra="benchmark")
    summary = summarize(results)
    ranks = rank(results)
    best = ranks.drop(columns="mean_rank").min()
    lines = []
    for place, (name, of_name) in enumerate(ranks.iterrows(), start=1):
        own = summary[summary.estimator == name]
        lines.append(
            {
                "place": place,
                "estimator": name,
                "mean rank": f"{of_name.mean_rank:.2f}",
                "first on": int((of_name.drop("mean_rank") == best).sum()),
                "median RMSE (nats)": f"{own.rmse.median():.3f}",
                "largest RMSE (nats)": f"{own.rmse.max():.3f}",
                "median bias (nats)": f"{own.bias.median():+.3f}",
                "failed": int(own.n_failed.sum()),
                "median time (ms)": f"{1000 * own.seconds.median():.0f}",
            }
        )
    truth = results.groupby("task", sort=False).truth.first()
    biases = summary.pivot(index="task", columns="estimator", values="bias")
    biases = biases.reindex(index=truth.index, columns=ranks.index)
    biases = biases.map("{:+.3f}".format)
    biases.insert(0, "truth", truth.map("{:.3f}".format))
    return pandas.DataFrame(lines), biases.reset_index()
