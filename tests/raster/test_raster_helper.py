"""The helper process: same answers as here, its end is told and another one starts, and it keeps out of the server's memory."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from components.errors import DashboardError
from components.raster import asks, helper, wire
from components.raster.helper import Helper, HelperEnded
from components.raster.prices import PricesAsk
from components.raster.units import UnitsAsk
from components.raster.worker import Archive
from components.store.frames import open_snapshot
from components.store.lake import Lake

ROOT = Path(__file__).resolve().parents[2]
UNITS = UnitsAsk("2024-02-20", "2024-03-01", columns=100)


@pytest.fixture
def started():
    made = Helper()
    yield made
    made.stop()


def same(one, other) -> bool:
    return one.words == other.words and all(
        np.array_equal(one.arrays[n], a, equal_nan=True) for n, a in other.arrays.items()
    )


def test_the_helper_answers_as_the_functions_do_and_starts_again_when_it_was_ended(started, demo_lake):
    version = Lake(demo_lake).current_version()
    snapshot = open_snapshot(Lake(demo_lake))
    first = started.answer(demo_lake, version, UNITS)
    assert same(first, UNITS.answer(snapshot))
    assert first.version == version
    pid = started.pid
    prices = PricesAsk("2024-02-20", "2024-03-01", columns=100)
    assert same(started.answer(demo_lake, version, prices), prices.answer(snapshot))
    assert started.pid == pid
    with pytest.raises(DashboardError, match="could not be worked out"):
        started.answer(demo_lake, version, UnitsAsk("nonsense", "2024-03-01"))
    assert started.pid == pid  # a bad question does not end it
    process = started._process
    os.kill(pid, signal.SIGKILL)
    process.wait(20)
    assert started.pid is None
    assert same(started.answer(demo_lake, version, UNITS), first)
    assert started.pid not in (None, pid)
    again = started._process
    again.stdin.close()  # the server has gone
    assert again.wait(20) == 0


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("os._exit(3)", "exit code 3"),
        ("os.kill(os.getpid(), 9)", "killed by SIGKILL"),
        ("print('half')", "exit code 0"),
    ],
)
def test_a_helper_that_ends_at_work_says_how(started, demo_lake, monkeypatch, deed, words):
    code = f"import os, sys; sys.stdin.buffer.read(4); {deed}"
    monkeypatch.setattr(helper, "COMMAND", (sys.executable, "-c", code))
    with pytest.raises(HelperEnded, match=words):
        started.answer(demo_lake, "v", UNITS)
    monkeypatch.undo()
    assert started.answer(demo_lake, Lake(demo_lake).current_version(), UNITS).arrays


def test_another_version_is_opened_when_it_is_asked_for(demo_lake):
    archive = Archive()
    version = Lake(demo_lake).current_version()
    snapshot = archive.snapshot(str(demo_lake), version)
    assert archive.snapshot(str(demo_lake), version) is snapshot
    assert archive.snapshot(str(demo_lake), "another") is not snapshot


@pytest.mark.parametrize("kind", asks.KINDS.values(), ids=list(asks.KINDS))
def test_questions_go_through_the_pipe_as_they_are(kind):
    ask = kind() if kind.kind == "overview" else kind("2024-01-01", "2024-02-01T00:05", "SA1")
    assert asks.from_json(asks.to_json(ask)) == ask


def test_arrays_go_through_the_pipe_as_they_are():
    arrays = {"a": np.arange(6, dtype="int16").reshape(2, 3), "none": np.empty((0, 4)), "t": np.arange(12.0)[::2]}
    pipe = io.BytesIO()
    wire.send(pipe, {"n": 1, "text": "é"}, arrays)
    pipe.seek(0)
    words, found = wire.receive(pipe)
    assert words == {"n": 1, "text": "é"}
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    for cut in (1, 5, len(pipe.getvalue()) - 1):
        with pytest.raises(wire.Ended):
            wire.receive(io.BytesIO(pipe.getvalue()[:cut]))


def test_the_servers_side_imports_neither_datashader_nor_numba():
    """Nor does the helper before its first answer; 40 to 100 MB that only the helper holds."""
    code = (
        "import sys, components.dashboards.explorer, components.raster.worker;"
        "print(sorted({'datashader', 'numba', 'xarray', 'dask', 'holoviews'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    code = "import sys, components.raster.worker; print(sorted({'bokeh', 'panel', 'numba'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
