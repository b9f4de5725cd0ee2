"""Numbers on pages are written in one place: no other module of charts or pages formats a number itself."""

import ast
import re
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).resolve().parents[2] / "components"
OWNER = COMPONENTS / "charts" / "formats.py"
FILES = [f for part in ("charts", "dashboards") for f in sorted((COMPONENTS / part).glob("*.py")) if f != OWNER]
NUMBER = re.compile(r"[<>=^+\- ]*\d*,?(\.\d+)?[fFeEn%]?")
"""A format of numbers: thousands, decimals, per cent. Times (%Y), hexadecimals (02X) and texts are none."""


def formats_a_number(spec: str) -> bool:
    return bool(spec) and NUMBER.fullmatch(spec) is not None and bool(set(spec) & set(",.fe%"))


def own_formats(tree: ast.AST) -> list[int]:
    """Lines with ``f"{value:,.1f}"``, ``format(value, ".1f")`` or ``"%.1f" % value``."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(p.value if isinstance(p, ast.Constant) else "1" for p in node.format_spec.values)
            if formats_a_number(spec):
                lines.append(node.lineno)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "format":
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("spec", [",", ",.1f", ".2f", ".0%", "+,.0f"])
def test_number_formats_are_recognised(spec):
    assert own_formats(ast.parse(f"f'{{x:{spec}}}'")) == [1]


@pytest.mark.parametrize("spec", ["%Y-%m-%d", "02X", ">10", "%b %Y", "02"])
def test_times_and_texts_are_no_numbers(spec):
    assert own_formats(ast.parse(f"f'{{x:{spec}}}'")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_numbers_are_written_by_formats_only(file):
    assert own_formats(ast.parse(file.read_text(encoding="utf-8"))) == [], "use components.charts.formats"
