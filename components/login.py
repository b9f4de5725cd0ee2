"""Who may come in: what ``serve`` adds to the server's options and environment for signed sessions and for a login.

Secrets come from the environment alone, are handed on in the environment alone and never printed:

======================  ==================================================================================
``BOKEH_SECRET_KEY``    signs session ids, 32 characters or more; absent: a random one for each start
``PANEL_COOKIE_SECRET`` signs who has logged in; absent: a random one, so that a restart logs everyone out
``PANEL_BASIC_AUTH``    ``login: basic``: the password, or a JSON file of names and passwords
``PANEL_OAUTH_KEY``     ``login: github`` and so on: the client's id …
``PANEL_OAUTH_SECRET``  … and its secret; ``PANEL_OAUTH_ENCRYPTION``, ``PANEL_OAUTH_REDIRECT_URI`` as Panel has them
======================  ==================================================================================
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from components.errors import UsageError

SIGNING_KEY = "BOKEH_SECRET_KEY"
COOKIE_KEY = "PANEL_COOKIE_SECRET"
PASSWORD = "PANEL_BASIC_AUTH"  # noqa: S105 - the name of a variable
OAUTH = ("PANEL_OAUTH_KEY", "PANEL_OAUTH_SECRET")
OAUTH_PROVIDER = "PANEL_OAUTH_PROVIDER"
SHORTEST_KEY = 32
LOGIN_OPTIONS = ["--basic-login-template", "components/login.html", "--logout-template", "components/logout.html"]
"""Panel's own two pages ask an outside host for a stylesheet."""


def login_options(login: str) -> list[str]:
    """What ``panel serve`` is given besides, where visitors log in."""
    return [] if login == "none" else list(LOGIN_OPTIONS)


def secret_environment(login: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Variables to add to the server's environment; never to be printed.

    Parameters
    ----------
    login : ``server.login``.
    environment : where the secrets are looked for.

    Raises
    ------
    UsageError
        When a secret is missing or too short, or is there although everyone may come in: who set a password
        must not find the doors open.
    """
    given = [name for name in (PASSWORD, *OAUTH, OAUTH_PROVIDER) if environment.get(name)]
    wanted = {"none": (), "basic": (PASSWORD,)}.get(login, OAUTH)
    missing = [name for name in wanted if name not in given]
    if missing:
        raise UsageError(f"server.login is {login}: {' and '.join(missing)} must be set in the environment")
    foreign = [n for n in given if n not in wanted and not (n == OAUTH_PROVIDER and environment[n] == login)]
    if foreign:
        raise UsageError(f"{foreign[0]} is set in the environment, but server.login is {login}: change either")
    key = environment.get(SIGNING_KEY) or secrets.token_urlsafe(48)
    if len(key) < SHORTEST_KEY:
        raise UsageError(f"{SIGNING_KEY} must have {SHORTEST_KEY} characters or more")
    found = {"BOKEH_SIGN_SESSIONS": "true", SIGNING_KEY: key}
    if login != "none":
        found[COOKIE_KEY] = environment.get(COOKIE_KEY) or secrets.token_urlsafe(48)
    if login not in ("none", "basic"):
        found[OAUTH_PROVIDER] = login
    return found
