"""
Does the estimate rise when the noise falls?
============================================

Noise is added to a hidden layer. The less noise, the more is left of the image, so that the truth
can only rise with the ratio of signal to noise. An estimator that falls somewhere is wrong there,
even though nobody knows the truth itself.
"""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

from skmi.information_plane import noise_response
from skmi.inspection import NoiseResponseDisplay

X = (load_digits().data / 16).astype("float32")
torch.manual_seed(0)
module = torch.nn.Sequential(torch.nn.Linear(64, 12), torch.nn.Tanh())

rows = noise_response(
    module, "1", X, estimator=["ksg", "ksg-global-linf"], power="signal", n_samples=800
)
NoiseResponseDisplay.from_results(rows)
plt.show()
