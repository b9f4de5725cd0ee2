"""Months added up in advance serve every later process: the same answers, nothing added up twice, never another's sums."""

from pathlib import Path

import pandas as pd
import pytest

from components.ingest.demo import write_demo
from components.queries import advance, kept_sums, monthly, penetration_months
from components.queries.remembering import Remembered
from components.queries.revenue import Revenue
from components.queries.units import unit_table
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot
from components.store.sums import here, look_in


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two whole months of a small market and the begin of a third."""
    made = Lake(tmp_path_factory.mktemp("kept") / "data")
    write_demo(made, days=68, end=pd.Timestamp("2024-03-08"), seed=3, units=12, progress=False)
    return made


@pytest.fixture(autouse=True)
def as_it_was(own_folder):
    yield
    forget()


def forget() -> None:
    """As a process that begins."""
    monthly.forget()
    penetration_months._months.clear()


@pytest.fixture
def snapshot(lake: Lake) -> Snapshot:
    forget()
    return open_snapshot(lake)


def answers(snapshot: Snapshot) -> list[pd.DataFrame]:
    return [q.run(snapshot).frame for q in advance.asked_in_advance()]


def test_a_later_process_adds_nothing_up_and_answers_the_same(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch):
    folder = here()
    look_in(None)
    plain = answers(snapshot)
    forget()
    look_in(folder)
    advance.add_up(snapshot)
    assert folder is not None
    assert len(folder.digests("2024-01")) > 5
    forget()
    find = kept_sums.find

    def only_found(key, make):
        def refuse():
            raise AssertionError(f"added up again: {key}")

        return find(key, refuse)

    monkeypatch.setattr(kept_sums, "find", only_found)
    for again, first in zip(answers(snapshot), plain, strict=True):
        pd.testing.assert_frame_equal(again, first)


def test_what_has_been_added_up_is_not_looked_at_again(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch):
    folder = here()
    assert folder is not None
    for path in folder.folder.glob("*"):
        path.unlink()
    asked = []
    monkeypatch.setattr(advance, "asked_in_advance", lambda: asked.append(1) or [Revenue(last="all")])
    advance.add_up(snapshot)
    advance.add_up(snapshot)
    assert asked == [1]
    with monkeypatch.context() as other_formula:
        other_formula.setattr(kept_sums, "_text", lambda: "another formula")
        advance.add_up(snapshot)
    assert asked == [1, 1]
    newer = Snapshot("newer", {"scada": snapshot.chunks("scada")[:1]}, snapshot.units)
    advance.add_up(newer)
    assert asked == [1, 1, 1]


def test_nothing_is_kept_unless_somebody_adds_up_in_advance(snapshot: Snapshot):
    folder = here()
    assert folder is not None
    for path in folder.folder.glob("*"):
        path.unlink()
    answers(snapshot)
    assert list(folder.folder.glob("*")) == []


def test_a_damaged_file_costs_time_and_nothing_else(snapshot: Snapshot):
    advance.add_up(snapshot)
    folder = here()
    assert folder is not None
    expected = Revenue(last="all", by=["duid"]).run(snapshot).frame
    for path in folder.folder.glob("*.arrow"):
        path.write_bytes(path.read_bytes()[:-300])
    folder.note_complete("")
    forget()
    pd.testing.assert_frame_equal(Revenue(last="all", by=["duid"]).run(snapshot).frame, expected)
    forget()
    advance.add_up(snapshot)
    assert folder.digests("2024-01")


def test_where_nothing_can_be_written_answers_are_the_same(snapshot: Snapshot, tmp_path: Path, caplog):
    (tmp_path / "sums").write_text("a file stands where the folder would be")
    from components.store.sums import SumsFolder

    look_in(SumsFolder(tmp_path))
    advance.add_up(snapshot)
    assert "sums of months are not kept" in caplog.text


def test_a_sum_is_named_by_data_registry_question_and_formula(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    key = ("money", unit_table(open_snapshot(lake)).fingerprint, ("scada", "2024-01", "4f1c"), 0, 8928)
    names = {kept_sums.digest(key)}
    for changed in (
        ("energy", *key[1:]),
        (key[0], "other", *key[2:]),
        (*key[:2], ("scada", "2024-01", "4f1d"), 0, 8928),
    ):
        names.add(kept_sums.digest(changed))
    monkeypatch.setattr(kept_sums, "_text", lambda: "another formula")
    names.add(kept_sums.digest(key))
    assert len(names) == 5


def test_the_registrys_name_is_the_same_in_every_process(lake: Lake):
    import subprocess
    import sys

    code = (
        "import sys\nfrom pathlib import Path\nfrom components.store.lake import Lake\n"
        "from components.store.frames import open_snapshot\nfrom components.queries.units import unit_table\n"
        "print(unit_table(open_snapshot(Lake(Path(sys.argv[1])))).fingerprint)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(lake.root)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == unit_table(open_snapshot(lake)).fingerprint


def test_frames_of_memory_alone_are_nobodys_elses():
    assert kept_sums.month_of(("money", 3, (7, 8), "scada")) is None
    assert kept_sums.month_of(("money", ("scada", 7, 8))) is None
    made = []
    kept = Remembered(5)
    with kept_sums.keeping(3):
        assert kept.get(("money", 3), lambda: made.append(1) or 4) == 4
    assert made == [1]
