"""Guard of Panel's ``/components/<module>/…`` route, which imports any module that a visitor names.

Panel 1.9.4 puts that route before every plugin's, so it cannot be shadowed by a route of our own; its one
method that resolves a module is wrapped instead. Only modules of Panel and of this program pass, and only those
already loaded: nothing is ever imported because a visitor named it.
"""

from __future__ import annotations

import sys
from typing import Any

FAMILIES = ("panel", "components")
_MARK = "_only_loaded_modules"


def is_allowed(module: str) -> bool:
    """Whether resources of a module may be asked for."""
    return module.split(".", maxsplit=1)[0] in FAMILIES and module in sys.modules


def guard() -> None:
    """Wrap the route's handler; doing it again changes nothing."""
    from panel.io.server import ComponentResourceHandler
    from tornado.web import HTTPError

    stock = ComponentResourceHandler.parse_url_path
    if getattr(stock, _MARK, False):
        return

    def parse_url_path(self: Any, url_path: str) -> str:
        if not is_allowed(url_path.split("/", maxsplit=1)[0]):
            raise HTTPError(404)
        return stock(self, url_path)

    setattr(parse_url_path, _MARK, True)
    setattr(ComponentResourceHandler, "parse_url_path", parse_url_path)  # noqa: B010 - a method is replaced on purpose
