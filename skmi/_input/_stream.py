"""Rows that come in batches: from files, from an iterator, from the partitions of a Dask frame.

What a user gives becomes a `Stream` once, at the public edge. A stream has parts, which can be
read independently of each other; a part gives frames, and each becomes a `Batch` of tables.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .._optional import import_optional
from .._parallel import Work, run_all
from ._missing import take_rows
from ._sample import check_lengths
from ._table import Table, read_table

# Row groups of a dataset are read in no more parts than this.
_MOST_PARTS = 64
# Rows at a time: few enough for a processor's cache.
_BATCH_ROWS = 2**16

Part = Callable[[], Iterable[Any]]


class Batch(NamedTuple):
    """Some rows: the features, and the target if there is one."""

    X: Table
    y: Table | None

    @property
    def n_samples(self) -> int:
        return self.X.n_samples

    @property
    def tables(self) -> list[Table]:
        return [self.X] if self.y is None else [self.X, self.y]

    def take(self, rows: Any) -> "Batch":
        """Some of the rows: positions, a mask or a slice."""
        return Batch(*(take_rows(table, rows) for table in self.tables), *self._no_target())

    def _no_target(self) -> list[None]:
        return [None] if self.y is None else []


@dataclass(frozen=True)
class Stream:
    """Where rows come from.

    Attributes
    ----------
    parts : list of callable
        Each gives an iterable of frames, or of pairs (X, y).
    y : str or None
        The column that is the target.
    again : bool
        Whether the parts can be read more than once.
    n_rows : int or None
        How many rows there are in all, where that is known before they are read.
    is_dask : bool
        Whether the parts are partitions of a Dask frame, which Dask computes where it likes.
    like : data frame or None
        One of the library that the rows come in, if that is known before they are read.
    """

    parts: list[Any]
    y: str | None
    again: bool = True
    n_rows: int | None = None
    is_dask: bool = False
    like: Any = None

    def run(self, work: Work, shared: Any, n_jobs: int | None) -> list[Any]:
        """What ``work(shared, (number, batches))`` returns for each part, in their order."""
        if self.is_dask:
            return self._run_on_dask(work, shared)
        items = [(number, part, self.y) for number, part in enumerate(self.parts)]
        return run_all(_open_and_work, (work, shared), items, n_jobs=n_jobs, threads=True)

    def _run_on_dask(self, work: Work, shared: Any) -> list[Any]:
        dask = import_optional("dask", purpose="A Dask frame", extra="distributed")
        held = dask.delayed((work, shared), traverse=False)
        task = dask.delayed(_work_on_partition, pure=False)
        tasks = [task(held, number, part, self.y) for number, part in enumerate(self.parts)]
        return list(dask.compute(*tasks))


def open_stream(X: Any, y: Any) -> Stream | None:
    """The stream that something is; None if it is data in memory.

    Parameters
    ----------
    X : object
        A dataset or a file of pyarrow, a Dask frame, an iterator of frames, or a callable that
        gives one.
    y : str or None
        The name of a column of X. None: the iterator gives pairs (X, y), or there is no target.

    Raises
    ------
    ValueError
        If y is no name.
    """
    found = _parts_of(X)
    if found is None:
        return None
    if not (y is None or isinstance(y, str)):
        raise ValueError(
            f"X comes in batches ({type(X).__name__}), and y is {type(y).__name__}: which rows "
            'belong together cannot be told. Give the name of a column of X, y="target", or let '
            "an iterator give pairs (X, y)."
        )
    return Stream(y=y, **found)


def _parts_of(X: Any) -> dict[str, Any] | None:
    if hasattr(X, "to_delayed") and hasattr(X, "map_partitions"):
        n_rows = int(X[list(X.columns[:1])].map_partitions(len).compute().sum())
        return {"parts": list(X.to_delayed()), "n_rows": n_rows, "is_dask": True, "like": X._meta}
    if hasattr(X, "get_fragments") and hasattr(X, "to_batches"):
        parts, like = _parts_of_dataset(X), X.schema.empty_table()
        return {"parts": parts, "n_rows": X.count_rows(), "like": like}
    if hasattr(X, "iter_batches") and hasattr(X, "metadata"):
        parts = [lambda: X.iter_batches(batch_size=_BATCH_ROWS)]
        return {"parts": parts, "n_rows": X.metadata.num_rows}
    if isinstance(X, Iterator) or hasattr(X, "read_next_batch"):
        return {"parts": [lambda: X], "again": False}
    # Frames of some libraries can be called, too.
    if callable(X) and not hasattr(X, "shape") and not isinstance(X, type):
        return {"parts": [X]}
    return None


def _parts_of_dataset(dataset: Any) -> list[Part]:
    """Row groups of a dataset, put together where they are many."""
    if getattr(dataset, "_scan_options", None):  # filtered: what is left is known to it alone
        return [_Fragments([dataset])]
    fragments = [
        piece
        for fragment in dataset.get_fragments()
        for piece in (
            fragment.split_by_row_group() if hasattr(fragment, "row_groups") else [fragment]
        )
    ]
    places = np.array_split(np.arange(len(fragments)), min(_MOST_PARTS, len(fragments)) or 1)
    return [_Fragments([fragments[place] for place in some]) for some in places]


class _Fragments:
    """Fragments of a dataset, read one after the other."""

    def __init__(self, fragments: list[Any]) -> None:
        self.fragments = fragments

    def __call__(self) -> Iterator[Any]:
        # Little is read ahead: a row group alone may be large.
        ahead = {"batch_readahead": 1, "fragment_readahead": 1}
        for fragment in self.fragments:
            yield from fragment.to_batches(batch_size=_BATCH_ROWS, use_threads=False, **ahead)


def _open_and_work(held: tuple[Work, Any], item: tuple[int, Part, str | None]) -> Any:
    work, shared = held
    number, part, y = item
    return work(shared, (number, _batches(number, part(), y)))


def _work_on_partition(held: tuple[Work, Any], number: int, frame: Any, y: str | None) -> Any:
    return _open_and_work(held, (number, lambda: [frame], y))


def _batches(number: int, frames: Iterable[Any], y: str | None) -> Iterator[Batch]:
    """The batches of one part, none of them with too many rows."""
    for place, frame in enumerate(frames):
        try:
            batch = read_batch(frame, y)
        except (TypeError, ValueError) as error:
            where = f"In batch {place}" + (f" of part {number}" if number else "")
            raise type(error)(f"{where}: {error}") from error
        for start in range(0, batch.n_samples, _BATCH_ROWS):
            yield batch.take(slice(start, start + _BATCH_ROWS))


def read_batch(frame: Any, y: Any) -> Batch:
    """A batch of a frame with a column `y`, of a pair (X, y), or of X alone."""
    if isinstance(frame, tuple):
        X, target = frame
        return make_batch(X, target)
    if not isinstance(y, str):
        return Batch(_read_features(frame), None)
    table = _read_features(frame)
    names = table.names or []
    if y not in names:
        raise ValueError(
            f"y={y!r} is no column of X, whose columns are {names or 'without names'}."
        )
    position = names.index(y)
    others = [place for place in range(table.n_columns) if place != position]
    target = table.some([position])._replace(what="y")
    return Batch(table.some(others), target)


def make_batch(X: Any, y: Any) -> Batch:
    """A batch of features and a target."""
    left, right = _read_features(X), read_table(y, "y")
    check_lengths(left, right)
    return Batch(left, right)


def _read_features(frame: Any) -> Table:
    if hasattr(frame, "num_rows") and not hasattr(frame, "combine_chunks"):  # a record batch
        frame = import_optional(
            "pyarrow", purpose="A batch of records", extra="benchmark"
        ).Table.from_batches([frame])
    return read_table(frame, "X", vector=False)


def join_batches(batches: list[Batch]) -> Batch:
    """Batches one below the other.

    Raises
    ------
    ValueError
        If their columns differ.
    """
    tables = [_join([batch.X for batch in batches])]
    if batches[0].y is not None:
        tables.append(_join([batch.y for batch in batches if batch.y is not None]))
    return Batch(*tables, *batches[0]._no_target())


def check_alike(first: Batch, batch: Batch) -> None:
    """Raise an error if a batch has other columns than the first one."""
    if (first.y is None) != (batch.y is None):
        raise ValueError("Some batches have a target and some have none.")
    for one, other in zip(first.tables, batch.tables, strict=True):
        if one.names != other.names or one.n_columns != other.n_columns:
            raise ValueError(
                f"The batches of {one.what} have different columns: "
                f"{one.names or one.n_columns} in the first, {other.names or other.n_columns} "
                "in another. Give all of them the same columns in the same order."
            )
        for position, (before, now) in enumerate(zip(one.kinds, other.kinds, strict=True)):
            if (before == "label") != (now == "label"):
                raise ValueError(
                    f"{one.place(position)} holds labels in some batches and numbers in others. "
                    "Give it one dtype."
                )


def _join(tables: list[Table]) -> Table:
    first = tables[0]
    columns = [
        np.concatenate([table.column(position) for table in tables])
        for position in range(first.n_columns)
    ]
    kinds = [
        "number" if any(table.kinds[position] != kind for table in tables) else kind
        for position, kind in enumerate(first.kinds)
    ]
    is_single = any(table.is_single for table in tables)
    return first._replace(columns=columns, kinds=kinds, is_single=is_single)
