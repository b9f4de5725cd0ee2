"""The page /stations; what it shows is in components/dashboards/stations.py."""

from components.dashboards.stations import StationsDashboard
from components.startup import open_page

open_page(StationsDashboard)
