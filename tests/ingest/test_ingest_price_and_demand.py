"""PRICE_AND_DEMAND files: one file, two datasets, two lengths of interval."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import FileRejected
from components.ingest.price_and_demand import read_price_and_demand

HEAD = "REGION,SETTLEMENTDATE,TOTALDEMAND,RRP,PERIODTYPE\r\n"


def _file(*rows: str) -> bytes:
    return (HEAD + "".join(f"{r}\r\n" for r in rows)).encode()


def test_price_and_demand_of_one_region():
    frames = read_price_and_demand(_file("NSW1,2026/01/01 00:05:00,6713.88,-71.24,TRADE"), "a.csv")
    price, region = frames["price"], frames["region"]
    assert price["rrp"].tolist() == [-71.24]
    assert price["raise6sec_rrp"].isna().all()
    assert region["demand"].tolist() == [6713.88]
    assert region["net_interchange"].isna().all()
    assert price["source"].tolist() == ["price_and_demand"]
    assert price["time"].tolist() == [pd.Timestamp("2026-01-01 00:05")]
    assert price["changed"].isna().all()


@pytest.mark.fault("TIM-3")
def test_half_hours_end_with_september_2021():
    rows = [
        "SA1,2021/09/30 23:30:00,1,10,TRADE",
        "SA1,2021/10/01 00:00:00,1,20,TRADE",
        "SA1,2021/10/01 00:05:00,1,30,TRADE",
    ]
    price = read_price_and_demand(_file(*rows), "a.csv")["price"]
    assert dict(zip(price["rrp"], price["minutes"], strict=True)) == {10: 30, 20: 30, 30: 5}


def test_five_minute_rows_before_the_change_are_told_by_their_stamps():
    rows = [f"SA1,2021/05/01 00:{m:02d}:00,1,{m},TRADE" for m in (5, 10, 30)] + ["NSW1,2021/05/01 00:30:00,1,7,TRADE"]
    price = read_price_and_demand(_file(*rows), "a.csv")["price"].set_index(["region", "rrp"])["minutes"]
    assert price.to_dict() == {("SA1", 5): 5, ("SA1", 10): 5, ("SA1", 30): 5, ("NSW1", 7): 30}


def test_columns_are_found_by_name_and_quotes_do_not_matter():
    text = b'"RRP","REGION","SETTLEMENTDATE","TOTALDEMAND"\n5.5,VIC1,"2026/01/01 00:05:00",100\n'
    frames = read_price_and_demand(text, "a.csv")
    assert frames["price"]["rrp"].tolist() == [5.5]
    assert frames["region"]["demand"].tolist() == [100]


def test_a_repeated_stamp_keeps_its_last_row():
    rows = ["SA1,2026/01/01 00:05:00,1,10,TRADE", "SA1,2026/01/01 00:05:00,2,20,TRADE"]
    assert read_price_and_demand(_file(*rows), "a.csv")["price"]["rrp"].tolist() == [20]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            b"<html>503</html>",
            "expected the columns REGION, SETTLEMENTDATE, TOTALDEMAND, RRP, found '<html>503</html>'",
        ),
        (b"", "expected the columns"),
        (HEAD.encode(), "found no rows"),
        (HEAD.replace("RRP", "PRICE").encode() + b"NSW1,2026/01/01 00:05:00,1,2,TRADE\n", "expected the columns"),
        (
            _file("NSW1,01/01/2026 00:05,1,2,TRADE"),
            "expected SETTLEMENTDATE as YYYY/MM/DD HH:MM:SS, found '01/01/2026 00:05'",
        ),
        (_file("NSW1,2026/01/01 00:05:00,1,much,TRADE"), "much"),
        (_file("NSW1,2026/01/01 00:05:00,1"), "Expected 5 columns, got 3"),
        (_file(",2026/01/01 00:05:00,1,2,TRADE"), "an empty one"),
    ],
)
def test_what_is_no_such_file_is_refused(text, words):
    with pytest.raises(FileRejected, match=r"a\.csv") as refused:
        read_price_and_demand(text, "a.csv")
    assert words in str(refused.value)


def test_a_cut_in_the_last_line_is_noticed():
    whole = _file("NSW1,2026/01/01 00:05:00,6713.88,71.24,TRADE", "NSW1,2026/01/01 00:10:00,6751.48,65.31,TRADE")
    start = whole.rstrip().rfind(b"\n") + 1
    for at in range(start + 1, len(whole) - 2):
        with pytest.raises(FileRejected):
            read_price_and_demand(whole[:at], "a.csv")
    assert len(read_price_and_demand(whole[:-2], "a.csv")["price"]) == 2, (
        "only the line's end is missing: nothing is lost"
    )


@pytest.mark.fault("SRC-9")
@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else(data):
    for text in (data, HEAD.encode() + data, HEAD.encode() + b"NSW1,2026/01/01 00:05:00,1,2,TRADE\n" + data):
        try:
            read_price_and_demand(text, "a.csv")
        except FileRejected:
            pass
