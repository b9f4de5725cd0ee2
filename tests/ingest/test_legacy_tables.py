"""Long and wide files of the earlier dashboard, in any case, and how long their readings are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.errors import FileRejected
from components.ingest.legacy_tables import layout_of, native_minutes, stamps_of, tidy_rows
from components.ingest.legacy_units import kind_of


def stamps(start: str, end: str, step: str) -> np.ndarray:
    return pd.date_range(start, end, freq=step).to_numpy("datetime64[us]")


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("scada5.parquet", "scada"), ("SCADA30.PARQUET", "scada"), ("prices5.parquet", "price"),
        ("transmission30.parquet", "flow"), ("rooftop_solar.parquet", "rooftop"), ("rooftop30.parquet", "rooftop"),
        ("demand.parquet", "region"), ("demand30.parquet", "region"),
        ("gen_info.parquet", None), ("scada5.csv", None), ("my_scada5.parquet", None),
    ],
)  # fmt: skip
def test_files_are_known_by_name(name, dataset):
    layout = layout_of(name)
    assert (layout.dataset if layout else None) == dataset


# -- native length ------------------------------------------------------------------------------------


def test_a_file_on_half_hours_is_30_minute_whatever_its_name():
    unique, minutes = native_minutes(stamps("2022-01-10 00:30", "2022-01-11", "30min"), "scada5")
    assert len(unique) == 48
    assert set(minutes) == {30}


def test_a_5_minute_file_that_begins_and_ends_at_midnight_is_5_minute_throughout():
    _, minutes = native_minutes(stamps("2022-01-10 00:00", "2022-01-17 00:00", "5min"))
    assert set(minutes) == {5}


def test_history_that_turns_from_30_to_5_minutes():
    old, new = stamps("2021-09-30 00:30", "2021-10-01 00:00", "30min"), stamps("2021-10-01 00:05", "2021-10-02", "5min")
    unique, minutes = native_minutes(np.concatenate([new, old, old]))
    assert minutes[unique <= np.datetime64("2021-10-01")].tolist() == [30] * 48
    assert minutes[unique > np.datetime64("2021-10-01")].tolist() == [5] * 288


def test_two_half_hours_before_5_minute_readings_are_no_history():
    few = np.concatenate(
        [
            stamps("2022-01-10 00:00", "2022-01-10 00:30", "30min"),
            stamps("2022-01-10 00:35", "2022-01-10 01:00", "5min"),
        ]
    )
    assert set(native_minutes(few)[1]) == {5}


def test_a_gap_does_not_make_5_minute_readings_longer():
    kept = [t for t in stamps("2022-01-10 00:05", "2022-01-11", "5min") if not 3 <= t.astype(object).hour < 7]
    _, minutes = native_minutes(np.array(kept))
    assert set(minutes) == {5}


def test_a_single_stamp_is_told_by_the_name():
    one = stamps("2022-01-10", "2022-01-10", "30min")
    assert native_minutes(one, "prices30")[1].tolist() == [30]
    assert native_minutes(one, "prices5")[1].tolist() == [5]


# -- columns ------------------------------------------------------------------------------------------


def test_long_columns_in_any_case_with_flows_by_meaning():
    frame = pd.DataFrame(
        {
            "SETTLEMENTDATE": stamps("2022-01-10 00:05", "2022-01-10 00:10", "5min"), "INTERCONNECTORID": "V-SA",
            "METEREDMWFLOW": [10.0, 20.0], "MWFLOW": [11.0, np.nan], "MWLOSSES": [1.0, 2.0], "EXTRA": "x",
        }
    )  # fmt: skip
    rows = tidy_rows(frame, layout_of("transmission5.parquet"), "transmission5.parquet")
    assert rows[["interconnector", "mw", "losses"]].values.tolist() == [["V-SA", 10.0, 1.0], ["V-SA", 20.0, 2.0]]
    assert rows["mw_target"].isna().tolist() == [False, True]


def test_wide_and_long_files_tell_the_same():
    times = stamps("2022-01-10 00:05", "2022-01-10 00:15", "5min")
    wide = pd.DataFrame({"AAA1": [1.0, np.nan, 3.0], "B/B#2": [-4.0, 5.0, 6.0]}, index=pd.Index(times, name="Date"))
    long = wide.rename_axis(index="settlementdate", columns="duid").stack().rename("scadavalue").reset_index()
    layout = layout_of("scada5.parquet")
    expected = tidy_rows(long, layout, "f").sort_values(["duid", "time"]).reset_index(drop=True)
    found = tidy_rows(wide.reset_index(), layout, "f").sort_values(["duid", "time"]).reset_index(drop=True)
    assert len(found) == 5
    pd.testing.assert_frame_equal(found, expected)


def test_wide_regions_and_rooftop_without_type():
    frame = pd.DataFrame(
        {"settlementdate": stamps("2022-01-10 00:30", "2022-01-10 01:00", "30min"), "nsw1": [1.0, 2.0]}
    )
    rows = tidy_rows(frame, layout_of("rooftop30.parquet"), "rooftop30.parquet")
    assert rows[["region", "type", "mw"]].values.tolist() == [["NSW1", "IMPORT", 1.0], ["NSW1", "IMPORT", 2.0]]


@pytest.mark.parametrize(
    ("name", "columns", "message"),
    [
        ("scada5.parquet", {"scadavalue": [1.0]}, "key column duid is missing; found settlementdate, scadavalue"),
        ("prices5.parquet", {"rrp": [1.0]}, "key column regionid is missing"),
        ("prices5.parquet", {"regionid": ["NSW1"]}, "no column rrp"),
        ("prices5.parquet", {"NSW1": [1.0], "comment": [2.0]}, "comment are no names of region"),
        (
            "scada5.parquet",
            {"duid": ["A"], "scadavalue": ["many"]},
            "column scadavalue holds something that is no number",
        ),
    ],
)
def test_a_missing_key_or_value_is_named(name, columns, message):
    frame = pd.DataFrame({"settlementdate": stamps("2022-01-10 00:05", "2022-01-10 00:05", "5min"), **columns})
    with pytest.raises(FileRejected, match=message):
        tidy_rows(frame, layout_of(name), name)


def test_times_with_an_offset_become_nem_time_and_odd_stamps_are_refused():
    utc = pd.Series(pd.to_datetime(["2022-01-09T14:05:00Z"]))
    assert stamps_of(utc, "f").tolist() == [pd.Timestamp("2022-01-10 00:05").to_pydatetime()]
    with pytest.raises(FileRejected, match="2022-01-10 00:03:00 is no 5-minute stamp"):
        stamps_of(pd.Series(pd.to_datetime(["2022-01-10 00:05", "2022-01-10 00:03"])), "f")
    with pytest.raises(FileRejected, match="holds no times"):
        stamps_of(pd.Series(["yesterday"]), "f")
    with pytest.raises(FileRejected, match="no column tells the time"):
        tidy_rows(pd.DataFrame({"when": [1], "duid": ["A"], "scadavalue": [1.0]}), layout_of("scada5.parquet"), "f")


# -- units --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fuel", "region", "duid", "fueltech", "role"),
    [
        ("Coal", "VIC1", "VIC1_coal", "coal_brown", ""),
        ("Coal", "NSW1", "BW01", "coal_black", ""),
        ("Black coal", "QLD1", "STAN-1", "coal_black", ""),
        ("CCGT", "SA1", "PPCCGT", "gas_ccgt", ""),
        ("Gas other", "SA1", "SA1_gas_steam", "gas_steam", ""),
        ("Gas other", "SA1", "X1", "gas_other", ""),
        ("Natural Gas (Pipeline)", "SA1", "AGLHAL", "gas_other", ""),
        ("Water", "TAS1", "GORDON", "hydro", ""),
        ("Rooftop Solar", "NSW1", "R", "solar_rooftop", ""),
        ("Biomass", "QLD1", "QLD1_bioenergy_biogas", "bioenergy_biogas", ""),
        ("Bioenergy", "QLD1", "INVICTA", "bioenergy_biomass", ""),
        ("Battery Storage", "SA1", "HPR1", "battery", "bidirectional"),
        ("Battery Storage", "SA1", "SA1_battery_charging", "battery", "load"),
        ("Battery Storage", "SA1", "SA1_battery_discharging", "battery", "generator"),
        ("Pumps", "QLD1", "QLD1_pumps", "pumps", "load"),
        ("Load", "QLD1", "PUMP1", "pumps", "load"),
        ("Load", "NSW1", "SMELTER", "unmapped", "load"),
        ("Other", "NSW1", "NSW1_distillate", "distillate", ""),
        ("Other", "NSW1", "X2", "other", ""),
        ("Pseudo", "VIC1", "RT_VIC1", "other", ""),
        ("Kerosene - non aviation", "NSW1", "GT1", "distillate", ""),
    ],
)
def test_fuel_words_of_the_earlier_dashboard(fuel, region, duid, fueltech, role):
    kind, found = kind_of(fuel, "", region, duid, "")
    assert (kind.fueltech, found) == (fueltech, role)
