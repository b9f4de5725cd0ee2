"""What a stranger may do to a server that was started by ``aemo-dashboard serve``: open the pages, and nothing else."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
import yaml
from guarded_server import handshake, serving, spoken
from live_server import ROOT, Server

from components import config
from components import serving as serve_module
from components.config import ServerSettings
from components.errors import ConfigError, UsageError
from components.hardening import page_headers
from components.login import secret_environment

FLOORS = {"tornado": "6.5.7", "bokeh": "3.8.2", "pyarrow": "14.0.1"}
"""Older ones have known holes: bodies and headers of Tornado, CVE-2026-21883, CVE-2023-47248."""
ADDED = {"--basic-login-template", "--logout-template", "--dev"}


@pytest.fixture(scope="module")
def overridden(demo_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server started where Bokeh's variable would open its sockets to everybody."""
    with serving(demo_lake, tmp_path_factory.mktemp("ws"), BOKEH_ALLOW_WS_ORIGIN="*") as running:
        yield running


@pytest.mark.fault("SEC-4")
def test_only_named_hosts_open_a_socket_whatever_the_environment_says(overridden: Server):
    assert handshake(overridden, "http://evil.example.org") == b"HTTP/1.1 403 Forbidden"
    own = handshake(overridden, f"http://localhost:{overridden.port}")
    assert own != b"HTTP/1.1 403 Forbidden"
    assert "BOKEH_ALLOW_WS_ORIGIN is ignored" in overridden.log.read_text()


@pytest.mark.fault("SEC-3")
def test_a_session_that_a_visitor_made_up_is_refused(overridden: Server):
    for made_up in ("abc", "a" * 44, "abc.def"):
        answer = httpx.get(f"{overridden.url}/overview", params={"bokeh-session-id": made_up}, timeout=60)
        assert answer.status_code == 403
    assert httpx.get(f"{overridden.url}/overview", timeout=60).status_code == 200


@pytest.mark.fault("SEC-3")
def test_the_signing_key_is_the_environments_or_another_at_every_start():
    made = [secret_environment("none", {})["BOKEH_SECRET_KEY"] for _ in range(2)]
    assert made[0] != made[1]
    assert min(map(len, made)) >= 32
    given = secret_environment("none", {"BOKEH_SECRET_KEY": "k" * 32})
    assert given == {"BOKEH_SIGN_SESSIONS": "true", "BOKEH_SECRET_KEY": "k" * 32}
    with pytest.raises(UsageError, match="BOKEH_SECRET_KEY must have 32 characters"):
        secret_environment("none", {"BOKEH_SECRET_KEY": "short"})


@pytest.mark.fault("SEC-10")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/overview", 200), ("/static/js/bokeh.min.js", 200), ("/favicon.ico", 200), ("/no-such-page", 404)],
)
def test_headers_of_pages_files_and_errors(overridden: Server, path: str, status: int):
    answer = httpx.get(overridden.url + path, timeout=60)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"].split()[0] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert not re.search(r"https?:|\*", answer.headers["Content-Security-Policy"])
    assert "Server" not in answer.headers


@pytest.mark.fault("SEC-10")
def test_who_may_show_the_pages_in_a_frame_is_a_setting(tmp_path: Path):
    file = tmp_path / "settings.yaml"
    file.write_text("server: {frame_ancestors: ['https://intranet.example.org']}")
    headers = page_headers(config.load(file).server.frame_ancestors)
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://intranet.example.org")
    assert "X-Frame-Options" not in headers
    for wrong in ("*", "https://*.example.org", "example.org", "https://a.org; script-src *"):
        file.write_text(yaml.safe_dump({"server": {"frame_ancestors": [wrong]}}))
        with pytest.raises(ConfigError, match="exact origins"):
            config.load(file)


@pytest.mark.fault("SEC-7")
@pytest.mark.parametrize("path", ["/overview", "/static/js/bokeh.min.js", "/no-such-page"])
def test_a_body_of_90_mb_is_refused_before_it_is_read(overridden: Server, path: str):
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n".encode()
    assert spoken(overridden, head + b"x" * 1_000).split(b" ")[1] in (b"400", b"413")


def test_a_chunked_body_ends_where_it_grows_too_large(overridden: Server):
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    head = b"POST /overview HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert spoken(overridden, head + chunk * 3).split(b" ")[1] in (b"400", b"413")


# -- login -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def locked(demo_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that asks for a name and a password."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "users.json").write_text(json.dumps({"ada": "correct horse"}))
    settings, users = "server: {login: basic}", str(folder / "users.json")
    with serving(demo_lake, folder, settings, ready="/login", PANEL_BASIC_AUTH=users) as running:
        yield running


@pytest.mark.fault("SEC-2")
def test_pages_and_api_open_with_the_same_password(locked: Server):
    with httpx.Client(base_url=locked.url, timeout=60) as stranger:
        page = stranger.get("/overview")
        assert (page.status_code, page.headers["Location"].split("?")[0]) == (302, "./login")
        refused = stranger.get("/api/demand")
        assert (refused.status_code, refused.json()["type"]) == (401, "/api/docs#unauthorized")
        assert handshake(locked, locked.url) == b"HTTP/1.1 403 Forbidden"
        wrong = stranger.post("/login", data={"username": "ada", "password": "guess"})
        assert "error=" in wrong.headers["Location"]
        assert stranger.get("/overview").status_code == 302
        right = stranger.post("/login", data={"username": "ada", "password": "correct horse"})
        assert right.status_code == 302
        assert "HttpOnly" in right.headers["Set-Cookie"]
        assert stranger.get("/overview").status_code == 200
        answer = stranger.get("/api/demand?last=latest")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("private")
        stranger.get("/logout")
        assert stranger.get("/api/demand").status_code == 401


@pytest.mark.fault("SEC-6")
def test_the_login_page_asks_no_outside_host_and_shows_text_as_text(locked: Server):
    for path in ("/login?error=%3Cscript%3Ealert(1)%3C/script%3E", "/logout"):
        text = httpx.get(locked.url + path, timeout=60).text
        assert "<script" not in text
        assert not re.search(r"""(?:src|href|url\()\s*=?["']?https?:""", text)


@pytest.mark.fault("SEC-2")
def test_secrets_are_nowhere_but_in_the_environment(locked: Server):
    said = locked.log.read_text()
    assert "users.json" not in said
    assert not re.search("SECRET|BASIC_AUTH|SIGN", said)
    words = Path(f"/proc/{locked.process.pid}/cmdline").read_bytes()
    assert b"users.json" not in words
    secret = re.compile("secret|password|token|key", re.I)
    assert [row.name for row in config.table() if secret.search(row.name)] == []


@pytest.mark.fault("SEC-2")
@pytest.mark.parametrize(
    ("login", "environment", "told"),
    [
        ("basic", {}, "PANEL_BASIC_AUTH must be set"),
        ("github", {"PANEL_OAUTH_KEY": "k"}, "PANEL_OAUTH_SECRET must be set"),
        ("none", {"PANEL_BASIC_AUTH": "p"}, "server.login is none: change either"),
        ("basic", {"PANEL_BASIC_AUTH": "p", "PANEL_OAUTH_PROVIDER": "github"}, "PANEL_OAUTH_PROVIDER is set"),
        ("github", {"PANEL_OAUTH_KEY": "k", "PANEL_OAUTH_SECRET": "s", "PANEL_OAUTH_PROVIDER": "google"}, "is set"),
    ],
)
def test_a_login_that_is_half_set_up_is_a_wrong_call(login: str, environment: dict[str, str], told: str):
    with pytest.raises(UsageError, match=told):
        secret_environment(login, environment)


def test_oauth_is_handed_to_panel_by_its_name():
    given = {"PANEL_OAUTH_KEY": "k", "PANEL_OAUTH_SECRET": "s", "PANEL_COOKIE_SECRET": "c"}
    made = secret_environment("github", given)
    assert (made["PANEL_OAUTH_PROVIDER"], made["PANEL_COOKIE_SECRET"]) == ("github", "c")
    from panel.auth import AUTH_PROVIDERS

    assert set(config.LOGINS) - set(AUTH_PROVIDERS) == {"none", "basic"}


# -- settings and versions ---------------------------------------------------------------------------


@pytest.mark.fault("SEC-5")
@pytest.mark.parametrize("row", [r for r in config.table() if r.name.startswith("server.")], ids=lambda r: r.name)
def test_no_setting_reaches_another_flag(row: config.Row, tmp_path: Path):
    """Texts that would be flags are refused, or never stand on the server's command line."""
    usual = {o for o in serve_module.serve_options(ServerSettings(num_procs=2), dev=True) if o.startswith("-")} | ADDED
    for hostile in ("--admin", "--rest-provider", "-x", "x --admin"):
        value = [hostile] if row.kind == "list of texts" else hostile
        file = tmp_path / "settings.yaml"
        file.write_text(yaml.safe_dump({"server": {row.name.removeprefix("server."): value}}))
        try:
            server = config.load(file).server
        except ConfigError:
            continue
        assert {o for o in serve_module.serve_options(server) if o.startswith("-")} - usual == set()


@pytest.mark.fault("SEC-5")
def test_the_settings_have_no_name_of_a_dangerous_flag():
    names = {f.name for f in fields(ServerSettings)}
    dangerous = {"admin", "dev", "profiler", "rest_provider", "rest_session_info", "session_history", "use_xheaders"}
    assert names & dangerous == set()


@pytest.mark.fault("SEC-8")
@pytest.mark.parametrize("package", FLOORS)
def test_versions_with_known_holes_cannot_be_installed(package: str):
    def numbers(text: str) -> list[int]:
        return [int(n) for n in re.findall(r"\d+", text)][:3]

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (floor,) = [d.split(">=")[1] for d in project["dependencies"] if d.split(">=")[0] == package]
    assert numbers(floor) >= numbers(FLOORS[package])
    assert numbers(version(package)) >= numbers(FLOORS[package])


@pytest.mark.fault("SEC-9")
def test_an_audit_that_audited_nothing_is_no_success():
    recipe = re.search(r"^audit:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    assert recipe
    assert "pip-audit --strict" in recipe[1]
    assert "no network" in recipe[1]
