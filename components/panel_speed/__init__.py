"""Levers that make a page cheaper for the server than Panel and Bokeh do by themselves.

Each reaches into their inner parts, so each is used only with the versions it was written and tested for; with any
other the stock way is taken, slower and otherwise the same (``tests/test_panel_speed.py`` holds them to that).
"""

from __future__ import annotations

import logging
import re
from functools import cache

log = logging.getLogger(__name__)

WRITTEN_FOR = {"bokeh": "3.9", "panel": "1.9"}


def fits(versions: dict[str, str]) -> bool:
    """True where every package's version is one that this was written for.

    >>> fits({"bokeh": "3.9.2", "panel": "1.9.4"}), fits({"bokeh": "3.10.0", "panel": "1.9.4"})
    (True, False)
    """
    return all(re.match(re.escape(want) + r"(\.|$)", versions.get(name, "")) for name, want in WRITTEN_FOR.items())


@cache
def install() -> bool:
    """Use every lever, if the installed versions are known; returns whether it was done. Once is enough."""
    import bokeh
    import panel

    if not fits({"bokeh": bokeh.__version__, "panel": panel.__version__}):
        log.info("bokeh %s and panel %s: pages take the stock way", bokeh.__version__, panel.__version__)
        return False
    from bokeh.settings import settings

    from components.panel_speed import (
        components,
        defaults,
        definitions,
        found_files,
        locked_events,
        models,
        one_write,
        resources,
        static_files,
        taking_apart,
        tidying,
    )

    # What the checks would find is wrong with a figure is found by the page tests, not by each visitor.
    settings.perform_document_validation = False
    settings.perform_error_diagnostics = False
    for lever in (
        components, defaults, definitions, found_files, locked_events, models, one_write, resources, static_files,
        taking_apart, tidying,
    ):  # fmt: skip
        lever.install()
    return True
