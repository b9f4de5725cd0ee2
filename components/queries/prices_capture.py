"""Capture price and capture rate of fuels over time, with their share of generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import param

from components.market_time import Window, typical_minutes
from components.queries.base import Names, PeriodQuery, Result, WindowQuery, register
from components.queries.capture_sums import CaptureSums
from components.queries.regional import regions_asked
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

INTERVALS = ("1d", "7d", "1M", "3M", "season", "half", "1y", "fy")
_REGION_DOC = "Regions; none = the five apart, NEM = all as one."


@register
class PriceCapture(WindowQuery):
    """What each fuel got for its energy, against the flat price."""

    route = "prices/capture"
    page = "prices"
    title = "Capture prices"
    description = (
        "Capture price of each fuel (Σ P·RRP·h / Σ P·h at the native interval; batteries: discharge only), the flat "
        "price of the same time, their ratio, and the fuel's share of generation. NEM pools money and energy of the "
        "regions; its capture rate compares with what the same energy would have earned at each region's mean price."
    )
    dataset = "price"
    row_columns = {
        "time": ("", "Start of the bucket"),
        "region": ("", "Region, or NEM"),
        "fuel": ("", "Fuel"),
        "energy_mwh": ("MWh", "Energy generated"),
        "capture_price": ("$/MWh", "Money / energy over intervals with both; null without energy"),
        "flat_price": ("$/MWh", "Time-weighted mean price; NEM: of its regions, weighted by where the fuel generated"),
        "capture_rate": ("", "Capture price / flat price; null where the flat price is not above zero"),
        "share": ("", "Share of all that is generated, rooftop included; null for storage"),
    }
    examples = ("last=1y&region=SA1&fuel=solar,wind", "last=30d&region=NEM&interval=1d")

    interval: Any = param.Selector(
        default="auto",
        objects=["auto", *INTERVALS],
        doc="Bucket length, a day at least; auto follows the window's length.",
    )
    region = Names(default=[], vocabulary="region", doc=_REGION_DOC)
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all that generate.")

    def _window(self, snapshot: Snapshot) -> Window:
        window = super()._window(snapshot)
        if typical_minutes(window.interval) >= typical_minutes("1d") and self.interval != "auto":
            return window
        length = window.end - window.start
        auto = next(
            (i for i, days in (("1d", 62), ("7d", 200), ("1M", 1500), ("3M", 4000)) if length.days <= days), "1y"
        )
        return replace(window, interval=auto)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        fuels = len(self.fuel) or len(FUELS) - len([f for f in FUELS.values() if f.load])
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region)) * fuels

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        return CaptureSums(self, snapshot, self.region, self.fuel).result()


@register
class PriceCaptureStats(PeriodQuery):
    """What each fuel got for its energy over a window."""

    route = "prices/capture-stats"
    page = "prices"
    title = "Capture prices of a window"
    description = "Capture price, flat price, capture rate and share of generation of each fuel over the whole window."
    dataset = "price"
    row_columns: ClassVar[Mapping[str, tuple[str, str]]] = {
        name: column for name, column in PriceCapture.row_columns.items() if name != "time"
    }
    examples = ("last=1y&region=SA1", "last=30d&region=NEM")

    region = Names(default=[], vocabulary="region", doc=_REGION_DOC)
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all that generate.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * (len(self.fuel) or len(FUELS))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        return CaptureSums(self, snapshot, self.region, self.fuel, whole=True).whole()


__all__ = ["INTERVALS", "PriceCapture", "PriceCaptureStats"]
