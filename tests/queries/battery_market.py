"""A day of three battery units, small enough to work out by hand: a new one, and an old pair of DUIDs."""

from __future__ import annotations

import numpy as np
import pandas as pd

STORES = (
    {"duid": "NEW1", "station": "New", "owner": "N Co", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "capacity_mw": 100.0, "storage_mwh": 200.0},
    {"duid": "OLDG", "station": "Old", "owner": "O Co", "region": "VIC1", "fuel": "battery", "fueltech": "battery_discharging", "capacity_mw": 30.0, "storage_mwh": 30.0},
    {"duid": "OLDL", "station": "Old", "owner": "O Co", "region": "VIC1", "fuel": "battery", "fueltech": "battery_charging", "role": "load", "capacity_mw": 25.0},
)  # fmt: skip
DAY = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-02")}
OUT, INTO = np.zeros(288), np.zeros(288)
OUT[0:12], INTO[24:48] = 1.0, 1.0
PRICE = np.where(OUT > 0, 300.0, np.where(INTO > 0, -10.0, 50.0))
"""00:00-01:00 at $300, 02:00-04:00 at −$10, else $50."""


def a_day(market, hours=24, days=1):
    """NEW1: 100 MW out in the first hour, 60 MW in from 02:00 to 04:00, nothing read after ``hours`` of a day. The old pair
    likewise: 30 MW out, 20 MW in."""
    new = 100 * OUT - 60 * INTO
    new[hours * 12 :] = np.nan
    scada = {"NEW1": np.tile(new, days), "OLDG": np.tile(30 * OUT, days), "OLDL": np.tile(20 * INTO, days)}
    return market(units=STORES, scada=scada, price={r: np.tile(PRICE, days) for r in ("SA1", "VIC1")})
