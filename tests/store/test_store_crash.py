"""Whatever happens to a publisher, a reader sees one whole version and the next publisher succeeds."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from store_cases import at_operation, in_child, market, publish_market, spool_everything, value_of

from components.errors import StoreBusy, StoreError
from components.store import publish as publishing
from components.store.framefiles import FrameFile, FrameFolder
from components.store.frames import open_snapshot
from components.store.lake import Lake


@pytest.fixture(scope="module")
def place_factory():
    """Folders in memory where the system has them: hundreds of publications, each synced, take long on a disk."""
    memory = Path("/dev/shm")
    made: list[Path] = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="aemo-store-", dir=memory if os.access(memory, os.W_OK) else None)))
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place(place_factory) -> Path:
    return place_factory()


@pytest.fixture(scope="module")
def published(place_factory) -> Path:
    """A lake with three versions, so that the next publication has old ones to remove."""
    root = place_factory() / "data"
    for value in (1.0, 2.0, 3.0):
        publish_market(Lake(root), value)
    return root


def copy_of(published: Path, place: Path) -> Lake:
    shutil.copytree(published, place, symlinks=True)
    return Lake(place)


def publish_four(root: Path) -> None:
    """A publication that touches everything: spooled and waiting rows, an old month changed, a new one."""
    spool_everything()
    lake = Lake(root)
    with lake.begin() as transaction:
        frames = market(4.0, months=("2024-07", "2024-08", "2024-09"))
        transaction.add("scada", frames["scada"])
        publishing.SPOOL_BYTES = 1 << 30
        transaction.add("rooftop", frames["rooftop"])
        transaction.set_units(pd.DataFrame({"duid": ["A1", "B2"], "capacity_mw": 4.0}))
        transaction.publish()


def assert_sound(lake: Lake, allowed: set[float], *, rebuild: bool = True) -> None:
    """One whole version is served; the next publication works and leaves no rubbish; so does one without frames."""
    snapshot = open_snapshot(lake)
    assert snapshot.problems == ()
    assert value_of(snapshot) in allowed
    publish_market(lake, 5.0, months=("2024-07", "2024-08", "2024-09"))
    assert value_of(open_snapshot(lake)) == 5.0
    # A version whose publisher died before it became current is no predecessor of anything.
    assert lake.manifest().previous[0] == snapshot.version
    names = {p.name for p in lake.root.rglob("*")}
    assert not [n for n in names if n.startswith((".tmp-", ".staging-"))]
    assert len(lake.versions()) == 3
    needed = {p.name for v in lake.versions() for p in frames_of(lake, v)}
    assert {p.name for p in (lake.root / "frames").glob("*/*.npy")} == needed
    if rebuild:
        shutil.rmtree(lake.root / "frames")
        assert value_of(open_snapshot(lake)) == 5.0


def frames_of(lake: Lake, version: str) -> list[Path]:
    from components.store.framefiles import FrameFolder

    index = FrameFolder(lake.root / "frames").read_index(version)
    return [lake.root / "frames" / f.name for frame in index.values() for f in frame.files]


def operations(published: Path, place: Path) -> int:
    copy_of(published, place)

    def work() -> int:
        count = at_operation(-1, place, lambda: None)
        publish_four(place)
        return count()

    code, count = in_child(work)
    assert code == 0, count
    assert value_of(open_snapshot(Lake(place))) == 4.0
    assert isinstance(count, int)
    return count


@pytest.mark.fault("STO-1")
def test_a_crash_at_any_file_operation_leaves_a_whole_version_and_the_next_publication_works(published, place):
    total = operations(published, place / "whole")
    assert total > 60
    for number in range(1, total + 1):
        lake = copy_of(published, place / f"crash{number}")

        def work(number: int = number, lake: Lake = lake) -> None:
            at_operation(number, lake.root, lambda: os._exit(77))
            publish_four(lake.root)

        assert in_child(work)[0] == 77, number
        assert_sound(lake, {3.0, 4.0}, rebuild=number % 10 == 0)
        shutil.rmtree(lake.root)


@pytest.mark.fault("STO-2")
@pytest.mark.parametrize("step", [pytest.param(5, id="every fifth"), pytest.param(1, id="all", marks=pytest.mark.long)])
def test_a_disk_that_is_full_at_any_file_operation_is_a_clear_error_and_changes_nothing(published, place, step):
    total = operations(published, place / "whole")
    outcomes = set()
    for number in range(1, total + 1, step):
        lake = copy_of(published, place / f"full{number}")

        def full() -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def work(number: int = number, lake: Lake = lake, full=full) -> None:
            at_operation(number, lake.root, full)
            publish_four(lake.root)

        code, answer = in_child(work)
        outcomes.add(code)
        if code:
            assert str(answer).startswith("StoreError: publishing into"), (number, answer)
            assert "the disk is full" in str(answer)
        # Once the pointer is renamed only tidying is left: that may fail without a word.
        assert_sound(lake, {3.0, 4.0} if code else {4.0}, rebuild=number % 10 == 0)
        shutil.rmtree(lake.root)
    assert outcomes == {0, 1}


@pytest.mark.fault("STO-1")
def test_kill_9_at_random_moments(published, place):
    clock = random.Random(7)
    lake = copy_of(published, place / "data")
    began = time.monotonic()
    assert in_child(lambda: publish_four(copy_of(published, place / "timed").root))[0] == 0
    usual = time.monotonic() - began
    killed = 0
    for number in range(15):
        root = place / f"killed{number}"
        lake = copy_of(published, root)
        pid = os.fork()
        if pid == 0:
            publish_four(root)
            os._exit(0)
        time.sleep(clock.uniform(0, usual))
        os.kill(pid, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        assert_sound(lake, {3.0, 4.0})
        shutil.rmtree(root)
    assert killed > 0


@pytest.mark.fault("STO-2")
def test_a_file_size_limit_is_a_clear_error(published, place):
    lake = copy_of(published, place / "data")

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        publish_market(lake, 4.0, stamps=8000)

    code, answer = in_child(work)
    assert (code, "the disk is full" in str(answer)) == (1, True)
    assert not list((lake.root / "versions").glob(".staging-*"))
    assert_sound(lake, {3.0})


def test_an_error_inside_the_block_leaves_nothing_and_lets_the_next_one_in(published, place):
    lake = copy_of(published, place / "data")
    before = lake.current_version()
    with pytest.raises(ZeroDivisionError), lake.begin() as transaction:  # noqa: PT012 - the block is what is tested
        transaction.add("rooftop", market(4.0)["rooftop"])
        raise ZeroDivisionError
    assert lake.current_version() == before
    assert not list((lake.root / "versions").glob(".staging-*"))
    with pytest.raises(StoreError, match="has ended"):
        transaction.add("rooftop", market(4.0)["rooftop"])
    assert_sound(lake, {3.0})


@pytest.mark.fault("STO-4")
def test_the_lock_names_its_holder_and_ends_with_it_even_where_the_holder_left_workers(published, place):
    lake = copy_of(published, place / "data")
    ready, told = os.pipe()
    holder = os.fork()
    if holder == 0:
        held = lake.begin()
        worker = os.fork()
        if worker == 0:
            signal.pause()
        os.write(told, f"{worker}\n".encode())
        signal.pause()
        held.close()
    worker = int(os.read(ready, 20))
    try:
        with pytest.raises(StoreBusy, match=f"process {holder} is publishing"):
            lake.begin()
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
        assert_sound(lake, {3.0})
    finally:
        os.kill(worker, signal.SIGKILL)


@pytest.mark.fault("STO-5")
@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.long)])
def test_every_reader_during_many_publications_sees_one_whole_version(published, place, count):
    lake = copy_of(published, place / "data")
    publisher = os.fork()
    if publisher == 0:
        for value in range(4, 4 + count):
            publish_market(lake, float(value))
        os._exit(0)
    seen: list[float] = []
    while os.waitpid(publisher, os.WNOHANG) == (0, 0):
        snapshot = open_snapshot(lake)
        assert snapshot.problems == ()
        seen.append(value_of(snapshot))
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert value_of(open_snapshot(lake)) == 3.0 + count


@pytest.mark.fault("STO-5")
def test_a_version_removed_under_the_reader_is_no_error(published, place):
    lake = copy_of(published, place / "data")

    class Slow(Lake):
        """A reader that is overtaken by four publications between learning the version and opening it."""

        overtaken = False

        def manifest_of(self, version):
            if not self.overtaken:
                self.overtaken = True
                for value in (4.0, 5.0, 6.0, 7.0):
                    publish_market(lake, value)
            return super().manifest_of(version)

    snapshot = open_snapshot(Slow(lake.root))
    assert (value_of(snapshot), snapshot.problems) == (7.0, ())


@pytest.mark.fault("STO-5")
def test_frames_removed_under_the_reader_are_no_error(published, place, monkeypatch):
    lake = copy_of(published, place / "data")
    opened: list[str] = []

    def overtaken(self: FrameFolder, file: FrameFile) -> np.ndarray:
        """The first file to be mapped is replaced by four publications just before."""
        opened.append(file.name)
        if len(opened) == 1:
            for value in (4.0, 5.0, 6.0, 7.0):
                publish_market(lake, value)
        return mapped(self, file)

    mapped = FrameFolder._map
    monkeypatch.setattr(FrameFolder, "_map", overtaken)
    snapshot = open_snapshot(lake)
    assert not (lake.root / "frames" / opened[0]).exists()
    assert (value_of(snapshot), snapshot.problems) == (7.0, ())


@pytest.mark.fault("STO-1")
def test_a_crash_before_the_very_first_version_is_current(place):
    root = place / "data"

    def work() -> None:
        at_operation(0, root, lambda: None)
        import components.store.publish as module

        def die(link: Path, target: str) -> None:
            os._exit(77)

        module.point_link = die
        publish_market(Lake(root), 1.0)

    assert in_child(work)[0] == 77
    lake = Lake(root)
    assert open_snapshot(lake).empty
    assert publish_market(lake, 2.0).startswith("000002-")
    assert value_of(open_snapshot(lake)) == 2.0
