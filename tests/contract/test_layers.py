"""Imports point down only, and nothing does anything when imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = {"errors", "config", "market_time", "market_limits", "vocabulary", "stopping", "heap"}
DATA = WORDS | {"schema"}
ANSWERS = DATA | {"metrics", "queries", "store.snapshot"}
# Part of the program -> the parts it may import besides itself. None = everything (layer 4: wiring).
MAY_IMPORT: dict[str, set[str] | None] = {
    **dict.fromkeys(WORDS, WORDS),
    "schema": WORDS,
    "store": DATA,
    "ingest": DATA | {"store"},
    "metrics": DATA,
    "queries": DATA | {"metrics", "store.snapshot", "store.sums"},
    "charts": ANSWERS,
    "raster": ANSWERS | {"charts", "store"},
    "dashboards": ANSWERS | {"charts", "raster", "store.shared", "panel_speed.static_files"},
    "api": ANSWERS | {"component_route", "hardening", "store.shared"},
    "component_route": set(),
    "hardening": {"config"},
    "login": {"errors"},
    "probe": set(),
    "worker_signals": None,
    "worker_watch": set(),
    "live": {"config", "store"},
    "panel_speed": {"heap"},
    "startup": None,
    "serving": None,
    "cli": None,
    "check": None,
    "check_rows": DATA | {"store"},
    "check_balance": DATA | {"store", "metrics", "check_rows"},
}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter"}


def modules() -> list[Path]:
    return sorted((ROOT / "components").rglob("*.py"))


def dotted(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything of the project's own that a file imports, anywhere in it."""
    package = dotted(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            names = [f"{module}.{a.name}" for a in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] in ("components", "app", "tests"):
                yield node.lineno, name


def offences(path: Path) -> list[str]:
    part = dotted(path).split(".")[1] if "." in dotted(path) else ""
    found = []
    for line, name in imports(path):
        words = name.split(".")
        target = words[1] if len(words) > 1 else ""
        if target == "" or target == part or target == "__version__":
            continue
        allowed = MAY_IMPORT.get(part, set())
        if words[0] != "components" or (allowed is not None and not {target, ".".join(words[1:3])} & allowed):
            found.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    return found


def test_every_part_of_the_program_has_a_place_in_the_layers():
    parts = {dotted(p).split(".")[1] for p in modules() if "." in dotted(p)}
    assert parts - set(MAY_IMPORT) == set()


def test_imports_point_down_only():
    assert [o for p in modules() for o in offences(p)] == []


def test_the_rule_sees_an_upward_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The guard itself: forbidden ways of importing are all found."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    bad = tmp_path / "components/store/bad.py"
    bad.parent.mkdir(parents=True)
    bad.write_text(
        "from components.ingest import run\n"
        "def f():\n    import components.api.base\n"
        "from ..dashboards import page\n"
        "from components import schema\nfrom . import lake\n"
    )
    assert [o.rsplit(" ", 1)[1] for o in offences(bad)] == [
        "components.ingest.run",
        "components.dashboards.page",
        "components.api.base",
    ]


def test_pages_reach_the_program_through_dashboards_and_startup_only():
    found = [
        f"{path.name}:{line} imports {name}"
        for path in sorted((ROOT / "app").glob("*.py"))
        for line, name in imports(path)
        if name.split(".")[1] not in ("dashboards", "startup")
    ]
    assert found == []


def test_only_the_shared_store_touches_the_cache_of_panel():
    touching = {
        str(path.relative_to(ROOT))
        for path in [*modules(), *(ROOT / "app").glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "cache"
        and isinstance(node.value, ast.Attribute | ast.Name)
        and getattr(node.value, "attr", getattr(node.value, "id", "")) == "state"
    }
    assert touching == {"components/store/shared.py"}


def test_no_clock_is_read_at_import():
    found = []
    for path in modules():
        stack: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
        while stack:
            node = stack.pop()
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                    continue
                if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr in CLOCKS:
                    found.append(f"{path.relative_to(ROOT)}:{child.lineno}")
                stack.append(child)
    assert found == []


WATCHED_IMPORT = """
import importlib, os, sys, threading
root, names = sys.argv[1], sys.argv[2:]
seen = []
at = ["?"]
def hook(event, args):
    if event == "open" and isinstance(args[0], (str, bytes, os.PathLike)):
        path = os.path.abspath(os.fsdecode(args[0]))
        inside = path.startswith(root + os.sep) and not path.endswith((".py", ".pyc", "__pycache__"))
        if (inside and os.sep + "." not in path[len(root):]) or (isinstance(args[1], str) and set(args[1]) & set("wax+")
                and "__pycache__" not in path and path != os.devnull):
            seen.append(f"{at[0]} opens {path}")
    elif event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.mkdir"):
        if event != "os.mkdir" or "__pycache__" not in str(args[0]):
            seen.append(f"{at[0]}: {event} {args[:2]}")
sys.addaudithook(hook)
for name in names:
    at[0] = name
    importlib.import_module(name)
    if threading.active_count() > 1:
        seen.append(f"{name} starts {[t.name for t in threading.enumerate()[1:]]}")
        break
print("\\n".join(seen))
"""


@pytest.mark.fault("SEC-1")
def test_importing_any_module_does_nothing(tmp_path: Path):
    """No file of data/ or the settings is opened, nothing is written, no thread, socket or process is started.

    Panel lets anyone name a module for the server to import, so every one has to be inert.
    """
    names = [dotted(p) for p in modules() if p.name != "__main__.py"]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED_IMPORT, str(ROOT), *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == ""
