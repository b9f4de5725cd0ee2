"""One month of the market, from weather to the published numbers; a pure function of seed, fleet and month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import STEPS_PER_DAY, Grid, month_grid
from components.ingest.demo.fleet import Fleet
from components.ingest.demo.links import Limits, line_losses, link_limits, net_interchange, relieve, trade
from components.ingest.demo.outlook import Outlook, outlook
from components.ingest.demo.prices import WEEK
from components.ingest.demo.region_plant import RegionPlan, plan_region, settle_region
from components.vocabulary import REGIONS

_FARMS = {"wind": "wind", "solar": "solar_utility"}


@dataclass(frozen=True)
class MonthResult:
    """A month as published; power in whole hundredths of a MW; rows are units, regions or links.

    Attributes
    ----------
    outlook : weather, demand and prices; it begins a week before the month.
    scada : (units, T), as SCADA publishes it (pumps positive, batteries signed).
    farms : positions of the semi-scheduled units, ascending; ``farm_uigf`` (farms, T) what each could give.
    demand, net : (regions, T).
    uigf, cleared : by fuel (``wind``, ``solar``), semi-scheduled farms (regions, T).
    bdu_gen, bdu_load [MW], bdu_energy [MWh] : batteries (regions, T), NaN where a region has none.
    flow, losses : (links, T); ``limits`` the links' limits.
    unserved : what no plant could serve [MW] (regions, T); ``demand`` is lower by it.
    """

    grid: Grid
    outlook: Outlook
    scada: np.ndarray
    farms: np.ndarray
    farm_uigf: np.ndarray
    demand: np.ndarray
    net: np.ndarray
    uigf: dict[str, np.ndarray]
    cleared: dict[str, np.ndarray]
    bdu_gen: np.ndarray
    bdu_load: np.ndarray
    bdu_energy: np.ndarray
    flow: np.ndarray
    losses: np.ndarray
    limits: Limits
    unserved: np.ndarray


def simulate_month(fleet: Fleet, seed: int, month: str) -> MonthResult:
    """The market of one calendar month (``"2024-07"``)."""
    grid = month_grid(month)
    # A week before for the cumulative price, a day after for the batteries' last night.
    wide = outlook(seed, grid.padded(WEEK, STEPS_PER_DAY))
    plans = [plan_region(fleet, seed, region, wide, grid) for region in REGIONS]
    limits = link_limits(seed, grid)
    flow = _flows(seed, wide, grid, plans, limits)
    losses = line_losses(flow)
    net = net_interchange(flow, losses)

    shape = (len(REGIONS), len(grid))
    scada = np.zeros((len(fleet.table), len(grid)), "int32")
    demand, unserved = np.zeros(shape, "int64"), np.zeros(shape)
    uigf = {fuel: np.zeros(shape, "int64") for fuel in _FARMS}
    cleared = {fuel: np.zeros(shape, "int64") for fuel in _FARMS}
    bdu_gen, bdu_load, bdu_energy = (np.full(shape, np.nan) for _ in range(3))
    for row, plan in enumerate(plans):
        farms, power, unserved[row] = settle_region(plan, net[row])
        run = plan.battery_run
        for units, values in (
            (plan.farms, farms), (plan.plant, power), (plan.batteries, run.power), (plan.pumps, plan.pump_power),
            (plan.embedded, plan.embedded_power),
        ):  # fmt: skip
            scada[units] = values
        # The demand that is published is the sum of what is published: the balance closes exactly.
        generation = sum(p.sum(axis=0, dtype="int64") for p in (farms, power, run.power))
        demand[row] = generation - plan.pump_power.sum(axis=0, dtype="int64") - net[row]
        if len(plan.batteries):
            bdu_gen[row] = np.clip(run.power, 0, None).sum(axis=0) / 100
            bdu_load[row] = np.clip(-run.power, 0, None).sum(axis=0) / 100
            bdu_energy[row] = np.rint(run.energy.sum(axis=0) * 1000) / 1000
        for fuel, fueltech in _FARMS.items():
            which = fleet.column("fueltech")[plan.farms] == fueltech
            uigf[fuel][row] = plan.could[which].sum(axis=0, dtype="int64")
            cleared[fuel][row] = farms[which].sum(axis=0, dtype="int64")
    semi = np.concatenate([p.farms for p in plans])
    order = np.argsort(semi)
    return MonthResult(
        grid=grid, outlook=wide, scada=scada, farms=semi[order],
        farm_uigf=np.concatenate([p.could for p in plans])[order], demand=demand, net=net, uigf=uigf, cleared=cleared, bdu_gen=bdu_gen,
        bdu_load=bdu_load, bdu_energy=bdu_energy, flow=flow, losses=losses, limits=limits, unserved=unserved,
    )  # fmt: skip


def _flows(seed: int, wide: Outlook, grid: Grid, plans: list[RegionPlan], limits: Limits) -> np.ndarray:
    """Flows [centi-MW] (links, T): what prices ask for, shifted where a region's plant could not follow."""
    # Traders look through spikes: a flow does not turn round for five minutes.
    width = 13
    seen = [np.convolve(row, np.ones(width) / width, "same") for row in np.clip(wide.price / 1e5, -90.0, 260.0)]
    flow = trade(seed, np.array(seen)[:, wide.part(grid)], limits, grid)
    whole = np.rint(flow * 100).astype("int64")
    output = np.array([p.need for p in plans]) + net_interchange(whole, line_losses(whole)) / 100
    least = np.array([p.stack.floor for p in plans])
    most = np.array([p.stack.ceiling for p in plans])
    relieve(flow, output, least, most, limits)
    return np.clip(np.rint(flow * 100).astype("int64"), limits.imports, limits.export)
