"""Settings: ``panel_config.yaml`` -> frozen dataclasses, every limit in one place.

The dataclasses below *are* the table of settings: each field carries its default, its bounds and its help.
:func:`table` walks them for the README's table and for the tests; an unknown key or a wrong type in the file
is refused with the nearest name that exists.

Where things are looked for:

* the file: ``--config FILE``, else ``AEMO_DASHBOARD_CONFIG``, else ``panel_config.yaml`` in the working
  directory, else the one beside the program's own folder; without any, the defaults below;
* the data: ``--data-dir DIR``, else ``AEMO_DASHBOARD_DATA_DIR`` (both relative to the working directory), else
  ``data_dir`` of the file (relative to the file).

No flag of Panel that is dangerous in public (``--admin``, ``--rest-provider``, ``--profiler`` ...) can be
reached from here.
"""

from __future__ import annotations

import ipaddress
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from components.errors import ConfigError, nearest

FILE_NAME = "panel_config.yaml"
ENV_CONFIG = "AEMO_DASHBOARD_CONFIG"
ENV_DATA_DIR = "AEMO_DASHBOARD_DATA_DIR"
ENV_LIVE = "AEMO_DASHBOARD_LIVE"
"""Set: the server keeps a collector at work."""
PROJECT = Path(__file__).resolve().parents[1]
"""Folder that holds ``components/`` and, in a checkout, ``app/``."""


LOGINS = ("none", "basic", "auth0", "azure", "bitbucket", "generic", "github", "gitlab", "google", "okta")
"""Ways of coming in; all but the first two are Panel's names of OAuth providers."""
ORIGIN = r"https?://[A-Za-z0-9.-]+(:\d{1,5})?"

_DATA = Path("data")
_UNBOUNDED: dict[str, Any] = {"low": None, "high": None}


def _setting(default: Any, doc: str, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"doc": doc, "low": low, "high": high})


@dataclass(frozen=True)
class ServerSettings:
    """How pages and API are served."""

    address: str = _setting("localhost", "Address to listen on; 0.0.0.0 = every network card of this machine")
    port: int = _setting(5006, "Port to listen on", 1, 65535)
    num_procs: int = _setting(1, "Server processes; they share the mapped frames", 1, 64)
    allow_websocket_origin: tuple[str, ...] = _setting(
        (), "Hosts (host or host:port, no *) whose pages may open a session; empty = this machine's names at the port"
    )
    prefix: str = _setting("/", "Path in front of every address, for a proxy that shares its host, like /nem")
    login: str = _setting("none", "Who may come in: none = everyone, basic = a password, or a provider of OAuth")
    frame_ancestors: tuple[str, ...] = _setting(
        (), "Sites (https://host) that may show the pages in a frame; empty = this one alone"
    )
    title: str = _setting("NEM Energy Dashboard", "Name of the site in the browser's title bar, after the page's")
    unused_session_lifetime_ms: int = _setting(
        120_000, "How long a session without a browser is kept (a laptop that fell asleep) [ms]", 1_000, 86_400_000
    )
    keep_alive_ms: int = _setting(25_000, "Pause between pings; proxies cut sockets idle for 60 s [ms]", 1_000, 600_000)
    websocket_max_message_bytes: int = _setting(
        4_194_304, "Largest message a browser may send [bytes]", 65_536, 1_073_741_824
    )


@dataclass(frozen=True)
class ApiSettings:
    """Limits of the JSON API."""

    cors_origin: str = _setting("*", "Access-Control-Allow-Origin of every answer: * or one origin")
    cors_expose_headers: tuple[str, ...] = _setting(
        (
            "Allow", "Content-Disposition", "Content-Encoding", "Date", "ETag", "Link", "RateLimit",
            "RateLimit-Policy", "Retry-After", "Vary",
        ),
        "Access-Control-Expose-Headers: what scripts of other sites may read besides the usual",
    )  # fmt: skip
    deadline_seconds: float = _setting(30.0, "Longest time one question may take [s]", 0.1, 3_600)
    workers: int = _setting(4, "Threads that answer questions, per process", 1, 64)
    max_json_values: int = _setting(2_000_000, "Largest JSON answer [rows x columns]", 1_000, 100_000_000)
    max_stream_values: int = _setting(
        50_000_000, "Largest CSV, Arrow or Parquet answer [rows x columns]", 1_000, 10**10
    )
    max_body_bytes: int = _setting(65_536, "Largest request body, refused before it is read [bytes]", 0, 10_485_760)
    gzip_min_bytes: int = _setting(1_024, "Answers smaller than this are not compressed [bytes]", 0, 10_485_760)
    max_waiting: int = _setting(64, "Questions that may wait for a free thread; further ones get 503", 0, 10_000)
    own_loop: bool = _setting(False, "Whether the API answers from an event loop of its own, beside that of the pages")
    max_streams: int = _setting(500, "Listeners of /api/stream at once, per process", 0, 100_000)
    cache_bytes: int = _setting(
        16_777_216, "Finished answers kept for the next asker, per process [bytes]", 0, 1_073_741_824
    )
    live_seconds: int = _setting(
        15, "How long others may keep an answer about the newest data once the next interval is due [s]", 0, 86_400
    )
    closed_seconds: int = _setting(
        3_600, "How long others may keep an answer about a window that closed two days ago or more [s]", 0, 31_536_000
    )
    stale_seconds: int = _setting(
        86_400, "How long after that they may still show it while they ask whether it changed [s]", 0, 31_536_000
    )
    rate_values: int = _setting(
        60_000_000, "Values one client may ask for in one rate_seconds, per process; 0 = no rate limit", 0, 10**12
    )
    rate_seconds: int = _setting(60, "Length of the window of rate_values [s]", 1, 86_400)
    rate_least_values: int = _setting(10_000, "What a request counts at least, also 304 and refusals", 1, 10**9)
    rate_loopback: bool = _setting(False, "Whether clients on this machine are counted as well")
    trusted_proxies: tuple[str, ...] = _setting(
        (), "Addresses or networks of proxies whose X-Forwarded-For names the client; empty = nobody's"
    )
    drain_seconds: float = _setting(10.0, "Longest wait for answers under way after SIGTERM [s]", 0, 3_600)


@dataclass(frozen=True)
class IngestSettings:
    """Limits of reading AEMO's files."""

    workers: int = _setting(4, "Files fetched and parsed at the same time", 1, 32)
    retries: int = _setting(5, "Attempts per file before it counts as unreachable", 1, 20)
    deadline_seconds: float = _setting(120.0, "Longest time one file may take, retries included [s]", 1, 86_400)


@dataclass(frozen=True)
class CollectSettings:
    """How the current reports are followed."""

    source: str = _setting("https://www.nemweb.com.au/", "Site or mirror that `collect` and `serve --live` follow")
    every_seconds: float = _setting(300.0, "From one round to the next; rounds begin at its multiples [s]", 1, 86_400)
    delay_seconds: float = _setting(30.0, "How long after that a round begins: AEMO needs some 20 s [s]", 0, 3_600)
    retry_seconds: float = _setting(
        20.0, "First pause before looking again for an interval that is late [s]", 0.1, 3_600
    )
    spacing_seconds: float = _setting(0.05, "Least time from one request to the next [s]", 0, 60)
    listing_seconds: float = _setting(3_600.0, "How long a listing of folders is kept [s]", 0, 86_400)
    backfill_seconds: float = _setting(3_600.0, "From one look for gaps to the next [s]", 1, 604_800)
    backfill_days: int = _setting(40, "How far back gaps are filled; 0 = not at all [days]", 0, 4_000)


@dataclass(frozen=True)
class AlertSettings:
    """Thresholds of the standing alerts, each with the value at which it is cleared again."""

    price_extreme: float = _setting(5_000.0, "A price is extreme from here on [$/MWh]", -1_000, 100_000)
    price_extreme_until: float = _setting(1_000.0, "… until it is below this [$/MWh]", -1_000, 100_000)
    price_high: float = _setting(300.0, "A price is high from here on [$/MWh]", -1_000, 100_000)
    price_high_until: float = _setting(200.0, "… until it is below this [$/MWh]", -1_000, 100_000)
    price_negative: float = _setting(0.0, "A price below this counts as negative [$/MWh]", -1_000, 100_000)
    price_negative_until: float = _setting(10.0, "… until it reaches this again [$/MWh]", -1_000, 100_000)
    renewable_share: float = _setting(0.70, "The market's renewable share is high from here on", 0, 1)
    renewable_share_until: float = _setting(0.65, "… until it is below this", 0, 1)

    def inverted(self) -> list[str]:
        """What is wrong with pairs of thresholds: an alert is cleared on the other side of where it is raised."""
        wrong = []
        for name in ("price_extreme", "price_high", "price_negative", "renewable_share"):
            on, off = getattr(self, name), getattr(self, f"{name}_until")
            low = name == "price_negative"
            if off < on if low else off > on:
                word = "below" if low else "above"
                wrong.append(f"alerts.{name}_until must not lie {word} alerts.{name} ({on:g}), found {off:g}")
        return wrong


@dataclass(frozen=True)
class Settings:
    """Everything ``panel_config.yaml`` may say."""

    data_dir: Path = field(default=_DATA, metadata={"doc": "Folder of the lake; relative to this file"} | _UNBOUNDED)
    server: ServerSettings = field(default_factory=ServerSettings, metadata={"doc": "Pages and API"})
    api: ApiSettings = field(default_factory=ApiSettings, metadata={"doc": "Limits of the API"})
    ingest: IngestSettings = field(default_factory=IngestSettings, metadata={"doc": "Limits of reading AEMO's files"})
    collect: CollectSettings = field(default_factory=CollectSettings, metadata={"doc": "Following the current reports"})
    alerts: AlertSettings = field(default_factory=AlertSettings, metadata={"doc": "Thresholds of the standing alerts"})


@dataclass(frozen=True)
class Row:
    """One line of the table of settings."""

    name: str
    default: Any
    kind: str
    low: float | None
    high: float | None
    doc: str

    @property
    def bounds(self) -> str:
        """``low … high``, empty where there are none."""
        return "" if self.low is None else f"{self.low:,} … {self.high:,}"


_KINDS: dict[type, str] = {bool: "yes/no", int: "whole number", float: "number", str: "text", tuple: "list of texts"}


def _kind(default: Any) -> str:
    return "path" if isinstance(default, Path) else _KINDS[type(default)]


def table(section: Any = None, prefix: str = "") -> Iterator[Row]:
    """Every setting in the order of the file: dotted name, default, type, bounds, help."""
    section = Settings() if section is None else section
    for f in fields(section):
        value = getattr(section, f.name)
        if is_dataclass(value):
            yield from table(value, f"{prefix}{f.name}.")
        else:
            yield Row(prefix + f.name, value, _kind(value), f.metadata["low"], f.metadata["high"], f.metadata["doc"])


def _checked(row: Row, value: Any) -> tuple[Any, str]:
    """The value in its type and what is wrong with it ("" = nothing)."""
    wrong = f"{row.name} must be a {row.kind}, found {_shown(value)}"
    if row.kind == "list of texts":
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            return None, wrong
        if row.name == "server.allow_websocket_origin" and any(
            "*" in v or "/" in v or not v or v.startswith("-") for v in value
        ):
            return None, f"{row.name}: name exact hosts (host or host:port), never *, found {_shown(value)}"
        if row.name == "server.frame_ancestors" and not all(re.fullmatch(ORIGIN, v) for v in value):
            return None, f"{row.name}: exact origins like https://nem.example.org are expected, found {_shown(value)}"
        if row.name == "api.trusted_proxies" and not all(_is_network(v) for v in value):
            return None, f"{row.name}: addresses or networks like 10.0.0.0/8 are expected, found {_shown(value)}"
        if row.name == "api.cors_expose_headers" and not all(re.fullmatch("[A-Za-z0-9-]{1,80}", v) for v in value):
            return None, f"{row.name}: names of headers are expected, found {_shown(value)}"
        return tuple(value), ""
    if row.kind in ("text", "path"):
        if not isinstance(value, str) or not value.strip():
            return None, wrong
        if row.name == "server.address" and value.startswith("-"):  # it would be taken for a flag
            return None, f"{row.name} must be an address of this machine, found {_shown(value)}"
        if row.name == "server.prefix" and not re.fullmatch(r"/|(/[A-Za-z0-9._~-]+)+", value):
            return None, f"{row.name} must be a path like /nem, found {_shown(value)}"
        if row.name == "server.login" and value not in LOGINS:
            return None, f"{row.name} must be one of {', '.join(LOGINS)}, found {_shown(value)}"
        return (Path(value) if row.kind == "path" else value), ""
    if row.kind == "yes/no":
        return (value, "") if isinstance(value, bool) else (None, wrong)
    whole = row.kind == "whole number"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return None, wrong
    if isinstance(value, float) and not math.isfinite(value):
        return None, wrong
    if row.low is not None and row.high is not None and not row.low <= value <= row.high:
        return None, f"{row.name} must lie in {row.bounds}, found {_shown(value)}"
    return (value if whole else float(value)), ""


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _filled(section: Any, given: Any, prefix: str, wrong: list[str]) -> Any:
    """``section`` with the values of ``given``; what is wrong is added to ``wrong``."""
    if given is None:
        return section
    if not isinstance(given, dict):
        wrong.append(f"{prefix.rstrip('.') or 'the file'} must hold names and values, found {_shown(given)}")
        return section
    names = {f.name for f in fields(section)}
    rows = {row.name: row for row in table(section, prefix)}
    changes: dict[str, Any] = {}
    for key, value in given.items():
        dotted = f"{prefix}{key}"
        if not isinstance(key, str) or key not in names:
            wrong.append(_unknown(dotted, prefix))
        elif dotted in rows:
            changes[key], problem = _checked(rows[dotted], value)
            if problem:
                wrong.append(problem)
        else:
            changes[key] = _filled(getattr(section, key), value, f"{dotted}.", wrong)
    return replace(section, **changes)


def _unknown(dotted: str, prefix: str) -> str:
    every = [row.name for row in table()]
    here = [n for n in [*every, *(f.name for f in fields(Settings))] if n.startswith(prefix)]
    elsewhere = [n for n in every if n.rpartition(".")[2] == dotted.rpartition(".")[2]]  # right name, wrong section
    likely = elsewhere[0] if elsewhere else nearest(dotted, here) or nearest(dotted, every)
    return f"{dotted[:80]} is no setting" + (f"; did you mean {likely}?" if likely else "")


def load(path: str | Path | None = None) -> Settings:
    """The settings of one file; without ``path``, of the file found where the module's docstring says.

    Raises
    ------
    ConfigError
        When the file is missing, is no YAML, or holds unknown keys or wrong values; one line with all of them.
    """
    file = Path(path) if path is not None else default_file()
    if file is None:
        return replace(Settings(), data_dir=Path.cwd() / Settings().data_dir)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        detail = why.strerror if isinstance(why, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"cannot read the configuration file {file}: {detail}") from None
    wrong: list[str] = []
    settings = _filled(Settings(), _parsed(text, file), "", wrong)
    wrong = wrong or settings.alerts.inverted()
    if wrong:
        raise ConfigError(f"{file}: " + "; ".join(wrong))
    return replace(settings, data_dir=(file.resolve().parent / settings.data_dir.expanduser()))


def _parsed(text: str, file: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as why:
        mark = why.problem_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"{file}{where}: is no YAML: {why.problem or why.context}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as why:
        raise ConfigError(f"{file}: is no YAML: {str(why).splitlines()[0]}") from None


def default_file() -> Path | None:
    """The settings file that is used when none is named; None = built-in defaults."""
    for folder in (Path.cwd(), PROJECT):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def active() -> Settings:
    """The settings of this process: the file and the data folder that the environment names, else the defaults.

    ``aemo-dashboard serve`` hands its choices to the server's processes through the environment, so a page,
    an endpoint and the start-up hook all see the same. Read once per file, then remembered.

    Raises
    ------
    ConfigError
        As :func:`load`.
    """
    return _active(os.environ.get(ENV_CONFIG, ""), os.environ.get(ENV_DATA_DIR, ""), os.getcwd())


@lru_cache(maxsize=8)
def _active(config: str, data_dir: str, cwd: str) -> Settings:
    settings = load(config or None)
    return with_data_dir(settings, data_dir) if data_dir else settings


def with_data_dir(settings: Settings, data_dir: str | Path) -> Settings:
    """The same settings with another data folder (relative to the working directory)."""
    return replace(settings, data_dir=Path.cwd() / Path(data_dir).expanduser())
