"""Which values are hostile: numbers, texts, lists and filters that no person would send, as literals and in variables."""

from __future__ import annotations

from typing import Any

from tests.support.hostile import (
    ANYTHING,
    BAD_CURSOR,
    BAD_JSON,
    BAD_VALUE,
    DATA,
    INVALID,
    SYNTAX,
    TOO_COSTLY,
    TOO_DEEP,
    TOO_LARGE,
    TOO_MANY,
    Hostile,
    document,
    raw,
    repeated,
    variables,
)

_BY_ID = "query ($v: [Int!]) { authors(where: {id: {_in: $v}}) { id } }"
_BY_NAME = "query ($v: String) { authors(where: {name: {_eq: $v}}) { id } }"
_BY_WHERE = "query ($v: AuthorBoolExp) { authors(where: $v) { id } }"
_BY_PRICE = "query ($v: Decimal) { books(where: {price: {_eq: $v}}) { id } }"
_BY_WEIGHT = "query ($v: Float) { books(where: {weight: {_eq: $v}}) { id } }"
_BY_MOMENT = "query ($v: DateTime) { books(where: {publishedAt: {_eq: $v}}) { id } }"
_BY_KEY = "query ($v: UUID!) { review(id: $v) { id } }"
_BY_SIZE = "query ($v: Int) { authors(limit: $v) { id } }"
_BY_START = "query ($v: Int) { authors(offset: $v) { id } }"
_INSERT = "mutation ($v: [BookInsertInput!]!) { insertBooks(objects: $v) { affectedRows } }"
_UPDATES = "mutation ($v: [BookUpdates!]!) { updateBooksMany(updates: $v) { affectedRows } }"
_DETAILS = 'mutation ($v: JSON) { insertBook(object: {title: "t", details: $v}) { id details } }'


def negations(depth: int) -> Any:
    """A filter nested deeply."""
    found: Any = {"id": {"_eq": 1}}
    for _ in range(depth):
        found = {"_not": found}
    return found


def lists(depth: int) -> Any:
    """Lists in lists."""
    found: Any = 1
    for _ in range(depth):
        found = [found]
    return found


def nested_text(query: str, before: str, inside: str, after: str, depth: int) -> bytes:
    """A body whose variable is nested beyond what Python's own encoder can write."""
    return _body(query, before * depth + inside + after * depth)


def _body(query: str, value: str) -> bytes:
    """A body with a value written as it stands."""
    escaped = query.replace('"', '\\"')
    return f'{{"query": "{escaped}", "variables": {{"v": {value}}}}}'.encode()


def _orders_of_members(rows: int) -> list[dict[str, Any]]:
    """Rows with the same members, each in another order."""
    names = ["title", "price", "weight", "binding", "inPrint", "publishedAt", "details", "authorId"]
    values: dict[str, Any] = {
        "title": "t",
        "price": "1",
        "weight": 1.5,
        "binding": "paper",
        "inPrint": True,
        "publishedAt": "2026-01-01T00:00:00",
        "details": {},
        "authorId": None,
    }
    made: list[dict[str, Any]] = []
    for index in range(rows):
        order = sorted(names, key=lambda name: hash((index, name)))
        made.append({name: values[name] for name in order})
    return made


def _many_shapes(count: int) -> dict[str, Any]:
    operators = ["_eq", "_neq", "_gt", "_lt", "_gte", "_lte"]
    return {"_or": [{"id": {operators[(index >> bit) % 6]: 1 for bit in range(3)}} for index in range(count)]}


def _page_after() -> str:
    return "query ($v: String) { booksConnection(first: 2, after: $v) { edges { node { id } } } }"


def _cursor(text: str) -> str:
    return text.encode().hex()


def _many_times(fields: int) -> str:
    return "query ($v: AuthorBoolExp) { " + repeated("a{}: authors(where: $v) { id }", fields) + " }"


def _rows_in_rows(depth: int) -> Any:
    row: dict[str, Any] = {"title": "t"}
    for _ in range(depth):
        row = {"title": "t", "author": {"data": {"name": "n", "books": {"data": [row]}}}}
    return [row]


VALUES: tuple[Hostile, ...] = (
    # ---- numbers
    document("an integer of 5,000 digits", BAD_VALUE, lambda: "{ author(id: " + "9" * 5_000 + ") { id } }"),
    document("an offset of 5,000 digits", BAD_VALUE, lambda: "{ authors(offset: " + "9" * 5_000 + ") { id } }"),
    document(
        "a float of 5,000 digits", BAD_VALUE, lambda: "{ books(where:{weight:{_eq: 1." + "9" * 5_000 + "}}) {id} }"
    ),
    document(
        "a decimal of 5,000 digits", BAD_VALUE, lambda: "{ books(where:{price:{_eq: " + "9" * 5_000 + "}}) {id} }"
    ),
    document("a default of 5,000 digits", BAD_VALUE, lambda: "query ($a: Int = " + "9" * 5_000 + ") { __typename }"),
    document("a JSON of 5,000 digits", BAD_VALUE, lambda: "{ books(where:{details:{_eq: " + "9" * 5_000 + "}}) {id} }"),
    document("a function's 5,000 digits", BAD_VALUE, lambda: "{ nap(seconds: " + "9" * 5_000 + ") }"),
    document("the float 1e400", BAD_VALUE, "{ books(where: {weight: {_eq: 1e400}}) { id } }"),
    document("the float 1e999999999", BAD_VALUE, "{ books(where: {weight: {_eq: 1e999999999}}) { id } }"),
    document("the decimal 1e999999999", INVALID, "{ books(where: {price: {_eq: 1e999999999}}) { id } }"),
    document("the integer 2^31", INVALID, "{ author(id: 2147483648) { id } }"),
    document("the page size -1", BAD_VALUE, "{ authors(limit: -1) { id } }"),
    document("the page size 2^31", BAD_VALUE, "{ authors(limit: 2147483648) { id } }"),
    raw("variable: 5,000 digits", BAD_JSON, lambda: _body(_BY_SIZE, "9" * 5_000)),
    raw("variable: a fraction of 5,000 digits", DATA, lambda: _body(_BY_WEIGHT, "0." + "9" * 5_000)),
    raw("variable: 1e400", BAD_JSON, lambda: _body(_BY_WEIGHT, "1e400")),
    raw("variable: 2^64", BAD_VALUE, lambda: _body(_BY_SIZE, "18446744073709551616")),
    raw("variable: -0.0 as a page size", BAD_VALUE, lambda: _body(_BY_SIZE, "-0.0")),
    variables("variable: decimal of 1e4000", DATA, _BY_PRICE, lambda: {"v": "1e4000"}),
    variables("variable: decimal of 10,000 digits", BAD_VALUE, _BY_PRICE, lambda: {"v": "9" * 10_000}),
    variables("variable: a page size as text", BAD_VALUE, _BY_SIZE, lambda: {"v": "10"}),
    variables("variable: true as a page size", BAD_VALUE, _BY_SIZE, lambda: {"v": True}),
    variables("variable: offset of 2^63 as text", BAD_VALUE, _BY_START, lambda: {"v": "9223372036854775808"}),
    raw("variable: NaN", BAD_JSON, lambda: _body(_BY_WEIGHT, "NaN")),
    raw("variable: Infinity", BAD_JSON, lambda: _body(_BY_WEIGHT, "Infinity")),
    raw("variable: -Infinity", BAD_JSON, lambda: _body(_BY_WEIGHT, "-Infinity")),
    variables("variable: the text NaN", BAD_VALUE, _BY_WEIGHT, lambda: {"v": "NaN"}),
    variables("variable: the decimal NaN", BAD_VALUE, _BY_PRICE, lambda: {"v": "NaN"}),
    # ---- texts
    document("a text of 90 kB", DATA, lambda: '{ authors(where: {name: {_eq: "' + "x" * 90_000 + '"}}) { id } }'),
    document("an escaped NUL in a literal", BAD_VALUE, '{ authors(where: {name: {_eq: "a\\u0000b"}}) { id } }'),
    document("a raw NUL in a literal", BAD_VALUE, '{ authors(where: {name: {_eq: "a\0b"}}) { id } }'),
    document("a lone surrogate in a literal", SYNTAX, '{ authors(where: {name: {_eq: "\\uD800"}}) { id } }'),
    document("a braced surrogate in a literal", SYNTAX, '{ authors(where: {name: {_eq: "\\u{DFFF}"}}) { id } }'),
    document("a code point past the last", SYNTAX, '{ authors(where: {name: {_eq: "\\u{110000}"}}) { id } }'),
    document("a block string with a NUL", BAD_VALUE, '{ authors(where: {name: {_eq: """a\0"""}}) { id } }'),
    document("quotes and SQL", DATA, '{ authors(where: {name: {_eq: "\'; DROP TABLE authors; --"}}) { id } }'),
    document("placeholders and percent signs", DATA, '{ authors(where: {name: {_like: "%$1 ? :a %s {0}"}}) { id } }'),
    raw("variable: a NUL", BAD_VALUE, lambda: _body(_BY_NAME, '"a\\u0000b"')),
    raw("variable: a lone high surrogate", BAD_JSON, lambda: _body(_BY_NAME, '"\\ud800"')),
    raw("variable: a lone low surrogate", BAD_JSON, lambda: _body(_BY_NAME, '"\\udfff"')),
    raw("variable: a surrogate as a key", BAD_JSON, lambda: _body(_DETAILS, '{"\\ud800": 1}')),
    raw("variable: a NUL in JSON", ANYTHING, lambda: _body(_DETAILS, '{"a": "\\u0000"}')),
    raw("variable: a NUL in a JSON key", ANYTHING, lambda: _body(_DETAILS, '{"\\u0000": 1}')),
    raw("a NUL stored in JSON", ANYTHING, lambda: _body(_DETAILS, '{"a": "\\u0000"}')),
    variables("variable: a text of 900 kB", DATA, _BY_NAME, lambda: {"v": "x" * 900_000}),
    variables("variable: a moment in the year 99999", BAD_VALUE, _BY_MOMENT, lambda: {"v": "99999-01-01T00:00:00"}),
    variables("variable: the first moment", ANYTHING, _BY_MOMENT, lambda: {"v": "0001-01-01T00:00:00+14:00"}),
    variables("variable: the moment infinity", ANYTHING, _BY_MOMENT, lambda: {"v": "infinity"}),
    variables("variable: a UUID of braces", BAD_VALUE, _BY_KEY, lambda: {"v": "{" * 36}),
    variables("variable: a UUID of 100 kB", BAD_VALUE, _BY_KEY, lambda: {"v": "0" * 100_000}),
    variables(
        "a pattern of many wildcards",
        DATA,
        "query ($v: String) { books(where: {title: {_like: $v}}) { id } }",
        lambda: {"v": "%a" * 3_000 + "%b"},
    ),
    variables("a cursor that is none", BAD_CURSOR, _page_after(), lambda: {"v": "!!!"}),
    variables("a cursor of a deep list", BAD_CURSOR, _page_after(), lambda: {"v": _cursor("[" * 5_000)}),
    variables("a cursor with wrong values", BAD_CURSOR, _page_after(), lambda: {"v": _cursor('["", {"a": []}]')}),
    # ---- lists
    document(
        "70,000 values in a literal",
        TOO_LARGE,
        lambda: "{ authors(where: {id: {_in: [" + repeated("1", 70_000) + "]}}) { id } }",
    ),
    document(
        "7,000 values in a literal",
        DATA,
        lambda: "{ authors(where: {id: {_in: [" + repeated("{}", 7_000) + "]}}) { id } }",
    ),
    variables("variable: 70,000 values", DATA, _BY_ID, lambda: {"v": list(range(70_000))}),
    variables("variable: 300,000 values", TOO_LARGE, _BY_ID, lambda: {"v": [1] * 300_000}),
    variables("variable: one value for a list", DATA, _BY_ID, lambda: {"v": 1}),
    variables("variable: a null in a list", BAD_VALUE, _BY_ID, lambda: {"v": [1, None]}),
    variables("variable: lists in a list", BAD_VALUE, _BY_ID, lambda: {"v": [[1]]}),
    variables("variable: an object for a list", BAD_VALUE, _BY_ID, lambda: {"v": {"0": 1}}),
    # ---- filters
    variables("variable: a filter 25 deep", DATA, _BY_WHERE, lambda: {"v": negations(25)}),
    variables("variable: a filter 500 deep", TOO_DEEP, _BY_WHERE, lambda: {"v": negations(500 // 2)}),
    raw("variable: a filter 900 deep", TOO_DEEP, lambda: nested_text(_BY_WHERE, '{"_not": ', "{}", "}", 900)),
    raw("variable: a filter 20,000 deep", BAD_JSON, lambda: nested_text(_BY_WHERE, '{"_not": ', "{}", "}", 20_000)),
    raw("variable: lists 500 deep", TOO_DEEP, lambda: nested_text(_DETAILS, "[", "1", "]", 500)),
    raw("variable: lists 20,000 deep", BAD_JSON, lambda: nested_text(_DETAILS, "[", "1", "]", 20_000)),
    raw("an unused variable 500 deep", DATA, lambda: nested_text("{ __typename }", "[", "1", "]", 500)),
    raw(
        "introspection, a variable 500 deep",
        ANYTHING,
        lambda: nested_text("{ __schema { queryType { name } } }", "[", "1", "]", 500),
    ),
    variables("a stored JSON 200 deep", DATA, _DETAILS, lambda: {"v": lists(200)}),
    variables("a stored JSON 400 deep", TOO_DEEP, _DETAILS, lambda: {"v": lists(400)}),
    variables("variable: 5,000 comparisons", TOO_MANY, _BY_WHERE, lambda: {"v": _many_shapes(5_000)}),
    variables("variable: 500 alternatives", DATA, _BY_WHERE, lambda: {"v": {"_or": [{"id": {"_eq": 1}}] * 500}}),
    variables("variable: 990 comparisons", TOO_MANY, _BY_WHERE, lambda: {"v": _many_shapes(330)}),
    variables("variable: 200,000 empty filters", TOO_LARGE, _BY_WHERE, lambda: {"v": {"_or": [{}] * 200_000}}),
    variables("variable: 90,000 empty filters", TOO_LARGE, _BY_WHERE, lambda: {"v": {"_or": [{}] * 90_000}}),
    variables("variable: a hidden member", BAD_VALUE, _BY_WHERE, lambda: {"v": {"royaltyRate": {"_gt": 0}}}),
    variables("variable: an unknown operator", BAD_VALUE, _BY_WHERE, lambda: {"v": {"id": {"_drop": 1}}}),
    variables("variable: __proto__ as a member", BAD_VALUE, _BY_WHERE, lambda: {"v": {"__proto__": {"id": 1}}}),
    variables("variable: null for a comparison", BAD_VALUE, _BY_WHERE, lambda: {"v": {"id": {"_eq": None}}}),
    variables("a filter of 900 used by 40 fields", TOO_MANY, _many_times(40), lambda: {"v": _many_shapes(24)}),
    document("a filter by no aggregate", ANYTHING, "{ authors(where: {booksAggregate: {min: null}}) { id } }"),
    # ---- rows
    document(
        "an upsert of nothing",
        ANYTHING,
        "mutation { insertAuthor(object: {}, onConflict: {constraint: pk_authors, updateColumns: []}) { id } }",
    ),
    variables("12,000 rows", TOO_COSTLY, _INSERT, lambda: {"v": [{"title": "t"}] * 12_000}),
    variables("3,000 rows, each in another order", DATA, _INSERT, lambda: {"v": _orders_of_members(3_000)}),
    variables("300 rows, each in another order", DATA, _INSERT, lambda: {"v": _orders_of_members(300)}),
    variables("rows in rows in rows", TOO_DEEP, _INSERT, lambda: {"v": _rows_in_rows(40)}),
    variables(
        "2,000 updates",
        TOO_MANY,
        _UPDATES,
        lambda: {"v": [{"where": {"id": {"_eq": 1}}, "_set": {"weight": 1.5}}] * 2_000},
    ),
    variables(
        "200 updates", DATA, _UPDATES, lambda: {"v": [{"where": {"id": {"_eq": 1}}, "_set": {"weight": 1.5}}] * 200}
    ),
    document(
        "200 rows written out",
        DATA,
        lambda: "mutation { insertBooks(objects: [" + '{title: "t"}' * 200 + "]) { affectedRows } }",
    ),
    document(
        "900 rows written out",
        DATA,
        lambda: "mutation { insertBooks(objects: [" + '{title: "t"}' * 900 + "]) { affectedRows } }",
    ),
    variables("a row that is a number", BAD_VALUE, _INSERT, lambda: {"v": [1]}),
    variables("no rows", DATA, _INSERT, lambda: {"v": []}),
    variables("a variable that is missing", BAD_VALUE, _INSERT, dict),
)
