"""What months add up to is kept beside the frames: read as it was written, or not at all."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from components.store import sums
from components.store.sums import SumsFolder, keepable, pack, unpack


@dataclass(frozen=True, eq=False)
class Pair:
    left: np.ndarray
    right: tuple


@dataclass(frozen=True)
class Stranger:
    left: int


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "_kinds", {})
    keepable(Pair)


@pytest.fixture
def folder(tmp_path: Path) -> SumsFolder:
    return SumsFolder(tmp_path)


def packed(value) -> sums.Packed:
    made = pack(value)
    assert made is not None
    return made


def test_a_value_comes_back_as_it_was():
    odd = np.array([1, 2, 3], np.uint8)  # what follows begins on a boundary of eight bytes all the same
    value = {
        "a": (odd, np.array([[1.5, np.nan]])),
        "b": [Pair(np.arange(6, dtype=np.int32).reshape(2, 3).T, ("NSW1", None, 2, True, 0.1)), "words"],
        "none": np.empty((0, 4), np.float32),
    }
    back = unpack(packed(value))
    assert list(back) == ["a", "b", "none"]
    assert back["a"][0].dtype == np.uint8
    np.testing.assert_array_equal(back["a"][0], odd)
    np.testing.assert_array_equal(back["a"][1], [[1.5, np.nan]])
    assert isinstance(back["b"][0], Pair)
    np.testing.assert_array_equal(back["b"][0].left, [[0, 3], [1, 4], [2, 5]])
    assert back["b"][0].right == ("NSW1", None, 2, True, 0.1)
    assert back["b"][1] == "words"
    assert back["none"].shape == (0, 4)
    with pytest.raises(ValueError, match="read-only"):
        back["a"][0][0] = 9


@pytest.mark.parametrize(
    "value", [np.array(["x", None], object), Stranger(1), {1: 2}, {"a", "b"}, (1, object())], ids=str
)
def test_what_is_not_made_of_numbers_and_words_is_not_kept(value):
    assert pack(value) is None


def test_nothing_but_numbers_is_ever_read():
    with pytest.raises(ValueError, match="no kind of number"):
        unpack(('{"array": ["|O", [1], 0]}', b"\0" * 8))
    with pytest.raises(KeyError):
        unpack(('{"kind": "Path", "fields": {}}', b""))
    with pytest.raises(ValueError, match="buffer"):
        unpack(('{"array": ["<f8", [1000], 0]}', b"\0" * 8))


def test_a_month_has_the_sums_it_was_given_last(folder: SumsFolder):
    assert folder.read("2024-03", "one") is None
    folder.write("2024-03", {"one": packed(1), "two": packed(np.arange(3.0))})
    assert folder.digests("2024-03") == {"one", "two"}
    found = folder.read("2024-03", "two")
    assert found is not None
    np.testing.assert_array_equal(unpack(found), [0, 1, 2])
    folder.write("2024-03", {"three": packed(3)})
    assert folder.digests("2024-03") == {"three"}
    assert folder.read("2024-03", "one") is None
    assert folder.read("2024-04", "three") is None
    assert folder.read("../2024-03", "three") is None


def test_what_is_damaged_is_not_there(folder: SumsFolder):
    folder.write("2024-03", {"one": packed(np.arange(1_000.0))})
    (path,) = folder.folder.glob("*.arrow")
    whole = path.read_bytes()
    at = whole.index(np.arange(1_000.0).tobytes())
    path.write_bytes(whole[: at + 4_000] + b"\x55" + whole[at + 4_001 :])
    assert folder.read("2024-03", "one") is None
    for content in (whole[: len(whole) // 2], b"", b"ARROW1"):
        path.write_bytes(content)
        assert folder.read("2024-03", "one") is None
        assert folder.digests("2024-03") == frozenset()
    path.write_bytes(whole)
    assert folder.read("2024-03", "one") is not None


def test_a_large_sum_is_mapped_from_a_file_of_its_own(folder: SumsFolder):
    assert folder.mapped("2024-03", "ab12") is None
    folder.write_mapped("2024-03", "ab12", packed(Pair(np.arange(6.0).reshape(2, 3), ("NSW1", 2))))
    assert folder.has_mapped("2024-03", "ab12")
    assert not folder.has_mapped("2024-03", "cd34")
    found = folder.mapped("2024-03", "ab12")
    np.testing.assert_array_equal(found.left, [[0, 1, 2], [3, 4, 5]])
    assert found.right == ("NSW1", 2)
    assert not found.left.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        found.left[0, 0] = 9
    folder.write_mapped("2024-03", "cd34", packed(Pair(np.empty((0, 3)), ())))
    folder.sweep_mapped([("2024-03", "cd34")])
    assert [p.name for p in folder.folder.glob("*.sum")] == ["2024-03-cd34.sum"]
    assert folder.mapped("2024-03", "cd34").left.shape == (0, 3)
    np.testing.assert_array_equal(found.left, [[0, 1, 2], [3, 4, 5]])  # who has it mapped keeps it


def test_a_large_sum_that_is_damaged_is_not_there(folder: SumsFolder):
    folder.write_mapped("2024-03", "ab12", packed(np.arange(1_000.0)))
    (path,) = folder.folder.glob("*.sum")
    whole = path.read_bytes()
    for content in (whole[:-1], whole[: len(whole) // 2], whole[:30], whole[:3], b"", whole + b"\0", b"x" + whole[1:],
                    whole.replace(b"1000", b"0999")):  # fmt: skip
        path.write_bytes(content)
        assert SumsFolder(folder.folder.parent).mapped("2024-03", "ab12") is None
    path.write_bytes(whole)
    np.testing.assert_array_equal(SumsFolder(folder.folder.parent).mapped("2024-03", "ab12"), np.arange(1_000.0))


def test_months_that_are_gone_are_swept(folder: SumsFolder):
    for month in ("2024-02", "2024-03"):
        folder.write(month, {"one": packed(1)})
        folder.write_mapped(month, "ab12", packed(1))
    (folder.folder / ".tmp-999999999-00000000-2024-02.arrow").write_bytes(b"left by a writer that was killed")
    folder.sweep({"2024-03"})
    assert [p.name for p in sorted(folder.folder.iterdir())] == ["2024-03-ab12.sum", "2024-03.arrow"]
