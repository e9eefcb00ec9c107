"""What does a large schema cost: 250 tables, and every further role that comes to use them, in CPU seconds and memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import parse, validate
from sqlalchemy import JSON, BigInteger, Date, DateTime, Float, ForeignKey, Numeric, String
from sqlalchemy.orm import configure_mappers, mapped_column, relationship

from portico.gateway import app, serving
from portico.schema import Model, allow, everyone, role
from portico.schema.catalog import Catalog
from portico.schema.declarations import declaring
from portico.schema.reading import read_catalog
from portico.schema.types.build import SchemaBuilder

TABLES, ROLES = 250, 20
_TYPES: Sequence[Callable[[], Any]] = (
    *(lambda: String(200), String, BigInteger, Float, Date),
    *(lambda: DateTime(timezone=True), lambda: Numeric(10, 2), JSON, String),
)
# What an application's role asks for: a list with a filter, an order and a link, and a write.
_QUERY = """query ($where: Part{n}BoolExp) {{
  part{n}s(where: $where, orderBy: {{c0: ASC}}, limit: 20) {{ id c0 c5 parent {{ id c1 }} parts {{ id }} }}
}}"""
_WRITE = """mutation ($object: Part{n}InsertInput!) {{ insertPart{n}(object: $object) {{ id c0 }} }}"""
_USED = (5, 50, 100, 150, 200)


@dataclass(frozen=True)
class Bar:
    """The most that something may cost."""

    most: float
    unit: str


_BARS: Mapping[str, Bar] = {
    "catalog and index of names": Bar(0.5, "s"),
    "first role with its ten documents": Bar(0.5, "s"),
    "resident after both": Bar(150.0, "MiB"),
    "a further role with ten documents": Bar(1.0, "MiB"),
}


def declare(count: int) -> None:
    """Tables of eleven columns, each a part of the one before it."""
    before: Any = None
    for number in range(count):
        members: dict[str, Any] = {"__tablename__": f"part{number}s", "id": mapped_column(BigInteger, primary_key=True)}
        members |= {f"c{place}": mapped_column(make()) for place, make in enumerate(_TYPES)}
        if before is not None:
            members["parent_id"] = mapped_column(ForeignKey(f"part{number - 1}s.id"), index=True)
            members["parent"] = relationship(f"Part{number - 1}", back_populates="parts")
        if number < count - 1:
            members["parts"] = relationship(f"Part{number + 1}", back_populates="parent")
        before = type(f"Part{number}", (Model,), members)
        allow(before, "all", when=everyone)
    for number in range(ROLES):
        role(f"role{number}")


def use(builder: SchemaBuilder, name: str) -> Any:
    """What a role holds once it has sent its documents."""
    schema = builder.schema(builder.types(name))
    for number in _USED:
        for document in (_QUERY, _WRITE):
            problems = validate(schema, parse(document.format(n=number)))
            if problems:
                raise RuntimeError(str(problems[0]))
    return schema


def resident_mib() -> float:
    """Memory of this process that is in RAM now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 / 1024


def measure(catalog_of: Callable[[], Catalog]) -> dict[str, float]:
    """What `_BARS` are about."""
    began = time.process_time()
    catalog = catalog_of()
    builder = SchemaBuilder(catalog)
    built = time.process_time()
    held = [use(builder, "role0")]
    used = time.process_time()
    resident = resident_mib()
    held += [use(builder, f"role{number}") for number in range(1, ROLES)]
    return {
        "catalog and index of names": built - began,
        "first role with its ten documents": used - built,
        "resident after both": resident,
        "a further role with ten documents": (resident_mib() - resident) / (len(held) - 1),
    }


def main() -> None:
    """The command line."""
    # What a server has in memory anyway.
    print(f"{app.__name__} and {serving.__name__} imported: {resident_mib():.0f} MiB")
    began = time.process_time()
    with declaring() as declarations:
        declare(TABLES)
    configure_mappers()
    print(f"{TABLES} models declared and mapped by SQLAlchemy: {time.process_time() - began:.2f} s")
    found = measure(lambda: read_catalog(declarations, dialect="postgres"))
    for name, value in found.items():
        bar = _BARS[name]
        print(f"  {name.ljust(34)} {value:8.2f} {bar.unit.ljust(3)}  {value / bar.most:5.2f} of {bar.most} {bar.unit}")


if __name__ == "__main__":
    main()
