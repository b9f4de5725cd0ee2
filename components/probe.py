"""Whether the server of this machine is alive: exit 0 when it answers, also "degraded" and "log in first", else 1.

For health checks of containers and service managers; needs nothing but Python.
"""

from __future__ import annotations

import sys
from urllib.error import HTTPError
from urllib.request import urlopen

PATIENCE_SECONDS = 8
BROKEN = 500
"""Statuses from here on: loading, or worse."""


def is_alive(url: str) -> bool:
    """Ask once.

    Parameters
    ----------
    url : ``/api/health`` of a server.
    """
    try:
        with urlopen(url, timeout=PATIENCE_SECONDS):  # noqa: S310 - the address is our own
            return True
    except HTTPError as answered:
        return answered.code < BROKEN
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not is_alive(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5006/api/health"))
