"""``/trends``: how the market changes over years."""

from __future__ import annotations

from components.dashboards.page import Dashboard
from components.dashboards.trends_capacity import CapacityView, EmissionsView
from components.dashboards.trends_compare import CompareView
from components.dashboards.trends_days import Mix, YearOverYear
from components.dashboards.trends_evening import EveningView
from components.dashboards.trends_penetration import Shares
from components.dashboards.trends_price import PriceAgainst
from components.dashboards.trends_years import ByYear
from components.queries.trends_annual import AnnualEnergy


class TrendsDashboard(Dashboard):
    """Years beside years."""

    slug = "trends"
    title = "Trends"
    questions = (AnnualEnergy,)
    fixed = Dashboard.fixed | {"fuel", "interchange", "series", "steps", "width", "interval"}
    views = (ByYear, YearOverYear, Mix, Shares, PriceAgainst, EveningView, CompareView, CapacityView, EmissionsView)
