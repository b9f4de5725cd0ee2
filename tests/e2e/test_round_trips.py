"""The command line end to end: demo -> AEMO's files -> ingest gives the same lake; check is content with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from live_server import ROOT

from components.schema import DATASETS
from components.store.lake import Lake

TABLES = ("--tables", ",".join([*DATASETS, "units"]))
"""Also what is read only where it is asked for."""
MARKET = ("--days", "1", "--end", "2024-03-01", "--units", "40", "--seed", "7")


def run(*argv: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "components.cli", *map(str, argv)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One demo market twice: straight into a lake, and as files that are then ingested into another."""
    top = tmp_path_factory.mktemp("round-trip")
    made = run("--data-dir", top / "direct", "demo", *MARKET)
    assert made.returncode == 0, made.stderr
    written = run("demo", *MARKET, "--as", "nemweb", "--out", top / "nemweb")
    assert written.returncode == 0, written.stderr
    read = run("--data-dir", top / "ingested", "ingest", "--source", top / "nemweb", *TABLES)
    assert read.returncode == 0, read.stderr
    return {name: top / name for name in ("direct", "nemweb", "ingested")}


@pytest.mark.parametrize("dataset", list(DATASETS))
def test_files_and_ingest_give_back_the_same_rows(folders: dict[str, Path], dataset: str):
    direct, ingested = Lake(folders["direct"]), Lake(folders["ingested"])
    months = sorted(direct.manifest().datasets[dataset].months)
    assert months == ["2024-02"]  # the midnight stamp of 1 March as well
    for month in months:
        expected, found = direct.read(dataset, month), ingested.read(dataset, month)
        pd.testing.assert_frame_equal(found.drop(columns="changed"), expected.drop(columns="changed"))


def test_files_and_ingest_give_back_the_same_units(folders: dict[str, Path]):
    expected, found = Lake(folders["direct"]).read_units(), Lake(folders["ingested"]).read_units()
    columns = [c for c in expected if c != "origin"]
    pd.testing.assert_frame_equal(found[columns], expected[columns])


def test_reading_again_adds_nothing_and_says_so(folders: dict[str, Path]):
    before = Lake(folders["ingested"]).manifest().version
    again = run("--data-dir", folders["ingested"], "ingest", "--source", folders["nemweb"], *TABLES)
    assert again.returncode == 0, again.stderr
    assert Lake(folders["ingested"]).manifest().version == before
    assert "nothing new" in again.stdout.lower()


@pytest.mark.parametrize("name", ["direct", "ingested"])
def test_check_is_content_with_the_demo_market(folders: dict[str, Path], name: str):
    checked = run("--data-dir", folders[name], "check")
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.splitlines()[-1] == "0 errors, 0 warnings"


def test_demo_refuses_over_real_data(tmp_path: Path):
    lake = Lake(tmp_path / "data")
    times = pd.to_datetime(["2024-02-01 00:05"]).astype("datetime64[us]")
    with lake.begin() as transaction:
        transaction.add("price", pd.DataFrame({"time": times, "region": "NSW1", "rrp": 1.0, "source": "mmsdm"}))
        transaction.publish()
    version = lake.manifest().version
    refused = run("--data-dir", tmp_path / "data", "demo", *MARKET)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "real data" in refused.stderr
    assert lake.manifest().version == version
    left = run("--data-dir", tmp_path / "data", "demo", *MARKET, "--if-empty")
    assert (left.returncode, left.stdout, left.stderr) == (0, "", "")
    assert lake.manifest().version == version
    forced = run("--data-dir", tmp_path / "data", "demo", *MARKET, "--force")
    assert forced.returncode == 0, forced.stderr
    assert lake.manifest().is_demo


@pytest.mark.fault("SRC-2")
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("ingest", "--source", "no-such-folder"), 1),
        (("ingest", "--source", "README.md"), 1),
        (("ingest", "--source", "app"), 1),
        (("ingest", "--source", "ftp://example.org"), 2),
        (("ingest", "--source", "http://127.0.0.1:9/"), 1),
        (("import", "no-such-folder"), 2),
        (("import", "app"), 1),
        (("check",), 1),
    ],
)
def test_a_wrong_source_is_one_line_and_stores_nothing(tmp_path: Path, argv: tuple[str, ...], code: int):
    (tmp_path / "settings.yaml").write_text("ingest: {retries: 1}")  # nothing to wait for
    done = run("--config", tmp_path / "settings.yaml", "--data-dir", tmp_path / "data", *argv)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("aemo-dashboard: ")
    assert Lake(tmp_path / "data").manifest() is None
