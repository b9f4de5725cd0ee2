"""A plugin of the measured server: ``/benchmark`` counts what is alive in the process after a collection."""

from __future__ import annotations

import ctypes
import gc
import json

from bokeh.document import Document
from tornado.web import RequestHandler


class Alive(RequestHandler):
    """Pages and documents that something still holds; free memory is given back to the system first."""

    def get(self) -> None:
        from components.dashboards.page import Dashboard

        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        found = gc.get_objects()
        counts = {kind.__name__: sum(isinstance(o, kind) for o in found) for kind in (Dashboard, Document)}
        self.write(json.dumps(counts))


ROUTES: list[tuple[str, type[RequestHandler], dict[str, object]]] = [("/benchmark", Alive, {})]
