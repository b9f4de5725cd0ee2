"""Damaged files are refused, never read wrongly; what is whole is served, and the reader is told."""

from __future__ import annotations

import json
import os
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from store_cases import in_child, publish_market, value_of

from components.errors import StoreCorrupt, StoreError
from components.store.files import read_table, sha256_of, write_table
from components.store.frames import open_snapshot
from components.store.lake import Lake


@pytest.fixture
def lake(tmp_path) -> Lake:
    """Two versions with nothing in common but their months."""
    lake = Lake(tmp_path / "data")
    publish_market(lake, 1.0)
    publish_market(lake, 2.0)
    return lake


def stored_file(lake: Lake, dataset: str = "scada", month: str = "2024-08"):
    return lake.root / lake.manifest().datasets[dataset].months[month].file


def flip(path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)


@pytest.mark.fault("STO-3")
def test_every_flipped_byte_of_a_stored_file_is_refused(lake):
    path = stored_file(lake)
    good = path.read_bytes()
    for at in range(0, len(good), 7):
        flip(path, at)
        with pytest.raises(StoreCorrupt, match=r"scada-2024-08\.parquet is damaged"):
            lake.read("scada", "2024-08")
        path.write_bytes(good)
    assert set(lake.read("scada", "2024-08")["mw"]) == {2.0}


@pytest.mark.fault("STO-3")
def test_pages_carry_checksums_that_any_parquet_reader_can_verify(tmp_path):
    path = tmp_path / "x.parquet"
    sha256, size = write_table(path, pa.table({"mw": np.random.default_rng(1).normal(size=5000)}), ("mw",))
    assert (sha256, size) == (sha256_of(path), path.stat().st_size)
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    flip(path, column.data_page_offset + column.total_compressed_size // 2)
    with pytest.raises(OSError, match=r"(?i)crc|checksum"):
        pq.read_table(path, page_checksum_verification=True)
    # Whoever lies about the content's checksum is still caught by the pages'.
    with pytest.raises(StoreCorrupt, match=r"x\.parquet is damaged"):
        read_table(path, sha256_of(path))


@pytest.mark.fault("STO-3")
@pytest.mark.parametrize("harm", ["flip", "truncate", "empty", "remove"])
@pytest.mark.parametrize("frames", ["kept", "removed"])
def test_the_previous_version_is_served_and_says_so(lake, harm, frames):
    path = stored_file(lake)
    damaged, older = lake.current_version(), lake.versions()[0]
    if harm == "flip":
        flip(path, path.stat().st_size // 2)
    elif harm == "truncate":
        os.truncate(path, path.stat().st_size - 10)
    elif harm == "empty":
        os.truncate(path, 0)
    else:
        path.unlink()
    if frames == "removed":
        shutil.rmtree(lake.root / "frames")
    snapshot = open_snapshot(lake)
    assert (value_of(snapshot), snapshot.version) == (1.0, older)
    assert len(snapshot.problems) == 1
    assert f"version {damaged} is damaged, {older} is shown" in snapshot.problems[0]
    assert "scada-2024-08.parquet" in snapshot.problems[0]


@pytest.mark.fault("STO-3")
def test_a_file_cut_short_is_noticed_even_when_its_time_of_writing_was_kept(lake):
    path = stored_file(lake)
    seen = path.stat()
    os.truncate(path, seen.st_size - 1)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    snapshot = open_snapshot(lake)
    assert value_of(snapshot) == 1.0
    assert f"{seen.st_size - 1} bytes where {seen.st_size} were published" in snapshot.problems[0]


@pytest.mark.fault("STO-3")
def test_a_damaged_registry_falls_back_too(lake):
    flip(lake.root / lake.manifest().units.file, 100)
    snapshot = open_snapshot(lake)
    assert value_of(snapshot) == 1.0
    assert "units-" in snapshot.problems[0]


def test_without_an_older_version_the_frames_are_shown_and_without_these_the_month_is_left_out(tmp_path):
    lake = Lake(tmp_path)
    publish_market(lake, 1.0)
    flip(stored_file(lake), 50)
    snapshot = open_snapshot(lake)
    assert value_of(snapshot) == 1.0
    assert [c.month for c in snapshot.chunks("scada")] == ["2024-07", "2024-08"]
    assert "shown from its frames" in snapshot.problems[0]
    shutil.rmtree(tmp_path / "frames")
    snapshot = open_snapshot(lake)
    assert [c.month for c in snapshot.chunks("scada")] == ["2024-07"]
    assert [c.month for c in snapshot.chunks("rooftop")] == ["2024-07", "2024-08"]
    assert "scada lacks 2024-08" in snapshot.problems[0]


def test_new_rows_for_a_damaged_month_are_refused_and_replacing_everything_helps(lake):
    flip(stored_file(lake), 50)
    before = lake.current_version()
    with pytest.raises(StoreCorrupt, match="scada-2024-08"):
        publish_market(lake, 3.0)
    assert lake.current_version() == before
    with lake.begin(replace=True) as transaction:
        times = pd.to_datetime(["2024-07-01 00:05"])
        transaction.add("scada", pd.DataFrame({"time": times, "duid": "A1", "mw": 7.0, "source": "mmsdm"}))
        transaction.publish()
    assert list(lake.manifest().datasets["scada"].months) == ["2024-07"]


@pytest.mark.fault("STO-6")
@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": "x"}',
        '{"schema": 1}',
        '{"schema": 1, "version": 5, "datasets": {"scada": 3}}',
    ],
)
def test_a_broken_manifest_is_refused_and_the_previous_version_served(lake, content):
    (lake.root / "current" / "manifest.json").write_text(content)
    with pytest.raises(StoreCorrupt, match=r"manifest\.json is damaged"):
        lake.manifest()
    with pytest.raises(StoreCorrupt, match=r"manifest\.json"):
        lake.begin()
    snapshot = open_snapshot(lake)
    assert value_of(snapshot) == 1.0
    assert "manifest.json is damaged" in snapshot.problems[0]


@pytest.mark.fault("STO-6")
def test_bytes_that_are_no_text_and_a_strangers_manifest_are_refused(lake):
    path = lake.root / "current" / "manifest.json"
    good = path.read_text()
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(StoreCorrupt, match="no text"):
        lake.manifest()
    path.write_text(good.replace(lake.current_version(), "000009-abcdef"))
    with pytest.raises(StoreCorrupt, match="names version 000009-abcdef"):
        lake.manifest()


@pytest.mark.fault("STO-6")
def test_a_manifest_of_a_newer_program_is_refused_clearly(lake):
    path = lake.root / "current" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 2}))
    for attempt in (lake.manifest, lake.begin, lambda: open_snapshot(lake)):
        with pytest.raises(StoreError, match=r"schema 2, written by a newer version .* reads up to 1"):
            attempt()


@pytest.mark.fault("STO-6")
def test_a_pointer_to_nothing(lake):
    shutil.rmtree(lake.root / "versions" / lake.current_version())
    snapshot = open_snapshot(lake)
    assert value_of(snapshot) == 1.0
    assert snapshot.problems
    shutil.rmtree(lake.root / "versions")
    with pytest.raises(StoreCorrupt, match=r"manifest\.json cannot be read"):
        open_snapshot(lake)


# -- frames ------------------------------------------------------------------------------------------


@pytest.mark.fault("STO-3")
@pytest.mark.parametrize("harm", ["truncate", "zeros", "remove", "header"])
def test_a_damaged_frame_is_rebuilt_not_trusted(lake, harm):
    frames = sorted((lake.root / "frames" / "scada").iterdir())
    assert len(frames) == 4
    for path in frames:
        size = path.stat().st_size
        if harm == "truncate":
            os.truncate(path, size // 2)
        elif harm == "zeros":
            path.write_bytes(bytes(size))
        elif harm == "header":
            flip(path, 60)
        else:
            path.unlink()
    snapshot = open_snapshot(lake)
    assert value_of(snapshot) == 2.0
    assert snapshot.problems == ()


def test_an_index_that_cannot_be_read_only_costs_time(lake):
    for content in (b"", b"{}", b'{"format": 99}', b'{"format": 1, "frames": [{}]}', b"\xff"):
        (lake.root / "frames" / f"{lake.current_version()}.json").write_bytes(content)
        assert value_of(open_snapshot(lake)) == 2.0


def test_files_that_were_only_touched_are_read_through_once_and_then_believed(lake, monkeypatch):
    for path in [*lake.root.glob("frames/*/*.npy"), *lake.root.glob("versions/*/lake/*/*/*.parquet")]:
        os.utime(path, (1e9, 1e9))
    assert value_of(open_snapshot(lake)) == 2.0

    def no_reading(*_: object) -> str:
        raise AssertionError("read through again")

    monkeypatch.setattr("components.store.frames.sha256_of", no_reading)
    monkeypatch.setattr("components.store.framefiles.crc32_of", no_reading)
    monkeypatch.setattr("components.store.framefiles.FrameFolder.build", no_reading)
    assert value_of(open_snapshot(lake)) == 2.0


@pytest.mark.fault("STO-2")
def test_a_lake_without_frames_opens_where_nothing_may_be_written():
    import tempfile
    from pathlib import Path

    top = Path(tempfile.mkdtemp(prefix="aemo-readonly-"))
    lake = Lake(top / "data")
    publish_market(lake, 1.0)
    (lake.root / "frames" / "scada").rename(top / "scada")
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)

    def read() -> tuple[float, tuple[str, ...], int]:
        if os.geteuid() == 0:  # root may write anywhere: be nobody
            os.setgid(65534)
            os.setuid(65534)
        with pytest.raises(StoreError, match="not allowed to write there"):
            lake.begin()
        snapshot = open_snapshot(lake)
        return value_of(snapshot), snapshot.problems, len(list(Path(tempfile.gettempdir()).glob("aemo-frames-*")))

    left_before = len(list(Path(tempfile.gettempdir()).glob("aemo-frames-*")))
    try:
        assert in_child(read) == (0, (1.0, (), left_before))
    finally:
        for path in (top, *top.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(top)


@pytest.mark.fault("STO-2")
def test_frames_are_held_in_memory_where_nothing_at_all_can_be_written(lake, monkeypatch):
    shutil.rmtree(lake.root / "frames")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("components.store.framefiles.replace_synced", full)
    assert value_of(open_snapshot(lake)) == 2.0
    monkeypatch.setattr("components.store.frames.tempfile.mkdtemp", full)
    assert value_of(open_snapshot(lake)) == 2.0


def test_an_old_snapshot_that_lost_its_files_says_so(tmp_path):
    lake = Lake(tmp_path)
    publish_market(lake, 1.0, months=("2024-05", "2024-06", "2024-07"))
    snapshot = open_snapshot(lake)
    for value in (2.0, 3.0, 4.0, 5.0):
        publish_market(lake, value, months=("2024-05", "2024-06", "2024-07"))
    assert set(np.unique(snapshot.chunks("scada")[2].values[0][:, :30])) == {1.0}  # mapped when opened
    with pytest.raises(StoreError, match="replaced by a newer one"):
        _ = snapshot.chunks("scada")[0].values
