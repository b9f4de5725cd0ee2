"""Start-up: the hook that loads the data once, and what a page file calls.

``panel serve app/*.py --setup components/startup.py`` executes this file as a module of its own name before the
server listens (in each process); only then is anything loaded. Imported by its own name it does nothing: a bare
``panel serve app/*.py`` loads at the first visit, once, however many come together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard

SETUP_MODULE = "panel_setup_module"
"""Name under which Panel executes the file given by ``--setup``."""
WARM_UP_AFTER_SECONDS = 3.0


def load_once() -> None:
    """Open the newest published version for everybody; quick when it has been done."""
    from components import config
    from components.component_route import guard
    from components.hardening import harden
    from components.panel_speed import install
    from components.store import shared

    install()
    harden()
    guard()  # without the API's plugin flag nobody else closes Panel's route that imports modules by name
    shared.configure(config.active().data_dir)
    shared.current()


def warm_up() -> None:
    """Read the pages' modules, and have the whole months of the newest version added up.

    The first visitor would have to wait for the one, everybody with him, and the first question about years for the
    other. In the background, when the server is up: it is ready without this, and answers without it.
    """
    import threading

    def work() -> None:
        from importlib import import_module

        from components.queries.advance import add_up
        from components.store import shared
        from components.vocabulary import PAGES

        for page in PAGES:
            import_module(f"components.dashboards.{page}")
        add_up(shared.current())

    timer = threading.Timer(WARM_UP_AFTER_SECONDS, work)
    timer.name, timer.daemon = "warm-up", True
    timer.start()


def open_page(dashboard: type[Dashboard]) -> Dashboard:
    """Serve one page to the visitor of this session.

    The address's query string and the theme cookie decide what is shown; the page is kept alive by its document alone.
    """
    import panel as pn

    from components import config
    from components.dashboards import address, answers, follow, shell, view
    from components.dashboards import document as around
    from components.panel_speed.taking_apart import taking_apart
    from components.panel_speed.tidying import tidying
    from components.queries import remembering

    load_once()
    around.prepare()
    document = pn.state.curdoc
    request = document.session_context.request if document is not None and document.session_context else None
    given = request.arguments if request is not None else {}
    texts = {k: [v.decode("utf-8", "replace") for v in vs] for k, vs in given.items()}
    dark = pn.state.cookies.get("theme") == "dark"
    touch = "Mobi" in (request.headers.get("User-Agent", "") if request is not None else "")
    page = dashboard(address.join(texts), dark=dark, touch=touch, document=document)
    page.root.servable(title=f"{dashboard.title} · {config.active().server.title}", location=False)
    if document is not None:
        tidying.keep_up(follow.live_dashboards, answers.let_go, remembering.let_go)
        around.dress(document, dark=dark)
        pn.state.on_session_destroyed(lambda _: follow.forget(page))
        pn.state.on_session_destroyed(lambda _: taking_apart.wanted(page, (view.View, shell.Card)))
    return page


if __name__ == SETUP_MODULE:
    from components.live import keep_live

    load_once()
    keep_live()
    warm_up()
