"""The numbers printed in the paper's tables 2 and 3."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from numbers import Integral

TABLES = (2, 3)
MEASURES = ("normalized_rmse", "spearman", "bias")
NAMES = (
    "ksg",
    "bi-ksg",
    "ksg-local",
    "ksg-global",
    "ksg-global-linf",
    "mine",
    "mine-local",
    "mine-global",
    "mine-global-corrected",
)


@dataclass(frozen=True)
class TableRow:
    """A row of one of the paper's tables.

    Attributes
    ----------
    row : int
        Its number, from 1.
    n_samples, n_features : int
    transforms : str
        As `skmi.datasets.make_transforms` reads them, in the order that gives the
        paper's numbers.
    cells : dict of (str, str) to float
        The numbers by measure and estimator; those that cannot be read are missing.
    """

    row: int
    n_samples: int
    n_features: int
    transforms: str
    cells: dict[tuple[str, str], float]


def read_table(table: int) -> list[TableRow]:
    """The rows of one of the paper's tables.

    Parameters
    ----------
    table : {2, 3}

    Returns
    -------
    rows : list of TableRow
    """
    if not isinstance(table, Integral) or table not in TABLES:
        raise ValueError(f"table must be 2 or 3, got {table!r}.")
    text = files(__package__).joinpath(f"table{table}.csv").read_text(encoding="utf-8")
    lines: dict[int, list[dict[str, str]]] = {}
    for line in csv.DictReader(text.splitlines()):
        lines.setdefault(int(line["row"]), []).append(line)
    return [_row(number, of_row) for number, of_row in lines.items()]


def _row(number: int, lines: list[dict[str, str]]) -> TableRow:
    first = lines[0]
    return TableRow(
        row=number,
        n_samples=int(first["n_samples"]),
        n_features=int(first["n_features"]),
        transforms=first["transforms"],
        cells={
            (line["measure"], name): float(line[name])
            for line in lines
            for name in NAMES
            if line[name]
        },
    )
