"""``aemo-dashboard``: one program for serving, filling and checking the lake.

Exit codes: 0 done · 1 the data or the source is wrong · 2 the call is wrong · 130 interrupted. Errors are one
line on stderr; progress goes to stderr, summaries to stdout. What a subcommand needs is imported when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from components import __version__, config
from components.errors import DashboardError, UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from components.config import Settings
    from components.store.lake import Lake

PROGRAM = "aemo-dashboard"
TABLES = ("price", "region", "flow", "scada", "rooftop", "units", "semi_scheduled")
_TABLES_HELP = f"some of {','.join(TABLES)} (default: all but semi_scheduled, forecast and target of each farm)"
INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """argparse, but a wrong call is one line, with the nearest subcommand where there is one."""

    def error(self, message: str) -> NoReturn:
        self.exit(UsageError.exit_code, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text) if len(text) < 20 else None
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number from {low} to {high}")
        return value

    return parse


def _date(text: str) -> pd.Timestamp:
    from components.market_time import parse_instant

    try:
        return parse_instant(text)
    except UsageError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _tables(text: str) -> list[str]:
    words = [w.strip().lower() for w in text.split(",") if w.strip()]
    for word in words:
        if word not in TABLES:
            likely = nearest(word, TABLES)
            hint = f"; did you mean {likely}?" if likely else ""
            raise argparse.ArgumentTypeError(f"{word[:40]!r} is none of {', '.join(TABLES)}{hint}")
    if not words:
        raise argparse.ArgumentTypeError(f"name at least one of {', '.join(TABLES)}")
    return list(dict.fromkeys(words))


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = _Parser(PROGRAM, description="AEMO Energy Dashboard: Australia's electricity market, pages and JSON.")
    top.add_argument("--config", metavar="FILE", help=f"settings (default {config.FILE_NAME})")
    top.add_argument("--data-dir", metavar="DIR", help="folder of the lake (default: data_dir of the settings)")
    top.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace, Settings], int], doc: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=doc, description=doc[0].upper() + doc[1:] + ".")
        sub.set_defaults(run=run)
        return sub

    serve = command("serve", _serve, "serve all pages and the API")
    serve.add_argument("--port", type=_whole(1, 65535), help="port to listen on (default: server.port)")
    serve.add_argument("--address", help="address to listen on (default: server.address)")
    serve.add_argument("--num-procs", type=_whole(1, 64), help="server processes (default: server.num_procs)")
    serve.add_argument("--live", action="store_true", help="also keep collecting from collect.source")
    serve.add_argument("--dev", action="store_true", help="restart when a file changes; not for the public")

    demo = command("demo", _demo, "write a synthetic but plausible market")
    demo.add_argument("--days", type=_whole(1, 7320), default=90, help="length (default 90)")
    demo.add_argument("--end", type=_date, metavar="DATE", help="last day's end (default: the last midnight)")
    demo.add_argument("--seed", type=_whole(0, 2**32 - 1), default=1, help="the same seed, the same market (default 1)")
    demo.add_argument("--units", type=_whole(10, 600), default=300, help="generating units (default 300)")
    demo.add_argument("--as", dest="form", choices=("lake", "nemweb"), default="lake", help="lake or AEMO's own files")
    demo.add_argument("--out", metavar="DIR", help="folder to write to (default: the lake; needed with --as nemweb)")
    demo.add_argument("--force", action="store_true", help="also over real data")
    demo.add_argument("--if-empty", action="store_true", help="only where the lake holds nothing yet")

    ingest = command("ingest", _ingest, "read AEMO's files into the lake")
    ingest.add_argument("--source", required=True, metavar="URL|DIR", help="AEMO's site, a mirror, or a folder")
    ingest.add_argument("--start", type=_date, metavar="DATE", help="only from here")
    ingest.add_argument("--end", type=_date, metavar="DATE", help="only up to here")
    ingest.add_argument("--tables", type=_tables, metavar="LIST", help=_TABLES_HELP)
    ingest.add_argument("--workers", type=_whole(1, 32), help="files at the same time (default: ingest.workers)")

    collect = command("collect", _collect, "follow AEMO's current reports, filling gaps from the archives")
    collect.add_argument("--source", metavar="URL|DIR", help="site, mirror or folder (default: collect.source)")
    collect.add_argument("--tables", type=_tables, metavar="LIST", help=_TABLES_HELP)
    collect.add_argument("--once", action="store_true", help="one round, then end")
    collect.add_argument("--with-parent", action="store_true", help="end when the program that started this one ends")

    legacy = command("import", _import, "read the files of the earlier dashboard into the lake")
    legacy.add_argument("folder", metavar="DIR", type=Path)

    command("check", _check, "report what the lake holds and what is wrong with it")
    return top


# -- subcommands -------------------------------------------------------------------------------------


def _lake(settings: Settings) -> Lake:
    from components.store.lake import Lake

    return Lake(settings.data_dir)


def _progress() -> bool:
    return sys.stderr.isatty()


def _add_up(lake: Lake) -> None:
    """Add up the months just published, once for every process to come; a server would do it at its start."""
    from components.queries.advance import add_up
    from components.store.frames import open_snapshot

    if _progress():
        print("adding up months", file=sys.stderr)
    add_up(open_snapshot(lake))


def _serve(args: argparse.Namespace, settings: Settings) -> int:
    from components.serving import become_server

    given = {"port": args.port, "address": args.address, "num_procs": args.num_procs}
    server = replace(settings.server, **{name: value for name, value in given.items() if value is not None})
    become_server(replace(settings, server=server), dev=args.dev, live=args.live)


def _demo(args: argparse.Namespace, settings: Settings) -> int:
    if args.form == "nemweb":
        if not args.out:
            raise UsageError("demo --as nemweb needs --out DIR, the folder to write AEMO's files to")
        from components.ingest.demo import write_demo_nemweb

        write_demo_nemweb(
            Path(args.out), days=args.days, end=args.end, seed=args.seed, units=args.units, force=args.force,
            progress=_progress(),
        )  # fmt: skip
        print(f"wrote {args.days} days of demo market as AEMO's files to {args.out}")
        return 0
    from components.store.lake import Lake

    lake = Lake(Path(args.out)) if args.out else _lake(settings)
    if args.if_empty and lake.manifest() is not None:
        return 0
    from components.ingest.demo import write_demo

    report = write_demo(
        lake, days=args.days, end=args.end, seed=args.seed, units=args.units, force=args.force, progress=_progress()
    )
    for dataset, count in report.rows_added.items():
        print(f"{dataset}: {count:,} rows, {report.months[dataset][0]} .. {report.months[dataset][-1]}")
    for note in report.notes:
        print(f"note: {note}")
    if report.changed:
        _add_up(lake)
    print(
        f"published version {report.version}" if report.changed else "nothing new: the lake holds this market already"
    )
    return 0


def _ingest(args: argparse.Namespace, settings: Settings) -> int:
    if args.start is not None and args.end is not None and args.end <= args.start:
        raise UsageError(f"--end {args.end} does not lie after --start {args.start}")
    from components.ingest.run import ingest

    lake = _lake(settings)
    report = ingest(
        lake, args.source, start=args.start, end=args.end, tables=args.tables,
        workers=args.workers or settings.ingest.workers, progress=_progress(),
    )  # fmt: skip
    for line in report.lines():
        print(line)
    if report.changed:
        _add_up(lake)
    return _fail(report.failure, 1) if report.failed else 0


def _collect(args: argparse.Namespace, settings: Settings) -> int:
    from components.ingest.collect import Collector

    with Collector(_lake(settings), args.source or settings.collect.source, settings, tables=args.tables) as collector:
        if args.once:
            done = collector.round()
            print(done.line())
            return _fail(done.error, 1) if done.error else 0
        collector.run(_stop_asked(with_parent=args.with_parent), lambda done: print(done.line(), flush=True))
    return 0


def _stop_asked(*, with_parent: bool) -> Callable[[float], bool]:
    """A pause that ends early, with True, on SIGTERM and (``with_parent``) when the parent process is gone."""
    import signal
    import threading

    def end(*_: object) -> None:
        # What a round did not publish is read again next time; one that hangs on a slow server is not waited for.
        rest = threading.Timer(3.0, os._exit, (0,))
        rest.daemon = True
        rest.start()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    parent, over = os.getppid(), threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            over.wait(1.0)
        os.kill(os.getpid(), signal.SIGTERM)

    if with_parent:
        threading.Thread(target=watch, daemon=True, name="parent-watch").start()
    return over.wait


def _import(args: argparse.Namespace, settings: Settings) -> int:
    from components.ingest.legacy import import_folder

    lake = _lake(settings)
    report = import_folder(lake, args.folder, progress=_progress())
    for line in report.lines():
        print(line)
    if report.published.changed:
        _add_up(lake)
    return 0


def _check(args: argparse.Namespace, settings: Settings) -> int:
    from components.check import check_lake

    findings = check_lake(_lake(settings))
    for finding in findings:
        print(finding.line())
    errors = sum(f.level == "error" for f in findings)
    warnings = sum(f.level == "warning" for f in findings)
    print(f"{errors} errors, {warnings} warnings")
    return 1 if errors else 0


# -- entry -------------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    args = parser().parse_args(argv)
    try:
        given = {config.ENV_CONFIG: args.config, config.ENV_DATA_DIR: args.data_dir}
        # What the call names goes where every part of the program looks: config.active().
        os.environ.update({name: str(Path(value).absolute()) for name, value in given.items() if value})
        return args.run(args, config.active())
    except DashboardError as wrong:
        return _fail(str(wrong), wrong.exit_code)
    except BrokenPipeError:  # `aemo-dashboard check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as wrong:  # disk full, no permission: the operating system's own words
        return _fail(f"{wrong.filename}: {wrong.strerror}" if wrong.filename else str(wrong), 1)
    except KeyboardInterrupt:
        return INTERRUPTED


def _fail(message: str, code: int) -> int:
    print(f"{PROGRAM}: {' '.join(message.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
