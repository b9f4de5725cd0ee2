"""The balance of each region, month by month, from stored rows.

Dispatched power is summed per region and stamp in narrow arrays first, so a month of every unit costs little; the
arithmetic of the balance itself is :mod:`components.metrics.balance`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from components.check_rows import Finding
from components.metrics.balance import DISPATCHED, balance, net_interchange
from components.store.rows import Rows
from components.store.snapshot import Snapshot, month_length
from components.vocabulary import GENERATOR, LOAD, REGIONS

EXACT_SHARE = 1e-6
"""The demo market closes exactly; rounding of sums stays far below this share of demand."""
DOUBTFUL_SHARE, BROKEN_SHARE = 0.03, 0.10
"""Real months: 0.0-0.3 % of demand in four regions and 1.9 % in QLD (June 2017). Beyond 3 % something is missing,
beyond 10 % units, signs or lengths are wrong."""
JUDGED_CAPACITY = 0.9
"""Share of the registered dispatched capacity that must have readings for a balance to mean anything."""
JUDGED_STAMPS = 12


def check_balance(scada: Rows, region: Rows, flow: Rows | None, registry: Snapshot, *, demo: bool) -> Iterator[Finding]:
    """Findings on one month: one line of information, errors and warnings where it does not close.

    Parameters
    ----------
    registry : a snapshot holding the registry; its chunks are not read.
    demo : the synthetic market, which must close exactly.
    """
    when = pd.Timestamp(scada.month)
    units = registry.units_at(when, scada.names[0])
    demand = region.to_frame()[["time", "region", "demand", "net_interchange"]]
    supply = dispatched_power(scada, units)
    pseudo = pd.DataFrame({"duid": REGIONS, "region": REGIONS, "role": GENERATOR, "schedule_type": DISPATCHED[0]})
    interchange = net_interchange(flow.to_frame()) if flow is not None else None
    result = balance(supply, pseudo, demand, interchange)
    share_read = capacity_read(registry, units, when)
    shown = []
    for name, residual, share, count in zip(
        result["region"], result["residual_mw"], result["share"], result["intervals"], strict=True
    ):
        if count < JUDGED_STAMPS or not share_read.get(name, 0.0) >= JUDGED_CAPACITY:
            continue
        shown.append(f"{name} {round(100 * share, 2) + 0.0:+.2f} %")  # + 0.0: never "-0.00"
        text = f"{scada.month}: {name} does not balance: supply - demand is {residual:+,.1f} MW, {100 * share:+.2f} % of demand"
        if abs(share) > (EXACT_SHARE if demo else BROKEN_SHARE):
            yield Finding("error", "balance", text)
        elif abs(share) > DOUBTFUL_SHARE and not demo:
            yield Finding("warning", "balance", text)
    if shown:
        yield Finding("info", "balance", f"{scada.month}: supply - demand {', '.join(shown)}")
    else:
        text = f"{scada.month}: not judged, too few of the dispatched units have readings beside demand and interchange"
        yield Finding("info", "balance", text)


def dispatched_power(scada: Rows, units: pd.DataFrame) -> pd.DataFrame:
    """Signed power of scheduled and semi-scheduled units per stamp and region [MW]: ``time, duid (= region), mw``.

    ``units`` is indexed like ``scada.names[0]``. Stamps at which no unit of a region has a reading are left out.
    """
    place = {name: at for at, name in enumerate(REGIONS)}
    counted = units["schedule_type"].isin(DISPATCHED).to_numpy()
    region = np.where(counted, units["region"].map(place).fillna(-1).to_numpy(), -1).astype("int64")[scada.codes[0]]
    load = (units["role"] == LOAD).to_numpy()[scada.codes[0]]
    power = np.where(load, -np.abs(scada.numbers[0]), scada.numbers[0])
    known = (region >= 0) & ~np.isnan(power)
    cell = scada.stamp[known].astype("int64") * len(REGIONS) + region[known]
    cells = (month_length(scada.month) + 1) * len(REGIONS)
    total = np.bincount(cell, power[known], minlength=cells)
    filled = np.flatnonzero(np.bincount(cell, minlength=cells))
    step = np.timedelta64(5, "m").astype("timedelta64[us]")
    times = np.datetime64(scada.month, "us") + (filled // len(REGIONS)) * step
    return pd.DataFrame({"time": times, "duid": np.array(REGIONS)[filled % len(REGIONS)], "mw": total[filled]})


def capacity_read(registry: Snapshot, units: pd.DataFrame, when: pd.Timestamp) -> dict[str, float]:
    """By region, the share of registered dispatched capacity that has readings (``units``)."""
    every = registry.units_at(when)
    ended = every["registered_to"].notna() & (every["registered_to"] <= when)
    begun = every["registered_from"].isna() | (every["registered_from"] <= when)
    known = every[every["schedule_type"].isin(DISPATCHED) & ~ended & begun]
    total = known.groupby("region")["capacity_mw"].sum()
    read = known[known.index.isin(units.index)].groupby("region")["capacity_mw"].sum()
    return {str(name): float(read.get(name, 0.0) / mw) for name, mw in total.items() if mw > 0}
