"""The page /trends; what it shows is in components/dashboards/trends.py."""

from components.dashboards.trends import TrendsDashboard
from components.startup import open_page

open_page(TrendsDashboard)
