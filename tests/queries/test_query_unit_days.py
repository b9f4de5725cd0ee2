"""Stations over years from the days of their units that are kept on the disk: what their readings add up to."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.queries import station_output
from components.queries.advance import keep_mapped
from components.queries.stations import StationOutput
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot
from components.store.sums import here, look_in
from components.vocabulary import REGIONS

pytestmark = pytest.mark.usefixtures("own_folder")

FIRST, LAST = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-04-04 06:00")
CUT = {"start": pd.Timestamp("2024-01-10 07:05"), "end": pd.Timestamp("2024-04-02 23:55")}
UNITS = [
    {"duid": "COAL1", "station": "Coal", "region": "NSW1", "fuel": "coal", "role": "generator"},
    {"duid": "COAL2", "station": "Coal", "region": "NSW1", "fuel": "coal", "role": "generator"},
    {"duid": "PUMP1", "station": "Dam", "region": "QLD1", "fuel": "hydro", "role": "load"},
    {"duid": "HYDRO1", "station": "Dam", "region": "QLD1", "fuel": "hydro", "role": "generator"},
    {"duid": "BATT1", "station": "Store", "region": "SA1", "fuel": "battery", "role": "bidirectional"},
    {"duid": "MOVED", "station": "Wanderer", "region": "VIC1", "fuel": "wind", "role": "generator"},
    {"duid": "MOVED", "station": "Wanderer", "region": "SA1", "fuel": "wind", "role": "generator", "valid_from": pd.Timestamp("2024-02-20")},
    {"duid": "LOST", "station": "Nowhere", "region": "", "fuel": "gas", "role": "generator"},
]  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """January to the first days of April: COAL1 has holes in February, COAL2 days without readings; a price is missing in March."""
    chance = np.random.default_rng(9)
    times = np.arange(FIRST + pd.Timedelta(minutes=5), LAST, np.timedelta64(5, "m")).astype("datetime64[us]")
    changed, parts = pd.Timestamp("2024-05-01"), []
    for duid in sorted({u["duid"] for u in UNITS}):
        there = np.ones(len(times), bool)
        if duid == "COAL1":
            there = (times <= np.datetime64("2024-02-03")) | (chance.random(len(times)) < 0.99)
        if duid == "COAL2":
            there = (times <= np.datetime64("2024-01-12")) | (times > np.datetime64("2024-01-15"))
        mw = chance.uniform(-90.0 if duid == "BATT1" else 0.0, 100, len(times)).round(3)
        parts.append(pd.DataFrame({"time": times[there], "duid": duid, "mw": mw[there]}))
    price = pd.concat(
        pd.DataFrame({"time": times, "region": r, "rrp": chance.normal(60, 90, len(times)).round(2)}) for r in REGIONS
    )
    price = price[(price["region"] != "QLD1") | (price["time"] != pd.Timestamp("2024-03-09 12:00"))]
    made = Lake(tmp_path_factory.mktemp("days") / "data")
    with made.begin() as transaction:
        transaction.add("scada", pd.concat(parts).assign(source="mmsdm", changed=changed))
        transaction.add("price", price.assign(source="mmsdm", changed=changed))
        transaction.set_units(pd.DataFrame([{"valid_from": pd.NaT, "fueltech": u["fuel"], **u} for u in UNITS]))
        transaction.publish()
    return made


@pytest.fixture
def snapshot(lake: Lake) -> Snapshot:
    found = open_snapshot(lake)
    keep_mapped(found)
    return found


ASKED = [
    {"station": ["Coal"]}, {"station": ["Dam"]}, {"station": ["Store"]}, {"station": ["Wanderer"]}, {"station": ["Nowhere"]},
    {"station": ["Coal", "Store"], "by": "duid"}, {}, {"station": ["Dam"], "agg": "sum"}, {"station": ["Coal"], "agg": "max"},
    {"station": ["Store"], "values": ["power", "split", "revenue"]}, {"region": ["SA1"], "values": ["power"]},
]  # fmt: skip


@pytest.mark.parametrize("window", [{"last": "all"}, CUT], ids=["all", "cut"])
@pytest.mark.parametrize("interval", ["1d", "7d", "1M", "1h"])
@pytest.mark.parametrize("values", ASKED, ids=str)
def test_the_answer_is_that_of_the_readings(values: dict, interval: str, window: dict, snapshot: Snapshot):
    query = StationOutput(**{"values": ["power", "price", "revenue"], **values, **window, "interval": interval})
    given, folder = query.run(snapshot), here()
    look_in(None)
    plain = query.run(snapshot)
    look_in(folder)
    pd.testing.assert_frame_equal(given.frame, plain.frame, rtol=1e-9, atol=1e-9)
    assert (given.expected, given.present, given.notes) == (plain.expected, plain.present, plain.notes)
    assert (given.units, given.series, given.start, given.end) == (plain.units, plain.series, plain.start, plain.end)
    assert len(given.frame) > 1


def months_read(query: StationOutput, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Months whose readings are put together stamp by stamp."""
    read, stock = [], StationOutput.sums

    def sums(self, snapshot, part, *more):
        read.append(str(part.times[0])[:7])
        return stock(self, snapshot, part, *more)

    with monkeypatch.context() as patch:
        patch.setattr(StationOutput, "sums", sums)
        query.run(snapshot)
    return read


def test_only_days_with_holes_and_cut_months_are_read(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(station_output, "FEW_READINGS", 0)
    power = {"last": "all", "interval": "1d", "values": ["power"]}
    money = {**power, "values": ["power", "revenue"]}
    assert months_read(StationOutput(station=["Store"], **power), snapshot, monkeypatch) == ["2024-04"]
    assert months_read(StationOutput(station=["Coal"], **power), snapshot, monkeypatch) == ["2024-02"] * 2 + [
        "2024-03",
        "2024-04",
    ]
    assert months_read(StationOutput(station=["Dam"], **power), snapshot, monkeypatch) == ["2024-04"]
    assert months_read(StationOutput(station=["Dam"], **money), snapshot, monkeypatch) == ["2024-03", "2024-04"]
    assert months_read(StationOutput(station=["Store"], **power, agg="min"), snapshot, monkeypatch) == [
        "2024-01", "2024-02", "2024-02", "2024-03", "2024-04",
    ]  # fmt: skip


def test_another_price_is_another_sum(lake: Lake, snapshot: Snapshot, tmp_path: Path):
    folder = here()
    assert folder is not None
    before = {p.name for p in folder.folder.glob("2024-02-*.sum")}
    other = Snapshot(
        "other", {"scada": snapshot.chunks("scada"), "price": snapshot.chunks("price")[:1]}, snapshot.units
    )
    keep_mapped(other)
    after = {p.name for p in folder.folder.glob("2024-02-*.sum")}
    assert len(before) == len(after) == 4
    assert len(before & after) == 2  # power by fuel needs no price
    assert (
        not StationOutput(station=["Coal"], last="all", values=["revenue"]).run(other).frame["revenue"].iloc[40:].any()
    )
