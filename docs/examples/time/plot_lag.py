"""
Is it the lag?
==============

Rain today, the river tomorrow? Here y follows the square of x three steps later. Their correlation
is 0 at every lag. Mutual information at each lag shows the delay, and the band shows what chance
gives.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.signal import lfilter

from skmi.inspection import LagDisplay

rng = np.random.default_rng(0)
x = lfilter([1], [1, -0.6], rng.normal(size=800))
y = np.roll(x**2, 3) + rng.normal(size=800)

display = LagDisplay.from_series(x, y, range(-10, 11), random_state=0)
display.ax_.axvline(3, color="black", linestyle=":", label="truth")
display.ax_.legend()
plt.show()

# %%
# Only the right lag stands out. The band is made by shifting one series in time, which keeps what
# each of them remembers.
