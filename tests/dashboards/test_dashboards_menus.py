"""The Data menu of every card: the questions that it shows, as addresses and files."""

from every_page import EVERY
from plain_page import PlainPage
from two_day_market import START

from components.dashboards import data_links
from components.queries.prices import PriceStats


def told_by_questions(page) -> list:
    """Cards that show answers; the status page also tells of the process and its collector."""
    cards = page._cards()
    return [c for c in cards if c.head.offers] if page.slug == "status" else cards


@EVERY
def test_without_the_api_the_data_menus_say_so(kind, snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: False)
    assert told_by_questions(kind())
    for card in told_by_questions(kind()):
        assert card.head.offers
        assert card.head.links == []
        assert "aemo-dashboard serve" in card.head.links_note


@EVERY
def test_every_card_offers_the_questions_it_shows(kind, snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    assert told_by_questions(kind("?last=2d"))
    for card in told_by_questions(kind("?last=2d")):
        assert card.head.offers
        for link in card.head.links:
            assert [f["label"] for f in link["files"]] == ["CSV", "Arrow", "Parquet"]
            assert link["api"].startswith("./api/")
        assert card.head.links


def test_data_links_are_the_questions_on_the_screen(snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    (power,) = PlainPage("?last=2d").chart_card.head.links
    assert power["label"] == "Power by fuel"
    assert power["api"] == "./api/generation/by-fuel?last=2d&region=NEM"
    assert power["files"][0]["href"] == "./api/generation/by-fuel.csv?last=2d&region=NEM"
    assert power["times"] == ["time"]
    assert "start=2024-03-01" in data_links.link("", PriceStats(start=START))["api"]
    assert data_links.link("", PriceStats())["times"] == ["min_time", "max_time"]
