"""The page /generation; what it shows is in components/dashboards/generation.py."""

from components.dashboards.generation import GenerationDashboard
from components.startup import open_page

open_page(GenerationDashboard)
