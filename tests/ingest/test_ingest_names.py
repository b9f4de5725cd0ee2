"""File names of both eras, and which folders are worth a visit."""

from __future__ import annotations

import pandas as pd
import pytest

from components.ingest.discover import Wanted, descend
from components.ingest.names import DATASET_NAMES, USUAL_NAMES, read_name

ALL = Wanted(frozenset(DATASET_NAMES))
T = pd.Timestamp


@pytest.mark.parametrize(
    ("name", "datasets", "month"),
    [
        ("PUBLIC_DVD_DISPATCHPRICE_202407010000.zip", {"price"}, "2024-07"),
        ("public_dvd_dispatchregionsum_202407010000.ZIP", {"region"}, "2024-07"),
        ("PUBLIC_ARCHIVE#DISPATCHPRICE#FILE01#202408010000.zip", {"price"}, "2024-08"),
        ("PUBLIC_ARCHIVE%23DISPATCH_UNIT_SCADA%23FILE02%23202408010000.zip", {"scada"}, "2024-08"),
        ("PUBLIC_ARCHIVE%2523ROOFTOP_PV_ACTUAL%2523FILE01%2523202408010000.zip", {"rooftop"}, "2024-08"),
        ("PUBLIC_ARCHIVE#DISPATCHINTERCONNECTORRES#FILE01#202408010000.CSV", {"flow"}, "2024-08"),
        ("PRICE_AND_DEMAND_202301_NSW1.csv", {"price", "region"}, "2023-01"),
        ("DATA199812_VIC1.csv", {"price", "region"}, "1998-12"),
        ("PRICE_AND_DEMAND_200905_201306_all_regions_30min.csv.gz", {"price", "region"}, None),
        ("PUBLIC_DISPATCHIS_202508201810_0000000477155219.zip", {"price", "region", "flow"}, None),
        ("PUBLIC_DISPATCHIS_20250820.zip", {"price", "region", "flow"}, None),
        ("PUBLIC_DISPATCHSCADA_202512270005_0000000495867506.zip", {"scada"}, None),
        ("PUBLIC_ROOFTOP_PV_ACTUAL_SATELLITE_20240303200000_0000000412707330.zip", {"rooftop"}, None),
        ("PUBLIC_DVD_DISPATCHLOAD_202407010000.zip", {"semi_scheduled"}, "2024-07"),
        ("PUBLIC_ARCHIVE#DISPATCHLOAD#FILE02#202408010000.zip", {"semi_scheduled"}, "2024-08"),
        ("PUBLIC_NEXT_DAY_DISPATCH_20260514_0000000517721207.zip", {"semi_scheduled"}, None),
        ("PUBLIC_DVD_DUDETAILSUMMARY_201706010000.zip", {"units"}, None),
        ("PUBLIC_ARCHIVE#STATION#FILE01#202508010000.zip", {"units"}, None),
        ("CO2EII_AVAILABLE_GENERATORS_2017_43_20171103104827.CSV", {"units"}, None),
        ("NEM-Registration-and-Exemption-List.xlsx", {"units"}, None),
        ("NEM Generation Information Oct 2025.xlsx", {"units"}, None),
    ],
)  # fmt: skip
def test_what_a_name_says(name, datasets, month):
    found = read_name(name)
    assert found is not None
    assert found.datasets == datasets
    assert found.month == (T(month) if month else None)


@pytest.mark.parametrize(
    "name",
    [
        "PUBLIC_DVD_PREDISPATCHPRICE_202407010000.zip", "PUBLIC_PREDISPATCHIS_202508200800_20250820073118.zip",
        "PUBLIC_DVD_TRADINGLOAD_202407010000.zip", "PUBLIC_TRADINGIS_202403031335_0000000412683134.zip",
        "PUBLIC_NEXT_DAY_INTERMITTENT_GEN_SCADA_20260514_0000000517721212.zip", "scada_daily_by_duid_2025.csv.gz",
        "PUBLIC_DVD_STATIONOWNER_201706010000.zip", "gen_info.csv", "duids.csv", "index.html", "README.md",
        "~$NEM-Registration-and-Exemption-List.xlsx", "budget.xlsx", "DATA.csv", "",
    ],
)  # fmt: skip
def test_other_files_are_left_alone(name):
    assert read_name(name) is None


@pytest.mark.parametrize(
    ("name", "start", "end", "touches"),
    [
        ("PUBLIC_DVD_DISPATCHPRICE_202407010000.zip", "2024-07-31 23:55", None, True),
        ("PUBLIC_DVD_DISPATCHPRICE_202407010000.zip", None, "2024-07-01", False),
        ("PUBLIC_DVD_DISPATCHPRICE_202407010000.zip", "2024-09-01", None, False),
        ("PUBLIC_DISPATCHIS_202508201810_0000000477155219.zip", "2025-08-20 18:05", "2025-08-20 18:10", True),
        ("PUBLIC_DISPATCHIS_202508201810_0000000477155219.zip", "2025-08-20 18:10", None, False),
        ("PUBLIC_DISPATCHIS_202508201810_0000000477155219.zip", None, "2025-08-20 18:05", False),
        ("PUBLIC_ROOFTOP_PV_ACTUAL_MEASUREMENT_20240303200000_1.zip", "2024-03-03 19:00", "2024-03-03 19:30", True),
        ("PUBLIC_ROOFTOP_PV_ACTUAL_MEASUREMENT_20240229.zip", "2024-03-05", "2024-03-06", True),
        ("PUBLIC_DVD_STATION_201706010000.zip", "2025-01-01", "2025-01-02", True),
    ],
)
def test_which_window_a_name_touches(name, start, end, touches):
    found = read_name(name)
    assert found is not None
    assert found.touches(T(start) if start else None, T(end) if end else None) is touches


def test_nemwebs_folders_are_pruned_to_what_is_wanted():
    prices = Wanted(frozenset({"price"}), T("2024-07-01"), T("2024-09-01"))
    streams = ["CDEII", "DUPLICATE", "DispatchIS_Reports", "Dispatch_SCADA", "ROOFTOP_PV", "P5_Reports"]
    assert descend(["REPORTS", "Current"], streams, prices) == ["DispatchIS_Reports"]
    assert descend(["Reports", "ARCHIVE"], streams, ALL) == [
        "CDEII",
        "DispatchIS_Reports",
        "Dispatch_SCADA",
        "ROOFTOP_PV",
    ]
    assert descend(["Reports", "Current", "ROOFTOP_PV"], ["ACTUAL", "FORECAST"], ALL) == ["ACTUAL"]
    assert descend(["a", "MMSDM"], ["2023", "2024", "Other"], prices) == ["2024"]
    months = [f"MMSDM_2024_{m:02d}" for m in range(1, 13)]
    # June's file may run a day into July, which is why it is looked at.
    assert descend(["MMSDM", "2024"], months, prices) == ["MMSDM_2024_06", "MMSDM_2024_07", "MMSDM_2024_08"]
    assert descend(["Reports"], ["Current", "Archive"], Wanted(ALL.datasets, trees=frozenset({"current"}))) == [
        "Current"
    ]
    assert descend([], ["Data_Archive", "Reports"], Wanted(ALL.datasets, trees=frozenset({"current"}))) == ["Reports"]


def test_other_folders_are_walked_whole():
    assert descend(["home", "archive"], ["2023", "old", "DUPLICATE", ".git"], ALL) == ["2023", "old"]
    assert descend(["Reports"], ["mine"], ALL) == ["mine"]
    assert descend(["Reports", "Current"], ["mine"], ALL) == ["mine"]


def test_a_next_day_report_holds_a_trading_day_and_its_archive_a_month_of_them():
    day = read_name("PUBLIC_NEXT_DAY_DISPATCH_20260514_0000000517721207.zip")
    assert day.start <= T("2026-05-14 04:00")
    assert day.end >= T("2026-05-15 04:00")
    assert not day.touches(T("2026-05-20"), T("2026-05-21"))
    month = read_name("PUBLIC_NEXT_DAY_DISPATCH_20260401.zip")
    assert month.touches(T("2026-04-30 04:00"), T("2026-05-01 04:00"))
    assert not month.touches(T("2026-05-20"), T("2026-05-21"))


def test_a_run_that_names_no_tables_leaves_the_forecasts_of_farms_out():
    assert set(DATASET_NAMES) - set(USUAL_NAMES) == {"semi_scheduled"}
