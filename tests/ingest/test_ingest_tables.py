"""AEMO tables -> tidy rows: runs, repeats, sources, missing values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from aemo_text import PRICE_COLUMNS, mms_text, price_file, price_rows, scada_file, section

from components.ingest.mms import open_mms
from components.ingest.tables import TABLES, read_datasets, source_of
from components.schema import DATASETS, SOURCE_RANK, tidy_columns

ALL = ["price", "region", "flow", "scada", "rooftop"]
REGION_COLUMNS = ("SETTLEMENTDATE", "REGIONID", "INTERVENTION", "TOTALDEMAND", "NETINTERCHANGE", "LASTCHANGED")


def _read(text: bytes, name: str = "PUBLIC_DISPATCHIS_202407010005_1.CSV") -> dict[str, pd.DataFrame]:
    rows, aside = read_datasets(open_mms(text, name), ALL)
    assert aside == []
    return rows


def test_every_entry_fills_a_dataset_whose_columns_name_their_source():
    for table in TABLES:
        dataset = DATASETS[table.dataset]
        assert set(table.keys) == set(dataset.key)
        assert all(word.isupper() or "_" in word for word in table.numbers.values())
        assert set(table.needed) <= set(table.numbers.values())


def test_price_rows_are_tidy():
    price = _read(price_file("2024/07/01 00:05:00", 42.5))["price"]
    assert list(price.columns) == tidy_columns(DATASETS["price"])
    assert price["rrp"].tolist() == [42.5, 52.5]
    assert price["raise6sec_rrp"].tolist() == [1.5, 1.5]
    assert price["lowerreg_rrp"].isna().all(), "an empty field is missing, not 0"
    assert price["raise1sec_rrp"].isna().all(), "so is a column that the version lacks"
    assert price["apc_flag"].tolist() == [0, 0]
    assert price["minutes"].tolist() == [5, 5]
    assert price["source"].tolist() == ["current", "current"]
    assert price["changed"].tolist() == [pd.Timestamp("2024-07-01 00:05")] * 2


def test_prices_come_from_the_pricing_run_only():
    rows = price_rows("2024/07/01 00:05:00", 10) + price_rows("2024/07/01 00:05:00", 99, run=1)
    price = _read(mms_text(section("DISPATCH", "PRICE", 5, PRICE_COLUMNS, rows)))["price"]
    assert price["rrp"].tolist() == [10, 20]
    only_other = price_rows("2024/07/01 00:10:00", 99, run=1)
    rows_of = read_datasets(open_mms(mms_text(section("DISPATCH", "PRICE", 5, PRICE_COLUMNS, only_other)), "a"), ALL)
    assert rows_of == ({}, [])


def test_physical_values_come_from_the_intervention_run_where_there_is_one():
    rows = [
        ("2024/07/01 00:05:00", "SA1", 1, 111, 1, "2024/07/01 00:00:00"),
        ("2024/07/01 00:05:00", "SA1", 0, 100, 1, "2024/07/01 00:04:00"),  # later, but the wrong run
        ("2024/07/01 00:10:00", "SA1", 0, 200, 1, "2024/07/01 00:05:00"),
    ]
    region = _read(mms_text(section("DISPATCH", "REGIONSUM", 4, REGION_COLUMNS, rows)))["region"]
    assert region["demand"].tolist() == [111, 200]
    assert region["ss_wind_uigf"].isna().all()


def test_the_latest_change_wins_else_the_last_row():
    late, early, unknown = '"2024/07/01 09:00:00"', '"2024/07/01 08:00:00"', ""
    rows = [
        ("2024/07/01 00:05:00", "SA1", 0, 1, 0, late),
        ("2024/07/01 00:05:00", "SA1", 0, 2, 0, early),
        ("2024/07/01 00:05:00", "NSW1", 0, 3, 0, late),
        ("2024/07/01 00:05:00", "NSW1", 0, 4, 0, late),
        ("2024/07/01 00:05:00", "VIC1", 0, 5, 0, early),
        ("2024/07/01 00:05:00", "VIC1", 0, 6, 0, unknown),  # counts as changed when the file was published
    ]
    text = mms_text(section("DISPATCH", "REGIONSUM", 4, REGION_COLUMNS, rows), published="2024/06/30,23:00:00")
    region = _read(text)["region"].set_index("region")["demand"]
    assert region.to_dict() == {"SA1": 1, "NSW1": 4, "VIC1": 5}


def test_scada_without_lastchanged_is_dated_by_the_file():
    text = mms_text(
        section(
            "DISPATCH",
            "UNIT_SCADA",
            1,
            ("SETTLEMENTDATE", "DUID", "SCADAVALUE"),
            [("2024/07/01 00:05:00", "W/HOE#1", "")],
        ),
        published="2024/07/01,00:00:22",
    )
    scada = _read(text)["scada"]
    assert scada["duid"].tolist() == ["W/HOE#1"]
    assert np.isnan(scada["mw"].iloc[0])
    assert scada["changed"].iloc[0] == pd.Timestamp("2024-07-01 00:00:22")


def test_rooftop_keeps_each_type_and_covers_half_an_hour():
    columns = ("INTERVAL_DATETIME", "REGIONID", "POWER", "LASTCHANGED", "TYPE", "QI")
    rows = [
        ("2024/07/01 12:30:00", "NSW1", 900.5, "", kind, qi) for kind, qi in (("MEASUREMENT", 1), ("SATELLITE", 0.6))
    ]
    rooftop = _read(mms_text(section("ROOFTOP", "ACTUAL", 2, columns, rows)))["rooftop"]
    assert rooftop["type"].tolist() == ["MEASUREMENT", "SATELLITE"]
    assert rooftop["quality"].tolist() == [1, 0.6]
    assert rooftop["minutes"].tolist() == [30, 30]


@pytest.mark.parametrize(
    ("system", "report", "name", "source"),
    [
        ("NEMP.WORLD", "DISPATCHIS", "PUBLIC_DISPATCHIS_202407010005_1.CSV", "current"),
        ("SETP.WORLD", "DVD_DISPATCHPRICE", "PUBLIC_DVD_DISPATCHPRICE_202407010000.CSV", "mmsdm"),
        ("SETP.WORLD", "X", "day.zip/PUBLIC_ARCHIVE#DISPATCHPRICE#FILE01#202408010000.CSV", "mmsdm"),
        ("DEMO.WORLD", "DVD_DISPATCHPRICE", "PUBLIC_DVD_DISPATCHPRICE_202407010000.CSV", "demo"),
    ],
)
def test_source_by_first_line_and_name(system, report, name, source):
    file = open_mms(price_file("2024/07/01 00:05:00", system=system, report=report), name)
    assert source_of(file) == source
    assert source in SOURCE_RANK


def test_rows_off_the_grid_and_without_key_are_left_out_and_noted():
    rows = [
        *price_rows("2024/07/01 00:07:00"),
        ("", 1, "NSW1", 0, 5, 0, 0, "", "", ""),
        ('"2024/07/01 00:10:00"', 1, "", 0, 5, 0, 0, "", "", ""),
        *price_rows("2024/07/01 00:10:00"),
    ]
    price = _read(mms_text(section("DISPATCH", "PRICE", 5, PRICE_COLUMNS, rows)))["price"]
    assert len(price) == 2
    assert sorted(n.split(": ")[-1] for n in price.attrs["notes"]) == [
        "2 rows left out, they have no stamp or no key",
        "2 rows left out, they lie off the 5-minute grid",
    ]


@pytest.mark.fault("SRC-5")
@pytest.mark.parametrize("gone", ["SETTLEMENTDATE", "REGIONID", "RRP", "INTERVENTION"])
def test_a_missing_key_column_rejects_that_table_only(gone):
    columns = ["X_" + c if c == gone else c for c in PRICE_COLUMNS]
    text = mms_text(
        section("DISPATCH", "PRICE", 5, columns, price_rows("2024/07/01 00:05:00")),
        section("DISPATCH", "REGIONSUM", 4, REGION_COLUMNS, [("2024/07/01 00:05:00", "SA1", 0, 100, 1, "")]),
    )
    rows, aside = read_datasets(open_mms(text, "a"), ALL)
    assert list(rows) == ["region"]
    assert len(aside) == 1
    assert f"expected the column {gone}" in aside[0]


def test_only_the_wanted_datasets_are_read():
    assert read_datasets(open_mms(scada_file("2024/07/01 00:05:00", {"A": 1}), "a"), ["price"]) == ({}, [])


UNIT_COLUMNS = ("SETTLEMENTDATE", "DUID", "INTERVENTION", "TOTALCLEARED", "LASTCHANGED", "UIGF", "SEMIDISPATCHCAP")


def _units(rows: list[tuple], version: int = 5, columns: tuple[str, ...] = UNIT_COLUMNS):
    text = mms_text(section("DISPATCH", "UNIT_SOLUTION", version, columns, rows))
    return read_datasets(open_mms(text, "PUBLIC_DVD_DISPATCHLOAD_202407010000.CSV"), ["semi_scheduled"])


def test_of_all_units_those_with_a_forecast_are_kept_with_their_nights():
    changed = "2024/07/01 00:00:00"
    rows, aside = _units(
        [
            ("2024/07/01 00:05:00", "COAL1", 0, 400, changed, 0, 0),
            ("2024/07/01 00:05:00", "SOLAR1", 0, 0, changed, 0, 0),
            ("2024/07/01 00:10:00", "COAL1", 0, 410, changed, 0, 0),
            ("2024/07/01 00:10:00", "SOLAR1", 0, 15.5, changed, 20.25, 1),
        ]
    )
    frame = rows["semi_scheduled"]
    assert aside == []
    assert frame["duid"].tolist() == ["SOLAR1", "SOLAR1"]
    assert frame["uigf"].tolist() == [0, 20.25]
    assert frame["cleared"].tolist() == [0, 15.5]
    assert frame["semi_dispatch_cap"].tolist() == [0, 1]


def test_forecast_and_target_are_those_of_the_intervention_run_where_there_is_one():
    changed = "2024/07/01 00:00:00"
    rows, _ = _units(
        [
            ("2024/07/01 00:05:00", "WIND1", 0, 50, "2024/07/01 00:04:00", 80, 1),  # later, but the wrong run
            ("2024/07/01 00:05:00", "WIND1", 1, 30, changed, 80, 1),
            ("2024/07/01 00:10:00", "WIND1", 0, 60, changed, 80, 1),
        ]
    )
    assert rows["semi_scheduled"]["cleared"].tolist() == [30, 60]


def test_a_version_without_forecasts_says_so():
    rows, aside = _units([("2018/04/01 00:05:00", "WIND1", 0, 50, "", 0)], 2, UNIT_COLUMNS[:5] + UNIT_COLUMNS[6:])
    assert rows == {}
    assert "expected the column UIGF" in aside[0]


def test_a_forecast_that_is_empty_is_missing():
    changed = "2024/07/01 00:00:00"
    rows, _ = _units(
        [
            ("2024/07/01 00:05:00", "WIND1", 0, 50, changed, "", 0),
            ("2024/07/01 00:10:00", "WIND1", 0, 50, changed, 60, 0),
        ]
    )
    assert np.isnan(rows["semi_scheduled"]["uigf"].iloc[0])
    assert rows["semi_scheduled"]["uigf"].iloc[1] == 60
