"""The field's words: regions, fuels, fuel technologies, roles, and the tables of dated facts.

Colours are the one palette of every page and chart. Fuels and regions never share a hue.
"""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = ("NSW1", "QLD1", "SA1", "TAS1", "VIC1")
NEM = "NEM"
REGION_NAMES = {
    "NSW1": "New South Wales",
    "QLD1": "Queensland",
    "SA1": "South Australia",
    "TAS1": "Tasmania",
    "VIC1": "Victoria",
    NEM: "National Electricity Market",
}
ROOFTOP_SUBREGIONS = ("QLDC", "QLDN", "QLDS", "TASN", "TASS")
"""Parts of QLD1 and TAS1 that the rooftop table lists beside their parents; never added to them."""

PAGES = {
    "overview": "Overview",
    "generation": "Generation",
    "prices": "Prices",
    "revenue": "Revenue",
    "stations": "Stations",
    "transmission": "Transmission",
    "batteries": "Batteries",
    "curtailment": "Curtailment",
    "trends": "Trends",
    "explorer": "Explorer",
    "status": "Status",
}
"""Pages that there are, in the order of the navigation; an answer links to the one that shows it."""

GENERATOR, LOAD, BIDIRECTIONAL = "generator", "load", "bidirectional"
ROLES = (GENERATOR, LOAD, BIDIRECTIONAL)
UNMAPPED = "unmapped"


@dataclass(frozen=True)
class Fuel:
    """One fuel as charts and the API name it. ``renewable`` is the program's only definition of it."""

    name: str
    label: str
    renewable: bool = False
    load: bool = False


# Stack order from the bottom up; loads hang below zero.
FUELS: dict[str, Fuel] = {
    f.name: f
    for f in (
        Fuel("coal", "Coal"),
        Fuel("gas", "Gas"),
        Fuel("distillate", "Distillate"),
        Fuel("bioenergy", "Bioenergy", renewable=True),
        Fuel("other", "Other"),
        Fuel("unmapped", "Unmapped"),
        Fuel("hydro", "Hydro", renewable=True),
        Fuel("wind", "Wind", renewable=True),
        Fuel("solar", "Solar", renewable=True),
        Fuel("rooftop", "Rooftop solar", renewable=True),
        Fuel("battery", "Battery"),
        Fuel("imports", "Imports"),
        Fuel("battery_charging", "Battery charging", load=True),
        Fuel("pumps", "Pumps", load=True),
        Fuel("exports", "Exports", load=True),
    )
}
RENEWABLE_FUELS = tuple(f.name for f in FUELS.values() if f.renewable)

# Fuel technology -> fuel.
FUELTECHS: dict[str, str] = {
    "coal_black": "coal",
    "coal_brown": "coal",
    "gas_ccgt": "gas",
    "gas_ocgt": "gas",
    "gas_steam": "gas",
    "gas_recip": "gas",
    "gas_wcmg": "gas",
    "gas_other": "gas",
    "distillate": "distillate",
    "bioenergy_biomass": "bioenergy",
    "bioenergy_biogas": "bioenergy",
    "hydro": "hydro",
    "wind": "wind",
    "wind_offshore": "wind",
    "solar_utility": "solar",
    "solar_thermal": "solar",
    "solar_rooftop": "rooftop",
    "battery_discharging": "battery",
    "battery_charging": "battery_charging",
    "battery": "battery",
    "pumps": "pumps",
    "other": "other",
    "unmapped": "unmapped",
}
FUELTECH_LABELS = {
    "coal_black": "Black coal",
    "coal_brown": "Brown coal",
    "gas_ccgt": "Gas (CCGT)",
    "gas_ocgt": "Gas (OCGT)",
    "gas_steam": "Gas (steam)",
    "gas_recip": "Gas (reciprocating)",
    "gas_wcmg": "Gas (coal mine waste)",
    "gas_other": "Gas (technology unknown)",
    "distillate": "Distillate",
    "bioenergy_biomass": "Biomass",
    "bioenergy_biogas": "Biogas",
    "hydro": "Hydro",
    "wind": "Wind",
    "wind_offshore": "Wind (offshore)",
    "solar_utility": "Solar (utility)",
    "solar_thermal": "Solar (thermal)",
    "solar_rooftop": "Rooftop solar",
    "battery_discharging": "Battery (discharging)",
    "battery_charging": "Battery (charging)",
    "battery": "Battery",
    "pumps": "Pumps",
    "other": "Other",
    "unmapped": "Unmapped",
}


def series_of(fuel: str, fueltech: str, role: str, *, positive: bool) -> tuple[str, str]:
    """The (fuel, fueltech) series that one sign of a unit's power belongs to.

    A battery's discharge is ``battery``, its charging ``battery_charging``, whatever DUIDs it is
    registered under; pumps are never hydro. Other loads stay with their fuel, below zero.

    >>> series_of("battery", "battery", "bidirectional", positive=False)
    ('battery_charging', 'battery_charging')
    """
    if fuel == "battery" or fueltech.startswith("battery"):
        return ("battery", "battery_discharging") if positive else ("battery_charging", "battery_charging")
    if fuel == "pumps" or (fuel == "hydro" and role != GENERATOR and not positive):
        return ("pumps", "pumps") if not positive else ("hydro", "hydro")
    return fuel, fueltech


@dataclass(frozen=True)
class Interconnector:
    """A link between two regions; positive flow runs from ``region_from`` to ``region_to``."""

    id: str
    name: str
    region_from: str
    region_to: str


# What is known of the links; one that only the data knows still appears, under its id.
INTERCONNECTORS: dict[str, Interconnector] = {
    i.id: i
    for i in (
        Interconnector("NSW1-QLD1", "QNI", "NSW1", "QLD1"),
        Interconnector("N-Q-MNSP1", "Terranora", "NSW1", "QLD1"),
        Interconnector("VIC1-NSW1", "VNI", "VIC1", "NSW1"),
        Interconnector("V-SA", "Heywood", "VIC1", "SA1"),
        Interconnector("V-S-MNSP1", "Murraylink", "VIC1", "SA1"),
        Interconnector("T-V-MNSP1", "Basslink", "TAS1", "VIC1"),
    )
}

_PLACES = {r: r for r in REGIONS} | {r[:-1]: r for r in REGIONS} | {r[0]: r for r in REGIONS}


def interconnector(link: str) -> Interconnector | None:
    """What is known of a link; of one that is not listed the regions that its id begins with; None where it names none.

    >>> interconnector("V-SA").name, interconnector("SA1-NSW1").region_to, interconnector("BIG-LINK")
    ('Heywood', 'NSW1', None)
    """
    if link in INTERCONNECTORS:
        return INTERCONNECTORS[link]
    ends = [_PLACES.get(part, "") for part in link.upper().split("-")[:2]]
    if len(ends) < 2 or not all(ends) or ends[0] == ends[1]:
        return None
    return Interconnector(link, link, *ends)
