"""The benchmark's arithmetic and its tables, on figures worked out by hand; nothing here is timed."""

from __future__ import annotations

import doctest
import json
import math
from pathlib import Path
from xml.etree import ElementTree

import curves
import figures
import pytest
import tables
from causes import CAUSES
from figures import Figure

ROOT = Path(__file__).resolve().parents[2]
RECORD = json.loads((ROOT / "docs/benchmark.json").read_text(encoding="utf-8"))


def test_a_ratio_is_the_median_of_the_runs_own_ratios():
    # Pairs 2/1, 9/3, 8/2 = 2, 3, 4; the ratio of the medians would be 8/2 = 4.
    figure = Figure("k", "w", "s", [2, 9, 8], [1, 3, 2])
    assert (figure.value, figure.base_value, figure.ratio) == (8, 2, 3)


def test_a_ratio_of_unequal_numbers_of_runs_is_that_of_the_medians():
    assert Figure("k", "w", "s", [2, 9, 8], [4]).ratio == 2


@pytest.mark.parametrize(
    ("figure", "met", "missed"),
    [
        (Figure("k", "w", "s", [3.0], target=3), True, 0),
        (Figure("k", "w", "s", [3.3], target=3), False, 0.1),
        (Figure("k", "w", "/s", [40.0], [10.0], target=5, at_least=True), False, 0.2),
        (Figure("k", "w", "/s", [50.0], [10.0], target=5, at_least=True), True, 0),
        (Figure("k", "w", "s", [0.2], [10.0], target=0.1, by_value=True), False, 1),
        (Figure("k", "w", "", [1.0], target=0), False, 0),
        (Figure("k", "w", "s", []), None, 0),
    ],
)
def test_a_target_is_met_or_missed_by_a_share(figure: Figure, met: bool | None, missed: float):
    assert figure.met is met
    assert figure.missed_by == pytest.approx(missed)


def test_what_could_not_be_measured_is_not_met():
    figure = Figure("k", "w", "s", [], target=1)
    assert figure.met is False
    assert tables.row(figure) == "| w | – |  |  | ≤ 1 s | **not measured** |"


def test_a_figure_survives_the_record():
    figure = Figure("k", "w", "s", [1.23456789], [2.0], "that", 2, at_least=True)
    back = figures.from_json(json.loads(json.dumps(figures.to_json(figure))))
    assert back == Figure("k", "w", "s", [1.2346], [2.0], "that", 2, at_least=True)


def test_a_row_says_everything():
    figure = Figure("k", "Opening", "s", [1.0, 2.0, 3.0], [1.0, 1.0, 1.0], "a bare page", 1.6)
    assert (
        tables.row(figure)
        == "| Opening | 2.00 s (1.00–3.00) | 1.00 s a bare page | 2.00 × | ≤ 1.6 × | **missed by 25%** |"
    )


def test_the_spread_of_a_hundred():
    assert figures.spread(list(range(101))) == {"p50": 50, "p95": 95, "worst": 100}
    assert all(math.isnan(v) for v in figures.spread([]).values())


@pytest.mark.parametrize("module", [tables, curves])
def test_the_examples(module):
    tried = doctest.testmod(module)
    assert tried.attempted > 0
    assert tried.failed == 0


def test_a_section_replaces_what_stands_between_the_marks():
    text = f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter"
    assert tables.put_into(text, "new \\1") == f"before\n{tables.BEGIN}\n\nnew \\1\n\n{tables.END}\nafter"
    with pytest.raises(ValueError, match="to fill"):
        tables.put_into("no marks", "new")


def test_a_drawing_is_svg_with_its_points_in_order():
    text = curves.drawing(
        [curves.Panel("A < B", [1, 5, 20], {"one": [1, 2, 4], "two": [4, 4, 4]}, "years", 3)], "About"
    )
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    circles = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in root.iter(f"{space}circle")]
    assert [x for x, _ in circles[:3]] == sorted(x for x, _ in circles[:3])
    # Four fifths of the way up: the axis ends at 5.
    assert circles[2] == circles[5]
    assert circles[2][1] == pytest.approx(curves.TOP + (curves.HEIGHT - curves.TOP - curves.BOTTOM) / 5, abs=0.06)
    assert "A < B" in [t.text for t in root.iter(f"{space}text")]


def record(*given: Figure) -> dict:
    return {
        "machine": {"processor": "P", "cores": 2, "memory_gb": 4, "system": "S", "python": "3", "versions": {}},
        "data": {"days": 1826, "units": 600},
        "parts": {"api": {"load": 0.5, "seconds": 1, "figures": [figures.to_json(f) for f in given]}},
    }


def test_misses_with_one_cause_are_told_together(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(CAUSES, "api.slow", "Because.")
    told = tables.misses(
        record(
            Figure("api.slow.a", "A", "s", [2.0], target=1),
            Figure("api.met", "M", "s", [1.0], target=1),
            Figure("api.slow.b", "B", "s", [3.0], [1.0], target=2),
            Figure("api.other", "C", "", [4.0], target=0),
        )
    )
    assert told.split("\n") == [
        "- **A** 2.00 s (target ≤ 1 s); **B** 3.00 × (target ≤ 2 ×). Because.",
        "- **C** 4.00 (target ≤ 0).",
    ]


def test_of_every_page_the_readme_shows_the_worst():
    pages = [
        Figure(f"pages.cpu.{n}", f"Open {n}", "s", [v], target=0.3) for n, v in (("a", 0.2), ("b", 0.5), ("c", 0.4))
    ]
    short = tables.worst_of_pages(
        [*pages, Figure("pages.again", "Again", "s", [1.0], target=2), Figure("x", "X", "s", [1])]
    )
    assert [f.what for f in short] == ["Open b, the worst of 3 pages (2 miss it)", "Again"]


def test_the_readme_shows_targets_and_warns_of_a_busy_machine():
    found = record(Figure("api.a", "A", "s", [2.0], target=1), Figure("api.b", "B", "s", [2.0]))
    text = tables.readme(found)
    assert "1,826 days × 600 units" in text
    assert "0 of 1 targets met. " not in text
    assert "| A |" in text
    assert "| B |" not in text
    assert "| B |" in tables.whole_page(found)
    found["parts"]["api"]["load"] = 7
    assert "load up to 7 on 2 cores" in tables.readme(found)


def test_the_readmes_figures_are_the_records():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert tables.put_into(readme, tables.readme(RECORD)) == readme
    assert (ROOT / "docs/benchmark.md").read_text(encoding="utf-8") == tables.whole_page(RECORD)


def test_every_explained_miss_is_of_a_figure_that_exists():
    keys = {f.key for part in tables.TITLES for f in tables.figures_of(RECORD, part)}
    known = keys | {key.rpartition(".")[0] for key in keys}
    measured = {key for key in CAUSES if key.partition(".")[0] in RECORD["parts"]}
    assert measured - known == set()


def test_the_record_names_no_host_and_no_folder():
    text = json.dumps(RECORD)
    assert "/home" not in text
    assert "/tmp" not in text
