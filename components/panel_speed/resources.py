"""Scripts and styles of a page: worked out at its first visit, and without what it has no use for.

Panel works out the same list for every visitor, walking all models and asking the file system. And it sends every
page the scripts of everything that was imported: tables (480 kB) to pages without one, WebGL to plots drawn on a canvas.
Components are modules, which Panel has a shim read, rewrite and load for browsers without import maps. Where no component
needs such a map, the browser imports them itself.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

import panel.io.server as panel_server
from bokeh.model import Model
from panel.config import config
from panel.io.state import state

_stock_bundle = panel_server.bundle_resources
_known: dict[tuple, Any] = {}
MOST = 64
"""Pages remembered; there are as many as files in ``app/``, twice with the dark theme."""


SHIM = "/es-module-shims"
IMPORTS = "window.importShim = Object.assign(url => import(new URL(url, document.baseURI)), {addImportMap() {}});"
"""What stands in for the shim."""

UNMEASURED = """{ const chart = Bokeh.Models.get("Plot").prototype.default_view.prototype;
for (const name of ["_measure_layout", "_compute_layout", "_after_layout"]) {
  const own = chart[name]; chart[name] = function(...given) { if (this.layout != null) return own.apply(this, given); };
} }"""
"""A chart that joins an open page has no layout at first. Whatever measures the page in that moment (a change of size)
measured it all the same, which ended in an exception; its own layout follows at once."""


def _imports(roots: Sequence[Model]) -> str | None:
    """Script that has the browser import components itself, and begins with their files, while the document is on its way.

    None where a component cannot stand for itself: it names other modules and is no file with all it needs.
    """
    models = [model for root in roots for model in root.references() if hasattr(model, "importmap")]
    if any((m.importmap or {}).get("imports") and m.bundle != "url" for m in models):
        return None
    addresses = sorted({m.esm for m in models if m.bundle == "url"})
    return "\n".join([IMPORTS, *(f"importShim({json.dumps(url)}).catch(() => {{}});" for url in addresses)])


def _superfluous(roots: Sequence[Model]) -> list[str]:
    """Parts of addresses of scripts that nothing on the page asks for."""
    models = {model for root in roots for model in root.references()}
    names = {base.__name__ for model in models for base in type(model).__mro__}
    out = []
    if "DataTabulator" not in names:
        out.append("/bundled/datatabulator/")
    if not any(getattr(model, "output_backend", "") == "webgl" for model in models):
        out.append("/bokeh-gl.")
    return out


def _bundle(roots: Sequence[Model], resources: Any, *args: Any, **kwargs: Any) -> Any:
    document = state.curdoc
    context = document.session_context if document is not None else None
    request = context.request if context is not None else None
    if request is None or args or kwargs:
        return _stock_bundle(roots, resources, *args, **kwargs)
    key = (request.path, resources.mode, resources.root_url, state.rel_path, config.theme, str(config.design))
    bundle = _known.get(key)
    if bundle is None:
        bundle = _stock_bundle(roots, resources)
        unwanted = _superfluous(roots)
        bundle.js_raw.append(UNMEASURED)
        imports = _imports(roots)
        if imports is not None:
            unwanted.append(SHIM)
            bundle.js_raw.append(imports)
        for files in (bundle.js_files, bundle.css_files):
            files[:] = [f for f in files if not any(part in str(getattr(f, "url", f)) for part in unwanted)]
        if len(_known) < MOST:
            _known[key] = bundle
    # Those who embed a page add a script of their own to the list.
    out = copy.copy(bundle)
    for name in ("js_files", "js_raw", "css_files", "css_raw"):
        setattr(out, name, list(getattr(bundle, name)))
    return out


def install() -> None:
    """Remember from now on."""
    panel_server.bundle_resources = _bundle


def uninstall() -> None:
    """The stock way again."""
    panel_server.bundle_resources = _stock_bundle
    _known.clear()
