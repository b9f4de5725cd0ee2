"""A demo in the lake: what is published, what it replaces, what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.check import check_lake
from components.errors import UsageError
from components.ingest.demo import write_demo
from components.ingest.demo.clock import months_between
from components.ingest.demo.fleet import build_fleet
from components.ingest.demo.market import simulate_month
from components.ingest.demo.tidy import tidy_frames
from components.ingest.demo.write import demo_window
from components.schema import DATASETS, conform
from components.store.lake import Lake

END = pd.Timestamp("2023-11-02")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("demo") / "data")
    write_demo(lake, days=3, end=END, seed=6, units=45, progress=False)
    return lake


def test_the_lake_holds_what_was_simulated(lake: Lake):
    manifest = lake.manifest()
    assert manifest is not None
    assert manifest.is_demo
    assert list(manifest.source) == ["demo"]
    fleet = build_fleet(45, 6)
    start, end = np.datetime64("2023-10-30", "us"), np.datetime64(END, "us")
    for month in months_between(pd.Timestamp(start), END):
        for name, frame in tidy_frames(simulate_month(fleet, 6, month), fleet, 6, start, end):
            pd.testing.assert_frame_equal(lake.read(name, month), conform(DATASETS[name], frame), check_exact=True)
    assert set(lake.read_units()["duid"]) == set(fleet.duids)
    stored = manifest.datasets["scada"]
    assert (stored.first, stored.last) == (pd.Timestamp("2023-10-30 00:05"), END)
    assert stored.rows == 3 * 288 * 45


def test_the_programs_own_check_finds_nothing(lake: Lake):
    found = [f for f in check_lake(lake) if f.level != "info"]
    assert found == []


def test_another_demo_takes_the_place_of_the_one_before(tmp_path: Path):
    lake = Lake(tmp_path / "data")
    write_demo(lake, days=1, end=pd.Timestamp("2023-03-02"), seed=1, units=20, progress=False)
    report = write_demo(lake, days=1, end=pd.Timestamp("2023-05-02"), seed=2, units=25, progress=False)
    manifest = lake.manifest()
    assert manifest is not None
    assert report.version == manifest.version
    assert all(list(d.months) == ["2023-05"] for d in manifest.datasets.values())
    assert lake.read_units()["duid"].nunique() == 25


def test_real_data_is_only_set_aside_with_force(tmp_path: Path):
    lake = Lake(tmp_path / "data")
    times = pd.to_datetime(["2024-02-01 00:05"]).astype("datetime64[us]")
    with lake.begin() as transaction:
        transaction.add("price", pd.DataFrame({"time": times, "region": "NSW1", "rrp": 1.0, "source": "mmsdm"}))
        transaction.publish()
    with pytest.raises(UsageError, match="real data"):
        write_demo(lake, days=1, end=END, units=20, progress=False)
    assert list(lake.manifest().source) == ["mmsdm"]  # type: ignore[union-attr]
    write_demo(lake, days=1, end=END, units=20, force=True, progress=False)
    assert list(lake.manifest().source) == ["demo"]  # type: ignore[union-attr]


def test_without_an_end_it_is_the_last_midnight_in_nem_time():
    def midnight() -> pd.Timestamp:
        return pd.Timestamp.now("Etc/GMT-10").tz_localize(None).normalize()

    before = midnight()
    start, end = demo_window(7, None)
    assert end in (before, midnight())
    assert end - start == pd.Timedelta(days=7)


@pytest.mark.parametrize(
    ("days", "end"),
    [(0, "2024-01-01"), (5, "2024-01-01 00:03"), (10, "2000-01-05"), (1, "2101-01-01")],
)
def test_a_window_that_is_none_is_refused(days: int, end: str):
    with pytest.raises(UsageError):
        demo_window(days, pd.Timestamp(end))


def test_a_demo_may_end_at_any_interval(tmp_path: Path):
    lake = Lake(tmp_path / "data")
    write_demo(lake, days=1, end=pd.Timestamp("2024-03-01 07:35"), units=20, progress=False)
    stored = lake.manifest().datasets  # type: ignore[union-attr]
    assert (stored["price"].first, stored["price"].last) == (
        pd.Timestamp("2024-02-29 07:40"),
        pd.Timestamp("2024-03-01 07:35"),
    )
    assert (stored["rooftop"].first, stored["rooftop"].last) == (
        pd.Timestamp("2024-02-29 08:00"),
        pd.Timestamp("2024-03-01 07:30"),
    )
