"""Time at the limit, energy each way, value of a flow: by hand."""

import numpy as np
import pytest

from components.metrics.exchange import ExchangeSums, carried, sides
from components.metrics.links import (
    BELOW,
    FORWARD,
    NO_LIMIT,
    REVERSE,
    STATES,
    LinkSums,
    StateSums,
    flow_value,
    price_difference,
    states,
    utilisation,
)
from components.vocabulary import interconnector

NAN = np.nan
# Six intervals of one link: nearly full, full, half, full in reverse, forced against its limit, unread.
TARGET = np.array([[294.0, 300.0, 150.0, -200.0, 50.0, NAN]])
METERED = np.array([[290.0, 310.0, 140.0, -190.0, 60.0, NAN]])
EXPORT = np.array([[300.0, 300.0, 300.0, 300.0, -20.0, 300.0]])
IMPORT = np.array([[-200.0, -200.0, -200.0, -200.0, -200.0, -200.0]])
LOSSES = np.array([[12.0, 12.0, 6.0, 6.0, NAN, NAN]])
MARGINAL = np.array([[0.0, -25.0, 0.0, -3.0, NAN, NAN]])
DIFFERENCE = np.array([[30.0, 60.0, 0.0, 12.0, -24.0, 5.0]])
ALL = {
    "target": TARGET, "export_limit": EXPORT, "import_limit": IMPORT, "losses": LOSSES, "marginal_value": MARGINAL,
    "difference": DIFFERENCE,
}  # fmt: skip


def test_how_full_a_link_is():
    used = utilisation(TARGET, EXPORT, IMPORT)
    np.testing.assert_array_equal(states(TARGET, used), [[FORWARD, FORWARD, BELOW, REVERSE, NO_LIMIT, NO_LIMIT]])
    np.testing.assert_array_equal(states(TARGET, used, 0.981)[0, :2], [BELOW, FORWARD])  # 294 of 300 are 0.98
    assert [STATES[i] for i in (FORWARD, REVERSE, BELOW, NO_LIMIT)] == ["forward", "reverse", "below", "no_limit"]


def test_value_of_a_flow():
    # 120 MW over five minutes are 10 MWh; from $50 to $80 they gain $300, from $80 to $50 they lose it.
    gain = price_difference(np.array([50.0, 80.0, NAN]), np.array([80.0, 50.0, 50.0]))
    np.testing.assert_allclose(flow_value(np.array([120.0, 120.0, 120.0]), gain), [300.0, -300.0, NAN])
    # Backwards to the dearer first region it gains as well.
    assert flow_value(np.array([-120.0]), np.array([-30.0])).tolist() == [300.0]


def figures(sums) -> dict[str, float]:
    return {name: float(values[0]) for name, values in sums.figures().items()}


def test_figures_of_a_link():
    sums = LinkSums(1)
    sums.add(flow=METERED, **ALL)
    found = figures(sums)
    assert found["mean_mw"] == pytest.approx((290 + 310 + 140 - 190 + 60) / 5)
    assert found["energy_forward_mwh"] == pytest.approx((290 + 310 + 140 + 60) / 12)
    assert found["energy_reverse_mwh"] == pytest.approx(190 / 12)
    assert found["losses_mwh"] == pytest.approx(36 / 12)
    assert found["utilisation"] == pytest.approx((0.98 + 1 + 0.5 + 1) / 4)
    assert (found["hours_at_limit_forward"], found["hours_at_limit_reverse"]) == pytest.approx((2 / 12, 1 / 12))
    assert found["hours_with_limit"] == pytest.approx(4 / 12)
    assert found["hours_binding"] == pytest.approx(2 / 12)
    assert found["headroom_forward_mw"] == pytest.approx((6 + 0 + 150 + 500 - 70) / 5)
    assert found["headroom_reverse_mw"] == pytest.approx((494 + 500 + 350 + 0 + 250) / 5)
    assert (found["export_limit"], found["import_limit"]) == pytest.approx(((5 * 300 - 20) / 6, -200))
    assert found["price_difference"] == pytest.approx((30 + 60 + 0 + 12 - 24 + 5) / 6)
    assert found["value"] == pytest.approx((290 * 30 + 310 * 60 - 190 * 12 - 60 * 24) / 12)
    assert found["hours_counter_price"] == pytest.approx(2 / 12)
    assert found["hours"] == pytest.approx(5 / 12)
    assert sums.readings() == 5


def test_months_add_up_and_nothing_is_no_zero():
    whole, parts = LinkSums(1), LinkSums(1)
    whole.add(flow=METERED, **ALL)
    for part in (slice(0, 2), slice(2, 6)):
        parts.add(flow=METERED[:, part], **{n: v[:, part] for n, v in ALL.items()})
    assert figures(parts) == pytest.approx(figures(whole))
    nothing = figures(LinkSums(1))
    assert {n for n, v in nothing.items() if not np.isnan(v)} == {"hours", "hours_with_limit"}
    flow_alone = LinkSums(1)
    flow_alone.add(flow=METERED, **{n: np.full_like(v, NAN) for n, v in ALL.items()})
    found = figures(flow_alone)
    assert found["energy_forward_mwh"] == pytest.approx(800 / 12)
    assert np.isnan([found[n] for n in ("hours_at_limit_forward", "hours_binding", "losses_mwh", "value")]).all()


def test_price_difference_by_state():
    sums = StateSums(1)
    used = utilisation(TARGET, EXPORT, IMPORT)
    sums.add(flow=METERED[:, :3], target=TARGET[:, :3], used=used[:, :3], difference=DIFFERENCE[:, :3])
    sums.add(flow=METERED[:, 3:], target=TARGET[:, 3:], used=used[:, 3:], difference=DIFFERENCE[:, 3:])
    found = {n: dict(zip(STATES, v[0], strict=True)) for n, v in sums.figures().items()}
    assert found["hours"] == pytest.approx({"forward": 2 / 12, "reverse": 1 / 12, "below": 1 / 12, "no_limit": 1 / 12})
    assert found["price_difference"] == {"forward": 45, "reverse": 12, "below": 0, "no_limit": -24}
    assert found["mean_mw"] == {"forward": 300, "reverse": -190, "below": 140, "no_limit": 60}
    assert (found["min"]["forward"], found["max"]["forward"]) == (30, 60)
    assert found["value"]["forward"] == pytest.approx((290 * 30 + 310 * 60) / 12)
    assert sum(found["value"].values()) == pytest.approx((290 * 30 + 310 * 60 - 190 * 12 - 60 * 24) / 12)
    empty = StateSums(1).figures()
    assert empty["hours"].sum() == 0
    assert np.isnan(empty["price_difference"]).all()


def test_imports_and_exports_are_never_netted():
    out, back = sides(np.array([[105.0, -40.0, NAN], [-100.0, 42.0, 1.0]]))
    np.testing.assert_array_equal(out, [[105, 0, NAN], [0, 42, 1]])
    np.testing.assert_array_equal(back, [[0, 40, NAN], [100, 0, 0]])
    # One link from the first to the second region: 100 MW there, then 41 MW back; 5 MW and 2 MW are lost.
    over = carried(np.array([[100.0, -41.0, NAN]]), [("SA1", "VIC1")], ("SA1", "VIC1"))
    np.testing.assert_array_equal(over, [[100, -41, NAN], [-100, 41, NAN]])
    sums = ExchangeSums(2)
    sums.add(out, back, over)
    found = {n: (v * 12).tolist() for n, v in sums.figures().items()}
    assert found["exports_mwh"] == pytest.approx([105, 43])
    assert found["imports_mwh"] == pytest.approx([40, 100])
    assert found["net_interchange_mwh"] == pytest.approx([65, -57])
    assert found["losses_mwh"] == pytest.approx([5 + 1, 0 + 1])
    assert found["hours_exporting"] == pytest.approx([1, 2])
    assert found["hours_importing"] == pytest.approx([1, 1])
    assert found["hours"] == pytest.approx([2, 3])


def test_a_region_without_links_is_not_known_to_send_nothing():
    assert np.isnan(carried(np.array([[1.0]]), [("SA1", "VIC1")], ("QLD1",))).all()


@pytest.mark.parametrize(
    ("link", "ends"),
    [
        ("T-V-MNSP1", ("TAS1", "VIC1")),
        ("N-S-MNSP1", ("NSW1", "SA1")),
        ("SA1-NSW1", ("SA1", "NSW1")),
        ("V-T-MNSP2", ("VIC1", "TAS1")),
        ("NEW-LINK", None),
        ("V", None),
        ("V-VIC1", None),
        ("", None),
    ],
)
def test_regions_of_a_link_from_its_id(link, ends):
    found = interconnector(link)
    assert (found and (found.region_from, found.region_to)) == ends
