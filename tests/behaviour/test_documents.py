"""JSON documents: what updates do inside of them, the same on both engines, and casts and paths in reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Backend


@pytest.fixture
def documents(declared: Declarations, serve: Callable[..., Backend]) -> Backend:
    class Document(Model):
        id: Mapped[IntId]
        body: Mapped[Any] = mapped_column(JSON().with_variant(JSONB(), "postgresql"), nullable=True)

    allow(Document, "all", when=everyone)
    return serve()


def change(backend: Backend, body: Any, change: str, header: str = "", **variables: Any) -> Any:
    """The document after a change of it, or the code of the error."""
    backend.data("mutation { deleteDocuments(where: {}) { affectedRows } }")
    backend.data("mutation ($body: JSON) { insertDocument(object: {id: 1, body: $body}) { id } }", body=body)
    document = f"mutation {header} {{ updateDocument(pkColumns: {{id: 1}}, {change}) {{ body }} }}"
    answer = backend.ask(document, **variables)
    if "errors" in answer:
        return answer["errors"][0]["extensions"]["code"]
    return answer["data"]["updateDocument"]["body"]


@pytest.mark.parametrize(
    ("body", "value", "expected"),
    [
        ({"a": 1, "b": {"c": 2}}, {"b": {"d": None}, "e": "é"}, {"a": 1, "b": {"d": None}, "e": "é"}),
        ([1, {"a": 2}], [3], [1, {"a": 2}, 3]),
        ([1], {"a": 2}, [1, {"a": 2}]),
        ({"a": 1}, [2], [{"a": 1}, 2]),
        ({"a": 1}, 2, [{"a": 1}, 2]),
        ("a", 1.5, ["a", 1.5]),
        ([], [], []),
        ({}, [], [{}]),
        ([True], False, [True, False]),
    ],
    ids=repr,
)
def test_append_and_prepend_join_documents(documents: Backend, body: Any, value: Any, expected: Any) -> None:
    header = "($value: JSON!)"
    assert change(documents, body, "_append: {body: $value}", header, value=value) == expected
    assert change(documents, value, "_prepend: {body: $value}", header, value=body) == expected


def test_append_takes_literals_and_a_missing_document_stays_missing(documents: Backend) -> None:
    assert change(documents, [1], '_append: {body: {a: "x", b: [true, null]}}') == [1, {"a": "x", "b": [True, None]}]
    assert change(documents, None, "_append: {body: [1]}") is None


@pytest.mark.parametrize(
    ("body", "key", "expected"),
    [
        ({"a": 1, "b": 2}, "a", {"b": 2}),
        ({"a": 1}, "x", {"a": 1}),
        ({'q"uote': 1}, 'q"uote', {}),
        (["a", 1, "a", ["a"]], "a", [1, ["a"]]),
        ([1, "1"], "1", [1]),
        ("a", "a", "data-exception"),
    ],
    ids=repr,
)
def test_delete_key_takes_a_member_or_equal_texts_out(documents: Backend, body: Any, key: str, expected: Any) -> None:
    assert change(documents, body, "_deleteKey: {body: $key}", "($key: String!)", key=key) == expected


@pytest.mark.parametrize(
    ("body", "index", "expected"),
    [
        ([1, 2, 3], 0, [2, 3]),
        ([1, 2, 3], -1, [1, 2]),
        ([1, 2, 3], 3, [1, 2, 3]),
        ([1, 2, 3], -4, [1, 2, 3]),
        ([], 0, []),
        ({"0": 1}, 0, "data-exception"),
        (1, 0, "data-exception"),
    ],
    ids=repr,
)
def test_delete_elem_takes_one_item_out(documents: Backend, body: Any, index: int, expected: Any) -> None:
    assert change(documents, body, "_deleteElem: {body: $index}", "($index: Int!)", index=index) == expected


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ({"a": {"b": 1, "c": 2}}, ["a", "b"], {"a": {"c": 2}}),
        ({"a": [1, {"b": 2}]}, ["a", "1", "b"], {"a": [1, {}]}),
        ({"a": [1, 2]}, ["a", "-1"], {"a": [1]}),
        ({"a": [1, 2]}, ["a", " +1"], {"a": [1]}),
        ({"a": [1, 2]}, ["a", "7"], {"a": [1, 2]}),
        ({"a": {"0": 1}}, ["a", "0"], {"a": {}}),
        ({"a": 1}, ["a", "b"], {"a": 1}),
        ({"a": 1}, [], {"a": 1}),
        ([[1], 2], ["-7", "0"], [[1], 2]),
        ([[1], 2], ["0", "0", "0"], [[1], 2]),
        ([], ["x"], []),
        ({"a": []}, ["a", "x"], "data-exception"),
        ({"a": [1]}, ["a", "x"], "data-exception"),
        ({"a": [1]}, ["a", "99999999999"], "data-exception"),
        (1, ["a"], "data-exception"),
    ],
    ids=repr,
)
def test_delete_at_path_takes_out_what_the_path_leads_to(
    documents: Backend, body: Any, path: list[str], expected: Any
) -> None:
    assert change(documents, body, "_deleteAtPath: {body: $path}", "($path: [String!]!)", path=path) == expected


def test_paths_may_begin_with_a_dollar_a_dot_or_a_key(documents: Backend) -> None:
    body = {"a": {"b": [1, {"c": "x"}]}, "_under": 0, "!@#": "special", "hello world!": {"你好": 1}}
    documents.data("mutation ($body: JSON) { insertDocument(object: {id: 1, body: $body}) { id } }", body=body)
    fields = {
        "whole": "$",
        "dollar": "$.a.b[1].c",
        "dot": ".a.b[1].c",
        "bare": "a.b[0]",
        "under": "._under",
        "special": "['!@#']",
        "nested": "$['hello world!']['你好']",
        "quoted": '["hello world!"].["你好"]',
        "dotted": "a.b.[0]",
        "missing": "a.x[7]",
    }
    selection = " ".join(f"{name}: body(path: ${name})" for name in fields)
    header = ", ".join(f"${name}: String" for name in fields)
    data = documents.data(f"query ({header}) {{ document(id: 1) {{ {selection} }} }}", **fields)["document"]
    assert data == {
        "whole": body, "dollar": "x", "dot": "x", "bare": 1, "under": 0, "special": "special", "nested": 1, "quoted": 1,
        "dotted": 1, "missing": None,
    }  # fmt: skip


def test_paths_may_be_literals_with_escapes(documents: Backend) -> None:
    document = """mutation { insertDocument(object: {id: 1, body: {a: [{b: 7}]}}) { body
        escaped: body(path: "a[0][\\"b\\"]") block: body(path: \"\"\"a[0].b\"\"\") none: body(path: null) } }"""
    assert documents.data(document)["insertDocument"] == {
        "body": {"a": [{"b": 7}]}, "escaped": 7, "block": 7, "none": {"a": [{"b": 7}]},
    }  # fmt: skip
    error = documents.error('{ documents { body(path: "a[\\"") } }')
    assert error["extensions"]["problem"] == "PT104"


def test_a_document_is_compared_as_text_after_a_cast(documents: Backend) -> None:
    if documents.place.dialect == "sqlite":
        assert documents.error('{ documents(where: {body: {_cast: {String: {_like: "%"}}}}) { id } }')
        return
    for number, body in enumerate(({"a": "rose"}, {"a": "lily"}), 1):
        documents.data(
            f"mutation ($body: JSON) {{ insertDocument(object: {{id: {number}, body: $body}}) {{ id }} }}", body=body
        )
    assert documents.data('{ documents(where: {body: {_cast: {String: {_ilike: "%ROSE%", _neq: "x"}}}}) { id } }') == {
        "documents": [{"id": 1}]
    }  # fmt: skip
