"""Where the tests' Chromium is; run as a program it sees to it that there is one.

A Chromium or Chrome of the system is used when it really starts (Ubuntu's ``chromium-browser`` is often only a
pointer to a snap); else, as root on a machine with apt, Debian's package is installed; else Playwright's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def starts(program: str) -> bool:
    """True when the program answers ``--version`` like a browser."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "chrom" in answer.stdout.lower()


def system_browser() -> str | None:
    """Path of the system's Chromium or Chrome, None when there is none that starts."""
    for name in NAMES:
        path = shutil.which(name)
        if path and starts(path):
            return path
    return None


def playwright_browser() -> str | None:
    """Path of the Chromium that Playwright downloaded, None when it has not."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def install() -> str | None:
    """Install a browser and return its path, None when no way worked."""
    root = os.geteuid() == 0
    if root and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
        if path := system_browser():
            return path
    extra = ["--with-deps"] if root and shutil.which("apt-get") else []
    subprocess.run([sys.executable, "-m", "playwright", "install", *extra, "chromium"], stdout=sys.stderr, check=False)
    return playwright_browser()


def main() -> int:
    """Print the browser's path, installing one where there is none."""
    path = system_browser() or playwright_browser() or install()
    if path is None:
        print("no Chromium found and none could be installed: install Chromium or Google Chrome", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
