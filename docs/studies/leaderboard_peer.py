"""Estimates by a package of others, in its own environment: called by ``leaderboard.py``.

``python leaderboard_peer.py NAME < cells``. Each line of input is the path of a file with X, y
and a seed; each line of output is JSON, with the estimate in nats and seconds.
"""

import contextlib
import importlib.metadata
import io
import json
import sys
import time
import warnings

import numpy as np


def scikit_learn(X, y, seed):
    """Both columns as they are: it scales them itself."""
    from sklearn.feature_selection import mutual_info_regression

    return mutual_info_regression(X, y.ravel(), random_state=seed)[0]


def ennemi(X, y, seed):
    """With its own preprocessing, scaling."""
    from ennemi import estimate_mi

    return estimate_mi(y.ravel(), X.ravel()).item()


def infomeasure(X, y, seed):
    """KSG with its own default of neighbours."""
    import infomeasure as im

    one = X.shape[1] == y.shape[1] == 1
    sides = (X.ravel(), y.ravel()) if one else (X, y)
    return im.mutual_information(*sides, approach="ksg", base="e")


def npeet_plus(X, y, seed):
    """KSG."""
    from npeet_plus import mi

    return mi(X, y, base=np.e)


def entropy_invariant(X, y, seed):
    """KSG after its invariant measure of scale."""
    from entropy_invariant import mutual_information

    return mutual_information(X.ravel(), y.ravel())


def gmm_mi(X, y, seed):
    """A mixture of Gaussians, the number of them chosen on held-out samples."""
    from gmm_mi.mi import EstimateMI

    np.random.seed(seed)  # noqa: NPY002, what it draws from
    return EstimateMI().fit_estimate(np.column_stack([X, y]))[0]


def latentmi(X, y, seed):
    """Neighbours among eight learnt features of either side."""
    import torch
    from latentmi import lmi

    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002, what it draws from
    found = lmi.estimate(X, y, quiet=True)  # pointwise, in bits
    return float(np.nanmean(np.asarray(found[0]))) * np.log(2)


def torch_mist(X, y, seed):
    """SMILE, its default."""
    import torch
    from torch_mist.utils import estimate_mi

    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002, what it draws from
    data = {"x": X.astype(np.float32), "y": y.astype(np.float32)}
    return float(estimate_mi(data, estimator="smile", verbose=False)[0])


PEERS = {
    "scikit-learn": scikit_learn,
    "ennemi": ennemi,
    "infomeasure": infomeasure,
    "npeet-plus": npeet_plus,
    "entropy-invariant": entropy_invariant,
    "gmm-mi": gmm_mi,
    "latentmi": latentmi,
    "torch-mist": torch_mist,
}


def main() -> None:
    """Answer line by line."""
    name = sys.argv[1]
    estimate, version = PEERS[name], importlib.metadata.version(name)
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        cell = np.load(line.strip())
        start, answer = time.perf_counter(), {"version": version}
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                answer["estimate"] = float(estimate(cell["X"], cell["y"], int(cell["seed"])))
        except Exception as error:  # theirs, of any kind
            answer |= {"estimate": float("nan"), "error": f"{type(error).__name__}: {error}"[:200]}
        answer["seconds"] = time.perf_counter() - start
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
