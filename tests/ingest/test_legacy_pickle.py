"""A pickled list of units is read as data; nothing that it could run is run."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pandas as pd
import pytest

from components.errors import FileRejected
from components.ingest.safe_pickle import read_pickled_frame

FRAME = pd.DataFrame(
    {
        "DUID": ["A1", "B/B#2", "Ü"], "Fuel": ["Coal", None, "Wind"], "Capacity(MW)": [1.5, float("nan"), 3.0],
        "Units": [1, 2, 3], "Live": [True, False, True], "Since": pd.to_datetime(["2020-01-01", None, "2021-02-03"]),
    }
)  # fmt: skip


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "frame",
    [
        FRAME, FRAME.astype({"Fuel": object, "DUID": object}), FRAME.astype({"Fuel": "category"}),
        FRAME.astype({"DUID": "string"}), FRAME.set_index("DUID"), FRAME.set_index("Since"),
    ],
    ids=["plain", "objects", "categories", "strings", "text index", "time index"],
)  # fmt: skip
def test_plain_frames_come_back_equal(tmp_path: Path, frame, protocol):
    path = tmp_path / "gen_info.pkl"
    path.write_bytes(pickle.dumps(frame, protocol=protocol))
    pd.testing.assert_frame_equal(read_pickled_frame(path), frame)


class Bomb:
    """Unpickled by the standard library, it writes a file."""

    def __init__(self, target: Path):
        self.target = target

    def __reduce__(self):
        return os.system, (f"touch {self.target}",)


@pytest.mark.fault("SRC-9")
@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("inside", [False, True])
def test_a_pickle_that_would_run_something_is_refused_unrun(tmp_path: Path, protocol, inside):
    witness, path = tmp_path / "witness", tmp_path / "gen_info.pkl"
    bomb = Bomb(witness)
    thing = FRAME.assign(x=pd.Series([bomb, 1, 2], dtype=object)) if inside else bomb
    path.write_bytes(pickle.dumps(thing, protocol=protocol))
    with pytest.raises(FileRejected, match=r"it would call .*save it as gen_info\.csv"):
        read_pickled_frame(path)
    assert not witness.exists()
    pickle.loads(path.read_bytes())
    assert witness.exists(), "the bomb was no bomb"


@pytest.mark.parametrize(
    "line",
    [
        "cbuiltins\neval\n", "cbuiltins\ngetattr\n", "cpandas\nread_pickle\n", "cpandas.core.frame\nDataFrame.eval\n",
        "cpandas.io.pickle\nread_pickle\n", "cnumpy\nload\n", "cnumpy.core.multiarray\nfromfile\n", "c_codecs\ndecode\n",
    ],
)  # fmt: skip
def test_nothing_but_constructors_of_frames_is_found(tmp_path: Path, line):
    path = tmp_path / "gen_info.pkl"
    path.write_bytes(line.encode() + b".")
    with pytest.raises(FileRejected, match="it would call"):
        read_pickled_frame(path)


def test_a_codec_other_than_latin1_is_refused(tmp_path: Path):
    path = tmp_path / "gen_info.pkl"
    path.write_bytes(b"c_codecs\nencode\n(Vx\nVrot13\ntR.")
    with pytest.raises(FileRejected, match="rot13"):
        read_pickled_frame(path)


@pytest.mark.parametrize("thing", [[1, 2], {"DUID": ["A"]}, None])
def test_what_is_no_frame_is_refused(tmp_path: Path, thing):
    path = tmp_path / "gen_info.pkl"
    path.write_bytes(pickle.dumps(thing))
    with pytest.raises(FileRejected, match="expected a data frame"):
        read_pickled_frame(path)


@pytest.mark.fault("SRC-9")
def test_every_cut_of_a_pickle_is_refused(tmp_path: Path):
    whole = pickle.dumps(FRAME)
    path = tmp_path / "gen_info.pkl"
    for cut in {0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
        path.write_bytes(whole[:cut])
        with pytest.raises(FileRejected, match="damaged|no plain"):
            read_pickled_frame(path)
