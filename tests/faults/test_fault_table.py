"""The table of faults and the tests that name its rows are one list; README's figures are the record's."""

from __future__ import annotations

import fault_table
from fault_table import Outcome

TABLE = fault_table.TABLE.read_text(encoding="utf-8")


def test_every_fault_has_a_test_and_every_test_names_a_fault_of_the_table():
    ids, named = fault_table.ids(TABLE), fault_table.named()
    assert len(set(ids)) == len(ids) > 50
    assert {"without a test": set(ids) - set(named), "without a row": set(named) - set(ids)} == {
        "without a test": set(),
        "without a row": set(),
    }


def test_the_record_is_of_the_tables_faults_and_none_was_lost():
    record = fault_table.read_record()
    assert list(record) == fault_table.ids(TABLE)
    assert [fault for fault, how in record.items() if not how.survived] == []


def test_the_readmes_figures_are_worked_out_from_the_record():
    readme = fault_table.README.read_text(encoding="utf-8")
    assert fault_table.shown(readme) == fault_table.figures(TABLE, fault_table.read_record())


def test_figures_by_hand():
    table = "## A\n\n| AAA-1 | f | e | |\n| AAA-2 | f | e | |\n\n## B\n\n| BBB-1 | f | e | |\n"
    outcomes = {"AAA-1": Outcome(passed=2), "AAA-2": Outcome(passed=1, failed=1), "BBB-1": Outcome(skipped=1)}
    assert fault_table.figures(table, outcomes).splitlines()[2:] == [
        "| A | 2 | 4 | 1 | 1 |",
        "| B | 0 | 0 | 0 | 0 |",
        "| **All** | 2 | 4 | 1 | 1 |",
    ]
    filled = fault_table.with_tests(table, {"BBB-1": {"tests/x/test_b.py", "tests/x/test_a.py"}})
    assert filled.splitlines()[-1] == "| BBB-1 | f | e | [a](../tests/x/test_a.py), [b](../tests/x/test_b.py) |"
