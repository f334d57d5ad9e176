"""`skmi infoplane`: train a network, record its layer, draw figures 8, 9 and 10."""

import argparse
from pathlib import Path
from typing import Any

from sklearn.datasets import load_digits

from .._optional import import_optional
from .._recipes import get_estimator_names, make_estimator
from ..datasets._cifar10 import fetch_cifar10, load_cifar10
from ..datasets._images import SUBSETS
from ..datasets._information_bottleneck import make_information_bottleneck
from ..datasets._mnist import fetch_mnist, load_mnist
from ..information_plane._networks import get_critic_sizes, make_classifier
from ..information_plane._study import run_study
from ..inspection._information_plane import InformationPlaneDisplay
from ..inspection._noise_response import NoiseResponseDisplay
from ..inspection._training_dynamics import TrainingDynamicsDisplay
from ._progress import Bar

_ESTIMATORS = "ksg,ksg-local,ksg-global,ksg-global-linf"

# Epochs recorded if nothing else is asked for: a smooth curve, at little cost.
_MOST_EPOCHS_RECORDED = 100

_LOADERS: dict[str, Any] = {
    "mnist": (load_mnist, fetch_mnist),
    "cifar10": (load_cifar10, fetch_cifar10),
}


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "infoplane",
        help="what a network keeps of its input while it is trained",
        description="Train a network, estimate the mutual information of its layer with "
        "input and labels along the way, and draw how it responds to noise, how it changes "
        "with the epochs, and its path through the information plane. Writes rows.parquet, "
        "noise.parquet and three pictures. Ctrl-C stops it; --resume goes on.",
    )
    parser.add_argument(
        "network",
        nargs="?",
        choices=["digits", "ib", "mnist", "cifar10"],
        default="digits",
        help="the data and the network for it; digits, the default, come with scikit-learn, ib "
        "is made",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: skmi-infoplane-NETWORK")
    parser.add_argument("--resume", action="store_true", help="go on with what is in DIR")
    parser.add_argument("--epochs", type=_positive, metavar="N", help="default: the paper's")
    parser.add_argument(
        "--trials", type=_positive, default=3, metavar="N", help="networks to train; default: 3"
    )
    parser.add_argument(
        "--every",
        type=_epochs,
        metavar="N[,N]",
        help="record every so many epochs, or, if several are given, these epochs; default: "
        f"{_MOST_EPOCHS_RECORDED} in all",
    )
    parser.add_argument(
        "--estimators",
        default=_ESTIMATORS,
        metavar="NAME[,NAME]",
        help=f"of {', '.join(get_estimator_names())}; those of mine take seconds for each "
        f"estimate, with the paper's critics; default: {_ESTIMATORS}",
    )
    parser.add_argument(
        "--samples", type=_several, default=5000, metavar="N", help="measured; default: 5000"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder of the original files, MNIST's in IDX format (.gz or not) or CIFAR-10's "
        "batches for Python; default: fetch them from OpenML",
    )
    parser.add_argument(
        "--subset",
        choices=SUBSETS,
        default="train",
        help="of MNIST or CIFAR-10; default: train",
    )
    parser.add_argument("--device", metavar="NAME", help="of torch; default: cuda if there is one")
    parser.add_argument(
        "--n-jobs", type=_threads, metavar="N", help="threads for estimates; -1 for all; default: 1"
    )
    parser.add_argument("--seed", type=_not_negative, default=0, metavar="N", help="default: 0")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Train, record and draw."""
    folder = arguments.out or Path(f"skmi-infoplane-{arguments.network}")
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"--out {folder} is a file; it should be a folder, or not be there")
    # What is missing is said now, not after the training.
    for module, extra in (("matplotlib", "plot"), ("tqdm", "benchmark")):
        import_optional(module, purpose="skmi infoplane", extra=extra)
    estimators = _estimators(arguments)
    X, y = _load(arguments)
    epochs = arguments.epochs or make_classifier(arguments.network).max_epochs
    every = arguments.every or max(1, epochs // _MOST_EPOCHS_RECORDED)
    bar = Bar(arguments.trials, epochs, every)
    try:
        rows, noise = run_study(
            arguments.network,
            X,
            y,
            folder,
            n_trials=arguments.trials,
            max_epochs=epochs,
            every=every,
            estimator=estimators,
            n_samples=arguments.samples,
            device=arguments.device,
            resume=arguments.resume,
            n_jobs=arguments.n_jobs,
            random_state=arguments.seed,
            progress=bar,
        )
    except KeyboardInterrupt:
        bar.close()
        print(f"\nStopped. What was recorded is in {folder}; the same with --resume goes on.")
        raise
    finally:
        bar.close()
    for path in _draw(rows, noise, folder):
        print(path)


def _load(arguments: argparse.Namespace) -> Any:
    if arguments.network not in _LOADERS:
        if arguments.data is not None:
            raise ValueError(f"--data is for {' and '.join(_LOADERS)}, not {arguments.network}")
        if arguments.network == "ib":
            return make_information_bottleneck()
        X, y = load_digits(return_X_y=True)
        return X / 16, y  # grey levels from 0 to 16
    load, fetch = _LOADERS[arguments.network]
    if arguments.data is not None:
        return load(arguments.data, subset=arguments.subset, return_X_y=True)
    try:
        return fetch(subset=arguments.subset, return_X_y=True)
    except OSError as error:
        raise OSError(f"{error} For this command: --data DIR.") from error


def _estimators(arguments: argparse.Namespace) -> dict[str, Any]:
    """Estimators by name; those of MINE with the paper's critic for this network."""
    names = [name.strip() for name in arguments.estimators.split(",")]
    critic = {"hidden_layer_sizes": get_critic_sizes(arguments.network)}
    return {
        name: make_estimator(name, **(critic if name.startswith("mine") else {})) for name in names
    }


def _draw(rows: Any, noise: Any, folder: Path) -> list[Path]:
    plt = import_optional("matplotlib.pyplot", purpose="The pictures", extra="plot")
    plt.switch_backend("agg")
    displays: dict[str, Any] = {
        "figure8_noise_response.png": NoiseResponseDisplay.from_results(noise),
        "figure9_training_dynamics.png": TrainingDynamicsDisplay.from_results(rows),
        "figure10_information_plane.png": InformationPlaneDisplay.from_results(rows),
    }
    paths = []
    for name, display in displays.items():
        paths.append(folder / name)
        display.figure_.savefig(paths[-1], dpi=120)
        plt.close(display.figure_)
    return [folder / "rows.parquet", folder / "noise.parquet", *paths]


def _epochs(text: str) -> int | list[int]:
    """One number, or several in a list."""
    numbers = text.split(",")
    return _positive(text) if len(numbers) == 1 else [_whole(number, 0) for number in numbers]


def _positive(text: str) -> int:
    return _whole(text, 1)


def _several(text: str) -> int:
    return _whole(text, 2)


def _not_negative(text: str) -> int:
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not text.strip().lstrip("+-").isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(
            f"a whole number of at least {least} is needed, got {text!r}"
        )
    return int(text)


def _threads(text: str) -> int:
    if text == "-1":
        return -1
    return _positive(text)
