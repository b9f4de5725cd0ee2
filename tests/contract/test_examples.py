"""Every example in a docstring runs and gives what it says."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def modules_with_examples() -> list[str]:
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / "components").rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]


def test_there_are_examples():
    assert "components.market_time" in modules_with_examples()


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_a_module(name: str):
    tried = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried.attempted > 0
    assert tried.failed == 0
