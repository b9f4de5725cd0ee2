"""A market of six weeks over a month's end, with holes, small enough to aggregate by pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.market_time import dispatch_stamps
from components.vocabulary import REGIONS

START, END = pd.Timestamp("2024-01-10"), pd.Timestamp("2024-02-21")
# duid, station, region, fuel, fueltech, role, capacity
UNITS = [
    ("COAL1", "Black Hill", "NSW1", "coal", "coal_black", "generator", 500.0),
    ("COAL2", "Black Hill", "NSW1", "coal", "coal_black", "generator", 660.0),
    ("WIND1", "Windy Hill", "SA1", "wind", "wind", "generator", 120.0),
    ("BATT1", "Big Box", "SA1", "battery", "battery", "bidirectional", 100.0),
    ("PUMP1", "Up Hill", "NSW1", "pumps", "pumps", "load", 80.0),
    ("ODD1", "Oddity", "VIC1", "gas", "gas_ocgt", "generator", np.nan),
]
SPIKES = {("SA1", pd.Timestamp("2024-01-31 23:55")): 17_500.0, ("NSW1", pd.Timestamp("2024-02-01 00:05")): -1_000.0}


def readings() -> pd.DataFrame:
    """Power as published, a column for each unit; NaN = missing."""
    times = dispatch_stamps(START, END)
    draw = np.random.default_rng(7)
    high = {u[0]: u[6] for u in UNITS} | {"ODD1": 50.0}
    frame = pd.DataFrame(
        {d: draw.uniform(0, high[d], len(times)).astype("float32") for d in high}, index=pd.DatetimeIndex(times)
    )
    frame["BATT1"] = draw.uniform(-100, 100, len(times)).astype("float32")
    frame.loc["2024-01-20 00:05":"2024-01-23 00:00", "COAL1"] = np.nan  # three days without a reading
    frame.loc["2024-01-25 10:05":"2024-01-25 10:20", "WIND1"] = np.nan
    frame.loc["2024-02-02 00:05":"2024-02-03 00:00", "COAL2"] = 0.0  # stood still, which is no hole
    frame.loc[:"2024-02-01 00:00", "ODD1"] = np.nan  # not there in the first month
    return frame


def prices() -> pd.DataFrame:
    """Prices, a column for each region, with one spike up and one down, and a hole."""
    times = dispatch_stamps(START, END)
    draw = np.random.default_rng(8)
    frame = pd.DataFrame({r: draw.normal(80, 40, len(times)).round(2) for r in REGIONS}, index=pd.DatetimeIndex(times))
    for (region, when), price in SPIKES.items():
        frame.loc[when, region] = price
    frame.loc["2024-02-10 00:05":"2024-02-12 00:00", "TAS1"] = np.nan
    return frame
