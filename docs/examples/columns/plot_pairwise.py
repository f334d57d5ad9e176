"""
Which columns go together?
==========================

Thirteen chemical measurements of wines of three producers. A matrix of correlations has no place
for the producer, who is a name, and sees straight lines only. Mutual information takes columns of
any kind.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_wine

from skmi import pairwise_mutual_info
from skmi.inspection import PairwiseMIDisplay

wine = load_wine(as_frame=True)
table = wine.data.assign(producer=wine.target_names[wine.target])

PairwiseMIDisplay.from_data(table)
plt.show()

# %%
# Columns that tell about each other stand together. Three of them tell most about the producer, in
# parts of the producer's entropy:

mi = pairwise_mutual_info(table)
share = (mi["producer"] / mi.loc["producer", "producer"]).drop("producer")
print(share.sort_values(ascending=False).round(2).head(3).to_string())
