"""The page /curtailment; what it shows is in components/dashboards/curtailment.py."""

from components.dashboards.curtailment import CurtailmentDashboard
from components.startup import open_page

open_page(CurtailmentDashboard)
