"""Output of stations and units, the registry and its search."""

import numpy as np
import pandas as pd
import pytest

from components.errors import QueryError
from components.queries.registry import Stations, StationUnits, likeness
from components.queries.stations import StationOutput
from components.store.snapshot import empty_snapshot

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}


def test_station_is_the_sum_of_its_units_with_their_signs(mixed):
    frame = StationOutput(**HOUR, interval="1h", station=["Dam", "Old Coal"]).run(mixed).frame
    assert frame.set_index("station")["mw"].to_dict() == pytest.approx({"Dam": 36 - 240, "Old Coal": 149})


def test_by_unit_with_price_and_revenue(mixed):
    query = StationOutput(**HOUR, interval="30m", by="duid", duid=["COAL2"], values=["power", "price", "revenue"])
    frame = query.run(mixed).frame
    assert list(frame.columns) == ["time", "duid", "mw", "price", "revenue"]
    assert frame["mw"].tolist() == [60, -2]
    assert frame["price"].tolist() == [50, 50]
    assert frame["revenue"].tolist() == pytest.approx([1500, -50])


def test_split_keeps_both_directions_of_a_battery(mixed):
    frame = StationOutput(**HOUR, interval="1h", by="duid", duid=["BATT1"], values=["power", "split"]).run(mixed).frame
    assert frame[["mw", "mw_out", "mw_in"]].to_numpy().tolist() == [[0, 50, -50]]  # over the hour, half of it each


def test_revenue_of_a_battery_is_net_at_its_own_region(mixed):
    frame = StationOutput(**HOUR, interval="1h", station=["Big Battery"], values=["power", "revenue"]).run(mixed).frame
    assert frame["revenue"].tolist() == pytest.approx([10000])


def test_unit_that_nobody_knows_can_be_asked_for_by_its_duid(mixed):
    query = StationOutput(**HOUR, interval="1h", station=["NOBODY"], values=["power", "price", "revenue"])
    frame = query.run(mixed).frame
    assert frame["mw"].tolist() == [6]
    assert frame[["price", "revenue"]].isna().all(axis=None)


def test_filters_by_region_and_fuel(mixed):
    frame = StationOutput(**HOUR, interval="1h", region=["SA1"], fuel=["battery"]).run(mixed).frame
    assert frame["station"].tolist() == ["Big Battery", "Small Battery"]


def test_missing_reading_is_missing(market):
    snapshot = market(
        units=[{"duid": "A", "station": "S", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"A": [1, np.nan, 3]}, price={"SA1": [10, 10, np.nan]},
    )  # fmt: skip
    result = StationOutput(last="all", interval="5m", values=["power", "revenue"]).run(snapshot)
    np.testing.assert_array_equal(result.frame["mw"], [1, np.nan, 3])
    np.testing.assert_allclose(result.frame["revenue"], [10 / 12, np.nan, np.nan])
    assert result.present == 2


def test_nothing_to_show(mixed):
    result = StationOutput(start=pd.Timestamp("2030-01-01"), end=pd.Timestamp("2030-01-02"), values=["price"]).run(
        mixed
    )
    assert list(result.frame.columns) == ["time", "station", "mw", "price"]
    assert len(result.frame) == 0
    assert len(StationOutput().run(empty_snapshot()).frame) == 0


def test_wrong_station_is_refused_with_the_nearest(mixed):
    with pytest.raises(QueryError) as refused:
        StationOutput(station=["Old Cole"]).run(mixed)
    assert refused.value.problems[0].did_you_mean == "Old Coal"


@pytest.mark.parametrize("values", [["power"], ["power", "split", "price", "revenue"]])
def test_rows_are_never_more_than_announced(mixed, values):
    for by in ("station", "duid"):
        for interval in ("5m", "1h", "1M"):
            query = StationOutput(last="all", interval=interval, by=by, values=values, region=["SA1"])
            assert 0 < len(query.run(mixed).frame) <= query.rows_at_most(mixed)


# -- the registry ------------------------------------------------------------------------------------


def test_registry_lists_every_unit_and_those_that_only_the_data_knows(mixed):
    result = Stations().run(mixed)
    frame = result.frame.set_index("duid")
    assert len(frame) == 10
    assert frame.loc["NOBODY", ["station", "region", "fuel", "role"]].tolist() == [
        "NOBODY",
        "",
        "unmapped",
        "generator",
    ]
    assert frame["has_data"].all()
    assert result.extra["facets"]["fuel"]["battery"] == 4
    assert "" not in result.extra["facets"]["region"]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("old", "Old Coal"),
        ("OLD CO", "Old Coal"),
        ("coal", "Old Coal"),
        ("windi hil", "Windy Hill"),  # misspelt
        ("batt1", "Big Battery"),  # a DUID
        ("battery small", "Small Battery"),  # words in any order
        ("dam", "Dam"),
    ],
)
def test_search_forgives(mixed, q, first):
    assert Stations(q=q).run(mixed).frame["station"].iloc[0] == first


def test_search_erar_finds_eraring():
    assert likeness("erar", "Eraring") == 0.9
    assert likeness("raring", "Eraring") == 0.8
    assert likeness("eraing", "Eraring") > 0.6
    assert likeness("bayswater", "Eraring") == 0
    assert likeness("er xyz", "Eraring") == 0


def test_search_without_a_hit_and_with_nonsense(mixed):
    for q in ("zzzzzz", "'; DROP TABLE", "=1+1", "\x00", "ü" * 200):
        assert len(Stations(q=q).run(mixed).frame) == 0
    assert len(Stations(q="   ").run(mixed).frame) == 10


def test_filters_and_stations(mixed):
    frame = Stations(by="station", fuel=["battery"]).run(mixed).frame.set_index("station")
    assert sorted(frame.index) == ["Big Battery", "Pair Battery", "Small Battery"]
    pair = frame.loc["Pair Battery"]
    assert (pair["units"], pair["capacity_mw"], pair["duid"]) == (2, 30, "OLDBG OLDBL")
    whole = Stations(by="station").run(mixed).frame.set_index("station")
    assert whole.loc["Old Coal", "capacity_mw"] == 300
    assert np.isnan(whole.loc["NOBODY", "capacity_mw"])


@pytest.mark.parametrize("name", ["Old Coal", "COAL2"])
def test_one_station_by_its_name_or_a_duid(mixed, name):
    result = StationUnits(station=[name]).run(mixed)
    assert result.frame["duid"].tolist() == ["COAL1", "COAL2"]
    assert result.extra["stations"][0]["capacity_mw"] == 300
    assert [h["duid"] for h in result.extra["history"]] == ["COAL1", "COAL2"]
    assert result.extra["history"][0]["valid_from"] is None


def test_no_such_station(mixed):
    problems = StationUnits(station=["Old Goal"]).check(mixed)
    assert [(p.param, p.did_you_mean) for p in problems] == [("station", "Old Coal")]


def _unit(duid, station, capacity, region="NSW1", owner="Now", begun=None, ended=None, **more):
    dates = {"registered_from": pd.Timestamp(begun), "registered_to": pd.Timestamp(ended)}
    return {"duid": duid, "station": station, "owner": owner, "region": region, "fuel": "hydro", "fueltech": "hydro",
            "capacity_mw": capacity, **dates, **more}  # fmt: skip


@pytest.fixture
def decades(market):
    """The stamps are of 2024; one station has units of four ages, one is gone, two are no plant."""
    return market(
        units=[
            _unit("SNOWY1", "Tumut", 3756.0, region="", owner="Then", begun="1998-10-25", ended="2001-09-24"),
            _unit("TUMUT3", "Tumut", 1500.0, begun="2001-06-22"),
            _unit("TUMT3NL1", "Tumut", 25.0, begun="2003-05-27"),  # in force, never read
            _unit("TUMUT4", "Tumut", 9000.0, begun="2030-01-01"),  # not yet there
            _unit("OLD1", "Gone", 200.0, ended="2012-01-01"),
            _unit("OLD2", "Gone", 100.0, ended="2024-07-01T00:05"),  # ended at the newest stamp
            _unit("SWAP1", "Swap", 50.0, owner="Then", ended="2020-01-01"),  # read in its time
            _unit("SWAP2", "Swap", 30.0),
            _unit("SWAP3", "Swap", 500.0, begun="2030-01-01"),
            _unit("QUIET1", "Quiet", 40.0),
            _unit("QUIET2", "Quiet", 60.0),
            _unit("DG_NSW1", "NSW1 Dummy Generator", 3000.0),
            _unit("RT_NSW1", "Reserve Trader NSW1", 3000.0, role="load"),
            _unit("DGREAT1", "Great Dam", 10.0),
        ],
        scada={"TUMUT3": [700.0], "DG_NSW1": [0.0], "SWAP1": [9.0], "SWAP2": [9.0], "SWAP3": [9.0]},
    )  # fmt: skip


def test_a_station_is_what_its_units_in_force_are(decades):
    whole = Stations(by="station").run(decades).frame.set_index("station")
    tumut = whole.loc["Tumut"]
    assert (tumut["capacity_mw"], tumut["region"], tumut["owner"]) == (1500, "NSW1", "Now")
    assert (tumut["units"], tumut["duid"]) == (4, "SNOWY1 TUMT3NL1 TUMUT3 TUMUT4")
    assert whole["capacity_mw"]["Quiet"] == 100  # none of them has readings
    assert whole["capacity_mw"]["Gone"] == 300  # none of them is in force
    assert whole.loc["Swap", ["capacity_mw", "owner"]].tolist() == [30, "Now"]
    assert whole.index[whole["retired"]].tolist() == ["Gone"]
    one = StationUnits(station=["SNOWY1"]).run(decades)
    assert one.extra["stations"][0]["capacity_mw"] == 1500
    assert one.frame.set_index("duid")["retired"].to_dict() == {
        "SNOWY1": True, "TUMUT3": False, "TUMT3NL1": False, "TUMUT4": False
    }  # fmt: skip
    found = Stations(q="snowy1", by="station").run(decades).frame
    assert found[["station", "capacity_mw", "units"]].to_numpy().tolist() == [["Tumut", 1500, 4]]


def test_dummy_generators_and_reserve_traders_are_only_found(decades):
    assert {"DG_NSW1", "RT_NSW1"} & set(Stations().run(decades).frame["duid"]) == set()
    assert "DGREAT1" in set(Stations().run(decades).frame["duid"])
    assert Stations(q="reserve trader").run(decades).frame["duid"].tolist() == ["RT_NSW1"]
    assert Stations(duid=["DG_NSW1"]).run(decades).frame["has_data"].tolist() == [True]
    assert Stations(station=["Reserve Trader NSW1"], by="station").run(decades).frame["units"].tolist() == [1]


def test_registry_of_nothing():
    result = Stations(by="station").run(empty_snapshot())
    assert len(result.frame) == 0
    assert len(Stations(q="x").run(empty_snapshot()).frame) == 0


def test_readings_kept_from_the_first_look_make_no_difference(mixed, monkeypatch):
    query = StationOutput(**HOUR, interval="5m", station=["Dam", "Big Battery"], values=["power", "split", "revenue"])
    kept = query.run(mixed)
    monkeypatch.setattr("components.queries.station_output.FEW_READINGS", 0)
    again = query.run(mixed)
    pd.testing.assert_frame_equal(kept.frame, again.frame)
    assert (kept.expected, kept.present) == (again.expected, again.present)
