"""What may be uploaded, and for which column: the file columns of the present models, by the names of their buckets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portico.schema.access import RoleAccess
from portico.schema.caller import Caller
from portico.schema.catalog import Catalog, Column, Table
from portico.schema.files import FileMark, bucket_of


@dataclass(frozen=True, slots=True)
class Bucket:
    """The files of one column."""

    name: str
    mark: FileMark
    table: Table
    column: Column


def buckets_of(catalog: Catalog) -> Mapping[str, Bucket]:
    """Every bucket by its name."""
    return {each.name: each for each in _buckets(catalog)}


def _buckets(catalog: Catalog) -> Iterator[Bucket]:
    for table in catalog.tables.values():
        for column in table.columns.values():
            if column.file is not None:
                yield Bucket(bucket_of(column.sql), column.file, table, column)


def may_fill(catalog: Catalog, caller: Caller, bucket: Bucket) -> bool:
    """Whether the caller's role writes the column at all; into which row is asked when it is written."""
    access = RoleAccess(catalog, caller.role, backend=caller.backend).table(bucket.table)
    grants = (access.create, access.update)
    return any(grant is not None and grant.columns.get(bucket.column.field) is bucket.column for grant in grants)
