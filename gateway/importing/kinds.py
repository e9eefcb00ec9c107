"""What is each type of the databases in Python: its annotation, and SQLAlchemy's class for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_POSTGRESQL = "sqlalchemy.dialects.postgresql"
EXTENSIONS = "portico.schema.postgres_types"


@dataclass(frozen=True)
class Kind:
    """
    A type of the database in Python.

    annotation: a builtin, or (module, name). type_: (module, name) of SQLAlchemy's type. silent: the annotation alone
    gives the type, as long as there is nothing in parentheses behind it.
    """

    annotation: str | tuple[str, str]
    type_: tuple[str, str]
    silent: bool = False
    keywords: tuple[tuple[str, str], ...] = ()


def _sa(annotation: str | tuple[str, str], name: str, *, silent: bool = False) -> Kind:
    return Kind(annotation, ("sqlalchemy", name), silent)


def _pg(annotation: str | tuple[str, str], name: str, **keywords: str) -> Kind:
    return Kind(annotation, (_POSTGRESQL, name), keywords=tuple(keywords.items()))


ANY = ("typing", "Any")
_DECIMAL = ("decimal", "Decimal")
_MOMENT = ("datetime", "datetime")
_DATE = ("datetime", "date")
_TIME = ("datetime", "time")
_SPAN = ("datetime", "timedelta")

POSTGRES: Mapping[str, Kind] = {
    "int2": _sa("int", "SmallInteger"),
    "int4": _sa("int", "Integer", silent=True),
    "int8": _sa("int", "BigInteger"),
    "float4": _sa("float", "REAL"),
    "float8": _sa("float", "Double", silent=True),
    "numeric": _sa(_DECIMAL, "Numeric", silent=True),
    "bool": _sa("bool", "Boolean", silent=True),
    "text": _sa("str", "Text"),
    "varchar": _sa("str", "String", silent=True),
    "name": _sa("str", "String", silent=True),
    "char": _sa("str", "String", silent=True),
    "bpchar": _sa("str", "CHAR"),
    "uuid": _sa(("uuid", "UUID"), "Uuid", silent=True),
    "date": _sa(_DATE, "Date", silent=True),
    "time": _sa(_TIME, "Time", silent=True),
    "timetz": Kind(_TIME, ("sqlalchemy", "Time"), keywords=(("timezone", "True"),)),
    "timestamp": _sa(_MOMENT, "DateTime"),
    "timestamptz": Kind(_MOMENT, ("sqlalchemy", "DateTime"), silent=True, keywords=(("timezone", "True"),)),
    "interval": _sa(_SPAN, "Interval", silent=True),
    "bytea": _sa("bytes", "LargeBinary", silent=True),
    "json": _sa(ANY, "JSON"),
    "jsonb": _pg(ANY, "JSONB"),
    "hstore": _pg("dict[str, str | None]", "HSTORE"),
    "citext": _pg("str", "CITEXT"),
    "money": _pg("str", "MONEY"),
    "bit": _pg("str", "BIT"),
    "varbit": _pg("str", "BIT", varying="True"),
    "inet": _pg("str", "INET"),
    "cidr": _pg("str", "CIDR"),
    "macaddr": _pg("str", "MACADDR"),
    "macaddr8": _pg("str", "MACADDR8"),
    "geometry": Kind(ANY, (EXTENSIONS, "Geometry")),
    "geography": Kind(ANY, (EXTENSIONS, "Geography")),
    "raster": Kind(ANY, (EXTENSIONS, "Raster")),
    "ltree": Kind("str", (EXTENSIONS, "Ltree")),
    "oid": _pg("int", "OID"),
    "regclass": _pg("str", "REGCLASS"),
    "regconfig": _pg("str", "REGCONFIG"),
    "tsvector": _pg("str", "TSVECTOR"),
    "tsquery": _pg("str", "TSQUERY"),
    **{
        f"{item}{end}": _pg(ANY, f"{item}{end}".upper())
        for item in ("int4", "int8", "num", "date", "ts", "tstz")
        for end in ("range", "multirange")
    },
}  # fmt: skip
# Types whose precision only the dialect's own classes take.
WITH_PRECISION: Mapping[str, Kind] = {
    "time": _pg(_TIME, "TIME"),
    "timetz": _pg(_TIME, "TIME", timezone="True"),
    "timestamp": _pg(_MOMENT, "TIMESTAMP"),
    "timestamptz": _pg(_MOMENT, "TIMESTAMP", timezone="True"),
    "interval": _pg(_SPAN, "INTERVAL"),
}

# By the classes that SQLAlchemy finds for what a column was declared as.
SQLITE: Mapping[str, Kind] = {
    "INTEGER": _sa("int", "Integer", silent=True),
    "SMALLINT": _sa("int", "SmallInteger"),
    "BIGINT": _sa("int", "BigInteger"),
    "REAL": _sa("float", "REAL"),
    "FLOAT": _sa("float", "Float"),
    "DOUBLE": _sa("float", "Double", silent=True),
    "DOUBLE_PRECISION": _sa("float", "DOUBLE_PRECISION"),
    "NUMERIC": _sa(_DECIMAL, "Numeric", silent=True),
    "DECIMAL": _sa(_DECIMAL, "Numeric", silent=True),
    "BOOLEAN": _sa("bool", "Boolean", silent=True),
    "TEXT": _sa("str", "Text"),
    "VARCHAR": _sa("str", "String", silent=True),
    "NVARCHAR": _sa("str", "NVARCHAR"),
    "CHAR": _sa("str", "CHAR"),
    "DATE": _sa(_DATE, "Date", silent=True),
    "TIME": _sa(_TIME, "Time", silent=True),
    "DATETIME": _sa(_MOMENT, "DateTime"),
    "TIMESTAMP": _sa(_MOMENT, "TIMESTAMP"),
    "BLOB": _sa("bytes", "LargeBinary", silent=True),
    "JSON": _sa(ANY, "JSON"),
}
OTHER = Kind(ANY, ("portico.schema.database_type", "DatabaseType"))
