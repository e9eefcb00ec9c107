"""Does an answer change only with rows: not where a statement asks the clock, chance, or what nobody here can look into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, BindParameter, ClauseElement, ColumnClause, Subquery, TableValuedAlias
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import Lateral

from portico.resolvers.sql.elements import FirstRowTexts, Joined, Opaque, RowTextAt, RowTexts
from portico.resolvers.sql.scopes import Appearance, Scopes
from portico.schema.infos import view_verbs_in
from portico.schema.rules import JsonItem, JsonItems

_OURS = (FirstRowTexts, Joined, JsonItem, JsonItems, Opaque, RowTextAt, RowTexts)
# Texts and numbers written out, and all columns.
_WRITTEN = re.compile(r"'(?:[^']|'')*'|-?\d+(?:\.\d+)?(?:e-?\d+)?|\*|NULL|'\$\[\d+\]'", re.IGNORECASE)
# Functions of both engines whose value follows from their arguments. A name that is missing here costs polling, and
# one too many would leave answers as they were.
_LASTING = frozenset(
    [
        "abs",
        "all",
        "any",
        "array_agg",
        "array_length",
        "array_position",
        "array_remove",
        "array_to_string",
        "avg",
        "bit_length",
        "bool_and",
        "bool_or",
        "btrim",
        "cardinality",
        "ceil",
        "ceiling",
        "char_length",
        "character_length",
        "chr",
        "coalesce",
        "concat",
        "concat_ws",
        "convert_to",
        "count",
        "cume_dist",
        "date_trunc",
        "decode",
        "dense_rank",
        "encode",
        "every",
        "exp",
        "first_value",
        "floor",
        "glob",
        "greatest",
        "group_concat",
        "hex",
        "ifnull",
        "iif",
        "initcap",
        "instr",
        "json",
        "json_array",
        "json_array_elements",
        "json_array_elements_text",
        "json_array_length",
        "json_each",
        "json_extract",
        "json_group_array",
        "json_object",
        "json_quote",
        "json_type",
        "json_valid",
        "jsonb_array_elements",
        "jsonb_array_elements_text",
        "jsonb_array_length",
        "jsonb_typeof",
        "lag",
        "last_value",
        "lead",
        "least",
        "left",
        "length",
        "ln",
        "log",
        "lower",
        "lpad",
        "ltrim",
        "max",
        "md5",
        "min",
        "mod",
        "nth_value",
        "ntile",
        "nullif",
        "octet_length",
        "percent_rank",
        "portico_base64",
        "position",
        "power",
        "printf",
        "rank",
        "regexp_replace",
        "repeat",
        "replace",
        "reverse",
        "right",
        "round",
        "row_number",
        "row_texts",
        "rpad",
        "rtrim",
        "sign",
        "split_part",
        "sqrt",
        "starts_with",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "string_agg",
        "strpos",
        "substr",
        "substring",
        "sum",
        "to_json",
        "to_jsonb",
        "total",
        "translate",
        "trim",
        "trunc",
        "typeof",
        "unicode",
        "unnest",
        "upper",
        "var_pop",
        "var_samp",
        "variance",
    ]
)


def depends_on_rows_alone(element: ClauseElement, scopes: Scopes) -> bool:
    """Whether the rows of the tables that a statement reads decide about what it gives."""
    names = all(_is_known(each) for scope in scopes.every for each in scope.names.values())
    return names and all(map(_is_lasting, _parts(element, scopes)))


def _parts(element: ClauseElement, scopes: Scopes) -> Iterator[Any]:
    yield from visitors.iterate(element)
    for scope in scopes.every:
        # What a relationship in a rule has become, and what stands in extensions of SELECT.
        yield from visitors.iterate(scope.select)
        yield from scope.used


def _is_known(appearance: Appearance) -> bool:
    table = appearance.table
    if table is not None:
        return view_verbs_in(table.info) is None
    clause: Any = appearance.clause
    while not isinstance(clause, Subquery | CTE | Lateral | TableValuedAlias) and hasattr(clause, "element"):
        clause = clause.element
    return isinstance(clause, Subquery | CTE | Lateral | TableValuedAlias)


def _is_lasting(part: Any) -> bool:
    match part:
        case TextClause():
            return False
        case FunctionElement():
            return isinstance(part, _OURS) or _is_lasting_function(part)
        case ColumnClause(is_literal=True):
            return _WRITTEN.fullmatch(part.name) is not None
        case _:
            return True


def _is_lasting_function(function: Any) -> bool:
    name = function.name.lower()
    if name.startswith("st_") or name in _LASTING:
        return True
    # A moment taken apart; one that is written out may be 'now'.
    arguments = list(function.clauses)
    return name == "strftime" and len(arguments) > 1 and not isinstance(arguments[1], BindParameter)
