"""Questions about years on hand-written markets: every figure by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.market_time import Window
from components.queries.figures import GenerationFigures
from components.queries.trends_annual import AnnualEnergy
from components.queries.trends_capacity import InService
from components.queries.trends_compare import Comparison
from components.queries.trends_daily import DailyTrend
from components.queries.trends_emissions import Emissions
from components.queries.trends_evening import EveningPeak, EveningProfile
from components.queries.trends_penetration import Penetration
from components.queries.trends_penetration_bins import PenetrationBins, PenetrationDuration
from components.queries.trends_sums import energy_of_units
from components.queries.units import readings, unit_table
from components.queries.year_on_year import GenerationYearOnYear

NAN = float("nan")
DAY = 288


def unit(duid, fuel, region="SA1", **more):
    return {"duid": duid, "region": region, "fuel": fuel, "fueltech": fuel, "capacity_mw": 100.0, **more}


def rows(frame: pd.DataFrame, *keys: str) -> dict:
    """Rows of a frame by their names."""
    texts = frame.astype(dict.fromkeys(keys, str)).set_index(list(keys))
    return texts.to_dict("index")


# -- energy by year ----------------------------------------------------------------------------------


@pytest.fixture
def turn_of_the_year(market):
    """Two days of 2023 and one of 2024: gas always, wind from the second day on, its last half day missing."""
    return market(
        units=[unit("GAS", "gas"), unit("WIND", "wind")],
        scada={
            "GAS": [60.0] * DAY + [48.0] * DAY + [24.0] * DAY,
            "WIND": [NAN] * DAY + [120.0] * DAY + [240.0] * (DAY // 2) + [NAN] * (DAY // 2),
        },
        rooftop={"SA1": [12.0] * 48 + [NAN] * 96},
        start="2023-12-30",
    )


def test_energy_by_calendar_year_is_annualised_by_the_days_read(turn_of_the_year):
    result = AnnualEnergy(region=["SA1"]).run(turn_of_the_year)
    found = rows(result.frame, "period", "fuel")
    gas, wind, roof = (found[("2023", f)] for f in ("gas", "wind", "rooftop"))
    assert gas["energy_mwh"] == 60 * 24 + 48 * 24
    assert gas["days"] == 2
    assert gas["annualised_mwh"] == (60 + 48) * 24 * 365 / 2
    assert (wind["energy_mwh"], wind["days"]) == (120 * 24, 2)  # by the days of the region, not those of its own
    assert (roof["energy_mwh"], roof["days"]) == (12 * 24, 1)
    assert gas["year_share"] == pytest.approx(2 / 365)
    assert gas["partial"] == 1
    after = found[("2024", "wind")]
    assert (after["energy_mwh"], after["days"]) == (240 * 12, 1)
    assert after["annualised_mwh"] == pytest.approx(240 * 12 * 365)  # a day of a leap year is a day
    assert after["change_mwh"] == pytest.approx(240 * 12 * 365 - 120 * 24 * 365 / 2)
    assert after["share"] == pytest.approx(2880 / (2880 + 576))
    assert np.isnan(found[("2024", "rooftop")]["energy_mwh"])
    assert np.isnan(gas["change_mwh"])
    assert result.notes[-1].endswith("2023, 2024.")


def test_a_financial_year_holds_both(turn_of_the_year):
    found = rows(AnnualEnergy(region=["NEM"], year="fy").run(turn_of_the_year).frame, "period", "fuel")
    assert {k[0] for k in found} == {"FY24"}
    gas = found[("FY24", "gas")]
    assert gas["energy_mwh"] == (60 + 48 + 24) * 24
    assert gas["days"] == pytest.approx(3)
    assert gas["annualised_mwh"] == pytest.approx((60 + 48 + 24) * 24 * 365 / 3)


def test_hours_alone_are_annualised_by_the_days_they_stand_for(turn_of_the_year):
    found = rows(AnnualEnergy(region=["SA1"], hour=[17]).run(turn_of_the_year).frame, "period", "fuel")
    gas = found[("2023", "gas")]
    assert gas["energy_mwh"] == 60 + 48
    assert gas["days"] == pytest.approx(2)
    assert gas["annualised_mwh"] == pytest.approx((60 + 48) * 365 / 2)


def test_a_window_within_the_data_cuts_the_years_and_agrees_with_the_figures(turn_of_the_year):
    span = {"start": pd.Timestamp("2023-12-30T12:00"), "end": pd.Timestamp("2024-01-01T06:00")}
    annual = AnnualEnergy(region=["SA1"], **span).run(turn_of_the_year).frame
    summed = annual.groupby("fuel", observed=True)["energy_mwh"].sum()
    figures = GenerationFigures(region=["SA1"], **span).run(turn_of_the_year).frame.set_index("fuel")["energy_mwh"]
    assert summed.to_dict() == pytest.approx(figures.to_dict())
    assert rows(annual, "period", "fuel")[("2023", "gas")]["days"] == pytest.approx(1.5)


# -- daily power -------------------------------------------------------------------------------------


def test_days_carry_their_place_and_a_trailing_mean_that_reaches_before_the_window(market):
    snapshot = market(
        units=[unit("GAS", "gas")], scada={"GAS": [10.0] * DAY + [20.0] * DAY + [60.0] * DAY}, start="2024-02-28"
    )
    span = {"start": pd.Timestamp("2024-02-29"), "end": pd.Timestamp("2024-03-02")}
    result = DailyTrend(region=["SA1"], series=["gas", "thermal", "renewable"], smooth="7d", **span).run(snapshot)
    found = rows(result.frame, "series", "day_of_year")
    assert found[("gas", "60")]["mw"] == 20
    assert found[("thermal", "61")]["mw"] == 60
    assert np.isnan(found[("gas", "61")]["smoothed_mw"])  # not seven days
    assert np.isnan(found[("renewable", "60")]["mw"])  # without rooftop it is not known
    long = market(
        units=[unit("GAS", "gas")], scada={"GAS": np.repeat(np.arange(1.0, 9), DAY).tolist()}, start="2024-02-24"
    )
    last = {"start": pd.Timestamp("2024-03-02"), "end": pd.Timestamp("2024-03-03")}
    only = DailyTrend(region=["SA1"], series=["gas"], smooth="7d", **last).run(long).frame
    assert only[["year", "day_of_year", "mw", "smoothed_mw"]].astype({"year": str}).values.tolist() == [
        ["2024", 62, 8.0, 5.0]
    ]
    financial = DailyTrend(region=["SA1"], series=["gas"], year="fy", **last).run(long).frame
    assert financial[["year", "day_of_year"]].astype({"year": str}).values.tolist() == [["FY24", 246]]


def test_everything_ends_at_the_newest_midnight_and_a_first_day_counts_all_the_same(market):
    snapshot = market(units=[unit("GAS", "gas")], scada={"GAS": [10.0] * DAY + [70.0] * 12})
    frame = DailyTrend(region=["SA1"], series=["gas"], smooth="1d").run(snapshot).frame
    assert frame["mw"].tolist() == [10]
    short = market(units=[unit("GAS", "gas")], scada={"GAS": [70.0] * 12})
    assert DailyTrend(region=["SA1"], series=["gas"], smooth="1d").run(short).frame["mw"].tolist() == [70]


def test_demand_and_underlying_demand_by_day(market):
    snapshot = market(demand={"SA1": [1000.0] * DAY}, rooftop={"SA1": [240.0] * 48})
    span = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-02")}
    query = DailyTrend(region=["SA1"], series=["demand", "underlying"], smooth="1d", **span)
    found = rows(query.run(snapshot).frame, "series")
    assert (found["demand"]["mw"], found["underlying"]["smoothed_mw"]) == (1000, 1240)


# -- penetration -------------------------------------------------------------------------------------


@pytest.fixture
def windy(market):
    """Six intervals: penetration (wind + 20) / 100 = 0.5, 0.5, 1.2, missing, 0.2, missing (no price at the first)."""
    return market(
        units=[unit("WIND", "wind"), unit("GAS", "gas")],
        scada={"WIND": [30.0, 30.0, 100.0, NAN, 0.0, 50.0], "GAS": [5.0] * 6},
        demand={"SA1": [80.0, 80.0, 80.0, 80.0, 80.0, NAN]},
        rooftop={"SA1": [20.0]},
        price={"SA1": [NAN, 40.0, -60.0, 999.0, 200.0, 999.0]},
    )


def test_penetration_of_each_interval_with_its_records_and_price(windy):
    (row,) = Penetration(region=["SA1"], interval="1d", last="all").run(windy).frame.to_dict("records")
    assert row["mean"] == pytest.approx((0.5 + 0.5 + 1.2 + 0.2) / 4)
    assert row["penetration"] == pytest.approx((50 + 50 + 120 + 20) / 400)
    assert row["max"] == pytest.approx(1.2)
    assert row["max_time"] == pd.Timestamp("2024-07-01T00:15")
    assert row["min"] == pytest.approx(0.2)
    assert row["min_time"] == pd.Timestamp("2024-07-01T00:25")
    assert row["price"] == pytest.approx((40 - 60 + 200) / 3)
    assert row["hours"] == pytest.approx(4 / 12)
    assert (row["variable_mw"], row["underlying_mw"]) == (60, 100)


def test_bins_hold_time_and_price_of_what_is_known(windy):
    frame = PenetrationBins(region=["SA1"], width=10).run(windy).frame
    found = {round(r["low"], 2): r for r in frame.to_dict("records")}
    assert {low for low, r in found.items() if r["hours"] > 0} == {0.2, 0.5, 1.2}
    assert found[0.5]["share"] == pytest.approx(0.5)
    assert found[0.5]["price"] == 40
    assert found[1.2]["price"] == -60
    assert np.isnan(found[0.3]["price"])
    assert frame["share"].sum() == pytest.approx(1)
    assert max(found) == 1.2


def test_duration_runs_from_the_highest_to_the_lowest(windy):
    frame = PenetrationDuration(region=["SA1"], steps=3).run(windy).frame
    assert frame["exceedance"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert frame["penetration"].tolist() == pytest.approx([1.2, 0.5, 0.5, 0.2])


def test_a_region_without_wind_or_solar_farms_has_its_rooftop_alone(market):
    snapshot = market(
        units=[unit("GAS", "gas", "TAS1")],
        scada={"GAS": [5.0] * 5 + [NAN]},
        demand={"TAS1": [75.0] * 6},
        rooftop={"TAS1": [25.0]},
    )
    (row,) = Penetration(region=["TAS1"], interval="1d").run(snapshot).frame.to_dict("records")
    assert (row["mean"], row["hours"]) == (0.25, pytest.approx(5 / 12))


def test_penetration_of_the_market_needs_every_regions_demand_and_rooftop(market):
    regions = ("NSW1", "QLD1", "SA1", "TAS1", "VIC1")
    snapshot = market(
        units=[unit("WIND", "wind")], scada={"WIND": [100.0] * 6},
        demand={r: [80.0] * 6 for r in regions} | {"TAS1": [NAN] + [80.0] * 5},
        rooftop={r: [20.0] for r in regions},
    )  # fmt: skip
    (row,) = Penetration(region=["NEM"], interval="1d").run(snapshot).frame.to_dict("records")
    assert row["mean"] == pytest.approx((100 + 5 * 20) / 500)
    assert row["hours"] == pytest.approx(5 / 12)


# -- the evening -------------------------------------------------------------------------------------


def evening_of(gas: float, wind: float, demand: float) -> dict:
    """A day whose evening differs from the rest."""
    shape = np.zeros(DAY, bool)
    shape[17 * 12 : 22 * 12] = True
    return {
        "GAS": np.where(shape, gas, 999.0), "WIND": np.where(shape, wind, 999.0),
        "BATT": np.where(shape, np.tile([30.0, -10.0], DAY // 2), 0.0), "demand": np.where(shape, demand, 0.0),
    }  # fmt: skip


@pytest.fixture
def two_evenings(market):
    """The same date in two years, a year of nothing between."""
    units = [unit("GAS", "gas"), unit("WIND", "wind"), unit("BATT", "battery", role="bidirectional")]
    before, now = evening_of(100, 40, 200), evening_of(70, 60, 190)
    gap = np.full(365 * DAY, NAN)
    joined = {k: np.concatenate([before[k], gap, now[k]]).tolist() for k in before}  # 2024 is a leap year: 366 days on
    joined["BATT"][:DAY] = [NAN] * DAY  # the battery came later
    return market(
        units=units, scada={k: joined[k] for k in ("GAS", "WIND", "BATT")}, demand={"SA1": joined["demand"]},
        interchange={"SA1": [-60.0] * DAY + gap.tolist() + [-20.0, 8.0] * (DAY // 2)},
        rooftop={"SA1": [4.0] * 48 + [NAN] * (365 * 48) + [6.0] * 48}, start="2023-07-01",
    )  # fmt: skip


def test_the_evenings_changes_add_up_to_those_of_demand_and_residual(two_evenings):
    query = EveningPeak(region=["SA1"], start=pd.Timestamp("2024-07-01"), end=pd.Timestamp("2024-07-02"))
    found = rows(query.run(two_evenings).frame, "part")
    now = {p: r["mw"] for p, r in found.items()}
    assert now == pytest.approx({
        "gas": 70, "wind": 60, "rooftop": 6, "battery": 15, "imports": 10, "battery_charging": -5, "exports": -4,
        "supply": 152, "underlying": 196, "residual": -44,
    })  # fmt: skip
    assert {p: r["mw_before"] for p, r in found.items()} == pytest.approx({
        "gas": 100, "wind": 40, "rooftop": 4, "battery": 0, "imports": 60, "battery_charging": 0, "exports": 0,
        "supply": 204, "underlying": 204, "residual": 0,
    })  # fmt: skip
    change = {p: r["change_mw"] for p, r in found.items()}
    fuels = [p for p in change if p not in ("supply", "underlying", "residual")]
    assert sum(change[p] for p in fuels) == pytest.approx(change["supply"])
    assert change["supply"] == pytest.approx(change["underlying"] + change["residual"])
    assert found["wind"]["share"] == pytest.approx(60 / (70 + 60 + 6 + 15 + 10))
    assert np.isnan(found["exports"]["share"])
    assert found["gas"]["coverage"] == 1


def test_a_year_before_that_is_not_there_is_missing(two_evenings):
    query = EveningPeak(region=["SA1"], start=pd.Timestamp("2023-07-01"), end=pd.Timestamp("2023-07-02"))
    frame = query.run(two_evenings).frame
    assert frame["mw"].notna().all()
    assert frame["mw_before"].isna().all()
    assert frame["change_mw"].isna().all()


def test_the_evening_agrees_with_generation_year_on_year(two_evenings):
    span = {"region": ["SA1"], "start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-02")}
    evening = rows(EveningPeak(**span).run(two_evenings).frame, "part")
    other = GenerationYearOnYear(**span, hour=[17, 18, 19, 20, 21], interchange=True).run(two_evenings).frame
    for fuel, row in rows(other, "fuel").items():
        assert evening[fuel]["mw"] == pytest.approx(row["average_mw"]), fuel


def test_half_hours_of_the_evening_average_to_it(two_evenings):
    span = {"region": ["SA1"], "start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-02")}
    profile = EveningProfile(**span).run(two_evenings).frame
    peak = rows(EveningPeak(**span).run(two_evenings).frame, "part")
    assert sorted(set(profile["time_of_day"].astype(str)))[::9] == ["17:00", "21:30"]
    for part, mean in profile.groupby("part", observed=True)["mw"].mean().items():
        assert mean == pytest.approx(peak[part]["mw"]), part


# -- two windows -------------------------------------------------------------------------------------


def test_two_windows_side_by_side(market):
    snapshot = market(
        units=[unit("GAS", "gas", emissions_t_per_mwh=0.5), unit("WIND", "wind", emissions_t_per_mwh=0.0)],
        scada={"GAS": [60.0] * 6 + [90.0] * 6, "WIND": [60.0] * 6 + [30.0] * 6},
        price={"SA1": [50.0] * 3 + [100.0] * 3 + [80.0] * 6}, demand={"SA1": [100.0] * 3 + [300.0] * 3 + [120.0] * 6},
        rooftop={"SA1": [20.0, 40.0]},
    )  # fmt: skip
    half = [pd.Timestamp(f"2024-07-01T{t}") for t in ("00:00", "00:30", "01:00")]
    query = Comparison(region=["SA1"], start=half[1], end=half[2], other_start=half[0], other_end=half[1])
    found = rows(query.run(snapshot).frame, "quantity", "fuel")

    def of(quantity, fuel=""):
        return [found[(quantity, fuel)][n] for n in ("value", "other", "change", "change_share")]

    assert of("energy", "gas") == pytest.approx([45, 30, 15, 0.5])
    assert of("average_power", "wind") == pytest.approx([30, 60, -30, -0.5])
    assert of("capture_price", "gas") == pytest.approx([80, 75, 5, 5 / 75])
    assert of("price_flat") == pytest.approx([80, 75, 5, 5 / 75])
    assert of("price_weighted") == pytest.approx([80, 87.5, -7.5, -7.5 / 87.5])
    assert of("demand") == pytest.approx([60, 100, -40, -0.4])
    assert of("generation") == pytest.approx([80, 70, 10, 1 / 7])
    assert of("renewable_share") == pytest.approx([35 / 80, 40 / 70, 35 / 80 - 40 / 70, (35 / 80) / (40 / 70) - 1])
    assert of("intensity") == pytest.approx([0.375, 0.25, 0.125, 0.5])
    assert found[("energy", "gas")]["coverage"] == 1
    assert found[("energy", "gas")]["unit"] == "MWh"


def test_an_empty_other_window_is_missing_not_zero(market):
    snapshot = market(units=[unit("GAS", "gas")], scada={"GAS": [60.0] * DAY}, price={"SA1": [50.0] * DAY})
    found = rows(Comparison(region=["SA1"], last="1d").run(snapshot).frame, "quantity", "fuel")
    gas = found[("energy", "gas")]
    assert gas["value"] == 1440
    assert np.isnan([gas["other"], gas["change"], gas["change_share"], gas["coverage_other"]]).all()
    assert np.isnan(found[("price_flat", "")]["other"])
    assert np.isnan(found[("renewable_share", "")]["value"])  # without rooftop it would be another share


def test_the_other_window_keeps_the_length_where_one_side_is_named(market):
    snapshot = market(units=[unit("GAS", "gas")], scada={"GAS": [60.0] * DAY})
    span = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-02")}
    other = Comparison(**span, other_start=pd.Timestamp("2024-01-01")).other(snapshot)
    assert (other.start, other.end) == (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"))
    usual = Comparison(**span).other(snapshot)
    assert (usual.start, usual.end) == (pd.Timestamp("2023-07-01"), pd.Timestamp("2023-07-02"))
    wrong = Comparison(**span, other_start=span["end"], other_end=span["start"])
    assert [p.param for p in wrong.check(snapshot)] == ["other_end"]


# -- capacity and emissions --------------------------------------------------------------------------


def test_capacity_in_service_follows_registration_and_readings(market):
    days = 60
    on, off = [1.0] * DAY, [NAN] * DAY

    def readings(first: int, last: int) -> list[float]:
        return off * first + on * (last - first) + off * (days - last)

    snapshot = market(
        units=[
            unit("OLD", "coal", capacity_mw=500.0, registered_from=pd.Timestamp("2000-01-01"), registered_to=pd.Timestamp("2024-07-11")),
            unit("SILENT", "coal", capacity_mw=300.0),  # no dates: until its last reading, more than 31 days ago
            unit("NEW", "wind", capacity_mw=200.0),  # no dates: from its first reading
            unit("EARLY", "wind", capacity_mw=70.0, registered_from=pd.Timestamp("2024-08-20")),  # read before its registration
            unit("QUIET", "gas", capacity_mw=40.0),  # silent for ten days at the end: still in service
            unit("WHAT", "gas", capacity_mw=NAN),
            unit("NEVER", "gas", capacity_mw=900.0),
            unit("PUMP", "pumps", role="load", capacity_mw=250.0),
        ],
        scada={
            "OLD": readings(0, 10), "SILENT": readings(0, 20), "NEW": readings(15, days), "EARLY": readings(30, days),
            "QUIET": readings(0, 50), "WHAT": readings(0, days), "PUMP": readings(0, days),
        },
    )  # fmt: skip
    frame = InService(region=["SA1"], interval="1d").run(snapshot).frame
    wide = frame.assign(day=(frame["time"] - pd.Timestamp("2024-07-01")).dt.days).pivot_table(
        index="day", columns="fuel", values="capacity_mw", observed=True
    )
    assert wide["coal"].dropna().groupby(wide["coal"].dropna()).groups.keys() == {800.0, 300.0}
    assert wide["coal"].loc[[9, 10, 19]].tolist() == [800, 300, 300]
    assert 20 not in wide["coal"].dropna().index
    assert wide["wind"].dropna().index[0] == 15
    assert wide["wind"].loc[[15, 29, 30, 59]].tolist() == [200, 200, 270, 270]
    assert set(wide["gas"]) == {40.0}
    assert set(frame[frame["fuel"] == "gas"]["units_unknown"]) == {1}
    assert "pumps" not in wide.columns
    result = InService(region=["SA1"], interval="1d").run(snapshot)
    assert any("1 unit in service at the end" in n for n in result.notes)


def test_emissions_and_intensity_of_units_with_a_factor(market):
    snapshot = market(
        units=[
            unit("COAL", "coal", emissions_t_per_mwh=0.9), unit("GAS", "gas", emissions_t_per_mwh=0.5),
            unit("ODD", "gas"), unit("WIND", "wind", emissions_t_per_mwh=0.0),
            unit("BATT", "battery", role="bidirectional", emissions_t_per_mwh=0.0),
        ],
        scada={
            "COAL": [120.0] * DAY, "GAS": [60.0] * (DAY // 2) + [NAN] * (DAY // 2), "ODD": [10.0] * DAY, "WIND": [40.0] * DAY,
            "BATT": [50.0, -50.0] * (DAY // 2),
        },
        rooftop={"SA1": [500.0] * 48},
    )  # fmt: skip
    (row,) = Emissions(region=["SA1"]).run(snapshot).frame.to_dict("records")
    coal, gas, odd, wind = 120 * 24, 60 * 12, 10 * 24, 40 * 24
    assert row["energy_mwh"] == coal + gas + odd + wind
    assert row["emissions_t"] == pytest.approx(0.9 * coal + 0.5 * gas)
    assert row["intensity"] == pytest.approx((0.9 * coal + 0.5 * gas) / (coal + gas + wind))
    assert row["factor_coverage"] == pytest.approx((coal + gas + wind) / (coal + gas + odd + wind))
    by = rows(Emissions(region=["NEM"], by="fuel").run(snapshot).frame, "fuel")
    assert set(by) == {"coal", "gas", "wind"}
    assert by["gas"]["factor_coverage"] == pytest.approx(gas / (gas + odd))
    figures = rows(GenerationFigures(region=["SA1"], last="all").run(snapshot).frame, "fuel")
    assert by["gas"]["emissions_t"] == pytest.approx(figures["gas"]["emissions_t"])


def test_a_load_generates_nothing_and_storage_what_it_gives(market):
    snapshot = market(
        units=[unit("PUMP", "pumps", role="load"), unit("BATT", "battery", role="bidirectional"), unit("GAS", "gas")],
        scada={"PUMP": [60.0] * 12, "BATT": [24.0, -24.0] * 6, "GAS": [12.0, NAN] * 6},
    )
    (part,) = readings(snapshot, Window(pd.Timestamp("2024-07-01"), pd.Timestamp("2024-08-01"), "1d"))
    assert part.stretch is not None
    table = unit_table(snapshot)
    assert dict(zip(table.duid[part.rows], energy_of_units(table, part), strict=True)) == {
        "BATT": 12,
        "GAS": 6,
        "PUMP": 0,
    }


def test_without_any_factor_emissions_are_missing(market):
    snapshot = market(units=[unit("GAS", "gas")], scada={"GAS": [60.0] * DAY})
    (row,) = Emissions(region=["SA1"]).run(snapshot).frame.to_dict("records")
    assert row["energy_mwh"] == 1440
    assert np.isnan([row["emissions_t"], row["intensity"]]).all()
    assert row["factor_coverage"] == 0


# -- months ------------------------------------------------------------------------------------------


def test_whole_months_that_are_remembered_give_what_their_days_give(market):
    """Sixty days over three months: a question over everything against the same question cut into odd windows."""
    rng = np.random.default_rng(5)
    days = 75
    gas, wind = rng.uniform(0, 90, days * DAY), rng.uniform(0, 60, days * DAY)
    gas[rng.random(days * DAY) < 0.02] = NAN
    batt = rng.uniform(-40, 40, days * DAY)
    snapshot = market(
        units=[unit("GAS", "gas", emissions_t_per_mwh=0.6), unit("WIND", "wind"), unit("BATT", "battery", role="bidirectional")],
        scada={"GAS": gas.tolist(), "WIND": wind.tolist(), "BATT": batt.tolist()}, start="2024-06-15",
    )  # fmt: skip
    steps = np.arange(days * DAY)
    evening = (steps % DAY >= 17 * 12) & (steps % DAY < 22 * 12)
    found = rows(EveningPeak(region=["SA1"], last="all").run(snapshot).frame, "part")
    read = evening & ~np.isnan(wind)
    assert found["gas"]["mw"] == pytest.approx(np.nansum(gas[evening]) / read.sum(), rel=1e-6)
    assert found["battery"]["mw"] == pytest.approx(np.maximum(batt, 0)[evening].mean(), rel=1e-6)
    assert found["battery_charging"]["mw"] == pytest.approx(np.minimum(batt, 0)[evening].mean(), rel=1e-6)
    workday = rows(EveningPeak(region=["SA1"], last="all", weekday=[1, 2, 3, 4, 5]).run(snapshot).frame, "part")
    monday = pd.Timestamp("2024-06-15") + pd.to_timedelta(steps * 5, unit="min")
    chosen = evening & (monday.day_of_week.to_numpy() < 5)
    assert workday["wind"]["mw"] == pytest.approx(wind[chosen].mean(), rel=1e-6)
    months = Emissions(region=["SA1"]).run(snapshot).frame
    assert months["emissions_t"].sum() == pytest.approx(0.6 * np.nansum(gas) / 12, rel=1e-6)
    assert months["energy_mwh"].sum() == pytest.approx((np.nansum(gas) + wind.sum()) / 12, rel=1e-6)
