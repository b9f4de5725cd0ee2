"""Questions about prices against figures computed straight from AEMO's own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.queries.prices import PriceStats
from components.queries.prices_bands import PriceBands, PriceDuration
from components.queries.prices_capture import PriceCapture, PriceCaptureStats
from components.queries.prices_cumulative import CumulativePrice
from components.queries.prices_events import MarketInterventions, PriceEvents
from components.queries.prices_heat import PriceHeat
from components.queries.prices_spread import PriceSpreadStats
from components.store.snapshot import Snapshot

pytestmark = pytest.mark.real

MONTHS = ("2023-02", "2023-03")
"""With prices from -$1,000 to $14,506 and, in South Australia, 2,146 negative ones in a month."""
REGIONS = ("NSW1", "QLD1", "SA1", "TAS1", "VIC1")


def snapshot_of(folder: Path, sources: list[Path], start: str, end: str, tables: list[str]) -> Snapshot:
    from components.ingest.run import ingest
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(folder / "data")
    for source in sources:
        ingest(lake, str(source), start=pd.Timestamp(start), end=pd.Timestamp(end), tables=tables, progress=False)
    return open_snapshot(lake)


@pytest.fixture(scope="module")
def months(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two months of AEMO's price and demand files, five regions."""
    folder = tmp_path_factory.mktemp("months")
    return snapshot_of(folder, [real / "aemo.com.au"], "2023-02-01", "2023-04-01", ["price", "region"])


@pytest.fixture(scope="module")
def january(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """January 2025 in NSW: AEMO's price files, and its dispatch table for the first and last days."""
    folder = tmp_path_factory.mktemp("january")
    return snapshot_of(folder, [real / "aemo.com.au", real / "nemweb"], "2025-01-01", "2025-02-01", ["price"])


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A week of the whole market by region and fuel, from the files of the earlier dashboard."""
    from components.ingest.legacy import import_folder
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(tmp_path_factory.mktemp("week") / "data")
    import_folder(lake, real / "earlier/week_2022_01", progress=False)
    return open_snapshot(lake)


def whole(month: str) -> dict:
    start = pd.Timestamp(month)
    return {"start": start, "end": start + pd.DateOffset(months=1)}


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("region", REGIONS)
def test_statistics_bands_events_and_duration_agree_with_the_files(months, reference, month, region):
    right = reference["price_and_demand_by_month"][f"{region}|{month}"]
    asked = {**whole(month), "region": [region]}
    stats = PriceStats(**asked).run(months).frame.iloc[0]
    assert stats["mean"] == pytest.approx(right["twap_aud_mwh"], rel=1e-6)
    assert stats["volume_weighted"] == pytest.approx(right["vwap_aud_mwh"], rel=1e-6)
    assert (stats["median"], stats["min"], stats["max"]) == pytest.approx(
        (right["median_aud_mwh"], right["min_aud_mwh"], right["max_aud_mwh"])
    )
    assert (str(stats["min_time"]), str(stats["max_time"])) == (right["min_at_first"], right["max_at_first"])
    assert stats["hours_above_300"] * 12 == pytest.approx(right["n_ge_300"])

    bands = PriceBands(**asked).run(months).frame.set_index("band")
    assert bands["contribution"].sum() == pytest.approx(right["twap_aud_mwh"], rel=1e-6)
    assert bands["intervals"].sum() == right["n_intervals"]
    assert bands.loc["<0", "intervals"] == right["n_negative"]
    above = bands[bands["low"] >= 300]["intervals"].sum()
    assert above == right["n_ge_300"]
    assert bands[bands["low"] >= 1000]["intervals"].sum() == right["n_ge_1000"]
    assert bands.loc["≥5000", "intervals"] == right["n_ge_5000"]

    high = PriceEvents(**asked).run(months).frame
    low = PriceEvents(**asked, side="low").run(months).frame
    assert high["hours_beyond"].sum() * 12 == pytest.approx(right["n_ge_300"])
    assert low["hours_beyond"].sum() * 12 == pytest.approx(right["n_negative"])
    assert high["peak"].max() == right["max_aud_mwh"] or right["n_ge_300"] == 0
    assert low["peak"].min() == right["min_aud_mwh"] or right["n_negative"] == 0

    curve = PriceDuration(**asked, steps=1000).run(months).frame["price"]
    assert (curve.iloc[0], curve.iloc[-1]) == (right["max_aud_mwh"], right["min_aud_mwh"])
    assert curve.iloc[500] == pytest.approx(right["median_aud_mwh"])


@pytest.mark.parametrize("month", MONTHS)
def test_the_hours_of_a_month_have_its_mean_and_extremes(months, reference, month):
    """Every hour of a whole month has as many intervals as any other."""
    for agg, what in (("mean", "twap_aud_mwh"), ("min", "min_aud_mwh"), ("max", "max_aud_mwh")):
        frame = PriceHeat(**whole(month), by="month", agg=agg).run(months).frame
        found = frame.groupby("region", observed=True)["price"].agg(agg)
        right = {r: reference["price_and_demand_by_month"][f"{r}|{month}"][what] for r in REGIONS}
        assert found.to_dict() == pytest.approx(right, rel=1e-6)


def test_the_mean_difference_is_the_difference_of_means(months, reference):
    stats = PriceSpreadStats(**whole("2023-03"), a="SA1", b="VIC1").run(months).frame.iloc[0]
    a, b = (reference["price_and_demand_by_month"][f"{r}|2023-03"]["twap_aud_mwh"] for r in ("SA1", "VIC1"))
    assert stats["mean"] == pytest.approx(a - b, abs=2e-6)
    assert stats["hours_above"] + stats["hours_below"] + stats["hours_equal"] == pytest.approx(31 * 24)


def test_the_sum_of_a_week_is_what_aemo_publishes(january):
    """AEMO's own cumulative price of 30 and 31 January 2025, from rounded prices: within 20 cents of 120,000 dollars."""
    window = {"start": pd.Timestamp("2025-01-29T23:55"), "end": pd.Timestamp("2025-02-01")}
    frame = CumulativePrice(**window, region=["NSW1"], interval="5m").run(january).frame
    assert len(frame) == 577
    np.testing.assert_allclose(frame["summed"], frame["cumulative"], atol=0.2)
    assert np.ptp(frame["cumulative"]) > 5000
    assert (frame["summed"] != frame["cumulative"]).all()  # AEMO's figure was taken, not our own
    assert frame["threshold"].unique().tolist() == [1_573_700]


def test_flags_are_known_where_aemos_dispatch_table_is(january):
    """Ten regions' worth of days with flags (NSW and SA, five days each), none raised."""
    result = MarketInterventions(**whole("2025-01")).run(january)
    assert len(result.frame) == 0
    assert result.present == 2 * 2 * 5 * 288


@pytest.mark.parametrize("region", REGIONS)
def test_capture_prices_of_a_week(week, real, reference, region):
    """Against pandas, straight from the files."""
    window = {"start": pd.Timestamp("2022-01-09T23:55"), "end": pd.Timestamp("2022-01-17")}
    folder = real / "earlier/week_2022_01"
    power = pd.read_parquet(folder / "scada5.parquet").pivot(
        index="settlementdate", columns="duid", values="scadavalue"
    )
    price = pd.read_parquet(folder / "prices5.parquet").pivot(index="settlementdate", columns="regionid", values="rrp")
    fuels = {"wind": ["wind"], "solar": ["solar_utility"], "hydro": ["hydro"], "coal": ["coal_black", "coal_brown"],
             "battery": ["battery_discharging"]}  # fmt: skip
    found = PriceCaptureStats(**window, region=[region]).run(week).frame.set_index("fuel")
    tried = 0
    for fuel, techs in fuels.items():
        names = [f"{region}_{t}" for t in techs if f"{region}_{t}" in power]
        own = power[names].sum(axis=1)
        if not names or own.sum() <= 0:
            continue
        tried += 1
        energy = sum(
            reference["week_2022_01_energy_mwh"][region][t]
            for t in techs
            if t in reference["week_2022_01_energy_mwh"][region]
        )
        assert found.loc[fuel, "energy_mwh"] == pytest.approx(energy, rel=1e-6, abs=1e-3)
        wanted = (own * price[region]).sum() / own.sum()
        assert found.loc[fuel, "capture_price"] == pytest.approx(wanted, rel=1e-6)
        assert found.loc[fuel, "flat_price"] == pytest.approx(price[region].mean(), rel=1e-9)
        assert found.loc[fuel, "capture_rate"] == pytest.approx(wanted / price[region].mean(), rel=1e-6)
    assert tried >= 2
    days = PriceCapture(**window, region=[region], interval="1d").run(week).frame
    assert days.groupby("fuel", observed=True)["energy_mwh"].sum()["wind"] == pytest.approx(
        found.loc["wind", "energy_mwh"]
    )
