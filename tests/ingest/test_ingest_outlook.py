"""Predispatch and market notices, as far as their layout is known: read by name, whatever stands beside."""

from __future__ import annotations

import io
import json
import math
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nemweb_server import Fault, NemwebServer, serving

from components.errors import FileRejected
from components.ingest.fetch import Limits
from components.ingest.follow_context import ContextFollower
from components.ingest.nemweb import open_source
from components.ingest.outlook import read_forecast, read_notice
from components.store.context import FILE, empty_context, read_context, write_context
from components.store.lake import Lake

PREDISPATCH = """C,NEMP.WORLD,PREDISPATCHIS,AEMO,PUBLIC,2025/03/03,12:01:10,0000000450000001,PREDISPATCHIS,0000000450000000
I,PREDISPATCH,CASE_SOLUTION,3,PREDISPATCHSEQNO,RUNNO,TOTALOBJECTIVE
D,PREDISPATCH,CASE_SOLUTION,3,2025030317,1,12.5
I,PREDISPATCH,REGION_PRICES,2,PREDISPATCHSEQNO,RUNNO,REGIONID,PERIODID,INTERVENTION,RRP,EEP,LASTCHANGED,DATETIME
D,PREDISPATCH,REGION_PRICES,2,2025030317,1,NSW1,1,0,85.5,0,"2025/03/03 12:01:05","2025/03/03 12:30:00"
D,PREDISPATCH,REGION_PRICES,2,2025030317,1,NSW1,1,1,999,0,"2025/03/03 12:01:05","2025/03/03 12:30:00"
D,PREDISPATCH,REGION_PRICES,2,2025030317,1,VIC1,1,0,-12.25,0,"2025/03/03 12:01:05","2025/03/03 12:30:00"
D,PREDISPATCH,REGION_PRICES,2,2025030317,1,NSW1,2,0,90,0,"2025/03/03 12:01:05","2025/03/03 13:00:00"
D,PREDISPATCH,REGION_PRICES,2,2025030317,1,XYZ9,2,0,90,0,"2025/03/03 12:01:05","2025/03/03 13:00:00"
I,PREDISPATCH,REGION_SOLUTION,5,PREDISPATCHSEQNO,RUNNO,REGIONID,PERIODID,INTERVENTION,TOTALDEMAND,DATETIME
D,PREDISPATCH,REGION_SOLUTION,5,2025030317,1,NSW1,1,0,7800.5,"2025/03/03 12:30:00"
D,PREDISPATCH,REGION_SOLUTION,5,2025030317,1,VIC1,1,0,4100,"2025/03/03 12:30:00"
C,"END OF REPORT",13
""".replace("\n", "\r\n")
P5MIN = """C,NEMP.WORLD,P5MIN,AEMO,PUBLIC,2025/03/03,12:00:30,0000000450000009,P5MIN,0000000450000008
I,P5MIN,REGIONSOLUTION,8,RUN_DATETIME,INTERVAL_DATETIME,REGIONID,RRP,ROP,TOTALDEMAND,INTERVENTION
D,P5MIN,REGIONSOLUTION,8,"2025/03/03 12:05:00","2025/03/03 12:05:00",NSW1,80,80,7700,0
D,P5MIN,REGIONSOLUTION,8,"2025/03/03 12:05:00","2025/03/03 12:10:00",NSW1,81,81,7710,0
C,"END OF REPORT",5
""".replace("\n", "\r\n")
NOTICE = """-------------------------------------------------------------------
                           MARKET NOTICE
-------------------------------------------------------------------

From :              AEMO
To   :              NEMITWEB1
Creation Date :     03/03/2025     09:00:53

-------------------------------------------------------------------

Notice ID               :         {id}
Notice Type ID          :         RESERVE NOTICE
Notice Type Description :         LRC/LOR1/LOR2/LOR3
Issue Date              :         03/03/2025
External Reference      :         Forecast Lack Of Reserve <b>Level 1</b> in NSW

-------------------------------------------------------------------

Reason :

AEMO ELECTRICITY MARKET NOTICE

From 1700 hrs : a capacity reserve of 700 MW is needed.


-------------------------------------------------------------------
END OF REPORT
-------------------------------------------------------------------
"""


def test_a_predispatch_run_by_hand():
    found = read_forecast(PREDISPATCH.encode(), "p.csv")
    assert (found.published, found.minutes) == (pd.Timestamp("2025-03-03 12:01:10"), 30)
    rows = [tuple(r) for r in found.rows[["time", "region", "price", "demand"]].itertuples(index=False)]
    assert rows[:2] == [
        (pd.Timestamp("2025-03-03 12:30"), "NSW1", 85.5, 7800.5),  # the pricing run, not the physical one
        (pd.Timestamp("2025-03-03 12:30"), "VIC1", -12.25, 4100.0),
    ]
    assert rows[2][:3] == (pd.Timestamp("2025-03-03 13:00"), "NSW1", 90.0)
    assert math.isnan(rows[2][3])  # missing, not zero
    assert len(rows) == 3  # no such region as XYZ9


def test_a_five_minute_run_by_hand():
    found = read_forecast(P5MIN.encode(), "p5.csv")
    assert (found.minutes, found.rows["price"].tolist(), found.rows["demand"].tolist()) == (5, [80, 81], [7700, 7710])


def test_a_run_without_prices_is_refused_by_name():
    with pytest.raises(FileRejected, match="no table of it has REGIONID, RRP and a time"):
        read_forecast(PREDISPATCH.replace("RRP", "RRQ").encode(), "p.csv")


def test_a_notice_by_hand():
    found = read_notice(NOTICE.format(id=116921).encode(), "n.R116921")
    assert found == {
        "id": 116921,
        "type": "RESERVE NOTICE",
        "description": "LRC/LOR1/LOR2/LOR3",
        "created": "2025-03-03T09:00:53",
        "title": "Forecast Lack Of Reserve <b>Level 1</b> in NSW",
        "text": "AEMO ELECTRICITY MARKET NOTICE\n\nFrom 1700 hrs : a capacity reserve of 700 MW is needed.",
    }


@pytest.mark.fault("SRC-9")
@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([read_forecast, read_notice]))
def test_garbage_is_refused_and_nothing_else(data, read):
    with pytest.raises(FileRejected):
        read(data, "x")


@settings(deadline=None)
@given(st.integers(0, len(PREDISPATCH) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_run_is_read_or_refused(at, damage):
    data = PREDISPATCH.encode()
    try:
        found = read_forecast(data[:at] + damage + data[at + len(damage) :], "p.csv")
    except FileRejected:
        return
    assert list(found.rows.columns) == ["time", "region", "price", "demand"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": 9}', '{"schema": 1, "forecasts": 3, "notices": []}']
)
def test_a_damaged_context_counts_as_none(tmp_path: Path, text: str):
    (tmp_path / FILE).write_text(text)
    assert read_context(tmp_path) == empty_context()


def zipped(name: str, text: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, text)
    return data.getvalue()


@pytest.fixture
def site(tmp_path: Path):
    current = tmp_path / "site/Reports/Current"
    for folder in ("PredispatchIS_Reports", "P5_Reports", "Market_Notice"):
        (current / folder).mkdir(parents=True)
    with serving(tmp_path / "site") as server:
        server.current = current
        yield server


def follower(tmp_path: Path, site: NemwebServer) -> ContextFollower:
    (tmp_path / "lake").mkdir(exist_ok=True)
    quick = Limits(attempts=1, deadline=5, wait_first=0, wait_most=0, wait_jitter=0)
    return ContextFollower(Lake(tmp_path / "lake"), open_source(site.url + "/", quick))


NOW = pd.Timestamp("2025-03-03 12:02")


def test_the_newest_run_and_the_new_notices_are_read_once(tmp_path: Path, site):
    def put(folder: str, name: str, data: bytes) -> None:
        (site.current / folder / name).write_bytes(data)

    put("PredispatchIS_Reports", "PUBLIC_PREDISPATCHIS_202503031130_20250303113110.zip", b"older, never asked for")
    put("PredispatchIS_Reports", "PUBLIC_PREDISPATCHIS_202503031200_20250303120110.zip", zipped("p.CSV", PREDISPATCH))
    put("P5_Reports", "PUBLIC_P5MIN_202503031205_20250303120030.zip", zipped("p5.CSV", P5MIN))
    for number in (99, 100, 101):
        put("Market_Notice", f"NEMITWEB1_MKTNOTICE_20250303.R{number}", NOTICE.format(id=number).encode())
    at_work = follower(tmp_path, site)
    assert at_work.look(NOW) == []
    context = read_context(tmp_path / "lake")
    assert [f["minutes"] for f in context["forecasts"]] == [5, 30]
    assert context["forecasts"][1]["price"] == [85.5, -12.25, 90.0]
    assert context["forecasts"][1]["demand"] == [7800.5, 4100.0, None]
    assert [n["id"] for n in context["notices"]] == [99, 100, 101]
    assert (context["demo"], context["read"]) == (False, "2025-03-03T12:02:00")
    put("Market_Notice", "NEMITWEB1_MKTNOTICE_20250303.R102", NOTICE.format(id=102).encode())
    asked = sum(site.asked.values())
    assert at_work.look(NOW + pd.Timedelta(minutes=5)) == []
    assert sum(site.asked.values()) - asked == 3 + 1  # three listings, one notice
    assert [n["id"] for n in read_context(tmp_path / "lake")["notices"]] == [99, 100, 101, 102]


def test_what_is_damaged_is_told_once_and_the_last_good_run_stays(tmp_path: Path, site):
    folder = site.current / "P5_Reports"
    (folder / "PUBLIC_P5MIN_202503031205_20250303120030.zip").write_bytes(zipped("p5.CSV", P5MIN))
    at_work = follower(tmp_path, site)
    at_work.look(NOW)
    (folder / "PUBLIC_P5MIN_202503031210_20250303120530.zip").write_bytes(b"PK\x03\x04 cut")
    (site.current / "Market_Notice/NEMITWEB1_MKTNOTICE_20250303.R1").write_bytes(b"<html>")
    told = at_work.look(NOW)
    assert len(told) == 2
    assert "PUBLIC_P5MIN_202503031210" in told[0]
    assert "no Notice ID" in told[1]
    assert at_work.look(NOW) == []
    assert read_context(tmp_path / "lake")["forecasts"][0]["price"] == [80.0, 81.0]


def test_a_source_without_them_is_no_fault(tmp_path: Path, site):
    for folder in ("P5_Reports", "PredispatchIS_Reports", "Market_Notice"):
        (site.current / folder).rmdir()
    assert follower(tmp_path, site).look(NOW) == []
    assert read_context(tmp_path / "lake") == empty_context()
    site.forever["/Reports/Current/Market_Notice/"] = Fault(status=500)
    assert follower(tmp_path, site).look(NOW) == []


def test_the_folder_on_disk_gives_the_same(tmp_path: Path, site):
    (site.current / "P5_Reports/PUBLIC_P5MIN_202503031205_20250303120030.zip").write_bytes(zipped("p5.CSV", P5MIN))
    follower(tmp_path, site).look(NOW)
    served = read_context(tmp_path / "lake")
    lake = Lake(tmp_path / "other")
    lake.root.mkdir()
    ContextFollower(lake, open_source(str(tmp_path / "site"), Limits())).look(NOW)
    assert read_context(lake.root) == served


def test_writing_is_whole_or_not_at_all(tmp_path: Path, monkeypatch):
    write_context(tmp_path, empty_context() | {"notices": [{"id": 1}]})
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_context(tmp_path, empty_context())
    assert json.loads((tmp_path / FILE).read_text())["notices"] == [{"id": 1}]
    assert [p.name for p in tmp_path.iterdir()] == [FILE]
