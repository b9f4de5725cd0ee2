"""Sums of whole months change no answer: everything asked with a calendar of all weekdays is added up from the readings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from components.market_time import dispatch_stamps
from components.metrics.links import LinkSums, StateSums
from components.queries import battery_days, links, monthly, revenue, running_pool, running_sums
from components.queries.base import Query, Result
from components.queries.batteries import Batteries
from components.queries.batteries_foresight import BatteriesForesight
from components.queries.batteries_over_time import BatteriesOverTime
from components.queries.curtailment import Curtailment
from components.queries.curtailment_hours import CurtailmentHeat, CurtailmentTimeOfDay
from components.queries.curtailment_summary import CurtailmentByPrice, CurtailmentSummary
from components.queries.exchange import RegionExchange
from components.queries.figures import GenerationFigures
from components.queries.flows import Flows
from components.queries.generation import GenerationByFuel
from components.queries.link_hours import LinkHours
from components.queries.link_prices import LinkPrices
from components.queries.link_summary import LinkCongestion, LinkSummary
from components.queries.revenue import Revenue
from components.queries.revenue_over_time import RevenueOverTime
from components.queries.running import Running
from components.queries.station_history import StationHistory
from components.queries.stored_energy import StoredEnergy
from components.store.snapshot import Snapshot
from components.vocabulary import INTERCONNECTORS, NEM, REGIONS

START, END = pd.Timestamp("2023-12-22"), pd.Timestamp("2024-02-10 12:00")
CUT = {"start": pd.Timestamp("2023-12-25 07:05"), "end": pd.Timestamp("2024-02-07 23:55")}
ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]

UNITS = (
    {"duid": "COAL1", "station": "Old Coal", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", "capacity_mw": 300.0},
    {"duid": "COAL2", "station": "Old Coal", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", "capacity_mw": 300.0},
    {"duid": "COAL3", "station": "Old Coal", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", "capacity_mw": 200.0},
    {"duid": "PEAK1", "station": "Peaker", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt", "capacity_mw": 300.0},
    {"duid": "PEAK2", "station": "Peaker", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt"},
    {"duid": "BATT1", "station": "Big Battery", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "capacity_mw": 100.0, "storage_mwh": 150.0},
    {"duid": "BATT2", "station": "Big Battery", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "capacity_mw": 50.0},
    {"duid": "PAIRG", "station": "Pair Battery", "region": "VIC1", "fuel": "battery", "fueltech": "battery_discharging", "capacity_mw": 30.0},
    {"duid": "PAIRL", "station": "Pair Battery", "region": "VIC1", "fuel": "battery", "fueltech": "battery_charging", "role": "load", "capacity_mw": 30.0},
)  # fmt: skip


@pytest.fixture(scope="module")
def winter() -> Snapshot:
    """January and parts of December and February, with holes in everything."""
    random = np.random.default_rng(11)
    times = dispatch_stamps(START, END)
    Numbers = Callable[[int], np.ndarray]

    def frame(word: str, names, **columns: Numbers) -> pd.DataFrame:
        parts = []
        for name in names:
            kept = times[random.random(len(times)) > 0.01]
            parts.append(pd.DataFrame({"time": kept, word: name} | {k: v(len(kept)) for k, v in columns.items()}))
        return pd.concat(parts).assign(source="demo", minutes=5)

    def power(low: float, high: float) -> Numbers:
        # Some numbers of a row are missing where others are there.
        return lambda n: np.where(random.random(n) > 0.01, random.uniform(low, high, n), np.nan)

    some = {f"ss_{fuel}_{part}": power(0, 400) for fuel in ("wind", "solar") for part in ("uigf", "cleared")}
    scada = frame("duid", [u["duid"] for u in UNITS], mw=lambda n: np.maximum(random.normal(0, 80, n), -90))
    # One of the coal units always runs in January, so that whether the station ran need not be looked up.
    whole = dispatch_stamps(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01"))
    scada = scada[~((scada["duid"] == "COAL1") & scada["time"].isin(whole))]
    steady = pd.DataFrame({"time": whole, "duid": "COAL1", "mw": 250.0, "source": "demo", "minutes": 5})
    frames = {
        "price": frame("region", REGIONS, rrp=lambda n: random.normal(40, 90, n)),
        "region": frame("region", REGIONS, demand=power(2000, 3000), net_interchange=power(-500, 500), bdu_gen=power(0, 90),
                        bdu_load=power(-90, 0), bdu_storage_mwh=power(0, 500), **some),
        "flow": frame("interconnector", INTERCONNECTORS, mw=power(-300, 300), mw_target=power(-300, 300), losses=power(0, 20),
                      export_limit=power(-50, 320), import_limit=power(-320, 50),
                      marginal_value=lambda n: np.where(random.random(n) > 0.8, random.normal(0, 5, n), 0.0)),
        "scada": pd.concat([scada, steady]),
    }  # fmt: skip
    roof = [
        pd.DataFrame({"time": kept, "region": r, "mw": random.uniform(0, 900, len(kept))})
        for r in REGIONS
        for kept in [times[5::6][random.random(len(times[5::6])) > 0.002]]
    ]
    frames["rooftop"] = pd.concat(roof).assign(minutes=30, type="MEASUREMENT", quality=1.0, source="demo")
    registry = pd.DataFrame([{"role": "generator", **u} for u in UNITS])
    return Snapshot.from_frames(frames, registry, version="winter")


QUESTIONS: list[tuple[type[Query], dict]] = [
    (LinkSummary, {}), (LinkSummary, {"region": ["SA1"], "flow": "target", "at": 0.6}),
    (LinkCongestion, {}), (LinkCongestion, {"region": ["SA1"], "at": 0.6}),
    (LinkPrices, {"interval": "1d"}), (LinkPrices, {"interval": "1M", "region": ["TAS1"]}),
    (Flows, {"interval": "7d"}), (Flows, {"interval": "1d", "agg": "max", "region": ["SA1"]}), (Flows, {"interval": "1d", "agg": "min"}),
    (LinkHours, {"by": "week"}), (LinkHours, {"by": "month", "agg": "max"}),
    (RegionExchange, {"interval": "1d", "region": [*REGIONS, NEM]}),
    (Curtailment, {"interval": "1d", "region": ["SA1", NEM]}), (Curtailment, {"interval": "1M", "agg": "sum", "fuel": ["solar"]}),
    (CurtailmentSummary, {}), (CurtailmentByPrice, {}), (CurtailmentByPrice, {"by": ["fuel"]}),
    (CurtailmentHeat, {"by": "week", "region": [NEM, "SA1"]}),
    (CurtailmentTimeOfDay, {"quantity": "economic", "region": [NEM]}), (CurtailmentTimeOfDay, {"quantity": "uigf"}),
    (Batteries, {}), (Batteries, {"by": ["none"]}), (Batteries, {"by": ["duid"], "region": ["SA1"]}),
    (BatteriesOverTime, {"interval": "7d", "by": ["station"]}), (BatteriesOverTime, {"interval": "1M"}),
    (BatteriesForesight, {"interval": "1M", "by": ["region"]}),
    (StoredEnergy, {"interval": "1d", "region": [*REGIONS, NEM]}),
    (Running, {"by": ["station"]}), (Running, {"by": ["duid"]}), (Running, {"by": ["region", "fuel"]}),
    (StationHistory, {"by": ["station"], "interval": "1M"}),
    (RevenueOverTime, {"interval": "7d", "by": ["duid"]}),
    (GenerationByFuel, {"interval": "1d"}), (GenerationByFuel, {"interval": "7d", "region": ["SA1", NEM], "by": "fueltech"}),
    (GenerationByFuel, {"interval": "1M", "region": [NEM], "agg": "sum"}), (GenerationByFuel, {"interval": "1d", "region": ["VIC1"], "agg": "max"}),
    (GenerationFigures, {}), (GenerationFigures, {"region": [NEM]}), (GenerationFigures, {"region": ["SA1", "VIC1"], "together": True}),
]  # fmt: skip


def asked(kind: type[Query], **values) -> Query:
    return kind(**values)


@pytest.mark.parametrize("window", [{"start": START, "end": END}, CUT, {"last": "all"}], ids=["all", "cut", "last"])
@pytest.mark.parametrize(("kind", "values"), QUESTIONS, ids=[f"{k.__name__}-{i}" for i, (k, _) in enumerate(QUESTIONS)])
def test_months_add_up_to_what_their_readings_do(kind: type[Query], values: dict, window: dict, winter: Snapshot):
    plain = asked(kind, **values, **window, weekday=ALL_DAYS).run(winter)
    first, again = (asked(kind, **values, **window).run(winter) for _ in range(2))
    pd.testing.assert_frame_equal(first.frame, plain.frame, rtol=1e-9, atol=1e-7)
    pd.testing.assert_frame_equal(first.frame, again.frame)
    for answer in (first, again):
        assert (answer.present, answer.expected, answer.notes) == (plain.present, plain.expected, plain.notes)
    assert len(first.frame)
    assert first.frame.select_dtypes("float").notna().any(axis=None)


@pytest.mark.parametrize(
    ("store", "ask", "other"),
    [
        (links._months, LinkSummary(last="all", region=["SA1"]), LinkSummary(**CUT)),
        (battery_days._days, Batteries(last="all", region=["SA1"]), Batteries(**CUT, by=["none"])),
        (running_sums._months, Running(last="all", station=["Peaker"]), Running(**CUT, station=["Peaker"], by=["duid"])),
        (monthly._months, Curtailment(last="all", region=["SA1"]), Curtailment(**CUT, region=["NSW1"], interval="1d")),
        (monthly._months, Flows(last="all", interval="1d", region=["TAS1"]), Flows(**CUT, interval="7d")),
    ],
    ids=["links", "batteries", "running", "curtailment", "flows"],
)  # fmt: skip
def test_another_region_window_or_grouping_uses_the_same_months(store, ask: Query, other: Query, winter: Snapshot):
    store.clear()
    ask.run(winter)
    kept = len(store)
    other.run(winter)
    assert kept == len(store) > 0


def test_a_start_between_two_months_is_counted_once(winter: Snapshot):
    count = Running(last="all", by=["duid"], station=["Peaker"]).run(winter).frame.set_index("duid")["starts"]
    readings = winter.block("scada", "mw", START, END, ["PEAK1"]).values[0]
    known = readings[~np.isnan(readings)] > 15
    assert count["PEAK1"] == (known[1:] & ~known[:-1]).sum()
    assert np.isnan(count["PEAK2"])


def test_a_station_runs_while_one_of_its_units_does(winter: Snapshot):
    frame = Running(last="all", by=["station"], station=["Old Coal"]).run(winter).frame
    readings = winter.block("scada", "mw", START, END, ["COAL1", "COAL2", "COAL3"]).values
    running = readings > np.array([[15.0], [15.0], [10.0]])
    assert frame["running_hours"].item() == pytest.approx(running.any(axis=0).sum() / 12)
    assert frame["unit_hours"].item() == pytest.approx(running.sum() / 12)


@pytest.mark.parametrize("kind", [LinkSums, StateSums])
def test_sums_of_links_put_together_are_those_of_all_intervals(kind: type):
    random = np.random.default_rng(3)

    def numbers() -> np.ndarray:
        return np.where(random.random((2, 60)) > 0.1, random.normal(0, 100, (2, 60)), np.nan)

    words = ["flow", "target", "difference"]
    words += ["export_limit", "import_limit", "losses", "marginal_value"] if kind is LinkSums else ["used"]
    columns = {word: numbers() for word in words}
    whole, parts = kind(2), kind(2)
    whole.add(**columns)
    for some in (slice(0, 25), slice(25, 60)):
        part = kind(2)
        part.add(**{name: values[:, some] for name, values in columns.items()})
        parts.add_parts(part.parts())
    for name, expected in whole.figures().items():
        np.testing.assert_allclose(parts.figures()[name], expected, rtol=1e-12)
    assert parts.readings() == whole.readings() > 0


@pytest.mark.parametrize("window", [{"start": START, "end": END}, CUT], ids=["all", "cut"])
@pytest.mark.parametrize(
    "values",
    [
        {"station": ["Old Coal"]}, {"station": ["Old Coal"], "by": ["duid"]}, {"station": ["Pair Battery", "Big Battery"]},
        {"station": ["Pair Battery", "Peaker"], "by": ["fuel"]}, {"duid": ["COAL2"]}, {"duid": ["COAL2", "COAL3"]}, {"duid": ["COAL1", "PEAK1"], "by": ["owner"]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_known_of_all_units_answers_for_few(values: dict, window: dict, winter: Snapshot, monkeypatch):
    plain = Running(**values, **window, weekday=ALL_DAYS).run(winter)
    monthly.forget()
    running_sums._months.clear()
    running_pool._collected.clear()
    Running(last="all").run(winter)
    added, stock = [], running_sums._added_up
    monkeypatch.setattr(
        running_sums, "_added_up", lambda s, t, part, **how: added.append(part) or stock(s, t, part, **how)
    )
    found = Running(**values, **window).run(winter)
    pd.testing.assert_frame_equal(found.frame, plain.frame, rtol=1e-9, atol=1e-7)
    assert (found.present, found.expected, found.notes) == (plain.present, plain.expected, plain.notes)
    assert not [part for part in added if part.stretch is not None]  # January is remembered


def test_the_same_units_put_together_otherwise_are_not_read_again(winter: Snapshot, monkeypatch):
    running_pool._collected.clear()
    plain = Running(**CUT, by=["duid"], station=["Old Coal"]).run(winter)
    running_pool._collected.clear()
    Running(**CUT, by=["station"], station=["Old Coal"]).run(winter)
    monkeypatch.setattr(running_pool, "readings", lambda *_: pytest.fail("read again"))
    found = Running(**CUT, by=["duid"], station=["Old Coal"]).run(winter)
    pd.testing.assert_frame_equal(found.frame, plain.frame)
    assert (found.present, found.expected, found.notes) == (plain.present, plain.expected, plain.notes)
    with pytest.raises(pytest.fail.Exception):
        Running(**CUT, by=["duid"], station=["Peaker"]).run(winter)


def test_the_same_units_are_added_up_once_for_any_grouping(winter: Snapshot, monkeypatch):
    def ask(by: str, **more) -> Result:
        return Revenue(**CUT, by=[by], station=["Old Coal"], **more).run(winter)

    revenue._collected.clear()
    plain, adjusted = ask("duid"), ask("duid", loss_adjusted=True)
    revenue._collected.clear()
    ask("station")
    with monkeypatch.context() as patch:
        patch.setattr(revenue, "readings", lambda *_: pytest.fail("read again"))
        for found in (ask("duid"), ask("duid")):
            pd.testing.assert_frame_equal(found.frame, plain.frame)
            assert (found.present, found.expected, found.notes) == (plain.present, plain.expected, plain.notes)
        with pytest.raises(pytest.fail.Exception):
            ask("duid", loss_adjusted=True)
    assert ask("duid", loss_adjusted=True).notes == adjusted.notes != plain.notes
