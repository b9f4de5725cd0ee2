"""One region's units over a month: what prices make them do, and what the rest of the plant then must give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import Grid
from components.ingest.demo.fleet import Fleet
from components.ingest.demo.outlook import Outlook
from components.ingest.demo.plant import Stack, build_stack, dispatch
from components.ingest.demo.renewables import cleared_output, embedded_output, potential
from components.ingest.demo.storage import BatteryRun, battery_days, run_batteries, run_pumps
from components.vocabulary import REGIONS

# A pump whose machine is also a turbine: it cannot do both at once.
_SAME_MACHINE = {"PUMP1": "W/HOE#1", "PUMP2": "W/HOE#2"}
_IDLE_COAL = -0.004
"""A coal unit out of service draws a little from the grid [share of capacity]."""


@dataclass(frozen=True)
class RegionPlan:
    """Units of a region by kind (positions in the fleet) and their power before dispatch [centi-MW] (K, T).

    ``could`` is the potential of the farms; ``need`` [MW] (T,) is what the dispatchable plant must give before
    anything is traded with other regions.
    """

    batteries: np.ndarray
    battery_run: BatteryRun
    pumps: np.ndarray
    pump_power: np.ndarray
    farms: np.ndarray
    could: np.ndarray
    farm_power: np.ndarray
    plant: np.ndarray
    stack: Stack
    embedded: np.ndarray
    embedded_power: np.ndarray
    need: np.ndarray


def plan_region(fleet: Fleet, seed: int, region: str, wide: Outlook, grid: Grid) -> RegionPlan:
    """What the prices make storage, farms and small plant do, and what is left for the others."""
    row = REGIONS.index(region)
    now = wide.part(grid)
    weather = wide.weather[region].cut(now)
    capacity = fleet.column("capacity_mw")
    price = wide.price[row, now] / 1e5

    def names(units: np.ndarray) -> list[str]:
        return [fleet.duids[i] for i in units]

    batteries = fleet.where(region=region, fueltech="battery")
    run = run_batteries(
        seed, names(batteries), capacity=capacity[batteries], storage=fleet.column("storage_mwh")[batteries],
        price=wide.price[row, wide.part(battery_days(grid))] / 1e5, grid=grid,
    )  # fmt: skip
    pumps = fleet.where(region=region, fueltech="pumps")
    pumping = run_pumps(seed, names(pumps), capacity[pumps], price, grid)
    semi = [fleet.where(region=region, fueltech=f, schedule="Semi-Scheduled") for f in ("wind", "solar_utility")]
    farms = np.concatenate(semi)
    could = potential(seed, fleet, farms, region=region, weather=weather, grid=grid)
    given = cleared_output(seed, names(farms), could, price=price, capacity=capacity[farms], grid=grid)
    plant = fleet.where(region=region, schedule="Scheduled")
    plant = plant[~np.isin(fleet.column("fueltech")[plant], ("battery", "pumps"))]
    in_use = np.zeros((len(plant), len(grid)), bool)
    for pump, power in zip(names(pumps), pumping, strict=True):
        in_use[[i for i, d in enumerate(names(plant)) if d == _SAME_MACHINE.get(pump)]] = power > 0
    stack = build_stack(
        seed, names(plant), list(fleet.column("fueltech")[plant]), region=region, capacity=capacity[plant],
        pumping=in_use, grid=grid,
    )  # fmt: skip
    embedded = fleet.where(region=region, schedule="Non-Scheduled")
    small = embedded_output(seed, fleet, embedded, region=region, weather=weather, price=price, grid=grid)
    loads = pumping.sum(axis=0) - run.power.sum(axis=0) - given.sum(axis=0)
    return RegionPlan(
        batteries, run, pumps, pumping, farms, could, given, plant, stack, embedded, small,
        wide.demand[row, now] + loads / 100,
    )  # fmt: skip


def settle_region(plan: RegionPlan, net: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dispatch for a net interchange [centi-MW] (T,).

    Returns
    -------
    Farms' power and plant's power [centi-MW] (K, T), and the need that no plant could serve [MW] (T,).
    """
    farms, stack = plan.farm_power, plan.stack
    target = plan.need + net / 100
    surplus = np.clip(stack.floor - target, 0.0, None)
    if len(plan.farms) and (surplus > 0).any():
        # More than the plant can step back: wind and solar give way together.
        total = farms.sum(axis=0) / 100
        keep = 1.0 - np.minimum(1.0, surplus / np.where(total > 0, total, 1.0))
        farms = np.trunc(farms * keep).astype("int32")
        target = target + total - farms.sum(axis=0) / 100
    given = dispatch(stack, target)
    power = np.rint(given * 100).astype("int32")
    idle = (stack.most <= 0) & stack.coal[:, None]
    power = np.where(idle, np.rint(100 * _IDLE_COAL * stack.capacity).astype("int32")[:, None], power)
    return farms, power, target - given.sum(axis=0)
