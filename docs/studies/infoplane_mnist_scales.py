"""Figure 9 of MNIST with relative scales beyond the paper's largest.

``python docs/studies/infoplane_mnist_scales.py FOLDER``, where the folder holds MNIST's test
images in their original files, trains the networks of ``skmi infoplane mnist --subset test``
again for 120 epochs, and estimates I(X; Z) with the paper's scales, 0.1 to 2, and with
``scales="auto"``, which looks wherever the maximum is. About ten minutes on one core; goes on
with ``--resume``. Writes ``infoplane_mnist_scales`` beside this file.
"""

import argparse
import shutil
from pathlib import Path

from skmi import KSG, GlobalLinfScaler, RelativeScaleSearch, ScaleInvariantMI
from skmi.datasets import load_mnist
from skmi.information_plane._study import run_study

FOLDER = Path(__file__).parent / "infoplane_mnist_scales"

ESTIMATORS = {
    "0.1 to 2": ScaleInvariantMI(RelativeScaleSearch(KSG()), GlobalLinfScaler()),
    "auto": ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"), GlobalLinfScaler()),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    run_study(
        "mnist",
        *load_mnist(arguments.data, subset="test", return_X_y=True),
        FOLDER,
        n_trials=3,
        max_epochs=120,
        every=12,
        estimator=ESTIMATORS,
        device="cpu",
        resume=arguments.resume,
        progress=lambda trial, epoch, _: print(f"trial {trial + 1}, epoch {epoch}", end="\r"),
    )
    shutil.rmtree(FOLDER / "trials")
