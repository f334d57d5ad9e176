"""No n by n array is ever held."""

import subprocess
import sys

PROGRAM = """
import resource, numpy as np, skmi
rng = np.random.default_rng(0)
skmi.mutual_info(rng.normal(size=(300, 2)), rng.normal(size=300), n_jobs=2)
X = rng.normal(size=(20_000, 50))
y = X[:, :5] + rng.normal(size=(20_000, 5))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
skmi.mutual_info(X, y, n_jobs=2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_twenty_thousand_samples_within_300_megabytes():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    megabytes = int(done.stdout) / 1024
    print(f"{megabytes:.0f} MB above the data")
    assert megabytes < 300
