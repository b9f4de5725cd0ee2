"""A simulated month as the lake's tidy frames: numbers as AEMO prints them, rows in (time, key) order.

When AEMO would have changed a row (``changed``, LASTCHANGED in its files): dispatch three seconds and
SCADA eight seconds after the interval starts, rooftop 19 and 20 minutes after its half-hour ends.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from components.ingest.demo import prices
from components.ingest.demo.clock import STEP
from components.ingest.demo.demand import LOADS
from components.ingest.demo.fleet import Fleet
from components.ingest.demo.links import ENDS, LINKS
from components.ingest.demo.market import MonthResult
from components.ingest.demo.noise import normal, stream
from components.vocabulary import REGIONS

SOURCE = "demo"
_SECOND = np.timedelta64(1, "s").astype("timedelta64[us]")
DISPATCH_CHANGED = -STEP + 3 * _SECOND
SCADA_CHANGED = -STEP + 8 * _SECOND
ROOFTOP_TYPES = (("MEASUREMENT", 1.0, 19 * 60 * _SECOND), ("SATELLITE", 0.6, 20 * 60 * _SECOND + 20 * _SECOND))


def tidy_frames(
    result: MonthResult, fleet: Fleet, seed: int, start: np.datetime64, end: np.datetime64
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The month's datasets, cropped to ``(start, end]``."""
    times = result.grid.times
    part = slice(int(np.searchsorted(times, start, "right")), int(np.searchsorted(times, end, "right")))
    yield "price", _price(result, seed, part)
    yield "region", _region(result, part)
    yield "flow", _flow(result, seed, part)
    yield "scada", _table(times[part], "duid", fleet.duids, {"mw": result.scada[:, part] / 100}, SCADA_CHANGED)
    if len(result.farms):
        yield "semi_scheduled", _semi_scheduled(result, fleet, part)
    rooftop = _rooftop(result, seed)
    yield "rooftop", rooftop[(rooftop["time"] > start) & (rooftop["time"] <= end)].reset_index(drop=True)


def _table(
    times: np.ndarray, key: str, names: tuple[str, ...], fields: dict[str, np.ndarray], changed: np.timedelta64
) -> pd.DataFrame:
    """Tidy rows of fields (K, T), names ascending."""
    count, steps = len(names), len(times)
    rows = np.repeat(times, count)
    return pd.DataFrame(
        {
            "time": rows,
            key: pd.Categorical.from_codes(np.tile(np.arange(count, dtype="int16"), steps), pd.Index(names)),
            **{name: np.asarray(values, "float64").T.reshape(-1) for name, values in fields.items()},
            "minutes": np.full(len(rows), 5, "int8"),
            "source": pd.Categorical.from_codes(np.zeros(len(rows), "int8"), pd.Index([SOURCE])),
            "changed": rows + changed,
        },
        copy=False,
    )


def _price(result: MonthResult, seed: int, part: slice) -> pd.DataFrame:
    wide = result.outlook
    before = result.grid.first - wide.grid.first
    now = slice(before + part.start, before + part.stop)
    cap = prices.price_cap(wide.grid.times[now])
    energy = wide.price[:, now] / 1e5
    # One hundred-thousandths are added as whole numbers, so the week's sum is exact.
    week = np.array([prices.cumulative(row)[now] for row in wide.price]) / 1e5
    fields: dict[str, np.ndarray] = {
        "rrp": energy,
        "apc_flag": np.zeros(energy.shape),
        "market_suspended_flag": np.zeros(energy.shape),
        "cumulative_price": week,
    }
    grid = type(result.grid)(wide.grid.first + now.start, wide.grid.first + now.stop - 1)
    for service in prices.FCAS:
        dear = [
            prices.fcas_price(seed, service, r, energy=energy[i], grid=grid, cap=cap) for i, r in enumerate(REGIONS)
        ]
        known = (grid.times > prices.VERY_FAST) | (not service.endswith("1sec"))
        fields[f"{service}_rrp"] = np.where(known, np.rint(np.array(dear) * 100) / 100, np.nan)
    return _table(wide.grid.times[now], "region", REGIONS, fields, DISPATCH_CHANGED)


def _region(result: MonthResult, part: slice) -> pd.DataFrame:
    fields: dict[str, np.ndarray] = {"demand": result.demand / 100, "net_interchange": result.net / 100}
    for fuel in ("wind", "solar"):
        fields[f"ss_{fuel}_uigf"] = result.uigf[fuel] / 100
        fields[f"ss_{fuel}_cleared"] = result.cleared[fuel] / 100
    fields |= {"bdu_gen": result.bdu_gen, "bdu_load": result.bdu_load, "bdu_storage_mwh": result.bdu_energy}
    fields = {name: values[:, part] for name, values in fields.items()}
    return _table(result.grid.times[part], "region", REGIONS, fields, DISPATCH_CHANGED)


def _semi_scheduled(result: MonthResult, fleet: Fleet, part: slice) -> pd.DataFrame:
    """Forecast and target of each farm; what SCADA measures is the target."""
    uigf, cleared = result.farm_uigf[:, part], result.scada[result.farms][:, part]
    fields = {"uigf": uigf / 100, "cleared": cleared / 100, "semi_dispatch_cap": cleared < uigf}
    names = tuple(fleet.duids[i] for i in result.farms)
    return _table(result.grid.times[part], "duid", names, fields, DISPATCH_CHANGED)


def _flow(result: MonthResult, seed: int, part: slice) -> pd.DataFrame:
    grid, flow = result.grid, result.flow
    # What the meter reads when the interval starts: where the one before ended, not quite on target.
    before = np.concatenate([flow[:, :1], flow[:, :-1]], axis=1)
    keys = np.array([stream(seed, "meter", name) for name in LINKS], "uint64")
    metered = np.rint(before + 400.0 * normal(keys[:, None], grid.stamps))
    price = result.outlook.price[:, grid.first - result.outlook.grid.first :][:, : len(grid)] / 1e5
    spread = np.array([price[b] - price[a] for a, b in ENDS.values()])
    binding = ((flow >= result.limits.export) & (spread > 0)) | ((flow <= result.limits.imports) & (spread < 0))
    fields = {
        "mw": metered / 100,
        "mw_target": flow / 100,
        "losses": result.losses / 100,
        "export_limit": result.limits.export / 100,
        "import_limit": result.limits.imports / 100,
        "marginal_value": np.where(binding, -np.rint(np.abs(spread) * 100) / 100 + 0.0, 0.0),
    }
    fields = {name: values[:, part] for name, values in fields.items()}
    return _table(grid.times[part], "interconnector", LINKS, fields, DISPATCH_CHANGED)


def _rooftop(result: MonthResult, seed: int) -> pd.DataFrame:
    """Half-hourly estimates of both types, regions and sub-regions, as AEMO lists them."""
    grid, wide = result.grid, result.outlook
    now = slice(grid.first - wide.grid.first, grid.first - wide.grid.first + len(grid))
    halves = wide.rooftop[:, now].reshape(len(REGIONS), -1, 6).mean(axis=2)
    times = grid.times[5::6]
    frames = []
    for kind, quality, late in ROOFTOP_TYPES:
        for row, region in enumerate(REGIONS):
            # The satellite sees the region a little differently, whole days at a time.
            error = 0.0 if kind == "MEASUREMENT" else 0.05 * normal(stream(seed, "satellite", region), grid.day[5::6])
            for name, share in ((region, 1.0), *LOADS[region].sub_regions):
                mw = np.rint(halves[row] * share * (1.0 + error) * 1000) / 1000
                frames.append(
                    pd.DataFrame(
                        {
                            "time": times,
                            "region": name,
                            "type": kind,
                            "mw": mw,
                            "quality": quality,
                            "changed": times + late,
                        }
                    )
                )
    rows = pd.concat(frames, ignore_index=True).sort_values(["time", "region", "type"], kind="stable")
    rows["minutes"] = np.int8(30)
    rows["source"] = SOURCE
    for name in ("region", "type", "source"):
        rows[name] = rows[name].astype("category")
    return rows.reset_index(drop=True)
