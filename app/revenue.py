"""The page /revenue; what it shows is in components/dashboards/revenue.py."""

from components.dashboards.revenue import RevenueDashboard
from components.startup import open_page

open_page(RevenueDashboard)
