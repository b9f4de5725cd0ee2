"""What is worked out beside the loop before a page draws is what drawing asks: no less, and nothing for a menu alone."""

import pytest
from every_page import dashboard_of
from two_day_market import forget_answers

from components.dashboards import answers
from components.dashboards.answers import _key
from components.dashboards.page import Dashboard
from components.queries.base import REGISTRY
from components.vocabulary import PAGES

NOTHING_TO_DRAW = ("trends", "emissions")
"""The market of these tests has no emission factors: the view says so and asks no more."""
EVERY = [(slug, view) for slug in PAGES for view in [v.slug for v in dashboard_of(slug).views] or [""]]
VIEWS = [both for both in EVERY if both[1] and both != NOTHING_TO_DRAW]
ELSEWHERE = {"Stations", "Revenue", "Running", "RevenuePivot"}
"""Drawn from sums or lists that these questions share, or only once a station is chosen."""
AT_ONCE = {"Stations", "Records"}
"""Of the registry alone, and no slower over years; and what a thread of its own works out while the page shows the rest."""
CHANGES = [{"region": ["SA1"]}, {"preset": "30d"}, {"region": []}]


@pytest.mark.parametrize(("slug", "view"), VIEWS)
def test_nothing_is_worked_out_that_is_not_drawn(snapshot, slug, view, monkeypatch):
    asked, stock = set(), answers.ANSWERS.get

    def get(of, key, make):
        asked.add(key)
        return stock(of, key, make)

    monkeypatch.setattr(answers.ANSWERS, "get", get)
    page = dashboard_of(slug)(f"?view={view}")
    prepared = [q for q in page._questions(snapshot) if type(q).__name__ not in ELSEWHERE]
    assert [q.route for q in prepared if _key(q) not in asked] == []


class Asked:
    """What a page asks on the loop although nobody answered it before: in telling what it is about to show, and in drawing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.late: list[str] = []
        kinds = {kind.__name__ for kind in REGISTRY.values()} - AT_ONCE
        ready, open_ = set(), [0]
        stock = answers.Answers.get

        def get(store, snapshot, key, make):
            mine = isinstance(key, tuple) and key[0] in kinds
            if mine and not open_[0] and key not in ready:
                self.late.append(key[0])
            open_[0] += mine  # what a question asks is its own affair
            try:
                return stock(store, snapshot, key, make)
            finally:
                open_[0] -= mine

        def noted(tell):
            def told(page, snapshot):
                found = tell(page, snapshot)
                ready.update(map(_key, found))
                return found

            return told

        monkeypatch.setattr(answers.Answers, "get", get)
        for name in ("_first", "_questions"):
            monkeypatch.setattr(Dashboard, name, noted(getattr(Dashboard, name)))


@pytest.mark.parametrize(("slug", "view"), EVERY)
def test_everything_that_is_drawn_is_answered_beside_the_loop(snapshot, slug, view, monkeypatch):
    forget_answers(monkeypatch)
    page = dashboard_of(slug)(f"?view={view}" if view else "")
    asked = Asked(monkeypatch)
    for change in CHANGES:
        page._asked(change)
        assert (change, asked.late) == (change, [])


def test_a_question_that_nobody_prepares_is_noticed(snapshot, monkeypatch):
    forget_answers(monkeypatch)
    page = dashboard_of("transmission")("?view=map")
    asked = Asked(monkeypatch)
    monkeypatch.setattr(type(page.view), "asks_besides", lambda self, snapshot: ())
    page._asked({"preset": "30d"})
    assert set(asked.late) == {"PriceStats", "RegionalPrices"}
