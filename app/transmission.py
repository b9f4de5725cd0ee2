"""The page /transmission; what it shows is in components/dashboards/transmission.py."""

from components.dashboards.transmission import TransmissionDashboard
from components.startup import open_page

open_page(TransmissionDashboard)
