"""Batteries and pumps: buy the cheap hours of the day, sell the dear ones, within what the store holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import STEPS_PER_DAY, Grid
from components.ingest.demo.noise import layered, stream

ROUND_TRIP = 0.85
_ONE_WAY = ROUND_TRIP**0.5
RESERVE = 0.06
"""Share of its storage that a battery keeps; it begins and ends each battery day with it."""
_DAY_BEGINS = 8 * 12
"""A battery day runs from 08:00 to 08:00: the morning peak has been served, the sun is about to come. So the state
of charge at 08:00 is known without the days before."""
_LAYERS = ((24, 0.8), (6, 0.5))


@dataclass(frozen=True)
class BatteryRun:
    """Batteries over a month's grid: signed power [centi-MW] (K, T) and energy held [MWh] (K, T)."""

    power: np.ndarray
    energy: np.ndarray


def battery_days(grid: Grid) -> Grid:
    """The whole battery days that cover a grid of whole calendar days."""
    return grid.padded(STEPS_PER_DAY - _DAY_BEGINS, _DAY_BEGINS)


def run_batteries(
    seed: int, duids: list[str], *, capacity: np.ndarray, storage: np.ndarray, price: np.ndarray, grid: Grid
) -> BatteryRun:
    """Dispatch of a region's batteries over whole calendar days.

    Parameters
    ----------
    capacity, storage : (K,) [MW], [MWh].
    price : (T',) over :func:`battery_days` of the grid.
    """
    days_grid = battery_days(grid)
    days = len(days_grid) // STEPS_PER_DAY
    count = len(duids)
    keys = np.array([stream(seed, "trader", d) for d in duids], "uint64")
    guess = 14.0 * layered(keys, days_grid.stamps, _LAYERS)
    jitter = 0.02 * layered(keys + np.uint64(7), days_grid.stamps, ((3, 1.0), (1, 0.7)))
    # (K, days, steps): what each trader thinks the price is; a spike shows in the five minutes it happens.
    seen = (np.clip(price, -150.0, 3000.0) + guess).reshape(count, days, STEPS_PER_DAY)
    ordered = np.sort(seen, axis=2)
    hours = storage / capacity
    buy_steps = np.minimum(np.ceil(hours * 12 / _ONE_WAY * 1.25).astype(int), 140)
    sell_steps = np.minimum(np.ceil(hours * 12 * 1.15).astype(int), 120)
    each = np.arange(count)
    buy_below = ordered[each, :, buy_steps][..., None]
    sell_above = ordered[each, :, STEPS_PER_DAY - 1 - sell_steps][..., None]
    worth = sell_above * ROUND_TRIP > buy_below + 12.0
    want = np.where(worth & (seen >= sell_above), np.clip(0.55 + (seen - sell_above) / 40.0, 0, 1), 0.0)
    want = np.where(worth & (seen <= buy_below), -np.clip(0.55 + (buy_below - seen) / 30.0, 0, 1), want)
    want = np.where(want == 0.0, jitter.reshape(seen.shape), want) * capacity[:, None, None]
    power, energy = _within_storage(want, capacity, storage)
    inside = slice(STEPS_PER_DAY - _DAY_BEGINS, len(days_grid) - _DAY_BEGINS)
    whole = (count, len(days_grid))
    return BatteryRun(power.reshape(whole)[:, inside], energy.reshape(whole)[:, inside])


def _within_storage(want: np.ndarray, capacity: np.ndarray, storage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the stores allow of the wanted power (K, days, steps), step by step; all days at once."""
    count, days, steps = want.shape
    power = np.zeros(want.shape, "int32")
    held = np.zeros(want.shape)
    top = (storage * 0.98)[:, None]
    low = (storage * RESERVE)[:, None]
    most = capacity[:, None]
    now = np.broadcast_to(low, (count, days)).copy()
    for step in range(steps):
        ask = want[:, :, step]
        spare = (now - low) * 12 * _ONE_WAY
        # The day must end at the reserve: sell at full power once the remaining time is only just enough.
        left = most * (steps - step - 1)
        ask = np.where(spare >= left - 2 * most, np.maximum(ask, 0.0), ask)  # too late to buy: no time to sell it
        ask = np.where(spare >= left, np.minimum(most, spare), ask)
        ask = np.minimum(ask, spare)
        ask = np.maximum(ask, -(top - now) * 12 / _ONE_WAY)
        centi = np.trunc(np.clip(ask, -most, most) * 100)
        done = centi / 100
        now = now - np.where(done > 0, done / _ONE_WAY, done * _ONE_WAY) / 12
        power[:, :, step] = centi
        held[:, :, step] = now
    return power, held


def run_pumps(seed: int, duids: list[str], capacity: np.ndarray, price: np.ndarray, grid: Grid) -> np.ndarray:
    """Consumption of a region's pumps [centi-MW], positive (K, T): on in the cheapest hours of a calendar day."""
    days = len(grid) // STEPS_PER_DAY
    # Pumps start and stop rarely: they look at the half hour, not at the interval.
    half_hours = np.clip(price, -300.0, 300.0).reshape(-1, 6).mean(axis=1)
    keys = np.array([stream(seed, "pump", d) for d in duids], "uint64")
    seen = half_hours + 6.0 * layered(keys, grid.stamps[5::6], ((48, 1.0), (12, 0.4)))
    by_day = seen.reshape(len(duids), days, 48)
    limit = np.minimum(np.sort(by_day, axis=2)[:, :, 9], 48.0)[..., None]
    on = np.repeat((by_day <= limit).reshape(len(duids), days * 48), 6, axis=1)
    level = 0.97 - 0.02 * np.abs(layered(keys, grid.stamps, ((36, 1.0), (1, 0.3))))
    return np.where(on, np.rint(capacity[:, None] * level * 100), 0).astype("int32")
