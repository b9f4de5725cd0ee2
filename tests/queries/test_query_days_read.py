"""Coverage by day from what months are remembered to have: the same as counting every reading of every day."""

import numpy as np
import pandas as pd
import pytest

from components.queries import days_read, monthly
from components.queries.status import CoverageByDay, expected_of
from components.vocabulary import REGIONS

START = pd.Timestamp("2023-12-20")
DAYS = 80
STEP = pd.Timedelta(minutes=5)
UNITS = [
    {"duid": "LONG", "region": "SA1"},
    {"duid": "LATE", "region": "SA1", "registered_from": pd.Timestamp("2024-02-03 06:00")},
    {"duid": "GONE", "region": "VIC1", "registered_to": pd.Timestamp("2024-01-20 18:35")},
    {"duid": "TWIN", "region": "VIC1", "valid_from": pd.Timestamp("2024-01-10"), "registered_from": pd.Timestamp("2023-06-01")},
    {"duid": "TWIN", "region": "NSW1", "valid_from": pd.Timestamp("2024-02-10"), "registered_from": pd.Timestamp("2023-06-01")},
]  # fmt: skip


@pytest.fixture(scope="module")
def winter(market):
    """Two whole months and parts of two others, with holes of days and of single readings."""
    random = np.random.default_rng(3)

    def series(share=0.98, since=0, until=DAYS):
        out = np.where(random.random(DAYS * 288) < share, 1.0, np.nan)
        out[: int(since * 288)] = out[int(until * 288) :] = np.nan
        return out

    long = series()
    long[30 * 288 : 33 * 288 + 100] = np.nan
    scada = {"LONG": long, "LATE": series(since=44.1), "GONE": series(until=31.7), "TWIN": series(), "NEW": series(since=60.5)}  # fmt: skip
    return market(
        units=UNITS, scada=scada, price={r: series() for r in REGIONS}, start=str(START),
        rooftop={"SA1": np.where(random.random(DAYS * 48) < 0.9, 5.0, np.nan)},
    )  # fmt: skip


def counted(snapshot, dataset, day):
    """Readings of a day, one stamp after the other."""
    return sum(
        int(np.isfinite(block.values).sum())
        for block in snapshot.blocks(dataset, days_read.FIELD[dataset], day, day + pd.Timedelta(days=1))
    )


WINDOWS = [
    {"last": "all"},
    {"last": "45d"},
    {"start": pd.Timestamp("2024-01-05"), "end": pd.Timestamp("2024-02-20")},
    {"start": pd.Timestamp("2024-01-01"), "end": pd.Timestamp("2024-02-01")},
    {"start": pd.Timestamp("2024-01-19"), "end": pd.Timestamp("2024-01-22")},
    {"start": pd.Timestamp("2023-10-01"), "end": pd.Timestamp("2024-02-29")},
]


@pytest.mark.parametrize("asked", WINDOWS, ids=str)
def test_what_is_there_is_what_is_counted_stamp_by_stamp(winter, asked):
    monthly.forget()
    for _ in ("first", "again"):
        frame = CoverageByDay(**asked).run(winter).frame
        assert len(frame) > 3
        for row in frame.to_dict("records"):
            assert row["present"] == min(counted(winter, row["dataset"], row["date"]), row["expected"]), row


@pytest.mark.parametrize("asked", WINDOWS, ids=str)
def test_a_unit_is_expected_between_its_first_and_its_last_day(winter, asked):
    frame = CoverageByDay(**asked).run(winter).frame
    scada = frame[frame["dataset"].astype(str) == "scada"].set_index("date")["expected"]
    block = winter.block("scada", "mw", scada.index[0], scada.index[-1] + pd.Timedelta(days=1))
    expected = pd.Series(0, scada.index)
    stamps = pd.DatetimeIndex(block.times)
    low, high = max(START, scada.index[0]), min(START + pd.Timedelta(days=DAYS), scada.index[-1] + pd.Timedelta(days=1))
    for duid, values in zip(block.keys, block.values, strict=True):
        read = stamps[np.isfinite(values)]
        if not len(read):
            continue
        rows = [u for u in UNITS if u["duid"] == duid]
        first = (read[0] - STEP).normalize()
        since = min((u["registered_from"] for u in rows if "registered_from" in u), default=first)
        until = max((u["registered_to"] for u in rows if "registered_to" in u), default=high)
        since, until = min(since, first), max(until, min((read[-1] - STEP).normalize() + pd.Timedelta(days=1), high))
        for day in scada.index:
            length = min(until, high, day + pd.Timedelta(days=1)) - max(since, low, day)
            expected[day] += max(length, pd.Timedelta(0)) // STEP
    assert scada.tolist() == expected.tolist()


def test_whole_months_are_read_once(winter, monkeypatch):
    monthly.forget()
    CoverageByDay(last="all").run(winter)
    read, stock = [], days_read._count
    monkeypatch.setattr(
        days_read, "_count", lambda chunk, *days: read.append((chunk.month, *days)) or stock(chunk, *days)
    )
    CoverageByDay(last="all").run(winter)
    assert read == []
    CoverageByDay(start=pd.Timestamp("2024-01-11"), end=pd.Timestamp("2024-02-25")).run(winter)
    assert set(read) == {("2024-01", 10, 31), ("2024-02", 0, 24)}


def test_intervals_of_days_are_those_of_each_key_added_up():
    random = np.random.default_rng(5)
    days = np.arange(np.datetime64("2024-02-20"), np.datetime64("2024-03-10"))
    minute = np.timedelta64(1, "m").astype("timedelta64[us]")
    begins = np.datetime64("2024-02-15", "us") + random.integers(0, 40_000, 60) * minute
    ends = begins + random.integers(-2000, 30_000, 60) * minute
    starts = days.astype("datetime64[us]")
    low, high = np.maximum(starts, begins[:, None]), np.minimum(starts + 1440 * minute, ends[:, None])
    plain = (np.maximum(high - low, 0 * minute) // (5 * minute)).sum(axis=0)
    assert expected_of(days, begins, ends).tolist() == plain.tolist()
    assert expected_of(days[:0], begins, ends).tolist() == []
