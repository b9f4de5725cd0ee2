"""Dispatchable plant: outages, minimum load, ramping coal, and the merit order of a region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import STEPS_PER_DAY, Grid
from components.ingest.demo.noise import layered, stream, uniform


@dataclass(frozen=True)
class Technology:
    """How a technology offers itself.

    ``least`` share of capacity while in service (0 = can be off); ``begins``/``ends`` the stretch of the
    merit order (0 … 1) its units are spread over, ``width`` the stretch of one unit; ``trips`` a week,
    ``service_days`` of planned outage a year.
    """

    least: float
    begins: float
    ends: float
    width: float
    trips: float
    service_days: float


TECHNOLOGIES = {
    "coal_black": Technology(0.34, 0.00, 0.34, 0.24, 0.080, 26.0),
    "coal_brown": Technology(0.52, 0.00, 0.16, 0.14, 0.085, 24.0),
    "gas_ccgt": Technology(0.00, 0.12, 0.34, 0.22, 0.015, 14.0),
    "hydro": Technology(0.00, 0.16, 0.56, 0.30, 0.008, 10.0),
    "gas_steam": Technology(0.00, 0.42, 0.58, 0.10, 0.020, 18.0),
    "gas_recip": Technology(0.00, 0.50, 0.60, 0.06, 0.010, 8.0),
    "gas_ocgt": Technology(0.00, 0.46, 0.88, 0.04, 0.015, 12.0),
    "distillate": Technology(0.00, 0.90, 0.96, 0.04, 0.015, 8.0),
}
# Units that system strength keeps running: share of capacity.
_KEPT_ON = {"PPCCGT": 0.36, "OSB-AG": 0.40}
# Tasmania runs on water: its stations are spread over the whole merit order and never all stop, gas is the reserve.
# Queensland's water is small rivers and what Wivenhoe has pumped: offered early.
_LOCAL = {
    ("TAS1", "hydro"): Technology(0.06, 0.00, 0.70, 0.30, 0.008, 10.0),
    ("TAS1", "gas_ccgt"): Technology(0.00, 0.60, 0.66, 0.10, 0.015, 14.0),
    ("QLD1", "hydro"): Technology(0.00, 0.12, 0.26, 0.34, 0.008, 10.0),
}
_LADDER = np.linspace(0.0, 1.0, 51)
COAL = ("coal_black", "coal_brown")
_WEEK = 7 * STEPS_PER_DAY
_RESTART = 8 * 12


def technology(fueltech: str, region: str) -> Technology:
    """How units of a technology behave in a region."""
    return _LOCAL.get((region, fueltech), TECHNOLOGIES[fueltech])


def availability(seed: int, duid: str, kind: Technology, grid: Grid) -> np.ndarray:
    """Share of capacity in service (T,): 1 less planned outages, trips, a slow return and deratings."""
    share = np.ones(len(grid))
    for begin, end in _outages(seed, duid, kind, grid):
        back = np.clip((grid.stamps - end) / _RESTART, 0.0, 1.0)
        share = np.minimum(share, np.where(grid.stamps <= begin, 1.0, back))
    derate = layered(stream(seed, "derate", duid), grid.stamps, ((6 * STEPS_PER_DAY, 1.0), (72, 0.4)))
    return share * (1.0 - 0.06 * np.clip(derate - 0.6, 0.0, 2.0))


def _outages(seed: int, duid: str, kind: Technology, grid: Grid) -> list[tuple[int, int]]:
    """Outages ``(begin, end)`` in stamps that may touch the grid; each belongs to a year or a week."""
    found = []
    planned = stream(seed, "planned", duid)
    year_steps = 365.2425 * STEPS_PER_DAY
    for year in range(int(grid.first // year_steps) - 1, int(grid.last // year_steps) + 1):
        # Maintenance waits for the mild months: March to May or August to November.
        season, offset, length = uniform(planned, np.array([3 * year, 3 * year + 1, 3 * year + 2]))
        day = 62 + 75 * offset if season < 0.5 else 215 + 95 * offset
        begin = int(year * year_steps + day * STEPS_PER_DAY)
        found.append((begin, begin + int(kind.service_days * (0.5 + length) * STEPS_PER_DAY)))
    trips = stream(seed, "trips", duid)
    weeks = np.arange(grid.first // _WEEK - 2, grid.last // _WEEK + 1)
    for week in weeks[uniform(trips, 3 * weeks) < kind.trips]:
        offset, length = uniform(trips, np.array([3 * week + 1, 3 * week + 2]))
        begin = int(week * _WEEK + offset * _WEEK)
        found.append((begin, begin + int((8 + 130 * length * length) * 12)))
    reach = _RESTART
    return [(b, e) for b, e in found if b <= grid.last and e + reach >= grid.first]


@dataclass(frozen=True)
class Stack:
    """A region's dispatchable units as offered: limits [MW] (K, T); place in the merit order, capacity [MW] (K,)."""

    least: np.ndarray
    most: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    coal: np.ndarray
    capacity: np.ndarray

    @property
    def floor(self) -> np.ndarray:
        """Least output of the region [MW] (T,)."""
        return self.least.sum(axis=0)

    @property
    def ceiling(self) -> np.ndarray:
        """Greatest output of the region [MW] (T,)."""
        return self.most.sum(axis=0)


def build_stack(
    seed: int,
    duids: list[str],
    fueltechs: list[str],
    *,
    region: str,
    capacity: np.ndarray,
    pumping: np.ndarray,
    grid: Grid,
) -> Stack:
    """The offers of a region's dispatchable units over a grid; one that is ``pumping`` (K, T) offers nothing."""
    kinds = [technology(f, region) for f in fueltechs]
    share = np.array([availability(seed, d, k, grid) for d, k in zip(duids, kinds, strict=True)]).reshape(
        len(duids), -1
    )
    most = np.where(pumping, 0.0, share * capacity[:, None])
    floor = np.array([max(k.least, _KEPT_ON.get(d, 0.0)) for d, k in zip(duids, kinds, strict=True)]) * capacity
    place = np.array([float(uniform(stream(seed, "offer", d), 0)) for d in duids])
    begins = np.array([k.begins + p * (k.ends - k.begins) for k, p in zip(kinds, place, strict=True)])
    # Whole rungs of the ladder, so that the supply curve is exactly linear between rungs.
    begins = np.rint(begins * 50) / 50
    ends = begins + np.array([k.width for k in kinds])
    coal = np.array([f in COAL for f in fueltechs], bool)
    return Stack(np.minimum(floor[:, None], most), most, begins, ends, coal, capacity)


def dispatch(stack: Stack, need: np.ndarray) -> np.ndarray:
    """Output of each unit [MW] (K, T) that meets ``need`` (T,) in merit order; coal follows it with a lag.

    Where the need exceeds what the plant can do, every unit stands at its limit; where it lies below their
    least output, all go below it together, down to nothing.
    """
    target = np.clip(need, stack.floor, stack.ceiling)
    out = _by_merit(stack, np.ones(len(stack.coal), bool), _moving_mean(target, 19))
    slow = stack.coal
    out[slow] = np.clip(out[slow], stack.least[slow], stack.most[slow])
    if not slow.all():
        rest = target - out[slow].sum(axis=0)
        out[~slow] = _by_merit(stack, ~slow, rest)
    if slow.any():
        # What the fast plant cannot balance, coal must.
        gap = target - out.sum(axis=0)
        up = np.clip(stack.most[slow] - out[slow], 0, None)
        down = np.clip(out[slow] - stack.least[slow], 0, None)
        out[slow] += _shared(np.clip(gap, 0, None), up) - _shared(np.clip(-gap, 0, None), down)
    floor = stack.floor
    return out * np.where(need < floor, np.clip(need, 0.0, None) / np.where(floor > 0, floor, 1.0), 1.0)


def _by_merit(stack: Stack, units: np.ndarray, need: np.ndarray) -> np.ndarray:
    """Units at the one level of the merit order that yields ``need``."""
    least, room = stack.least[units], stack.most[units] - stack.least[units]
    begins, ends = stack.begins[units], stack.ends[units]
    opened = np.clip((_LADDER[:, None] - begins) / (ends - begins), 0.0, 1.0)
    supply = least.sum(axis=0) + opened @ room
    below = np.clip((supply <= need).sum(axis=0) - 1, 0, len(_LADDER) - 2)
    columns = np.arange(len(need))
    start, stop = supply[below, columns], supply[below + 1, columns]
    inside = np.clip((need - start) / np.where(stop > start, stop - start, 1.0), 0.0, 1.0)
    level = _LADDER[below] + inside * (_LADDER[1] - _LADDER[0])
    return least + room * np.clip((level - begins[:, None]) / (ends - begins)[:, None], 0.0, 1.0)


def _shared(amount: np.ndarray, room: np.ndarray) -> np.ndarray:
    """An amount (T,) split over units in proportion to their room (K, T), never more than it."""
    total = room.sum(axis=0)
    return room * np.minimum(1.0, amount / np.where(total > 0, total, 1.0))


def _moving_mean(values: np.ndarray, length: int) -> np.ndarray:
    """Centred mean over an odd number of steps; shorter at the ends."""
    ones = np.ones(length)
    return np.convolve(values, ones, "same") / np.convolve(np.ones(len(values)), ones, "same")
