"""Samples with labels, for the counter."""

import numpy as np

from skmi._input._sample import Sample, Side
from skmi.neighbors import Query, make_counter


def count_neighbors_of_labels(
    x, y, x_labels, y_labels, k, *, scales=(1.0,), tie_tolerance=None, algorithm="auto", n_threads=1
):
    sides = [
        Side(np.asarray(numbers, float), codes, np.zeros(0, bool))
        for numbers, codes in ((x, x_labels), (y, y_labels))
    ]
    query = Query(k, tie_tolerance=tie_tolerance)
    return make_counter(Sample(*sides), query, engine=algorithm, n_jobs=n_threads).count(scales)
