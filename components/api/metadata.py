"""What there is: ``/api/metadata``, a document of nested lists rather than rows, so it is no question."""

from __future__ import annotations

from typing import Any

from components import __version__
from components.api import formats, keeping
from components.api.base import ApiHandler, Made
from components.api.envelope import instant, origin
from components.api.health import now
from components.api.tags import entity_tag
from components.market_time import INTERVALS, UTC_OFFSET, label_side
from components.metrics.definitions import METRICS
from components.queries.base import REGISTRY
from components.schema import DATASETS
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECH_LABELS, FUELTECHS, INTERCONNECTORS, NEM, REGION_NAMES, REGIONS

JSON_HEADERS = {"Content-Type": "application/json"}


def _datasets(snapshot: Snapshot) -> list[dict[str, Any]]:
    out = []
    for dataset in DATASETS.values():
        chunks = snapshot.chunks(dataset.name)
        out.append(
            {
                "name": dataset.name,
                "first": instant(snapshot.first(dataset.name)),
                "last": instant(snapshot.last(dataset.name)),
                "rows": sum(c.rows for c in chunks),
                "months": [{"month": c.month, "rows": c.rows, "keys": len(c.keys)} for c in chunks],
                "columns": [
                    {"name": c.name, "unit": c.unit, "doc": c.doc, "source": c.source} for c in dataset.columns
                ],
            }
        )
    return out


def _fuels() -> list[dict[str, Any]]:
    return [
        {
            "name": f.name, "label": f.label, "renewable": f.renewable, "load": f.load,
            "fueltechs": [
                {"name": t, "label": FUELTECH_LABELS[t]} for t, fuel in FUELTECHS.items() if fuel == f.name
            ],
        }
        for f in FUELS.values()
    ]  # fmt: skip


def _interconnectors(snapshot: Snapshot) -> list[dict[str, Any]]:
    known = [vars(i) for i in INTERCONNECTORS.values()]
    strange = [k for k in snapshot.keys("flow") if k not in INTERCONNECTORS]
    return known + [{"id": k, "name": k, "region_from": None, "region_to": None} for k in strange]


def metadata(snapshot: Snapshot, root: str) -> dict[str, Any]:
    """The document of ``/api/metadata``."""
    return {
        "meta": {"timezone": UTC_OFFSET, "program_version": __version__, **origin(snapshot)},
        "data": {
            "datasets": _datasets(snapshot),
            "regions": [{"name": r, "label": REGION_NAMES[r]} for r in (*REGIONS, NEM)],
            "fuels": _fuels(),
            "interconnectors": _interconnectors(snapshot),
            "intervals": [{"name": i, "time_label": label_side(i)} for i in INTERVALS],
            "metrics": [{"name": m.name, "definition": m.definition, "unit": m.unit} for m in METRICS],
            "units": len(set(snapshot.units["duid"])),
            "endpoints": [
                {"path": f"{root}/api/{q.route}", "title": q.title, "description": q.description}
                for q in REGISTRY.values()
            ],
        },
        "links": {"self": f"{root}/api/metadata", "docs": f"{root}/api/docs", "openapi": f"{root}/api/openapi.json"},
    }


class SnapshotDocument(ApiHandler):
    """A document made of the snapshot alone: no parameters, JSON only.

    ``absolute``: its addresses name the host, where that is known; a feed is read far from here.
    """

    def initialize(self, make: Any, absolute: bool = False) -> None:
        self.make, self.absolute = make, absolute

    async def answer(self, *path: str | None) -> None:
        self.no_parameters()
        snapshot = await self.snapshot()
        root = self.site if self.absolute else self.root
        etag = entity_tag(snapshot.version, self.make.__name__, root)
        if self.unchanged(etag, keeping.live("price", snapshot.last("price"), now()), snapshot.published):
            return

        def make() -> Made:
            return formats.json_bytes(self.make(snapshot, root)), JSON_HEADERS

        await self.finish_with(make, etag)
