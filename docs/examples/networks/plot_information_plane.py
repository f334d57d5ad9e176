"""
What does my network keep?
==========================

A small network learns to read digits. After each epoch we ask how much its hidden layer keeps of
the image, I(X; Z), and how much it knows of the digit, I(Z; Y). Activations grow while a network is
trained, so that an estimate must not depend on their scale.
"""

import matplotlib.pyplot as plt
import skorch
import torch
from sklearn.datasets import load_digits

from skmi.information_plane import InformationPlane
from skmi.inspection import InformationPlaneDisplay, TrainingDynamicsDisplay

X, y = load_digits(return_X_y=True)
X = (X / 16).astype("float32")

torch.manual_seed(0)
module = torch.nn.Sequential(torch.nn.Linear(64, 12), torch.nn.Tanh(), torch.nn.Linear(12, 10))
plane = InformationPlane(["1"], estimator=["ksg", "ksg-global-linf"], n_samples=500)
net = skorch.NeuralNetClassifier(
    module,
    criterion=torch.nn.CrossEntropyLoss,
    optimizer=torch.optim.Adam,
    lr=0.005,
    batch_size=64,
    max_epochs=20,
    train_split=None,
    callbacks=[plane],
    verbose=0,
).fit(X, y)
print(f"accuracy on the images trained with: {net.score(X, y):.3f}")

# %%
# The path through the plane, from the first epoch to the last:

InformationPlaneDisplay.from_results(plane.to_frame())
plt.show()

# %%
# Beside the size of the layer's activations:

TrainingDynamicsDisplay.from_results(plane.to_frame())
plt.show()
