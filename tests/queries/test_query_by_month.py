"""What whole months add up to is remembered, and changes no answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.market_time import dispatch_stamps
from components.queries import monthly
from components.queries.base import Query
from components.queries.demand import Demand
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

START, END = pd.Timestamp("2023-12-20"), pd.Timestamp("2024-03-10 12:00")


@pytest.fixture(scope="module")
def winter() -> Snapshot:
    """Two whole months and parts of two others, with holes, and rooftop in half hours."""
    random = np.random.default_rng(7)
    times = dispatch_stamps(START, END)

    def frame(regions, stamps, **columns):
        parts = []
        for region in regions:
            kept = stamps[random.random(len(stamps)) > 0.02]
            parts.append(pd.DataFrame({"time": kept, "region": region} | {k: v(len(kept)) for k, v in columns.items()}))
        return pd.concat(parts).assign(source="demo")

    frames = {
        "price": frame(REGIONS, times, rrp=lambda n: random.normal(80, 200, n)),
        "region": frame(REGIONS, times, demand=lambda n: random.normal(3000, 500, n)),
        "rooftop": frame(
            REGIONS, times[5::6], mw=lambda n: random.uniform(0, 900, n), quality=np.ones,
            minutes=lambda n: np.full(n, 30), type=lambda n: ["MEASUREMENT"] * n,
        ),
    }  # fmt: skip
    units = pd.DataFrame({"duid": ["A"]})
    return Snapshot.from_frames(frames, units, version="winter")


CASES = [
    kind(region=region, agg=agg, interval=interval, start=start, end=end)
    for kind, aggs in ((RegionalPrices, ("mean", "min", "max")), (Demand, ("mean", "min", "max", "sum")))
    for agg in aggs
    for region in ([], [NEM], ["SA1", NEM])
    for interval in ("1d", "7d", "1M", "1h")
    for start, end in ((START, END), (pd.Timestamp("2023-12-25 07:05"), pd.Timestamp("2024-02-29 23:55")))
]


def asked_without_remembering(query: Query, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    with monkeypatch.context() as patch:
        patch.setattr(monthly, "in_days", lambda interval: False)
        return query.run(snapshot)


@pytest.mark.parametrize("query", CASES, ids=lambda q: f"{q.route}-{'-'.join(w for _, w in q.fingerprint())}")
def test_the_answer_is_the_same_first_and_again(query: Query, winter: Snapshot, monkeypatch: pytest.MonkeyPatch):
    monthly.forget()
    plain = asked_without_remembering(query, winter, monkeypatch)
    first, again = query.run(winter), query.run(winter)
    pd.testing.assert_frame_equal(first.frame, again.frame)
    pd.testing.assert_frame_equal(first.frame, plain.frame, rtol=1e-12, atol=1e-9)
    assert (first.present, first.expected, first.notes) == (plain.present, plain.expected, plain.notes)
    assert len(first.frame) > 1


def test_whole_months_are_read_once_and_a_change_is_seen(winter: Snapshot, monkeypatch: pytest.MonkeyPatch):
    monthly.forget()
    reads: list[tuple[str, str]] = []
    stock = Snapshot.blocks

    def blocks(self, dataset, column, start, end, keys=None):
        reads.append((dataset, f"{start:%m-%d} {end:%m-%d}"))
        return stock(self, dataset, column, start, end, keys)

    monkeypatch.setattr(Snapshot, "blocks", blocks)
    Demand(interval="1M", start=START, end=END).run(winter)
    assert ("region", "01-01 02-01") in reads
    reads.clear()
    Demand(interval="7d", region=["SA1"], start=START, end=END).run(winter)
    assert {span for _, span in reads} == {"12-20 01-01", "03-01 03-10"}
    reads.clear()
    Demand(interval="1d", start=START, end=END, hour=[17]).run(winter)
    assert ("region", "01-01 02-01") in reads  # hours are counted at 5 minutes
    changed = Snapshot(
        "later", {n: winter.chunks(n) for n in ("price", "region")}, winter.units
    )  # the same frames, but no rooftop
    frame = Demand(interval="1M", start=START, end=END).run(changed).frame
    assert frame["rooftop"].isna().all()


def test_a_calendar_or_a_cut_month_is_not_whole(winter: Snapshot):
    from components.market_time import Calendar, Window
    from components.queries.regional import months

    window = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-29"), "1d")
    found = [(m.window.start.month, m.whole) for m in months(winter, window, "price", "region")]
    assert found == [(1, True), (2, False)]
    only = Window(window.start, window.end, "1d", Calendar(weekdays=(1,)))
    assert [m.whole for m in months(winter, only, "price")] == [False, False]
    one, other = (next(iter(months(winter, window, *names))).identity for names in (("price",), ("price", "region")))
    assert one != other
