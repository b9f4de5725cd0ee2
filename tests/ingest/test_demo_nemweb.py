"""The demo as AEMO's files: they are laid out and written like AEMO's, and come back as the same lake."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from components.errors import UsageError
from components.ingest import mms
from components.ingest.demo import write_demo, write_demo_nemweb
from components.ingest.demo.workbook import write_workbook
from components.ingest.names import DATASET_NAMES
from components.ingest.run import ingest
from components.schema import DATASETS
from components.store.lake import Lake

# Across the day on which the monthly archive's names changed.
MARKET = {"days": 3, "end": pd.Timestamp("2024-08-02"), "seed": 7, "units": 25, "progress": False}
ARCHIVE = "Data_Archive/Wholesale_Electricity/MMSDM"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files") / "nemweb"
    write_demo_nemweb(folder, **MARKET)
    return folder


def single(path: Path) -> tuple[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        (name,) = archive.namelist()
        return name, archive.read(name)


def test_the_tree_is_nemwebs(tree: Path):
    july = tree / ARCHIVE / "2024/MMSDM_2024_07/MMSDM_Historical_Data_SQLLoader/DATA"
    august = tree / ARCHIVE / "2024/MMSDM_2024_08/MMSDM_Historical_Data_SQLLoader/DATA"
    tables = ["DISPATCHINTERCONNECTORRES", "DISPATCHLOAD", "DISPATCHPRICE", "DISPATCHREGIONSUM", "DISPATCH_UNIT_SCADA", "DUDETAIL",
              "DUDETAILSUMMARY", "PARTICIPANT", "ROOFTOP_PV_ACTUAL", "STATION"]  # fmt: skip
    assert {p.name for p in july.glob("*.zip")} == {f"PUBLIC_DVD_{t}_202407010000.zip" for t in tables}
    new = [f"PUBLIC_ARCHIVE%23{t}%23FILE01%23202408010000.zip" for t in tables]
    assert sorted(p.name for p in august.glob("*.zip")) == new
    assert single(august / new[0])[0] == "PUBLIC_ARCHIVE#DISPATCHINTERCONNECTORRES#FILE01#202408010000.CSV"
    current = tree / "Reports/Current"
    dispatch = sorted(p.name for p in (current / "DispatchIS_Reports").glob("*.zip"))
    assert len(dispatch) == len(list((current / "Dispatch_SCADA").glob("*.zip"))) == 2 * 288
    assert re.fullmatch(r"PUBLIC_DISPATCHIS_202407310005_\d{16}\.zip", dispatch[0])
    assert dispatch[-1].startswith("PUBLIC_DISPATCHIS_202408020000_")
    rooftop = sorted(p.name for p in (current / "ROOFTOP_PV/ACTUAL").glob("*MEASUREMENT*.zip"))
    # Named after the slot it is published in, half an hour after its interval.
    assert rooftop[0].startswith("PUBLIC_ROOFTOP_PV_ACTUAL_MEASUREMENT_20240731010000_")
    archive = tree / "Reports/Archive"
    with zipfile.ZipFile(archive / "Dispatch_SCADA/PUBLIC_DISPATCHSCADA_20240730.zip") as day:
        assert len(day.namelist()) == 288
        assert all(n.endswith(".zip") for n in day.namelist())
    assert (archive / "ROOFTOP_PV/ACTUAL/PUBLIC_ROOFTOP_PV_ACTUAL_SATELLITE_20240801.zip").exists()


def test_files_are_written_like_aemos(tree: Path):
    path = sorted((tree / "Reports/Current/DispatchIS_Reports").glob("*.zip"))[5]
    name, text = single(path)
    assert name == path.name.replace(".zip", ".CSV")
    lines = text.decode().split("\r\n")
    event = path.stem.rpartition("_")[2]
    assert lines[0] == f"C,DEMO.WORLD,DISPATCHIS,AEMO,PUBLIC,2024/07/31,00:25:09,{event},DISPATCHIS,{event}"
    assert lines[1].startswith("I,DISPATCH,PRICE,5,SETTLEMENTDATE,RUNNO,REGIONID,INTERVENTION,RRP,")
    assert lines[2].startswith('D,DISPATCH,PRICE,5,"2024/07/31 00:30:00",1,NSW1,0,')
    assert lines[-2] == f'C,"END OF REPORT",{len(lines) - 1}'
    opened = mms.open_mms(text, name)
    assert opened.notes == ()
    assert opened.tables() == (("DISPATCH", "PRICE"), ("DISPATCH", "REGIONSUM"), ("DISPATCH", "INTERCONNECTORRES"))
    day = current_next_day(tree)[0]
    assert re.fullmatch(r"PUBLIC_NEXT_DAY_DISPATCH_20240730_\d{16}\.zip", day.name)
    rows = single(day)[1].decode().split("\r\n")
    assert rows[1].startswith("I,DISPATCH,UNIT_SOLUTION,6,SETTLEMENTDATE,RUNNO,DUID,INTERVENTION,UIGF,TOTALCLEARED,")
    assert rows[2].startswith('D,DISPATCH,UNIT_SOLUTION,6,"2024/07/30 04:05:00",1,')
    assert rows[-3].startswith('D,DISPATCH,UNIT_SOLUTION,6,"2024/07/31 04:00:00",1,')
    for path in (tree / ARCHIVE).rglob("*.zip"):
        assert mms.open_mms(single(path)[1], path.name).notes == ()


def current_next_day(tree: Path) -> list[Path]:
    return sorted((tree / "Reports/Current/Next_Day_Dispatch").glob("*.zip"))


def test_every_folder_lists_itself_as_aemos_server_does(tree: Path):
    for folder in [tree, *(p for p in tree.rglob("*") if p.is_dir())]:
        page = (folder / "index.html").read_text()
        links = re.findall(r'(\d+|&lt;dir&gt;) <A HREF="([^"]+)">([^<]+)</A><br>', page)
        own = {p.name for p in folder.iterdir()} - {"index.html"}
        assert {name for _, _, name in links} == own
        for size, address, name in links:
            assert (tree / unquote(address).lstrip("/")).resolve() == (folder / name).resolve()
            assert size == "&lt;dir&gt;" if (folder / name).is_dir() else int(size) == (folder / name).stat().st_size
            assert "%2523" in address or "%23" not in name
        assert ("[To Parent Directory]" in page) == (folder != tree)


def _thin_out(reports: Path) -> None:
    """Leave a dozen single files per report: the archive has every interval, and the test is to be quick."""
    for folder in ("DispatchIS_Reports", "Dispatch_SCADA", "ROOFTOP_PV/ACTUAL"):
        for path in sorted((reports / "Current" / folder).glob("*.zip"))[6:-6]:
            path.unlink()
        for path in (reports / "Archive" / folder).glob("*.zip"):
            with zipfile.ZipFile(path) as whole:
                kept = {name: whole.read(name) for name in whole.namelist()[::30]}
            with zipfile.ZipFile(path, "w") as part:
                for name, data in kept.items():
                    part.writestr(name, data)


def test_files_come_back_as_the_same_lake(tree: Path, tmp_path: Path):
    """Demo -> files -> ingest gives the same rows, units and even the same stored bytes."""
    direct, read = Lake(tmp_path / "direct"), Lake(tmp_path / "read")
    write_demo(direct, **MARKET)
    _thin_out(tree / "Reports")
    report = ingest(read, str(tree), tables=DATASET_NAMES, progress=False)
    assert report.aside == []
    assert report.unmapped == 0
    expected, found = direct.manifest(), read.manifest()
    assert expected is not None
    assert found is not None
    assert found.is_demo
    files = [p for p in tree.rglob("*") if p.suffix in (".zip", ".xlsx", ".CSV")]
    outlook = {"P5_Reports", "PredispatchIS_Reports", "Market_Notice"}  # what the collector alone follows
    assert report.files_read == len([p for p in files if p.parent.name not in outlook])
    for name in DATASETS:
        assert list(found.datasets[name].months) == ["2024-07", "2024-08"]
        for month, stored in expected.datasets[name].months.items():
            pd.testing.assert_frame_equal(read.read(name, month), direct.read(name, month), check_exact=True)
            assert found.datasets[name].months[month].sha256 == stored.sha256
    pd.testing.assert_frame_equal(read.read_units(), direct.read_units(), check_exact=True)


def test_a_folder_with_something_else_in_it_is_never_touched(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    for force in (False, True):
        with pytest.raises(UsageError, match="holds no demo"):
            write_demo_nemweb(tmp_path, days=1, end=pd.Timestamp("2024-01-02"), units=20, force=force, progress=False)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_an_earlier_demo_is_replaced_only_with_force(tmp_path: Path):
    out = tmp_path / "out"
    ask = {"days": 1, "units": 20, "progress": False}
    write_demo_nemweb(out, end=pd.Timestamp("2024-01-02"), **ask)
    with pytest.raises(UsageError, match="--force"):
        write_demo_nemweb(out, end=pd.Timestamp("2024-03-02"), **ask)
    write_demo_nemweb(out, end=pd.Timestamp("2024-03-02"), force=True, **ask)
    assert [p.name for p in (out / ARCHIVE / "2024").iterdir() if p.is_dir()] == ["MMSDM_2024_03"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_same_market_gives_the_same_bytes(tmp_path: Path):
    ask = {"days": 1, "end": pd.Timestamp("2024-01-02"), "units": 20, "progress": False}
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        write_demo_nemweb(folder, **ask)
        written.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    assert len(written[0]) > 600
    assert written[0] == written[1]


def test_a_workbook_is_what_a_spreadsheet_program_reads():
    import io

    import openpyxl

    saved = pd.Timestamp("2001-02-03")
    data = write_workbook("A & B", [["x", None, "<y>"], [1.5, 2.0, "é"]], saved)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["A & B"]
    assert list(book["A & B"].values) == [("x", None, "<y>"), (1.5, 2, "é")]
    assert book.properties.modified == saved.to_pydatetime()
