"""The page /batteries; what it shows is in components/dashboards/batteries.py."""

from components.dashboards.batteries import BatteriesDashboard
from components.startup import open_page

open_page(BatteriesDashboard)
