"""Folders of the earlier dashboard end up in the lake with their energy intact, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.errors import FileRejected, SourceError, UsageError
from components.ingest.legacy import import_folder
from components.metrics.balance import balance, net_interchange
from components.store.lake import Lake


def write_folder(folder: Path, *, minutes: int = 30, unit_list: str = "csv") -> Path:
    """A day of two units, one price and one flow."""
    folder.mkdir(parents=True, exist_ok=True)
    times = pd.date_range("2020-05-01", "2020-05-02", freq=f"{minutes}min", inclusive="right")
    pd.DataFrame(
        {
            "settlementdate": np.repeat(times, 2), "duid": ["GEN1", "PUMP9"] * len(times),
            "scadavalue": [100.0, 40.0] * len(times),
        }
    ).to_parquet(folder / f"scada{minutes}.parquet")  # fmt: skip
    pd.DataFrame({"NSW1": 50.0}, index=times.rename("SETTLEMENTDATE")).to_parquet(folder / f"prices{minutes}.parquet")
    units = pd.DataFrame(
        {
            "DUID": ["GEN1", "PUMP9"], "Site Name": ["Alpha", "Alpha Pumps"], "Owner": ["O", ""],
            "Fuel": ["Black coal", "Pumps"], "Region": "NSW1", "Schedule": ["SCHEDULED", ""],
            "Capacity(MW)": [120.0, 50.0], "Storage(MWh)": 0.0,
        }
    )  # fmt: skip
    match unit_list:
        case "csv":
            units.to_csv(folder / "gen_info.csv", index=False)
        case "parquet":
            units.to_parquet(folder / "gen_info.parquet")
        case "pkl":
            units.set_index("DUID").to_pickle(folder / "gen_info.pkl")
    return folder


def load(lake: Lake, dataset: str) -> pd.DataFrame:
    manifest = lake.manifest()
    assert manifest is not None
    return pd.concat([lake.read(dataset, m) for m in sorted(manifest.datasets[dataset].months)], ignore_index=True)


@pytest.mark.parametrize(("minutes", "rows"), [(5, 576), (30, 96)])
def test_native_length_and_energy_are_kept(tmp_path: Path, minutes, rows):
    lake = Lake(tmp_path / "data")
    report = import_folder(lake, write_folder(tmp_path / "old", minutes=minutes), progress=False)
    scada = load(lake, "scada")
    assert len(scada) == rows
    assert set(scada["minutes"]) == {minutes}
    assert set(scada["source"]) == {"import"}
    energy = (scada["mw"] * scada["minutes"] / 60).groupby(scada["duid"]).sum()
    assert energy.to_dict() == {"GEN1": pytest.approx(2400), "PUMP9": pytest.approx(960)}
    assert load(lake, "price")["rrp"].tolist() == [50.0] * (rows // 2)
    text = "\n".join(report.lines())
    assert f"scada{minutes}.parquet: {rows} scada rows, 2 keys, {minutes}-minute" in text
    assert "gen_info.csv: 2 units" in text


@pytest.mark.parametrize("kind", ["csv", "parquet", "pkl"])
def test_lists_of_units_in_every_form_tell_the_same(tmp_path: Path, kind):
    lake = Lake(tmp_path / "data")
    import_folder(lake, write_folder(tmp_path / "old", unit_list=kind), progress=False)
    units = lake.read_units().set_index("duid")
    columns = ["station", "owner", "region", "fueltech", "role", "schedule_type", "capacity_mw"]
    assert units.loc["GEN1", columns].tolist() == ["Alpha", "O", "NSW1", "coal_black", "generator", "Scheduled", 120.0]
    assert units.loc["PUMP9", columns].tolist() == ["Alpha Pumps", "", "NSW1", "pumps", "load", "Non-Scheduled", 50.0]
    assert units["storage_mwh"].isna().all()


def test_a_second_import_changes_nothing_and_says_so(tmp_path: Path):
    lake, folder = Lake(tmp_path / "data"), write_folder(tmp_path / "old")
    version = import_folder(lake, folder, progress=False).published.version
    report = import_folder(lake, folder, progress=False)
    assert not report.published.changed
    assert report.lines()[-1] == f"nothing new: version {version} stays"


def test_without_a_list_the_units_are_kept_and_unmapped(tmp_path: Path):
    lake = Lake(tmp_path / "data")
    report = import_folder(lake, write_folder(tmp_path / "old", unit_list="none"), progress=False)
    assert "no gen_info file: fuels of 2 units come from AEMO's lists, if ingested" in report.lines()
    assert set(lake.read_units()["fuel"]) == {"unmapped"}
    # The list that comes later is not fended off by the blanks.
    import_folder(lake, write_folder(tmp_path / "later"), progress=False)
    assert set(lake.read_units()["fuel"]) == {"coal", "pumps"}


def test_gaps_are_counted(tmp_path: Path):
    folder = write_folder(tmp_path / "old", minutes=5)
    frame = pd.read_parquet(folder / "scada5.parquet")
    late = frame["settlementdate"].between("2020-05-01 03:00", "2020-05-01 03:25")
    frame[~late].to_parquet(folder / "scada5.parquet")
    report = import_folder(Lake(tmp_path / "data"), folder, progress=False)
    assert next(line for line in report.lines() if line.startswith("scada5")).endswith("282 stamps, 6 missing")


# -- what is wrong --------------------------------------------------------------------------------------


def test_wrong_folders(tmp_path: Path):
    lake = Lake(tmp_path / "data")
    with pytest.raises(UsageError, match="is no folder"):
        import_folder(lake, tmp_path / "absent", progress=False)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SourceError, match=r"expected scada5/30.*found notes\.txt"):
        import_folder(lake, tmp_path, progress=False)
    assert lake.manifest() is None


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path) -> None:
    pd.read_parquet(path).drop(columns="duid").to_parquet(path)


def _html(path: Path) -> None:
    path.write_text("<html>403 Forbidden</html>")


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("scada30.parquet", _cut, "scada30.parquet is no readable Parquet file"),
        ("scada30.parquet", _html, "scada30.parquet is no readable Parquet file"),
        ("scada30.parquet", _flip, "scada30.parquet: the key column duid is missing"),
        (
            "gen_info.csv",
            lambda p: p.write_text("Site Name,Fuel\nA,Coal\n"),
            "gen_info.csv: the column DUID is missing",
        ),
        ("gen_info.csv", lambda p: p.write_bytes(b""), "gen_info.csv cannot be read as a list of units"),
    ],
)
def test_a_bad_file_ends_the_import_and_what_was_stored_stays(tmp_path: Path, file, damage, message):
    lake = Lake(tmp_path / "data")
    version = import_folder(lake, write_folder(tmp_path / "good"), progress=False).published.version
    bad = write_folder(tmp_path / "bad", minutes=30)
    damage(bad / file)
    with pytest.raises(FileRejected, match=message):
        import_folder(lake, bad, progress=False)
    assert lake.current_version() == version
    assert len(load(lake, "scada")) == 96
    # Nothing is left behind and nobody is locked out.
    assert not list((tmp_path / "data/versions").glob(".staging-*"))
    assert not import_folder(lake, tmp_path / "good", progress=False).published.changed


def test_demo_data_is_set_aside(tmp_path: Path, demo_lake: Path):
    shutil.copytree(demo_lake, tmp_path / "data", symlinks=True)
    lake = Lake(tmp_path / "data")
    report = import_folder(lake, write_folder(tmp_path / "old"), progress=False)
    assert any("demo data set aside" in line for line in report.lines())
    assert set(lake.read_units()["duid"]) == {"GEN1", "PUMP9"}
    manifest = lake.manifest()
    assert manifest is not None
    assert list(manifest.source) == ["import"]


# -- the real folders -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("week") / "data")
    import_folder(lake, real / "earlier/week_2022_01", progress=False)
    return lake


@pytest.fixture(scope="module")
def june(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("june") / "data")
    import_folder(lake, real / "earlier/june_2017", progress=False)
    return lake


@pytest.mark.real
def test_week_energies_per_pseudo_unit_region_and_fuel(week: Lake, reference: dict):
    rows = load(week, "scada")
    rows = rows[(rows["time"] > "2022-01-09 23:55") & (rows["time"] <= "2022-01-17")]
    rows = rows.merge(week.read_units(), on="duid")
    power = rows["mw"].abs().where(rows["role"] == "load", rows["mw"])
    rows["mwh"] = power * rows["minutes"] / 60
    by_unit, by_tech = rows.groupby("duid")["mwh"].sum(), rows.groupby(["region", "fueltech", "role"])["mwh"].sum()
    checked = 0
    for region, energies in reference["week_2022_01_energy_mwh"].items():
        for name, mwh in energies.items():
            if name in ("demand", "imports", "exports"):
                continue
            assert by_unit[f"{region}_{name}"] == pytest.approx(mwh, abs=0.0006), (region, name)
            role = {"battery_charging": "load", "pumps": "load"}.get(name, "generator")
            tech = "battery" if name.startswith("battery") else name
            assert by_tech[region, tech, role] == pytest.approx(mwh, abs=0.0006), (region, name)
            checked += 1
    assert checked == by_unit.size == 40
    demand = load(week, "region")
    energy = (demand["demand"] * demand["minutes"] / 60).groupby(demand["region"]).sum()
    for region, mwh in energy.items():
        assert mwh == pytest.approx(reference["week_2022_01_energy_mwh"][region]["demand"])


@pytest.mark.real
def test_week_prices_equal_the_files(week: Lake, real: Path):
    theirs = pd.read_parquet(real / "earlier/week_2022_01/prices5.parquet")
    theirs = theirs.rename(columns={"settlementdate": "time", "regionid": "region"})
    both = load(week, "price").merge(theirs, on=["time", "region"], suffixes=("", "_file"))
    assert len(both) == len(theirs) == 10_085
    assert (both["rrp"] == both["rrp_file"]).all()


@pytest.mark.real
def test_june_2017_energy_per_unit(june: Lake, reference: dict):
    rows = load(june, "scada")
    assert set(rows["minutes"]) == {30}
    energy = (rows["mw"] * 0.5).groupby(rows["duid"]).sum()
    told = reference["full_nem_2017_06_30min"]["scada_30min"]["energy_mwh_by_duid"]
    assert set(energy.index) == set(told)
    assert len(energy) == 264
    assert max(abs(energy[duid] - mwh) for duid, mwh in told.items()) < 0.0006
    units = june.read_units()
    assert set(units["duid"]) == set(told)
    assert "unmapped" not in set(units["fuel"])


@pytest.mark.real
def test_june_2017_balances(june: Lake):
    found = balance(load(june, "scada"), june.read_units(), load(june, "region"), net_interchange(load(june, "flow")))
    share = found.set_index("region")["share"].abs()
    assert found["intervals"].tolist() == [1440] * 5
    assert share.drop("QLD1").max() <= 0.005
    assert share["QLD1"] <= 0.025
