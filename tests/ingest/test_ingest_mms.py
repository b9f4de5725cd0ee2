"""C/I/D text -> frames: by name, whole or not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from aemo_text import PRICE_COLUMNS, mms_text, price_file, price_rows, section
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import FileRejected
from components.ingest.mms import open_mms, read_table, read_tables

WANTED = {"SETTLEMENTDATE": "time", "REGIONID": "text", "RRP": "number", "RAISE1SECRRP": "number"}


def test_header_sections_and_values():
    file = open_mms(price_file("2024/07/01 00:05:00", 42.5), "a.csv")
    assert (file.system, file.report) == ("NEMP.WORLD", "DISPATCHIS")
    assert file.published == pd.Timestamp("2024-07-01 00:00:13")
    assert file.tables() == (("DISPATCH", "PRICE"),)
    assert file.notes == ()
    frame = read_table(file, ("DISPATCH", "PRICE"), WANTED, ["RRP"])
    assert frame["RRP"].tolist() == [42.5, 52.5]
    assert frame["REGIONID"].tolist() == ["NSW1", "SA1"]
    assert frame["SETTLEMENTDATE"].dtype == "datetime64[us]"
    assert frame["SETTLEMENTDATE"].tolist() == [pd.Timestamp("2024-07-01 00:05")] * 2
    assert frame["RAISE1SECRRP"].isna().all(), "a column that the file lacks is missing, not 0"


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_quoted_and_plain_dates_in_either_line_ending(newline, quote):
    rows = [(f"{quote}2024/07/01 00:05:00{quote}", 1, "NSW1", 0, -1000, 0, 0, "", "", "")]
    file = open_mms(mms_text(section("DISPATCH", "PRICE", 4, PRICE_COLUMNS, rows), newline=newline), "a")
    frame = read_table(file, ("DISPATCH", "PRICE"), WANTED | {"RAISE6SECRRP": "number", "LASTCHANGED": "time"})
    assert frame["SETTLEMENTDATE"].iloc[0] == pd.Timestamp("2024-07-01 00:05")
    assert frame["RRP"].iloc[0] == -1000
    assert np.isnan(frame["RAISE6SECRRP"].iloc[0])
    assert pd.isna(frame["LASTCHANGED"].iloc[0])


@pytest.mark.fault("SRC-5")
def test_sections_of_two_versions_are_read_each_by_its_own_names():
    old = section("DISPATCH", "PRICE", 4, ("SETTLEMENTDATE", "REGIONID", "RRP"), [("2024/07/01 00:05:00", "SA1", 1)])
    other = section("DISPATCH", "CASE_SOLUTION", 2, ("SETTLEMENTDATE",), [("2024/07/01 00:05:00",)])
    new = section(
        "DISPATCH", "PRICE", 5, ("RRP", "NEW", "REGIONID", "SETTLEMENTDATE"), [(2, 9, "SA1", "2024/07/01 00:10:00")]
    )
    file = open_mms(mms_text(old, other, new), "a")
    frame = read_table(file, ("DISPATCH", "PRICE"), WANTED)
    assert frame["RRP"].tolist() == [1, 2]
    assert frame["SETTLEMENTDATE"].tolist() == [pd.Timestamp("2024-07-01 00:05"), pd.Timestamp("2024-07-01 00:10")]


def test_an_empty_table_name_and_a_table_without_rows():
    text = mms_text(
        section("DREGION", "", 2, ("SETTLEMENTDATE", "RRP"), [("2024/07/01 00:05:00", 5)]),
        section("DREGION", "", 3, ("A",), []),
    )
    tables = read_tables(text, "a")
    assert list(tables) == [("DREGION", "")]
    assert tables["DREGION", ""]["RRP"].tolist() == ["5"]


def test_names_with_commas_hashes_and_slashes_stay_whole():
    text = mms_text(
        section("X", "STATION", 1, ("ID", "NAME"), [("W/HOE#1", '"A, B ""C"" Station"'), ("BARRON-1", "D")])
    )
    frame = read_tables(text, "a")["X", "STATION"]
    assert frame["ID"].tolist() == ["W/HOE#1", "BARRON-1"]
    assert frame["NAME"].tolist() == ['A, B "C" Station', "D"]


def test_latin1_names_are_read():
    text = mms_text(section("X", "STATION", 1, ("ID", "NAME"), [("A", "Caf\xe9")])).replace("é".encode(), b"\xe9")
    assert read_tables(text, "a")["X", "STATION"]["NAME"].tolist() == ["Café"]


def test_a_wrong_footer_count_is_a_note():
    file = open_mms(price_file("2024/07/01 00:05:00").replace(b'REPORT",5', b'REPORT",44643'), "a")
    assert file.notes == ("footer counts 44643 lines, the file has 5",)


@pytest.mark.fault("SRC-5")
def test_a_missing_key_column_names_file_column_and_what_was_there():
    text = price_file("2024/07/01 00:05:00").replace(b"REGIONID", b"REGION_X")
    with pytest.raises(
        FileRejected, match=r"a\.csv: table DISPATCH\.PRICE: expected the column REGIONID, found SETTLEMENTDATE"
    ):
        read_table(open_mms(text, "a.csv"), ("DISPATCH", "PRICE"), WANTED, ["REGIONID"])


def test_rows_under_a_foreign_header_are_refused():
    lines = price_file("2024/07/01 00:05:00").replace(b"D,DISPATCH,PRICE,5,", b"D,DISPATCH,REGIONSUM,5,", 1)
    with pytest.raises(FileRejected, match="found 'REGIONSUM'"):
        read_table(open_mms(lines, "a"), ("DISPATCH", "PRICE"), WANTED)


def test_a_word_where_a_number_should_be_is_refused():
    text = price_file("2024/07/01 00:05:00").replace(b",60.0,", b",sixty,")
    with pytest.raises(FileRejected, match="sixty"):
        read_table(open_mms(text, "a"), ("DISPATCH", "PRICE"), WANTED)


def test_infinity_is_no_price():
    text = price_file("2024/07/01 00:05:00").replace(b",60.0,", b",inf,")
    frame = read_table(open_mms(text, "a"), ("DISPATCH", "PRICE"), WANTED)
    assert frame["RRP"].iloc[0] == 50.0
    assert np.isnan(frame["RRP"].iloc[1])


def test_one_short_row_among_many_is_left_out_and_noted_half_of_them_reject_the_table():
    rows = [
        r
        for m in range(5, 60, 5)
        for r in price_rows(f"2024/07/01 00:{m:02d}:00", regions=[f"R{i}" for i in range(12)])
    ]
    text = mms_text(section("DISPATCH", "PRICE", 5, PRICE_COLUMNS, rows))
    one = text.replace(b",1.5,\r\n", b"\r\n", 1)
    frame = read_table(open_mms(one, "a"), ("DISPATCH", "PRICE"), WANTED)
    assert len(frame) == len(rows) - 1
    assert "1 rows left out" in frame.attrs["notes"][0]
    with pytest.raises(FileRejected, match="another number of fields"):
        read_table(open_mms(text.replace(b",1.5,\r\n", b"\r\n", 60), "a"), ("DISPATCH", "PRICE"), WANTED)


@pytest.mark.fault("SRC-4")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"<!DOCTYPE html><html><body>Service Unavailable", "an HTML page beginning '<!DOCTYPE html><html>"),
        (b"\x00\x01\x02 garbage \x1b[31m", "found text beginning '... garbage .[31m'"),
        (b"C,NEMP.WORLD,DISPATCHIS\r\nD,DISPATCH,PRICE,1,1\r\nC,END OF REPORT,3\r\n", "names before the data"),
        (b"C,NEMP.WORLD,DISPATCHIS\r\n", "cut off"),
    ],
)
def test_what_is_no_aemo_file_is_refused_with_its_first_characters(data, words):
    with pytest.raises(FileRejected, match="bad.zip") as refused:
        open_mms(data, "bad.zip")
    assert words in str(refused.value)
    assert all(" " <= c <= "~" for c in str(refused.value)), "nothing unprintable reaches the terminal"


@pytest.mark.fault("SRC-3")
def test_every_cut_of_a_file_is_noticed():
    text = price_file("2024/07/01 00:05:00")
    for at in range(len(text) - 6):  # the footer's count and line end may go: it is still a footer
        with pytest.raises(FileRejected):
            read_table(open_mms(text[:at], "a"), ("DISPATCH", "PRICE"), WANTED)


def _read_everything(data: bytes) -> None:
    file = open_mms(data, "x")
    for key in file.tables():
        read_table(file, key, WANTED)
        read_table(file, key)


@pytest.mark.fault("SRC-9")
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_is_refused_and_nothing_else(data):
    with pytest.raises(FileRejected):
        _read_everything(data)
    try:
        _read_everything(
            b"C,NEMP.WORLD,X\nI,DISPATCH,PRICE,1,SETTLEMENTDATE,REGIONID,RRP\n" + data + b"\nC,END OF REPORT,4\n"
        )
    except FileRejected:
        pass


@pytest.mark.fault("SRC-9")
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_read_never_anything_else(data):
    text = bytearray(price_file("2024/07/01 00:05:00"))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at] = data.draw(st.integers(0, 255))
    try:
        _read_everything(bytes(text))
    except FileRejected:
        pass
