"""What months add up to is remembered: once per content, the newest state of each month, so many at most."""

import numpy as np

from components.queries.remembering import Remembered, let_go, slot


def key(month: str, content: str, *, prices: str = "p") -> tuple:
    return ("money", (("price", month, prices),)), 42, ("scada", month, content), 0, 8928


def test_a_month_is_worked_out_once_for_each_of_its_states():
    kept, made = Remembered(10_000), []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.get(key("2024-03", "a"), make) for _ in range(3)] == [1, 1, 1]
    assert kept.get(key("2024-03", "b"), make) == 2
    assert kept.get(key("2024-03", "b", prices="q"), make) == 3
    assert kept.get(key("2024-04", "a"), make) == 4
    assert len(made) == 4


def test_a_newer_state_of_a_month_takes_the_place_of_the_older():
    kept = Remembered(10_000)
    for content in "abcdef":
        kept.get(key("2024-03", content), lambda: content)  # noqa: B023 - called at once
    kept.get(key("2024-02", "a"), lambda: 0)
    assert len(kept) == 2
    assert key("2024-03", "f") in kept
    assert key("2024-03", "e") not in kept


def test_what_was_asked_for_longest_ago_goes_first():
    kept = Remembered(2_500)
    for month in ("2024-01", "2024-02"):
        kept.get(key(month, "a"), lambda: np.zeros(125))
    kept.get(key("2024-01", "a"), lambda: np.zeros(125))
    assert len(kept) == 2
    kept.get(key("2024-03", "a"), lambda: np.zeros(125))
    assert len(kept) == 2
    assert key("2024-01", "a") in kept
    assert key("2024-02", "a") not in kept
    kept.clear()
    assert len(kept) == 0


def test_a_month_that_grows_counts_once():
    kept = Remembered(2_500)
    kept.get(key("2024-01", "a"), lambda: np.zeros(125))
    for content in "abcdef":
        kept.get(key("2024-02", content), lambda: np.zeros(125))
    assert key("2024-01", "a") in kept
    assert kept._bytes == 2_000


def test_only_the_content_of_frames_is_left_out_of_a_slot():
    assert slot(("a", ("x", "y", "z"), ("flow", "2024-03", "1f"), 7)) == ("a", ("x", "y", "z"), ("flow", "2024-03"), 7)


def test_all_is_let_go_at_once_and_made_again():
    one, other = Remembered(10_000), Remembered(10_000)
    for kept in (one, other):
        kept.get(key("2024-01", "a"), lambda: 1)
    let_go()
    assert (len(one), len(other)) == (0, 0)
    assert one.get(key("2024-01", "a"), lambda: 2) == 2
