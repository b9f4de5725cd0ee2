"""Months are merged side by side and ahead of the units; frames made from narrow rows are those of the tidy frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from store_cases import market, publish_market, value_of

from components.errors import NoData, StoreCorrupt, StoreError
from components.schema import DATASETS
from components.store import building
from components.store.chunk import build_chunk
from components.store.frames import open_snapshot
from components.store.intake import rows_by_month
from components.store.lake import Lake
from components.store.merge import merge

MONTH = "2024-07"


def _rows(dataset: str, *, seed: int, mixed: bool) -> pd.DataFrame:
    """Readings with holes, rows without any number, and (``mixed``) half-hours among the five minutes."""
    random = np.random.default_rng(seed)
    kind = DATASETS[dataset]
    stamps = random.permutation(8928)[:400] + 1
    frame = pd.DataFrame({"time": np.datetime64(MONTH, "us") + stamps * np.timedelta64(5, "m"), "source": "mmsdm"})
    for name in kind.key:
        frame[name] = random.choice(["B", "A", "ZZ", "C1"], len(frame))
    for name in kind.fields:
        frame[name] = np.where(random.random(len(frame)) < 0.3, np.nan, random.normal(0, 1e3, len(frame)))
    frame["minutes"] = 5
    if mixed:
        frame.loc[(stamps % 6 == 0) & (random.random(len(frame)) < 0.7), "minutes"] = 30
        frame.loc[0, ["time", "minutes"]] = [pd.Timestamp(f"{MONTH}-01 00:30"), 30]
    return frame


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("dataset", DATASETS)
def test_the_chunk_of_narrow_rows_is_that_of_their_tidy_frame(dataset, mixed):
    for seed in range(5):
        rows = merge(None, list(rows_by_month(DATASETS[dataset], _rows(dataset, seed=seed, mixed=mixed)))).rows
        narrow, values, minutes = rows.to_chunk()
        plain, plain_values, plain_minutes = build_chunk(DATASETS[dataset], MONTH, rows.to_frame())
        assert values.dtype == DATASETS[dataset].frame_dtype
        np.testing.assert_array_equal(values, plain_values)
        np.testing.assert_array_equal(minutes, plain_minutes)
        assert isinstance(minutes, np.ndarray) == mixed
        for name in ("dataset", "month", "fields", "keys", "length", "first", "last", "rows", "sources"):
            assert getattr(narrow, name) == getattr(plain, name), name


def test_a_chunk_by_hand():
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(["2024-07-01 00:05", "2024-07-01 01:00", "2024-07-01 00:40", "2024-07-01 00:10"]),
            "region": ["SA1", "NSW1", "NSW1", "SA1"],
            "rrp": [1.0, 30.0, 5.0, np.nan],
            "minutes": [5, 30, 5, 5],
            "source": "mmsdm",
        }
    )
    (rows,) = rows_by_month(DATASETS["price"], frame)
    chunk, values, minutes = rows.to_chunk()
    assert chunk.keys == ("NSW1", "SA1")
    # The half-hour to 01:00 covers 00:35 .. 01:00; the five minutes to 00:40 are finer and stand in it.
    assert values[0, 0, 6:13].tolist()[:6] == [30.0, 5.0, 30.0, 30.0, 30.0, 30.0]
    assert np.isnan(values[0, 0, [5, 12]]).all()
    assert values[0, 1, 0] == 1.0
    assert np.isnan(values[0, 1, 1:]).all()
    assert minutes[0, 5:13].tolist() == [0, 30, 5, 30, 30, 30, 30, 0]
    assert minutes[1, :3].tolist() == [5, 0, 0]


def test_only_stamps_and_lengths_can_be_read(tmp_path):
    lake = Lake(tmp_path)
    with lake.begin() as transaction:
        transaction.add("price", _rows("price", seed=1, mixed=True))
        transaction.publish()
    whole = lake.read_rows("price", MONTH)
    stamps, minutes = lake.read_stamps("price", MONTH)
    np.testing.assert_array_equal(stamps, whole.stamp)
    np.testing.assert_array_equal(minutes, whole.minutes)
    assert stamps.dtype == whole.stamp.dtype
    with pytest.raises(NoData):
        lake.read_stamps("price", "2024-08")
    with pytest.raises(StoreError, match="no dataset"):
        lake.read_stamps("prices", MONTH)


def test_units_that_come_while_months_are_merged_are_in_the_same_version(tmp_path):
    plain, ahead = Lake(tmp_path / "plain"), Lake(tmp_path / "ahead")
    version = publish_market(plain, 3.0)
    with ahead.begin() as transaction:
        for name, frame in market(3.0).items():
            transaction.add(name, frame)
        transaction.merge_ahead()
        transaction.merge_ahead()  # a second time does nothing
        with pytest.raises(StoreError, match="merges its rows already"):
            transaction.add("scada", market(4.0)["scada"])
        transaction.set_units(pd.DataFrame({"duid": ["A1", "B2"], "capacity_mw": 3.0}))
        report = transaction.publish()
    assert report.version == version
    assert report.months == {"rooftop": ["2024-07", "2024-08"], "scada": ["2024-07", "2024-08"]}
    assert value_of(open_snapshot(ahead)) == 3.0
    assert ahead.manifest().datasets == plain.manifest().datasets


def test_what_was_merged_ahead_and_not_published_leaves_nothing(tmp_path):
    lake = Lake(tmp_path)
    version = publish_market(lake, 1.0)
    with lake.begin() as transaction:
        transaction.add("scada", market(9.0)["scada"])
        transaction.merge_ahead()
    assert lake.versions() == [version]
    assert not list((tmp_path / "versions").glob(".staging*"))
    assert value_of(open_snapshot(lake)) == 1.0
    assert publish_market(lake, 2.0) != version  # the next publisher was let in


@pytest.mark.parametrize("ahead", [False, True])
def test_one_damaged_month_refuses_the_whole_publication(tmp_path, ahead):
    lake = Lake(tmp_path)
    version = publish_market(lake, 1.0)
    (damaged,) = (tmp_path / "lake" / "scada").glob("month=2024-08/*.parquet")
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with lake.begin() as transaction:
        for name, frame in market(5.0).items():
            transaction.add(name, frame)
        if ahead:
            transaction.merge_ahead()
        with pytest.raises(StoreCorrupt, match="checksum"):
            transaction.publish()
    assert lake.versions() == [version]
    assert lake.current_version() == version
    assert not list((tmp_path / "versions").glob(".staging*"))


def test_a_full_disk_while_merging_is_told_as_such(tmp_path, monkeypatch):
    lake = Lake(tmp_path)
    version = publish_market(lake, 1.0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x.parquet")

    monkeypatch.setattr(building, "write_table", full)
    with lake.begin() as transaction:
        transaction.add("scada", market(5.0)["scada"])
        transaction.merge_ahead()
        with pytest.raises(StoreError, match="the disk is full"):
            transaction.publish()
    assert lake.current_version() == version
    assert value_of(open_snapshot(lake)) == 1.0
