"""What is worked out beside the loop before a page draws is what drawing asks, and nothing for a menu alone."""

import pytest
from every_page import dashboard_of

from components.dashboards.answers import ANSWERS, _key
from components.vocabulary import PAGES

NOTHING_TO_DRAW = ("trends", "emissions")
"""The market of these tests has no emission factors: the view says so and asks no more."""
VIEWS = [
    (slug, view.slug) for slug in PAGES for view in dashboard_of(slug).views if (slug, view.slug) != NOTHING_TO_DRAW
]
ELSEWHERE = {"Stations", "Revenue", "Running", "RevenuePivot"}
"""Drawn from sums or lists that these questions share, or only once a station is chosen."""


@pytest.mark.parametrize(("slug", "view"), VIEWS)
def test_nothing_is_worked_out_that_is_not_drawn(snapshot, slug, view, monkeypatch):
    asked, stock = set(), ANSWERS.get

    def get(of, key, make):
        asked.add(key)
        return stock(of, key, make)

    monkeypatch.setattr(ANSWERS, "get", get)
    page = dashboard_of(slug)(f"?view={view}")
    prepared = [q for q in page._questions(snapshot) if type(q).__name__ not in ELSEWHERE]
    assert [q.route for q in prepared if _key(q) not in asked] == []
