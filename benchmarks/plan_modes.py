"""Who plans, and how often: Portico's statements under each of Postgres' plan_cache_modes."""

from __future__ import annotations

import asyncio
import sys
from typing import get_args

from benchmarks.own_statements import own_statements
from benchmarks.statements import Plans, compare, show
from benchmarks.store import postgres, postgres_store
from benchmarks.workloads import WORKLOADS


def main() -> None:
    """The command line: names of workloads, all that read unless given."""
    names = sys.argv[1:] or [name for name, each in WORKLOADS.items() if not each.writes]
    with postgres() as server:
        url = postgres_store(server, "large")
        for name, statement in asyncio.run(own_statements(url, "large", [WORKLOADS[name] for name in names])).items():
            modes: dict[str, Plans] = {mode: mode for mode in get_args(Plans)}
            # A plan is kept by statement, so the same text would be one statement for all modes.
            forms = {mode: f"/* {mode} */ {statement}" for mode in modes}
            found = compare(url, forms, WORKLOADS[name].draws["large"], passes=15, plans=modes)
            show(f"{WORKLOADS[name].title}, CPU of the database", found)


if __name__ == "__main__":
    main()
