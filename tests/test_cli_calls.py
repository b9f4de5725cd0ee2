"""The command line: wrong calls, exit codes, one line on stderr."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from components import cli, config
from components.errors import SourceError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch):
    """No settings from outside, and none left behind by a call."""
    for name in (config.ENV_CONFIG, config.ENV_DATA_DIR):
        monkeypatch.setenv(name, "")


def call(*argv: str) -> int:
    """Exit code, whether argparse leaves or a command returns."""
    try:
        return cli.main(argv)
    except SystemExit as left:
        return int(left.code or 0)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["srve"], "invalid choice: 'srve'"),
        (["serve", "--prt", "1"], "unrecognized arguments: --prt 1"),
        (["serve", "--port", "x"], "'x' is no whole number from 1 to 65535"),
        (["serve", "--port", "9" * 5000], "is no whole number from 1 to 65535"),
        (["serve", "--num-procs", "0"], "'0' is no whole number from 1 to 64"),
        (["serve", "--num-procs", "2", "--dev"], "--num-procs 1 only"),
        (["serve", "--address", "no.such.host.invalid"], "is no address of this machine"),
        (["demo", "--units", "601"], "'601' is no whole number from 10 to 600"),
        (["demo", "--end", "yesterday"], "'yesterday' is no date"),
        (["demo", "--as", "nemweb"], "needs --out DIR"),
        (["ingest"], "required: --source"),
        (["ingest", "--source", "x", "--start", "2024-02-30"], "'2024-02-30' is no date"),
        (["ingest", "--source", "x", "--start", "2024-02-01", "--end", "2024-02-01"], "does not lie after"),
        (["ingest", "--source", "x", "--tables", "price,prce"], "'prce' is none of price, region"),
        (["ingest", "--source", "x", "--tables", "rooftp"], "did you mean rooftop?"),
        (["ingest", "--source", "x", "--tables", ","], "name at least one of"),
        (["import"], "required: DIR"),
        (["--config", "no-such-file.yaml", "check"], "no-such-file.yaml: No such file or directory"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_2(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert call(*argv) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert err.count("\n") == 1
    assert err.startswith("aemo-dashboard")
    assert out == ""


@pytest.mark.fault("SRV-7")
def test_a_wrong_settings_file_is_one_line_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "panel_config.yaml"
    file.write_text("server: {prot: 1}")
    assert call("--config", str(file), "check") == 2
    assert capsys.readouterr().err == (
        f"aemo-dashboard: {file}: server.prot is no setting; did you mean server.port?\n"
    )


def test_a_taken_port_is_one_line_and_exit_1(capsys: pytest.CaptureFixture[str]):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        assert call("serve", "--address", "127.0.0.1", "--port", port) == 1
    out, err = capsys.readouterr()
    assert "is taken" in err
    assert err.count("\n") == 1
    assert out == ""


def test_errors_of_every_kind_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def broken(error: BaseException):
        def run(args, settings):
            raise error

        return run

    monkeypatch.setattr(cli, "_check", broken(SourceError("line one\nline two")))
    assert call("check") == 1
    assert capsys.readouterr().err == "aemo-dashboard: line one line two\n"
    monkeypatch.setattr(cli, "_check", broken(OSError(28, "No space left on device", "lake/x.parquet")))
    assert call("check") == 1
    assert capsys.readouterr().err == "aemo-dashboard: lake/x.parquet: No space left on device\n"
    monkeypatch.setattr(cli, "_check", broken(KeyboardInterrupt()))
    assert call("check") == 130
    assert capsys.readouterr().err == ""


def test_settings_reach_a_command_with_the_data_folder_of_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen = []
    monkeypatch.setattr(cli, "_check", lambda args, settings: seen.append(settings) or 0)
    (tmp_path / "c.yaml").write_text("data_dir: a\nserver: {port: 7000}")
    monkeypatch.chdir(tmp_path)
    assert call("--config", "c.yaml", "check") == 0
    assert call("--config", "c.yaml", "--data-dir", "b", "check") == 0
    monkeypatch.setenv(config.ENV_DATA_DIR, "e")
    monkeypatch.setenv(config.ENV_CONFIG, "c.yaml")
    assert call("check") == 0
    assert [s.data_dir for s in seen] == [tmp_path / "a", tmp_path / "b", tmp_path / "e"]
    assert {s.server.port for s in seen} == {7000}


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]):
    assert call("--help") == 0
    out = capsys.readouterr().out
    assert [c for c in ("serve", "demo", "ingest", "import", "check") if c not in out] == []


def test_the_command_line_itself_is_light():
    """A wrong call should not cost seconds: no pandas, no Panel before a command needs them."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, components.cli; print({'pandas', 'panel', 'yaml'} & set(sys.modules))"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "set()"


def test_interrupting_a_command_is_quiet(tmp_path: Path):
    """A real SIGINT while a command works: exit 130, nothing on stderr."""
    slow = (
        "import signal, sys, time\n"
        "from components import cli\n"
        # As in a terminal, also where whoever runs the tests has them ignore interrupts.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def wait(args, settings):\n    print('working', flush=True)\n    time.sleep(60)\n"
        "cli._check = wait\nsys.exit(cli.main(['--data-dir', sys.argv[1], 'check']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", slow, str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
