"""A question in a file of its own is known everywhere by being there, and gone with it."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TOY = '''
import pandas as pd
import param

from components.queries.base import PeriodQuery, Result, register


@register
class Toy(PeriodQuery):
    """Counts."""

    route = "toy/counts"
    page = "overview"
    title = "Toy counts"
    description = "Counts."
    row_columns = {"count": ("", "A number")}

    times = param.Integer(default=2, bounds=(1, 9), doc="How often.")

    def run(self, snapshot):
        return Result(pd.DataFrame({"count": [1.0] * self.times}), {"count": ""}, None, None)
'''

TRIED = """
import sys

sys.path.append(sys.argv[1])
from live_api import market, running

from components import api
from components.queries.base import REGISTRY
from components.store.snapshot import Snapshot

frames, units = market()
with running(Snapshot.from_frames(frames, units, version="v1"), api.routes()) as live:
    body = live.json("/api/toy/counts?times=3&hour=17-20")
    assert body["data"]["count"] == [1.0] * 3, body
    assert body["links"]["view"] == "/overview?hour=17-20&times=3", body["links"]
    assert live.get(body["links"]["csv"]).text.split() == ["count", "1", "1", "1"], live.get(body["links"]["csv"]).text
    assert live.get("/api/toy/counts?times=10").status_code == 400
    entry = live.json("/api/openapi.json")["paths"]["/api/toy/counts"]["get"]
    assert {"times", "hour", "start"} <= {p["name"] for p in entry["parameters"]}
    assert "Toy counts" in live.get("/api/docs").text
    assert len(REGISTRY) > 10
print("toy found")
"""


def test_one_file_makes_a_question(tmp_path: Path):
    """In a copy of the program, so that nothing of it can know the question beforehand."""
    shutil.copytree(ROOT / "components", tmp_path / "components", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "components/queries/toy.py").write_text(TOY, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRIED, str(ROOT / "tests/api")],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.strip().endswith("toy found"), done.stderr[-2000:]


def test_every_module_of_the_folder_is_imported():
    code = (
        "import components.queries, sys; print(*sorted(m for m in sys.modules if m.startswith('components.queries.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    files = {f"components.queries.{p.stem}" for p in (ROOT / "components/queries").glob("*.py") if p.stem != "__init__"}
    assert files <= set(done.stdout.split())
