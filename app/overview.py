"""The page /overview; what it shows is in components/dashboards/overview.py."""

from components.dashboards.overview import OverviewDashboard
from components.startup import open_page

open_page(OverviewDashboard)
