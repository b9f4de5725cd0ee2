"""Pages with several views: made when first shown, fed while shown, named in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from components.dashboards.page import Dashboard
from components.dashboards.view import Choice, View
from components.queries.demand import Demand
from components.queries.prices import PriceStats, RegionalPrices


class Counted(View):
    def build(self) -> Sequence[Any]:
        self.drawn = 0
        return [self.card(self.label).view]

    def draw(self, snapshot: Any) -> None:
        self.drawn += 1
        self.cards[0].ready(heading=f"{self.label} by {self.page.chosen('unit')}" if self.choices else self.label)


class First(Counted):
    slug, label = "first", "First"


class Second(Counted):
    slug, label = "second", "Second"
    questions = (Demand,)
    choices = {"unit": Choice("Unit", {"mw": "MW", "gwh": "GWh"})}
    selects = {"agg": {"mean": "Mean", "max": "Highest"}}


class Broken(Counted):
    slug, label = "broken", "Broken"

    def draw(self, snapshot: Any) -> None:
        raise RuntimeError("no")


class Paged(Dashboard):
    slug, title = "prices", "Views"
    questions = (RegionalPrices, PriceStats)
    fixed = Dashboard.fixed - {"agg"}
    views = (First, Second, Broken)


@pytest.fixture
def page(snapshot: Any) -> Paged:
    return Paged()


def shown(page: Paged) -> list[str]:
    return [slug for slug, (_, content) in page.made.items() if content.visible]


def test_only_the_view_that_is_shown_is_made_and_fed(page):
    assert list(page.made) == ["first"]
    first = page.view
    page._asked({"view": "second"})
    assert list(page.made) == ["first", "second"]
    assert shown(page) == ["second"]
    assert (first.drawn, page.view.drawn) == (1, 1)
    page._asked({"region": ["SA1"]})
    assert (first.drawn, page.view.drawn) == (1, 2)
    page._asked({"view": "first"})
    assert page.view is first
    assert first.drawn == 2
    assert shown(page) == ["first"]
    assert len(page.stage) == 2


def test_the_view_and_its_choices_are_in_the_address_unless_they_are_the_default(page):
    assert page.bar.search == ""
    page._asked({"view": "second"})
    page._asked({"select": "unit", "value": "gwh"})
    assert page.bar.search == "?view=second&unit=gwh"
    assert page.view.cards[0].head.heading == "Second by gwh"
    again = Paged("?view=second&unit=gwh")
    assert again.view.cards[0].head.heading == "Second by gwh"
    assert again.problems == []
    page._asked({"select": "unit", "value": "mw"})
    assert page.bar.search == "?view=second"


def test_a_view_that_there_is_not_is_reported_with_the_nearest(snapshot):
    page = Paged("?view=secnd")
    assert page.chosen("view") == "first"
    assert len(page.bar.problems) == 1
    assert "Did you mean second?" in page.bar.problems[0]


def test_a_choice_that_a_browser_made_up_changes_nothing(page):
    page._asked({"view": "second"})
    page._asked({"select": "unit", "value": "<script>"})
    page._asked({"view": "nowhere"})
    assert page.bar.search == "?view=second"


def test_controls_of_a_view_are_there_only_while_it_is_shown(page):
    assert page.bar.selects == []
    page._asked({"view": "second"})
    assert [c["name"] for c in page.bar.selects] == ["agg", "unit"]
    page._asked({"view": "first"})
    assert page.bar.selects == []


def test_a_view_that_fails_says_so_in_its_own_cards(page):
    page._asked({"view": "broken"})
    assert page.view.cards[0].head.mode == "error"
    page._asked({"view": "first"})
    assert page.view.cards[0].head.mode == "ready"


def test_charts_of_views_made_before_follow_the_theme(page, monkeypatch):
    seen = []
    page._asked({"view": "second"})
    chart = type("Chart", (), {"recolour": lambda self, theme: seen.append(theme.name)})()
    monkeypatch.setattr(First, "charts", lambda self: [chart])
    page.masthead.dark = True
    assert len(seen) == 1
