"""Whole months added up before anybody asks, and kept beside the frames for every process that comes later."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain

from components.errors import DashboardError
from components.queries import kept_sums
from components.queries.base import Query
from components.queries.batteries import Batteries
from components.queries.batteries_foresight import BatteriesForesight
from components.queries.curtailment import Curtailment
from components.queries.curtailment_summary import CurtailmentByPrice, CurtailmentSummary
from components.queries.demand import Demand
from components.queries.figures import GenerationFigures
from components.queries.flows import Flows
from components.queries.generation import GenerationByFuel
from components.queries.interval_sums import intervals_to_keep
from components.queries.link_prices import LinkPrices
from components.queries.link_summary import LinkCongestion, LinkSummary
from components.queries.prices import RegionalPrices
from components.queries.records import Records
from components.queries.revenue import Revenue
from components.queries.revenue_over_time import RevenueOverTime
from components.queries.running import Running
from components.queries.status import CoverageByDay
from components.queries.trends_emissions import Emissions
from components.queries.trends_evening import EveningPeak
from components.queries.trends_penetration import Penetration
from components.queries.unit_days import days_to_keep
from components.queries.units import unit_table
from components.schema import DATASETS
from components.store.snapshot import Snapshot
from components.vocabulary import NEM


def asked_in_advance() -> list[Query]:
    """Questions over all years that between them need every sum that many others are made of."""
    out: list[Query] = []
    for region in ([NEM], []):
        out += [GenerationByFuel(region=region, last="all"), GenerationFigures(region=region, last="all")]
    out += [RegionalPrices(last="all", agg=agg) for agg in ("mean", "min", "max")]
    out += [Demand(last="all"), Revenue(last="all"), Running(last="all")]
    out += [kind(region=[NEM], last="all") for kind in (Penetration, EveningPeak, Emissions)]
    out += [
        kind(last="all") for kind in (Flows, LinkSummary, LinkCongestion, LinkPrices, Batteries, BatteriesForesight)
    ]
    out += [kind(last="all") for kind in (Curtailment, CurtailmentSummary, CurtailmentByPrice)]
    return [*out, RevenueOverTime(last="1y"), CoverageByDay(last="all"), Records()]


def keep_mapped(snapshot: Snapshot) -> None:
    """Keep what is mapped of every month that is over."""
    kept_sums.keep_mapped(chain(intervals_to_keep(snapshot), days_to_keep(snapshot)))


def add_up(snapshot: Snapshot) -> None:
    """Add up what no process has added up yet; the folder of frames keeps it where it can be written."""
    content = tuple(chunk.identity for dataset in DATASETS for chunk in snapshot.chunks(dataset))
    everything = (content, unit_table(snapshot).fingerprint)
    if kept_sums.is_kept(everything):
        return
    keep_mapped(snapshot)
    with kept_sums.keeping(everything):
        for query in asked_in_advance():
            with suppress(DashboardError):
                query.run(snapshot)
