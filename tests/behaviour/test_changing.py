"""Updates and deletes beyond rules: operators, keys, defaults on update, and what filters reach."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from portico.schema import IntId, Me, Model, Rule, allow, everyone
from tests.support.backend import Backend


@pytest.fixture
def items(serve: Callable[..., Backend]) -> Backend:
    class Item(Model):
        id: Mapped[IntId]
        name: Mapped[str | None]
        count: Mapped[int]
        document: Mapped[dict[str, Any] | None]
        changes: Mapped[int | None] = mapped_column(onupdate=itertools.count(1).__next__)
        constant: Mapped[str | None] = mapped_column(onupdate="updated")
        box_id: Mapped[int | None] = mapped_column(ForeignKey("boxes.id", ondelete="CASCADE"))
        box: Mapped[Box | None] = relationship(back_populates="items")

    class Box(Model):
        id: Mapped[IntId]
        items: Mapped[list[Item]] = relationship(back_populates="box")

    backend = serve()
    backend.data(
        "mutation { insertBox(object: {id: 1}) { id } insertItems(objects: ["
        '{id: 1, name: "a", count: 1, boxId: 1}, {id: 2, name: "b", count: 2}, {id: 3, count: 3}]) { affectedRows } }'
    )
    return backend


def _counts(backend: Backend) -> list[int]:
    return [row["count"] for row in backend.data("{ items(orderBy: {id: ASC}) { count } }")["items"]]


def test_an_empty_filter_reaches_every_row(items: Backend) -> None:
    assert items.data("mutation { updateItems(where: {}, _inc: {count: 10}) { affectedRows } }") == {
        "updateItems": {"affectedRows": 3}
    }
    assert _counts(items) == [11, 12, 13]


def test_a_filter_is_not_left_out(items: Backend) -> None:
    for document in ("updateItems(_inc: {count: 1})", "deleteItems", "updateItems(where: null, _inc: {count: 1})"):
        assert items.error(f"mutation {{ {document} {{ affectedRows }} }}")["extensions"]["code"] == "validation-failed"


@pytest.mark.parametrize(
    "document", ["updateItems(where: {id: {_eq: $n}}, _inc: {count: 9})", "deleteItems(where: {id: {_eq: $n}})"]
)
def test_a_filter_by_a_variable_that_is_null_reaches_nothing(document: str, items: Backend) -> None:
    assert (
        items.error(f"mutation ($n: Int) {{ {document} {{ affectedRows }} }}", n=None)["extensions"]["problem"]
        == "PT104"
    )
    assert _counts(items) == [1, 2, 3]


@pytest.mark.parametrize(
    "document", ["updateItems(where: {id: {_eq: $n}}, _inc: {count: 9})", "deleteItems(where: {id: {_eq: $n}})"]
)
def test_a_filter_by_a_variable_that_is_not_sent_reaches_nothing(document: str, items: Backend) -> None:
    items.ask(f"mutation ($n: Int) {{ {document} {{ affectedRows }} }}")

    assert _counts(items) == [1, 2, 3]


def test_nothing_to_change_changes_nothing(items: Backend) -> None:
    assert items.data("mutation { updateItems(where: {}, _set: {}) { affectedRows returning { id } } }") == {
        "updateItems": {"affectedRows": 0, "returning": []}
    }
    assert items.error("mutation { updateItems(where: {}) { affectedRows } }")["extensions"]["problem"] == "PT105"


def test_a_column_is_changed_by_one_operator(items: Backend) -> None:
    error = items.error("mutation { updateItems(where: {}, _set: {count: 1}, _inc: {count: 1}) { affectedRows } }")

    assert error["message"] == "Column found in multiple operators: ['count']."


def test_a_change_of_the_key_is_answered_by_the_new_one(items: Backend) -> None:
    changed = items.data("mutation { updateItem(pkColumns: {id: 2}, _set: {id: 20}) { id name box { id } } }")

    assert changed == {"updateItem": {"id": 20, "name": "b", "box": None}}
    assert items.data("{ old: item(id: 2) { id } new: item(id: 20) { name } }") == {"old": None, "new": {"name": "b"}}


def test_many_updates_are_made_in_order(items: Backend) -> None:
    many = (
        "mutation { updateItemsMany(updates: [{where: {count: {_lt: 3}}, _inc: {count: 1}},"
        " {where: {count: {_eq: 3}}, _set: {count: 30}}, {where: {count: {_eq: 3}}, _set: {count: 0}}]) { affectedRows } }"
    )

    assert items.data(many) == {"updateItemsMany": [{"affectedRows": 2}, {"affectedRows": 2}, {"affectedRows": 0}]}
    assert _counts(items) == [2, 30, 30]
    assert items.data("mutation { updateItemsMany(updates: []) { affectedRows } }") == {"updateItemsMany": []}


def test_a_null_can_be_set_and_increments_leave_null(items: Backend) -> None:
    assert items.data(
        "mutation ($name: String) { updateItem(pkColumns: {id: 1}, _set: {name: $name}) { name } }", name=None
    ) == {"updateItem": {"name": None}}
    assert (
        items.error("mutation { updateItem(pkColumns: {id: 1}, _set: {count: null}) { id } }")["extensions"]["problem"]
        == "PT503"
    )


def test_a_constant_is_set_on_every_update(items: Backend) -> None:
    assert items.data('mutation { updateItem(pkColumns: {id: 1}, _set: {name: "x"}) { constant } }') == {
        "updateItem": {"constant": "updated"}
    }


def test_a_function_on_update_is_called_at_every_update(items: Backend) -> None:
    ask = 'mutation { updateItem(pkColumns: {id: 1}, _set: {name: "x"}) { changes } }'
    first, second = (items.data(ask)["updateItem"]["changes"] for _ in range(2))

    assert second > first


def test_a_delete_answers_with_what_was_there(items: Backend) -> None:
    ask = "mutation { deleteBox(id: 1) { id items { name box { id } } itemsAggregate { aggregate { count } } } }"

    assert items.data(ask) == {
        "deleteBox": {
            "id": 1,
            "items": [{"name": "a", "box": {"id": 1}}],
            "itemsAggregate": {"aggregate": {"count": 1}},
        }
    }
    assert _counts(items) == [2, 3]


def test_a_filter_of_a_delete_goes_through_relations(items: Backend) -> None:
    assert items.data(
        "mutation { deleteItems(where: {box: {items: {count: {_eq: 1}}}}) { affectedRows returning { id } } }"
    ) == {"deleteItems": {"affectedRows": 1, "returning": [{"id": 1}]}}


def test_several_answers_of_one_mutation(items: Backend) -> None:
    ask = "mutation { updateItems(where: {id: {_eq: 1}}, _inc: {count: 1}) { a: returning { id } n: affectedRows b: returning { count box { id } } } }"

    assert items.data(ask) == {"updateItems": {"a": [{"id": 1}], "n": 1, "b": [{"count": 2, "box": {"id": 1}}]}}


def test_an_answer_that_mentions_no_row_is_of_a_write_that_happened(items: Backend) -> None:
    for field in (
        "insertItems(objects: [{id: 4, count: 4}])",
        "updateItems(where: {id: {_eq: 1}}, _inc: {count: 10})",
        "deleteItems(where: {id: {_eq: 2}})",
    ):
        items.data(f"mutation {{ {field} {{ __typename }} }}")
    assert _counts(items) == [11, 3, 4]


def test_json_operators_change_a_part(items: Backend) -> None:
    change = "mutation {{ updateItem(pkColumns: {{id: 1}}, {}) {{ document }} }}"
    steps = [
        ("_set: {document: {a: 1, list: [1, 2, 3]}}", {"a": 1, "list": [1, 2, 3]}),
        ("_append: {document: {b: 2}}", {"a": 1, "list": [1, 2, 3], "b": 2}),
        ('_deleteKey: {document: "a"}', {"list": [1, 2, 3], "b": 2}),
        ('_deleteAtPath: {document: ["list", "1"]}', {"list": [1, 3], "b": 2}),
        ("_prepend: {document: {b: 9, c: 3}}", {"list": [1, 3], "b": 2, "c": 3}),
    ]
    for operator, expected in steps:
        assert items.data(change.format(operator)) == {"updateItem": {"document": expected}}


def test_a_null_appended_to_a_document_does_not_erase_it(items: Backend) -> None:
    items.data("mutation { updateItem(pkColumns: {id: 1}, _set: {document: {a: 1}}) { id } }")
    items.ask(
        "mutation ($part: JSON) { updateItem(pkColumns: {id: 1}, _append: {document: $part}) { document } }", part=None
    )

    assert items.data("{ item(id: 1) { document } }") == {"item": {"document": {"a": 1}}}


@pytest.mark.parametrize("write", ["delete", "update"])
def test_a_filter_sees_the_rows_as_they_were_before_the_first_was_written(
    write: str, serve: Callable[..., Backend]
) -> None:
    class Node(Model):
        id: Mapped[IntId]
        open: Mapped[bool]

    @allow(Node, "delete", "update", to="user")
    def while_any_is_open(node: type[Node], me: Me) -> Rule:
        other = aliased(Node)
        return node.open | exists().where(other.open)

    allow(Node, "read", to="user", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO nodes VALUES (1, true), (2, false), (3, false), (4, false), (5, false)")

    if write == "delete":
        filters = ("{id: {_lt: 4}}", "{}")
        counts = [
            backend.data(f"mutation {{ deleteNodes(where: {each}) {{ affectedRows }} }}", role="user")["deleteNodes"]
            for each in filters
        ]
        # The rule holds for none once no row is open.
        assert [count["affectedRows"] for count in counts] == [3, 0]
    else:
        document = "mutation { updateNodes(where: {id: {_lt: 6}}, _set: {open: false}) { affectedRows } }"
        assert backend.data(document, role="user") == {"updateNodes": {"affectedRows": 5}}
