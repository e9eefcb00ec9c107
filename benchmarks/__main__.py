"""How fast is Portico beside the floor and its peers: `python -m benchmarks --help`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from benchmarks import report
from benchmarks.session import CONTESTANTS, Choice, measure
from benchmarks.workloads import WORKLOADS

_QUICK: Mapping[str, Any] = {
    "sizes": ("large",),
    "connections": "16",
    "seconds": 1.5,
    "patience": 1.0,
    "contestants": ("floor", "portico", "postgraphile", "pocketbase"),
}
"""What --quick puts in place of the defaults, for a run of eight minutes or so; an option that is given holds."""
_QUICK_HELP = "The large store, 16 connections, the nearest peers, shorter runs: eight minutes."
_EVERYONE = tuple(dict.fromkeys(name for names in CONTESTANTS.values() for name in names))


class _Names(click.ParamType[Any]):
    """A comma-separated choice of names."""

    name = "names"

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        names = tuple(value.split(",")) if isinstance(value, str) else tuple(value)
        for name in names:
            if name not in self._known:
                self.fail(f"{name!r} is none of {', '.join(self._known)}", param, ctx)
        return names


@click.command()
@click.option("--engines", type=_Names(tuple(CONTESTANTS)), default=",".join(CONTESTANTS), show_default=True)
@click.option("--sizes", type=_Names(("small", "large")), default="small,large", show_default=True)
@click.option("--workloads", type=_Names(tuple(WORKLOADS)), default=",".join(WORKLOADS), help="All unless given.")
@click.option("--connections", default="1,16,64", show_default=True, help="Several, with commas.")
@click.option("--contestants", type=_Names(_EVERYONE), default=",".join(_EVERYONE), show_default=True)
@click.option("--passes", default=3, show_default=True, help="Everyone has a turn at everything in each.")
@click.option("--seconds", default=2.0, show_default=True, help="Of one run, after a second of warming up.")
@click.option(
    "--patience", default=10.0, show_default=True, help="Seconds to wait before a run for others to be quiet."
)
@click.option("--quick", is_flag=True, help=_QUICK_HELP)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Also write every run to this file.")
@click.pass_context
def main(context: click.Context, quick: bool, json_path: Path | None, **chosen: Any) -> None:
    """Measure Portico against the floor and its peers, all in one run; ratios are what to quote."""
    if quick:
        chosen |= {name: value for name, value in _QUICK.items() if _is_default(context, name)}
    connections, patience_s = chosen.pop("connections"), chosen.pop("patience")
    choice = Choice(connections=[int(each) for each in connections.split(",")], patience_s=patience_s, **chosen)
    began = datetime.now(UTC)
    print(f"load average before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores", file=sys.stderr)
    results = measure(choice)
    print(report.tables(results, choice.connections))
    if json_path is not None:
        report.save(results, json_path, began)


def _is_default(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) == ParameterSource.DEFAULT


if __name__ == "__main__":
    main()
