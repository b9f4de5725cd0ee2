"""The whole of ``ingest`` over small trees: what is read, what is not read twice, what is set aside."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from aemo_text import PRICE_COLUMNS, mms_text, price_file, price_rows, scada_file, section, zipped
from nemweb_server import Fault, serving

from components.errors import SourceError, UsageError
from components.ingest import run as run_module
from components.ingest.discover import TREES, SourceFile
from components.ingest.fetch import Limits
from components.ingest.names import MMS, UNITS, FileName
from components.ingest.run import ingest, largest_first
from components.schema import DATASETS
from components.store.lake import Lake

QUICK = Limits(attempts=2, deadline=20, stall=5, wait_first=0, wait_most=0, wait_jitter=0)
STATION = ("STATIONID", "STATIONNAME")
IS, SCADA = "Reports/Current/DispatchIS_Reports", "Reports/Current/Dispatch_SCADA"
MONTH = "Data_Archive/Wholesale_Electricity/MMSDM/2024/MMSDM_2024_{m:02d}/MMSDM_Historical_Data_SQLLoader/DATA"


def _put(root: Path, path: str, data: bytes) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def _interval(root: Path, minute: int, price: float = 50.0, **how: object) -> Path:
    stamp = f"2024/09/01 00:{minute:02d}:00"
    name = f"PUBLIC_DISPATCHIS_2024090100{minute:02d}_{minute:016d}"
    return _put(root, f"{IS}/{name}.zip", zipped((f"{name}.CSV", price_file(stamp, price, **how))))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two archive months of both eras, three intervals, an archived day (zip of zips), SCADA of an unknown unit."""
    root = tmp_path / "nemweb"
    july = price_file("2024/07/01 00:05:00", 71, system="SETP.WORLD", report="DVD_DISPATCHPRICE")
    august = price_file("2024/08/01 00:05:00", 81, system="SETP.WORLD", report="DVD_DISPATCHPRICE")
    _put(root, MONTH.format(m=7) + "/PUBLIC_DVD_DISPATCHPRICE_202407010000.zip", zipped(("P.CSV", july)))
    name = "PUBLIC_ARCHIVE#DISPATCHPRICE#FILE01#202408010000"
    _put(root, MONTH.format(m=8) + f"/{name}.zip", zipped((f"{name}.CSV", august)))
    _put(root, MONTH.format(m=8) + "/PUBLIC_ARCHIVE#DISPATCHLOAD#FILE01#202408010000.zip", b"never read")
    for minute in (5, 10, 20):
        _interval(root, minute, minute)
    inner = [(f"{m}.zip", zipped((f"{m}.CSV", price_file(f"2024/08/31 00:{m}:00", 31)))) for m in (10, 15)]
    _put(root, "Reports/Archive/DispatchIS_Reports/PUBLIC_DISPATCHIS_20240831.zip", zipped(*inner))
    readings = {"STRANGE1": 7.5, "W/HOE#1": -1}
    scada = zipped(("S.CSV", scada_file("2024/09/01 00:05:00", readings)))
    _put(root, f"{SCADA}/PUBLIC_DISPATCHSCADA_202409010005_0000000000000001.zip", scada)
    _put(root, f"{IS}/DUPLICATE/PUBLIC_DISPATCHIS_202409010055_1.zip", b"never read")
    return root


def _content(lake: Lake) -> dict[tuple[str, str], list]:
    manifest = lake.manifest()
    assert manifest is not None
    return {
        (d, m): lake.read(d, m).astype(str).to_numpy().tolist()
        for d, stored in manifest.datasets.items()
        for m in stored.months
    }


def test_a_tree_is_read_by_every_kind_of_file(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    report = ingest(lake, str(tree), progress=False)
    assert not report.failed
    assert report.aside == []
    assert (report.files_found, report.files_read) == (7, 7)
    july = lake.read("price", "2024-07")
    assert july["source"].tolist() == ["mmsdm", "mmsdm"]
    assert july["rrp"].tolist() == [71, 81]
    assert len(lake.read("price", "2024-08")) == 2 + 4
    assert lake.read("price", "2024-09")["rrp"].tolist() == [5, 15, 10, 20, 20, 30]
    units = lake.read_units().set_index("duid")
    assert units.loc["STRANGE1", "fuel"] == "unmapped"
    text = "\n".join(report.lines())
    assert "price: 14 rows read (14 new, 0 revised), 2024-07-01 00:05 .. 2024-09-01 00:20" in text
    assert "gaps: scada" not in text
    assert report.gaps["price"].spans[-1] == (pd.Timestamp("2024-09-01 00:10"), pd.Timestamp("2024-09-01 00:15"))


@pytest.mark.parametrize("how", [{}, {"sizes": False}, {"hash_spelling": "%2523"}, {"hash_spelling": "%23"}])
def test_folder_and_address_give_the_same_lake_and_a_second_run_reads_nothing(tree, tmp_path, how):
    folder, web = Lake(tmp_path / "folder"), Lake(tmp_path / "web")
    ingest(folder, str(tree), progress=False)
    with serving(tree, **how) as server:
        first = ingest(web, server.url, progress=False, limits=QUICK)
        assert first.aside == []
        assert _content(web) == _content(folder)
        assert folder.manifest().version == web.manifest().version
        asked = {p: n for p, n in server.asked.items() if p.endswith(".zip")}
        again = ingest(web, server.url, progress=False, limits=QUICK)
        assert (again.files_known, again.files_read) == (7, 0)
        assert again.lines()[-1].startswith("nothing new")
        assert {p: n for p, n in server.asked.items() if p.endswith(".zip")} == asked
        assert not any("DISPATCHLOAD" in p or "DUPLICATE" in p for p in server.asked)
    version = folder.manifest().version
    assert ingest(folder, str(tree), progress=False).files_read == 0
    (folder.root / "ledger.json").unlink()
    unaided = ingest(folder, str(tree), progress=False)
    assert (unaided.files_read, unaided.changed) == (7, False)
    assert folder.manifest().version == version


def test_a_part_of_the_site_and_a_single_file_are_sources_too(tree, tmp_path):
    report = ingest(Lake(tmp_path / "a"), str(tree / "Reports/Current"), progress=False)
    assert report.files_found == 4
    one = next((tree / IS).glob("*0005_*.zip"))
    renamed = shutil.copy(one, tmp_path / "anything.zip")
    for lake, source in (("b", one), ("c", renamed)):
        report = ingest(Lake(tmp_path / lake), str(source), progress=False)
        assert report.rows == {"price": 2}
    with serving(tree) as server:
        report = ingest(Lake(tmp_path / "d"), f"{server.url}/{IS}", progress=False, limits=QUICK)
        assert report.files_found == 3
        report = ingest(Lake(tmp_path / "e"), f"{server.url}/{IS}/{one.name}", progress=False, limits=QUICK)
        assert report.rows == {"price": 2}


@pytest.mark.fault("SRC-7")
def test_a_file_that_arrives_late_fills_its_gap(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    assert ingest(lake, str(tree / IS), progress=False).gaps["price"].missing == 1
    _interval(tree, 15, 99)
    report = ingest(lake, str(tree / IS), progress=False)
    assert (report.files_known, report.files_read) == (3, 1)
    assert lake.read("price", "2024-09")["rrp"].tolist() == [5, 15, 10, 20, 99, 109, 20, 30]


@pytest.mark.fault("SRC-6")
def test_a_revised_file_is_read_again(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    ingest(lake, str(tree / IS), progress=False)
    path = _interval(tree, 5, 777)
    os.utime(path, ns=(1, 1))
    report = ingest(lake, str(tree / IS), progress=False)
    assert (report.files_read, report.rows_replaced["price"]) == (1, 2)
    assert lake.read("price", "2024-09")["rrp"].iloc[0] == 777


@pytest.mark.fault("SRC-6")
def test_a_touched_file_with_the_same_bytes_is_not_parsed_again(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    ingest(lake, str(tree / IS), progress=False)
    for path in (tree / IS).glob("*.zip"):
        os.utime(path, ns=(1, 1))
    report = ingest(lake, str(tree / IS), progress=False)
    assert (report.rows, report.changed, report.failed) == ({}, False, False)
    assert ingest(lake, str(tree / IS), progress=False).files_known == 3


def test_window_and_tables_narrow_a_run_and_the_ledger_knows(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    first = ingest(lake, str(tree), start="2024-09-01T00:05", end="2024-09-01T00:10", progress=False)
    assert first.rows == {"price": 2}
    second = ingest(lake, str(tree), start="2024-08-31", end="2024-08-31T00:10", tables="price", progress=False)
    assert second.rows == {"price": 2}
    wider = ingest(lake, str(tree), start="2024-08-31", tables=["price"], progress=False)
    assert wider.rows["price"] == 4 + 4, "the day that was cut is read whole, two more intervals with it"
    scada = ingest(lake, str(tree), tables="scada", progress=False)
    assert scada.rows == {"scada": 2}
    assert sorted(lake.read_units()["duid"]) == ["STRANGE1", "W/HOE#1"], "what SCADA knows is in the registry"
    rest = ingest(lake, str(tree), progress=False)
    assert rest.files_known == 2, "SCADA, and the interval that was read whole for every table"
    assert rest.rows == {"price": 12}
    assert rest.rows_added == {"price": 4}, "of July and August"


def test_deleting_the_lake_makes_the_ledger_forget(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    ingest(lake, str(tree), progress=False)
    before = _content(lake)
    shutil.rmtree(lake.root / "versions")
    (lake.root / "current").unlink()
    report = ingest(lake, str(tree), progress=False)
    assert report.files_read == 7
    assert _content(lake) == before


def test_a_lake_that_began_anew_makes_the_ledger_forget(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    ingest(lake, str(tree), progress=False)
    july = lake.read("price", "2024-07")
    with lake.begin(replace=True) as transaction:
        transaction.add("price", july)
        transaction.publish()
    report = ingest(lake, str(tree), tables="price", progress=False)
    assert (report.files_known, report.files_read) == (1, 5), "only July is still there"
    assert len(lake.read("price", "2024-09")) == 6


def test_a_file_of_which_one_table_was_set_aside_is_tried_again(tree, tmp_path):
    columns = ("SETTLEMENTDATE", "REGION", "INTERVENTION", "TOTALDEMAND")
    region = section("DISPATCH", "REGIONSUM", 4, columns, [("2024/09/01 00:25:00", "SA1", 0, 1)])
    price = section("DISPATCH", "PRICE", 5, PRICE_COLUMNS, price_rows("2024/09/01 00:25:00"))
    name = f"{IS}/PUBLIC_DISPATCHIS_202409010025_1.zip"
    _put(tree, name, zipped(("A.CSV", mms_text(price, region))))
    lake = Lake(tmp_path / "data")
    first = ingest(lake, str(tree / IS), progress=False)
    assert (first.files_read, len(first.aside), first.failed) == (4, 1, False)
    assert len(lake.read("price", "2024-09")) == 8
    again = ingest(lake, str(tree / IS), progress=False)
    assert (again.files_known, again.files_read) == (3, 1)


def test_a_broken_ledger_is_no_obstacle(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    ingest(lake, str(tree), progress=False)
    for broken in ("", "[]", '{"schema": 1, "files": {"x": 3}}', '{"schema": 99}'):
        (lake.root / "ledger.json").write_text(broken)
        assert ingest(lake, str(tree), progress=False).files_read == 7


@pytest.mark.fault("STO-1")
def test_a_killed_run_keeps_the_batches_that_it_published(tree, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "BATCH_BYTES", 1)
    lake = Lake(tmp_path / "data")
    real_take = run_module._Run._take
    taken = []

    def dies(self, outcome, transaction):
        if len(taken) == 3:
            raise KeyboardInterrupt
        taken.append(outcome)
        return real_take(self, outcome, transaction)

    monkeypatch.setattr(run_module._Run, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        ingest(lake, str(tree), progress=False, workers=1)
    monkeypatch.setattr(run_module._Run, "_take", real_take)
    assert lake.manifest() is not None
    report = ingest(lake, str(tree), progress=False)
    assert (report.files_known, report.files_read) == (3, 4)
    whole = Lake(tmp_path / "whole")
    ingest(whole, str(tree), progress=False)
    assert _content(lake) == _content(whole)


@pytest.mark.fault("SRC-6")
def test_the_order_of_reading_does_not_matter(tree, tmp_path):
    _put(
        tree,
        "pd/PRICE_AND_DEMAND_202409_NSW1.csv",
        b"REGION,SETTLEMENTDATE,TOTALDEMAND,RRP,PERIODTYPE\nNSW1,2024/09/01 00:05:00,7000,5.01,TRADE\n",
    )
    parts = [tree / "pd", tree / "Reports", tree / "Data_Archive"]
    lakes = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        lake = Lake(tmp_path / "".join(map(str, order)))
        for i in order:
            ingest(lake, str(parts[i]), progress=False)
        lakes.append(_content(lake))
    assert lakes[0] == lakes[1] == lakes[2]
    assert lakes[0]["region", "2024-09"][0][2] == "7000.0"


# -- what goes wrong ---------------------------------------------------------------------------------


@pytest.mark.fault("SRC-3")
@pytest.mark.parametrize("make", ["html", "cut", "garbage", "no_key", "empty", "bomb", "no_table"])
def test_a_bad_file_is_set_aside_and_the_good_ones_are_kept(tree, tmp_path, make):
    text = price_file("2024/09/01 00:05:00")
    whole = zipped(("A.CSV", text))
    bad = {
        "html": b"<html>Too many requests</html>",
        "cut": whole[: len(whole) // 2],
        "garbage": b"\x00\xff" * 50,
        "no_key": zipped(("A.CSV", text.replace(b"SETTLEMENTDATE", b"SETTLED"))),
        "empty": b"",
        "bomb": zipped(("A.CSV", b"0" * (8 << 20))),
        "no_table": zipped(("A.CSV", mms_text(section("DISPATCH", "OTHER", 1, ("A",), [(1,)])))),
    }[make]
    path = _put(tree, f"{IS}/PUBLIC_DISPATCHIS_202409010015_0000000000000009.zip", bad)
    lake = Lake(tmp_path / "data")
    report = ingest(lake, str(tree / IS), progress=False)
    assert not report.failed
    assert len(report.aside) == 1
    assert path.name in report.aside[0]
    assert any(line.startswith("set aside: ") for line in report.lines())
    assert lake.read("price", "2024-09")["rrp"].tolist() == [5, 15, 10, 20, 20, 30]
    assert report.gaps["price"].missing == 1
    again = ingest(lake, str(tree / IS), progress=False)
    assert (again.files_known, len(again.aside)) == (3, 1), "a bad file is tried again"
    alone = ingest(lake, str(path), progress=False)
    assert alone.failed
    assert path.name in alone.failure
    assert "\n" not in alone.failure
    assert lake.read("price", "2024-09")["rrp"].tolist() == [5, 15, 10, 20, 20, 30]


def test_a_bad_interval_in_an_archived_day_leaves_the_others(tree, tmp_path):
    inner = [("1.zip", zipped(("1.CSV", price_file("2024/08/30 00:05:00", 31)))), ("2.zip", b"PK\x03\x04 no zip")]
    _put(tree, "Reports/Archive/DispatchIS_Reports/PUBLIC_DISPATCHIS_20240830.zip", zipped(*inner))
    lake = Lake(tmp_path / "data")
    report = ingest(lake, str(tree), progress=False)
    assert len(report.aside) == 1
    assert "PUBLIC_DISPATCHIS_20240830.zip/2.zip" in report.aside[0]
    assert len(lake.read("price", "2024-08")) == 2 + 4 + 2


@pytest.mark.parametrize("content", [{}, {"notes.txt": b"x", "table.csv": b"a,b\n1,2\n"}])
def test_a_wrong_folder_says_what_was_expected(tmp_path, content):
    folder = tmp_path / "wrong"
    folder.mkdir()
    for name, data in content.items():
        (folder / name).write_bytes(data)
    for source in (str(folder), "address"):
        with serving(folder) as server, pytest.raises(SourceError, match="expected names like PUBLIC_DVD_") as wrong:
            ingest(Lake(tmp_path / "data"), server.url if source == "address" else source, progress=False, limits=QUICK)
        assert ("table.csv" in str(wrong.value)) == bool(content)
    assert not (tmp_path / "data" / "current").exists()


def test_no_folder_no_server_no_such_kind_of_address(tmp_path):
    lake = Lake(tmp_path / "data")
    with pytest.raises(SourceError, match="is not there"):
        ingest(lake, str(tmp_path / "nowhere"), progress=False)
    with pytest.raises(SourceError, match="could not be read"):
        ingest(lake, "http://127.0.0.1:9/", progress=False, limits=QUICK)
    with pytest.raises(UsageError, match="ftp://"):
        ingest(lake, "ftp://nemweb.com.au/", progress=False)
    with pytest.raises(UsageError, match="did you mean price"):
        ingest(lake, str(tmp_path), tables="prices", progress=False)
    with pytest.raises(UsageError, match="no date"):
        ingest(lake, str(tmp_path), start="yesterday", progress=False)
    with pytest.raises(UsageError, match="does not lie after"):
        ingest(lake, str(tmp_path), start="2024-02-01", end="2024-01-01", progress=False)


@pytest.mark.fault("SRC-1")
def test_files_that_a_server_refuses_are_set_aside_and_read_the_next_time(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    names = sorted(p.name for p in (tree / IS).glob("*.zip"))
    with serving(tree) as server:
        server.faults[f"/{IS}/{names[0]}"] = [Fault(500), Fault(403)]
        server.faults[f"/{IS}/{names[1]}"] = [Fault(404)]
        server.faults[f"/{IS}/{names[2]}"] = [Fault(cut=40), Fault(429)]
        first = ingest(lake, f"{server.url}/{IS}", progress=False, limits=QUICK)
        assert first.failed, "nothing could be had"
        assert len(first.aside) == 3
        assert lake.manifest() is None
        second = ingest(lake, f"{server.url}/{IS}", progress=False, limits=QUICK)
        assert (second.failed, second.aside, second.files_read) == (False, [], 3)


@pytest.mark.fault("SRC-2")
def test_a_source_that_breaks_off_ends_the_run_after_publishing_what_came(tree, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "MOST_FAILURES", 3)
    lake = Lake(tmp_path / "data")
    for minute in range(25, 60, 5):
        _interval(tree, minute)
    with serving(tree) as server:
        for path in list((tree / IS).glob("*.zip"))[0:]:
            if "0005_" not in path.name:
                server.forever[f"/{IS}/{path.name}"] = Fault(503)
        report = ingest(lake, f"{server.url}/{IS}/", progress=False, limits=QUICK, workers=1)
    assert report.failed
    assert "3 files in a row" in report.failure
    assert lake.read("price", "2024-09")["rrp"].tolist() == [5, 15]


def test_demo_files_make_a_demo_and_never_mix(tree, tmp_path):
    demo = tmp_path / "demo"
    for minute in (5, 10):
        _interval(demo, minute, 1, system="DEMO.WORLD")
    lake = Lake(tmp_path / "data")
    ingest(lake, str(demo), progress=False)
    assert lake.manifest().is_demo
    assert lake.read("price", "2024-09")["source"].unique().tolist() == ["demo"]
    report = ingest(lake, str(tree), progress=False)
    assert "note: demo data set aside" in report.lines()
    assert lake.manifest().source == ["mmsdm", "current"]
    with pytest.raises(UsageError, match="real data"):
        ingest(lake, str(demo), progress=False)
    _interval(tree, 55, 1, system="DEMO.WORLD")
    mixed = ingest(Lake(tmp_path / "mixed"), str(tree), progress=False)
    assert mixed.files_read == 7
    assert len(mixed.aside) == 1
    assert "is of a synthetic market" in mixed.aside[0]


def test_units_are_read_first_and_of_a_few_files_the_largest_before_the_others():
    def file(path: str, size: int | None, datasets: frozenset[str] = frozenset({"scada"})) -> SourceFile:
        return SourceFile(path, path, FileName(MMS, datasets), size, "", ())

    early = [file(f"early {i}", i) for i in range(16)]
    late = [file("late, of no size", None), file("late, small", 20), file("late, large", 90)]
    units = [file("units", 5, frozenset({UNITS}))]
    found = [f.path for f in largest_first([*early, *units, *late])]
    assert found[0] == "units"
    assert found[1:17] == [f"early {i}" for i in range(15, -1, -1)]
    assert found[17:] == ["late, large", "late, small", "late, of no size"]


def test_nemweb_itself_is_read_for_two_days_unless_told(monkeypatch):
    wanted, notes = run_module._wanted("https://www.nemweb.com.au/", None, None, None)
    assert wanted.trees == {"current"}
    assert "give --start for more" in notes[0]
    assert run_module._wanted("https://nemweb.com.au/", "2024-01-01", None, None)[0].trees == TREES
    month = "https://nemweb.com.au/Data_Archive/Wholesale_Electricity/MMSDM/2024/MMSDM_2024_07/"
    assert run_module._wanted(month, None, None, None)[0].trees == TREES
    assert run_module._wanted("http://localhost:8000/", None, None, None)[0].trees == TREES


def test_the_ledger_is_plain_json_by_address(tree, tmp_path):
    lake = Lake(tmp_path / "data")
    ingest(lake, str(tree), progress=False)
    files = json.loads((lake.root / "ledger.json").read_text())["files"]
    assert len(files) == 7
    assert all(Path(p).is_file() for p in files)
    assert {d for f in files.values() for d in f["done"]} <= set(DATASETS)
