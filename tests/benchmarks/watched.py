"""``watched.py DATA SETTINGS PORT``: become the dashboard's ``panel serve``, as ``serve`` does, with the address of :mod:`alive` added."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from components import config
from components.heap import allocator
from components.serving import pages, serve_options


def main() -> None:
    """Replace this process by the server."""
    data, settings, port = sys.argv[1:]
    os.environ |= {config.ENV_DATA_DIR: data, config.ENV_CONFIG: settings, **allocator(os.environ)}
    options = serve_options(replace(config.active().server, port=int(port)))
    os.chdir(config.PROJECT)
    call = [sys.executable, "-m", "panel", "serve", *pages(config.PROJECT), *options, "--plugins", "alive"]
    os.execv(sys.executable, call)


if __name__ == "__main__":
    main()
