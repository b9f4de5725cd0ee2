"""Rows that are made stretch by stretch are, one after the other, the rows that are made at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.market_time import dispatch_stamps
from components.queries.stations import StationOutput
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

START, END = pd.Timestamp("2024-01-28 06:00"), pd.Timestamp("2024-02-03 18:00")
# duid, station, region, fuel, role; twelve units of one station: sums of many have an order.
UNITS = [
    *[(f"W{i:02}", "Windy", "SA1" if i < 9 else "VIC1", "wind", "generator") for i in range(12)],
    ("COAL1", "Black Hill", "NSW1", "coal", "generator"),
    ("BATT1", "Store", "VIC1", "battery", "bidirectional"),
    ("PUMP1", "Up Hill", "NSW1", "pumps", "load"),
    ("LATE1", "Late", "QLD1", "solar", "generator"),
]


@pytest.fixture(scope="module")
def market() -> Snapshot:
    """The turn of a month with holes: a unit that begins late, an hour without any reading, prices that are missing."""
    random = np.random.default_rng(3)
    times = dispatch_stamps(START, END)
    silent = (times > pd.Timestamp("2024-01-30 01:00")) & (times <= pd.Timestamp("2024-01-30 02:00"))
    parts = []
    for duid, *_ in UNITS:
        kept = (random.random(len(times)) > 0.05) & ~silent
        if duid == "LATE1":
            kept &= times > pd.Timestamp("2024-02-02 12:20")
        mw = random.normal(40, 60, kept.sum()).astype("float32")
        parts.append(pd.DataFrame({"time": times[kept], "duid": duid, "mw": mw}))
    price = pd.concat(
        pd.DataFrame({"time": times[10:], "region": r, "rrp": random.normal(80, 300, len(times) - 10)}) for r in REGIONS
    )
    units = pd.DataFrame([(*u[:2], "Owner", u[2], u[3], u[3], u[4], 100.0) for u in UNITS],
                         columns=["duid", "station", "owner", "region", "fuel", "fueltech", "role", "capacity_mw"])  # fmt: skip
    units["storage_mwh"] = np.nan
    frames = {"scada": pd.concat(parts).assign(source="demo"), "price": price.assign(source="demo")}
    return Snapshot.from_frames(frames, units, "holes")


WINDOWS = [
    {"start": START, "end": END},
    {"start": pd.Timestamp("2024-01-29 07:05"), "end": pd.Timestamp("2024-02-02 12:25")},
    {"start": pd.Timestamp("2023-12-01"), "end": pd.Timestamp("2024-05-01")},
    {"start": START, "end": END, "hour": [1, 17], "weekday": [1, 2, 5]},
    {"start": pd.Timestamp("2024-01-30 01:00"), "end": pd.Timestamp("2024-01-30 02:00")},
    {"start": END, "end": END},
]
SHAPES = [
    {"by": "duid"},
    {"by": "station", "values": ["power", "split", "price", "revenue"]},
    {"by": "station", "agg": "sum", "values": ["split", "revenue"], "region": ["SA1", "VIC1"]},
    {"by": "duid", "agg": "min", "fuel": ["battery", "pumps"], "values": ["power", "price"]},
]


@pytest.mark.parametrize("window", WINDOWS, ids=[" ".join(str(v) for v in w.values()) for w in WINDOWS])
@pytest.mark.parametrize("shape", SHAPES, ids=[" ".join(str(v) for v in s.values()) for s in SHAPES])
@pytest.mark.parametrize("interval", ["5m", "1d", "1M"])
def test_pieces_together_are_the_whole(market: Snapshot, window: dict, shape: dict, interval: str):
    question = StationOutput(**window, **shape, interval=interval)
    whole = question.run(market)
    for rows in (1000 if interval == "5m" else 1, 10**9):
        made = question.in_pieces(market, rows)
        frames = list(made.frames())
        assert made.rows == len(whole.frame) == sum(len(f) for f in frames)
        together = pd.concat(frames, ignore_index=True) if frames else made.head.frame
        pd.testing.assert_frame_equal(together, whole.frame, check_exact=True)
        for name in ("units", "start", "end", "series", "interval", "expected", "present", "notes"):
            assert getattr(made.head, name) == getattr(whole, name)
        assert made.head.frame.empty
        assert list(made.head.frame.columns) == list(whole.frame.columns)


def test_there_is_something_to_compare(market: Snapshot):
    frame = StationOutput(start=START, end=END, by="duid", interval="5m").run(market).frame
    assert len(frame) == 16 * 156 * 12  # from the first stamp to the last, the silent hour too
    assert frame["mw"].isna().sum() > 16 * 12
    late = frame[frame["duid"] == "LATE1"]
    assert late["mw"].first_valid_index() is not None
    assert late["mw"].isna().mean() > 0.7


def test_pieces_are_as_long_as_asked(market: Snapshot):
    made = StationOutput(start=START, end=END, by="duid", interval="5m").in_pieces(market, 100)
    lengths = [len(f) for f in made.frames()]
    assert set(lengths) == {96}  # six buckets of sixteen units
    assert len(lengths) == 312
