"""``make faults``: run every test that names a fault, keep how each ended, write table and figures.

``make faults FAULTS="SRV-9 SEC-3"`` tries these anew and keeps what is known of the others.
"""

from __future__ import annotations

import sys
from collections import defaultdict

import fault_table
import pytest


class Keeper:
    """A pytest plugin that counts per fault how its tests ended."""

    def __init__(self, only: list[str]) -> None:
        self.only = set(only)
        self.faults: dict[str, list[str]] = {}
        self.ended: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            self.faults[item.nodeid] = [m.args[0] for m in item.iter_markers("fault")]
        if self.only:
            items[:] = [item for item in items if self.only & set(self.faults[item.nodeid])]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.ended[report.nodeid] = "failed"
        elif report.when == "call" or report.skipped:
            self.ended.setdefault(report.nodeid, report.outcome)

    def outcomes(self, order: list[str]) -> dict[str, fault_table.Outcome]:
        """Per fault, in the table's order."""
        counts: dict[str, dict[str, int]] = defaultdict(lambda: {"passed": 0, "failed": 0, "skipped": 0})
        for test, how in self.ended.items():
            for fault in self.faults.get(test, ()):
                counts[fault][how] += 1
        return {fault: fault_table.Outcome(**counts[fault]) for fault in order if fault in counts}


def main(arguments: list[str]) -> int:
    """Run, keep, write; pytest's exit code."""
    keeper = Keeper(arguments)
    code = pytest.main(["-m", "fault and not long", "-q", "--tb=short"], plugins=[keeper])
    table = fault_table.TABLE.read_text(encoding="utf-8")
    order = fault_table.ids(table)
    tried = keeper.outcomes(order)
    if arguments:
        tried = fault_table.read_record() | {fault: tried[fault] for fault in arguments if fault in tried}
    outcomes = {fault: tried[fault] for fault in order if fault in tried}
    fault_table.write_record(outcomes)
    fault_table.TABLE.write_text(fault_table.with_tests(table, fault_table.named()), encoding="utf-8")
    readme = fault_table.README.read_text(encoding="utf-8")
    before, after = readme.split(fault_table.BEGIN)[0], readme.split(fault_table.END)[1]
    lines = fault_table.figures(table, outcomes)
    text = f"{before}{fault_table.BEGIN}\n\n{lines}\n\n{fault_table.END}{after}"
    fault_table.README.write_text(text, encoding="utf-8")
    print(lines)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
