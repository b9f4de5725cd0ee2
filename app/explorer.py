"""The page /explorer; what it shows is in components/dashboards/explorer.py."""

from components.dashboards.explorer import ExplorerDashboard
from components.startup import open_page

open_page(ExplorerDashboard)
