"""Densities: every interval is counted once, by numpy as by datashader; series are those of the API."""

from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pytest

from components.charts.scales import stretch
from components.metrics.generation import renewable_share, renewable_shares
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.raster import shade
from components.raster.density import DensityAsk
from components.raster.series import ORDER, series
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot
from components.vocabulary import NEM


@pytest.fixture
def points():
    draw = np.random.default_rng(3)
    x = np.append(draw.uniform(-1, 11, 5_000), [0.0, 10.0, 10.0, 5.0]).astype("float32")
    y = np.append(draw.normal(0, 3, 5_000), [-5.0, 5.0, 0.0, 5.0]).astype("float32")
    return x, y


def test_numpy_counts_as_a_histogram_does(points):
    found = shade.by_numpy(*points, (0, 10), (-5, 5), 7, 13)
    expected, _, _ = np.histogram2d(points[1], points[0], bins=(13, 7), range=((-5, 5), (0, 10)))
    np.testing.assert_array_equal(found, expected)


def test_datashader_counts_as_numpy_does(points):
    ask = (*points, (0.0, 10.0), (-5.0, 5.0), 7, 13)
    assert shade.counts(*ask).sum() == shade.by_numpy(*ask).sum()
    assert shade.compile_kernel()
    try:
        np.testing.assert_array_equal(shade.counts(*ask), shade.by_numpy(*ask))
        assert shade._best[0] is shade.by_datashader
    finally:
        shade._best[0] = shade.by_numpy


def test_one_point_alone_is_seen_and_none_is_not():
    shades = shade.logarithmic(np.array([[0, 1], [10, 10_000]], "uint32"))
    assert shades[0, 0] == 0
    assert 0 < shades[0, 1] < shades[1, 0] < shades[1, 1] == 255
    assert shade.logarithmic(np.array([[0, 1]], "uint32"), 51).tolist() == [[0, 51]]


@pytest.mark.parametrize("against", ["demand", "hour", "wind", "renewables"])
def test_every_interval_with_both_is_counted_once(snapshot, rrp, power, against):
    raster = DensityAsk("2024-01-10", "2024-02-21", "SA1", against).answer(snapshot)
    known = rrp["SA1"].notna()
    if against in ("wind", "renewables"):
        known &= power["WIND1"].notna() | (against == "renewables") & power["BATT1"].isna()
    assert raster.words["known"] == known.sum() == raster.arrays["count"].sum() == raster.words["seen"]
    assert raster.words["total"] == len(rrp)


def test_the_axes_hold_everything_and_a_part_only_itself(snapshot, rrp):
    hour = DensityAsk("2024-01-10", "2024-02-21", "SA1", "hour").answer(snapshot)
    assert hour.words["x"] == [0, 24]
    # Each five minutes of the day is a column: as many intervals as days.
    assert set(hour.arrays["count"].sum(axis=0)) == {42}
    low, high = float(stretch(50)), float(stretch(60))
    part = DensityAsk("2024-01-10", "2024-02-21", "SA1", "hour", 6, 12, low, high).answer(snapshot)
    begins = rrp.index - pd.Timedelta(minutes=5)
    inside = rrp["SA1"].between(50, 60) & (begins.hour >= 6) & (begins.hour < 12)
    assert part.words["mode"] == "points"
    assert sorted(part.arrays["price"]) == pytest.approx(sorted(rrp["SA1"][inside]))
    times = pd.to_datetime(part.arrays["time"], unit="ms")
    np.testing.assert_allclose(part.arrays["price"], rrp.loc[times, "SA1"], rtol=1e-6)
    assert part.words["full_x"] == [0, 24]


def test_renewable_shares_are_the_share_of_each_interval():
    power = {
        "wind": np.array([30.0, np.nan, 0.0, np.nan]), "coal": np.array([60.0, 50.0, 0.0, np.nan]),
        "rooftop": np.array([10.0, 50.0, np.nan, np.nan]), "battery": np.array([500.0] * 4),
    }  # fmt: skip
    shares = renewable_shares(power, 4)
    np.testing.assert_allclose(shares, [0.4, 0.5, np.nan, np.nan])
    for at in range(4):
        assert renewable_share({f: float(v[at]) for f, v in power.items()}) == pytest.approx(shares[at], nan_ok=True)


def test_series_are_those_of_the_questions(demo_lake):
    """On the demo market: what the explorer draws is what the API answers."""
    demo = open_snapshot(Lake(demo_lake))
    same = {"start": pd.Timestamp("2024-02-28"), "end": pd.Timestamp("2024-02-29"), "interval": "5m"}
    asked = {
        "price": RegionalPrices(**same, region=[NEM, "SA1"])
        .run(demo)
        .frame.pivot(index="time", columns="region", values="price"),
        "demand": Demand(**same, region=[NEM, "SA1"])
        .run(demo)
        .frame.pivot(index="time", columns="region", values="demand"),
    }
    fuels = GenerationByFuel(**same, region=[NEM, "SA1"]).run(demo).frame
    power = fuels.pivot(index="time", columns=["region", "fuel"], values="mw")
    asked["wind"] = power.xs("wind", axis=1, level=1)
    asked["renewables"] = pd.DataFrame(
        {r: 100 * renewable_shares({f: power[r, f].to_numpy() for f in power[r]}, len(power)) for r in (NEM, "SA1")},
        index=power.index,
    )
    for name, frame in asked.items():
        found = series(demo, name)
        part = found.between(same["start"].to_datetime64(), same["end"].to_datetime64())
        assert (found.times(part) == frame.index.to_numpy()).all()
        for region in (NEM, "SA1"):
            np.testing.assert_allclose(
                found.row(region)[part], frame[region], rtol=1e-5, atol=1e-3, err_msg=f"{name} {region}"
            )
    assert found.values.shape[0] == len(ORDER)


def test_a_new_version_reads_only_the_months_that_changed(snapshot, rrp, monkeypatch):
    monkeypatch.setattr("components.raster.series._kept", WeakKeyDictionary())  # this market is the one read last
    assert np.isnan(series(snapshot, "price").row("TAS1")).any()

    def unreadable():
        raise AssertionError("read again")

    chunks = {name: list(snapshot.chunks(name)) for name in ("scada", "price", "region")}
    for months in chunks.values():
        months[0] = replace(months[0], load_values=unreadable, load_minutes=unreadable)
    newest = chunks["price"][1]
    values = np.array(newest.values)
    values[newest.fields.index("rrp"), newest.position["QLD1"], 0] = 4_321.0
    values.flags.writeable = False
    chunks["price"][1] = replace(newest, load_values=lambda: values, identity="changed")
    found = series(Snapshot("newer", chunks, snapshot.units), "price")
    times = found.times(slice(0, found.values.shape[1]))
    expected = rrp.reindex(times)
    expected.loc["2024-02-01 00:05", "QLD1"] = 4_321.0
    np.testing.assert_allclose(found.row("QLD1"), expected["QLD1"], rtol=1e-6)
    np.testing.assert_allclose(found.row("TAS1"), expected["TAS1"], rtol=1e-6)
