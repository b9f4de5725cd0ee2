"""The transmission page: what its views say, figure by figure, of a market whose flows are constant."""

import numpy as np
import pandas as pd
import pytest
from two_day_market import HOSTILE, market, serve

from components.charts.flow_prices import MOST_DOTS, dot_data
from components.charts.limits import limit_data
from components.charts.palette import LIGHT
from components.charts.scales import stretch
from components.dashboards import transmission
from components.dashboards.overview import OverviewDashboard
from components.dashboards.overview_flows import FlowBlock
from components.dashboards.transmission import TransmissionDashboard
from components.queries.link_summary import LinkSummary

NAN = np.nan
# Two days of constant flow: VIC1-NSW1 300, V-SA 600 (full), T-V-MNSP1 -400 (full in reverse), NEW-LINK 40 (regions unknown);
# prices NSW1 100, SA1 -20, TAS1 60, VIC1 50.
WHOLE = "?last=2d"


@pytest.fixture(autouse=True)
def shared_snapshot(snapshot, monkeypatch):
    monkeypatch.setattr(transmission.shared, "current", lambda: snapshot)


def table(ledger) -> dict[str, dict[str, object]]:
    """Key -> label of the column -> value behind it (or its text)."""
    names = [c["label"] for c in ledger.columns]
    return {
        r["key"]: {n: c.get("v", c["t"]) for n, c in zip(names, r["cells"], strict=True)}
        for r in [*ledger.rows, *ledger.total]
    }


def heads(page) -> list[tuple[str, str]]:
    return [(c.head.mode, c.head.heading) for c in page._cards() if c.view.visible]


def test_the_table_of_interconnectors_by_hand():
    rows = table(TransmissionDashboard(WHOLE).view.ledger)
    assert set(rows) == {"VIC1-NSW1", "V-SA", "T-V-MNSP1", "NEW-LINK", "total"}
    heywood, basslink = rows["V-SA"], rows["T-V-MNSP1"]
    assert (heywood["Forward"], heywood["Reverse"], heywood["Losses"]) == pytest.approx((600 * 48, 0, 24 * 48))
    assert (heywood["At limit →"], heywood["At limit ←"], heywood["Binding"]) == pytest.approx((48, 0, 0))
    assert (heywood["Headroom →"], heywood["Headroom ←"]) == pytest.approx((0, 1150))
    assert (heywood["Price gap"], heywood["Value"]) == pytest.approx((-70, 600 * 48 * -70))
    assert (basslink["Forward"], basslink["Reverse"], basslink["At limit ←"]) == pytest.approx((0, 400 * 48, 48))
    assert basslink["Value"] == pytest.approx(-400 * 48 * (50 - 60))
    assert rows["NEW-LINK"]["Value"] is None
    assert rows["VIC1-NSW1"]["Utilisation"] == pytest.approx(0.25)
    assert rows["total"]["Forward"] == pytest.approx((300 + 600 + 40) * 48)
    assert rows["total"]["Losses"] == pytest.approx(57 * 48)
    assert rows["total"]["Value"] == pytest.approx(48 * (300 * 50 - 600 * 70 + 400 * 10))
    assert rows["total"]["Utilisation"] is None


def test_the_page_says_what_the_api_says(snapshot):
    page = TransmissionDashboard(WHOLE + "&at=0.2&flow=target")
    assert page.problems == []
    answer = LinkSummary(last="2d", at=0.2, flow="target").run(snapshot).frame.set_index("interconnector")
    rows = table(page.view.ledger)
    assert rows["VIC1-NSW1"]["At limit →"] == answer.loc["VIC1-NSW1", "hours_at_limit_forward"] == pytest.approx(48)
    assert "at limit: 20% of it" in page.view.table_card.head.detail
    assert "target flow" in page.view.table_card.head.detail


def test_maps_of_now_and_of_the_window():
    view = TransmissionDashboard(WHOLE).view
    now, mean = ({f.id: f for f in chart.flows} for chart in (view.now, view.mean))
    assert (now["V-SA"].mw, now["V-SA"].limit, now["V-SA"].used) == (600, 600, 1)
    assert (mean["T-V-MNSP1"].mw, mean["T-V-MNSP1"].limit, mean["T-V-MNSP1"].used) == pytest.approx((-400, 400, 1))
    assert view.now.second["SA1"] == "−$20.00"
    assert len(view.now.source.data["mw"]) == 3
    for card in (view.now_card, view.mean_card):
        assert "not on the map: NEW-LINK 40 MW" in card.head.detail
    assert view.now_card.head.detail.startswith("at 3 Mar 2024 00:00")


def test_chips_choose_and_a_region_lets_go():
    page = TransmissionDashboard(WHOLE)
    assert [(c["label"], c["on"]) for c in page.chips.chips] == [
        ("All", True), ("NEW-LINK", False), ("Basslink", False), ("Heywood", False), ("VNI", False),
    ]  # fmt: skip
    page.chips.on_message({"chip": "V-SA"})
    assert page.bar.search == "?last=2d&interconnector=V-SA"
    assert list(table(page.view.ledger)) == ["V-SA", "total"]
    page.chips.on_message({"chip": "T-V-MNSP1"})
    assert [c["key"] for c in page.chips.chips if c["on"]] == ["T-V-MNSP1", "V-SA"]
    page.chips.on_message({"chip": "V-SA"})
    assert list(table(page.view.ledger)) == ["T-V-MNSP1", "total"]
    page.bar.on_message({"region": ["SA1"]})
    assert page.texts == {"last": ["2d"], "region": ["SA1"]}
    assert list(table(page.view.ledger)) == ["V-SA", "total"]
    assert [c["label"] for c in page.chips.chips] == ["All", "Heywood"]
    page.chips.on_message({"chip": ""})
    for odd in ({"chip": HOSTILE}, {"chip": 5}, {}, {"remove": "V-SA"}):
        before = page.bar.changes
        page.chips.on_message(odd)
        assert page.bar.changes > before  # the browser waits for an answer
        assert page.texts == {"last": ["2d"], "region": ["SA1"]}


def test_a_name_that_is_not_known_is_told():
    page = TransmissionDashboard(WHOLE + "&interconnector=V-SB")
    assert [p.did_you_mean for p in page.problems] == ["V-SA"]
    assert len(table(page.view.ledger)) == 5


def test_each_interconnector_against_its_limits():
    page = TransmissionDashboard(WHOLE + "&view=limits")
    shown = [(card.head.heading, card.head.detail) for _, card in page.view.panels if card.view.visible]
    assert [h.partition(" · ")[0] for h, _ in shown] == ["NEW-LINK", "Basslink", "Heywood", "VNI"]
    basslink, heywood = shown[1][1], shown[2][1]
    assert "0.0 h at the limit TAS → VIC · 48.0 h at the limit VIC → TAS" in basslink
    assert "48.0 h at the limit VIC → SA" in heywood
    chart = page.view.panels[2][0]
    data = chart.source.data
    assert (data["mw"][0], data["export_limit"][0], data["import_limit"][0], data["used"][0]) == (600, 600, -550, 100)
    assert (data["room_top"][0], data["room_bottom"][0], data["full"][0]) == (600, -550, 600)
    assert np.isnan(page.view.panels[3][0].source.data["full"]).all()
    page.chips.on_message({"chip": "V-SA"})
    assert [card.view.visible for _, card in page.view.panels] == [True, False, False, False]
    assert page.view.panels[0][0].height > chart.height
    page.change(flow="target")
    assert page.view.panels[0][0].line.glyph.y == "mw_target"


def test_a_shade_without_limits_has_no_height():
    edges = pd.date_range("2024-03-01", periods=3, freq="5min").to_numpy("datetime64[us]")
    data = limit_data(edges, {
        "mw": np.array([10.0, -20.0]), "mw_target": np.array([49.5, -29.1]), "export_limit": np.array([50.0, NAN]),
        "import_limit": np.array([NAN, -30.0]), "utilisation": np.array([0.99, 0.97]),
    })  # fmt: skip
    assert data.columns["room_top"].tolist() == data.columns["room_bottom"].tolist() == [0.0] * len(data.columns["t"])
    assert data.columns["full"][0] == pytest.approx(49.5)
    assert np.isnan(data.columns["full"][data.columns["used"] < 98]).all()
    assert (data.low, data.high) == (-30, 50)
    assert not data.missing.any()


def test_flow_exceeded():
    rows = table(TransmissionDashboard(WHOLE + "&view=duration").view.ledger)
    assert {v for k, v in rows["T-V-MNSP1"].items() if k.endswith("%")} == {-400}


def test_price_difference_while_full():
    page = TransmissionDashboard(WHOLE + "&view=prices&interconnector=V-SA")
    (row,) = table(page.view.ledger).values()
    assert page.view.ledger.rows[0]["cells"][1]["t"] == "at its limit, VIC → SA"
    assert (row["Time"], row["Share"], row["Price gap"], row["Value"]) == pytest.approx((48, 1, -70, 600 * 48 * -70))
    assert set(page.view.dots.source.data["v"]) == {-70}
    assert page.view.chart_card.head.heading.endswith("Heywood: VIC → SA to the right")
    assert heads(TransmissionDashboard(WHOLE + "&view=prices&interconnector=NEW-LINK")) == [
        ("empty", "Price difference against flow")
    ]


def test_dots_keep_the_extremes():
    edges = pd.date_range("2024-01-01", periods=9001, freq="5min").to_numpy("datetime64[us]")
    gap = np.zeros(9000)
    gap[[4321, 7777, 10]] = 15_000, -900, NAN
    data = dot_data(edges, {0: np.arange(9000.0), 3: np.full(9000, NAN)}, {0: gap, 3: gap})
    assert (data.total, len(data.columns["x"]) <= MOST_DOTS) == (8999, True)
    assert (data.columns["v"].max(), data.columns["v"].min()) == (15_000, -900)
    at = int(data.columns["v"].argmax())
    assert (data.columns["x"][at], data.columns["series"][at]) == (4321, 0)
    assert data.columns["y"][at] == pytest.approx(float(stretch(15_000)), rel=1e-6)
    assert data.note.endswith("of 8,999 points drawn")
    assert dot_data(edges[:3], {1: np.array([1.0, 2.0])}, {1: np.array([NAN, 5.0])}).note == ""


def test_imports_and_exports():
    page = TransmissionDashboard(WHOLE + "&view=regions&region=SA1")
    rows = table(page.view.ledger)
    assert rows["SA1"]["Exports"] == pytest.approx(10 * 48)
    assert rows["NEM"]["Net export"] == pytest.approx(50 * 48)
    assert rows["SA1"]["Losses"] is None  # one of the links has no known regions
    assert page.view.lines.present == ("SA1",)
    assert [r["key"] for r in page.view.ledger.rows if r["dim"]] == ["NSW1", "QLD1", "TAS1", "VIC1"]
    assert not page.chips.visible


def test_heat_maps_of_flow_and_utilisation():
    page = TransmissionDashboard(WHOLE + "&view=hours")
    chart = page.view.maps["mw"]
    assert chart.source.data["name"] == ["NEW-LINK", "Basslink", "Heywood", "VNI"]
    assert {float(v) for v in np.unique(chart.source.data["image"][1])} == {-400}
    page.change(show="utilisation")
    assert page.view.slot.objects == [page.view.panes["utilisation"]]
    assert {float(v) for v in np.unique(page.view.maps["utilisation"].source.data["image"][3])} == {25}


def test_a_market_without_flows_says_so(monkeypatch):
    none = market("without", change=lambda frames: frames.pop("flow"))
    serve(monkeypatch, none)
    for view in ("map", "limits", "duration", "prices", "hours"):
        assert [m for m, _ in heads(TransmissionDashboard(f"{WHOLE}&view={view}"))] == ["empty"]
    assert {m for m, _ in heads(TransmissionDashboard(f"{WHOLE}&view=regions"))} == {"ready"}
    assert heads(TransmissionDashboard("?start=2024-03-01&end=2024-03-02&view=map"))[0][0] == "empty"


def test_a_window_without_flows_points_to_those_that_there_are():
    page = TransmissionDashboard("?start=2023-01-01&end=2023-01-02&view=duration")
    (card,) = [c for c in page._cards() if c.view.visible]
    assert card.head.mode == "empty"
    assert "start=2024-03-01" in card.head.actions[0]["href"]
    assert (
        TransmissionDashboard("?region=QLD1&view=limits")._cards()[0].head.reason
        == "No interconnector that is known ends in this region."
    )


def test_the_map_of_the_overview_leads_here():
    block = next(b for b in OverviewDashboard().blocks if isinstance(b, FlowBlock))
    entries = {e["label"]: e for e in block.names.entries}
    assert entries["Heywood"]["href"] == "./transmission?interconnector=V-SA&view=limits"
    assert entries["Heywood"]["colour"] == LIGHT.error
