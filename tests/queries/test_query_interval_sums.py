"""Power by fuel from sums of single intervals kept on the disk is what the units add up to, with the same coverage."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.queries import advance, interval_sums, kept_sums, unit_days
from components.queries.advance import keep_mapped
from components.queries.generation import GenerationByFuel
from components.queries.interval_sums import kept_intervals
from components.queries.units import readings, unit_table
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot
from components.store.sums import here, look_in

pytestmark = pytest.mark.usefixtures("own_folder")

FIRST, LAST = pd.Timestamp("2024-01-29"), pd.Timestamp("2024-03-04 06:00")
FEBRUARY = {"start": pd.Timestamp("2024-02-01"), "end": pd.Timestamp("2024-03-01")}


def unit(duid: str, region: str, fuel: str, role: str = "generator", **more) -> dict:
    return {"duid": duid, "region": region, "fuel": fuel, "fueltech": fuel, "role": role, "valid_from": pd.NaT, **more}


UNITS = [
    unit("COAL1", "NSW1", "coal"),
    unit("COAL2", "NSW1", "coal"),
    unit("GAS1", "VIC1", "gas", registered_to=pd.Timestamp("2024-02-10")),  # it reads on for a while
    unit("WIND1", "SA1", "wind", registered_from=pd.Timestamp("2024-02-12 13:00")),
    unit("BATT1", "SA1", "battery", "bidirectional"),
    unit("BATT2", "VIC1", "battery", "bidirectional"),
    unit("PUMP1", "QLD1", "hydro", "load"),
    unit("MOVED", "QLD1", "hydro"),
    unit("MOVED", "TAS1", "hydro", valid_from=pd.Timestamp("2024-02-20")),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A few days of January, February and some of March; readings are missing here and there, one unit nobody knows."""
    chance = np.random.default_rng(5)
    times = np.arange(FIRST + pd.Timedelta(minutes=5), LAST, np.timedelta64(5, "m")).astype("datetime64[us]")
    changed = pd.Timestamp("2024-04-01")
    parts = []
    for duid in sorted({u["duid"] for u in UNITS} | {"STRANGE"}):
        there = chance.random(len(times)) < (0.9 if duid in ("COAL2", "BATT1") else 1.0)
        if duid == "GAS1":
            there &= times <= np.datetime64("2024-02-15T03:00")
        if duid == "WIND1":
            there &= times > np.datetime64("2024-02-12T18:35")
        if duid == "COAL1":
            there &= (times <= np.datetime64("2024-02-06T09:00")) | (times > np.datetime64("2024-02-07T15:00"))
        low = -80.0 if duid.startswith("BATT") else 0.0
        mw = chance.uniform(low, 100, len(times)).round(3)[there]
        parts.append(pd.DataFrame({"time": times[there], "duid": duid, "mw": mw}))
    half = times[5::6]
    roof = [pd.DataFrame({"time": half, "region": r, "type": "MEASUREMENT", "mw": 7.5, "quality": 1.0}) for r in ("NSW1", "SA1")]  # fmt: skip
    made = Lake(tmp_path_factory.mktemp("intervals") / "data")
    with made.begin() as transaction:
        transaction.add("scada", pd.concat(parts).assign(source="mmsdm", changed=changed))
        transaction.add("rooftop", pd.concat(roof).assign(source="mmsdm", changed=changed))
        transaction.set_units(pd.DataFrame(UNITS))
        transaction.publish()
    return made


@pytest.fixture
def snapshot(lake: Lake) -> Snapshot:
    found = open_snapshot(lake)
    keep_mapped(found)
    return found


def both(query: GenerationByFuel, snapshot: Snapshot):
    """The answer as it is given, and as the readings of the units add up to."""
    given, folder = query.run(snapshot), here()
    look_in(None)
    plain = query.run(snapshot)
    look_in(folder)
    return given, plain


def check(query: GenerationByFuel, snapshot: Snapshot) -> None:
    given, plain = both(query, snapshot)
    pd.testing.assert_frame_equal(given.frame, plain.frame, rtol=1e-12)
    assert (given.expected, given.present, given.notes) == (plain.expected, plain.present, plain.notes)
    assert (given.units, given.series, given.start, given.end) == (plain.units, plain.series, plain.start, plain.end)


WINDOWS = {
    "a day": ("2024-02-03", "2024-02-04"),
    "within a day": ("2024-02-07 10:10", "2024-02-07 16:05"),
    "cut days": ("2024-02-05 13:25", "2024-02-08 02:15"),
    "days in which a unit begins": ("2024-02-12 01:00", "2024-02-13 05:00"),
    "days in which one that was retired ends": ("2024-02-09 12:00", "2024-02-16"),
    "over a change of the registry": ("2024-02-18 05:30", "2024-02-22 18:00"),
    "three months": ("2024-01-30 02:30", "2024-03-03 09:10"),
    "a whole month": ("2024-02-01", "2024-03-01"),
    "before the data": ("2023-12-20", "2024-01-29 05:00"),
}


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("region", [[], ["NEM"], ["SA1", "TAS1"], ["NSW1", "NEM"]], ids="+".join)
def test_the_same_answer_as_from_the_units(snapshot: Snapshot, window: tuple[str, str], region: list[str]):
    start, end = map(pd.Timestamp, window)
    same = {"start": start, "end": end, "region": region}
    check(GenerationByFuel(**same, interval="5m"), snapshot)
    for other in (
        {"interval": "30m", "agg": "max"},
        {"interval": "1h", "agg": "sum", "fuel": ["hydro", "battery_charging", "rooftop"]},
        {"interval": "1d", "agg": "min"},
        {"interval": "1h", "hour": [7, 8], "by": "fueltech"},
    ):
        check(GenerationByFuel(**same, **other), snapshot)


def test_a_fuel_that_a_region_does_not_have(snapshot: Snapshot):
    check(GenerationByFuel(**FEBRUARY, region=["TAS1"], fuel=["coal"], interval="5m"), snapshot)
    assert GenerationByFuel(**FEBRUARY, region=["TAS1"], fuel=["coal"], interval="5m").run(snapshot).frame.empty


def test_the_units_are_not_read(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch):
    def read(*_):
        raise AssertionError("the units' readings were read")

    monkeypatch.setattr("components.queries.units._read", read)
    day = {"start": pd.Timestamp("2024-02-03"), "end": pd.Timestamp("2024-02-04"), "interval": "5m"}
    assert len(GenerationByFuel(**day, region=["NEM"]).run(snapshot).frame)
    with pytest.raises(AssertionError, match="were read"):
        GenerationByFuel(**day, region=["NEM"], by="fueltech").run(snapshot)


def test_a_reading_of_hand(lake: Lake, snapshot: Snapshot):
    """Single intervals of the battery that is charged: its negative readings, and those alone, unit by unit."""
    at = pd.Timestamp("2024-02-03 10:05")
    part = next(iter(readings(snapshot, GenerationByFuel(start=at - pd.Timedelta(minutes=5), end=at).window(snapshot))))
    kept = kept_intervals(unit_table(snapshot), part)
    assert kept is not None
    mw = {str(unit_table(snapshot).duid[row]): float(v) for row, v in zip(part.rows, part.values[:, 0], strict=True)}
    power = dict(zip(kept.keys, kept.power_of(part, np.arange(len(kept.keys)))[:, 0].tolist(), strict=True))
    assert power["QLD1", "pumps"] == -mw["PUMP1"]
    assert power["VIC1", "battery"] == max(mw["BATT2"], 0)
    assert power["VIC1", "battery_charging"] == min(mw["BATT2"], 0)
    assert power["", "unmapped"] == mw["STRANGE"]
    assert power["NSW1", "coal"] == pytest.approx(np.nansum([mw["COAL1"], mw["COAL2"]]), rel=1e-12)


def test_months_that_are_over_are_kept_and_the_newest_is_not(snapshot: Snapshot):
    folder = here()
    assert folder is not None
    # February has one file of each kind before and one after a unit moved to another region.
    assert sorted(p.name[:7] for p in folder.folder.glob("*.sum")) == ["2024-01"] * 2 + ["2024-02"] * 4


def test_a_registry_that_changes_within_a_day_is_added_up_from_the_units(lake: Lake, snapshot: Snapshot):
    moved = snapshot.units
    moved.loc[moved["valid_from"].notna(), "valid_from"] = pd.Timestamp("2024-02-20 11:30")
    other = Snapshot("other", {n: snapshot.chunks(n) for n in ("scada", "rooftop")}, moved)
    keep_mapped(other)
    folder = here()
    assert folder is not None
    assert [p.name[:7] for p in folder.folder.glob("*.sum")] == ["2024-01"] * 2
    check(GenerationByFuel(**FEBRUARY, interval="5m", region=["NEM"]), other)
    check(GenerationByFuel(**FEBRUARY, interval="30m"), other)


def test_what_is_kept_is_neither_made_nor_written_again(
    lake: Lake, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
):
    folder = here()
    assert folder is not None
    before = {p.name: p.stat().st_mtime_ns for p in folder.folder.glob("*.sum")}
    monkeypatch.setattr(interval_sums, "interval_sums", lambda *_: pytest.fail("added up again"))
    monkeypatch.setattr(unit_days, "unit_days", lambda *_: pytest.fail("added up again"))
    keep_mapped(open_snapshot(lake))
    assert {p.name: p.stat().st_mtime_ns for p in folder.folder.glob("*.sum")} == before


def test_another_formula_takes_the_place_of_the_older(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch):
    folder = here()
    assert folder is not None
    before = {p.name for p in folder.folder.glob("*.sum")}
    monkeypatch.setattr(kept_sums, "_text", lambda: "another formula")
    keep_mapped(snapshot)
    after = {p.name for p in folder.folder.glob("*.sum")}
    assert len(after) == len(before)
    assert not after & before


def test_adding_up_in_advance_keeps_them(lake: Lake, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch):
    folder = here()
    assert folder is not None
    for path in folder.folder.glob("*"):
        path.unlink()
    monkeypatch.setattr(advance, "asked_in_advance", list)
    advance.add_up(snapshot)
    assert len(list(folder.folder.glob("*.sum"))) == 6


def test_where_nothing_can_be_written_answers_are_the_same(lake: Lake, tmp_path: Path, caplog):
    from components.store.sums import SumsFolder

    found = open_snapshot(lake)
    (tmp_path / "sums").write_text("a file stands where the folder would be")
    look_in(SumsFolder(tmp_path))
    keep_mapped(found)
    assert "are not kept" in caplog.text
    check(GenerationByFuel(**FEBRUARY, interval="5m"), found)
