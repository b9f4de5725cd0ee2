"""Zips are read in memory under caps; whatever is not one CSV (or a zip of such zips) is refused."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
from aemo_text import price_file, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import FileRejected
from components.ingest.archive import Caps, unpack

TEXT = price_file("2024/07/01 00:05:00")
WHOLE = zipped(("A.CSV", TEXT))


def _all(data: bytes, name: str = "a.zip", **caps: int) -> list[tuple[str, bytes]]:
    return [(n, t) for n, t in unpack(data, name, Caps(**caps))]


def test_one_csv_in_a_zip_a_gzip_and_bare():
    assert _all(WHOLE) == [("a.zip/A.CSV", TEXT)]
    assert _all(gzip.compress(TEXT), "a.csv.gz") == [("a.csv", TEXT)]
    assert _all(TEXT, "a.csv") == [("a.csv", TEXT)]


def test_a_zip_of_zips_gives_every_text_in_order():
    day = zipped(("2.zip", zipped(("2.CSV", b"two"))), ("1.zip", zipped(("1.CSV", b"one"))))
    assert _all(day, "day.zip") == [("day.zip/1.zip/1.CSV", b"one"), ("day.zip/2.zip/2.CSV", b"two")]


@pytest.mark.fault("SRC-3")
def test_a_damaged_inner_zip_leaves_the_others():
    day = zipped(("1.zip", WHOLE[: len(WHOLE) // 2]), ("2.zip", WHOLE))
    (first, damaged), (second, text) = unpack(day, "day.zip")
    assert (first, second) == ("day.zip/1.zip", "day.zip/2.zip/A.CSV")
    assert isinstance(damaged, FileRejected)
    assert "day.zip/1.zip" in str(damaged)
    assert text == TEXT


@pytest.mark.fault("SRC-3")
@pytest.mark.parametrize("at", [0, 1, len(WHOLE) // 3, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_cut_zip(at):
    with pytest.raises(FileRejected, match=r"a\.zip"):
        _all(WHOLE[:at])


@pytest.mark.fault("SRC-3")
def test_a_cut_gzip():
    whole = gzip.compress(TEXT)
    for at in (1, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        with pytest.raises(FileRejected):
            _all(whole[:at], "a.csv.gz")


@pytest.mark.fault("SRC-4")
def test_an_html_page_instead_of_a_zip_is_shown():
    with pytest.raises(FileRejected, match="expected a zip, found an HTML page beginning '<html>Too many"):
        _all(b"<html>Too many requests</html>")


@pytest.mark.fault("SRC-3")
def test_two_csvs():
    with pytest.raises(FileRejected, match=r"expected one CSV in the zip, found 2 files \(A.CSV, B.CSV\)"):
        _all(zipped(("A.CSV", b"C,"), ("B.CSV", b"C,")))


@pytest.mark.fault("SRC-3")
def test_an_empty_zip():
    with pytest.raises(FileRejected, match="empty zip"):
        _all(zipped())


@pytest.mark.fault("SRC-3")
@pytest.mark.parametrize("path", ["../x.csv", "/etc/passwd", "a/../../x.csv", "..\\x.csv", "C:\\x.csv"])
def test_a_path_that_leads_out(path):
    with pytest.raises(FileRejected, match="outside itself"):
        _all(zipped((path, TEXT)))


@pytest.mark.fault("SRC-3")
def test_a_bomb_by_size_by_ratio_and_by_sum():
    bomb = zipped(("A.CSV", b"0" * (8 << 20)))
    with pytest.raises(FileRejected, match="zip bomb"):
        _all(bomb)
    with pytest.raises(FileRejected, match="more than 1,000,000"):
        _all(bomb, member_bytes=1_000_000)
    inner = zipped(("A.CSV", TEXT * 100))
    day = zipped(*((f"{i}.zip", inner) for i in range(20)))
    with pytest.raises(FileRejected, match="more than 200,000 bytes"):
        _all(day, total_bytes=200_000)
    with pytest.raises(FileRejected, match="at most 10 files"):
        _all(day, members=10)
    with pytest.raises(FileRejected, match="bomb"):
        _all(gzip.compress(b"0" * (8 << 20)), "a.csv.gz", ratio=10)


@pytest.mark.fault("SRC-3")
def test_a_zip_in_a_zip_in_a_zip():
    ((_, found),) = unpack(zipped(("b.zip", zipped(("c.zip", WHOLE)))), "a.zip")
    assert isinstance(found, FileRejected)
    assert "another zip" in str(found)


@pytest.mark.fault("SRC-3")
def test_an_encrypted_member():
    data = bytearray(WHOLE)
    central = data.index(b"PK\x01\x02")
    for at in (6, central + 8):
        data[at] |= 1
    with pytest.raises(FileRejected, match="encrypted"):
        _all(bytes(data))


@pytest.mark.fault("SRC-3")
def test_a_lie_about_the_checksum():
    data = bytearray(WHOLE)
    for at in (14, data.index(b"PK\x01\x02") + 16):
        data[at : at + 4] = struct.pack("<I", 12345)
    with pytest.raises(FileRejected, match="CRC"):
        _all(bytes(data))


@pytest.mark.fault("SRC-3")
def test_a_lie_about_the_size():
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A.CSV", b"0" * 5000)
    data = bytearray(stored.getvalue())
    for at in (22, data.index(b"PK\x01\x02") + 24):
        data[at : at + 4] = struct.pack("<I", 100)
    with pytest.raises(FileRejected):
        _all(bytes(data))


@pytest.mark.fault("SRC-9")
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_zip_is_refused_or_read_never_anything_else(data):
    whole = bytearray(zipped(("b.zip", WHOLE)) if data.draw(st.booleans()) else WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for start in (bytes(whole), b"PK\x03\x04" + bytes(whole)):
        try:
            list(unpack(start, "a.zip", Caps(member_bytes=1 << 20)))
        except FileRejected:
            pass
