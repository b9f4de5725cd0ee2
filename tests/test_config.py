"""Settings: defaults, a file's values, and every way a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from components import config
from components.errors import ConfigError


@pytest.fixture
def write(tmp_path: Path):
    def writer(text: str) -> Path:
        file = tmp_path / "settings.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return writer


def test_a_file_changes_what_it_names_and_nothing_else(write):
    settings = config.load(write("server:\n  port: 8080\n  allow_websocket_origin: [nem.example.org]\n"))
    assert settings.server.port == 8080
    assert settings.server.allow_websocket_origin == ("nem.example.org",)
    assert settings.server.num_procs == 1
    assert settings.api == config.ApiSettings()


@pytest.mark.parametrize("text", ["", "# nothing\n", "server:\n", "---\n"])
def test_an_empty_file_means_the_defaults(write, text: str):
    assert config.load(write(text)).server == config.ServerSettings()


def test_a_whole_number_is_a_number(write):
    assert config.load(write("api: {deadline_seconds: 5}")).api.deadline_seconds == 5.0


def test_a_relative_data_dir_is_relative_to_the_file(write, tmp_path: Path):
    assert config.load(write("data_dir: lake/nem")).data_dir == tmp_path / "lake/nem"
    assert config.load(write("data_dir: /srv/nem")).data_dir == Path("/srv/nem")


@pytest.mark.fault("SRV-7")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("server: {prot: 5}", "server.prot is no setting; did you mean server.port?"),
        ("prt: 5", "prt is no setting"),
        ("ingst: {}", "ingst is no setting; did you mean ingest?"),
        ("server: {cors_origin: '*'}", "server.cors_origin is no setting; did you mean api.cors_origin?"),
        ("server: {admin: true}", "server.admin is no setting"),
        ("1: 2", "1 is no setting"),
        (
            "alerts: {price_high: 6000, price_high_until: 7000}",
            "alerts.price_high_until must not lie above alerts.price_high (6000), found 7000",
        ),
        (
            "alerts: {price_negative_until: -1}",
            "alerts.price_negative_until must not lie below alerts.price_negative (0), found -1",
        ),
        ("alerts: {renewable_share: 70}", "alerts.renewable_share must lie in 0 … 1, found 70"),
        ("alerts: {price_hihg: 250}", "alerts.price_hihg is no setting; did you mean alerts.price_high?"),
        ("server: {port: '5006'}", "server.port must be a whole number, found '5006'"),
        ("server: {port: true}", "server.port must be a whole number, found True"),
        ("server: {port: 5006.5}", "server.port must be a whole number, found 5006.5"),
        ("server: {port: 0}", "server.port must lie in 1 … 65,535, found 0"),
        ("server: {port: 65536}", "server.port must lie in 1 … 65,535, found 65536"),
        ("server: {port: null}", "server.port must be a whole number, found None"),
        ("api: {deadline_seconds: .nan}", "api.deadline_seconds must be a number, found nan"),
        ("api: {deadline_seconds: .inf}", "api.deadline_seconds must be a number, found inf"),
        ("api: {workers: " + "9" * 400 + "}", "api.workers must lie in 1 … 64"),
        ("server: {title: ''}", "server.title must be a text, found ''"),
        ("server: {title: 5}", "server.title must be a text, found 5"),
        ("data_dir: [a]", "data_dir must be a path, found ['a']"),
        ("server: {allow_websocket_origin: nem.org}", "must be a list of texts, found 'nem.org'"),
        ("server: {allow_websocket_origin: ['*']}", "name exact hosts"),
        ("server: {allow_websocket_origin: ['https://nem.org']}", "name exact hosts"),
        ("server: [1]", "server must hold names and values, found [1]"),
        ("[1]", "the file must hold names and values"),
        ("a: [", "line 1, column 5: is no YAML"),
        ("a: !!python/object/apply:os.getcwd []", "is no YAML"),
        ("\x00", "is no YAML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(write, text: str, message: str):
    file = write(text)
    with pytest.raises(ConfigError) as caught:
        config.load(file)
    said = str(caught.value)
    assert message in said
    assert said.startswith(str(file))
    assert "\n" not in said
    assert len(said) < 300
    assert caught.value.exit_code == 2


@pytest.mark.fault("SRV-7")
def test_everything_wrong_is_said_at_once(write):
    with pytest.raises(ConfigError) as caught:
        config.load(write("server: {port: x, num_procs: 0}\napi: {nope: 1}"))
    assert [w in str(caught.value) for w in ("server.port", "server.num_procs", "api.nope")] == [True] * 3


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str):
    with pytest.raises(ConfigError, match="cannot read the configuration file"):
        config.load(tmp_path / name)


@pytest.mark.fault("SRV-7")
def test_a_file_that_is_no_text(tmp_path: Path):
    file = tmp_path / "settings.yaml"
    file.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config.load(file)


def test_the_environment_names_file_and_data(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(config.ENV_CONFIG, str(write("server: {port: 6000}\ndata_dir: here")))
    assert config.active().server.port == 6000
    assert config.active().data_dir == tmp_path / "here"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(config.ENV_DATA_DIR, "elsewhere")
    assert config.active().data_dir == tmp_path / "elsewhere"
    assert config.active().server.port == 6000


def test_the_file_of_the_working_directory_comes_before_the_programs_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(config.ENV_CONFIG, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "PROJECT", tmp_path / "project")
    assert config.default_file() is None
    assert config.load().data_dir == tmp_path / "data"
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / config.FILE_NAME).write_text("server: {port: 1111}")
    assert config.load().server.port == 1111
    (tmp_path / config.FILE_NAME).write_text("server: {port: 2222}")
    assert config.load().server.port == 2222


def test_settings_cannot_be_changed():
    with pytest.raises(AttributeError):
        config.Settings().server.port = 1  # type: ignore[misc]


def test_every_setting_has_help_and_every_number_bounds():
    for row in config.table():
        assert len(row.doc) > 10, row.name
        if row.kind in ("whole number", "number"):
            assert row.low is not None, row.name
            assert row.high is not None, row.name
            assert row.low <= row.default <= row.high, row.name
