"""Generation by fuel: signs, totals, gaps, units that nobody knows."""

import numpy as np
import pandas as pd
import pytest

from components.errors import QueryError
from components.queries.generation import GenerationByFuel
from components.queries.revenue import Revenue
from components.store.snapshot import Snapshot, empty_snapshot
from components.vocabulary import REGIONS

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}


def table(result, index=("region", "fuel")) -> dict:
    assert not result.frame.duplicated([*result.series, "time"]).any()
    return result.frame.set_index(list(index))["mw"].to_dict()


def hour(snapshot: Snapshot, **more) -> dict:
    return table(GenerationByFuel(**HOUR, interval="1h", **more).run(snapshot))


def test_an_hour_by_fuel(mixed):
    assert hour(mixed) == pytest.approx(
        {
            ("NSW1", "coal"): 120 + (60 - 2) / 2,
            ("NSW1", "rooftop"): 900,
            ("QLD1", "hydro"): 36,
            ("QLD1", "rooftop"): 900,
            ("QLD1", "pumps"): -240,
            ("SA1", "wind"): 30,
            ("SA1", "rooftop"): 900,
            ("SA1", "battery"): 100,
            ("SA1", "battery_charging"): -100,
            ("TAS1", "rooftop"): 900,
            ("VIC1", "rooftop"): 900,
            ("VIC1", "battery"): 12,
            ("VIC1", "battery_charging"): -24,
            ("", "unmapped"): 6,
        }
    )


@pytest.mark.fault("NUM-4")
@pytest.mark.parametrize("interval", ["5m", "30m", "1h", "1d"])
def test_batteries_are_split_before_they_are_averaged_or_added(mixed, interval):
    """BATT1 and BATT2 swap +100 and -100 every five minutes: 100 out and 100 in, never 0."""
    frame = (
        GenerationByFuel(**HOUR, interval=interval, region=["SA1"], fuel=["battery", "battery_charging"])
        .run(mixed)
        .frame
    )
    assert set(frame.loc[frame["fuel"] == "battery", "mw"]) == {100.0}
    assert set(frame.loc[frame["fuel"] == "battery_charging", "mw"]) == {-100.0}


def test_pumps_are_never_hydro(mixed):
    found = hour(mixed, region=["QLD1"])
    assert found["QLD1", "hydro"] == 36
    assert found["QLD1", "pumps"] == -240
    assert hour(mixed, fuel=["hydro"]) == {("QLD1", "hydro"): 36}


def test_market_as_one_is_the_sum_of_regions_with_unknown_units(mixed):
    apart = hour(mixed)
    whole = hour(mixed, region=["NEM"])
    assert {r for r, _ in whole} == {"NEM"}
    for fuel in {f for _, f in apart}:
        assert whole["NEM", fuel] == pytest.approx(sum(v for (_, f), v in apart.items() if f == fuel))
    both = hour(mixed, region=["NEM", "SA1"])
    assert both["NEM", "battery"] == whole["NEM", "battery"]
    assert both["SA1", "wind"] == 30
    assert ("", "unmapped") not in both


@pytest.mark.fault("SRC-8")
def test_unit_that_nobody_knows_is_counted_and_noted_never_dropped(mixed):
    result = GenerationByFuel(**HOUR, interval="1h").run(mixed)
    assert table(result)["", "unmapped"] == 6
    assert any("NOBODY" in note for note in result.notes)
    by_region = GenerationByFuel(**HOUR, interval="1h", region=["NSW1"]).run(mixed)
    assert not any("NOBODY" in note for note in by_region.notes)


def test_rows_are_dense_and_in_the_vocabulary_s_order(mixed):
    frame = GenerationByFuel(**HOUR, interval="30m").run(mixed).frame
    first = frame[frame["time"] == pd.Timestamp("2024-07-01T00:30")]
    assert list(first["region"])[:5] == ["NSW1", "NSW1", "QLD1", "QLD1", "QLD1"]
    assert list(first["fuel"])[2:5] == ["hydro", "rooftop", "pumps"]
    assert list(frame["time"].drop_duplicates()) == [pd.Timestamp("2024-07-01T00:30"), pd.Timestamp("2024-07-01T01:00")]
    assert len(frame) == 2 * len(first)
    assert frame["mw"].dtype == "float64"


def test_fuel_technologies(mixed):
    result = GenerationByFuel(**HOUR, interval="1h", by="fueltech").run(mixed)
    found = table(result, ("region", "fuel", "fueltech"))
    assert found["SA1", "battery", "battery_discharging"] == 100
    assert found["VIC1", "battery_charging", "battery_charging"] == -24
    assert found["NSW1", "coal", "coal_black"] == pytest.approx(149)
    assert found["NSW1", "rooftop", "solar_rooftop"] == 900
    assert sum(found.values()) == pytest.approx(sum(hour(mixed).values()))


@pytest.mark.fault("NUM-4")
def test_imports_and_exports_are_split_before_averaging_and_the_market_has_none(mixed):
    found = hour(mixed, interchange=True)
    assert (found["NSW1", "imports"], found["NSW1", "exports"]) == (100, -50)
    assert (found["SA1", "imports"], found["SA1", "exports"]) == (0, -50)
    assert ("VIC1", "imports") not in found
    assert not {"imports", "exports"} & {f for _, f in hour(mixed, interchange=True, region=["NEM"])}
    assert ("NSW1", "imports") not in hour(mixed)


def test_rooftop_is_drawn_at_the_same_power_over_its_own_half_hour(mixed):
    """600 MW stamped 00:30 covers 00:00 to 00:30: neither half an hour late nor ramped."""
    frame = GenerationByFuel(**HOUR, interval="5m", region=["VIC1"], fuel=["rooftop"]).run(mixed).frame
    assert frame["mw"].tolist() == [600.0] * 6 + [1200.0] * 6
    assert frame["time"].iloc[0] == pd.Timestamp("2024-07-01T00:05")


def test_late_rooftop_is_missing_and_said(market):
    snapshot = market(
        units=[{"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"W": [1.0] * 12},
        rooftop={"SA1": [600.0]},
    )
    result = GenerationByFuel(**HOUR, interval="5m", region=["SA1"]).run(snapshot)
    rooftop = result.frame.loc[result.frame["fuel"] == "rooftop", "mw"]
    assert rooftop.notna().tolist() == [True] * 6 + [False] * 6
    assert any("known until 2024-07-01 00:30" in n for n in result.notes)


def test_rooftop_subregions_are_not_added_to_their_parents(market):
    others = {"NSW1": [1.0], "SA1": [2.0], "TAS1": [3.0], "VIC1": [4.0]}
    snapshot = market(rooftop={"QLD1": [1000.0], "QLDC": [400.0], "QLDN": [300.0], "QLDS": [300.0], **others})
    half = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T00:30")}
    frame = GenerationByFuel(**half, interval="30m", region=["NEM"]).run(snapshot).frame
    assert frame["mw"].tolist() == [1010.0]


@pytest.mark.fault("SRC-7")
def test_missing_is_not_zero(market):
    snapshot = market(
        units=[{"duid": d, "region": "SA1", "fuel": "wind", "fueltech": "wind"} for d in ("A", "B")],
        scada={"A": [10, np.nan, 10, 10], "B": [5, np.nan, np.nan, 5]},
    )
    window = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T00:20")}
    result = GenerationByFuel(**window, interval="5m").run(snapshot)
    np.testing.assert_array_equal(result.frame["mw"], [15, np.nan, 10, 15])
    assert (result.expected, result.present) == (8, 5)
    assert GenerationByFuel(**window, interval="1h").run(snapshot).frame["mw"].tolist() == [pytest.approx(40 / 3)]


@pytest.mark.fault("TIM-1")
def test_midnight_stamp_belongs_to_the_day_before(market):
    snapshot = market(
        units=[{"duid": "A", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"A": [10.0, 20.0, 90.0]},
        start="2024-07-31T23:50",
    )
    july = GenerationByFuel(start=pd.Timestamp("2024-07-01"), end=pd.Timestamp("2024-08-01"), interval="1d").run(
        snapshot
    )
    assert july.frame[["time", "mw"]].to_numpy().tolist() == [[pd.Timestamp("2024-07-31"), 15.0]]
    assert july.time_label == "start"
    months = GenerationByFuel(last="all", interval="1M").run(snapshot).frame
    assert dict(zip(months["time"].astype(str), months["mw"], strict=True)) == {"2024-07-01": 15.0, "2024-08-01": 90.0}


def test_half_hourly_history_keeps_its_energy(market):
    snapshot = market(
        units=[{"duid": "A", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"A": [60.0, 120.0]},
        minutes=30,
    )
    for interval, rows in (("5m", 12), ("30m", 2), ("1h", 1)):
        frame = GenerationByFuel(**HOUR, interval=interval).run(snapshot).frame
        assert len(frame) == rows
        assert frame["mw"].sum() / rows == pytest.approx(90)


def test_registry_is_dated(market):
    """A unit that changes fuel is counted under the fuel it had."""
    snapshot = market(
        units=[
            {
                "duid": "A",
                "region": "SA1",
                "fuel": "coal",
                "fueltech": "coal_black",
                "valid_from": pd.Timestamp("2020-01-01"),
            },
            {
                "duid": "A",
                "region": "SA1",
                "fuel": "gas",
                "fueltech": "gas_steam",
                "valid_from": pd.Timestamp("2024-07-01T00:30"),
            },
        ],
        scada={"A": [10.0] * 12},
    )
    frame = GenerationByFuel(**HOUR, interval="30m").run(snapshot).frame
    found = frame.dropna().set_index(["time", "fuel"])["mw"].to_dict()
    assert found == {
        (pd.Timestamp("2024-07-01T00:30"), "coal"): 10.0,
        (pd.Timestamp("2024-07-01T01:00"), "gas"): 10.0,
    }


def test_window_that_reaches_beyond_the_data_ends_with_the_data(mixed):
    wide = GenerationByFuel(start=pd.Timestamp("1999-01-01"), end=pd.Timestamp("2090-01-01"), interval="5m").run(mixed)
    assert wide.frame["time"].min() == pd.Timestamp("2024-07-01T00:05")
    assert wide.frame["time"].max() == pd.Timestamp("2024-07-01T01:00")


@pytest.mark.parametrize(
    "window",
    [
        {"start": pd.Timestamp("2030-01-01"), "end": pd.Timestamp("2030-02-01")},
        {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01")},
        {"start": pd.Timestamp("2024-07-09"), "end": pd.Timestamp("2024-07-10")},
    ],
)
def test_empty_windows_have_no_rows(mixed, window):
    result = GenerationByFuel(**window).run(mixed)
    assert list(result.frame.columns) == ["time", "region", "fuel", "mw"]
    assert len(result.frame) == 0
    assert result.present == 0


def test_no_data_at_all():
    result = GenerationByFuel().run(empty_snapshot())
    assert len(result.frame) == 0
    assert GenerationByFuel().rows_at_most(empty_snapshot()) == 0


def test_wrong_names_are_refused_together(mixed):
    with pytest.raises(QueryError) as refused:
        GenerationByFuel(region=["NSW"], fuel=["cole"]).run(mixed)
    assert [(p.param, p.did_you_mean) for p in refused.value.problems] == [("region", "NSW1"), ("fuel", "coal")]


@pytest.mark.parametrize("interval", ["5m", "30m", "1h", "1d"])
def test_energy_of_generation_and_of_revenue_is_the_same(mixed, interval):
    result = GenerationByFuel(**HOUR, interval=interval).run(mixed)
    hours = {"5m": 1 / 12, "30m": 0.5, "1h": 1, "1d": 1}[interval]  # the day holds one hour of data
    by_fuel = (result.frame.groupby("fuel")["mw"].sum() * hours).to_dict()
    money = Revenue(**HOUR).run(mixed).frame.set_index("fuel")
    for fuel, energy in by_fuel.items():
        own = money.loc["battery" if fuel == "battery_charging" else fuel]
        assert energy == pytest.approx(-own["load_mwh"] if fuel in ("battery_charging", "pumps") else own["energy_mwh"])


def test_rows_are_never_more_than_announced(mixed):
    for interval in ("5m", "30m", "1h", "1d", "1M"):
        for region in ([], ["NEM"], ["SA1", "NEM"]):
            for by in ("fuel", "fueltech"):
                query = GenerationByFuel(last="all", interval=interval, region=region, by=by, interchange=True)
                assert len(query.run(mixed).frame) <= query.rows_at_most(mixed)


@pytest.mark.fault("NUM-2")
def test_readings_are_not_written_to(mixed):
    before = [c.values.copy() for c in mixed.chunks("scada")]
    GenerationByFuel(last="all").run(mixed)
    for chunk, values in zip(mixed.chunks("scada"), before, strict=True):
        np.testing.assert_array_equal(chunk.values, values)
        assert not chunk.values.flags.writeable


def test_market_rooftop_needs_every_region(market):
    """A region whose estimate is late or absent makes no dip in the sum, whatever window is asked for."""
    rooftop = {r: [600.0, 700.0] for r in REGIONS} | {"SA1": [100.0]}
    snapshot = market(rooftop=rooftop)
    result = GenerationByFuel(**HOUR, interval="5m", region=["NEM", "NSW1"]).run(snapshot)
    frame = result.frame
    np.testing.assert_array_equal(frame.loc[frame["region"] == "NEM", "mw"], [2500.0] * 6 + [np.nan] * 6)
    assert frame.loc[frame["region"] == "NSW1", "mw"].iloc[-1] == 700
    assert (result.expected, result.present) == (60, 54)
    later = {"start": pd.Timestamp("2024-07-01T00:30"), "end": pd.Timestamp("2024-07-01T01:00")}
    late = GenerationByFuel(**later, interval="5m", region=["NEM"]).run(snapshot)
    assert late.frame["mw"].isna().all()
    assert (late.expected, late.present) == (30, 24)
    assert any("Rooftop solar of SA1 is not known" in n for n in late.notes)


def test_interchange_is_part_of_coverage(market):
    snapshot = market(interchange={"SA1": [5.0, np.nan, -5.0]})
    window = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T00:15")}
    result = GenerationByFuel(**window, interval="5m", interchange=True, fuel=["imports", "exports"]).run(snapshot)
    assert (result.expected, result.present) == (3, 2)


def test_readings_outside_a_registration_hide_no_gap_inside_it(market):
    """Registered from 00:30, reading since 00:00, silent for the second half of its registration."""
    unit = {
        "duid": "W",
        "region": "SA1",
        "fuel": "wind",
        "fueltech": "wind",
        "registered_from": pd.Timestamp("2024-07-01T00:30"),
    }
    snapshot = market(units=[unit], scada={"W": [10.0] * 9 + [np.nan] * 2 + [10.0]})
    result = GenerationByFuel(**HOUR, interval="5m").run(snapshot)
    assert (result.expected, result.present) == (12, 10)
    within = {"start": pd.Timestamp("2024-07-01T00:30"), "end": pd.Timestamp("2024-07-01T01:00")}
    result = GenerationByFuel(**within, interval="5m").run(snapshot)
    assert (result.expected, result.present) == (6, 4)
