"""Names of the API only grow: what scripts may rely on since each version is listed here, and nothing is taken away.

Add lines when a version is released; taking one out breaks a promise and needs a reason in the changelog.
"""

from __future__ import annotations

import pytest

import components.queries  # noqa: F401 - registers every question
from components.queries.base import REGISTRY

WINDOW = {"start", "end", "last", "month", "hour", "weekday"}
# Route -> (parameters, columns) promised since 0.1.
PROMISED: dict[str, tuple[set[str], set[str]]] = {
    "generation/by-fuel": (
        {*WINDOW, "interval", "region", "fuel", "by", "interchange"},
        {"time", "region", "fuel", "fueltech", "mw"},
    ),
    "generation/stations": (
        {*WINDOW, "interval", "station", "duid", "region", "fuel", "owner", "by", "values"},
        {"time", "station", "duid", "mw", "price", "revenue"},
    ),
    "prices/regional": ({*WINDOW, "interval", "region"}, {"time", "region", "price"}),
    "prices/stats": ({*WINDOW, "region"}, {"region", "mean", "min", "max", "coverage"}),
    "prices/by-hour": ({*WINDOW, "region", "by", "agg"}, {"time", "region", "hour", "price"}),
    "prices/spread": ({*WINDOW, "interval", "a", "b", "agg"}, {"time", "spread"}),
    "prices/spread-stats": (
        {*WINDOW, "a", "b"},
        {"a", "b", "mean", "mean_abs", "min", "max", "hours_above", "hours_below", "hours_equal", "coverage"},
    ),
    "prices/spread-bands": ({*WINDOW, "a", "b"}, {"band", "low", "high", "hours", "share", "mean", "contribution"}),
    "prices/events": (
        {*WINDOW, "region", "side", "threshold", "gap"},
        {"start", "end", "region", "hours", "hours_beyond", "peak", "peak_time", "mean", "beyond"},
    ),
    "prices/interventions": ({*WINDOW, "region"}, {"start", "end", "region", "kind", "hours", "mean", "peak"}),
    "prices/cumulative": (
        {*WINDOW, "interval", "region"},
        {"time", "region", "cumulative", "summed", "threshold", "share"},
    ),
    "prices/capture": (
        {*WINDOW, "interval", "region", "fuel"},
        {"time", "region", "fuel", "energy_mwh", "capture_price", "flat_price", "capture_rate", "share"},
    ),
    "prices/capture-stats": (
        {*WINDOW, "region", "fuel"},
        {"region", "fuel", "energy_mwh", "capture_price", "flat_price", "capture_rate", "share"},
    ),
    "analysis/revenue": (
        {*WINDOW, "by", "region", "fuel", "station", "duid", "owner", "basis", "loss_adjusted"},
        {
            "region", "fuel", "station", "duid", "owner", "energy_mwh", "load_mwh", "revenue", "load_cost",
            "capture_price", "capacity_mw", "capacity_factor", "coverage",
        },
    ),
    "analysis/revenue-pivot": (
        {
            *WINDOW, "by", "region", "fuel", "fueltech", "station", "duid", "owner", "basis", "loss_adjusted", "rooftop",
            "depth", "open", "sort", "ascending", "top", "min_share", "total",
        },
        {
            "level", "region", "fuel", "fueltech", "station", "duid", "owner", "energy_mwh", "load_mwh", "revenue",
            "load_cost", "capture_price", "capture_rate", "capacity_mw", "capacity_factor", "coverage",
        },
    ),
    "analysis/revenue-over-time": (
        {*WINDOW, "interval", "by", "region", "fuel", "fueltech", "station", "duid", "owner", "basis", "loss_adjusted", "rooftop", "top"},
        {"time", "region", "fuel", "fueltech", "station", "duid", "owner", "energy_mwh", "load_mwh", "revenue", "load_cost", "capture_price"},
    ),
    "transmission/flows": (
        {*WINDOW, "interval", "interconnector", "region"},
        {"time", "interconnector", "mw", "mw_target", "export_limit", "import_limit", "utilisation"},
    ),
    "transmission/summary": (
        {*WINDOW, "interconnector", "region", "flow", "at"},
        {
            "interconnector", "name", "region_from", "region_to", "mean_mw", "energy_forward_mwh", "energy_reverse_mwh",
            "losses_mwh", "utilisation", "hours_at_limit_forward", "hours_at_limit_reverse", "hours_with_limit",
            "hours_binding", "headroom_forward_mw", "headroom_reverse_mw", "export_limit", "import_limit",
            "price_difference", "value", "hours_counter_price", "hours", "coverage",
        },
    ),
    "transmission/congestion": (
        {*WINDOW, "interconnector", "region", "flow", "at"},
        {"interconnector", "name", "state", "hours", "mean_mw", "price_difference", "min", "max", "value"},
    ),
    "transmission/price-difference": (
        {*WINDOW, "interval", "interconnector", "region", "flow"},
        {"time", "interconnector", "mw", "price_difference", "value"},
    ),
    "transmission/duration": (
        {*WINDOW, "interconnector", "region", "flow", "steps"},
        {"interconnector", "exceedance", "mw", "hours"},
    ),
    "transmission/by-hour": (
        {*WINDOW, "interconnector", "region", "flow", "by", "agg"},
        {"time", "interconnector", "hour", "mw", "utilisation"},
    ),
    "transmission/regions": (
        {*WINDOW, "interval", "region"},
        {"time", "region", "exports", "imports", "net_interchange"},
    ),
    "transmission/region-totals": (
        {*WINDOW, "region"},
        {
            "region", "exports_mwh", "imports_mwh", "net_interchange_mwh", "losses_mwh", "hours_exporting",
            "hours_importing", "hours", "coverage",
        },
    ),
    "demand": ({*WINDOW, "interval", "region"}, {"time", "region", "demand", "rooftop", "underlying"}),
    "batteries": (
        {*WINDOW, "by", "region", "station", "duid", "owner"},
        {
            "station", "duid", "region", "owner", "discharge_mwh", "charge_mwh", "discharge_price", "charge_price", "spread",
            "revenue", "cost", "cycles_per_day", "round_trip", "capacity_mw", "storage_mwh", "coverage",
            "revenue_per_mwh_year", "revenue_per_mw_year", "round_trip_margin", "capacity_factor",
            "utilisation_registered", "utilisation_reporting", "registered_hours", "reporting_hours",
        },
    ),
    "batteries/over-time": (
        {*WINDOW, "interval", "by", "region", "station", "duid", "owner"},
        {
            "time", "station", "duid", "region", "owner", "discharge_mw", "charge_mw", "discharge_mwh", "charge_mwh",
            "discharge_price", "charge_price", "spread", "revenue", "cost", "discharge_revenue", "cycles_per_day",
            "revenue_per_mw_day",
        },
    ),
    "batteries/time-of-day": (
        {*WINDOW, "interval", "by", "region", "station", "duid", "owner"},
        {
            "station", "duid", "region", "owner", "time_of_day", "discharge_mw", "charge_mw", "discharge_price",
            "charge_price", "revenue", "days",
        },
    ),
    "batteries/foresight": (
        {*(WINDOW - {"hour"}), "interval", "by", "region", "station", "duid", "owner"},
        {
            "time", "station", "duid", "region", "owner", "spread_2h", "spread_4h", "best_2h", "best_4h", "earned",
            "share_2h", "share_4h", "mw_days",
        },
    ),
    "batteries/foresight-stats": (
        {*(WINDOW - {"hour"}), "by", "region", "station", "duid", "owner"},
        {"station", "duid", "region", "owner", "spread_2h", "spread_4h", "best_2h", "best_4h", "earned", "share_2h", "share_4h", "mw_days"},
    ),
    "batteries/stored": ({*WINDOW, "interval", "region"}, {"time", "region", "stored_mwh", "generation_mw", "load_mw"}),
    "batteries/state-of-charge": (
        {*WINDOW, "interval", "by", "region", "station", "duid", "owner", "efficiency"},
        {
            "time", "station", "region", "owner", "estimated_mwh", "low_mwh", "high_mwh", "share", "unfit_mwh",
            "storage_mwh",
        },
    ),
    "curtailment": (
        {*WINDOW, "interval", "region", "fuel", "by", "station", "duid", "owner", "agg"},
        {"time", "region", "fuel", "station", "duid", "uigf", "cleared", "curtailed", "economic", "network", "rate", "price"},
    ),
    "curtailment/summary": (
        {*WINDOW, "region", "fuel", "by"},
        {
            "region", "fuel", "uigf_mwh", "cleared_mwh", "curtailed_mwh", "economic_mwh", "network_mwh", "rate",
            "economic_share", "price", "curtailed_hours", "hours", "coverage",
        },
    ),
    "curtailment/units": (
        {*WINDOW, "region", "fuel", "station", "duid", "owner", "by"},
        {
            "duid", "station", "owner", "region", "fuel", "capacity_mw", "uigf_mwh", "cleared_mwh", "curtailed_mwh",
            "economic_mwh", "network_mwh", "rate", "economic_share", "price", "curtailed_hours", "hours", "capped_hours",
            "coverage",
        },
    ),
    "curtailment/by-price": (
        {*WINDOW, "region", "fuel", "by"},
        {"region", "fuel", "band", "low", "high", "hours", "uigf_mwh", "curtailed_mwh", "rate", "share"},
    ),
    "curtailment/time-of-day": (
        {*WINDOW, "interval", "region", "fuel", "quantity"},
        {"region", "fuel", "time_of_day", "mean", "median", "p10", "p90", "days"},
    ),
    "curtailment/by-hour": (
        {*WINDOW, "region", "fuel", "by", "quantity"},
        {"time", "region", "hour", "curtailed", "rate"},
    ),
    "prices/fcas": (
        {*WINDOW, "region", "market"},
        {"region", "market", "mean", "min", "max", "max_time", "hours_above_300", "coverage"},
    ),
    "latest": (set(), {"time", "quantity", "region", "fuel", "interconnector", "value", "unit"}),
    "stations": (
        {"q", "region", "fuel", "station", "duid", "owner"},
        {"duid", "station", "owner", "region", "fuel", "fueltech", "role", "capacity_mw", "storage_mwh"},
    ),
    "analysis/running": (
        {*WINDOW, "by", "region", "fuel", "station", "duid", "owner"},
        {
            "region", "fuel", "fueltech", "station", "duid", "owner", "starts", "running_hours", "unit_hours",
            "running_share", "negative_mwh", "negative_load_mwh", "negative_share", "negative_revenue",
            "time_weighted_price", "capture_rate", "coverage",
        },
    ),
    "generation/history": (
        {*WINDOW, "interval", "by", "region", "fuel", "station", "duid", "owner"},
        {
            "time", "period", "period_share", "station", "duid", "energy_mwh", "load_mwh", "revenue", "load_cost",
            "capture_price", "time_weighted_price", "capture_rate", "capacity_mw", "capacity_factor", "starts",
            "running_hours", "unit_hours", "negative_mwh", "negative_share", "negative_revenue", "coverage",
        },
    ),
    "generation/duration": (
        {*WINDOW, "station", "duid", "region", "fuel", "owner", "by", "steps"},
        {"station", "duid", "exceedance", "mw", "hours"},
    ),
    "generation/capacity": (
        {*WINDOW, "interval", "station", "duid", "region", "fuel", "owner", "by"},
        {"time", "station", "duid", "capacity_mw", "units"},
    ),
    "generation/figures": (
        {*WINDOW, "region", "fuel", "by", "interchange", "together"},
        {
            "region", "fuel", "fueltech", "energy_mwh", "share", "average_mw", "hours", "capture_price", "value",
            "capacity_mw", "capacity_factor", "emissions_t", "intensity", "factor_coverage", "coverage",
        },
    ),
    "generation/year-on-year": (
        {*WINDOW, "region", "fuel", "by", "interchange"},
        {
            "region", "fuel", "fueltech", "coverage", "coverage_before",
            *(f"{c}{s}" for c in ("energy_mwh", "average_mw", "capture_price") for s in ("", "_before", "_change")),
        },
    ),
    "generation/utilisation": (
        {*WINDOW, "interval", "region", "fuel", "by"},
        {"time", "region", "fuel", "fueltech", "mw", "capacity_mw", "utilisation"},
    ),
    "generation/utilisation/duration": (
        {*WINDOW, "region", "fuel", "by", "steps"},
        {"region", "fuel", "fueltech", "exceedance", "utilisation"},
    ),
    "generation/time-of-day": (
        {*WINDOW, "interval", "region", "fuel", "by", "interchange"},
        {"region", "fuel", "fueltech", "time_of_day", "mean", "min", "median", "max", "p10", "p90", "days"},
    ),
    "generation/stations/time-of-day": (
        {*WINDOW, "interval", "station", "duid", "by"},
        {"station", "duid", "time_of_day", "mean", "min", "median", "max", "p10", "p90", "days"},
    ),
    "prices/time-of-day": (
        {*WINDOW, "interval", "region", "market"},
        {"region", "time_of_day", "mean", "min", "median", "max", "p10", "p90", "days"},
    ),
    "demand/time-of-day": (
        {*WINDOW, "interval", "region", "quantity"},
        {"region", "time_of_day", "mean", "min", "median", "max", "p10", "p90", "days"},
    ),
    "records": (
        {"metric", "region", "period"},
        {"metric", "side", "region", "period", "start", "value", "time", "previous", "previous_time", "unit"},
    ),
    "alerts": (
        {*WINDOW, "rule", "region", "metric", "side", "on", "off"},
        {"rule", "metric", "side", "region", "start", "end", "active", "peak", "peak_time", "on", "off", "unit"},
    ),
    "generation/renewable-share": ({*WINDOW, "interval", "region"}, {"time", "region", "share", "renewable_mw", "generation_mw"}),
    "status/coverage": (WINDOW, {"date", "dataset", "expected", "present"}),
    "trends/annual": (
        {*WINDOW, "region", "fuel", "by", "year", "interchange"},
        {
            "time", "period", "region", "fuel", "fueltech", "energy_mwh", "days", "annualised_mwh", "change_mwh", "share",
            "year_share", "partial", "coverage",
        },
    ),
    "trends/daily": (
        {*WINDOW, "region", "series", "smooth", "year"},
        {"time", "year", "day_of_year", "region", "series", "mw", "smoothed_mw"},
    ),
    "trends/penetration": (
        {*WINDOW, "interval", "region"},
        {
            "time", "region", "penetration", "mean", "max", "max_time", "min", "min_time", "variable_mw", "underlying_mw",
            "price", "hours",
        },
    ),
    "trends/penetration/bins": (
        {*WINDOW, "region", "by", "width"}, {"region", "period", "low", "high", "hours", "share", "price"},
    ),
    "trends/penetration/duration": ({*WINDOW, "region", "by", "steps"}, {"region", "period", "exceedance", "penetration"}),
    "trends/evening": (
        {*WINDOW, "region"},
        {"region", "part", "mw", "mw_before", "change_mw", "share", "share_before", "coverage", "coverage_before"},
    ),
    "trends/evening/profile": ({*WINDOW, "region"}, {"region", "part", "time_of_day", "mw", "mw_before"}),
    "trends/compare": (
        {*WINDOW, "region", "other_start", "other_end", "interchange"},
        {"region", "quantity", "fuel", "value", "other", "change", "change_share", "unit", "coverage", "coverage_other"},
    ),
    "trends/capacity": (
        {*WINDOW, "interval", "region", "fuel"}, {"time", "region", "fuel", "capacity_mw", "units", "units_unknown"},
    ),
    "trends/emissions": (
        {*WINDOW, "interval", "region", "by"},
        {"time", "region", "fuel", "energy_mwh", "emissions_t", "intensity", "factor_coverage"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("route", list(PROMISED))
def test_what_was_promised_is_still_there(route: str):
    parameters, columns = PROMISED[route]
    question = REGISTRY[route]
    assert parameters - set(question.parameters()) == set()
    assert columns - set(question.row_columns) == set()
