"""What does a document cost before its statement runs: seen before, seen with other literals, and new."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from benchmarks.portico_server import Portico
from benchmarks.statements import show
from benchmarks.store import EXAMPLE
from portico.gateway.engines import make_dialect
from portico.gateway.loading import load_models
from portico.resolvers.documents import Documents, RoleSchema
from portico.resolvers.limits import Limits
from portico.resolvers.run.execute import scalar_checks
from portico.schema.caller import ADMIN
from portico.schema.reading import read_catalog
from portico.schema.types.build import SchemaBuilder

_DOCUMENT = Portico.documents["nest"].replace("query ($after: Int!)", "query").replace("$after", "{after}")


class _Looking:
    """Documents of one role, and how they are found."""

    def __init__(self) -> None:
        catalog = read_catalog(load_models(EXAMPLE / "models.py"), dialect="postgres")
        builder = SchemaBuilder(catalog)
        self._role = RoleSchema(builder, builder.types(ADMIN), Limits(), scalar_checks(catalog))
        self._documents = Documents(make_dialect("postgres"))
        self._number = 0

    def find(self, text: str) -> None:
        """All that happens to a request before its statement runs, but for the binding of values."""
        operation, literals = self._documents.find(text, None, self._role)
        key, _ = operation.read({}, literals)
        operation.program(key)

    def known(self) -> None:
        self.find(_with(7))

    def other_literal(self) -> None:
        self._number += 1
        self.find(_with(self._number))

    def unknown(self) -> None:
        self._number += 1
        self.find(_with(7).replace("id name albums", f"id called{self._number}: name albums"))


def _with(after: int) -> str:
    return _DOCUMENT.replace("{after}", str(after))


def cpu_us(once: Callable[[], None], times: int) -> float:
    """Microseconds of CPU for one call."""
    once()
    found: list[float] = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            once()
        found.append((time.process_time() - began) / times * 1e6)
    return median(found)


def main() -> None:
    """The command line."""
    looking = _Looking()
    found = {
        "a text seen before": cpu_us(looking.known, 5_000),
        "seen with another literal": cpu_us(looking.other_literal, 1_000),
        "a new document": cpu_us(looking.unknown, 20),
    }
    show("A document of three levels, from its text to its statement", found)


if __name__ == "__main__":
    main()
