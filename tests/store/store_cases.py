"""A small market (few numbers, so that its frames are small), children that die, and what must hold afterwards; shared by the tests of the store."""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from components.store import publish as publishing
from components.store.lake import Lake

OPERATIONS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate"}


def market(value: float, months: tuple[str, ...] = ("2024-07", "2024-08"), stamps: int = 30) -> dict[str, pd.DataFrame]:
    """Prices and units' power that are ``value`` everywhere, so that a mixture of versions shows."""
    times = np.concatenate([np.datetime64(m, "us") + np.arange(1, stamps + 1) * np.timedelta64(5, "m") for m in months])
    # A later change makes each of these markets replace the one of a smaller value.
    changed = pd.Timestamp("2024-09-01") + pd.Timedelta(seconds=value)
    common = {"source": "mmsdm", "changed": changed}
    return {
        "rooftop": pd.concat(
            [
                pd.DataFrame({"time": times, "region": r, "type": "DAILY", "mw": value, "quality": value, **common})
                for r in ("NSW1", "SA1")
            ]
        ),
        "scada": pd.concat([pd.DataFrame({"time": times, "duid": d, "mw": value, **common}) for d in ("A1", "B2")]),
    }


def publish_market(lake: Lake, value: float, **more) -> str:
    """Publish a market with a registry that has the same value; gives the version."""
    with lake.begin() as transaction:
        for name, frame in market(value, **more).items():
            transaction.add(name, frame)
        transaction.set_units(pd.DataFrame({"duid": ["A1", "B2"], "capacity_mw": value}))
        return transaction.publish().version


def value_of(snapshot) -> float:
    """The one value of a snapshot of :func:`market`; fails when it is a mixture."""
    found = {float(v) for c in snapshot.chunks("rooftop") for v in np.unique(c.values) if not np.isnan(v)}
    found |= {float(v) for c in snapshot.chunks("scada") for v in np.unique(c.values[0]) if not np.isnan(v)}
    found |= set(snapshot.units["capacity_mw"])
    assert len(found) == 1, f"a mixture of versions: {found}"
    return found.pop()


def spool_everything() -> None:
    """Let a child write its spool, which a small market would not need."""
    publishing.SPOOL_BYTES = 0


def in_child(work: Callable[[], object]) -> tuple[int, object]:
    """Run something in a forked child; gives its exit code and what it returned (or the text of its error)."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 0
        try:
            answer = work()
        except BaseException as error:  # the parent judges it
            traceback.print_exc()
            answer, code = f"{type(error).__name__}: {error}", 1
        os.write(writing, pickle.dumps(answer))
        os._exit(code)
    os.close(writing)
    with open(reading, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), pickle.loads(content) if content else None


def at_operation(number: int, root: Path, act: Callable[[], None]) -> Callable[[], int]:
    """In this process from now on: ``act`` just before the file operation of that number under ``root``.

    Gives a function that tells how many there have been. There is no way back: use it in a child.
    """
    count = 0
    inside = str(root)

    def step(place: object) -> None:
        nonlocal count
        if str(place).startswith(inside):
            count += 1
            if count == number:
                act()

    def hook(event: str, arguments: tuple) -> None:
        if event in OPERATIONS and not (event == "open" and arguments[1] == "r"):
            step(os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes) else arguments[0])

    real_fsync = os.fsync

    def fsync(number: int) -> None:
        step(os.readlink(f"/proc/self/fd/{number}"))
        real_fsync(number)

    os.fsync = fsync
    sys.addaudithook(hook)
    return lambda: count
