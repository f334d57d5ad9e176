"""
What is 0.3 nats on a scale from 0 to 1?
========================================

Nats have no upper end. For numbers, Linfoot's coefficient maps them to a scale that everybody
knows: for normal variables it is the size of the correlation. Of a parabola, where the correlation
is 0, it still says how closely y follows x.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi import mutual_info

rng = np.random.default_rng(0)
x, noise = rng.normal(size=(2, 2000))
correlations = np.linspace(0, 0.98, 12)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
lines = [rho * x + np.sqrt(1 - rho**2) * noise for rho in correlations]
left.plot([0, 1], [0, 1], "k:", label="truth")
left.plot(
    correlations, [mutual_info(x, y, normalize="correlation") for y in lines], "o", label="estimate"
)
left.set(xlabel="correlation", ylabel="coefficient", aspect="equal", title="a line")
left.legend()

parabola = x**2 + 0.5 * noise
coefficient = mutual_info(x, parabola, normalize="correlation")
right.plot(x, parabola, ".", alpha=0.3)
right.set(xlabel="x", ylabel="y", title=f"a parabola: {coefficient:.2f}")
print(f"correlation {np.corrcoef(x, parabola)[0, 1]:.2f}, coefficient {coefficient:.2f}")
plt.show()
