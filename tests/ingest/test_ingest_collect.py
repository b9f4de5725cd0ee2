"""The collector against a local site that publishes a demo market bit by bit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nemweb_server import Fault, NemwebServer, serving
from played_market import DISPATCH, SCADA, PlayedMarket

from components.config import CollectSettings, IngestSettings, Settings
from components.errors import StoreBusy
from components.ingest.collect import Collector
from components.ingest.demo import write_demo_nemweb
from components.ingest.fetch import Limits
from components.ingest.ledger import Ledger
from components.ingest.run import ingest
from components.store.collector import is_at_work, read_state
from components.store.frames import open_snapshot
from components.store.lake import Lake

END = pd.Timestamp("2025-03-05")
STEP = pd.Timedelta(minutes=5)
QUICK = Limits(attempts=2, deadline=5, wait_first=0.0, wait_most=0.0, wait_jitter=0.0)
SETTINGS = Settings(
    ingest=IngestSettings(workers=2),
    collect=CollectSettings(spacing_seconds=0, listing_seconds=3_600, backfill_seconds=3_600, backfill_days=10),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four days of the demo market as AEMO would have published them by the end."""
    folder = tmp_path_factory.mktemp("nemweb") / "tree"
    write_demo_nemweb(folder, days=4, end=END, units=12, progress=False)
    return folder


@pytest.fixture
def market(whole: Path, tmp_path: Path) -> PlayedMarket:
    return PlayedMarket(whole, tmp_path / "site")


@pytest.fixture
def site(market: PlayedMarket) -> Iterator[NemwebServer]:
    with serving(market.site) as server:
        yield server


class Clock:
    """NEM time as the test puts it."""

    def __init__(self, at: str | pd.Timestamp):
        self.at = pd.Timestamp(at)

    def __call__(self) -> pd.Timestamp:
        return self.at


def collector(lake: Lake, site: NemwebServer, clock: Clock, **changes: float) -> Collector:
    settings = replace(SETTINGS, collect=replace(SETTINGS.collect, **changes))
    return Collector(lake, site.url + "/", settings, limits=QUICK, clock=clock)


def prices(lake: Lake) -> pd.Series:
    return lake.read("price", "2025-03").set_index(["time", "region"])["rrp"]


@pytest.mark.fault("SRC-7")
def test_a_played_morning_ends_as_the_market_that_was_played(market, site, whole, tmp_path):
    """Late, missing, revised and repeated files; a version a round; nothing is ever filled in."""
    begin = pd.Timestamp("2025-03-03 00:10")
    lost, late = pd.Timestamp("2025-03-03 00:30"), pd.Timestamp("2025-03-03 00:50")
    repeated, revised = pd.Timestamp("2025-03-03 01:00"), pd.Timestamp("2025-03-03 01:10")
    market.missing = {lost}
    market.late = {late: pd.Timestamp("2025-03-03 01:20")}
    lake, clock = Lake(tmp_path / "lake"), Clock(begin)
    versions = set()
    with collector(lake, site, clock, backfill_days=0) as at_work:
        market.play_to(begin)
        for _ in range(24):
            done = at_work.round()
            assert done.error == ""
            versions.add(done.version)
            expected = clock.at + STEP
            if expected not in (lost, late):
                assert done.newest == expected
            assert (late, "NSW1") not in prices(lake).index or clock.at >= market.late[late]
            clock.at += STEP
            market.play_to(clock.at)
            if clock.at == repeated + 2 * STEP:
                market.repeat(DISPATCH, repeated)
                market.repeat(SCADA, repeated)
            if clock.at == revised + 2 * STEP:
                market.revise_price(revised, "VIC1", 1234.5)
        rounds = at_work.state.content["rounds"]
    assert len(versions) == len([r for r in rounds if r["changed"]]) == 22  # one lost, one late

    plain = Lake(tmp_path / "plain")
    ingest(plain, str(whole / "Data_Archive"), end=clock.at, progress=False)
    expected_prices = prices(plain)
    have = prices(lake)
    assert have[revised, "VIC1"] == 1234.5
    assert lost not in have.index.get_level_values("time")
    compared = [at for at in expected_prices.index if at[0] != lost and at != (revised, "VIC1") and at[0] >= begin]
    np.testing.assert_array_equal(have[compared], expected_prices[compared])
    readings = {n: k.read("scada", "2025-03").set_index(["time", "duid"])["mw"] for n, k in (("a", lake), ("b", plain))}
    same = [at for at in readings["b"].index if at[0] != lost and at[0] >= begin]
    np.testing.assert_array_equal(readings["a"][same], readings["b"][same])
    snapshot = open_snapshot(lake)
    block = snapshot.block("price", "rrp", lost - STEP, lost, keys=["NSW1"])
    assert np.isnan(np.asarray(block.values)).all()


@pytest.mark.fault("SRC-7")
def test_what_is_missing_comes_from_the_archive_of_days_then_from_that_of_months(market, site, tmp_path):
    """A collector that was away: the current reports begin after the gap, one day's archive is not there."""
    away_from, back_at = pd.Timestamp("2025-03-02 18:00"), pd.Timestamp("2025-03-03 00:30")
    lake = Lake(tmp_path / "lake")
    ingest(lake, str(market.site / "Data_Archive"), end=away_from, progress=False)
    (archived,) = (market.site / "Reports/Archive/Dispatch_SCADA").glob("*20250302.zip")
    archived.unlink()
    market.play_to(back_at)
    with collector(lake, site, Clock(back_at)) as at_work:
        done = at_work.round()
        asked = list(site.asked)
        assert done.error == ""
        assert done.newest == back_at + STEP
        assert {d: n for d, n in done.missing.items() if d != "rooftop"} == {}
        assert at_work.gaps()["scada"].missing == at_work.gaps()["price"].missing == 0
        again = at_work.round()
        assert (again.files, again.changed) == (0, False)
    first_of = [
        next(i for i, path in enumerate(asked) if part in path) for part in ("/Current/", "/Archive/", "/MMSDM/")
    ]
    assert first_of == sorted(first_of)
    assert not [path for path in asked if "/MMSDM/" in path and "DISPATCHPRICE" in path]  # the archive of days had it
    stamps = prices(lake).index.get_level_values("time").unique()
    assert len(stamps) == (back_at + STEP - pd.Timestamp("2025-03-01")) // STEP


@pytest.mark.fault("STO-4")
def test_one_collector_at_a_time(market, site, tmp_path):
    lake = Lake(tmp_path / "lake")
    with collector(lake, site, Clock(END)), pytest.raises(StoreBusy, match=f"process {os.getpid()} is collecting into"):
        collector(lake, site, Clock(END))
    assert not is_at_work(lake.root)
    with collector(lake, site, Clock(END)):
        assert is_at_work(lake.root)


@pytest.mark.fault("SRC-2")
def test_a_source_that_is_down_changes_nothing_and_the_next_round_recovers(market, site, tmp_path):
    lake, clock = Lake(tmp_path / "lake"), Clock("2025-03-03 00:10")
    market.play_to(clock.at)
    with collector(lake, site, clock, listing_seconds=0) as at_work:
        good = at_work.round()
        clock.at += STEP
        market.play_to(clock.at)
        site.forever["/"] = Fault(status=503)
        bad = at_work.round()
        assert "503" in bad.error
        assert bad.newest == good.newest
        assert lake.current_version() == good.version
        assert read_state(lake.root)["failures"] == 1
        assert read_state(lake.root)["last_good"] == "2025-03-03T00:10:00"
        del site.forever["/"]
        assert at_work.round().newest == clock.at + STEP
        assert read_state(lake.root)["failures"] == 0


def test_a_file_that_is_damaged_is_told_and_read_when_it_is_whole(market, site, tmp_path):
    lake, clock = Lake(tmp_path / "lake"), Clock("2025-03-03 00:10")
    market.play_to(clock.at)
    path = market.file(DISPATCH, clock.at)
    whole_bytes = path.read_bytes()
    path.unlink()
    path.write_bytes(whole_bytes[: len(whole_bytes) // 2])
    with collector(lake, site, clock, backfill_days=0) as at_work:
        done = at_work.round()
        assert done.newest == clock.at + STEP
        assert len(done.aside) == 1
        assert read_state(lake.root)["aside"][0]["why"] == done.aside[0]
        assert (clock.at, "NSW1") not in prices(lake).index
        path.write_bytes(whole_bytes)
        assert at_work.round().files == 1
        assert (clock.at, "NSW1") in prices(lake).index


def test_the_ledger_forgets_what_the_site_no_longer_lists(market, site, tmp_path):
    lake, clock = Lake(tmp_path / "lake"), Clock("2025-03-03 00:30")
    market.play_to(clock.at)
    with collector(lake, site, clock, backfill_days=0) as at_work:
        at_work.round()
        ledger = json.loads((lake.root / "ledger.json").read_text())["files"]
        gone = [
            p for f in (DISPATCH, SCADA) for p in (market.site / "Reports/Current" / f).glob("*_2025030300[01]*.zip")
        ]
        assert len(gone) == 2 * 3
        for path in gone:
            path.unlink()
        at_work.round()
    kept = json.loads((lake.root / "ledger.json").read_text())["files"]
    assert len(ledger) - len(kept) == len(gone)
    assert prices(lake).index.get_level_values("time").min() == pd.Timestamp("2025-03-03 00:05")


def test_an_empty_listing_forgets_nothing(tmp_path):
    ledger = Ledger(tmp_path / "ledger.json", None)
    ledger.add("http://h/a/1.zip", {})
    assert not ledger.keep_only(set())


def test_folders_are_listed_once_an_hour_files_every_round(market, site, tmp_path):
    lake, clock = Lake(tmp_path / "lake"), Clock("2025-03-03 00:10")
    market.play_to(clock.at)
    with collector(lake, site, clock, backfill_days=0) as at_work:
        for _ in range(3):
            at_work.round()
    assert site.asked["/Reports/"] == site.asked["/Reports/Current/"] == 1
    assert site.asked["/Reports/Current/Dispatch_SCADA/"] == 3


@pytest.mark.fault("SRC-4")
def test_a_page_of_maintenance_instead_of_a_listing_is_neither_kept_nor_believed(market, site, tmp_path):
    """The next round lists again, and nothing that was read is forgotten and read once more."""
    lake, clock = Lake(tmp_path / "lake"), Clock("2025-03-03 00:10")
    market.play_to(clock.at)
    with collector(lake, site, clock, backfill_days=0) as at_work:
        at_work.round()
        known = len(json.loads((lake.root / "ledger.json").read_text())["files"])
        clock.at += STEP
        market.play_to(clock.at)
        page = Fault(body=b"<html><body>We will be back</body></html>", headers={"Content-Type": "text/html"})
        site.faults["/Reports/Current/DispatchIS_Reports/"].append(page)
        assert at_work.round().newest == clock.at
        assert len(json.loads((lake.root / "ledger.json").read_text())["files"]) == known + 1  # the SCADA file
        again = at_work.round()
        assert again.newest == clock.at + STEP
        assert again.files == 1


@pytest.mark.fault("SRC-8")
def test_a_unit_that_nobody_knew_appears_by_itself(market, site, tmp_path):
    lake, clock = Lake(tmp_path / "lake"), Clock("2025-03-03 00:10")
    market.play_to(clock.at)
    with collector(lake, site, clock) as at_work:
        at_work.round()
        known = set(lake.read_units()["duid"])
        stamp = clock.at + STEP
        import zipfile

        path = market.file(SCADA, stamp)
        with zipfile.ZipFile(path) as archive:
            member = archive.namelist()[0]
            text = archive.read(member).decode()
        line = next(part for part in text.splitlines() if part.startswith("D,"))
        duid = line.split(",")[5]
        new = path.with_name(f"{path.stem[:-16]}{9_000_000_000_000_002}.zip")
        with zipfile.ZipFile(new, "w") as archive:
            archive.writestr(member, text.replace(line, line + "\r\n" + line.replace(duid, "BRANDNEW1")))
        at_work.round()
    units = lake.read_units()
    assert set(units["duid"]) - known == {"BRANDNEW1"}
    assert units.set_index("duid").loc["BRANDNEW1", "fuel"] == "unmapped"


@pytest.mark.parametrize(
    ("now", "tries", "expected"),
    [
        ("18:04:00", 0, 90.0),  # the round of 18:05 begins at 18:05:30
        ("18:05:30", 0, 300.0),
        ("18:05:35", 1, 20.0),
        ("18:05:55", 2, 40.0),
        ("18:07:30", 4, 160.0),
        ("18:07:30", 9, 160.0),
        ("18:10:20", 5, 10.0),  # never beyond the next round
    ],
)
def test_pauses(market, site, tmp_path, now, tries, expected):
    with collector(Lake(tmp_path / "lake"), site, Clock(f"2025-03-04 {now}"), delay_seconds=30, retry_seconds=20) as c:
        assert c.pause(tries) == expected


def test_rounds_go_on_until_told_to_stop(market, site, tmp_path):
    lake, clock = Lake(tmp_path / "lake"), Clock("2025-03-03 00:10:30")
    market.play_to(clock.at)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        clock.at += pd.Timedelta(seconds=seconds)
        if len(waits) != 2:  # the second interval comes late
            market.play_to(clock.at)
        return len(waits) == 4

    with collector(lake, site, clock, backfill_days=0) as at_work:
        at_work.run(wait)
    assert waits == [300.0, 300.0, 20.0, 280.0] or waits == [300.0, 20.0, 280.0, 300.0]


def test_the_command_ends_with_its_parent_and_holds_no_lock_then(market, site, tmp_path):
    """The parent is killed without a word; its collector ends by itself."""
    market.play_to(pd.Timestamp("2025-03-03 00:15"))
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'components.cli', '--data-dir', sys.argv[1], 'collect',"
        " '--source', sys.argv[2], '--with-parent'], stdout=subprocess.PIPE, text=True)\n"
        "print(child.pid, child.stdout.readline(), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "lake"), site.url + "/"],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    try:
        pid, line = parent.stdout.readline().split(maxsplit=1)
        assert "2025-03-03 00:20" in line
        with pytest.raises(StoreBusy, match=f"process {pid} is collecting"):
            collector(Lake(tmp_path / "lake"), site, Clock(END))
    finally:
        parent.kill()
        parent.wait()
    deadline = pd.Timestamp.now() + pd.Timedelta(seconds=30)
    while Path(f"/proc/{pid}").exists() and pd.Timestamp.now() < deadline:
        signal.sigtimedwait([], 0.1)
    with collector(Lake(tmp_path / "lake"), site, Clock(END)):
        pass


def test_once_says_what_it_did_and_fails_where_the_source_is_not_there(market, site, tmp_path):
    market.play_to(pd.Timestamp("2025-03-03 00:15"))

    def once(source: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "components.cli", "--data-dir", str(tmp_path / "lake"), "collect", "--once"]
        return subprocess.run(  # noqa: PLW1510 - the code is what is tested
            [*command, "--source", source], capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2]
        )

    good = once(site.url + "/")
    assert good.returncode == 0, good.stderr
    assert "newest 2025-03-03 00:20; version 000001-" in good.stdout
    bad = once(str(tmp_path / "nowhere"))
    assert bad.returncode == 1
    assert bad.stderr.count("\n") == 1
    assert "nowhere" in bad.stderr
