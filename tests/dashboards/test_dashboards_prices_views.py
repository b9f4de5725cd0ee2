"""The views of the prices page: figures equal to those of the questions, links, empty states, spikes."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from two_day_market import END, START, market, serve

from components.charts.adding_up import adding_up
from components.charts.palette import DARK
from components.dashboards import address
from components.dashboards.generation import GenerationDashboard
from components.dashboards.prices import PricesDashboard
from components.dashboards.prices_bands import band_colours
from components.dashboards.prices_view import duration_words
from components.metrics.prices import bands
from components.queries.base import Query
from components.queries.prices import PriceStats, RegionalPrices
from components.queries.prices_bands import PriceBands, PriceDuration
from components.queries.prices_capture import PriceCaptureStats
from components.queries.prices_cumulative import CumulativePrice
from components.queries.prices_events import PriceEvents
from components.queries.prices_heat import PriceHeat
from components.queries.prices_spread import PriceSpreadBands, PriceSpreadStats
from components.queries.time_of_day import PricesTimeOfDay
from components.store.snapshot import Snapshot

SLUGS = [v.slug for v in PricesDashboard.views]
TWO_DAYS = {"start": START, "end": END}


def restless(frames: dict) -> None:
    """Prices that move: negative at noon, spikes in the evening of the second day in NSW and SA."""
    price = frames["price"]
    times = pd.DatetimeIndex(price["time"])
    price.loc[(times.hour >= 11) & (times.hour < 14), "rrp"] -= 130.0
    evening = (times >= "2024-03-02 18:05") & (times <= "2024-03-02 18:30")
    price.loc[evening & price["region"].isin(["NSW1", "SA1"]), "rrp"] = 5000.0
    price.loc[(times == "2024-03-02 18:20") & (price["region"] == "NSW1"), "rrp"] = 16_600.0
    price["apc_flag"] = (
        (times > "2024-03-02 20:00") & (times <= "2024-03-02 21:00") & (price["region"] == "QLD1")
    ) * 1.0
    price["market_suspended_flag"] = 0.0


@pytest.fixture
def moving(monkeypatch):
    made = market("moving", change=restless)
    serve(monkeypatch, made)
    return made


def view_of(slug: str, search: str = ""):
    page = PricesDashboard(f"?view={slug}&last=2d{search}")
    assert page.problems == []
    return page.view


def values(ledger) -> dict[str, list]:
    return {r["key"]: [c.get("v", c["t"]) for c in r["cells"]] for r in ledger.rows}


def asked(kind: type[Query], snapshot, **more) -> pd.DataFrame:
    return kind(**TWO_DAYS, **more).run(snapshot).frame


@pytest.mark.parametrize("slug", SLUGS)
def test_every_view_draws_follows_the_theme_and_says_when_there_is_nothing(slug, moving):
    page = PricesDashboard(f"?view={slug}&last=2d")
    # Two days are no week: there is no cumulative price.
    wanted = {"empty"} if slug == "cumulative" else {"ready"}
    assert {c.head.mode for c in page._cards() if c.view.visible and "Administered" not in c.head.heading} == wanted
    page.masthead.dark = True
    assert all(chart.theme is DARK for chart in page.view.charts())
    empty = PricesDashboard(f"?view={slug}&start=2019-01-01&end=2019-01-08")
    shown = [c for c in empty._cards() if c.view.visible]
    assert {c.head.mode for c in shown} == {"empty"}
    assert (
        shown[0]
        .head.actions[0]["href"]
        .startswith("./prices?view=" + slug if slug != "over-time" else "./prices?start")
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_every_card_of_every_view_offers_its_questions(slug, moving, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    for card in PricesDashboard(f"?view={slug}&last=2d")._cards():
        assert card.head.offers
        assert all(link["api"].startswith("./api/prices/") for link in card.head.links)
        assert card.head.links


@pytest.mark.parametrize("slug", SLUGS)
def test_without_any_price_every_view_says_so_and_names_no_day(slug, monkeypatch):
    full = market()
    serve(monkeypatch, Snapshot("no-prices", {"scada": full.chunks("scada")}, full.units))
    page = PricesDashboard(f"?view={slug}")
    shown = [c.head for c in page._cards() if c.view.visible]
    assert {(head.mode, head.reason) for head in shown} == {("empty", "The stored data has no prices.")}


# -- bands and duration ------------------------------------------------------------------------------


def test_bands_are_the_apis_and_what_is_shown_adds_up(moving):
    view = view_of("bands")
    frame = asked(PriceBands, moving)
    rows = values(view.ledger)
    means = asked(PriceStats, moving).set_index("region")["mean"]
    for region, own in frame.groupby("region", observed=True):
        assert rows[f"{region}.share"][2:-1] == pytest.approx(own["share"].tolist())
        cells = {r["key"]: [c["t"] for c in r["cells"]] for r in view.ledger.rows}
        percent = [Decimal(t.rstrip("%").replace("−", "-")) for t in cells[f"{region}.share"][2:]]
        assert sum(percent[:-1]) == percent[-1] == 100
        money = [Decimal(t.replace("$", "").replace("−", "-").replace(",", "")) for t in cells[f"{region}.mean"][2:]]
        assert sum(money[:-1]) == money[-1]
        assert float(money[-1]) == pytest.approx(means[region], abs=0.005)


def test_thirds_are_shown_as_a_whole(monkeypatch):
    """Three bands with a third of the time each: 33.33 % three times would be 99.99 %."""

    def thirds(frames):
        times = pd.DatetimeIndex(frames["price"]["time"])
        frames["price"]["rrp"] = np.choose(times.minute // 5 % 3, [10.01, 60.0, 110.0])

    serve(monkeypatch, market("thirds", change=thirds))
    rows = {r["key"]: [c["t"] for c in r["cells"]][2:] for r in view_of("bands", "&region=SA1").ledger.rows}
    shares = [Decimal(t.rstrip("%")) for t in rows["SA1.share"]]
    money = [Decimal(t.removeprefix("$")) for t in rows["SA1.mean"]]
    assert sorted(shares[:-1])[-3:] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert sum(shares[:-1]) == shares[-1] == 100
    assert sum(money[:-1]) == money[-1] == Decimal("60.00")


def test_bars_of_bands_end_where_the_shares_add_up(moving):
    view = view_of("bands", "&region=NSW1")
    data = pd.DataFrame(view.time.source.data)
    assert data["right"].max() == pytest.approx(100)
    money = pd.DataFrame(view.money.source.data)
    assert money["right"].max() + money["left"].min() == pytest.approx(
        asked(PriceStats, moving, region=["NSW1"])["mean"].iloc[0]
    )
    assert (money["left"] < 0).sum() == 1


def test_the_duration_curve_begins_at_the_highest_price(moving):
    view = view_of("bands")
    drawn = view.curve.source.data
    frame = asked(PriceDuration, moving, steps=500)
    assert drawn["v_NSW1"].tolist() == frame[frame["region"] == "NSW1"]["price"].tolist()
    assert (drawn["v_NSW1"][0], drawn["t"][0], drawn["t"][-1]) == (16_600, 0, 100)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bands_have_seven_colours(theme):
    from components.charts.palette import palette

    assert len(set(band_colours(palette(theme == "dark")).values())) == len(bands(np.array([1.0]), np.array([5]))) == 7


# -- heat maps ---------------------------------------------------------------------------------------


def test_the_heat_map_is_the_apis_answer(moving):
    view = view_of("heat", "&region=SA1,NSW1")
    drawn = dict(zip(view.map.source.data["name"], view.map.source.data["value"], strict=True))
    frame = asked(PriceHeat, moving, region=["SA1"])
    cells = frame["price"].to_numpy().reshape(2, 24).T
    np.testing.assert_allclose(drawn["SA"][::-1], cells, rtol=1e-6)
    assert list(drawn) == ["NSW", "SA"]
    highest = view_of("heat", "&region=NSW1&agg=max")
    assert np.nanmax(highest.map.source.data["value"][0]) == 16_600
    assert "highest price of each hour by day" in highest.heat_card.head.detail
    by_month = view_of("heat", "&region=NSW1&cells=month")
    assert by_month.map.source.data["dw"] == [1]


# -- time of day -------------------------------------------------------------------------------------


def test_time_of_day_is_the_apis_answer_with_a_band_or_days(moving):
    view = view_of("time-of-day", "&region=NSW1")
    frame = asked(PricesTimeOfDay, moving, region=["NSW1"])
    np.testing.assert_allclose(view.chart.source.data["v_NSW1"][:-1], frame["mean"], rtol=1e-6)
    np.testing.assert_allclose(view.chart.source.data["max_NSW1"][:-1], frame["p90"], rtol=1e-6)
    assert view.chart.bands["NSW1"].visible
    days = view_of("time-of-day", "&region=NSW1&behind=days")
    assert len(days.chart.day_source.data["ys"]) == 2
    assert not days.chart.bands["NSW1"].visible
    row = values(view.ledger)["NSW1"]
    assert row[1:] == pytest.approx(
        [frame["mean"].mean(), frame["mean"].min(), frame["mean"].max(), np.ptp(frame["mean"])]
    )
    assert view.ledger.rows[0]["cells"][3]["sub"] == "18:00–18:30"


def test_hours_that_the_calendar_leaves_out_are_a_gap_in_the_day(moving):
    view = view_of("time-of-day", "&region=NSW1&hour=17-20")
    assert np.isfinite(view.chart.source.data["v_NSW1"]).sum() in (8, 9)  # eight slots, and the end of the last
    assert values(view.ledger)["NSW1"][3] == pytest.approx(
        asked(PricesTimeOfDay, moving, region=["NSW1"])["mean"].max()
    )


# -- capture -----------------------------------------------------------------------------------------


def test_capture_prices_are_the_apis_of_the_region_or_the_market(moving):
    for search, region in (("", "NEM"), ("&region=NSW1", "NSW1"), ("&region=NSW1,SA1", "NEM")):
        frame = asked(PriceCaptureStats, moving, region=[region]).set_index("fuel")
        rows = values(view_of("capture", search).ledger)
        assert list(rows) == list(frame.index)
        for fuel, row in rows.items():
            own = frame.loc[fuel]
            wanted = [
                own["energy_mwh"],
                own["share"] * 100,
                own["capture_price"],
                own["flat_price"],
                own["capture_rate"] * 100,
            ]
            assert row[1:] == pytest.approx([None if pd.isna(v) else v for v in wanted])
    # Constant power: coal gets the flat price.
    assert values(view_of("capture", "&region=NSW1").ledger)["coal"][5] == pytest.approx(100)


def test_capture_over_time_is_a_price_or_a_rate(moving):
    price = view_of("capture", "&region=NSW1")
    assert (price.price_card.view.visible, price.rate_card.view.visible) == (True, False)
    assert "Flat price" in price.prices.hover.tooltips
    rate = view_of("capture", "&region=NSW1&measure=rate")
    assert (rate.price_card.view.visible, rate.rate_card.view.visible) == (False, True)
    np.testing.assert_allclose(rate.rates.source.data["v_coal"], 100, rtol=1e-5)
    assert len(rate.dots.source.data["x"]) == 4  # coal and rooftop, two days


# -- spread ------------------------------------------------------------------------------------------


def test_spread_figures_are_the_apis(moving):
    view = view_of("spread", "&a=NSW1&b=SA1")
    stats = asked(PriceSpreadStats, moving, a="NSW1", b="SA1").iloc[0]
    row = [r["cells"][1]["v"] for r in view.ledger.rows]
    names = (
        "mean",
        "mean_abs",
        "median",
        "p5",
        "p95",
        "min",
        "max",
        "hours_above",
        "hours_below",
        "hours_equal",
        "correlation",
    )
    assert row == pytest.approx([stats[n] for n in names])
    assert stats["max"] == 11_600
    drawn = pd.DataFrame(view.bars.source.data)
    shares = asked(PriceSpreadBands, moving, a="NSW1", b="SA1")["share"]
    assert drawn["value"].sum() == pytest.approx(100)
    assert sorted(drawn["value"]) == pytest.approx(sorted(shares[shares > 0] * 100))
    assert view.time_card.head.heading == "Price difference: NSW less SA"


def test_the_two_regions_are_choices_of_the_address(moving):
    page = PricesDashboard("?view=spread&last=2d")
    page._asked({"select": "b", "value": "NSW1"})
    assert page.bar.search == "?view=spread&last=2d&b=NSW1"
    page._asked({"select": "a", "value": "NSW1"})
    assert "choose two different regions" in page.view.time_card.head.detail
    page._asked({"select": "a", "value": "Atlantis"})
    assert "Atlantis" not in page.bar.search


# -- events ------------------------------------------------------------------------------------------


def test_events_link_to_their_window_here_and_on_generation(moving):
    view = view_of("events")
    frame = asked(PriceEvents, moving)
    assert len(view.ledger.rows) == len(frame) == 2
    nsw = next(r for r in view.ledger.rows if r["cells"][1]["t"] == "NSW")
    assert [c.get("v") for c in nsw["cells"][2:7]] == pytest.approx(
        frame[frame["region"] == "NSW1"][["hours", "hours_beyond", "peak", "mean", "beyond"]].iloc[0].tolist()
    )
    here, there = nsw["cells"][0]["href"], nsw["cells"][7]["href"]
    assert here == "./prices?region=NSW1&start=2024-03-02T16:00&end=2024-03-02T21:00"
    assert there == here.replace("prices", "generation")
    page = PricesDashboard(address.join(address.split(here.partition("?")[2])))
    assert (page.problems, max(page.view.lines.source.data["v_NSW1"])) == ([], 16_600)
    assert GenerationDashboard("?" + there.partition("?")[2]).problems == []


def test_events_of_another_kind_and_order(moving):
    low = view_of("events", "&event=negative&region=NSW1,TAS1&order=longest")
    frame = asked(PriceEvents, moving, side="low", region=["NSW1", "TAS1"])
    assert len(low.ledger.rows) == len(frame) == 4
    assert values(low.sums)["TAS1"][1:4] == pytest.approx(
        [2, frame[frame["region"] == "TAS1"]["hours_beyond"].sum(), 3]
    )
    none = view_of("events", "&event=5000&region=TAS1")
    assert none.sums_card.head.mode == "empty"
    assert none.sums_card.head.reason.startswith("No price was at or above $5,000")
    assert "event=5000" in none.sums_card.head.actions[0]["href"]
    assert not none.list_card.view.visible


# -- cumulative price and interventions --------------------------------------------------------------


def test_cumulative_price_against_its_threshold(monkeypatch):
    week = market("ten-days", START + pd.Timedelta(days=10), change=restless)
    serve(monkeypatch, week)
    view = PricesDashboard("?view=cumulative&last=2d&region=NSW1").view
    frame = CumulativePrice(region=["NSW1"], last="2d").run(week).frame
    row = values(view.ledger)["NSW1"]
    newest = frame.iloc[-1]
    assert row[1:5] == pytest.approx(
        [newest["cumulative"], frame["cumulative"].max(), 1_490_200, newest["share"] * 100]
    )
    assert row[6] == 600
    # NEM is the threshold's key.
    assert view.lines.present == ("NSW1", "NEM")
    assert [e["label"] for e in view.legend.entries] == ["NSW", "Threshold"]


def test_interventions_are_listed_where_the_data_has_flags(moving, monkeypatch):
    view = view_of("cumulative")
    assert view.time_card.head.mode == "empty"  # two days are no week
    assert view.flags_card.head.mode == "ready"
    assert [[c["t"] for c in r["cells"]][1:4] for r in view.flags.rows] == [["QLD", "Administered price", "60 min"]]
    serve(monkeypatch, market("plain"))
    plain = view_of("cumulative")
    assert plain.flags_card.head.mode == "empty"
    assert "do not say" in plain.flags_card.head.reason


# -- over time ---------------------------------------------------------------------------------------


def test_no_spike_is_lost_to_thinning(monkeypatch):
    """30 days of 5-minute prices are more points than a line may have; single intervals at the cap and the floor stay."""

    def spikes(frames):
        price = frames["price"]
        times = pd.DatetimeIndex(price["time"])
        for day, value in ((4, 16_600.0), (17, -1000.0), (26, 9999.0)):
            price.loc[(price["region"] == "NSW1") & (times == START + pd.Timedelta(days=day, hours=13.75)), "rrp"] = (
                value
            )

    end = START + pd.Timedelta(days=30)
    serve(monkeypatch, market("month", end, change=spikes))
    page = PricesDashboard(f"?region=NSW1&start=2024-03-01&end={end:%Y-%m-%d}&interval=5m")
    drawn = page.view.lines.source.data["v_NSW1"]
    assert len(drawn) < 2_500 < 30 * 288
    assert {16_600.0, -1000.0, 9999.0, 100.0} == set(drawn.tolist())
    assert "points drawn" in page.view.chart_card.head.detail


def test_the_line_is_the_apis_answer(moving):
    view = view_of("over-time", "&region=NSW1&interval=1h")
    frame = asked(RegionalPrices, moving, region=["NSW1"], interval="1h")
    np.testing.assert_allclose(view.lines.source.data["v_NSW1"][:-1], frame["price"], rtol=1e-6)


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "digits", "wanted"),
    [
        ([33.333, 33.333, 33.334], 1, [33.3, 33.3, 33.4]),
        ([-1.25, 2.25], 1, [-1.2, 2.2]),
        ([], 1, []),
        ([0.5, 0.5], 0, [1, 0]),
    ],
)
def test_rounded_parts_add_up(values, digits, wanted):
    assert adding_up(values, digits) == wanted


def test_missing_parts_stay_missing():
    found = adding_up([60.04, float("nan"), 39.96], 1)
    assert (found[0], found[2]) == (60.0, 40.0)
    assert np.isnan(found[1])


def test_lengths_in_words():
    assert [duration_words(h) for h in (1 / 12, 1.9999, 2, 71.9, 96)] == [
        "5 min",
        "120 min",
        "2.0 h",
        "71.9 h",
        "4.0 days",
    ]
