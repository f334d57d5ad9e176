"""Arrays by what they hold."""

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]
CodeArray = NDArray[np.int64]
CountArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
