"""What the server adds to every page and file that Panel, Bokeh and Tornado answer: headers, and a limit of bodies.

The API's handlers say their own, stricter ones (:mod:`components.api.base`). A page may load scripts, styles, pictures and
sockets from this server alone, so that even text that became markup could fetch nothing and tell nobody. Bokeh's templates
start with inline scripts and Panel loads components from ``blob:``, so these two cannot be closed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from components.config import active

_MARK = "_hardened"
_OWN = "'self'"
LEAST_BODY = 65_536
"""A login form must pass, whatever is set for the API [bytes]."""


@lru_cache(maxsize=8)
def page_headers(frame_ancestors: tuple[str, ...] = ()) -> dict[str, str]:
    """Headers of every page and static file.

    Parameters
    ----------
    frame_ancestors : origins that may show the pages in a frame, besides this server itself.

    >>> page_headers()["X-Frame-Options"]
    'SAMEORIGIN'
    """
    policy = [
        f"default-src {_OWN}",
        f"script-src {_OWN} 'unsafe-inline' 'unsafe-eval' blob:",
        f"style-src {_OWN} 'unsafe-inline'",
        f"img-src {_OWN} data: blob:",
        f"font-src {_OWN} data:",
        f"connect-src {_OWN} data: blob:",
        f"worker-src {_OWN} blob:",
        "object-src 'none'",
        f"base-uri {_OWN}",
        f"form-action {_OWN}",
        f"frame-ancestors {' '.join((_OWN, *frame_ancestors))}",
    ]
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Content-Security-Policy": "; ".join(policy),
    }
    if not frame_ancestors:  # the older header knows no list
        headers["X-Frame-Options"] = "SAMEORIGIN"
    return headers


def harden() -> None:
    """Add the headers to every answer, and refuse large bodies; doing it again changes nothing.

    Bokeh offers neither, and Tornado takes bodies of 100 MB by default; what is wrapped is looked up when a server starts.
    """
    import bokeh.server.server as bokeh_server
    from tornado.web import RequestHandler

    if getattr(bokeh_server.HTTPServer, _MARK, False):
        return

    def set_default_headers(self: Any) -> None:
        self.clear_header("Server")
        self._headers.update(page_headers(active().server.frame_ancestors))

    class HTTPServer(bokeh_server.HTTPServer):
        """Tornado's server with our limit."""

        def initialize(self, *args: Any, **options: Any) -> None:
            options.setdefault("max_body_size", max(LEAST_BODY, active().api.max_body_bytes))
            super().initialize(*args, **options)

    setattr(HTTPServer, _MARK, True)
    setattr(bokeh_server, "HTTPServer", HTTPServer)  # noqa: B010 - a class is replaced on purpose
    setattr(RequestHandler, "set_default_headers", set_default_headers)  # noqa: B010 - a method is replaced on purpose
