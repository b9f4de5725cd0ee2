"""``check``: what it finds in hand-made lakes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components import cli, config
from components.check import check_lake, check_units
from components.check_rows import Coverage, check_capacity, check_duplicates, check_names, check_prices, check_values
from components.errors import NoData
from components.market_limits import price_limits
from components.schema import DATASETS, conform_units
from components.store.intake import rows_by_month
from components.store.lake import Lake
from components.store.rows import Rows


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch):
    """No settings from outside, and none left behind by a call."""
    for name in (config.ENV_CONFIG, config.ENV_DATA_DIR):
        monkeypatch.setenv(name, "")


UNITS = conform_units(
    pd.DataFrame(
        {
            "duid": ["COAL1", "WIND1"],
            "fuel": ["coal", "wind"],
            "fueltech": ["coal_black", "wind"],
            "role": ["generator", "generator"],
            "region": ["NSW1", "SA1"],
            "capacity_mw": [700.0, 100.0],
        }
    )
)


def prices(times: list[str], rrp: list[float], region: str = "NSW1", minutes: int = 5) -> pd.DataFrame:
    stamps = pd.to_datetime(times).astype("datetime64[us]")
    return pd.DataFrame({"time": stamps, "region": region, "rrp": rrp, "minutes": minutes, "source": "mmsdm"})


def readings(times: list[str], mw: list[float], duid: str = "COAL1") -> pd.DataFrame:
    stamps = pd.to_datetime(times).astype("datetime64[us]")
    return pd.DataFrame({"time": stamps, "duid": duid, "mw": mw, "minutes": 5, "source": "mmsdm"})


def rows_of(dataset: str, *frames: pd.DataFrame) -> Rows:
    (rows,) = rows_by_month(DATASETS[dataset], pd.concat(frames, ignore_index=True))
    return rows


def stored(folder: Path, units: pd.DataFrame | None = UNITS, **frames: pd.DataFrame) -> Lake:
    lake = Lake(folder)
    with lake.begin() as transaction:
        for dataset, frame in frames.items():
            transaction.add(dataset, frame)
        if units is not None:
            transaction.set_units(units)
        transaction.publish()
    return lake


def said(findings, level: str) -> list[str]:
    return [f"{f.dataset}: {f.text}" for f in findings if f.level == level]


def test_a_sound_lake_has_neither_errors_nor_warnings(tmp_path: Path):
    times = ["2024-02-01 00:05", "2024-02-01 00:10"]
    findings = check_lake(stored(tmp_path, price=prices(times, [50.0, 60.0]), scada=readings(times, [600.0, 610.0])))
    assert said(findings, "error") + said(findings, "warning") == []
    assert "price: 2024-02: 2 of 2 stamps, 2 rows, NSW1" in said(findings, "info")
    assert "units: 2 units in 2 dated rows" in said(findings, "info")


def test_an_empty_lake_is_no_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(NoData, match="holds no data yet"):
        check_lake(Lake(tmp_path))
    assert cli.main(["--data-dir", str(tmp_path), "check"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.fault("SRC-7")
def test_a_gap_is_a_warning_with_its_window(tmp_path: Path):
    times = ["2024-01-31 23:55", "2024-02-01 00:10", "2024-02-01 00:15"]
    findings = check_lake(stored(tmp_path, price=prices(times, [1.0, 2.0, 3.0])))
    # 00:00 belongs to January, 00:05 to February: one gap across the month's end.
    assert said(findings, "warning") == ["price: gap of 2 stamps in (2024-01-31 23:55, 2024-02-01 00:05]"]
    assert "price: 2024-01: 1 of 2 stamps, 1 rows, NSW1" in said(findings, "info")
    assert "price: 2024-02: 2 of 3 stamps, 2 rows, NSW1" in said(findings, "info")


def test_a_month_without_any_row_is_one_gap(tmp_path: Path):
    lake = stored(tmp_path, price=prices(["2024-01-01 00:05", "2024-03-01 00:05"], [1.0, 2.0]))
    (gap,) = said(check_lake(lake), "warning")
    # 60 days (January 31 + February 29) less the first stamp.
    assert gap == f"price: gap of {60 * 288 - 1:,} stamps in (2024-01-01 00:05, 2024-03-01 00:00]"


def test_half_hours_cover_six_stamps():
    rows = rows_of("price", prices(["2009-07-01 00:30", "2009-07-01 01:00", "2009-07-01 02:00"], [1, 2, 3], minutes=30))
    coverage = Coverage(DATASETS["price"], rows.times[0], rows.times[-1])
    coverage.add(rows)
    # (01:00, 01:30] is missing; the first row reaches back to 00:05, before the dataset's first stamp.
    assert coverage.gaps == [(np.datetime64("2009-07-01T01:00", "us"), np.datetime64("2009-07-01T01:30", "us"))]
    assert coverage.missing == 6
    assert list(coverage.key_findings()) == []


def test_a_region_that_lacks_a_stamp_is_named(tmp_path: Path):
    times = ["2024-02-01 00:05", "2024-02-01 00:10", "2024-02-01 00:15"]
    frame = pd.concat([prices(times, [1, 2, 3]), prices([times[0], times[2]], [1, 3], "SA1")], ignore_index=True)
    assert said(check_lake(stored(tmp_path, price=frame)), "warning") == [
        "price: stamps that others have are missing for SA1 (1)"
    ]


def test_duplicates_are_errors():
    twice = rows_of("price", prices(["2024-02-01 00:05", "2024-02-01 00:05", "2024-02-01 00:10"], [1.0, 2.0, 3.0]))
    (finding,) = check_duplicates(twice)
    assert (finding.level, finding.text) == ("error", "2024-02: 1 rows repeat a (time, region)")
    assert list(check_duplicates(rows_of("price", prices(["2024-02-01 00:05"], [1.0])))) == []


def test_rows_without_a_name_are_errors():
    nameless = rows_of("price", prices(["2024-02-01 00:05"], [1.0], region=" "))
    assert [f.text for f in check_names(nameless)] == ["2024-02: rows without a region"]


@pytest.mark.parametrize(
    ("when", "rrp", "wrong"),
    [
        ("2024-07-01 00:00", 16_600.0, False),  # the last interval of June: last year's cap
        ("2024-07-01 00:00", 16_600.01, True),
        ("2024-07-01 00:05", 17_500.0, False),
        ("2024-07-01 00:05", 17_500.004, False),  # two-decimal files round
        ("2024-07-01 00:05", 17_501.0, True),
        ("2024-07-01 00:05", -1_000.0, False),
        ("2024-07-01 00:05", -1_000.01, True),
        ("2026-07-01 00:05", 99_999.0, False),  # the cap of this year is not known
        ("1996-01-01 00:05", 99_999.0, False),
        ("2024-07-01 00:05", np.nan, False),
    ],
)
def test_prices_beyond_cap_and_floor_of_their_day(when: str, rrp: float, wrong: bool):
    findings = list(check_prices(rows_of("price", prices([when], [rrp]))))
    assert [f.level for f in findings] == ["error"] * wrong


def test_the_cap_of_an_unknown_year_is_not_the_last_one():
    cap, floor = price_limits(np.array(["2026-07-01T00:00", "2026-07-01T00:05"], "datetime64[us]"))
    assert cap[0] == 20_300
    assert floor[0] == -1_000
    assert np.isnan([cap[1], floor[1]]).all()


@pytest.mark.real
def test_the_caps_are_those_of_the_reference(real: Path):
    table = pd.read_csv(real / "reference/market_price_thresholds.csv")
    days = pd.to_datetime(table["effective_date"]).to_numpy("datetime64[us]") + np.timedelta64(1, "D")
    cap, floor = price_limits(days)
    assert cap.tolist() == table["market_price_cap_aud_mwh"].tolist()
    assert floor.tolist() == table["market_price_floor_aud_mwh"].tolist()


def test_impossible_and_missing_numbers():
    times = ["2024-02-01 00:05", "2024-02-01 00:10", "2024-02-01 00:15", "2024-02-01 00:20"]
    findings = list(check_values(rows_of("scada", readings(times, [np.inf, np.nan, 20_001.0, -20_000.0]))))
    assert [(f.level, f.text) for f in findings] == [
        ("error", "2024-02: mw inf of COAL1 at 2024-02-01 00:05 is infinite"),
        ("warning", "2024-02: 1 rows without mw"),
        ("error", "2024-02: mw 20001 of COAL1 at 2024-02-01 00:15 lies outside -20,000 … 20,000"),
    ]


def test_readings_far_above_capacity():
    capacity = {"COAL1": 100.0}
    times = ["2024-02-01 00:05", "2024-02-01 00:10", "2024-02-01 00:15", "2024-02-01 00:20"]
    # Doubtful above 180, impossible above 1500; the other unit has no capacity and is not judged.
    rows = rows_of("scada", readings(times, [180.0, 180.5, -1500.0, 1500.5]), readings(times[:1], [9999.0], "NEW1"))
    assert [(f.level, f.text) for f in check_capacity(rows, capacity)] == [
        ("error", "2024-02: mw 1500.5 of COAL1 at 2024-02-01 00:20 is more than its unit could ever do"),
        ("warning", "2024-02: 2 readings above 1.5 x capacity + 30 MW, of COAL1"),
    ]


@pytest.mark.fault("SRC-8")
def test_unmapped_units_are_a_warning_with_their_names(tmp_path: Path):
    times = ["2024-02-01 00:05"]
    frame = pd.concat([readings(times, [600.0]), readings(times, [5.0], "NEW1")], ignore_index=True)
    findings = check_lake(stored(tmp_path, scada=frame))
    assert said(findings, "warning") == ["scada: 1 of 2 units are unmapped: NEW1"]


def test_no_registry_is_one_warning(tmp_path: Path):
    findings = check_lake(stored(tmp_path, units=None, scada=readings(["2024-02-01 00:05"], [1.0])))
    assert said(findings, "warning") == [
        "units: no registry: every unit is unmapped; ingest the registration workbooks"
    ]


def test_a_registry_that_contradicts_itself():
    wrong = pd.concat([UNITS, UNITS.iloc[:1]], ignore_index=True)
    wrong.loc[1, ["fuel", "region", "capacity_mw"]] = ["plutonium", "NZ1", -1.0]
    assert [f.text for f in check_units(wrong) if f.level == "error"] == [
        "1 units have two rows of one date: COAL1",
        "fuel is none of the vocabulary's for WIND1 (plutonium)",
        "region is none of the vocabulary's for WIND1 (NZ1)",
        "negative capacity of WIND1",
    ]


def test_a_damaged_file_is_an_error_and_the_others_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    frame = prices(["2024-01-31 23:55", "2024-02-01 00:00", "2024-02-01 00:05"], [1.0, 2.0, 3.0])
    lake = stored(tmp_path, price=frame)
    file = next((tmp_path / "lake/price/month=2024-01").iterdir())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(bytes(content))
    findings = check_lake(lake)
    (error,) = said(findings, "error")
    assert error.startswith("price: 2024-01: ")
    assert "damaged" in error
    assert any(line.startswith("price: 2024-02: 1 of 1 stamps") for line in said(findings, "info"))
    assert cli.main(["--data-dir", str(tmp_path), "check"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"error   {error}"
    assert out[-1].startswith("1 errors, ")


def test_warnings_alone_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    stored(tmp_path, price=prices(["2024-02-01 00:05", "2024-02-01 00:15"], [1.0, 2.0]))
    assert cli.main(["--data-dir", str(tmp_path), "check"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "warning price: gap of 1 stamps in (2024-02-01 00:05, 2024-02-01 00:10]"
    assert out[-1] == "0 errors, 1 warnings"
