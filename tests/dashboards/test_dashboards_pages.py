"""Pages without a browser: their figures, their states, their address."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from every_page import EVERY
from plain_page import PlainPage
from two_day_market import END, START, market, serve

from components.charts import formats
from components.dashboards.generation import GenerationDashboard
from components.dashboards.overview import OverviewDashboard
from components.dashboards.page import Dashboard
from components.dashboards.prices import PricesDashboard
from components.dashboards.stations import StationsDashboard
from components.dashboards.words import attribution
from components.store.snapshot import Snapshot, empty_snapshot
from components.vocabulary import PAGES


def cells(ledger, key):
    row = next(r for r in [*ledger.rows, *ledger.total] if r["key"] == key)
    return [c.get("v", c["t"]) for c in row["cells"]]


@EVERY
def test_every_page_draws_at_its_bare_address(kind, snapshot):
    page = kind()
    assert [c.head.mode for c in page._cards()] == ["ready"] * len(page._cards())
    assert page.problems == []
    assert page.bar.search == ""
    assert page.masthead.demo
    assert page.masthead.source_text == "Demo data"
    assert page.masthead.newest_iso == "2024-03-03T00:00:00+10:00"
    assert [p["label"] for p in page.masthead.pages if p["current"]] == [page.title]


@EVERY
def test_without_data_every_page_says_how_to_get_some(kind, monkeypatch):
    serve(monkeypatch, empty_snapshot())
    page = kind()
    head = page._cards()[0].head
    assert head.mode == "empty"
    assert "no data" in head.reason
    assert any(c.startswith("aemo-dashboard demo") for c in head.commands)
    assert any(c.startswith("aemo-dashboard ingest --source") for c in head.commands)
    assert not any(c.view.visible for c in page._cards()[1:])
    serve(monkeypatch, market("arrived"))
    page.follow()
    assert all(c.view.visible and c.head.mode == "ready" for c in page._cards())


def test_the_footer_names_the_source_of_what_is_there(monkeypatch):
    serve(monkeypatch, empty_snapshot())
    page = OverviewDashboard()
    assert page.footer.source == []
    serve(monkeypatch, market("arrived"))
    page.follow()
    assert page.footer.source == [{"text": "Demo data: invented figures, not AEMO's."}]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (("nemweb",), "(AEMO), NEMWEB. Figures are derived from AEMO's published data"),
        (("import",), "(AEMO), NEMWEB, by imported files. Figures are derived"),
        (("import", "nemweb"), "(AEMO), NEMWEB and imported files. Figures are derived"),
    ],
)
def test_real_data_is_attributed(sources, words):
    pieces = attribution(sources)
    assert words in "".join(p["text"] for p in pieces)
    assert [p["text"] for p in pieces if "href" in p] == ["NEMWEB"]
    assert not any("Demo" in p["text"] for p in pieces)


@EVERY
def test_a_window_without_data_offers_the_nearest_one(kind, snapshot):
    page = kind("?start=2019-01-01&end=2019-01-08")
    cards = [c for c in page._cards() if c.head.mode == "empty"]
    assert cards
    link = cards[0].head.actions[0]["href"]
    assert link.startswith(f"./{kind.slug}?start=2024-03-01&end=")
    assert not [c for c in kind(link.split("?")[1])._cards() if c.head.mode != "ready"]


@pytest.mark.fault("SRV-1")
@EVERY
def test_a_failing_question_is_an_error_card_and_no_traceback(kind, snapshot, monkeypatch, caplog):
    page = kind()
    with monkeypatch.context() as broken:
        broken.setattr(kind, "draw", lambda self, s: 1 / 0)
        page.refresh()
    assert {c.head.mode for c in page._cards()} == {"error"}
    assert "division" not in page._cards()[0].head.reason
    assert "division by zero" in caplog.text
    page._cards()[0].head.on_message({"action": "retry"})
    assert {c.head.mode for c in page._cards()} == {"ready"}


def test_price_statistics_and_series(snapshot):
    page = PricesDashboard("?region=SA1,NSW1")
    assert [r["key"] for r in page.view.ledger.rows] == ["NSW1", "SA1"]
    sa = cells(page.view.ledger, "SA1")
    assert sa[1] == pytest.approx(-20)
    assert sa[9] == pytest.approx(24)  # hours below $0
    assert page.view.lines.present == ("NSW1", "SA1")
    assert page.view.lines.source.data["v_SA1"][0] == -20
    page.bar.on_message({"region": []})
    assert len(page.view.ledger.rows) == 5


def test_a_price_tile_says_dollar_once(snapshot):
    station = StationsDashboard()
    capture = next(t for t in station.tiles.tiles if t["label"] == "Capture price")
    known = [t for t in [capture, *OverviewDashboard().tiles.tiles] if t["value"] != formats.MISSING]
    assert capture in known
    assert len(known) > 1
    for tile in known:
        assert (tile["value"] + tile["unit"]).count("$") == 1, tile
        assert tile["unit"] == "/MWh"


def test_the_footer_says_whose_nights_are_shaded(snapshot):
    def shaded(search):
        return [n for n in PlainPage(search).footer.notes if n.startswith("Shaded")]

    assert shaded("") == ["Shaded: night in Sydney, from sunset to sunrise."]
    assert shaded("?region=SA1") == ["Shaded: night in Adelaide, from sunset to sunrise."]
    assert shaded("?region=SA1,TAS1") == ["Shaded: night in Sydney, from sunset to sunrise."]
    assert shaded("?start=2024-03-01T08:00&end=2024-03-01T12:00") == []
    assert "Adelaide" in " ".join(StationsDashboard("?duid=WIND1").footer.notes)  # where the unit is


def milliseconds(time: pd.Timestamp) -> float:
    return time.value / 1e6


def test_theme_reaches_charts_and_tables(snapshot):
    page = PlainPage()
    light = page.ledger.rows[0]["cells"][0]["colour"]
    page.masthead.dark = True
    assert page.theme.name == "dark"
    assert page.ledger.rows[0]["cells"][0]["colour"] != light
    assert page.stack.theme is page.theme


def test_pages_are_dashboards_of_the_navigation():
    root = Path(__file__).resolve().parents[2]
    assert {p.stem for p in (root / "app").glob("*.py")} == set(PAGES)
    pages = [k for k in Dashboard.__subclasses__() if k.__module__.startswith("components.")]
    assert {k.slug for k in pages} == set(PAGES)


def test_half_a_market_is_enough(monkeypatch):
    """Only prices have been stored: the prices page works, the others say what is missing."""
    full = market()
    only = Snapshot("prices-only", {"price": full.chunks("price")}, full.units.iloc[:0])
    serve(monkeypatch, only)
    assert PricesDashboard()._cards()[0].head.mode == "ready"
    for kind in (OverviewDashboard, GenerationDashboard, StationsDashboard):
        assert "empty" in {c.head.mode for c in kind()._cards()}
        assert "error" not in {c.head.mode for c in kind()._cards()}


def test_newest_stamps_that_differ_by_dataset_leave_every_bare_page_with_something(monkeypatch):
    """Units of two days, prices of ten: each page shows the newest of what it is about."""
    short, long = market("units"), market("prices", START + pd.Timedelta(days=10))
    chunks = {"scada": short.chunks("scada"), "rooftop": short.chunks("rooftop"),
              "price": long.chunks("price"), "region": long.chunks("region")}  # fmt: skip
    serve(monkeypatch, Snapshot("apart", chunks, short.units))
    for kind, newest in ((GenerationDashboard, END), (StationsDashboard, END), (OverviewDashboard, END),
                         (PricesDashboard, START + pd.Timedelta(days=10))):  # fmt: skip
        page = kind()
        assert [c.head.mode for c in page._cards()] == ["ready"] * len(page._cards())
        assert page.masthead.newest_text == f"{newest.day} {newest:%b %Y %H:%M}"
    assert OverviewDashboard().price_card.head.detail.startswith("at 11 Mar 2024 00:00")


def test_daily_prices_keep_their_spikes(monkeypatch):
    """One interval of the first day at 15,000: the mean of the day hides it, band and dot do not."""

    def spike(frames):
        price = frames["price"]
        price.loc[(price["region"] == "NSW1") & (price["time"] == START + pd.Timedelta(hours=8)), "rrp"] = 15_000.0

    serve(monkeypatch, market("spike", change=spike))
    band = PricesDashboard("?region=NSW1&start=2024-03-01&end=2024-03-03&interval=1d")
    drawn = band.view.lines.source.data
    assert drawn["v_NSW1"][:2] == pytest.approx([(287 * 100 + 15_000) / 288, 100])
    assert drawn["max_NSW1"][:2].tolist() == [15_000, 100]
    assert drawn["min_NSW1"][:2].tolist() == [100, 100]
    assert band.view.lines.bands["NSW1"].visible
    assert not band.view.lines.marks["NSW1"].visible
    assert "bands: lowest to highest price within each day" in band.view.chart_card.head.detail
    dots = PricesDashboard("?start=2024-03-01&end=2024-03-03&interval=1d")
    assert dots.view.lines.marks["NSW1"].visible
    assert not dots.view.lines.bands["NSW1"].visible
    assert np.isfinite(dots.view.lines.source.data["mark_NSW1"][:2]).tolist() == [True, False]
    assert not np.isfinite(dots.view.lines.source.data["mark_QLD1"]).any()
    assert "dots: highest price within each day, where it reached $300" in dots.view.chart_card.head.detail
    assert "$300" not in PricesDashboard().view.chart_card.head.detail  # 5 minutes: nothing lies behind a step
    highest = PricesDashboard("?start=2024-03-01&end=2024-03-03&interval=1d&region=NSW1&agg=max")
    assert highest.view.lines.source.data["v_NSW1"][:2].tolist() == [15_000, 100]
    assert highest.view.chart_card.head.detail.endswith("highest price within each day")
    highest.bar.on_message({"select": "agg", "value": "mean"})
    assert "agg" not in highest.bar.search
    highest.bar.on_message({"select": "agg", "value": "median"})
    assert "agg" not in highest.bar.search


def test_a_page_puts_a_question_once_while_it_draws_and_keeps_none(snapshot, monkeypatch):
    page, seen = PlainPage("?last=1d"), []

    def draw(shown: Snapshot) -> None:
        kind = page.questions[0]
        seen.append((page.ask(kind) is page.ask(kind), page.ask(kind).last, page.ask(kind, last="3h").last))

    monkeypatch.setattr(page, "draw", draw)
    page.change(last="2h")
    assert seen == [(True, "2h", "3h")]
    assert page.put == {}
    kind = page.questions[0]
    assert page.ask(kind) is not page.ask(kind)
