"""Selection with p-values from a table of 20,000 rows and 100 columns of all kinds.

``python -m tests.perf.mixed_table`` prints seconds by the clock and of the processor, and what was
done; ``--scorer`` also times one permutation by `FeatureMutualInfo` for comparison.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd

from skmi.feature_selection import FeatureMutualInfo, MutualInfoSelector

N_SAMPLES = 20_000


def make_table(seed=0):
    """A frame, and what its first columns of each kind tell about: a hidden number."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=N_SAMPLES)

    def number(tells):
        strength = rng.uniform(0.1, 1.0) if tells else 0.0
        return strength * hidden + rng.normal(size=N_SAMPLES)

    start = pd.Timestamp("2020-01-01")
    kinds = {
        "float": (40, 10, number),
        "rounded": (10, 3, lambda tells: number(tells).round(2)),
        "integer": (15, 4, lambda tells: rng.poisson(np.exp(3 + 0.2 * number(tells)))),
        "bool": (10, 3, lambda tells: number(tells) > 0.5),
        "category": (10, 3, lambda t: pd.Categorical(np.digitize(number(t), [-1, 0, 1, 2]))),
        "word": (
            10,
            3,
            lambda t: np.array(list("abcdefghij"))[np.digitize(number(t), range(-4, 5))],
        ),
        "date": (5, 1, lambda t: start + pd.to_timedelta((500 + 100 * number(t)).round(), "D")),
    }
    frame = {
        f"{kind} {i}": make(i < n_telling)
        for kind, (n_columns, n_telling, make) in kinds.items()
        for i in range(n_columns)
    }
    tells = [i < n_telling for n_columns, n_telling, _ in kinds.values() for i in range(n_columns)]
    return pd.DataFrame(frame), hidden + rng.normal(size=N_SAMPLES), np.array(tells)


def timed(name, function):
    wall, processor = time.perf_counter(), time.process_time()
    result = function()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{name}: {wall:.1f} s by the clock, {processor:.1f} s of the processor", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scorer", action="store_true", help="also FeatureMutualInfo")
    parser.add_argument("--n-jobs", type=int, default=2)
    parser.add_argument("--corrections", nargs="+", default=["fdr"], choices=["fdr", "fwer"])
    parser.add_argument("--targets", nargs="+", default=["numbers", "labels"])
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    frame, number, tells = make_table()
    small = frame[:300]
    for target in number, np.digitize(number, [-1, 0, 1]):  # compile
        MutualInfoSelector(1).fit(small, target[:300])
        FeatureMutualInfo(None)(frame.iloc[:, ::10], target)
    targets = {"numbers": number, "labels": np.digitize(number, [-1, 0, 1])}
    for kind in arguments.targets:
        target = targets[kind]
        for correction in arguments.corrections:
            selector = MutualInfoSelector(
                alpha=0.05, correction=correction, n_jobs=arguments.n_jobs, random_state=0
            )
            timed(f"y of {kind}, {correction}", lambda s=selector, y=target: s.fit(frame, y))
            wrong, found = selector.support_ & ~tells, selector.support_ & tells
            print(
                f"    selected {found.sum()} of {tells.sum()} that tell and {wrong.sum()} others; "
                f"smallest p-value {selector.pvalues_.min():.2g}; "
                f"permutations {np.median(selector.n_permutations_):.0f} (median), "
                f"{selector.n_permutations_.max()} (most); "
                f"{(selector.null_ == 'shared').sum()} columns share their null"
            )
        if arguments.scorer:
            scorer = FeatureMutualInfo(9, n_jobs=arguments.n_jobs, random_state=0)
            timed(
                f"y of {kind}, 9 permutations by the scorer",
                lambda s=scorer, y=target: s(frame, y),
            )


if __name__ == "__main__":
    main()
