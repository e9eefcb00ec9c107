"""How does a Hasura project become a Portico project: models, rules, functions and settings that serve the same schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from portico.gateway.importing.database import Database, DatabaseTable, Name
from portico.gateway.importing.decisions import Decisions, Relation, TableDecision
from portico.gateway.importing.hasura_actions import actions_text
from portico.gateway.importing.hasura_computed import computed_fields
from portico.gateway.importing.hasura_endpoints import endpoints_text
from portico.gateway.importing.hasura_events import events_text
from portico.gateway.importing.hasura_functions import functions_text
from portico.gateway.importing.hasura_metadata import HasuraProject, name_of
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.hasura_rules import rules_text
from portico.gateway.importing.models_text import attributes_of, class_of, relations_of, write_package
from portico.gateway.importing.rule_expressions import ModelNames
from portico.schema.names import ROOT_KINDS, Convention, RootKind


@dataclass(frozen=True)
class Imported:
    """
    What an import comes to.

    package: relative path → text of the models' package. settings: of portico.toml that differ from the usual.
    """

    package: Mapping[str, str]
    settings: Mapping[str, Any]
    report: Report


def import_hasura(
    project: HasuraProject,
    database: Database,
    enum_values: Mapping[Name, Mapping[str, str | None]],
    *,
    naming: Convention | None = None,
    infer_function_permissions: bool = True,
    stringify_numbers: bool = False,
) -> Imported:
    """
    The project's equal.

    Args:
        enum_values: the rows of every enum table: value → comment.
        naming: the convention that is in force; what the metadata say of the source unless given.
    """
    report = Report()
    # Remote schemas, and with `remote_relationships` below the relationships to them, are here until they are written as models are.
    for key in project.others:
        report.left_out(key, "Portico does not have its like yet")
    convention = naming or cast("Convention", project.customization.get("naming_convention") or "hasura-default")
    tables = {table.full_name: table for table in database.tables}
    decided: dict[Name, TableDecision] = {}
    for entry in project.tables:
        name = name_of(entry["table"])
        if name in tables and tables[name].columns:
            decided[name] = _decision(entry, tables, project, enum_values.get(name), report)
        else:
            report.refused(f"table {'.'.join(name)}", "the database does not have it")
    decisions = Decisions(tables=decided, naming=convention)
    names = ModelNames(
        classes=class_of(database, decisions),
        attributes=attributes_of(database, decisions),
        relations=relations_of(database, decisions),
        tables=tables,
        links={name: {each.name: each for each in decision.relations or ()} for name, decision in decided.items()},
        computed=computed_fields(project, database.functions, decided),
    )
    functions = functions_text(project, database, names, report, infer_permissions=infer_function_permissions)
    written = {
        "rules.py": rules_text(project, names, report),
        "functions.py": functions,
        "actions.py": actions_text(project, names, convention, report),
        "events.py": events_text(project, database, names, report),
        "endpoints.py": endpoints_text(project, report),
    }
    further = {path: text for path, text in written.items() if text}
    package = write_package(database, Decisions(tables=decided, further=further, naming=convention))
    return Imported(package, _settings(project, convention, stringify_numbers=stringify_numbers), report)


def _settings(project: HasuraProject, naming: Convention, *, stringify_numbers: bool) -> dict[str, Any]:
    roots = project.customization.get("root_fields") or {}
    types = project.customization.get("type_names") or {}
    found: dict[str, Any] = {"naming": naming}
    given = {
        "root_field_namespace": roots.get("namespace"),
        "root_field_prefix": roots.get("prefix"),
        "root_field_suffix": roots.get("suffix"),
        "type_name_prefix": types.get("prefix"),
        "type_name_suffix": types.get("suffix"),
    }
    found |= {name: value for name, value in given.items() if value}
    if stringify_numbers:
        found["stringify_numbers"] = True
    return found


# ---- tables ------------------------------------------------------------------------------------------


def _decision(
    entry: Mapping[str, Any],
    tables: Mapping[Name, DatabaseTable],
    project: HasuraProject,
    enum_values: Mapping[str, str | None] | None,
    report: Report,
) -> TableDecision:
    name = name_of(entry["table"])
    configuration = entry.get("configuration") or {}
    columns = {**(configuration.get("custom_column_names") or {})}
    descriptions: dict[str, str] = {}
    for column, config in (configuration.get("column_config") or {}).items():
        if config.get("custom_name"):
            columns[column] = config["custom_name"]
        if config.get("comment") is not None:
            descriptions[column] = config["comment"]
    roots: dict[RootKind, str] = {}
    root_comments: dict[RootKind, str] = {}
    for kind, value in (configuration.get("custom_root_fields") or {}).items():
        root: Mapping[str, Any] = value if isinstance(value, dict) else {"name": value}
        if root.get("name") and kind in ROOT_KINDS:
            roots[kind] = root["name"]
        if root.get("comment") is not None and kind in ROOT_KINDS:
            root_comments[kind] = root["comment"]
    for key in ("remote_relationships", "apollo_federation_config"):
        if entry.get(key):
            report.left_out(f"{key} of {'.'.join(name)}", "Portico does not have its like yet")
    return TableDecision(
        graphql=configuration.get("custom_name"),
        roots=roots,
        columns=columns,
        relations=tuple(_relations(entry, tables, project, report)),
        enum_values=enum_values if entry.get("is_enum") else None,
        description=configuration.get("comment"),
        descriptions=descriptions,
        root_comments=root_comments,
    )


def _relations(
    entry: Mapping[str, Any], tables: Mapping[Name, DatabaseTable], project: HasuraProject, report: Report
) -> Iterator[Relation]:
    source = name_of(entry["table"])
    tracked = {name_of(each["table"]) for each in project.tables}
    for kind in ("object_relationships", "array_relationships"):
        for each in entry.get(kind) or ():
            found = _target(each["using"], tables[source], tables)
            if found is None or found[0] not in tracked or not found[1]:
                report.left_out(f"relationship {each['name']} of {'.'.join(source)}", "it leads to no tracked table")
                continue
            target, pairs = found
            yield Relation(
                name=each["name"],
                target=target,
                pairs=pairs,
                to_many=kind == "array_relationships",
                exact=True,
                comment=each.get("comment"),
            )


Pairs = tuple[tuple[str, str], ...]


def _target(
    using: Mapping[str, Any], source: DatabaseTable, tables: Mapping[Name, DatabaseTable]
) -> tuple[Name, Pairs] | None:
    """The table that a relationship leads to, and (own column, its column)."""
    manual = using.get("manual_configuration")
    if manual is not None:
        return name_of(manual["remote_table"]), tuple(manual["column_mapping"].items())
    on = using["foreign_key_constraint_on"]
    if isinstance(on, str | list):
        columns = [on] if isinstance(on, str) else list(on)  # pyright: ignore[reportUnknownArgumentType]
        return _along_own_key(source, columns, tables)
    columns = [on["column"]] if "column" in on else list(on["columns"])
    other = tables.get(name_of(on["table"]))
    for key in other.foreign_keys if other is not None else ():
        if set(key.columns) == set(columns) and key.target == source.full_name and other is not None:
            return other.full_name, tuple((theirs, mine) for mine, theirs in key.pairs)
    return None


def _along_own_key(
    source: DatabaseTable, columns: list[str], tables: Mapping[Name, DatabaseTable]
) -> tuple[Name, Pairs] | None:
    for key in source.foreign_keys:
        if set(key.columns) == set(columns) and key.target in tables:
            return key.target, key.pairs
    return None
