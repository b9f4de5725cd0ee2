"""The table of faults (``docs/faults.md``), the tests that name its rows, and the figures made of both."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/faults.md"
RECORD = ROOT / "docs/faults.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
ROW = re.compile(r"^\| ([A-Z]{3}-\d+) \| (.+?) \| (.+?) \|(.*)\|$", re.M)


@dataclass(frozen=True)
class Outcome:
    """How the tests of one fault ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def survived(self) -> bool:
        return self.passed > 0 and self.failed == 0


def ids(text: str) -> list[str]:
    """Ids of the table, in its order."""
    return [row[1] for row in ROW.finditer(text)]


def named() -> dict[str, set[str]]:
    """Id -> files (relative to the project) with a test that names it."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for call in node.decorator_list:
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.fault":
                        found.setdefault(ast.literal_eval(call.args[0]), set()).add(str(path.relative_to(ROOT)))
    return found


def with_tests(text: str, files: dict[str, set[str]]) -> str:
    """The table with its last column filled: a link to each file with tests of the row."""

    def fill(row: re.Match[str]) -> str:
        links = ", ".join(f"[{Path(f).stem.removeprefix('test_')}](../{f})" for f in sorted(files.get(row[1], ())))
        return f"| {row[1]} | {row[2]} | {row[3]} | {links} |"

    return ROW.sub(fill, text)


def read_record() -> dict[str, Outcome]:
    """The last run: id -> how it ended."""
    return {fault: Outcome(**how) for fault, how in json.loads(RECORD.read_text(encoding="utf-8")).items()}


def write_record(outcomes: dict[str, Outcome]) -> None:
    """Keep a run, in the table's order."""
    lines = [f'  "{fault}": {json.dumps(vars(how))}' for fault, how in outcomes.items()]
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def figures(table: str, outcomes: dict[str, Outcome]) -> str:
    """The README's lines: per section and in all, faults tried, survived, lost."""
    rows = ["| | faults tried | tests | survived | lost |", "|---|---|---|---|---|"]
    every: list[str] = []
    for section in re.split(r"^## ", table, flags=re.M)[1:]:
        here = ids(section)
        every += here
        rows.append(_line(section.splitlines()[0], here, outcomes))
    rows.append(_line("**All**", every, outcomes))
    return "\n".join(rows)


def _line(name: str, faults: list[str], outcomes: dict[str, Outcome]) -> str:
    tried = [outcomes[f] for f in faults if f in outcomes and outcomes[f].passed + outcomes[f].failed]
    survived = sum(o.survived for o in tried)
    tests = sum(o.passed + o.failed for o in tried)
    return f"| {name} | {len(tried)} | {tests} | {survived} | {len(tried) - survived} |"


def shown(readme: str) -> str:
    """What README holds between the marks."""
    return readme.split(BEGIN)[1].split(END, maxsplit=1)[0].strip()
