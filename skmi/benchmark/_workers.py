"""Work sent to whatever workers joblib has been set to."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from itertools import islice
from typing import Any

import joblib

# scikit-learn's own would set the filters of warnings in each worker; in threads they
# would get into the way of the recorder.
from joblib import Parallel, delayed
from joblib.parallel import get_active_backend

from .._optional import import_optional


def backend_name() -> str:
    """The class of joblib's backend."""
    return type(get_active_backend()[0]).__name__


def results_of(
    work: Callable[[Any], Any], pieces: Iterable[Any], n_jobs: int | None, n_workers: int
) -> Iterator[Any]:
    """Yield ``work(piece)`` of all pieces, in the order in which they get ready.

    Pieces are taken one by one, when a worker is about to be free.
    """
    if backend_name() == "DaskDistributedBackend":
        yield from _results_of_dask(work, pieces, n_workers)
        return
    results = Parallel(n_jobs=n_jobs, batch_size=1, **_as_they_come())(
        delayed(work)(piece) for piece in pieces
    )
    try:
        yield from results
    finally:
        if hasattr(results, "close"):
            results.close()


def is_lost_worker(error: Exception) -> bool:
    """Whether an error says that a worker process has died."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _as_they_come() -> dict[str, str]:
    """How to ask joblib for results in the order of their arrival, if it can do that."""
    if not getattr(get_active_backend()[0], "supports_return_generator", False):
        return {}
    version = tuple(int(part) for part in joblib.__version__.split(".")[:2])
    return {"return_as": "generator_unordered" if version >= (1, 4) else "generator"}


def _results_of_dask(
    work: Callable[[Any], Any], pieces: Iterable[Any], n_workers: int
) -> Iterator[Any]:
    """The same on a Dask cluster.

    joblib would wait for ever for a piece that has killed every worker it was given to,
    and would place a large piece on one worker, and lose it with that.
    """
    distributed = import_optional("distributed", purpose="A cluster", extra="distributed")
    cloudpickle = import_optional("cloudpickle", purpose="A cluster", extra="distributed")
    backend = get_active_backend()[0]
    client, options = backend.client, backend.submit_kwargs
    futures = (
        client.submit(_unpickle_and, work, cloudpickle.dumps(piece), pure=False, **options)
        for piece in pieces
    )
    pending = set(islice(futures, 2 * n_workers))
    completed = distributed.as_completed(pending)
    try:
        for future in completed:
            result = future.result()
            pending.remove(future)
            for following in islice(futures, 1):
                pending.add(following)
                completed.add(following)
            yield result
    finally:
        client.cancel(list(pending))


def _unpickle_and(work: Callable[[Any], Any], piece: bytes) -> Any:
    return work(pickle.loads(piece))
