"""What an answer holds: envelope, shapes, formats; the same numbers in each of them."""

from __future__ import annotations

import csv
import io
import json
import math

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from live_api import LiveApi, market, running

from components.queries.base import REGISTRY
from components.store.snapshot import Snapshot, empty_snapshot

ROWS = [f"/api/{r.replace('{station}', 'Eraring')}" for r in REGISTRY]
TIMED = [f"/api/{r}" for r, q in REGISTRY.items() if "time" in q.row_columns and r not in ("latest", "records")]
ASKED = {"/api/prices/events": "threshold=55", "/api/generation/history": "station=Eraring&last=all"}
"""Questions that have rows in the small market only if they are asked for them."""
NONE_THERE = (
    "/api/alerts", "/api/prices/cumulative", "/api/prices/interventions", "/api/batteries/foresight",
    "/api/batteries/stored", "/api/batteries/state-of-charge",
)  # fmt: skip
"""Nothing extraordinary happens in the small market, and it is shorter than seven days."""


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_envelope_of_prices(live: LiveApi):
    body = live.json("/api/prices/regional?start=2024-02-28&end=2024-02-29&interval=1h&region=SA1,NSW1")
    meta = body["meta"]
    assert list(body) == ["meta", "data", "links"]
    assert (meta["start"], meta["end"]) == ("2024-02-28T00:00:00+10:00", "2024-02-29T00:00:00+10:00")
    assert (meta["interval"], meta["timezone"], meta["time_label"]) == ("1h", "+10:00", "end")
    assert (meta["rows"], meta["units"]) == (48, {"price": "$/MWh"})
    assert meta["coverage"] == {"expected": 576, "present": 576}
    assert (meta["data_version"], meta["source"]) == ("v1", "nemweb")
    assert "notice" not in meta
    assert list(body["data"]) == ["time", "region", "price"]
    # Prices are 50 + region + (0 … 11) each hour: the mean of an hour is 55.5 in NSW1.
    frame = pd.DataFrame(body["data"])
    assert frame["time"].iloc[0] == "2024-02-28T01:00:00+10:00"
    assert frame.loc[frame["region"] == "NSW1", "price"].tolist() == [55.5] * 24
    assert frame.loc[frame["region"] == "SA1", "price"].tolist() == [57.5] * 24


def test_the_label_of_a_day_is_its_start(live: LiveApi):
    body = live.json("/api/prices/regional?start=2024-02-28&end=2024-02-29&interval=1d&region=NSW1")
    assert body["meta"]["time_label"] == "start"
    assert body["data"]["time"] == ["2024-02-28T00:00:00+10:00"]


@pytest.mark.fault("API-1")
def test_missing_is_null_and_coverage_says_so(live: LiveApi):
    path = "/api/prices/regional?start=2024-02-29T11:50&end=2024-02-29T12:05&interval=5m&region=SA1"
    body = live.json(path)
    assert body["data"]["price"] == [62.0, None, 52.0]
    assert body["meta"]["coverage"] == {"expected": 3, "present": 2}
    assert live.get(path.replace("?", ".csv?")).text.splitlines()[2] == "2024-02-29T12:00:00+10:00,SA1,"


def test_demo_data_says_so():
    frames, units = market(source="demo")
    with running(Snapshot.from_frames(frames, units, version="d1")) as live:
        meta = live.json("/api/demand?last=latest")["meta"]
        assert (meta["source"], meta["notice"]) == ("demo", "Demo data")
        assert live.json("/api/metadata")["meta"]["notice"] == "Demo data"
        assert live.json("/api/health")["notice"] == "Demo data"


def test_several_sources_are_a_list():
    frames, units = market()
    frames["flow"]["source"] = "import"
    with running(Snapshot.from_frames(frames, units)) as live:
        assert live.json("/api/metadata")["meta"]["source"] == ["import", "nemweb"]


@pytest.mark.parametrize("path", ROWS)
def test_every_question_answers_without_data(path: str):
    """Empty is 200 with no rows, not a failure; only a name in the path is unknown."""
    with running(empty_snapshot()) as live:
        response = live.get(path)
        if "Eraring" in path:
            assert response.status_code == 404
            return
        assert response.status_code == 200, response.text
        body = response.json()
        assert body["meta"]["data_version"] == "empty"
        assert all(isinstance(v, list) for v in body["data"].values())


@pytest.mark.parametrize("path", ROWS)
def test_columns_records_csv_arrow_and_parquet_hold_the_same(live: LiveApi, path: str):
    asked = ASKED.get(path, "")
    columns = live.json(f"{path}?{asked}")["data"]
    names = list(columns)
    rows = [dict(zip(names, r, strict=True)) for r in zip(*columns.values(), strict=True)]
    assert bool(rows) != (path in NONE_THERE)
    assert live.json(f"{path}?shape=records&{asked}")["data"] == rows

    text = live.get(f"{path}.csv?{asked}").text
    lines = read_csv(text)
    assert next(csv.reader(io.StringIO(text))) == names
    assert len(lines) == len(rows)
    arrow = pa.ipc.open_stream(live.get(f"{path}?format=arrow&{asked}").content).read_all()
    parquet = pq.read_table(io.BytesIO(live.get(f"{path}.parquet?{asked}").content))
    assert arrow.column_names == parquet.column_names == names
    for i, row in enumerate(rows):
        for name, value in row.items():
            cell = lines[i][name]
            if isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, int | float):
                assert float(cell) == value
            elif value is None:
                assert cell == ""
            else:
                assert cell.removeprefix("'") == value
    for table in (arrow, parquet):
        frame = table.to_pandas()
        for name in names:
            column = frame[name]
            if isinstance(column.dtype, pd.DatetimeTZDtype):
                texts = column.dt.strftime("%Y-%m-%dT%H:%M:%S+10:00")
                assert [None if pd.isna(t) else t for t in texts] == columns[name]
            else:
                values = [None if pd.isna(v) else v for v in column.tolist()]
                assert values == columns[name]


@pytest.mark.parametrize("path", TIMED)
def test_wide_holds_the_numbers_of_the_columns(live: LiveApi, path: str):
    """Every number of the long table is found under its series, and nothing else is."""
    body = live.json(path)
    question = REGISTRY[path.removeprefix("/api/")]
    long, wide = pd.DataFrame(body["data"]), live.json(path + "?shape=wide")["data"]
    keys = [c for c in ("region", "fuel", "series", "station", "interconnector", "hour") if c in long]
    words = ("period", "year", "max_time", "min_time")  # what is no number has no place among the series
    if not keys:  # one series: the numbers have their own names
        assert wide == body["data"]
        return
    numbers = [c for c in long.columns if c != "time" and c not in keys and c not in words]
    varying = [k for k in keys if long[k].nunique() > 1] or keys[-1:]
    assert list(dict.fromkeys(long["time"])) == wide["time"]
    expected = {"time"}
    place = {t: i for i, t in enumerate(wide["time"])}
    for series, rows in long.groupby(varying, sort=False):
        for number in numbers:
            name = ".".join([*map(str, series), *([number] if len(numbers) > 1 else [])])
            expected.add(name)
            found = [wide[name][place[t]] for t in rows["time"]]
            assert found == [None if pd.isna(v) else v for v in rows[number].tolist()]
    assert set(wide) == expected
    assert question.page


def test_names_in_wide_are_the_keys_that_vary(live: LiveApi):
    def series(path: str) -> list[str]:
        return list(live.json(path)["data"])[1:]

    assert series("/api/prices/regional?last=latest&shape=wide") == ["NSW1", "QLD1", "SA1", "TAS1", "VIC1"]
    assert series("/api/prices/regional?last=latest&shape=wide&region=SA1") == ["SA1"]
    assert "SA1.wind" in series("/api/generation/by-fuel?last=latest&shape=wide")
    assert "wind" in series("/api/generation/by-fuel?last=latest&shape=wide&region=SA1")


@pytest.mark.fault("API-8")
def test_text_that_looks_like_a_formula_is_harmless_in_csv(live: LiveApi):
    lines = live.get("/api/stations.csv").text.split("\r\n")
    assert lines[1].startswith("BAT1,'=Big Battery,'@home,SA1,")
    assert 'WIND1,"Wind, Northern",Wind Co,SA1' in lines[4]
    # Numbers are no text: a negative one stays a number.
    power = live.get("/api/generation/by-fuel.csv?last=latest&region=SA1&fuel=battery_charging").text
    battery = live.get(
        "/api/generation/stations.csv?start=2024-02-29T23:45&end=2024-02-29T23:55&station=%3DBig%20Battery"
    )
    assert ",-20" in battery.text
    assert "'" not in power
    # Names of series become column names.
    wide = live.get("/api/generation/stations.csv?last=latest&shape=wide").text.split("\r\n")[0]
    assert wide == 'time,\'=Big Battery,Eraring,"Wind, Northern"'


def test_csv_is_one_header_and_one_line_per_row_each_ended(live: LiveApi):
    response = live.get("/api/prices/regional.csv?last=latest")
    assert response.content == (
        b"time,region,price\r\n"
        b"2024-03-01T00:00:00+10:00,NSW1,61\r\n2024-03-01T00:00:00+10:00,QLD1,62\r\n"
        b"2024-03-01T00:00:00+10:00,SA1,63\r\n2024-03-01T00:00:00+10:00,TAS1,64\r\n"
        b"2024-03-01T00:00:00+10:00,VIC1,65\r\n"
    )
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    empty = live.get("/api/prices/regional.csv?start=2030-01-01&end=2030-01-02")
    assert (empty.status_code, empty.content) == (200, b"time,region,price\r\n")


def test_file_names_tell_what_is_in_them(live: LiveApi):
    path = "/api/prices/regional.csv?start=2024-02-28&end=2024-02-29&interval=30m&region=NSW1"
    name = "prices-regional_NSW1_2024-02-28_2024-02-29_30m.csv"
    assert live.get(path + "&download=1").headers["content-disposition"] == f'attachment; filename="{name}"'
    assert live.get(path).headers["content-disposition"] == f'inline; filename="{name}"'
    strange = live.get("/api/generation/stations?last=1h&station=%3DBig%20Battery&download=1")
    assert strange.headers["content-disposition"].startswith('attachment; filename="generation-stations_-Big-Battery_')


def test_files_carry_units_zone_and_version(live: LiveApi):
    path = "/api/prices/regional.{}?last=latest"
    schemas = [
        pa.ipc.open_stream(live.get(path.format("arrow")).content).schema,
        pq.read_schema(io.BytesIO(live.get(path.format("parquet")).content)),
    ]
    for schema in schemas:
        assert schema.field("price").metadata[b"unit"] == b"$/MWh"
        notes = {k.decode(): v.decode() for k, v in schema.metadata.items()}
        assert json.loads(notes["units"]) == {"price": "$/MWh"}
        assert (notes["timezone"], notes["data_version"], notes["source"]) == ("+10:00", "v1", "nemweb")
        assert json.loads(notes["meta"])["rows"] == 5
        # The instant is right, not just its digits: 00:00 NEM time is 14:00 UTC of the day before.
        assert str(schema.field("time").type) == "timestamp[us, tz=Etc/GMT-10]"
    first = pq.read_table(io.BytesIO(live.get(path.format("parquet")).content)).to_pandas()["time"].iloc[0]
    assert first.tz_convert("UTC") == pd.Timestamp("2024-02-29T14:00Z")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("text/csv;q=0.5,*/*", "application/json"),
        ("application/json;q=0.2, text/csv;q=0.3", "text/csv; charset=utf-8; header=present"),
        ("application/json;q=0, */*", "text/csv; charset=utf-8; header=present"),
        ("application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"),
        ("application/x-parquet", "application/vnd.apache.parquet"),
        ("application/*", "application/json"),
    ],
)
def test_accept_chooses_the_format(live: LiveApi, accept: str | None, kind: str):
    headers = {"Accept": accept} if accept else {}
    if not accept:
        live.client.headers.pop("accept", None)
    assert live.get("/api/demand?last=latest", headers=headers).headers["content-type"] == kind


def test_an_extension_or_parameter_wins_over_accept(live: LiveApi):
    for path in ("/api/demand.csv?last=latest", "/api/demand?last=latest&format=csv"):
        assert live.get(path, headers={"Accept": "application/json"}).headers["content-type"].startswith("text/csv")


def test_links_lead_where_they_say(live: LiveApi):
    path = "/api/generation/by-fuel?end=2024-02-29&start=2024-02-28&region=SA1&interval=1h&shape=wide"
    body = live.json(path)
    links = body["links"]
    assert links["view"] == "/generation?start=2024-02-28&end=2024-02-29&interval=1h&region=SA1"
    assert live.json("/api/batteries?last=latest")["links"]["view"] == "/batteries?last=latest"
    assert live.json(links["self"]) == body
    assert live.get(links["csv"]).text.split("\r\n")[0] == ",".join(body["data"])
    assert pa.ipc.open_stream(live.get(links["arrow"]).content).read_all().num_rows == body["meta"]["rows"]
    assert pq.read_table(io.BytesIO(live.get(links["parquet"]).content)).column_names == list(body["data"])


def test_a_name_with_a_comma_and_an_equals_sign_survives_its_link(live: LiveApi):
    for station in ("Wind, Northern", "=Big Battery"):
        body = live.json("/api/generation/stations", params={"station": station, "last": "1h"})
        assert set(body["data"]["station"]) == {station}
        assert live.json(body["links"]["self"]) == body


def test_one_station_by_name_or_unit(live: LiveApi):
    by_name = live.json("/api/stations/Eraring")
    assert by_name["data"]["duid"] == ["ER01", "ER02"]
    assert live.json("/api/stations/ER02")["data"] == by_name["data"]
    assert live.json(by_name["links"]["self"]) == by_name
    assert live.json("/api/stations/Wind%2C%20Northern")["data"]["duid"] == ["WIND1"]
    assert live.get("/api/stations/Eraring.csv").text.startswith("duid,")


@pytest.mark.fault("API-5")
@pytest.mark.parametrize("shape", ["columns", "records", "wide"])
@pytest.mark.parametrize("size", [1, 7, 24, 1000])
def test_pages_of_a_cursor_joined_are_the_whole(live: LiveApi, shape: str, size: int):
    path = f"/api/prices/regional?last=1d&interval=1h&shape={shape}"
    whole = live.json(path)
    url, parts, pages = f"{path}&limit={size}", [], 0
    while url:
        page = live.json(url)
        assert page["meta"]["rows"] <= size
        assert page["meta"]["total_rows"] == whole["meta"]["rows"]
        parts.append(page["data"])
        url, pages = page["links"].get("next"), pages + 1
    assert pages == math.ceil(whole["meta"]["rows"] / size)
    if shape == "records":
        assert [row for part in parts for row in part] == whole["data"]
    else:
        assert {k: [v for part in parts for v in part[k]] for k in parts[0]} == whole["data"]


def test_pages_of_csv_are_linked_by_a_header(live: LiveApi):
    response = live.get("/api/prices/regional.csv?last=latest&limit=3")
    assert len(response.text.splitlines()) == 4
    following = response.headers["link"].split(">")[0][1:]
    assert 'rel="next"' in response.headers["link"]
    assert live.get(following).text.splitlines()[1:] == [
        "2024-03-01T00:00:00+10:00,TAS1,64",
        "2024-03-01T00:00:00+10:00,VIC1,65",
    ]


@pytest.mark.fault("SRV-4")
def test_pages_stay_with_their_version_over_a_publish(live: LiveApi):
    whole = live.json("/api/prices/regional?last=latest")["data"]["price"]
    first = live.json("/api/prices/regional?last=latest&limit=2")
    frames, units = market()
    frames["price"]["rrp"] += 1000
    live.snapshot = Snapshot.from_frames(frames, units, version="v2")
    second = live.json(first["links"]["next"])
    assert second["meta"]["data_version"] == "v1"
    assert first["data"]["price"] + second["data"]["price"] == whole[:4]
    assert live.json("/api/prices/regional?last=latest")["data"]["price"][0] == 1061.0


def test_latest_and_metadata(live: LiveApi):
    latest = live.json("/api/latest?shape=records")
    prices = {r["region"]: r["value"] for r in latest["data"] if r["quantity"] == "price"}
    assert {k: v for k, v in prices.items() if k != "NEM"} == dict(
        zip(("NSW1", "QLD1", "SA1", "TAS1", "VIC1"), (61.0, 62.0, 63.0, 64.0, 65.0), strict=True)
    )
    assert {r["quantity"] for r in latest["data"]} >= {"price", "demand", "rooftop", "generation", "flow"}
    assert {r["time"] for r in latest["data"] if r["quantity"] == "flow"} == {"2024-03-01T00:00:00+10:00"}
    wide = live.json("/api/latest?shape=wide")["data"]
    assert wide["price.VIC1"][-1] == 65.0
    assert "generation.NEM.coal" in wide
    assert latest["links"]["view"] == "/overview"
    metadata = live.json("/api/metadata")["data"]
    assert {d["name"]: d["last"] for d in metadata["datasets"]}["scada"] == "2024-03-01T00:00:00+10:00"
    assert [r["name"] for r in metadata["regions"]] == ["NSW1", "QLD1", "SA1", "TAS1", "VIC1", "NEM"]
    assert "capture_price" in {m["name"] for m in metadata["metrics"]}
    assert "fy" in {i["name"] for i in metadata["intervals"]}
    assert {e["path"] for e in metadata["endpoints"]} == {f"/api/{r}" for r in REGISTRY}
