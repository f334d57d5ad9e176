"""What products in half precision do to MINE on a CPU: ``python -m tests.perf.precision``.

Ten samples of 1000 with four columns on either side, trained together on one thread, with
each of torch's precisions for products of single-precision matrices.
"""

import time
import warnings

import numpy as np
import torch

from skmi import MINE

from .test_mine import gaussians

TRUTH = 4 * np.log(2) / 2


def main():
    """Print times, and how far estimates are from those in full precision."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    Xs, ys = zip(*(gaussians(seed) for seed in range(10)), strict=True)
    mine = MINE(device="cpu", max_epochs=100)
    full = None
    for precision in "highest", "high", "medium":
        torch.set_float32_matmul_precision(precision)
        start = time.process_time()
        found = np.array([each.mi_ for each in mine.fit_many(Xs, ys, random_states=range(10))])
        seconds = time.process_time() - start
        full = found if full is None else full
        print(
            f"{precision}: {seconds:.1f} s, estimates move by at most "
            f"{np.abs(found - full).max():.4f} nats of {TRUTH:.2f}"
        )


if __name__ == "__main__":
    main()
