"""``/generation``: who produced what, what it was worth, and how that differs by hour, year, region and capacity."""

from __future__ import annotations

from components.dashboards.generation_day import TimeOfDay
from components.dashboards.generation_over_time import OverTime
from components.dashboards.generation_regions import Regions
from components.dashboards.generation_utilisation import Utilisation
from components.dashboards.generation_view import region_title, whole
from components.dashboards.generation_year import YearOnYear
from components.dashboards.page import Dashboard
from components.queries.generation import GenerationByFuel


class GenerationDashboard(Dashboard):
    """Generation by fuel, seen five ways."""

    slug = "generation"
    title = "Generation"
    questions = (GenerationByFuel,)
    fixed = (Dashboard.fixed | {"station", "duid", "owner", "together", "quantity", "steps"}) - {"by"}
    views = (OverTime, TimeOfDay, YearOnYear, Regions, Utilisation)


__all__ = ["GenerationDashboard", "region_title", "whole"]
