"""The page /status; what it shows is in components/dashboards/status.py."""

from components.dashboards.status import StatusDashboard
from components.startup import open_page

open_page(StatusDashboard)
