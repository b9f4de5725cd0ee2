"""Panel's route that imports modules by name: only loaded modules of Panel and of this program pass."""

from __future__ import annotations

import sys

import pytest
from live_api import running
from panel.io.server import ComponentResourceHandler

from components import api  # noqa: F401 - closes the route
from components.component_route import guard, is_allowed

ROUTES = [(r"/components/(.*)", ComponentResourceHandler, {})]
STYLESHEET = "panel.theme.fast/Fast/modifiers/css/fast.css"


@pytest.mark.fault("SEC-1")
@pytest.mark.parametrize(
    "module", ["antigravity", "this", "os", "json.tool", "panel.nothing", "components.nothing", ""]
)
def test_no_module_is_imported_because_a_visitor_named_it(small, module: str):
    known = set(sys.modules)
    with running(small, ROUTES) as live:
        assert live.get(f"/components/{module}/x/__css__/y.css").status_code == 404
    assert {"antigravity", "this"} & (set(sys.modules) - known) == set()


def test_panels_own_resources_still_come(small):
    import panel.template  # noqa: F401 - as every page does

    with running(small, ROUTES) as live:
        response = live.get("/components/panel.template.base/BasicTemplate/_css/x.css")
        assert response.status_code == 403  # reached Panel's own check: not among the listed files
        listed = live.get("/components/panel.template.fast.list/FastListTemplate/_css/fast_list_template.css")
        assert (listed.status_code, listed.headers["content-type"]) == (200, "text/css")


def test_guarding_twice_is_guarding_once():
    before = ComponentResourceHandler.parse_url_path
    guard()
    assert ComponentResourceHandler.parse_url_path is before


@pytest.mark.fault("SEC-1")
def test_loaded_modules_of_the_three_families_pass():
    assert is_allowed("panel")
    assert is_allowed("components.api.base")
    assert not is_allowed("json")
    assert not is_allowed("panelx")
