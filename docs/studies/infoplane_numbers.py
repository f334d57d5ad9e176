"""The numbers that the user guide tells of the information planes beside this file.

``python docs/studies/infoplane_numbers.py`` reads the rows of each study, and prints what its
estimates are at the beginning and the end of training and where they peak, trial by trial;
how they correlate with the size of Z; and how they answer to noise. With ``--mnist FOLDER``,
where MNIST's test images are in their original files, also how many distances between inputs
are tied. A few seconds.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits

from skmi.datasets import load_mnist, make_information_bottleneck


def by_trial(rows, index, column):
    """A column for each trial, then their mean."""
    table = rows.pivot(index=index, columns="trial", values=column)
    return table.assign(mean=table.mean(axis=1))


def print_course(rows):
    """I(X; Z) and I(Z; Y) along training."""
    for name, of_one in rows.groupby("estimator", sort=False):
        mi_x, mi_y = (by_trial(of_one, "epoch", column) for column in ("mi_x", "mi_y"))
        size = by_trial(of_one, "epoch", "scale")
        at_edge = (of_one["best_scale"] == 2).mean()
        print(f"  {name}, {at_edge:.0%} of the relative scales at the edge, 2")
        for trial in mi_x:
            one, peak = mi_x[trial], mi_x[trial].idxmax()
            up, down = one.loc[:peak], one.loc[peak:]
            parts = [
                f"{np.corrcoef(part, size[trial].loc[part.index])[0, 1]:.2f}"
                for part in (one, up, down)
                if len(part) > 2
            ]
            print(
                f"    trial {trial}: {one.iloc[0]:.2f}, highest {one.max():.2f} at {peak}, lowest "
                f"after {down.min():.2f} at {down.idxmin()}, end {one.iloc[-1]:.2f}; correlation "
                f"with |Z| {', '.join(parts)} (all, up to the highest, from there on); "
                f"I(Z; Y) {mi_y[trial].iloc[0]:.2f} to {mi_y[trial].iloc[-1]:.2f}"
            )


def print_noise(noise, size):
    """I(X; Z + noise), its largest fall in each trial, and what it cannot exceed."""
    weakest = noise.loc[noise["snr_db"].idxmin()]
    bound = size.max() ** 2 / (2 * weakest["noise_std"] ** 2)
    print(f"  at {weakest['snr_db']:.0f} dB no more than {bound:.3f} nats can be left")
    for name, of_one in noise.groupby("estimator", sort=False):
        table = by_trial(of_one, "snr_db", "mi_x")
        falls = [f"{(one.cummax() - one).max():.2f}" for _, one in table.items()]
        course = " ".join(f"{value:.2f}" for value in table["mean"])
        print(f"    {name}: {course}; falls by at most {', '.join(falls)} (the last: the mean)")


def print_ties(name, X, difference):
    """How many pairs of inputs are as far apart as two can be, in the maximum norm."""
    tied = np.mean(pdist(X[:2000], "chebyshev") >= difference)
    print(f"{name}: {tied:.0%} of the pairs of the first 2000 inputs are {difference} apart")


def main():
    """Print all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mnist", type=Path, metavar="FOLDER")
    folder = parser.parse_args().mnist
    for path in sorted(Path(__file__).parent.glob("infoplane_*/rows.parquet")):
        rows = pd.read_parquet(path)
        last = rows[rows["epoch"] == rows["epoch"].max()]
        accuracy = last.groupby("trial")["accuracy"].first().round(3).tolist()
        print(f"{path.parent.name}: accuracy {accuracy} after {rows['epoch'].max()} epochs")
        print_course(rows)
        print_noise(pd.read_parquet(path.with_name("noise.parquet")), last["scale"])
    print_ties("ib", make_information_bottleneck()[0], 1)
    print_ties("digits", load_digits().data, 16)
    if folder is not None:
        images, _ = load_mnist(folder, subset="test", return_X_y=True)
        print_ties("mnist", images.astype(float), 1)


if __name__ == "__main__":
    main()
