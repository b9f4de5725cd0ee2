"""Every page of the navigation, for tests of what all of them keep."""

import importlib

import pytest

from components.dashboards.page import Dashboard
from components.vocabulary import PAGES


def dashboard_of(slug: str) -> type[Dashboard]:
    """The page's class, from the module of its name."""
    module = importlib.import_module(f"components.dashboards.{slug}")
    found = [k for k in vars(module).values() if isinstance(k, type) and issubclass(k, Dashboard) and k.slug == slug]
    assert len(found) == 1, f"components/dashboards/{slug}.py holds {len(found)} pages of that name"
    return found[0]


EVERY = pytest.mark.parametrize("kind", [dashboard_of(slug) for slug in PAGES], ids=lambda kind: kind.slug)
