"""Publishing into the lake and reading back."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from components.errors import NoData, StoreBusy, StoreError, UsageError
from components.schema import DATASETS, conform
from components.store.files import sha256_of
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot


def price(times, region="NSW1", rrp=50.0, source="mmsdm", **more) -> pd.DataFrame:
    return pd.DataFrame({"time": pd.to_datetime(times), "region": region, "rrp": rrp, "source": source, **more})


def publish(lake: Lake, *frames: pd.DataFrame, dataset: str = "price", **begin):
    with lake.begin(**begin) as transaction:
        for frame in frames:
            transaction.add(dataset, frame)
        return transaction.publish()


def test_what_is_published_is_read_back_as_conform_gives_it(tmp_path):
    lake = Lake(tmp_path)
    given = pd.concat(
        [price(["2024-07-01 00:10", "2024-07-01 00:05"], "VIC1", [1.5, np.nan]), price(["2024-07-01 00:05"])]
    )
    report = publish(lake, given)
    assert report.changed
    assert report.rows_added == {"price": 3}
    assert report.months == {"price": ["2024-07"]}
    expected = conform(DATASETS["price"], given).sort_values(["time", "region"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(lake.read("price", "2024-07"), expected)


@pytest.mark.fault("TIM-2")
def test_the_last_stamp_of_a_month_belongs_to_it(tmp_path):
    lake = Lake(tmp_path)
    publish(lake, price(["2024-08-01 00:00", "2024-08-01 00:05"]))
    assert list(lake.manifest().datasets["price"].months) == ["2024-07", "2024-08"]
    assert lake.read("price", "2024-07")["time"].tolist() == [pd.Timestamp("2024-08-01")]


def test_the_contracts_paths_are_there_for_any_reader(tmp_path):
    lake = Lake(tmp_path)
    publish(lake, price(["2024-07-01 00:05", "2024-08-02 00:00"], rrp=[10.0, -20.0]))
    frame = pd.read_parquet(tmp_path / "lake" / "price").sort_values("time")
    assert frame["rrp"].tolist() == [10.0, -20.0]
    assert frame["region"].astype(str).tolist() == ["NSW1", "NSW1"]
    assert frame["month"].astype(str).tolist() == ["2024-07", "2024-08"]
    assert frame["time"].dtype == "datetime64[us]"
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    month = manifest["datasets"]["price"]["months"]["2024-08"]
    assert manifest["schema"] == 1
    assert manifest["version"] == lake.current_version()
    assert (month["rows"], month["first"], month["source"]) == (1, "2024-08-02T00:00:00", ["mmsdm"])
    assert sha256_of(tmp_path / month["file"]) == month["sha256"]


def test_the_same_again_makes_no_version(tmp_path):
    lake = Lake(tmp_path)
    first = publish(lake, price(["2024-07-01 00:05"]))
    again = publish(lake, price(["2024-07-01 00:05"]))
    assert (again.changed, again.version, again.rows_added) == (False, first.version, {})
    assert lake.versions() == [first.version]
    assert not list((tmp_path / "versions").glob(".staging*"))


@pytest.mark.fault("STO-4")
def test_a_second_publisher_is_told_who_holds_the_lock(tmp_path):
    import os

    lake = Lake(tmp_path)
    with lake.begin(), pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
        Lake(tmp_path).begin()
    lake.begin().close()


def test_demo_and_real_never_share_a_version(tmp_path):
    lake = Lake(tmp_path)
    publish(lake, price(["2024-07-01 00:05"], source="demo"), demo=True)
    assert lake.manifest().source == ["demo"]
    report = publish(lake, price(["2024-07-01 00:10"]))
    assert report.notes == ["demo data set aside"]
    assert lake.manifest().source == ["mmsdm"]
    assert len(lake.read("price", "2024-07")) == 1
    with pytest.raises(UsageError, match="real data"):
        lake.begin(demo=True)
    report = publish(lake, price(["2024-07-01 00:05"], source="demo"), demo=True, replace=True)
    assert report.notes == ["real data set aside"]
    assert lake.manifest().source == ["demo"]


def test_an_empty_publication_does_not_set_demo_data_aside(tmp_path):
    lake = Lake(tmp_path)
    before = publish(lake, price(["2024-07-01 00:05"], source="demo"), demo=True)
    assert not publish(lake).changed
    assert lake.current_version() == before.version


@pytest.mark.parametrize(("demo", "source"), [(False, "demo"), (True, "mmsdm")])
def test_rows_of_the_other_kind_are_refused(tmp_path, demo, source):
    with Lake(tmp_path).begin(demo=demo) as transaction, pytest.raises(StoreError, match=source):
        transaction.add("price", price(["2024-07-01 00:05"], source=source))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            price(["2024-07-01 00:05", "2024-07-01 00:07"]),
            r"price: row 1 \(time 2024-07-01 00:07:00, region NSW1\) lies off",
        ),
        (price(["2024-07-01 00:35"], minutes=30), "row 0 .* lies off the 5-minute grid"),
        (price([None]), "row 0 .* has no time"),
        (price(["2024-07-01 00:05"], region=None), "row 0 .* has no region"),
        (price(["2024-07-01 00:05"], region=""), "region that is no name"),
        (price(["2024-07-01 00:05"], minutes=15), "neither 5 nor 30"),
        (price(["1899-07-01 00:05"]), "outside 1990-2100"),
        (price(["2024-07-01 00:05"], source="nemweb"), "source 'nemweb'"),
        (price(["2024-07-01 00:05"]).drop(columns="region"), "lack the column 'region'"),
        (price(["2024-07-01 00:05"], rrp="n/a"), "'rrp' holds something that is no number"),
        (price(["2024-07-01 00:05"]).assign(time="2024-07-01"), "naive NEM times"),
    ],
)
def test_rows_that_no_lake_can_hold_are_refused(tmp_path, wrong, message):
    with Lake(tmp_path).begin() as transaction:
        with pytest.raises(StoreError, match=message):
            transaction.add("price", wrong)
        assert not transaction.publish().changed


@pytest.mark.fault("STO-5")
def test_only_three_versions_and_their_frames_are_kept(tmp_path):
    lake = Lake(tmp_path)
    for day in range(1, 7):
        publish(lake, price([f"2024-07-0{day} 00:05"]))
    assert [v[:6] for v in lake.versions()] == ["000004", "000005", "000006"]
    assert lake.manifest().previous == tuple(lake.versions()[1::-1])
    assert len(list((tmp_path / "frames" / "price").iterdir())) == 3
    assert sorted(p.stem for p in (tmp_path / "frames").glob("*.json")) == lake.versions()


def test_reading_an_empty_lake(tmp_path):
    lake = Lake(tmp_path / "nothing")
    assert lake.manifest() is None
    assert open_snapshot(lake).empty
    assert list(lake.read_units()["duid"]) == []
    with pytest.raises(NoData):
        lake.read("price", "2024-07")
    assert not (tmp_path / "nothing").exists()


def test_units_are_replaced_whole_and_kept_when_only_rows_come(tmp_path):
    lake = Lake(tmp_path)
    with lake.begin() as transaction:
        transaction.set_units(pd.DataFrame({"duid": ["B", "A"], "capacity_mw": [2.0, 1.0]}))
        transaction.add("price", price(["2024-07-01 00:05"]))
        transaction.publish()
    publish(lake, price(["2024-07-01 00:10"]))
    assert lake.read_units()["duid"].tolist() == ["A", "B"]
    assert open_snapshot(lake).units["capacity_mw"].tolist() == [1.0, 2.0]
    with lake.begin() as transaction, pytest.raises(StoreError, match="A twice"):
        transaction.set_units(pd.DataFrame({"duid": ["A", "A"]}))


def test_a_snapshot_from_the_lake_equals_one_from_frames(tmp_path):
    rng = np.random.default_rng(3)
    times = pd.date_range("2024-07-30 12:00", "2024-08-02", freq="5min")
    frames = {
        "price": pd.concat([price(times, r, rng.normal(50, 30, len(times))) for r in ("NSW1", "VIC1")]),
        "scada": pd.DataFrame(
            {"time": times, "duid": "ER01", "mw": rng.normal(300, 9, len(times)), "source": "mmsdm"}
        ),
        "rooftop": pd.DataFrame(
            {
                "time": times[6::6], "region": "NSW1", "type": "MEASUREMENT", "mw": 12.0, "quality": 1.0,
                "minutes": 30, "source": "mmsdm",
            }
        ),
    }  # fmt: skip
    lake = Lake(tmp_path)
    with lake.begin() as transaction:
        for name, frame in frames.items():
            transaction.add(name, frame.sample(frac=1, random_state=1))
        transaction.publish()
    stored, memory = open_snapshot(lake), Snapshot.from_frames(frames, pd.DataFrame({"duid": []}))
    for name in frames:
        assert len(stored.chunks(name)) == len(memory.chunks(name)) == 2
        for one, other in zip(stored.chunks(name), memory.chunks(name), strict=True):
            np.testing.assert_array_equal(one.values, other.values)
            assert (one.keys, one.fields, one.minutes, one.first, one.last, one.rows, one.sources) == (
                other.keys, other.fields, other.minutes, other.first, other.last, other.rows, other.sources,
            )  # fmt: skip
            assert one.values.dtype == other.values.dtype
            assert not one.values.flags.writeable
