"""Fixtures of the pictures' tests; the market itself is in ``six_week_market``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from six_week_market import UNITS, prices, readings

from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS


@pytest.fixture(scope="session")
def power() -> pd.DataFrame:
    """See :func:`readings`."""
    return readings()


@pytest.fixture(scope="session")
def rrp() -> pd.DataFrame:
    """See :func:`prices`."""
    return prices()


@pytest.fixture(scope="session")
def snapshot(power: pd.DataFrame, rrp: pd.DataFrame) -> Snapshot:
    """The market in memory."""

    def long(frame: pd.DataFrame, key: str, value: str) -> pd.DataFrame:
        return frame.rename_axis("time").reset_index().melt("time", var_name=key, value_name=value)

    demand = pd.DataFrame(
        {r: 1_000.0 + 100 * i + np.arange(len(rrp)) % 288 for i, r in enumerate(REGIONS)}, index=rrp.index
    )
    frames = {
        "scada": long(power, "duid", "mw").dropna(),
        "price": long(rrp, "region", "rrp").dropna(),
        "region": long(demand, "region", "demand"),
    }
    for frame in frames.values():
        frame["source"] = "demo"
    names = ["duid", "station", "region", "fuel", "fueltech", "role", "capacity_mw"]
    units = pd.DataFrame(UNITS, columns=names)
    units["owner"], units["storage_mwh"] = "Owner", np.nan
    return Snapshot.from_frames(frames, units, "six-weeks")
