"""The studies that the documentation tells of are complete, and whose they are not."""

import json
from pathlib import Path

import pytest

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

DOCS = Path(__file__).parents[2] / "docs"
STUDIES = sorted(path.parent for path in DOCS.glob("studies/infoplane_*/settings.json"))


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_every_trial_is_there_to_the_end(folder):
    settings = json.loads((folder / "settings.json").read_text())
    trials, names = range(settings["n_trials"]), list(settings["estimator"])
    every, last = settings["every"], settings["max_epochs"]
    due = range(0, last + 1, every) if isinstance(every, int) else every
    rows = pd.read_parquet(folder / "rows.parquet")
    expected = [(t, e, name) for t in trials for e in due if e <= last for name in names]
    assert list(rows[["trial", "epoch", "estimator"]].itertuples(index=False)) == expected
    assert rows[["mi_x", "mi_y", "scale", "loss", "accuracy"]].notna().all(axis=None)
    noise = pd.read_parquet(folder / "noise.parquet")
    ratios = list(dict.fromkeys(noise["snr_db"]))
    expected = [(t, ratio, name) for t in trials for ratio in ratios for name in names]
    assert list(noise[["trial", "snr_db", "estimator"]].itertuples(index=False)) == expected
    assert {path.name for path in folder.iterdir()} == {
        "noise.parquet",
        "rows.parquet",
        "settings.json",
    }


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_each_is_on_the_page_of_results(folder):
    page = (DOCS / "user_guide" / "information_plane_results.rst").read_text()
    assert f"_static/{folder.name}_figure9.png" in page


def test_there_are_some():
    assert len(STUDIES) >= 4
