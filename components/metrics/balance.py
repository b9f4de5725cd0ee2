"""The balance of a region: what its dispatched plant makes, less what leaves, against its demand.

Scheduled and semi-scheduled output - scheduled load - net interchange (+ = export) ~ TOTALDEMAND, which leaves
out rooftop, most non-scheduled output and the consumption of scheduled loads. SCADA is measured at the start of
an interval and demand at its end, so single intervals differ; means agree. On June 2017 the mean residual is
0.0-0.3 % of demand in NSW, VIC, SA and TAS and 1.9 % in QLD.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.vocabulary import INTERCONNECTORS, LOAD

DISPATCHED = ("Scheduled", "Semi-Scheduled")
BALANCE_COLUMNS = ["region", "residual_mw", "demand_mw", "share", "intervals"]


def net_interchange(flows: pd.DataFrame, ends: pd.DataFrame | None = None) -> pd.DataFrame:
    """Net flow out of each region, losses included, from the flows on its links.

    A positive flow leaves ``region_from`` and enters ``region_to``. Half of a link's losses is added at either
    end, as export: the flow is metered between the two. AEMO shares the losses out link by link; with halves
    the June 2017 means are within 0.5 % of demand of its NETINTERCHANGE in TAS1 and 0.13 % elsewhere.

    Parameters
    ----------
    flows : ``time, interconnector, mw`` [MW], and ``losses`` [MW] where known (missing = 0).
    ends : ``interconnector, region_from, region_to``; default the links that the program knows.

    Returns
    -------
    ``time, region, net_interchange`` [MW], + = export; missing where one of the region's links (of those in
    ``flows``) has no flow at that time.
    """
    if ends is None:
        known = [(i.id, i.region_from, i.region_to) for i in INTERCONNECTORS.values()]
        ends = pd.DataFrame(known, columns=["interconnector", "region_from", "region_to"])
    losses = flows["losses"].fillna(0.0) if "losses" in flows else 0.0
    table = flows[["time", "interconnector", "mw"]].assign(losses=losses).merge(ends, on="interconnector")
    sides = [
        pd.DataFrame({
            "time": table["time"], "region": table[end], "interconnector": table["interconnector"],
            "mw": sign * table["mw"] + table["losses"] / 2,
        })
        for end, sign in (("region_from", 1.0), ("region_to", -1.0))
    ]  # fmt: skip
    out = pd.concat(sides, ignore_index=True)
    links = out.groupby("region")["interconnector"].nunique()
    sums = out.groupby(["time", "region"], as_index=False).agg(net_interchange=("mw", "sum"), known=("mw", "count"))
    complete = sums["known"] == sums["region"].map(links)
    sums["net_interchange"] = sums["net_interchange"].where(complete)
    return sums[["time", "region", "net_interchange"]]


def balance(
    scada: pd.DataFrame, units: pd.DataFrame, demand: pd.DataFrame, interchange: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Mean residual of each region's balance and its share of demand.

    Parameters
    ----------
    scada : ``time, duid, mw`` [MW] as published (loads positive).
    units : ``duid, region, role, schedule_type``, one row per DUID (the registry as of the window).
    demand : ``time, region, demand`` [MW] and, where known, ``net_interchange`` [MW] (+ = export).
    interchange : ``time, region, net_interchange`` (:func:`net_interchange`), used where ``demand`` has none.

    Returns
    -------
    One row per region with at least one complete time: ``region``, ``residual_mw`` (mean of supply - demand)
    [MW], ``demand_mw`` (mean) [MW], ``share`` (residual / demand) and ``intervals`` used. A time counts
    where demand, interchange and at least one dispatched unit of the region are known; a unit without a
    reading at that time counts as 0, as in AEMO's files, which leave out units that are off.
    """
    dispatched = units[units["schedule_type"].isin(DISPATCHED) & (units["region"] != "")]
    rows = scada.merge(dispatched[["duid", "region", "role"]].drop_duplicates("duid"), on="duid")
    power = np.where(rows["role"] == LOAD, -rows["mw"].abs(), rows["mw"])
    supply = rows.assign(supply=power).groupby(["time", "region"])["supply"].sum(min_count=1)
    table = demand.set_index(["time", "region"])
    out = pd.DataFrame({"demand": table["demand"]}).join(supply, how="inner")
    out["net"] = table["net_interchange"].reindex(out.index) if "net_interchange" in table else np.nan
    if interchange is not None:
        other = interchange.set_index(["time", "region"])["net_interchange"]
        out["net"] = out["net"].fillna(other.reindex(out.index))
    out = out.dropna()
    out["residual"] = out["supply"] - out["net"] - out["demand"]
    means = out.groupby("region").agg(
        residual_mw=("residual", "mean"), demand_mw=("demand", "mean"), intervals=("demand", "size")
    )
    means["share"] = means["residual_mw"] / means["demand_mw"]
    return means.reset_index()[BALANCE_COLUMNS]
