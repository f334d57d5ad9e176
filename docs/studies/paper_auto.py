"""The paper's tables 2 and 3 by "auto": ``python docs/studies/paper_auto.py``.

Needs ``pip install ".[benchmark]"``. The samples are those of the stored tables, draw by draw:
the same tasks and seeds, which the truths confirm. Each estimate is a row of ``paper_auto.csv``
beside this file, so that a run goes on where it was stopped; ``--minutes`` stops it by itself.
``--compare`` writes ``paper_auto_rows.csv``: for each row of the tables the root mean square error
beside that of the best of the paper's nine on the same trials, in nats.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas

from skmi import make_estimator
from skmi.benchmark import BenchmarkGrid
from skmi.benchmark.paper import read_table, table_tasks

HERE = Path(__file__).parent
STORE, ROWS = HERE / "paper_auto.csv", HERE / "paper_auto_rows.csv"
RESULTS = HERE.parent / "paper" / "results"
FIELDS = ["table", "row", "trial", "truth", "estimate", "seconds"]
NINE = ["ksg", "bi-ksg", "ksg-local", "ksg-global", "ksg-global-linf"]
NINE += ["mine", "mine-local", "mine-global", "mine-global-corrected"]


def stored() -> pandas.DataFrame:
    """What has been measured."""
    return pandas.read_csv(STORE) if STORE.exists() else pandas.DataFrame(columns=FIELDS)


def measure(n_trials: int, end: float) -> None:
    """Row by row of both tables."""
    seen = stored()
    done = seen.groupby(["table", "row"]).size()
    for table in (2, 3):
        for row, (name, task) in enumerate(table_tasks(table).items(), 1):
            if done.get((table, row), 0) >= n_trials:
                continue
            if time.monotonic() > end:
                return
            grid = BenchmarkGrid(
                {"auto": make_estimator("auto")}, {name: task}, n_trials=n_trials, random_state=0
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = grid.run().assign(table=table, row=row)
            others = stored().query("not (table == @table and row == @row)")
            rows = pandas.concat(
                [others, found[FIELDS].round(5)] if len(others) else [found[FIELDS].round(5)]
            )
            rows.sort_values(["table", "row", "trial"]).to_csv(STORE, index=False)
            print(table, row, f"{found.seconds.sum():.0f} s", flush=True)


def compare() -> None:
    """Beside the paper's nine, row by row, on the same trials."""
    mine, lines = stored(), []
    for table in (2, 3):
        rows = pandas.read_parquet(RESULTS / f"table{table}.parquet")
        for printed in {each.row: each for each in read_table(table)}.values():
            own = mine[(mine.table == table) & (mine.row == printed.row)].set_index("trial")
            if own.empty:
                continue
            of_row = rows[(rows.task == f"table {table} row {printed.row}")]
            errors = {
                name: each.set_index("trial").loc[own.index]
                for name, each in of_row.groupby("estimator")
            }
            assert np.allclose(errors["ksg"].truth, own.truth, atol=2e-5), "other draws"
            squares = {
                name: (each.estimate - each.truth).astype(float) ** 2
                for name, each in errors.items()
                if name in NINE
            }
            rmse = {name: float(np.sqrt(each.mean())) for name, each in squares.items()}
            best = min(rmse, key=rmse.__getitem__)
            ours = (own.estimate - own.truth) ** 2
            # Of the difference of the root mean squares, from the paired squares.
            gap = ours / (2 * np.sqrt(ours.mean())) - squares[best] / (2 * rmse[best])
            lines.append(
                {
                    "table": table,
                    "row": printed.row,
                    "N": printed.n_samples,
                    "d": printed.n_features,
                    "transforms": printed.transforms,
                    "auto": float(np.sqrt(ours.mean())),
                    "bias": float((own.estimate - own.truth).mean()),
                    "best of the nine": best,
                    "its error": rmse[best],
                    "standard error": float(gap.std() / np.sqrt(len(gap))),
                    "trials": len(own),
                }
            )
    found = pandas.DataFrame(lines)
    found["difference"] = found["auto"] - found["its error"]
    columns = [c for c in found if c not in ("standard error", "trials")]
    found[[*columns, "standard error", "trials"]].round(3).to_csv(ROWS, index=False)
    print(found.round(3).to_string())


def main() -> None:
    """Measure, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--compare", action="store_true")
    arguments = parser.parse_args()
    if arguments.compare:
        compare()
    else:
        measure(arguments.trials, time.monotonic() + 60 * arguments.minutes)


if __name__ == "__main__":
    main()
