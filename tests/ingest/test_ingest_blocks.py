"""A large text that is read block by block gives what the whole text gives: the same rows, notes and refusals."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from aemo_text import PRICE_COLUMNS, SCADA_COLUMNS, mms_text, price_rows, section, zipped
from test_ingest_tables import ALL

from components.errors import FileRejected
from components.ingest import archive, names
from components.ingest.discover import SourceFile, Wanted
from components.ingest.mms import open_mms
from components.ingest.mms_blocks import UnusualText
from components.ingest.read import Outcome, Room, read_file
from components.ingest.tables import read_datasets, read_datasets_of_blocks

STAMPS = [f"2024/07/01 {h:02}:{m:02}:00" for h in range(3) for m in range(0, 60, 5)][1:]
RIPPLE = np.random.default_rng(5).normal(50, 40, (len(STAMPS), 3)).round(3)


def _scada(stamps: list[str] = STAMPS, version: int = 1) -> list[str]:
    rows = [
        (f'"{t}"', duid, RIPPLE[i, j] if (i + j) % 7 else "", f'"{t}"')
        for i, t in enumerate(stamps)
        for j, duid in enumerate(("AAA1", "BBB1", "CCC-2"))
    ]
    return section("DISPATCH", "UNIT_SCADA", version, SCADA_COLUMNS, rows)


def _prices(stamps: list[str] = STAMPS, columns: tuple[str, ...] = PRICE_COLUMNS, run: int = 0) -> list[str]:
    rows = [row for i, t in enumerate(stamps) for row in price_rows(t, RIPPLE[i, 0], run=run)]
    order = [PRICE_COLUMNS.index(c) for c in columns]
    return section("DISPATCH", "PRICE", 5, columns, [[row[i] for i in order] for row in rows])


OTHER = section("DISPATCH", "CASE_SOLUTION", 2, ("SETTLEMENTDATE", "X"), [(t, 1) for t in STAMPS])
USUAL = {
    "one table": mms_text(_scada(), report="DVD_DISPATCH_UNIT_SCADA"),
    "ends of lines as on Unix": mms_text(_scada(), newline="\n"),
    "no end of the last line": mms_text(_scada()).rstrip(),
    "several tables": mms_text(_prices(), OTHER, _scada()),
    "rows again, later and earlier": mms_text(_scada(STAMPS[10:]), _scada(), _scada(STAMPS[:3])),
    "sections of other widths": mms_text(_prices(STAMPS[:9]), _prices(STAMPS[9:], PRICE_COLUMNS[::-1]), _scada()),
    "an intervention": mms_text(_prices(), _prices(STAMPS[4:6], run=1)),
    "a section without rows": mms_text(_scada([]), _prices()),
    "a comment between": mms_text(_prices(), ["C,a word between"], _scada()),
    "a footer that counts other lines": mms_text(_scada()).replace(b'REPORT",', b'REPORT",9'),
    "empty lines at the end": mms_text(_scada()) + b"\r\n\r\n",
    "no number is NULL": mms_text(_scada()).replace(b",,", b",NULL,"),
    "a stamp off the grid, a row without a unit": mms_text(_scada())
    .replace(b'"2024/07/01 00:25:00",AAA1', b'"2024/07/01 00:25:01",AAA1')
    .replace(b'"2024/07/01 00:30:00",AAA1', b'"2024/07/01 00:30:00",'),
    "an infinite number": mms_text(_scada()).replace(f"{RIPPLE[0, 1]},".encode(), b"inf,"),
    "names with spaces around": mms_text(_scada()).replace(b"BBB1", b" BBB1").replace(b" BBB1", b"BBB1 ", 5),
}
ROW = b'D,DISPATCH,UNIT_SCADA,1,"2024/07/01 00:25:00",AAA1'
UNUSUAL = {
    "rows in small letters": mms_text(_scada()).replace(ROW, ROW.lower()),
    "a row of another table": mms_text(_scada()).replace(ROW, ROW.replace(b"SCADA", b"OTHER")),
    "a row that is no D": mms_text(_scada()).replace(ROW, ROW.replace(b"D,", b"X,", 1)),
    "a field too many": mms_text(_scada()).replace(ROW, ROW + b",1"),
    "a word for a number": mms_text(_scada()).replace(f"{RIPPLE[0, 1]},".encode(), b"many,"),
    "a stamp that is none": mms_text(_scada()).replace(b'"2024/07/01 00:25:00",AAA1', b'"yesterday",AAA1'),
    "a break within quotes": mms_text(_scada()).replace(b"BBB1", b'"B\nB"', 1),
    "a row that is broken off and one that is whole": mms_text(_scada()).replace(
        ROW, b'D,DISPATCH,UNIT_SCADA,1,"\n' + ROW
    ),
    "an empty line": mms_text(_scada()).replace(ROW, b"\r\n" + ROW),
    "a lone carriage return": mms_text(_scada()).replace(b"AAA1", b"A\r1", 1),
    "a letter beyond ASCII": mms_text(_scada()).replace(b"BBB1", "BB\xe9".encode("latin-1")),
    "a letter beyond ASCII in the first line": mms_text(_scada(), report="DISPATCH\xe9").decode().encode("latin-1"),
    "a name that breaks off and goes on in a line that begins like a row": mms_text(_scada()).replace(
        ROW, ROW.replace(b"AAA1", b'"AAA\n') + b'D,DISPATCH,UNIT_SCADA,1,"'
    ),
    "a byte order mark": b"\xef\xbb\xbf" + mms_text(_scada()),
    "no footer": mms_text(_scada(), footer=False),
    "rows behind the footer": mms_text(_scada()) + ROW + b",1,\r\n",
    "rows before any names": mms_text(_scada()).replace(b"I,DISPATCH", b"D,DISPATCH"),
    "rows behind a comment": mms_text(_scada()).replace(ROW, b"C,a word between\r\n" + ROW),
    "a column that is missing": mms_text(_scada()).replace(b"SCADAVALUE", b"VALUE"),
    "a column that is there twice": mms_text(_scada()).replace(b"LASTCHANGED", b"SCADAVALUE"),
    "a header of few words": mms_text(_scada()).replace(b",SETTLEMENTDATE,DUID,SCADAVALUE,LASTCHANGED", b""),
    "an HTML page": b"<html>" + mms_text(_scada()),
    "a line without end": b"C," + b"x" * (3 << 20),
    "nothing": b"",
}


def _cut(text: bytes, size: int) -> list[bytes]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [61, 1000, 1 << 30])
@pytest.mark.parametrize("kind", USUAL)
def test_blocks_of_any_size_give_the_rows_of_the_whole(kind, size):
    text = USUAL[kind]
    whole = open_mms(text, "a")
    rows, aside = read_datasets(whole, ALL)
    file, found = read_datasets_of_blocks(_cut(text, size), "a", ALL)
    assert not aside
    assert (file.system, file.report, file.published) == (whole.system, whole.report, whole.published)
    assert (file.tables(), file.notes) == (whole.tables(), whole.notes)
    assert sum(map(len, rows.values())) > len(STAMPS)
    _same(found, rows)


def _same(found: dict[str, pd.DataFrame], rows: dict[str, pd.DataFrame]) -> None:
    assert list(found) == list(rows)
    for name, frame in rows.items():
        pd.testing.assert_frame_equal(found[name], frame, check_exact=True)
        assert found[name].attrs == frame.attrs


@pytest.mark.parametrize("size", [61, 1 << 30])
@pytest.mark.parametrize("kind", UNUSUAL)
def test_what_is_unusual_is_left_to_the_reader_of_whole_texts(kind, size):
    with pytest.raises(UnusualText):
        read_datasets_of_blocks(_cut(UNUSUAL[kind], size), "a", ALL)


class _Source:
    def __init__(self, data: bytes):
        self.data = data

    def read(self, _: SourceFile) -> bytes:
        return self.data


def _outcome(data: bytes, monkeypatch: pytest.MonkeyPatch, *, blocks: bool, wanted: Wanted | None = None) -> Outcome:
    monkeypatch.setattr(archive, "LARGE", 1 if blocks else 1 << 60)
    file = SourceFile("a.zip", "/a.zip", names.FileName(names.MMS, frozenset(ALL)), len(data), "1", ())
    return read_file(_Source(data), file, wanted or Wanted(frozenset(ALL)), Room())


def _damaged(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        (member,) = opened.infolist()
    directory = data.rindex(b"PK\x01\x02")
    start = 30 + len(member.filename)
    return {
        "a bit of the packed text": data[: start + 400] + bytes([data[start + 400] ^ 16]) + data[start + 401 :],
        "the checksum": data[: directory + 16] + struct.pack("<I", member.CRC ^ 1) + data[directory + 20 :],
        "the size, too large": data[: directory + 24]
        + struct.pack("<I", member.file_size + 9)
        + data[directory + 28 :],
        "the size, too small": data[: directory + 24]
        + struct.pack("<I", member.file_size - 9)
        + data[directory + 28 :],
        "the packed size": data[: directory + 20]
        + struct.pack("<I", member.compress_size - 9)
        + data[directory + 24 :],
        "the place": data[: directory + 42] + struct.pack("<I", 7) + data[directory + 46 :],
        "the end": data[: len(data) // 2],
    }


WHOLE = zipped(("PUBLIC_DVD_DISPATCH_UNIT_SCADA_202407010000.CSV", USUAL["several tables"]))
FILES = (
    {kind: zipped(("A.CSV", text)) for kind, text in (USUAL | UNUSUAL).items()}
    | {f"damaged: {what}": data for what, data in _damaged(WHOLE).items()}
    | {
        "a path that climbs out": zipped(("../A.CSV", USUAL["one table"])),
        "two texts": zipped(("A.CSV", USUAL["one table"]), ("B.CSV", USUAL["one table"])),
        "a zip of zips": zipped(("a.zip", WHOLE)),
        "a bomb": zipped(("A.CSV", b"C," + b"0" * (4 << 20))),
    }
)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_gives_the_same_whichever_way_it_is_read(kind, monkeypatch):
    there, here = (_outcome(FILES[kind], monkeypatch, blocks=blocks) for blocks in (False, True))
    assert there.rows or kind not in USUAL
    for name in ("aside", "notes", "ignored", "demo", "cut", "sha256", "size", "unreachable"):
        assert getattr(here, name) == getattr(there, name), name
    assert list(here.rows) == list(there.rows)
    for dataset, frames in there.rows.items():
        for found, frame in zip(here.rows[dataset], frames, strict=True):
            pd.testing.assert_frame_equal(found, frame, check_exact=True)
    if kind.startswith("damaged"):
        assert there.aside
        assert not there.rows


def test_the_window_is_cut_out_of_blocks_too(monkeypatch):
    wanted = Wanted(frozenset(ALL), pd.Timestamp(STAMPS[3]), pd.Timestamp(STAMPS[8]))
    there, here = (_outcome(WHOLE, monkeypatch, blocks=blocks, wanted=wanted) for blocks in (False, True))
    assert here.cut
    assert len(here.rows["scada"][0]) == 5 * 3
    pd.testing.assert_frame_equal(here.rows["scada"][0], there.rows["scada"][0])


def test_blocks_of_a_damaged_zip_end_with_a_refusal(monkeypatch):
    monkeypatch.setattr(archive, "LARGE", 1)
    for what, data in _damaged(WHOLE).items():
        large = archive.large_text(data, "a.zip")
        if large is not None:
            with pytest.raises(FileRejected, match=r"a\.zip"):
                print(what, sum(map(len, large[1])))


def test_memory_is_bounded_by_the_block_not_by_the_text(monkeypatch):
    monkeypatch.setattr(archive, "_BLOCK", 1000)
    monkeypatch.setattr(archive, "LARGE", 1)
    _, blocks = archive.large_text(WHOLE, "a.zip")
    lengths = [len(block) for block in blocks]
    assert sum(lengths) == len(USUAL["several tables"])
    assert max(lengths) == 1000


@pytest.mark.real
def test_real_files_give_the_same_either_way(real: Path, monkeypatch):
    read = 0
    for path in sorted((real / "nemweb").rglob("*.zip")):
        name = names.read_name(path.name)
        if name is None or name.kind != names.MMS:
            continue
        file = SourceFile(path.name, str(path), name, path.stat().st_size, "1", ())
        found = []
        for least in (1, 1 << 60):
            monkeypatch.setattr(archive, "LARGE", least)
            found.append(read_file(_Source(path.read_bytes()), file, Wanted(frozenset(ALL)), Room()))
        here, there = found
        assert (here.aside, here.notes, here.ignored) == (there.aside, there.notes, there.ignored)
        assert list(here.rows) == list(there.rows)
        for dataset, frames in there.rows.items():
            for one, other in zip(here.rows[dataset], frames, strict=True):
                pd.testing.assert_frame_equal(one, other, check_exact=True)
        read += bool(there.rows)
    assert read > 10
