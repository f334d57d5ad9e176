"""How many times faster a GPU trains MINE than the CPU: ``python -m tests.perf.gpu``.

One fit, and 160 at once, of samples of 1000 with four columns on either side; medians of
three. The first fit on each device, which starts it, does not count.
"""

import statistics
import time
import warnings

import torch

from skmi import MINE

from .test_mine import gaussians

REPEATS = 3


def seconds(device, n_fits):
    """Seconds of so many fits in one training; the estimates come back to the CPU."""
    Xs, ys = zip(*(gaussians(seed) for seed in range(n_fits)), strict=True)
    mine = MINE(device=device, random_state=0)
    start = time.perf_counter()
    mine.fit_many(Xs, ys, random_states=range(n_fits))
    return time.perf_counter() - start


def main():
    """Print both devices' seconds, and what one is of the other."""
    if not torch.cuda.is_available():
        raise SystemExit("torch sees no GPU here.")
    warnings.simplefilter("ignore")
    print(f"{torch.cuda.get_device_name()}; torch {torch.__version__}")
    for n_fits in (1, 160):
        times = {}
        for device in ("cpu", "cuda"):
            seconds(device, 1)
            times[device] = statistics.median(seconds(device, n_fits) for _ in range(REPEATS))
        print(
            f"{n_fits:>3} fits: CPU {times['cpu']:.2f} s, GPU {times['cuda']:.2f} s, "
            f"ratio {times['cpu'] / times['cuda']:.1f}"
        )


if __name__ == "__main__":
    main()
