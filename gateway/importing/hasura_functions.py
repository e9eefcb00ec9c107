"""How do tracked functions and computed fields become `database_function` statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portico.gateway.importing.database import Database, DatabaseArgument, DatabaseFunction, Name
from portico.gateway.importing.hasura_metadata import HasuraProject, name_of
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Expression, call, laid_out, listed, mapping, quoted
from portico.gateway.importing.rule_expressions import ModelNames

_PG = "sqlalchemy.dialects.postgresql"
_TYPES: Mapping[str, tuple[str, str]] = {
    "integer": ("sqlalchemy", "Integer"),
    "bigint": ("sqlalchemy", "BigInteger"),
    "smallint": ("sqlalchemy", "SmallInteger"),
    "text": ("sqlalchemy", "Text"),
    "character varying": ("sqlalchemy", "String"),
    "boolean": ("sqlalchemy", "Boolean"),
    "double precision": ("sqlalchemy", "Double"),
    "real": ("sqlalchemy", "REAL"),
    "numeric": ("sqlalchemy", "Numeric"),
    "uuid": ("sqlalchemy", "Uuid"),
    "date": ("sqlalchemy", "Date"),
    "timestamp without time zone": ("sqlalchemy", "DateTime"),
    "time without time zone": ("sqlalchemy", "Time"),
    "json": ("sqlalchemy", "JSON"),
    "jsonb": (_PG, "JSONB"),
    "citext": (_PG, "CITEXT"),
}


def functions_text(
    project: HasuraProject, database: Database, names: ModelNames, report: Report, *, infer_permissions: bool
) -> str:
    """The module of database functions; an empty text where there are none."""
    imports = Imports()
    writer = _Functions(database, names, imports, report)
    lines = [*writer.computed_fields(project), *writer.root_fields(project, infer_permissions=infer_permissions)]
    if not lines:
        return ""
    return (
        '"""Functions of the database that are served as fields."""\n\n'
        + f"{imports.text()}\n\n"
        + "\n".join(lines)
        + "\n"
    )


@dataclass(frozen=True)
class _Field:
    """What the metadata says of a function that is a field."""

    function: DatabaseFunction
    on: Name | None
    row: str | None
    session: str | None


class _Functions:
    def __init__(self, database: Database, names: ModelNames, imports: Imports, report: Report) -> None:
        self._functions: dict[Name, list[DatabaseFunction]] = {}
        for each in database.functions:
            self._functions.setdefault((each.schema, each.name), []).append(each)
        # Types of rows, which functions may take.
        self._rows = {table.name for table in database.tables}
        self._names = names
        self._imports = imports
        self._report = report

    def computed_fields(self, project: HasuraProject) -> Iterator[str]:
        """The computed fields of every table."""
        for table in project.tables:
            on = name_of(table["table"])
            for each in table.get("computed_fields") or ():
                definition = each["definition"]
                what = f"computed field {each['name']} of {'.'.join(on)}"
                function = self._find(definition["function"], what)
                if function is None or on not in self._names.classes:
                    continue
                computed = self._names.computed[on][each["name"]]
                options = self._naming(each["name"], {})
                comment = function.comment if each.get("comment") is None else each["comment"]
                if comment:
                    options["description"] = quoted(comment)
                field = _Field(function, on, computed.row, computed.session)
                yield self._statement(field, options, f"{computed.variable} = ")

    def root_fields(self, project: HasuraProject, *, infer_permissions: bool) -> Iterator[str]:
        """The tracked functions."""
        for each in project.functions:
            if (function := self._find(each["function"], "function")) is None:
                continue
            configuration = each.get("configuration") or {}
            if function.table is None or function.table not in self._names.classes:
                self._report.left_out(f"function {function.name}", "it gives rows of no tracked table")
                continue
            operation = configuration.get("exposed_as") or (
                "mutation" if function.volatility == "volatile" else "query"
            )
            roots = configuration.get("custom_root_fields") or {}
            options = self._naming(
                configuration.get("custom_name"),
                {"select": roots.get("function"), "select_aggregate": roots.get("function_aggregate")},
            )
            roles = [permission["role"] for permission in each.get("permissions") or ()]
            if operation == "mutation":
                options["operation"] = quoted("mutation")
            if operation == "mutation" or not infer_permissions:
                options["to"] = listed(map(quoted, roles))
            if description := each.get("comment") or function.comment:
                options["description"] = quoted(description)
            yield self._statement(_Field(function, None, None, configuration.get("session_argument")), options)

    def _find(self, reference: Any, what: str) -> DatabaseFunction | None:
        found = self._functions.get(name_of(reference), [])
        if len(found) == 1:
            return found[0]
        why = "the database has several of this name" if found else "the database does not have it"
        self._report.left_out(f"{what} ({'.'.join(name_of(reference))})", why)
        return None

    def _naming(self, name: str | None, roots: Mapping[str, str | None]) -> dict[str, Expression]:
        given: dict[str, Expression] = {kind: quoted(root) for kind, root in roots.items() if root}
        if name is None and not given:
            return {}
        named = self._imports.name("portico.schema", "named")
        arguments = [quoted(name)] if name else []
        return {"info": call(named, *arguments, **({"roots": mapping(given)} if given else {}))}

    def _statement(self, field: _Field, options: Mapping[str, Expression], before: str = "") -> str:
        function = field.function
        name = function.name if function.schema == "public" else f"{function.schema}.{function.name}"
        inputs = [each for each in function.arguments if each.mode in ("i", "b", "v")]
        keywords: dict[str, Expression] = {"returns": self._returns(function)}
        positional = any(not each.name for each in inputs)
        named = [(each.name or f"arg_{index}", each) for index, each in enumerate(inputs, 1)]
        if named:
            keywords["arguments"] = mapping({key: self._type(each, key, field) for key, each in named})
        optional = [key for key, each in named if each.has_default and key != field.session]
        if optional:
            keywords["optional"] = listed(map(quoted, optional))
        if field.on is not None:
            keywords["on"] = self._class(field.on)
        if not function.returns_set and function.table is not None:
            keywords["many"] = "False"
        if field.session:
            keywords["session"] = quoted(field.session)
        if positional:
            keywords["positional"] = "True"
        statement = self._imports.name("portico.schema", "database_function")
        return laid_out(before, call(statement, quoted(name), **keywords, **options))

    def _returns(self, function: DatabaseFunction) -> Expression:
        if function.table is not None and function.table in self._names.classes:
            return self._class(function.table)
        return self._type_text(function.returns)

    def _type(self, argument: DatabaseArgument, key: str, field: _Field) -> Expression:
        if field.on is not None and key == field.row:
            return self._class(field.on)
        return self._type_text(argument.type)

    def _type_text(self, text: str) -> Expression:
        if text.endswith("[]"):
            return call(self._imports.name("sqlalchemy", "ARRAY"), self._type_text(text.removesuffix("[]")))
        if text in ("timestamp with time zone", "time with time zone"):
            name = "DateTime" if text.startswith("timestamp") else "Time"
            return call(self._imports.name("sqlalchemy", name), timezone="True")
        if text in _TYPES:
            return call(self._imports.name(*_TYPES[text]))
        options: dict[str, Expression] = {}
        if text.rpartition(".")[2] in self._rows:
            options["graphql"] = quoted(f"{text.rpartition('.')[2]}_scalar")  # dialect reference, §1.4
        return call(self._imports.name("portico.schema.database_type", "DatabaseType"), quoted(text), **options)

    def _class(self, table: Name) -> str:
        module, name = self._names.classes[table]
        return self._imports.name(f".{module}", name)
