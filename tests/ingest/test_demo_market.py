"""The simulated market obeys the rules that hold for the real one, interval by interval."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from components.ingest.demo import prices
from components.ingest.demo.clock import Grid, month_grid
from components.ingest.demo.fleet import Fleet, build_fleet
from components.ingest.demo.links import LINES, LINKS, Limits, net_interchange, relieve
from components.ingest.demo.market import MonthResult, simulate_month
from components.ingest.demo.outlook import outlook
from components.ingest.demo.plant import TECHNOLOGIES, availability
from components.ingest.demo.storage import ROUND_TRIP
from components.ingest.demo.tidy import tidy_frames
from components.ingest.demo.write import demo_frames
from components.schema import DATASETS, tidy_columns
from components.vocabulary import INTERCONNECTORS, REGIONS

SEED, MONTH, UNITS = 5, "2023-07", 120


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return build_fleet(UNITS, SEED)


@pytest.fixture(scope="module")
def result(fleet: Fleet) -> MonthResult:
    return simulate_month(fleet, SEED, MONTH)


@pytest.fixture(scope="module")
def frames(fleet: Fleet, result: MonthResult) -> dict[str, pd.DataFrame]:
    start, end = np.datetime64("2023-07-01", "us"), np.datetime64("2023-08-01", "us")
    return dict(tidy_frames(result, fleet, SEED, start, end))


def wide(frame: pd.DataFrame, key: str, field: str) -> pd.DataFrame:
    return frame.pivot_table(index="time", columns=key, values=field, observed=True, dropna=False)


def test_the_balance_of_every_region_closes_in_every_interval(fleet: Fleet, frames: dict[str, pd.DataFrame]):
    """Scheduled and semi-scheduled output less loads less net interchange is demand, computed from what is published."""
    units = fleet.units().set_index("duid")
    dispatched = units[units["schedule_type"] != "Non-Scheduled"]
    sign = np.where(dispatched["role"] == "load", -1.0, 1.0)  # pumps report consumption as positive
    output = wide(frames["scada"], "duid", "mw")[dispatched.index] * sign
    by_region = output.T.groupby(dispatched["region"]).sum().T
    demand = wide(frames["region"], "region", "demand")
    net = wide(frames["region"], "region", "net_interchange")
    assert demand.shape == (31 * 288, 5)
    assert (by_region - net - demand).abs().max().max() < 1e-6


def test_forecasts_of_farms_add_up_to_their_regions_and_part_into_cleared_and_curtailed(
    fleet: Fleet, frames: dict[str, pd.DataFrame]
):
    farms = frames["semi_scheduled"]
    assert (farms["cleared"] <= farms["uigf"]).all()
    assert (farms["semi_dispatch_cap"].astype(bool) == (farms["cleared"] < farms["uigf"])).all()
    units = fleet.units().set_index("duid")
    assert set(farms["duid"]) == set(units.index[units["schedule_type"] == "Semi-Scheduled"])
    for fuel in ("wind", "solar"):
        own = units.index[(units["schedule_type"] == "Semi-Scheduled") & (units["fuel"] == fuel)]
        for column in ("uigf", "cleared"):
            each = wide(farms, "duid", column)[own]
            # Whole hundredths of a MW on both sides, so the sums are the same to the last digit.
            summed = (each * 100).round().astype("int64").T.groupby(units["region"].reindex(own)).sum().T
            whole = (wide(frames["region"], "region", f"ss_{fuel}_{column}") * 100).round().astype("int64")
            np.testing.assert_array_equal(summed.to_numpy(), whole[list(summed)].to_numpy())
            assert (whole[[r for r in whole if r not in summed]] == 0).all(axis=None)
    scada = wide(frames["scada"], "duid", "mw")[sorted(set(farms["duid"]))]
    np.testing.assert_array_equal(wide(farms, "duid", "cleared").to_numpy(), scada.to_numpy())


def test_net_interchange_is_the_flows_and_their_losses(frames: dict[str, pd.DataFrame]):
    flow, losses = (wide(frames["flow"], "interconnector", f) for f in ("mw_target", "losses"))
    net = wide(frames["region"], "region", "net_interchange")
    assert (net.sum(axis=1) - losses.sum(axis=1)).abs().max() < 1e-6
    assert (losses >= 0).all().all()
    for region in REGIONS:
        out = sum(
            flow[i.id] * (1 if i.region_from == region else -1 if i.region_to == region else 0)
            for i in INTERCONNECTORS.values()
        )
        share = net[region] - out  # its part of its links' losses
        touching = [i.id for i in INTERCONNECTORS.values() if region in (i.region_from, i.region_to)]
        assert (share > -1e-6).all()
        assert (share < losses[touching].sum(axis=1) + 1e-6).all()


def test_a_flow_by_hand():
    """100 MW from Tasmania with 5 MW of losses, all counted where Basslink starts."""
    flow, losses = np.zeros((6, 1), "int64"), np.zeros((6, 1), "int64")
    row = LINKS.index("T-V-MNSP1")
    flow[row], losses[row] = 10_000, 500
    assert net_interchange(flow, losses)[:, 0].tolist() == [0, 0, 0, 10_500, -10_000]


@pytest.mark.parametrize(
    ("spare", "room", "moved"),
    [(500.0, 300.0, 120.0), (500.0, 70.0, 70.0), (40.0, 300.0, 40.0), (0.0, 300.0, 0.0)],
)
def test_a_short_region_is_helped_as_far_as_link_and_neighbour_can(spare: float, room: float, moved: float):
    """Tasmania lacks 120 MW; Victoria's plant has ``spare`` MW, Basslink ``room`` MW in that direction."""
    row, tas, vic = LINKS.index("T-V-MNSP1"), REGIONS.index("TAS1"), REGIONS.index("VIC1")
    flow, export, imports = np.zeros((6, 1)), np.zeros((6, 1)), np.zeros((6, 1))
    imports[row] = -100 * room
    output, least = np.full((5, 1), 1000.0), np.full((5, 1), 200.0)
    most = output.copy()
    output[tas] += 120.0
    most[vic] += spare
    relieve(flow, output, least, most, Limits(export, imports))
    assert flow[row, 0] == -moved
    assert np.abs(flow).sum() == moved
    assert (output[tas, 0], output[vic, 0]) == (1120.0 - moved, 1000.0 + moved)


def test_flows_lie_within_limits_and_follow_prices(frames: dict[str, pd.DataFrame]):
    flow = frames["flow"]
    assert (flow["mw_target"] <= flow["export_limit"]).all()
    assert (flow["mw_target"] >= flow["import_limit"]).all()
    assert (flow["export_limit"] > 0).all()
    assert (flow["import_limit"] < 0).all()
    usual = flow["interconnector"].map({n: max(x.export, x.imports) for n, x in LINES.items()}).astype(float)
    assert (flow[["export_limit", "import_limit"]].abs().max(axis=1) <= 1.05 * usual).all()
    # Metered at the start of the interval: where the interval before ended, give or take the meter.
    targets, metered = (wide(flow, "interconnector", f) for f in ("mw_target", "mw"))
    assert 1 < (metered - targets.shift(1)).std().max() < 8
    price = wide(frames["price"], "region", "rrp").clip(-90, 260)
    for link in INTERCONNECTORS.values():
        spread = price[link.region_to] - price[link.region_from]
        far = spread.abs() > 80
        assert (np.sign(spread[far]) == np.sign(targets.loc[far, link.id])).mean() > 0.75
    bound = flow[flow["marginal_value"] < 0]
    assert len(bound) > 0
    assert ((bound["mw_target"] == bound["export_limit"]) | (bound["mw_target"] == bound["import_limit"])).all()


def test_cleared_wind_and_solar_are_the_units_output_and_never_above_the_forecast(
    fleet: Fleet, frames: dict[str, pd.DataFrame]
):
    units = fleet.units().set_index("duid")
    region = frames["region"]
    for fuel in ("wind", "solar"):
        uigf, cleared = (wide(region, "region", f"ss_{fuel}_{w}") for w in ("uigf", "cleared"))
        assert (cleared <= uigf).all().all()
        own = units[(units["fuel"] == fuel) & (units["schedule_type"] == "Semi-Scheduled")]
        scada = wide(frames["scada"], "duid", "mw")[own.index].T.groupby(own["region"]).sum().T
        for name in scada:
            assert (scada[name] - cleared[name]).abs().max() < 1e-6
    curtailed = wide(region, "region", "ss_wind_uigf") - wide(region, "region", "ss_wind_cleared")
    price = wide(frames["price"], "region", "rrp")
    for name in ("SA1", "VIC1"):
        cheap = price[name] < -40
        assert curtailed.loc[cheap, name].mean() > 4 * curtailed.loc[price[name] > 50, name].mean()


def test_it_is_dark_at_night(fleet: Fleet, result: MonthResult):
    night = (result.grid.hour < 5) | (result.grid.hour > 19.5)
    solar = fleet.where(fueltech="solar_utility")
    assert (result.scada[np.ix_(solar, night)] == 0).all()
    assert (result.scada[solar].max(axis=1) > 0).all()


def test_no_unit_leaves_its_capacity(fleet: Fleet, result: MonthResult):
    capacity = np.rint(fleet.column("capacity_mw") * 100)[:, None]
    batteries = np.isin(fleet.column("fueltech"), ["battery"])
    assert (result.scada <= capacity).all()
    assert (result.scada[batteries] >= -capacity[batteries]).all()
    others = result.scada[~batteries]
    # Below zero: only coal units that are out of service and draw a little.
    assert (others >= -0.005 * capacity[~batteries]).all()
    negative = (others < 0).any(axis=1)
    assert set(fleet.column("fueltech")[~batteries][negative]) <= {"coal_black", "coal_brown"}
    assert negative.any()


def test_batteries_stay_within_their_storage_and_lose_fifteen_percent(fleet: Fleet, result: MonthResult):
    for row, region in enumerate(REGIONS):
        own = fleet.where(region=region, fueltech="battery")
        if not len(own):
            assert np.isnan(result.bdu_gen[row]).all()
            continue
        power = result.scada[own] / 100
        held, storage = result.bdu_energy[row], fleet.column("storage_mwh")[own].sum()
        assert 0 < held.min() < 0.2 * storage
        assert 0.6 * storage < held.max() <= storage
        np.testing.assert_allclose(result.bdu_gen[row], np.clip(power, 0, None).sum(axis=0), atol=1e-9)
        np.testing.assert_allclose(result.bdu_load[row], np.clip(-power, 0, None).sum(axis=0), atol=1e-9)
        gen, load = result.bdu_gen[row].sum() / 12, result.bdu_load[row].sum() / 12
        gained = held[-1] - held[0]
        assert gen / (load - gained / ROUND_TRIP**0.5) == pytest.approx(ROUND_TRIP, abs=0.01)
        # Energy follows power: what is held changes by what went in or out.
        way = ROUND_TRIP**0.5
        flow = np.where(power > 0, power / way, power * way).sum(axis=0) / 12
        # (At 08:05, when a battery day begins, the remainder of rounding is dropped, well below 10 kWh a unit.)
        slack = np.where(result.grid.stamps[1:] % 288 == 8 * 12 + 1, 0.01 * len(own), 0.0011)
        assert (np.abs(np.diff(held) + flow[1:]) <= slack).all()
        price = result.outlook.price[row, result.outlook.part(result.grid)] / 1e5
        buys, sells = (np.average(price, weights=w) for w in (result.bdu_load[row], result.bdu_gen[row]))
        assert sells > buys + 40


def test_pumps_are_loads_that_report_positive_and_never_run_with_their_own_turbine(fleet: Fleet, result: MonthResult):
    names = {d: i for i, d in enumerate(fleet.duids)}
    pumps = fleet.where(fueltech="pumps")
    assert len(pumps) >= 2
    for pump in pumps:
        assert result.scada[pump].min() == 0
        assert 0.02 < (result.scada[pump] > 0).mean() < 0.35
    pump, turbine = result.scada[names["PUMP1"]], result.scada[names["W/HOE#1"]]
    assert not ((pump > 0) & (turbine > 0)).any()
    assert (turbine > 0).any()


def test_coal_runs_at_its_minimum_or_above_ramps_slowly_and_has_outages(fleet: Fleet, result: MonthResult):
    coal = fleet.where(fueltech="coal_black")
    capacity = fleet.column("capacity_mw")[coal][:, None] * 100
    share = result.scada[coal] / capacity
    steps = np.abs(np.diff(share.sum(axis=0))) / len(coal)
    assert np.quantile(steps, 0.99) < 0.05
    assert (share[:, ::12] > 0.25).mean() > 0.7
    assert 0.4 < share.mean() < 0.8


def test_an_outage_trips_at_once_and_comes_back_slowly():
    kind = TECHNOLOGIES["coal_black"]
    grid = Grid(month_grid("2022-01").first, month_grid("2024-12").last)
    share = np.array([availability(1, f"U{i}", kind, grid) for i in range(8)])
    assert 0.78 < share.mean() < 0.95
    assert (share == 0).any(axis=1).all()
    change = np.diff(share, axis=1)
    assert change.min() < -0.5
    assert change.max() < 0.02


def test_what_cannot_be_served_is_next_to_nothing(result: MonthResult):
    assert np.abs(result.unserved).mean() < 0.01
    now = result.outlook.part(result.grid)
    np.testing.assert_allclose(
        result.demand / 100 + result.unserved, result.outlook.demand[:, now], atol=UNITS * 0.02 + 60
    )


@pytest.mark.parametrize("units", [10, 20, 30])
def test_a_very_small_market_still_meets_its_demand(units: int):
    small = simulate_month(build_fleet(units, 1), 1, "2024-02")
    assert (small.unserved > 1).mean() < 0.002
    mean = dict(zip(REGIONS, (small.demand / 100).mean(axis=1), strict=True))
    for region, level in {"NSW1": 8000, "QLD1": 6400, "VIC1": 5000, "SA1": 1400, "TAS1": 1150}.items():
        assert mean[region] == pytest.approx(level, rel=0.15)


# -- the same market, whatever is asked for ---------------------------------------------------------------


def collected(**ask: object) -> dict[str, pd.DataFrame]:
    found: dict[str, list[pd.DataFrame]] = {}
    fleet = build_fleet(30, int(str(ask.get("seed", 1))))
    start, end = pd.Timestamp(str(ask["start"])), pd.Timestamp(str(ask["end"]))
    for name, frame in demo_frames(fleet, int(str(ask.get("seed", 1))), start, end):
        found.setdefault(name, []).append(frame)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}


def same_rows(long: pd.DataFrame, short: pd.DataFrame, start: str, end: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    inside = (long["time"] > pd.Timestamp(start)) & (long["time"] <= pd.Timestamp(end))
    texts = [c for c in long if isinstance(long[c].dtype, pd.CategoricalDtype) or long[c].dtype == object]
    left, right = (f.assign(**{c: f[c].astype(str) for c in texts}) for f in (long[inside], short))
    return left.reset_index(drop=True), right.reset_index(drop=True)


def test_an_interval_is_the_same_in_a_long_and_in_a_short_demo():
    long = collected(start="2024-02-22", end="2024-03-05")
    short = collected(start="2024-02-28", end="2024-03-02")
    for name, frame in short.items():
        left, right = same_rows(long[name], frame, "2024-02-28", "2024-03-02")
        assert len(right) > 0
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_another_seed_is_another_market():
    one, two = (collected(start="2024-02-01", end="2024-02-02", seed=s) for s in (1, 2))
    assert (one["price"]["rrp"] != two["price"]["rrp"]).mean() > 0.9
    assert (one["scada"]["mw"] != two["scada"]["mw"]).mean() > 0.5


def test_prices_do_not_depend_on_the_number_of_units(result: MonthResult):
    other = simulate_month(build_fleet(20, SEED), SEED, MONTH)
    np.testing.assert_array_equal(other.outlook.price, result.outlook.price)


@pytest.mark.fault("TIM-2")
def test_the_cumulative_price_is_the_sum_of_the_week_across_a_month_end(frames: dict[str, pd.DataFrame]):
    before = outlook(SEED, month_grid("2023-06"))
    june = pd.DataFrame(before.price.T / 1e5, index=before.grid.times, columns=list(REGIONS))
    july = wide(frames["price"], "region", "rrp")
    week = pd.concat([june, july]).rolling(2016).sum().loc[july.index]
    found = wide(frames["price"], "region", "cumulative_price")
    np.testing.assert_allclose(found.to_numpy(), week[list(found)].to_numpy(), atol=1e-4)


# -- what is printed -----------------------------------------------------------------------------------------


def test_frames_are_tidy_sorted_and_complete(frames: dict[str, pd.DataFrame]):
    for name, dataset in DATASETS.items():
        frame = frames[name]
        assert set(frame.columns) == set(tidy_columns(dataset))
        keys = ["time", *dataset.key]
        assert not frame.duplicated(keys).any()
        texts = {k: frame[k].astype(str) for k in dataset.key}
        ordered = frame.assign(**texts).sort_values(keys, kind="stable")
        assert ordered.index.equals(frame.index)
        step = 30 if name == "rooftop" else 5
        assert set(frame["minutes"]) == {step}
        assert set(frame["source"]) == {"demo"}
        stamps = frame["time"].unique()
        assert len(stamps) == 31 * 1440 // step
        assert len(frame) == len(stamps) * len(frame[list(dataset.key)].drop_duplicates())


@pytest.mark.parametrize(
    ("dataset", "late"),
    [("price", 3), ("region", 3), ("flow", 3), ("scada", 8)],
)
def test_dispatch_rows_change_seconds_after_the_interval_begins(
    frames: dict[str, pd.DataFrame], dataset: str, late: int
):
    frame = frames[dataset]
    delay = (frame["changed"] - frame["time"]).to_numpy()
    assert (delay == np.timedelta64(late - 300, "s")).all()


def test_rooftop_is_half_hourly_of_two_types_with_sub_regions_beside_their_parents(frames: dict[str, pd.DataFrame]):
    rooftop = frames["rooftop"]
    assert dict(rooftop.groupby("type", observed=True)["quality"].unique().map(list)) == {
        "MEASUREMENT": [1.0],
        "SATELLITE": [0.6],
    }
    late = rooftop["changed"] - rooftop["time"]
    assert late[rooftop["type"] == "MEASUREMENT"].unique().tolist() == [pd.Timedelta(minutes=19)]
    best = wide(rooftop[rooftop["type"] == "MEASUREMENT"], "region", "mw")
    assert set(best) == {*REGIONS, "QLDC", "QLDN", "QLDS", "TASN", "TASS"}
    assert (best[["QLDC", "QLDN", "QLDS"]].sum(axis=1) - best["QLD1"]).abs().max() < 0.002
    assert (best[["TASN", "TASS"]].sum(axis=1) - best["TAS1"]).abs().max() < 0.002
    noon = best[best.index.hour == 12].mean()
    assert noon["NSW1"] > 1500
    assert (best[best.index.hour < 5].abs().max() == 0).all()


def test_numbers_survive_print_and_parse(frames: dict[str, pd.DataFrame]):
    """As AEMO prints them: MW to two decimals (rooftop and storage three), prices to five."""
    decimals: list[tuple[str, int, Callable[[str], bool]]] = [
        ("price", 5, lambda c: c in ("rrp", "cumulative_price")),
        ("price", 2, lambda c: "1sec" in c or "reg" in c or "min" in c),
        ("region", 3, lambda c: True),
        ("flow", 2, lambda c: True),
        ("scada", 2, lambda c: True),
        ("rooftop", 3, lambda c: True),
    ]
    for name, places, chosen in decimals:
        for field in filter(chosen, DATASETS[name].fields):
            values = frames[name][field].dropna().to_numpy()[::37]
            assert values.size > 0 or field.startswith("bdu") or "1sec" in field  # not yet in this July
            printed = np.array([float(f"{v:.{places}f}") for v in values])
            np.testing.assert_array_equal(printed, values)


def test_prices_lie_between_floor_and_cap_and_flags_are_down(frames: dict[str, pd.DataFrame]):
    price = frames["price"]
    cap = prices.price_cap(price["time"].to_numpy())
    assert price["rrp"].between(prices.FLOOR, cap).all()
    assert (price["apc_flag"] == 0).all()
    assert (price["market_suspended_flag"] == 0).all()
    for service in prices.FCAS:
        if service.endswith("1sec"):  # this July lies before these markets began
            assert price[f"{service}_rrp"].isna().all()
        else:
            assert price[f"{service}_rrp"].between(0, cap).all()


def test_one_second_markets_begin_when_they_did(fleet: Fleet):
    start, end = np.datetime64("2023-10-09T12:55", "us"), np.datetime64("2023-10-09T13:10", "us")
    rows = dict(tidy_frames(simulate_month(fleet, SEED, "2023-10"), fleet, SEED, start, end))["price"]
    known = rows.groupby("time")["raise1sec_rrp"].apply(lambda prices: prices.notna().all())
    assert known.tolist() == [False, True, True]
    assert rows["raise6sec_rrp"].notna().all()
