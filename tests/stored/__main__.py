"""Compare all cases with what is stored, or store them."""

import json
import sys
from pathlib import Path

from tests.stored.cases import cases

VALUES = Path(__file__).with_name("values.json")


def main() -> None:
    """Print what differs by more than 1e-12."""
    found = {name: compute() for name, compute in cases()}
    if "--write" in sys.argv:
        lines = ",\n".join(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in found.items())
        VALUES.write_text(f"{{\n{lines}\n}}\n")
        return
    stored = json.loads(VALUES.read_text())
    for name, values in found.items():
        pairs = zip(values, stored[name], strict=True)
        gap = max(abs(a - b) for a, b in pairs if a == a or b == b)
        if not gap <= 1e-12:
            print(f"{name}: {gap:.3g}\n  {values}\n  {stored[name]}")
    print(f"{len(found)} cases compared")


if __name__ == "__main__":
    main()
