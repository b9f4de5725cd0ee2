"""Questions about interconnectors and about what regions exchange."""

import numpy as np
import pandas as pd
import pytest

from components.errors import QueryError
from components.queries.exchange import RegionExchange, RegionExchangeTotals
from components.queries.flows import Flows
from components.queries.link_duration import LinkDuration
from components.queries.link_hours import LinkHours
from components.queries.link_prices import LinkPrices
from components.queries.link_summary import LinkCongestion, LinkSummary
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import empty_snapshot
from components.vocabulary import INTERCONNECTORS, NEM, REGIONS

NAN = np.nan
ALL = {"last": "all"}


@pytest.fixture(scope="module")
def links(market):
    """Heywood full, full, then full in reverse, then unread; one whose regions nobody knows."""
    return market(
        price={"VIC1": [50.0, 50.0, 50.0, 50.0], "SA1": [80.0, 110.0, 20.0, NAN]},
        flow={
            "mw": {"V-SA": [590.0, 610.0, -240.0, 10.0], "NEW-LINK": [5.0, 5.0, 5.0, 5.0]},
            "mw_target": {"V-SA": [600.0, 600.0, -250.0, NAN], "NEW-LINK": [6.0, 6.0, 6.0, 6.0]},
            "export_limit": {"V-SA": [600.0, 600.0, 600.0, 600.0]},
            "import_limit": {"V-SA": [-250.0, -250.0, -250.0, -250.0]},
            "losses": {"V-SA": [24.0, 24.0, 12.0, NAN]},
            "marginal_value": {"V-SA": [-30.0, -60.0, 0.0, 0.0]},
        },
    )


def test_summary_by_hand(links):
    frame = LinkSummary(**ALL).run(links).frame.set_index("interconnector")
    heywood, unknown = frame.loc["V-SA"], frame.loc["NEW-LINK"]
    assert heywood[["name", "region_from", "region_to"]].tolist() == ["Heywood", "VIC1", "SA1"]
    assert heywood["energy_forward_mwh"] == pytest.approx((590 + 610 + 10) / 12)
    assert heywood["energy_reverse_mwh"] == pytest.approx(240 / 12)
    assert heywood["losses_mwh"] == pytest.approx(60 / 12)
    assert heywood["utilisation"] == pytest.approx(1.0)
    assert heywood[["hours_at_limit_forward", "hours_at_limit_reverse", "hours_binding"]].tolist() == pytest.approx(
        [2 / 12, 1 / 12, 2 / 12]
    )
    assert heywood["value"] == pytest.approx((590 * 30 + 610 * 60 + 240 * 30) / 12)
    assert heywood["price_difference"] == pytest.approx((30 + 60 - 30) / 3)
    assert unknown[["name", "region_from", "region_to"]].tolist() == ["NEW-LINK", "", ""]
    assert unknown["energy_forward_mwh"] == pytest.approx(20 / 12)
    assert unknown[["value", "hours_at_limit_forward", "hours_binding", "losses_mwh"]].isna().all()
    target = LinkSummary(**ALL, flow="target", interconnector=["V-SA"]).run(links).frame.iloc[0]
    assert target["energy_forward_mwh"] == pytest.approx(1200 / 12)
    assert target["coverage"] == pytest.approx(3 / LinkSummary(**ALL).window(links).expected)


def test_at_says_from_where_a_link_is_full(market):
    snapshot = market(
        flow={"mw_target": {"V-SA": [97.0, 99.0]}, "export_limit": {"V-SA": [100.0, 100.0]}, "mw": {"V-SA": [1.0, 1.0]}}
    )
    hours = [
        LinkSummary(**ALL, at=at).run(snapshot).frame["hours_at_limit_forward"].iloc[0] * 12 for at in (0.97, 0.98, 1.0)
    ]
    assert hours == pytest.approx([2, 1, 0])


def test_price_difference_while_full(links):
    frame = LinkCongestion(**ALL, interconnector=["V-SA"]).run(links).frame.set_index("state")
    assert frame["hours"].to_dict() == pytest.approx({"forward": 2 / 12, "reverse": 1 / 12, "below": 0, "no_limit": 0})
    assert frame.loc["forward", ["price_difference", "min", "max"]].tolist() == [45, 30, 60]
    assert frame.loc["reverse", "price_difference"] == -30
    assert np.isnan(frame.loc["below", "price_difference"])
    whole = LinkSummary(**ALL, interconnector=["V-SA"]).run(links).frame.iloc[0]
    assert frame["value"].sum() == pytest.approx(whole["value"])


def test_price_difference_over_time(links):
    frame = LinkPrices(**ALL, interval="1h", interconnector=["V-SA"]).run(links).frame
    assert frame["mw"].tolist() == pytest.approx([(590 + 610 - 240 + 10) / 4])
    assert frame["price_difference"].tolist() == pytest.approx([20])
    assert frame["value"].tolist() == pytest.approx([(590 * 30 + 610 * 60 + 240 * 30) / 12])
    five = LinkPrices(**ALL, interval="5m").run(links).frame
    assert five[five["interconnector"] == "NEW-LINK"]["price_difference"].isna().all()
    assert five[five["interconnector"] == "V-SA"]["value"].tolist() == pytest.approx(
        [1475, 3050, 600, NAN], nan_ok=True
    )


def test_duration_by_hand(links):
    frame = LinkDuration(**ALL, steps=10, interconnector=["V-SA"]).run(links).frame
    assert (frame["mw"].iloc[0], frame["mw"].iloc[-1]) == (610, -240)
    assert (frame["mw"].diff().dropna() <= 0).all()
    assert frame["hours"].iloc[-1] == pytest.approx(4 / 12)
    assert LinkDuration(**ALL, flow="target", interconnector=["V-SA"]).run(links).frame["mw"].iloc[0] == 600


def test_by_hour_by_hand(links):
    frame = LinkHours(**ALL).run(links).frame
    assert len(frame) == 24 * 2
    first = frame[(frame["interconnector"] == "V-SA") & (frame["hour"] == 0)].iloc[0]
    assert (first["mw"], first["utilisation"]) == pytest.approx(((590 + 610 - 240 + 10) / 4, 1.0))
    assert LinkHours(**ALL, agg="min").run(links).frame["mw"].min() == -240
    assert frame[frame["hour"] == 1]["mw"].isna().all()


def test_links_of_a_region(links):
    assert LinkSummary(**ALL, region=["SA1"]).run(links).frame["interconnector"].tolist() == ["V-SA"]
    assert LinkSummary(**ALL, region=["QLD1"]).run(links).frame.empty
    assert len(Flows(**ALL, region=[NEM]).run(links).frame) == 2 * 4
    # A name says more than a region.
    both = LinkSummary(**ALL, region=["QLD1"], interconnector=["NEW-LINK"]).run(links).frame
    assert both["interconnector"].tolist() == ["NEW-LINK"]
    with pytest.raises(QueryError, match="no interconnector of that name"):
        LinkSummary(**ALL, interconnector=["NEW-LINC"]).run(links)


@pytest.fixture(scope="module")
def exchanged(market):
    """All six links, two intervals: 100 MW from VIC1 to SA1 (4 lost), then 50 MW back (2 lost); the others stand still."""
    still = {link: [0.0, 0.0] for link in INTERCONNECTORS}
    net = {region: [0.0, 0.0] for region in REGIONS}
    return market(
        interchange=net | {"VIC1": [103.0, -49.0], "SA1": [-99.0, 51.0]},
        flow={
            "mw": still | {"V-SA": [90.0, -40.0]}, "mw_target": still | {"V-SA": [100.0, -50.0]},
            "losses": still | {"V-SA": [4.0, 2.0]},
        },
    )  # fmt: skip


def test_imports_and_exports_by_hand(exchanged):
    rows = RegionExchangeTotals(**ALL, region=[*REGIONS, NEM]).run(exchanged).frame.set_index("region")
    sa, market = rows.loc["SA1"] * 12, rows.loc[NEM] * 12
    assert sa[["exports_mwh", "imports_mwh", "net_interchange_mwh", "losses_mwh"]].tolist() == pytest.approx(
        [51, 99, -48, 2]
    )
    assert (sa["hours_exporting"], sa["hours_importing"]) == pytest.approx((1, 1))
    assert market[["exports_mwh", "imports_mwh", "losses_mwh"]].tolist() == pytest.approx([154, 148, 6])
    assert market["net_interchange_mwh"] == pytest.approx(6)
    assert np.isnan(market["hours_exporting"])
    over = RegionExchange(**ALL, interval="1h", region=["SA1", NEM]).run(exchanged).frame.set_index("region")
    assert over.loc["SA1", ["exports", "imports", "net_interchange"]].tolist() == pytest.approx([25.5, 49.5, -24])
    assert over.loc[NEM, "net_interchange"] == pytest.approx(3)


def test_losses_are_not_told_without_every_link(market):
    """Of the net interchange of a region whose other links are not stored, what is left is no loss."""
    snapshot = market(interchange={"VIC1": [103.0]}, flow={"mw": {"V-SA": [90.0]}, "mw_target": {"V-SA": [100.0]}})
    frame = RegionExchangeTotals(**ALL, region=["VIC1", NEM]).run(snapshot).frame.set_index("region")
    assert frame.loc["VIC1", "exports_mwh"] == pytest.approx(103 / 12)
    assert np.isnan(frame.loc["VIC1", "losses_mwh"])
    assert np.isnan(frame.loc[NEM, "exports_mwh"])  # four regions are unknown


@pytest.fixture(scope="module")
def demo(demo_lake):
    return open_snapshot(Lake(demo_lake))


def test_the_demo_market_balances_exactly(demo):
    regions = RegionExchangeTotals(**ALL, region=[*REGIONS, NEM]).run(demo).frame.set_index("region")
    links = LinkSummary(**ALL, flow="target").run(demo).frame
    apart, market = regions.loc[list(REGIONS)], regions.loc[NEM]
    # Everything is in hundredths of a MW: to half a hundredth over the window is exact.
    tolerance = 0.005 / 12
    assert market["exports_mwh"] > 1000
    for name in ("exports_mwh", "imports_mwh", "losses_mwh"):
        assert apart[name].sum() == pytest.approx(market[name], abs=tolerance)
    assert market["exports_mwh"] - market["imports_mwh"] == pytest.approx(links["losses_mwh"].sum(), abs=tolerance)
    assert market["losses_mwh"] == pytest.approx(links["losses_mwh"].sum(), abs=tolerance)
    assert (apart["losses_mwh"] > 0).all()
    # The same from the flows of each region's own links.
    for region in REGIONS:
        out = links[links["region_from"] == region], links[links["region_to"] == region]
        flow = sum(
            sign * (part["energy_forward_mwh"] - part["energy_reverse_mwh"]).sum()
            for sign, part in zip((1, -1), out, strict=True)
        )
        assert apart.loc[region, "net_interchange_mwh"] - apart.loc[region, "losses_mwh"] == pytest.approx(
            flow, abs=tolerance
        )


def test_buckets_and_totals_are_the_same_energy(demo):
    window = {"start": pd.Timestamp("2024-02-20T07:00"), "end": pd.Timestamp("2024-02-24")}
    whole = LinkSummary(**window).run(demo).frame.set_index("interconnector")
    hours = LinkPrices(**window, interval="1h").run(demo).frame
    states = LinkCongestion(**window).run(demo).frame
    flows = Flows(**window, interval="1h").run(demo).frame
    for link, row in whole.iterrows():
        mine = hours[hours["interconnector"] == link]
        assert mine["value"].sum() == pytest.approx(row["value"], rel=1e-9)
        assert mine["mw"].sum() == pytest.approx(row["energy_forward_mwh"] - row["energy_reverse_mwh"], abs=1e-6)
        own = flows[flows["interconnector"] == link]
        assert own["mw_forward"].sum() == pytest.approx(row["energy_forward_mwh"], rel=1e-9)
        at = states[states["interconnector"] == link].set_index("state")
        assert at["hours"].sum() == pytest.approx(row["hours"])
        assert at.loc["forward", "hours"] == pytest.approx(row["hours_at_limit_forward"])
        assert at.loc["reverse", "hours"] == pytest.approx(row["hours_at_limit_reverse"])
    assert whole["hours_at_limit_forward"].max() > 0


@pytest.mark.parametrize(
    "kind", [LinkSummary, LinkCongestion, LinkDuration, LinkPrices, LinkHours, RegionExchange, RegionExchangeTotals]
)
def test_nothing_and_never_more_rows_than_announced(kind, links, demo):
    query = kind(**ALL)
    assert set(query.run(empty_snapshot()).frame.columns) == set(kind.row_columns)
    assert len(query.run(empty_snapshot()).frame) == 0
    for snapshot in (links, demo):
        found = query.run(snapshot)
        assert 0 <= len(found.frame) <= query.rows_at_most(snapshot)
        assert list(found.frame.columns) == list(kind.row_columns)
    assert len(found.frame) > 0
    assert 0 < found.present <= found.expected


def test_only_what_counts(demo):
    evening = LinkSummary(last="3d", hour=[17, 18]).run(demo).frame
    assert evening["hours"].tolist() == pytest.approx([6.0] * 6)
    assert evening["coverage"].tolist() == pytest.approx([1.0] * 6)
