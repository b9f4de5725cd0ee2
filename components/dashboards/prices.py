"""``/prices``: regional prices from several sides, each a view of its own."""

from __future__ import annotations

from components.dashboards.page import Dashboard
from components.dashboards.prices_bands import Bands
from components.dashboards.prices_capture import Capture
from components.dashboards.prices_cumulative import Cumulative
from components.dashboards.prices_day import TimeOfDay
from components.dashboards.prices_events import Events
from components.dashboards.prices_fcas import Fcas
from components.dashboards.prices_heat import Heat
from components.dashboards.prices_over_time import OverTime
from components.dashboards.prices_spread import Spread
from components.queries.prices import PriceStats, RegionalPrices


class PricesDashboard(Dashboard):
    """Prices of any regions: over time, in bands, by hour, against each other, as events, for frequency control."""

    slug = "prices"
    title = "Prices"
    questions = (RegionalPrices, PriceStats)
    fixed = Dashboard.fixed - {"agg"}
    many_regions = True
    views = (OverTime, Bands, Heat, TimeOfDay, Capture, Spread, Events, Cumulative, Fcas)
