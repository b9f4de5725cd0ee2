"""The page /prices; what it shows is in components/dashboards/prices.py."""

from components.dashboards.prices import PricesDashboard
from components.startup import open_page

open_page(PricesDashboard)
