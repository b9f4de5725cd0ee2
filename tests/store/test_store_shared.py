"""The one snapshot of a process: loaded once, replaced by a newer version, kept when that cannot be opened."""

from __future__ import annotations

import gc
import threading

import panel as pn
import pytest
from store_cases import publish_market, value_of

from components.store import shared
from components.store.lake import Lake


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """A lake that the shared snapshot is configured for; the process's own state is put back afterwards."""
    monkeypatch.setattr(shared, "_shared", shared._Shared(tmp_path / "elsewhere"))
    monkeypatch.setattr(pn.state, "cache", {})
    monkeypatch.setattr(shared, "CHECK_SECONDS", 0.0)
    shared.configure(tmp_path)
    yield Lake(tmp_path)
    gc.unfreeze()


@pytest.mark.fault("SRV-3")
def test_many_first_visitors_cause_one_load(lake, monkeypatch):
    publish_market(lake, 1.0)
    opened: list[int] = []
    together = threading.Barrier(8)
    real = shared.open_snapshot

    def counted(which: Lake):
        opened.append(1)
        return real(which)

    monkeypatch.setattr(shared, "open_snapshot", counted)
    assert shared.status().state == "loading"
    found: list[object] = []

    def visit() -> None:
        together.wait()
        found.append(shared.current())

    visitors = [threading.Thread(target=visit) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(opened) == 1
    assert {id(s) for s in found} == {id(pn.state.cache["aemo_snapshot"])}
    assert shared.status() == shared.SharedStatus("ready", (), lake.current_version())


@pytest.mark.fault("SRV-4")
def test_a_newer_version_replaces_the_snapshot_and_old_readers_keep_theirs(lake):
    publish_market(lake, 1.0)
    before = shared.load()
    assert shared.current() is before
    version = publish_market(lake, 2.0)
    after = shared.current()
    assert (after.version, value_of(after), value_of(before)) == (version, 2.0, 1.0)
    assert pn.state.cache == {"aemo_snapshot": after}


def test_the_pointer_is_looked_at_only_once_a_while(lake, monkeypatch):
    publish_market(lake, 1.0)
    before = shared.load()
    monkeypatch.setattr(shared, "CHECK_SECONDS", 3600.0)
    publish_market(lake, 2.0)
    assert shared.current() is before


def test_at_hand_is_what_needs_no_look(lake, monkeypatch):
    assert shared.at_hand() is None  # nothing is loaded
    publish_market(lake, 1.0)
    first = shared.current()
    assert shared.at_hand() is None  # every moment is worth a look here
    with shared._shared.loading:  # somebody looks: the others go on
        assert shared.at_hand() is first
    monkeypatch.setattr(shared, "CHECK_SECONDS", 60.0)
    assert shared.at_hand() is first


def test_a_version_that_cannot_be_opened_leaves_the_old_snapshot_and_a_reason(lake):
    publish_market(lake, 1.0)
    before = shared.load()
    publish_market(lake, 2.0)
    path = lake.root / "current" / "manifest.json"
    good = path.read_text()
    path.write_text(good.replace('"schema": 1', '"schema": 99'))
    assert shared.current() is before
    status = shared.status()
    assert (status.state, status.version) == ("degraded", before.version)
    assert "newer version of this program" in status.reasons[0]
    path.write_text(good)
    publish_market(lake, 3.0)
    assert value_of(shared.current()) == 3.0
    assert shared.status().state == "ready"


@pytest.mark.fault("STO-3")
def test_damage_makes_it_degraded(lake):
    publish_market(lake, 1.0)
    publish_market(lake, 2.0)
    (lake.root / lake.manifest().datasets["scada"].months["2024-07"].file).unlink()
    assert value_of(shared.current()) == 1.0
    status = shared.status()
    assert status.state == "degraded"
    assert "is damaged" in status.reasons[0]


def test_files_that_are_back_are_noticed_without_a_new_version(lake, monkeypatch):
    version = publish_market(lake, 1.0)
    path = lake.root / lake.manifest().datasets["scada"].months["2024-07"].file
    path.rename(path.with_suffix(".away"))
    assert shared.current().version == f"{version}-damaged"
    path.with_suffix(".away").rename(path)
    assert shared.current().version == f"{version}-damaged"
    monkeypatch.setattr(shared, "RETRY_SECONDS", 0.0)
    assert shared.current().version == version
    assert shared.status().state == "ready"


def test_an_empty_folder_is_no_failure_and_data_that_comes_is_picked_up(lake):
    assert shared.load().empty
    status = shared.status()
    assert status.state == "degraded"
    assert "no data yet" in status.reasons[0]
    publish_market(lake, 1.0)
    assert value_of(shared.current()) == 1.0
    assert shared.status().state == "ready"


def test_configuring_the_same_folder_keeps_what_is_loaded_and_another_drops_it(lake, tmp_path):
    publish_market(lake, 1.0)
    before = shared.load()
    shared.configure(tmp_path)
    assert shared.current() is before
    shared.configure(tmp_path / "other")
    assert shared.status().state == "loading"
    assert shared.current().empty
