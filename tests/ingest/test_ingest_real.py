"""AEMO's own files against figures computed from them with plain Python (``reference.json``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from nemweb_server import serving

from components.ingest.run import ingest
from components.schema import DATASETS, SOURCE_RANK
from components.store.lake import Lake

pytestmark = pytest.mark.real
MMSDM = "mmsdm_5_days_per_month"


@pytest.fixture(scope="module")
def nemweb(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("real") / "data")
    report = ingest(lake, str(real / "nemweb"), progress=False)
    assert report.aside == []
    assert not report.failed
    return lake


@cache
def _month(root: Path, dataset: str, month: str) -> pd.DataFrame:
    return Lake(root).read(dataset, month)


def _rows(lake: Lake, dataset: str, month: str, **keys: str) -> pd.DataFrame:
    frame = _month(lake.root, dataset, f"{month[:4]}-{month[-2:]}")
    frame = frame[frame["source"] == "mmsdm"]
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    return frame


def _each(reference: dict, table: str) -> list[tuple[str, str, dict]]:
    months = {m: t[table] for m, t in reference[MMSDM].items() if table in t}
    return [(m, key, said) for m, part in months.items() for key, said in part.get("regions", part).items()]


def test_prices(nemweb, reference):
    found = _each(reference, "DISPATCHPRICE")
    assert len(found) == 22
    for month, region, said in found:
        rrp = _rows(nemweb, "price", month, region=region).set_index("time")["rrp"]
        assert len(rrp) == said["n_intervals"]
        assert (str(rrp.index[0]), str(rrp.index[-1])) == (said["first"], said["last"])
        assert rrp.mean() == pytest.approx(said["twap_aud_mwh"], rel=1e-6)
        assert rrp.min() == said["min_aud_mwh"]
        assert rrp.max() == said["max_aud_mwh"]
        assert str(rrp.idxmax()) == said["max_at_first"]
        assert (rrp < 0).sum() == said["n_negative"]


def test_demand_and_net_interchange(nemweb, reference):
    found = _each(reference, "DISPATCHREGIONSUM")
    assert len(found) == 22
    for month, region, said in found:
        rows = _rows(nemweb, "region", month, region=region)
        assert (rows["demand"] * rows["minutes"] / 60).sum() / 1000 == pytest.approx(
            said["demand_energy_gwh"], rel=1e-6
        )
        for column, name in (("demand", "totaldemand_mw"), ("net_interchange", "netinterchange_mw")):
            assert len(rows) == said[name]["n"]
            assert rows[column].mean() == pytest.approx(said[name]["mean"], rel=1e-6)
            assert (rows[column].min(), rows[column].max()) == (said[name]["min"], said[name]["max"])


def test_flow(nemweb, reference):
    found = _each(reference, "DISPATCHINTERCONNECTORRES")
    assert len(found) == 11
    for month, link, said in found:
        rows = _rows(nemweb, "flow", month, interconnector=link)
        energy = rows["mw_target"] * rows["minutes"] / 60
        assert rows["mw"].mean() == pytest.approx(said["meteredmwflow_mw"]["mean"], rel=1e-6)
        assert rows["mw_target"].mean() == pytest.approx(said["mwflow_mw"]["mean"], rel=1e-6)
        assert energy.clip(lower=0).sum() == pytest.approx(said["energy_forward_mwh"], rel=1e-6)
        assert -energy.clip(upper=0).sum() == pytest.approx(said["energy_reverse_mwh"], rel=1e-6)


def test_scada(nemweb, reference):
    found = _each(reference, "DISPATCH_UNIT_SCADA")
    assert len(found) == 22
    for month, duid, said in found:
        mw = _rows(nemweb, "scada", month, duid=duid)["mw"]
        assert len(mw) == said["n"]
        assert mw.sum() / 12 == pytest.approx(said["energy_mwh"], rel=1e-6)
        assert (mw.min(), mw.max(), (mw < 0).sum()) == (said["min_mw"], said["max_mw"], said["n_negative"])


def test_rooftop_by_type(nemweb, reference):
    found = _each(reference, "ROOFTOP_PV_ACTUAL")
    assert len(found) == 20
    for month, region, said in found:
        rows = _rows(nemweb, "rooftop", month, region=region)
        # A month's file runs a day into the next month, of which the first day's rows are therefore here.
        rows = rows[rows["time"] > pd.Timestamp(f"{month[:4]}-{month[4:]}-01")]
        assert set(rows["minutes"]) == {30}
        for kind in ("MEASUREMENT", "SATELLITE"):
            mw = rows.loc[rows["type"] == kind, "mw"]
            assert len(mw) == said[f"n_{kind.lower()}_in_month"]
            assert mw.sum() / 2 / 1000 == pytest.approx(said[f"energy_gwh_{kind.lower()}"], rel=1e-6)


def test_single_current_files(nemweb, reference):
    said = reference["single_current_files"]
    dispatch = next(v for k, v in said.items() if "DISPATCHIS" in k)
    price, region, flow = (nemweb.read(d, "2025-08").set_index(DATASETS[d].key[0]) for d in ("price", "region", "flow"))
    assert price["rrp"].to_dict() == dispatch["RRP"]
    assert region["demand"].to_dict() == dispatch["TOTALDEMAND"]
    assert region["net_interchange"].to_dict() == dispatch["NETINTERCHANGE"]
    assert flow["mw"].to_dict() == dispatch["METEREDMWFLOW"]
    assert flow["mw_target"].to_dict() == dispatch["MWFLOW"]
    assert set(price["source"]) == {"current"}


def test_the_whole_market_at_one_interval(nemweb, reference):
    said = next(v for k, v in reference["single_current_files"].items() if "DISPATCHSCADA" in k)
    rows = nemweb.read("scada", "2025-12")
    rows = rows[rows["time"] == pd.Timestamp("2025-12-27 00:05")]
    assert len(rows) == rows["duid"].nunique() == said["n_duids"] == 493
    assert rows["mw"].sum() == pytest.approx(said["total_mw"], rel=1e-6)
    assert rows["mw"].clip(upper=0).sum() == pytest.approx(said["total_negative_mw"], rel=1e-6)
    assert set(rows["duid"]) <= set(nemweb.read_units()["duid"]), "no unit is dropped from the registry"


def test_columns_of_later_versions_are_there_from_their_month_on(nemweb):
    for month, expected in (("2018-04", False), ("2021-04", True), ("2026-03", True)):
        assert nemweb.read("region", month)["ss_wind_uigf"].notna().any() == expected
    for month, expected in (("2021-12", False), ("2024-07", True), ("2026-03", True)):
        assert nemweb.read("region", month)["bdu_gen"].notna().any() == expected
    for month, expected in (("2024-07", False), ("2026-03", True)):
        assert nemweb.read("region", month)["bdu_storage_mwh"].notna().any() == expected
    for month, expected in (("2024-07", False), ("2024-08", True)):
        assert nemweb.read("price", month)["raise1sec_rrp"].notna().any() == expected


def test_the_same_tree_behind_a_server_gives_the_same_lake_and_nothing_new_after(nemweb, real, tmp_path):
    web = Lake(tmp_path / "data")
    with serving(real / "nemweb") as server:
        report = ingest(web, server.url, progress=False)
        assert report.aside == []
        again = ingest(web, server.url, progress=False)
        assert (again.files_read, again.changed) == (0, False)
        assert again.lines()[-1].startswith("nothing new")
    ours, theirs = nemweb.manifest(), web.manifest()
    assert ours is not None
    assert theirs is not None
    assert ours.datasets == theirs.datasets
    pd.testing.assert_frame_equal(nemweb.read_units(), web.read_units())


@pytest.fixture(scope="module")
def price_and_demand(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("real") / "data")
    report = ingest(lake, str(real / "aemo.com.au"), progress=False)
    assert (report.aside, report.files_read) == ([], report.files_found)
    return lake


def test_price_and_demand_months(price_and_demand, reference):
    found = reference["price_and_demand_by_month"]
    assert len(found) == 88
    energies = 0
    for name, said in found.items():
        region, month = name.split("|")
        price, demand = (_month(price_and_demand.root, d, month) for d in ("price", "region"))
        price, demand = (f[f["region"] == region].set_index("time") for f in (price, demand))
        if name == "VIC1|2025-12":  # the figures were made when the month had only its last days
            price, demand = price[said["first"] :], demand[said["first"] :]
        assert len(price) == said["n_intervals"]
        assert price["rrp"].mean() == pytest.approx(said["twap_aud_mwh"], rel=1e-6)
        assert (price["rrp"].min(), price["rrp"].max()) == (said["min_aud_mwh"], said["max_aud_mwh"])
        assert (price["rrp"] < 0).sum() == said["n_negative"]
        assert (str(price.index[0]), str(price.index[-1])) == (said["first"], said["last"])
        assert set(price["minutes"]) == ({30} if month < "2021-10" else {5})
        if "demand_energy_gwh" in said:
            energy = (demand["demand"] * demand["minutes"] / 60).sum() / 1000
            assert energy == pytest.approx(said["demand_energy_gwh"], rel=1e-6)
            energies += 1
    assert energies == 77, "the rest of the figures are of prices only"


def test_dispatch_prices_win_over_two_decimals(nemweb, price_and_demand, real, tmp_path):
    """Both sources hold NSW1 in January 2025: five decimals stay where they are, two fill the rest."""
    lake = Lake(tmp_path / "data")
    folder = real / "nemweb/Data_Archive/Wholesale_Electricity/MMSDM/2025"
    two = real / "aemo.com.au/aemo/data/nem/priceanddemand/PRICE_AND_DEMAND_202501_NSW1.csv"
    for source in (folder, two):
        assert not ingest(lake, str(source), tables="price", progress=False).failed
    price = lake.read("price", "2025-01")
    nsw = price[price["region"] == "NSW1"]
    assert nsw["source"].value_counts().to_dict() == {"mmsdm": 1440, "price_and_demand": 8928 - 1440}
    rounded = _month(price_and_demand.root, "price", "2025-01").set_index(["time", "region"])["rrp"]
    both = nsw[nsw["source"] == "mmsdm"].set_index(["time", "region"])["rrp"]
    assert (both - rounded.reindex(both.index)).abs().max() <= 0.005 + 1e-9
    assert set(SOURCE_RANK) >= set(price["source"])


@pytest.mark.fault("SRC-5")
def test_mutated_headers_of_every_real_table(real):
    """Columns in another order, one more, one gone: read by name; without its key that table alone is refused."""
    from components.errors import FileRejected
    from components.ingest.archive import unpack
    from components.ingest.mms import open_mms
    from components.ingest.tables import TABLES, read_dataset

    files = sorted((real / "nemweb").rglob("*.zip"))
    seen = 0
    for table in TABLES:
        for path in [p for p in files if any(f"{s}{w}" in p.name for w in table.files for s in ("_", "%23"))]:
            ((_, whole),) = unpack(path.read_bytes(), path.name)
            text = _first_rows(whole, table.key)
            if later := set(table.needed) - set(_names(text, table.key)):  # AEMO added it in a later version
                with pytest.raises(FileRejected, match="|".join(later)):
                    read_dataset(open_mms(text, path.name), table)
                continue
            plain = read_dataset(open_mms(text, path.name), table)
            reversed_text = _rewrite(text, table.key, lambda cells: cells[::-1])
            pd.testing.assert_frame_equal(read_dataset(open_mms(reversed_text, path.name), table), plain)
            longer = _rewrite(text, table.key, lambda cells: ["X_NEW", *cells])
            pd.testing.assert_frame_equal(read_dataset(open_mms(longer, path.name), table), plain)
            names = _names(text, table.key)
            for gone in (table.time, *table.keys.values(), *table.needed):
                at = names.index(gone)
                shorter = _rewrite(text, table.key, lambda cells, at=at: cells[:at] + cells[at + 1 :])
                with pytest.raises(FileRejected, match=gone):
                    read_dataset(open_mms(shorter, path.name), table)
            seen += 1
    assert seen >= 50


def _first_rows(text: bytes, key: tuple[str, str], most: int = 30) -> bytes:
    """The file with only the first rows of the table and no other data."""
    lines = text.split(b"\n")
    rows = [k for k in lines if k.startswith(f"D,{key[0]},{key[1]},".encode())]
    head = next(k for k in lines if k.startswith(f"I,{key[0]},{key[1]},".encode()))
    return b"\n".join([lines[0], head, *rows[:most], b'C,"END OF REPORT",1', b""])


def _names(text: bytes, key: tuple[str, str]) -> list[str]:
    head = f"I,{key[0]},{key[1]},".encode()
    line = next(k for k in text.split(b"\n") if k.startswith(head))
    return line.decode().strip().split(",")[4:]


def _rewrite(text: bytes, key: tuple[str, str], change) -> bytes:
    """The same file with the cells of one table's lines (header and data) changed."""
    marks = tuple(f"{k},{key[0]},{key[1]},".encode() for k in "ID")
    out = []
    for line in text.split(b"\n"):
        if line.startswith(marks):
            cells = line.rstrip(b"\r").decode().split(",")
            line = ",".join([*cells[:4], *change(cells[4:])]).encode()  # noqa: PLW2901
        out.append(line)
    return b"\n".join(out)
