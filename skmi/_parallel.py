"""Work on the same data again and again, where joblib is set to: threads, processes, a cluster.

joblib's way to a Dask cluster has gaps, for which there is one of our own here: data inside other
objects would travel with every task, data that a dead worker held would be lost, and a task that
kills its workers would be waited for without end.
"""

import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import joblib
import sklearn
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from ._optional import import_optional

Work = Callable[[Any, Any], Any]


def run_all(
    work: Work, shared: Any, items: Iterable[Any], *, n_jobs: int | None, threads: bool = False
) -> list[Any]:
    """What ``work(shared, item)`` returns for each item, in their order.

    Parameters
    ----------
    work : callable
    shared : object
        What all items are worked on with. On a cluster it is sent once, not with each item.
    items : iterable
        Drawn one after the other.
    n_jobs : int or None
    threads : bool, default=False
        Whether threads do on one machine, because the work leaves the interpreter free.

    Raises
    ------
    RuntimeError
        If a cluster's workers die over an item again and again.
    """
    backend = dask_backend(n_jobs)
    if backend is None:
        parallel = Parallel(n_jobs=n_jobs, require="sharedmem" if threads else None)
        return list(parallel(delayed(work)(shared, item) for item in items))
    found: dict[int, Any] = {}
    task = _Task(work, sklearn.get_config())
    try:
        for place, result in results_on_dask(task, enumerate(items), backend, shared):
            found[place] = result
    except Exception as error:
        if type(error).__name__ != "KilledWorker":
            raise
        raise RuntimeError(
            "The cluster's workers died over the same piece of work, one after the other. Mostly "
            "that is want of memory: give the workers more, or send smaller data."
        ) from error
    return [found[place] for place in range(len(found))]


def dask_backend(n_jobs: int | None) -> Any | None:
    """The backend of a Dask cluster, if joblib is set to one; None if one job is asked for."""
    backend = get_active_backend()[0]
    return backend if n_jobs != 1 and type(backend).__name__ == "DaskDistributedBackend" else None


def results_on_dask(
    work: Work, items: Iterable[Any], backend: Any, shared: Any = None
) -> Iterator[Any]:
    """Yield ``work(shared, item)`` of all items on a Dask cluster, as they get ready.

    No more items are drawn than the cluster has cores for, twice over. `shared` is a task's
    result like any other: it goes to the scheduler once and to each worker once, and is made
    again if the worker that holds it dies.
    """
    distributed = import_optional("distributed", purpose="A cluster", extra="distributed")
    cloudpickle = import_optional("cloudpickle", purpose="A cluster", extra="distributed")
    client, options = backend.client, backend.submit_kwargs
    held = _send(client, pickle.loads, cloudpickle.dumps((work, shared)))
    futures = (
        client.submit(_unpickle_and_work, held, cloudpickle.dumps(item), pure=False, **options)
        for item in items
    )
    pending = set(islice(futures, 2 * joblib.effective_n_jobs(-1)))
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
        client.cancel([*pending, held])


def _send(client: Any, function: Callable[[Any], Any], data: bytes) -> Any:
    with warnings.catch_warnings():
        # That it is large: it is sent once, and has to be.
        warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
        return client.submit(function, data, pure=False)


def _unpickle_and_work(held: tuple[Work, Any], item: bytes) -> Any:
    work, shared = held
    # The cores are taken, by the other workers.
    with joblib.parallel_config(backend="sequential"):
        return work(shared, pickle.loads(item))


class _Task:
    """Work on an item that says its place, with the settings of scikit-learn as they are here."""

    def __init__(self, work: Work, config: dict[str, Any]) -> None:
        self.work, self.config = work, config

    def __call__(self, shared: Any, item: tuple[int, Any]) -> tuple[int, Any]:
        place, value = item
        with sklearn.config_context(**self.config):
            return place, self.work(shared, value)
