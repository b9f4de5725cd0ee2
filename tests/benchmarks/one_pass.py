"""``one_pass.py WAY DATA``: seconds of one question over everything, in a process of its own; the second is asked again.

``pass`` = numpy over the mapped readings once, a month at a time: price times power, the least that revenue can cost;
``ours`` = the program's own question, revenue of every unit over all time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from components.queries.revenue import Revenue
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot


def touch(snapshot: Snapshot) -> None:
    """Map every file, so that neither way pays for that."""
    for dataset in ("scada", "price"):
        for chunk in snapshot.chunks(dataset):
            _ = chunk.values, chunk.minutes


def one_pass(snapshot: Snapshot) -> float:
    """Sum over all units of price · power, by BLAS."""
    prices = {c.month: c for c in snapshot.chunks("price")}
    total = 0.0
    for chunk in snapshot.chunks("scada"):
        price = prices[chunk.month]
        row = price.values[price.fields.index("rrp")][0].astype(np.float32)
        total += float((chunk.values[chunk.fields.index("mw")] @ row).sum())
    return total


def main() -> None:
    way, snapshot = sys.argv[1], open_snapshot(Lake(Path(sys.argv[2])))
    touch(snapshot)
    for last in ("all", "all"):
        began = time.perf_counter()
        one_pass(snapshot) if way == "pass" else Revenue(last=last, by=["duid"]).run(snapshot)
        print(time.perf_counter() - began)


main()
