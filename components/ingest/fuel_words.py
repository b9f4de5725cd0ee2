"""AEMO's words for fuels, technologies, dispatch types and schedules -> the program's vocabulary.

Every source has words of its own ("Natural Gas (Pipeline)", "Fossil - Natural Gas Pipeline", "Gas other",
"Open Cycle Gas turbines (OCGT)"), so the rules look for the telling word, first match wins, whatever
the case or the spelling around it. Pure; nothing here reads a file.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from components.vocabulary import BIDIRECTIONAL, FUELTECHS, GENERATOR, LOAD, UNMAPPED


class Kind(NamedTuple):
    """What a unit is: (fuel, fueltech) of the vocabulary."""

    fuel: str
    fueltech: str


UNKNOWN = Kind(UNMAPPED, UNMAPPED)
OTHER = Kind("other", "other")

# A unit that burns gas: its technology decides. First match wins.
_GAS_TECHNOLOGY = (
    (r"waste coal mine|\bwcmg\b|waste mine", "gas_wcmg"),
    (r"combined cycle|\bccgt\b", "gas_ccgt"),
    (r"open cycle|\bocgt\b|gas turbine", "gas_ocgt"),
    (r"reciprocating|spark|compression", "gas_recip"),
    (r"steam", "gas_steam"),
)
# Fuel words, first match wins: landfill gas before biomass (the list's heading is "Renewable/ Biomass / Waste"),
# both before gas and diesel ("Bagasse and Diesel").
_FUEL = (
    (r"batter|\bbess\b|\bbidirectional\b", "battery"),
    (r"\bpumps?\b|pumping", "pumps"),
    (r"rooftop", "solar_rooftop"),
    (r"solar thermal", "solar_thermal"),
    (r"solar|photovol", "solar_utility"),
    (r"offshore", "wind_offshore"),
    (r"wind", "wind"),
    (r"brown coal|lignite", "coal_brown"),
    (r"black coal", "coal_black"),
    (r"waste coal mine|coal mine waste|\bwcmg\b|waste mine", "gas_wcmg"),
    (r"landfill|biogas|sewe|sludge|waste water|municipal", "bioenergy_biogas"),
    (r"bagasse|biomass|bioenergy|wood|green waste|agricultural waste|sugar mill|biodiesel", "bioenergy_biomass"),
    (r"coal seam|coal bed", "gas"),
    (r"\bgas\b|methane|ethane|lng|\bccgt\b|\bocgt\b", "gas"),
    (r"diesel|distillate|kerosene|fuel oil|\boil\b", "distillate"),
    (r"\bcoal\b", "coal"),
    (r"hydro|water|run of river", "hydro"),
    (r"^(other|pseudo|geothermal|demand|load|ancillary)\b", "other"),
)


def classify(fuel: str, technology: str = "", *, dispatch_type: str = "", region: str = "", station: str = "") -> Kind:
    """Fuel and technology from the words of one source.

    Parameters
    ----------
    fuel, technology : the source's words, joined where it has several columns.
    dispatch_type : in any source's words; a load that stores water is a pump, never hydro.
    region : tells brown coal (Victoria) from black where the source only says "coal".
    station : its name, asked last, for loads whose fuel columns are empty ("Tumut 3 Pumps").

    >>> classify("Fossil Natural Gas", "Open Cycle Gas turbines (OCGT)")
    Kind(fuel='gas', fueltech='gas_ocgt')
    >>> classify("Hydro Water", dispatch_type="LOAD").fuel
    'pumps'
    """
    words, how = fuel.strip().lower(), technology.strip().lower()
    found = next((code for pattern, code in _FUEL if re.search(pattern, words)), "")
    if not found:
        found = next((code for pattern, code in _FUEL if re.search(pattern, how)), "")
    if role_of(dispatch_type) == LOAD and (found in ("hydro", "pumps") or (not found and "pump" in station.lower())):
        found = "pumps"
    if found == "coal":
        found = "coal_brown" if region in ("VIC1", "SA1") else "coal_black"
    if found == "gas":
        found = next((code for pattern, code in _GAS_TECHNOLOGY if re.search(pattern, f"{words} {how}")), "gas_other")
    return Kind(FUELTECHS[found], found) if found else UNKNOWN


_ROLES = (
    (r"bidirectional|^bdu", BIDIRECTIONAL),
    (r"load|pump", LOAD),
    (r"gen", GENERATOR),
)
DISPATCH_TYPES = {GENERATOR: "Generating Unit", LOAD: "Load", BIDIRECTIONAL: "Bidirectional Unit"}
"""One spelling of the dispatch type per role; the tables say GENERATOR where the workbook says Generating Unit."""


def role_of(dispatch_type: str) -> str:
    """``generator``, ``load`` or ``bidirectional``; empty when the words tell nothing.

    >>> role_of("NORMALLY_ON_LOAD")
    'load'
    """
    words = dispatch_type.strip().lower()
    return next((role for pattern, role in _ROLES if re.search(pattern, words)), "")


def schedule_of(words: str) -> str:
    """``Scheduled``, ``Semi-Scheduled`` or ``Non-Scheduled``; empty when the words tell nothing.

    The stars of the registration list are conditions of classification: ``Non-Scheduled*`` is dispatched
    and reported as semi-scheduled, ``Non-Scheduled**`` as scheduled, ``Scheduled*`` as scheduled load.

    >>> schedule_of("SEMI-SCHEDULED"), schedule_of("Non-Scheduled*")
    ('Semi-Scheduled', 'Semi-Scheduled')
    """
    text = words.strip().lower().replace(" ", "-")
    if text.startswith("non"):
        return {0: "Non-Scheduled", 1: "Semi-Scheduled"}.get(text.count("*"), "Scheduled")
    if text.startswith("semi") or text == "ss":
        return "Semi-Scheduled"
    if text.startswith("sched") or text == "s":
        return "Scheduled"
    return "Non-Scheduled" if text == "ns" else ""


_PSEUDO = re.compile(r"^(DG|RT)_(NSW|QLD|SA|TAS|VIC)\w*$")


def is_pseudo(duid: str) -> bool:
    """True for ids that stand for no plant: ``DG_<region>`` (dummy generator), ``RT_<region>n`` (reserve trader).

    >>> is_pseudo("DG_NSW1"), is_pseudo("RT_VIC3"), is_pseudo("DGLAND1")
    (True, True, False)
    """
    return _PSEUDO.match(duid) is not None
