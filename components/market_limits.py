"""Market price cap and floor by date: what a regional price can be.

A table, not a constant: the cap is set anew each July. After the last year known here both are unknown (NaN),
never last year's.

Sources: AEMO table MARKET_PRICE_THRESHOLDS up to 2020-21; from 2021-22 the highest price observed in the year,
which was the cap.
"""

from __future__ import annotations

import numpy as np

from components.market_time import TIME_DTYPE

FLOOR = -1000.0
# First day -> market price cap [$/MWh]; holds until the next row.
PRICE_CAPS: tuple[tuple[str, float], ...] = (
    ("1997-11-04", 5_000),
    ("2002-04-01", 10_000),
    ("2010-07-01", 12_500),
    ("2012-07-01", 12_900),
    ("2013-07-01", 13_100),
    ("2014-07-01", 13_500),
    ("2015-07-01", 13_800),
    ("2016-07-01", 14_000),
    ("2017-07-01", 14_200),
    ("2018-07-01", 14_500),
    ("2019-07-01", 14_700),
    ("2020-07-01", 15_000),
    ("2021-07-01", 15_100),
    ("2022-07-01", 15_500),
    ("2023-07-01", 16_600),
    ("2024-07-01", 17_500),
    ("2025-07-01", 20_300),
)
KNOWN_UNTIL = "2026-07-01"


def price_limits(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cap and floor [$/MWh] at each interval-ending stamp; NaN where they are not known.

    >>> cap, floor = price_limits(np.array(["2024-07-01T00:00", "2024-07-01T00:05"], "datetime64[us]"))
    >>> cap.tolist(), floor.tolist()
    ([16600.0, 17500.0], [-1000.0, -1000.0])
    """
    inside = np.asarray(times, TIME_DTYPE) - np.timedelta64(1, "us")
    begins = np.array([day for day, _ in PRICE_CAPS] + [KNOWN_UNTIL], TIME_DTYPE)
    caps = np.array([np.nan, *(cap for _, cap in PRICE_CAPS), np.nan])
    cap = caps[np.searchsorted(begins, inside, side="right")]
    return cap, np.where(np.isnan(cap), np.nan, FLOOR)
