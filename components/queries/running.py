"""Running hours, starts, exposure to negative prices and capture rate by any grouping of units."""

from __future__ import annotations

from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.revenue import GROUPS
from components.queries.running_pool import RunningPool
from components.queries.units import unit_table
from components.store.snapshot import Snapshot


@register
class Running(PeriodQuery):
    """How units ran: starts, hours, and what they made of the prices they met."""

    route = "analysis/running"
    page = "stations"
    title = "Running, starts and negative prices"
    description = (
        "A unit runs while its power (storage: its discharge, a load: what it takes in) exceeds 5 % of its registered "
        "capacity; a start is the first reading above after one at or below it. Of several units starts and unit hours "
        "are sums. Units without a known capacity count in neither. Negative prices are RRP < 0."
    )
    row_columns = {
        "region": ("", "Region (with by=region); NEM with region=NEM; empty where a unit's is unknown"),
        "fuel": ("", "Fuel (with by=fuel)"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
        "station": ("", "Station (with by=station)"),
        "duid": ("", "Unit (with by=duid)"),
        "owner": ("", "Owner (with by=owner)"),
        "starts": ("", "Starts of all units; null where no capacity is known"),
        "running_hours": ("h", "Hours in which at least one unit ran"),
        "unit_hours": ("h", "Hours that the units ran, added up"),
        "running_share": ("", "Unit hours / hours read of the units with a known capacity"),
        "negative_mwh": ("MWh", "Energy generated at a negative price"),
        "negative_load_mwh": ("MWh", "Energy consumed at a negative price, positive"),
        "negative_share": ("", "Energy at a negative price / energy of the intervals with a price"),
        "negative_revenue": ("$", "Spot revenue of these intervals, net of what the load paid"),
        "time_weighted_price": ("$/MWh", "Mean price of the region; of several, weighted by the units' energy there"),
        "capture_rate": ("", "Capture price / time-weighted price; null where either is nothing, or the mean is negative"),
        "coverage": ("", "Share of the expected readings of power that are there"),
    }  # fmt: skip
    examples = ("last=30d&station=Eraring&by=duid", "last=1y&by=fuel&region=SA1")

    by = Choices(default=["station"], objects=GROUPS, doc="Grouping; one or more of them.")
    region = Names(default=[], vocabulary="region", doc="Regions; none = all, NEM = all as one.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels; storage belongs to battery and battery_charging.")
    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return 2 * len(unit_table(snapshot).duid)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        return RunningPool(self, snapshot).result()
