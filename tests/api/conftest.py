"""The API over a small market, on a free port."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from live_api import LiveApi, market, running

from components.api import cache
from components.store.snapshot import Snapshot


@pytest.fixture(scope="session")
def small() -> Snapshot:
    """The market of :func:`market` as a snapshot; shared, as every snapshot is."""
    frames, units = market()
    return Snapshot.from_frames(frames, units, version="v1")


@pytest.fixture(scope="module")
def _one_server(small: Snapshot) -> Iterator[LiveApi]:
    with running(small) as server:
        yield server


@pytest.fixture
def live(_one_server: LiveApi, small: Snapshot) -> LiveApi:
    """The API over the small market, as if just started."""
    _one_server.snapshot = small
    _one_server.state = SimpleNamespace(state="ready", reasons=())
    _one_server.collector = SimpleNamespace(at_work=False, state=None)
    _one_server.client.headers["accept"] = "*/*"
    cache.answers.clear()
    return _one_server
