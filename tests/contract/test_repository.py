"""What the repository promises about itself: README = code, dependencies, nothing of one machine in it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from components import config

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under one of README's headings."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert found, f"README has no section {title!r}"
    return found[1]


def shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[]" if not value else ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_the_readmes_table_of_settings_is_the_codes():
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]*)` \| ([^|]*) \| ([^|]*) \|$", section("Settings"), re.M)
    expected = [(r.name, shown(r.default), r.bounds or r.kind, r.doc) for r in config.table()]
    assert [tuple(cell.strip() for cell in row) for row in rows] == expected


def test_the_settings_file_shows_every_setting_with_its_default():
    given = yaml.safe_load((ROOT / "panel_config.yaml").read_text(encoding="utf-8"))
    flat = {
        f"{name}.{key}" if isinstance(values, dict) else name: value
        for name, values in given.items()
        for key, value in (values.items() if isinstance(values, dict) else [(name, values)])
    }
    expected = {
        r.name: list(r.default) if isinstance(r.default, tuple) else str(r.default) if r.kind == "path" else r.default
        for r in config.table()
    }
    assert flat == expected


def test_the_house_map_lists_every_module_folder_and_nothing_else():
    listed = set(re.findall(r"`(components/[a-z_/]+)/`", section("House map")))
    folders = {
        str(p.parent.relative_to(ROOT))
        for p in (ROOT / "components").rglob("__init__.py")
        if p.parent != ROOT / "components"
    }
    assert listed == folders


def test_the_house_map_names_every_module_beside_the_folders():
    listed = set(re.findall(r"`([a-z_]+\.py)`", section("House map")))
    single = {p.name for p in (ROOT / "components").glob("*.py") if p.name != "__init__.py"}
    assert single - listed == set()
    assert all(list((ROOT / "components").rglob(name)) for name in listed)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_the_readmes_links_lead_somewhere(target: str):
    assert (ROOT / target).exists()


def test_dependencies_have_lower_bounds_only():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    every = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    assert [d for d in every if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?>=[0-9.]+", d)] == []


def test_constraints_pin_every_dependency_without_addresses():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [x for x in (ROOT / "constraints.txt").read_text().splitlines() if not x.startswith("#")]
    assert [x for x in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", x)] == []
    pinned = {x.split("==")[0].lower().replace("_", "-"): x.split("==")[1] for x in lines}
    every = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    for dependency in every:
        name, low = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?>=([0-9.]+)", dependency).groups()
        version = pinned[name.lower().replace("_", "-")]
        assert [int(n) for n in re.findall(r"\d+", version)] >= [int(n) for n in low.split(".")], dependency


def tracked() -> list[Path]:
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git and a checkout")
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_of_one_machine_is_in_the_repository():
    """No absolute path of somebody's machine, no address of a package registry."""
    forbidden = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "opt/", "py" + r"pi\.", "python" + "hosted"]))
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {m[0]}" for m in forbidden.finditer(text)]
    assert found == []


def test_only_the_readme_of_data_is_tracked():
    listing = [p for p in tracked() if p.is_relative_to(ROOT / "data")]
    assert listing == [ROOT / "data/README.md"]


def test_ci_runs_the_readmes_test_command():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert re.search(r"\bmake .*\btest\b", script)
    assert "make test" in README
