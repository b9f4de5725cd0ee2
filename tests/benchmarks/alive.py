"""A plugin of the measured server: ``/benchmark`` counts what is alive in the process after a collection."""

from __future__ import annotations

import gc
import json

from bokeh.document import Document
from tornado.web import RequestHandler


class Alive(RequestHandler):
    """Pages and documents that something still holds."""

    def get(self) -> None:
        from components.dashboards.page import Dashboard

        gc.collect()
        found = gc.get_objects()
        counts = {kind.__name__: sum(isinstance(o, kind) for o in found) for kind in (Dashboard, Document)}
        self.write(json.dumps(counts))


ROUTES: list[tuple[str, type[RequestHandler], dict[str, object]]] = [("/benchmark", Alive, {})]
