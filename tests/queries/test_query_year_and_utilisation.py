"""The same window a year before, and the use of capacity in service."""

import numpy as np
import pandas as pd
import pytest

from components.queries.figures import GenerationFigures
from components.queries.utilisation import GenerationUtilisation, UtilisationDuration
from components.queries.year_on_year import GenerationYearOnYear
from components.store.snapshot import empty_snapshot

DAY = 288
MARCH = {"start": pd.Timestamp("2024-03-01"), "end": pd.Timestamp("2024-03-03")}
WIND = {"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind", "capacity_mw": 100.0}
SUN = {"duid": "S", "region": "SA1", "fuel": "solar", "fueltech": "solar_utility", "registered_from": pd.Timestamp("2024-01-01")}  # fmt: skip


def years(market, before=(10.0,) * (2 * DAY), since="2023-03-01"):
    """Two days of wind in March 2024 and in March 2023, prices 100 and 50; solar is new."""
    then = market(scada={"W": list(before)}, price={"SA1": [50.0] * (2 * DAY)}, start=since)
    frames = {}
    for name in ("scada", "price"):
        key = "duid" if name == "scada" else "region"
        column = "mw" if name == "scada" else "rrp"
        rows = []
        for block in then.blocks(name, column, pd.Timestamp("2023-01-01"), pd.Timestamp("2024-02-01")):
            for k, values in zip(block.keys, block.values, strict=True):
                rows.append(pd.DataFrame({"time": block.times, key: k, column: values}).dropna())
        frames[name] = pd.concat(rows).assign(minutes=5, source="mmsdm")
    return market(
        units=[WIND, SUN], scada={"W": [30.0] * (2 * DAY), "S": [5.0] * (2 * DAY)}, price={"SA1": [100.0] * (2 * DAY)},
        start="2024-03-01", more=frames,
    )  # fmt: skip


def fuels(result) -> dict:
    return {r["fuel"]: r for r in result.frame.to_dict("records")}


def test_the_same_days_of_the_year_before(market):
    result = GenerationYearOnYear(**MARCH, region=["SA1"]).run(years(market))
    wind = fuels(result)["wind"]
    assert (wind["energy_mwh"], wind["energy_mwh_before"], wind["energy_mwh_change"]) == pytest.approx((1440, 480, 960))
    assert (wind["average_mw"], wind["average_mw_before"], wind["average_mw_change"]) == pytest.approx((30, 10, 20))
    assert (wind["capture_price"], wind["capture_price_before"], wind["capture_price_change"]) == pytest.approx(
        (100, 50, 50)
    )
    assert (wind["coverage"], wind["coverage_before"]) == (1, 1)
    assert "A year before: 2023-03-01 00:00 to 2023-03-03 00:00." in result.notes


def test_a_fuel_that_was_not_there_is_null_not_zero(market):
    sun = fuels(GenerationYearOnYear(**MARCH, region=["SA1"]).run(years(market)))["solar"]
    assert sun["energy_mwh"] == pytest.approx(240)
    assert np.isnan([sun["energy_mwh_before"], sun["energy_mwh_change"], sun["coverage_before"]]).all()


def test_a_year_before_that_is_partly_covered_is_null_and_its_coverage_shown(market):
    snapshot = years(market, before=[10.0] * DAY + [np.nan] * DAY)
    result = GenerationYearOnYear(**MARCH, region=["SA1"]).run(snapshot)
    wind = fuels(result)["wind"]
    assert wind["coverage_before"] == pytest.approx(0.5)
    assert np.isnan([wind["energy_mwh_before"], wind["average_mw_change"], wind["capture_price_before"]]).all()
    assert wind["energy_mwh"] == pytest.approx(1440)
    assert any("98%" in note for note in result.notes)


def test_a_window_with_a_leap_day_says_so(market):
    window = {"start": pd.Timestamp("2024-02-28"), "end": pd.Timestamp("2024-03-02")}
    result = GenerationYearOnYear(**window, region=["SA1"]).run(years(market))
    assert "A year before: 2023-02-28 00:00 to 2023-03-02 00:00." in result.notes
    assert any(note.startswith("The window holds a 29 February") for note in result.notes)
    leap = {"start": pd.Timestamp("2024-02-29"), "end": pd.Timestamp("2024-03-01")}
    now, before = GenerationYearOnYear(**leap).both(years(market))
    assert before.start == before.end == pd.Timestamp("2023-03-01")
    assert (now.start, now.end) == (leap["start"], leap["end"])


def test_both_halves_are_the_figures_of_their_windows(market):
    snapshot = years(market)
    now = fuels(GenerationFigures(**MARCH, region=["SA1"]).run(snapshot))["wind"]
    found = fuels(GenerationYearOnYear(**MARCH, region=["SA1"]).run(snapshot))["wind"]
    for name in ("energy_mwh", "average_mw", "capture_price", "coverage"):
        assert found[name] == now[name]


HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}


def utilisation(snapshot, **more) -> dict:
    frame = GenerationUtilisation(**{**HOUR, "interval": "1h", **more}).run(snapshot).frame
    return {(r["region"], r["fuel"]): (r["mw"], r["capacity_mw"], r["utilisation"]) for r in frame.to_dict("records")}


def test_power_over_capacity_in_service(mixed):
    found = utilisation(mixed)
    assert found["NSW1", "coal"] == pytest.approx((149, 300, 149 / 300))
    assert found["SA1", "battery"] == pytest.approx((100, 150, 2 / 3))
    assert found["SA1", "wind"] == pytest.approx((30, 60, 0.5))
    # no capacity: loads, rooftop, the unit that nobody knows
    assert {f for _, f in found} == {"coal", "wind", "battery", "hydro"}
    assert utilisation(mixed, region=["NEM"])["NEM", "battery"] == pytest.approx((112, 180, 112 / 180))


def test_capacity_is_the_registrys_of_the_time(market):
    """100 MW, from 00:30 on 200 MW; a second unit is registered from 00:45."""
    half, later = pd.Timestamp("2024-07-01T00:30"), pd.Timestamp("2024-07-01T00:45")
    snapshot = market(
        units=[
            {**WIND, "valid_from": pd.NaT},
            {**WIND, "capacity_mw": 200.0, "valid_from": half},
            {**WIND, "duid": "W2", "capacity_mw": 50.0, "valid_from": pd.NaT, "registered_from": later},
        ],
        scada={"W": [50.0] * 12, "W2": [10.0] * 12},
    )
    frame = GenerationUtilisation(**HOUR, interval="5m").run(snapshot).frame
    assert frame["capacity_mw"].tolist() == [100] * 6 + [200] * 3 + [250] * 3
    assert frame["mw"].tolist() == [50] * 9 + [60] * 3
    assert utilisation(snapshot)["SA1", "wind"][2] == pytest.approx((50 * 9 + 60 * 3) / (100 * 6 + 200 * 3 + 250 * 3))


def test_over_a_window_it_is_the_capacity_factor(mixed):
    figures = GenerationFigures(**HOUR).run(mixed).frame.set_index(["region", "fuel"])["capacity_factor"]
    for key, (_, _, used) in utilisation(mixed).items():
        assert used == pytest.approx(figures[key])


def test_the_distribution_of_five_minute_utilisation(mixed):
    frame = UtilisationDuration(**HOUR, region=["NSW1"], fuel=["coal"], steps=10).run(mixed).frame
    # half of the time 180 of 300 MW, half of it 118 of 300 MW
    assert frame["utilisation"].iloc[[0, 2, -1]].tolist() == pytest.approx([0.6, 0.6, 118 / 300])
    assert frame["exceedance"].tolist() == pytest.approx(np.linspace(0, 1, 11).tolist())


@pytest.mark.parametrize("kind", [GenerationYearOnYear, GenerationUtilisation, UtilisationDuration])
def test_nothing_at_all(kind):
    result = kind().run(empty_snapshot())
    assert result.frame.empty
    assert set(result.frame.columns) <= set(kind.row_columns)
