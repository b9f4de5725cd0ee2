"""Rows of both lengths as frames on the 5-minute grid."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.store.frames import open_snapshot
from components.store.lake import Lake


@pytest.mark.fault("TIM-3")
def test_half_hours_are_spread_with_their_energy_and_give_way_to_five_minutes(tmp_path):
    lake = Lake(tmp_path)
    half = pd.DataFrame(
        {"time": pd.to_datetime(["2024-07-01 00:30", "2024-07-01 01:00", "2024-08-01 00:00"]), "minutes": 30}
    ).assign(duid="ER01", mw=[60.0, 120.0, 30.0], source="import")
    short = pd.DataFrame({"time": pd.to_datetime(["2024-07-01 00:40"]), "duid": "ER01", "mw": 300.0, "source": "mmsdm"})
    with lake.begin() as transaction:
        transaction.add("scada", half)
        transaction.publish()
    (chunk,) = open_snapshot(lake).chunks("scada")
    assert chunk.minutes == 30
    energy = np.nansum(chunk.values[0, 0].astype(float)) * 5 / 60
    assert energy == pytest.approx((60 + 120 + 30) * 0.5, rel=1e-12)
    with lake.begin() as transaction:
        transaction.add("scada", short)
        transaction.publish()
    (chunk,) = open_snapshot(lake).chunks("scada")
    assert chunk.values[0, 0, :13].tolist()[:12] == [60.0] * 6 + [120.0, 300.0] + [120.0] * 4
    assert np.isnan(chunk.values[0, 0, 12])
    assert chunk.values[0, 0, -6:].tolist() == [30.0] * 6
    assert chunk.minutes[0, :13].tolist() == [30] * 7 + [5] + [30] * 4 + [0]
    assert len(list((tmp_path / "frames" / "scada").glob("*.minutes.npy"))) == 1


def test_a_row_without_a_number_is_no_reading_and_takes_no_place(tmp_path):
    lake = Lake(tmp_path)
    rows = pd.DataFrame(
        {
            "time": pd.to_datetime(["2024-07-01 00:30", "2024-07-01 00:10", "2024-07-01 00:35", "2024-07-01 00:40"]),
            "minutes": [30, 5, 5, 5],
            "duid": "ER01",
            "mw": [60.0, np.nan, 12.0, np.nan],
            "source": "import",
        }
    )
    with lake.begin() as transaction:
        transaction.add("scada", rows)
        transaction.publish()
    assert len(lake.read("scada", "2024-07")) == 4
    block = open_snapshot(lake).block("scada", "mw", pd.Timestamp("2024-07-01"), pd.Timestamp("2024-07-01 00:40"))
    np.testing.assert_array_equal(block.values, [[60.0] * 6 + [12.0, np.nan]])
    assert block.native_minutes().tolist() == [[30] * 6 + [5, 0]]


def test_rooftop_is_one_series_per_region_of_the_best_quality_without_subregions(tmp_path):
    lake = Lake(tmp_path)
    rows = pd.DataFrame(
        [
            ("QLD1", "DAILY", 1.0, 0.5), ("QLD1", "MEASUREMENT", 2.0, 1.0), ("QLD1", "SATELLITE", 3.0, 0.8),
            ("QLDN", "MEASUREMENT", 9.0, 1.0),
        ],
        columns=["region", "type", "mw", "quality"],
    ).assign(time=pd.Timestamp("2024-07-01 12:00"), minutes=30, source="mmsdm")  # fmt: skip
    with lake.begin() as transaction:
        transaction.add("rooftop", rows)
        transaction.publish()
    (chunk,) = open_snapshot(lake).chunks("rooftop")
    assert chunk.keys == ("QLD1",)
    assert chunk.values[0, 0, 138:144].tolist() == [2.0] * 6
    assert len(lake.read("rooftop", "2024-07")) == 4


MANY_MONTHS = """
import resource, sys
from pathlib import Path
from components.store.frames import open_snapshot
from components.store.lake import Lake

resource.setrlimit(resource.RLIMIT_NOFILE, (40, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
opened = [chunk.values for chunk in open_snapshot(Lake(Path(sys.argv[1]))).chunks("price")]
print(len(opened))
"""


def test_more_months_are_open_than_a_system_lets_a_program_begin_with(tmp_path):
    stamps = pd.date_range("2018-01-01 00:05", periods=60, freq="MS") + pd.Timedelta(minutes=5)
    rows = pd.DataFrame({"time": stamps, "minutes": 5, "region": "NSW1", "rrp": 50.0, "source": "mmsdm"})
    with Lake(tmp_path).begin() as transaction:
        transaction.add("price", rows)
        transaction.publish()
    call = [sys.executable, "-c", MANY_MONTHS, str(tmp_path)]
    done = subprocess.run(call, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("60", "")
