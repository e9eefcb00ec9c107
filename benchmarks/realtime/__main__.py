"""
How good is realtime: every scenario beside its bar, then peers.

    python -m benchmarks.realtime                                         # all of it, ten minutes
    python -m benchmarks.realtime --quick                                 # smaller and shorter, without peers
    python -m benchmarks.realtime --scenarios rooms --engines postgres
    python -m benchmarks.realtime --kind changes --subscribers 200 --rooms 20 --rate 50
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.realtime.scenarios import SCENARIOS, Options, Row, free
from benchmarks.realtime.scenes import EngineName
from benchmarks.report import markdown
from benchmarks.store import Postgres, postgres

_ENGINES: tuple[EngineName, ...] = ("postgres", "sqlite")


def main() -> None:
    """Reads the options, measures, prints tables."""
    options = _options()
    _descriptors(options)
    print(f"load average at the beginning: {' '.join(f'{each:.2f}' for each in os.getloadavg())}", flush=True)
    found: list[Row] = []
    with postgres() as server:
        for row in _rows(options, server):
            if found and (found[-1].scenario, found[-1].engine) != (row.scenario, row.engine):
                _show(
                    [each for each in found if (each.scenario, each.engine) == (found[-1].scenario, found[-1].engine)]
                )
            found.append(row)
    if found:
        _show([each for each in found if (each.scenario, each.engine) == (found[-1].scenario, found[-1].engine)])
    print(f"load average at the end: {' '.join(f'{each:.2f}' for each in os.getloadavg())}\n")
    _show([row for row in found if row.bar is not None])
    sys.exit(any(not row.is_met for row in found))


def _rows(options: argparse.Namespace, server: Postgres) -> Iterator[Row]:
    how = Options(
        seconds=options.seconds or (3.0 if options.quick else 10.0),
        scale=0.1 if options.quick else 1.0,
        profile=options.profile,
    )
    if options.kind:
        for engine in options.engines:
            yield from free(
                engine, server, how, kind=options.kind, subscribers=options.subscribers, in_rooms=options.rooms,
                rate=options.rate, own=not options.one_caller,
            )  # fmt: skip
        return
    for name in options.scenarios if options.scenarios != ["none"] else ():
        for engine in options.engines:
            yield from SCENARIOS[name](engine, server, how)
    if options.peers and not options.quick:
        from benchmarks.realtime.peers import compared

        yield from compared(server, how)


def _show(rows: Iterable[Row]) -> None:
    cells = [
        [
            row.scenario,
            row.engine,
            row.what,
            f"{row.number:,.0f}" if abs(row.number) >= 100 else f"{row.number:.3g}",
            row.unit,
            "" if row.bar is None else f"{'≥' if row.is_least else '≤'} {row.bar:,g}",
            "" if row.bar is None else "yes" if row.is_met else "NO",
        ]
        for row in rows
    ]
    print(markdown(["scenario", "engine", "what", "number", "", "bar", "met"], cells), end="\n\n", flush=True)


def _descriptors(options: argparse.Namespace) -> None:
    """Ten thousand sockets are as many descriptors in the server, and half in each process of readers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = options.subscribers if options.kind else 10_000 * ("sockets" in options.scenarios and not options.quick)
    if most + 500 > hard:
        sys.exit(f"{most} sockets need more than the {hard} descriptors that a process may have; see ulimit -Hn.")
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--scenarios",
        type=lambda text: text.split(","),
        default=list(SCENARIOS),
        help=f"{', '.join(SCENARIOS)}, or none",
    )
    parser.add_argument("--engines", type=lambda text: text.split(","), default=list(_ENGINES))
    parser.add_argument("--quick", action="store_true", help="a tenth of the subscribers, a third of the time")
    parser.add_argument("--seconds", type=float, help="of each spell")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--profile", type=Path, help="write the server's profile (cProfile) here")
    parser.add_argument(
        "--kind", choices=("live", "stream", "changes"), help="one scene of your own, with the next four"
    )
    parser.add_argument("--subscribers", type=int, default=100)
    parser.add_argument("--rooms", type=int, default=1)
    parser.add_argument("--rate", type=float, default=10.0, help="changes a second")
    parser.add_argument("--one-caller", action="store_true", help="all subscribers are the same caller")
    return parser.parse_args()


if __name__ == "__main__":
    main()
