"""
Does it still tell something when I know the other?
===================================================

Two thermometers in one house follow the weather. Each tells much about the other. Do they still,
once the weather is known? Only if something else links them, such as an open door. Here the link
grows from nothing, and the truth is known.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi import conditional_independence_test, conditional_mutual_info, mutual_info

rng = np.random.default_rng(0)
weather, own, other = rng.normal(size=(3, 1000))
links = np.linspace(0, 0.9, 10)

alone, given = [], []
for link in links:
    first = weather + own
    second = weather + link * own + np.sqrt(1 - link**2) * other
    alone.append(mutual_info(first, second))
    given.append(conditional_mutual_info(first, second, weather))

figure, ax = plt.subplots(layout="constrained")
ax.plot(links, alone, marker="o", label="alone")
ax.plot(links, given, marker="o", label="given the weather")
# Covariances: 2 and 2 with 1 + link in common; given the weather 1 and 1 with link.
ax.plot(links, -np.log(1 - ((1 + links) / 2) ** 2) / 2, "k:", label="truth")
ax.plot(links, -np.log(1 - links**2) / 2, "k:")
ax.set(xlabel="link between the thermometers", ylabel="mutual information (nats)")
ax.legend()
plt.show()

# %%
# A test says whether what is left is more than chance. Without a link:

result = conditional_independence_test(weather + own, weather + other, weather, random_state=0)
print(result)
