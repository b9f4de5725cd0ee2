"""Forecasts and notices of the demo market: read by the program's own readers, marked, replaced by real ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.ingest.demo import write_demo
from components.ingest.demo.clock import Grid
from components.ingest.demo.forecasts import Forecaster
from components.ingest.demo.outlook import outlook
from components.ingest.demo.outlook_files import forecast_files, notice_files, step_number
from components.ingest.fetch import Limits
from components.ingest.follow_context import ContextFollower
from components.ingest.nemweb import open_source
from components.ingest.outlook import read_forecast, read_notice
from components.store.context import read_context
from components.store.lake import Lake
from components.vocabulary import REGIONS

NOON = pd.Timestamp("2025-03-03 12:00")


def test_runs_are_named_dated_and_read_like_aemos():
    files = list(forecast_files(1, NOON, NOON + pd.Timedelta(hours=1)))
    names = [f.name for f in files]
    assert [n[:30] for n in names[:6]] == [f"PUBLIC_P5MIN_2025030312{m:02d}_2025" for m in range(5, 35, 5)]
    assert len(names) == 12 + 2
    five = read_forecast(files[0].text, files[0].member)
    assert (five.minutes, five.published) == (5, pd.Timestamp("2025-03-03 12:00:30"))
    assert five.rows["time"].unique().tolist() == list(pd.date_range("2025-03-03 12:05", periods=12, freq="5min"))
    early, later = (
        read_forecast(f.text, f.member) for f in files if f.name.startswith("PUBLIC_PREDISPATCHIS_202503031")
    )
    assert (early.minutes, early.published) == (30, pd.Timestamp("2025-03-03 12:01:10"))
    assert early.rows["time"].max() == pd.Timestamp("2025-03-04 04:00")  # the next trading day is known from 12:30 on
    assert later.rows["time"].min() == pd.Timestamp("2025-03-03 13:00")
    assert later.rows["time"].max() == pd.Timestamp("2025-03-05 04:00")
    assert set(early.rows["region"]) == set(REGIONS)
    assert early.rows.notna().all(axis=None)


def test_a_run_sees_the_near_future_better_than_the_far_one_and_is_the_same_each_time():
    first = step_number(NOON) + 1
    forecaster = Forecaster(1, first, first + 400)
    market = outlook(1, Grid(first - 6, first + 1000))
    near, far = [], []
    for number in range(first, first + 400, 40):
        run = forecaster.half_hours(number)
        at = run.stamps - market.grid.first
        true = np.mean([market.demand[:, at - back] for back in range(6)], axis=0)
        off = np.abs(run.demand / true - 1.0)
        near.append(off[:, :2].mean())
        far.append(off[:, -12:].mean())
    assert 0 < np.mean(near) < 0.5 * np.mean(far)
    again = Forecaster(1, first, first + 5).half_hours(first)
    np.testing.assert_array_equal(again.price, forecaster.half_hours(first).price)


def test_every_notice_says_that_it_is_invented_and_numbers_only_grow():
    found = [read_notice(f.text, f.name) for f in notice_files(1, NOON - pd.Timedelta(days=9), NOON)]
    assert {n["type"] for n in found} == {"GENERAL NOTICE", "PRICES"}
    assert all(n["title"].startswith("Demo: ") for n in found)
    assert all(n["text"].startswith("DEMO NOTICE - invented") for n in found)
    by_time = sorted(found, key=lambda n: n["created"])
    assert [n["id"] for n in by_time] == sorted({n["id"] for n in found})


def test_a_demo_lake_is_forecast_from_its_edge_and_real_data_takes_its_forecasts_away(tmp_path):
    lake = Lake(tmp_path / "data")
    write_demo(lake, days=2, end=NOON, seed=1, units=12, progress=False)
    context = read_context(lake.root)
    assert context["demo"] is True
    assert [(f["minutes"], min(f["time"])) for f in context["forecasts"]] == [
        (5, "2025-03-03T12:05:00"), (30, "2025-03-03T12:30:00"),
    ]  # fmt: skip
    (tmp_path / "site/Reports/Current").mkdir(parents=True)
    follower = ContextFollower(lake, open_source(str(tmp_path / "site"), Limits()))
    assert follower.look(NOON) == []
    assert read_context(lake.root) == context
    with lake.begin() as changes:
        rows = pd.DataFrame({"time": [NOON], "region": "NSW1", "rrp": 1.0, "source": "current"})
        changes.add("price", rows.astype({"time": "datetime64[us]"}))
        changes.publish()
    assert follower.look(NOON) == []
    after = read_context(lake.root)
    assert (after["demo"], after["forecasts"], after["notices"]) == (False, [], [])
