"""Limits of the market by date: cap and floor of a price, threshold of a week's prices, administered cap.

Tables, not constants: cap and threshold are set anew each July. After the last year known here all are unknown (NaN),
never last year's.

Sources: AEMO table MARKET_PRICE_THRESHOLDS up to 2020-21; from 2021-22 caps are the highest price observed in the
year, which was the cap, and thresholds those of the AEMC's schedules of reliability settings.
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
# First day -> cumulative price threshold [$/MWh]: until September 2021 of 336 half-hourly prices, from October 2021 of
# 2,016 five-minute prices, six times as many.
CUMULATIVE_THRESHOLDS: tuple[tuple[str, float], ...] = (
    ("2002-04-01", 150_000),
    ("2010-07-01", 187_500),
    ("2012-07-01", 193_900),
    ("2013-07-01", 197_100),
    ("2014-07-01", 201_900),
    ("2015-07-01", 207_000),
    ("2016-07-01", 210_100),
    ("2017-07-01", 212_800),
    ("2018-07-01", 216_900),
    ("2019-07-01", 221_100),
    ("2020-07-01", 224_600),
    ("2021-07-01", 226_500),
    ("2021-10-01", 1_359_100),
    ("2022-07-01", 1_398_100),
    ("2023-07-01", 1_490_200),
    ("2024-07-01", 1_573_700),
    ("2025-07-01", 1_823_600),
)
# First day -> administered price cap [$/MWh]: what a price is held down to once the threshold is exceeded.
ADMINISTERED_CAPS: tuple[tuple[str, float], ...] = (("2015-07-01", 300), ("2022-12-01", 600))
KNOWN_UNTIL = "2026-07-01"


def price_limits(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cap and floor [$/MWh] at each interval-ending stamp; NaN where they are not known.

    >>> cap, floor = price_limits(np.array(["2024-07-01T00:00", "2024-07-01T00:05"], "datetime64[us]"))
    >>> cap.tolist(), floor.tolist()
    ([16600.0, 17500.0], [-1000.0, -1000.0])
    """
    cap = _at(PRICE_CAPS, times)
    return cap, np.where(np.isnan(cap), np.nan, FLOOR)


def cumulative_threshold(times: np.ndarray) -> np.ndarray:
    """Cumulative price threshold [$/MWh] at each interval-ending stamp; NaN where it is not known.

    >>> cumulative_threshold(np.array(["2021-10-01T00:00", "2021-10-01T00:05"], "datetime64[us]")).tolist()
    [226500.0, 1359100.0]
    """
    return _at(CUMULATIVE_THRESHOLDS, times)


def administered_cap(times: np.ndarray) -> np.ndarray:
    """Administered price cap [$/MWh] at each interval-ending stamp; NaN where it is not known."""
    return _at(ADMINISTERED_CAPS, times)


def _at(table: tuple[tuple[str, float], ...], times: np.ndarray) -> np.ndarray:
    """The value of a table that holds at each interval-ending stamp."""
    inside = np.asarray(times, TIME_DTYPE) - np.timedelta64(1, "us")
    begins = np.array([day for day, _ in table] + [KNOWN_UNTIL], TIME_DTYPE)
    values = np.array([np.nan, *(value for _, value in table), np.nan])
    return values[np.searchsorted(begins, inside, side="right")]
