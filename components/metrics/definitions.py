"""The metric dictionary: one definition per word, for code, documentation and the API alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A metric: its name, how it is computed, its unit, and where in the program that is done."""

    name: str
    definition: str
    unit: str
    source: str = ""


METRICS: tuple[Metric, ...] = (
    Metric("energy", "Σ P·h, summed at the native interval", "MWh", "metrics.revenue.unit_sums"),
    Metric("average_power", "energy / hours read", "MW", "metrics.buckets.Means"),
    Metric(
        "revenue",
        "Σ P·RRP(region of the unit)·h at the native interval; gross: before loss factors, FCAS and contracts; "
        "storage: net of what its load paid. basis=settlement: before October 2021 half-hour energy × mean of six RRPs",
        "$",
        "metrics.revenue.unit_sums",
    ),
    Metric("load_cost", "Σ |load|·RRP·h, what consumption paid at spot", "$", "metrics.revenue.unit_sums"),
    Metric(
        "capture_price",
        "Σ P·RRP·h / Σ P·h over intervals with both (dispatch-weighted; batteries: discharge only), "
        "whatever the display interval",
        "$/MWh",
        "metrics.revenue.capture_price",
    ),
    Metric("time_weighted_price", "mean of RRP over intervals", "$/MWh", "metrics.prices.summarise"),
    Metric(
        "capture_rate",
        "capture price / time-weighted price of the region; groups over regions: Σ P·RRP·h / Σ E·mean(RRP); "
        "missing where the mean is not above zero",
        "",
        "metrics.running.capture_rate",
    ),
    Metric(
        "demand_weighted_price",
        "NEM: Σ_r RRP·demand / Σ_r demand per interval, missing where a region lacks price or demand; coarser buckets "
        "weight by energy; for one region over time the volume-weighted average",
        "$/MWh",
        "metrics.prices.demand_weighted",
    ),
    Metric(
        "capacity_factor",
        "energy / (capacity · hours in which the unit was registered and has a reading); storage: discharge; "
        "groups pool numerator and denominator, then divide",
        "",
        "metrics.revenue.capacity_factor",
    ),
    Metric(
        "renewable_share",
        "(hydro + wind + solar + rooftop + bioenergy) / (all generation + rooftop); batteries and interchange left out",
        "",
        "metrics.generation.renewable_share",
    ),
    Metric(
        "price_bands",
        "share of time, mean and contribution to the mean of <0, 0–50, 50–100, 100–300, 300–1000, 1000–5000, ≥5000 $/MWh; "
        "Σ contributions = mean",
        "$/MWh",
        "metrics.prices.bands",
    ),
    Metric("cap_payout", "Σ max(0, RRP − 300)·h", "$/MW", "metrics.prices.summarise"),
    Metric(
        "volatility", "standard deviation of RRP; also of its 5-minute changes", "$/MWh", "metrics.prices.summarise"
    ),
    Metric(
        "utilisation",
        "MWFLOW / limit in the direction of flow; missing where that limit is 0 or opposed",
        "",
        "metrics.links.utilisation",
    ),
    Metric(
        "hours_at_limit",
        "hours with a utilisation of at least 0.98 (or as asked), each direction apart; an interval without a limit in the "
        "direction of flow is in neither",
        "h",
        "metrics.links.states",
    ),
    Metric("hours_binding", "hours with a marginal value (MARGINALVALUE) other than 0", "h", "metrics.links.LinkSums"),
    Metric(
        "headroom",
        "forward: export limit − target flow; reverse: target flow − import limit",
        "MW",
        "metrics.links.LinkSums",
    ),
    Metric(
        "flow_value",
        "Σ flow·(price of the second region − price of the first)·h, an approximation of the inter-regional settlement "
        "residue: losses left out, no settled energy; below zero where power runs from the dearer region to the cheaper",
        "$",
        "metrics.links.flow_value",
    ),
    Metric(
        "interchange",
        "exports Σ max(NETINTERCHANGE, 0)·h and imports Σ max(−NETINTERCHANGE, 0)·h of a region, its part of the losses "
        "included; over the five regions exports − imports = losses",
        "MWh",
        "metrics.exchange.ExchangeSums",
    ),
    Metric("discharge", "Σ max(P, 0)·h, unit by unit before anything is added", "MWh", "metrics.revenue.unit_sums"),
    Metric("charge", "Σ max(−P, 0)·h, unit by unit before anything is added", "MWh", "metrics.revenue.unit_sums"),
    Metric(
        "spread",
        "discharge price − charge price, each Σ P·RRP·h / Σ P·h; charging at a negative price is income",
        "$/MWh",
        "metrics.storage.spread",
    ),
    Metric(
        "round_trip",
        "discharge / charge; it also holds what was stored before and after, which moves it by storage / charge at most "
        "(round_trip_margin): pages show it where that is a tenth or less",
        "",
        "metrics.storage.round_trip",
    ),
    Metric(
        "revenue_per_mwh_year",
        "net revenue / Σ storage · days with a reading and a price, × 365; of units whose storage is known, both halves of "
        "an old pair together; revenue_per_mw_year is the same by registered capacity",
        "$/MWh",
        "metrics.storage.per_year",
    ),
    Metric(
        "storage_utilisation",
        "(discharge + charge) / (capacity · hours): utilisation_registered over the hours in which a unit was registered, "
        "utilisation_reporting over those with a reading",
        "",
        "metrics.storage.utilisation",
    ),
    Metric(
        "best_spread",
        "mean of the dearest two (four) hours of a day − mean of the cheapest two (four), any 5-minute intervals in any "
        "order; × hours it is the worth of one MW with perfect foresight, one fill and one emptying, without losses",
        "$/MWh",
        "metrics.foresight.best_spread",
    ),
    Metric(
        "state_of_charge",
        "estimate: charge · 0.85 − discharge, between empty and the registered storage, half way between a store that began "
        "empty and one that began full; AEMO publishes the energy stored by region only",
        "MWh",
        "metrics.state_of_charge.charge_between",
    ),
    Metric(
        "cycles_per_day",
        "discharge / storage / days with readings, pooled over units of known storage",
        "",
        "metrics.storage.cycles_per_day",
    ),
    Metric(
        "curtailment",
        "max(0, UIGF − cleared) of semi-scheduled wind and solar per interval; rate = ΣC / ΣUIGF; missing before April 2021",
        "MW",
        "metrics.curtailment.curtailed",
    ),
    Metric(
        "economic_curtailment",
        "curtailment where RRP ≤ 0 (a proxy), else it counts as network curtailment",
        "MW",
        "metrics.curtailment.economic",
    ),
    Metric(
        "curtailment_rate",
        "ΣC / ΣUIGF over intervals that have forecast and target; groups pool both, then divide",
        "",
        "metrics.curtailment.rate",
    ),
    Metric(
        "curtailment_price",
        "Σ C·RRP·h / Σ C·h over intervals with a price: the price at which it was curtailed",
        "$/MWh",
        "metrics.curtailment.sums",
    ),
    Metric(
        "fcas_price",
        "price of a frequency control market per MW enabled and hour, time-weighted; 1-second markets since October 2023",
        "$/MW/h",
        "metrics.buckets.Means",
    ),
    Metric(
        "running_hours",
        "hours with power above 5 % of the registered capacity (storage: discharge; loads: what they take in); "
        "of several units those in which at least one ran; missing without a known capacity",
        "h",
        "metrics.running.states",
    ),
    Metric(
        "starts",
        "readings above 5 % of the capacity whose last known reading before was not; a gap hides when, not that it did",
        "",
        "metrics.running.starts",
    ),
    Metric(
        "negative_share",
        "negative-price exposure: energy at RRP < 0 / energy of the intervals with a price",
        "",
        "metrics.running.negative_sums",
    ),
    Metric(
        "emissions_intensity",
        "Σ MWh·factor / Σ MWh over units whose factor the registry knows; factor_coverage is their part of the energy",
        "t/MWh",
        "metrics.fuels.intensity",
    ),
    Metric(
        "share_of_supply",
        "a fuel's energy over that of everything above zero (imports where they are asked for); loads have none",
        "",
        "metrics.fuels.share_of_supply",
    ),
    Metric(
        "change_since_start",
        "power of a bucket minus that of the window's first bucket; missing where either is",
        "MW",
        "metrics.fuels.change_since_start",
    ),
    Metric(
        "time_of_day",
        "a day's value in a slot is the mean of its readings there; mean, extremes and percentiles over days",
        "",
        "metrics.profiles.profile",
    ),
    Metric(
        "year_on_year",
        "now minus the same calendar days a year before (29 February has no counterpart); missing where either window has "
        "less than 98 % of its readings",
        "",
        "metrics.fuels.difference",
    ),
    Metric(
        "capacity_utilisation",
        "power / registered capacity in service: of units that are registered and have a reading at the time; over a window it "
        "is the capacity factor",
        "",
        "metrics.utilisation.power_and_capacity",
    ),
    Metric(
        "price_event",
        "a stretch of prices at or above a threshold ($300), or below one ($0); pauses of up to 30 minutes do not end it",
        "",
        "metrics.price_events.price_events",
    ),
    Metric(
        "price_difference",
        "price of region a − price of region b, interval by interval before any averaging",
        "$/MWh",
        "metrics.price_spread.spread_summary",
    ),
    Metric(
        "cumulative_price",
        "sum of the 2,016 five-minute prices of seven days; before October 2021 of 336 half-hourly ones; missing where one "
        "of them is. AEMO's own figure where it is published",
        "$/MWh",
        "metrics.cumulative_price.cumulative_price",
    ),
    Metric(
        "share_of_generation",
        "energy of a fuel / all energy generated, rooftop included; storage, loads and interchange left out",
        "",
        "metrics.capture.generation_shares",
    ),
    Metric(
        "record",
        "highest or lowest 5-minute value of a measure over a day, a month or all data that is stored; the previous one is "
        "that of the days before the day of the record",
        "",
        "metrics.records.record",
    ),
    Metric(
        "alert",
        "raised at a threshold and cleared at another one beyond it; a missing reading changes nothing",
        "",
        "metrics.alerts.raised",
    ),
    Metric("underlying_demand", "TOTALDEMAND + rooftop", "MW", "queries.demand.Demand"),
    Metric(
        "annualised_energy",
        "energy × 365 / days read; days are those of the region's fuel with the most readings (rooftop, interchange: their "
        "own), so a cut year counts by what it has and a leap year by 365/366 of its energy",
        "MWh",
        "metrics.trends.annualised",
    ),
    Metric(
        "trailing_mean",
        "mean of a day's value and those of the days before it, as many as it is named after; missing where one of them is",
        "",
        "metrics.trends.trailing_mean",
    ),
    Metric(
        "thermal_and_renewable",
        "thermal: coal, gas, distillate; renewable: hydro, wind, solar, rooftop, bioenergy, known where rooftop is; storage "
        "and interchange are in neither",
        "MW",
        "metrics.trends.group_power",
    ),
    Metric(
        "penetration",
        "(wind + solar + rooftop) / underlying demand of each 5-minute interval, missing where one of them is; of a bucket "
        "the ratio of their energies",
        "",
        "metrics.penetration.penetration",
    ),
    Metric(
        "evening_peak",
        "average power between 17:00 and 22:00 NEM time; supply = all fuels + rooftop + imports − exports − charging − pumping, "
        "residual = supply − underlying demand",
        "MW",
        "queries.evening_sums.evening",
    ),
    Metric(
        "capacity_in_service",
        "registered capacity of units from registration (or first reading, where earlier or unknown) to its end (or last "
        "reading, where later; without an end, where the unit is silent for 31 days); units never read and loads left out",
        "MW",
        "queries.trends_capacity.in_service",
    ),
    Metric(
        "coverage",
        "5-minute readings present / expected over everything asked for; a unit is expected where it has a reading in the "
        "window, or before and after it",
        "",
        "queries.units.UnitCoverage",
    ),
)
