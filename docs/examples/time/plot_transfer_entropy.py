"""
Who drives whom?
================

Two series, each with a memory, and x drives y. The past of x tells about y even after y's own past
is known. The past of y tells nothing about x. Transfer entropy measures both, and for such linear
series the truth can be computed.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi import transfer_entropy


def simulate(coupling, n_samples, seed):
    noise_x, noise_y = np.random.default_rng(seed).normal(size=(2, n_samples))
    x, y = np.zeros((2, n_samples))
    for t in range(1, n_samples):
        x[t] = 0.5 * x[t - 1] + noise_x[t]
        y[t] = 0.7 * y[t - 1] + coupling * x[t - 1] + noise_y[t]
    return x, y


def truth(coupling):
    """Half the log of how much the error of a prediction of y falls once x is known."""
    x, y = simulate(coupling, 50_000, seed=1)
    own, both = y[:-1, None], np.column_stack([y, x])[:-1]
    residuals = [np.linalg.lstsq(past, y[1:])[1][0] for past in (own, both)]
    return np.log(residuals[0] / residuals[1]) / 2


couplings = np.linspace(0, 1, 6)
series = [simulate(coupling, 2000, seed=0) for coupling in couplings]

figure, ax = plt.subplots(layout="constrained")
ax.plot(couplings, [transfer_entropy(x, y) for x, y in series], "o-", label="from x to y")
ax.plot(couplings, [transfer_entropy(y, x) for x, y in series], "o-", label="from y to x")
ax.plot(couplings, [truth(coupling) for coupling in couplings], "k:", label="truth")
ax.axhline(0, color="black", linestyle=":")
ax.set(xlabel="coupling", ylabel="transfer entropy (nats)")
ax.legend()
plt.show()
