"""Links from names in tables: the same window, the name as a value, and an address that its page understands."""

import pytest

from components.dashboards import address, links
from components.dashboards.generation import GenerationDashboard
from components.dashboards.overview import OverviewDashboard
from components.dashboards.stations import StationsDashboard
from components.queries.generation import GenerationByFuel

TEXTS = {"region": ["SA1"], "last": ["30d"], "hour": ["17-20"], "interval": ["1h"], "station": ["Other"]}
HOSTILE = 'A&B=1?#"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("column", list(links.BY))
def test_window_and_region_go_along_and_nothing_else(column):
    page, _, search = links.of(column, "wind" if "fuel" in column else "X", TEXTS).partition("?")
    texts = address.split(search)
    assert page in ("./stations", "./generation", "./transmission")
    assert {n: texts[n] for n in ("last", "hour")} == {"last": ["30d"], "hour": ["17-20"]}
    assert "interval" not in texts
    assert texts["region"] == (["X"] if column == "region" else ["SA1"])
    assert texts.get("station") == (["X"] if column == "station" else None)


@pytest.mark.parametrize("column", ["station", "duid", "owner"])
def test_a_name_stays_one_value(column):
    href = links.of(column, HOSTILE, {})
    assert address.split(href.partition("?")[2])[column] == [HOSTILE]
    assert not set(href) & set("<>\"' ")


def test_a_technology_opens_its_fuel():
    assert links.of("fueltech", "gas_ocgt", {}) == "./generation?fuel=gas"


def test_what_has_no_page_has_no_link():
    assert links.of("station", "", TEXTS) is None
    assert links.of("price", "X", TEXTS) is None


def test_a_region_replaces_the_one_looked_at():
    assert links.region("VIC1", TEXTS, "prices") == "./prices?region=VIC1&last=30d&hour=17-20"


@pytest.mark.parametrize(("column", "name"), [("station", "Windy, Hill & Sons"), ("duid", "WIND1"), ("owner", "Store")])
def test_the_stations_page_understands_them(snapshot, column, name):
    page = StationsDashboard(links.of(column, name, {"last": ["1d"]}).partition("?")[2])
    assert page.problems == []
    assert page.cards[1].head.mode == "ready"


@pytest.mark.parametrize("name", ["coal", "battery_charging", "imports"])
def test_the_generation_page_shows_the_fuel_alone(snapshot, name):
    page = GenerationDashboard(links.fuel(name, {"last": ["1d"], "region": ["NSW1"]}).partition("?")[2])
    assert page.problems == []
    assert page.ask(GenerationByFuel).fuel == [name]


def test_tiles_and_legend_of_the_overview_are_links(snapshot):
    page = OverviewDashboard("?region=SA1&last=2d")
    tiles = {t["label"]: t["href"] for t in page.tiles.tiles}
    assert tiles["NSW"] == "./prices?region=NSW1&last=2d"
    entries = {e["label"]: e["href"] for e in page.legend.entries}
    assert entries["Wind"] == "./generation?region=SA1&last=2d&fuel=wind"
