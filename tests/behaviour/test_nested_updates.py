"""Updates along relations: a form with its lines saved in one mutation, and whose rows it may touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.limits import Limits
from portico.schema import Id, IntId, Me, Model, Rule, allow, everyone, preset
from tests.support.backend import Backend

REFUSED = "check constraint of an insert/update permission has failed"
ANN: dict[str, Any] = {"role": "user", "id": 1}


@pytest.fixture
def shop(serve: Callable[..., Backend]) -> Backend:
    """Callers write their own orders; of a line nobody sees the hidden, and only open ones change or go."""

    class Customer(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        orders: Mapped[list[Order]] = relationship(back_populates="customer")

    class Order(Model):
        id: Mapped[IntId]
        owner: Mapped[int]
        note: Mapped[str] = mapped_column(default="")
        customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id))
        customer: Mapped[Customer | None] = relationship(back_populates="orders")
        lines: Mapped[list[Line]] = relationship(back_populates="order")

    class Line(Model):
        id: Mapped[IntId]
        order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
        product: Mapped[str]
        quantity: Mapped[int] = mapped_column(default=1)
        hidden: Mapped[bool] = mapped_column(default=False)
        open: Mapped[bool] = mapped_column(default=True)
        order: Mapped[Order] = relationship(back_populates="lines")
        parts: Mapped[list[Part]] = relationship(back_populates="line", passive_deletes=True)
        __table_args__ = (UniqueConstraint("order_id", "product", name="one_product"),)

    class Part(Model):
        id: Mapped[IntId]
        line_id: Mapped[int] = mapped_column(ForeignKey(Line.id, ondelete="CASCADE"))
        text: Mapped[str]
        line: Mapped[Line] = relationship(back_populates="parts")

    @allow(Order, "read", "create", "update", to="user")
    def my_orders(order: type[Order], me: Me) -> Rule:
        return order.owner == me.id

    @allow(Line, "read", to="user")
    def shown(line: type[Line], me: Me) -> Rule:
        return ~line.hidden

    @allow(Line, "create", to="user")
    def a_few(line: type[Line], me: Me) -> Rule:
        return line.quantity < 100

    @allow(Line, "update", to="user")
    def open_and_few(line: type[Line], me: Me) -> Rule:
        return line.open & (line.quantity < 100)

    @allow(Line, "delete", to="user")
    def open_ones(line: type[Line], me: Me) -> Rule:
        return line.open

    allow(Part, "all", to="user", when=everyone)
    allow(Customer, "read", to="user", when=everyone)

    @allow(Customer, "update", to="user")
    def no_other(customer: type[Customer], me: Me) -> Rule:
        return customer.name != "other"

    backend = serve()
    backend.data(
        """mutation {
          insertCustomers(objects: [{id: 1, name: "c"}, {id: 2, name: "other"}]) { affectedRows }
          insertOrders(objects: [{id: 1, owner: 1, customerId: 1}, {id: 2, owner: 2}, {id: 3, owner: 1, customerId: 2}]) { affectedRows }
          insertLines(objects: [{id: 11, orderId: 1, product: "a"}, {id: 12, orderId: 1, product: "b"}, {id: 13, orderId: 1, product: "c"}
            {id: 14, orderId: 1, product: "h", hidden: true}, {id: 15, orderId: 1, product: "s", open: false}, {id: 21, orderId: 2, product: "a"}]) { affectedRows }
          insertParts(objects: [{id: 101, lineId: 11, text: "x"}, {id: 102, lineId: 11, text: "y"}, {id: 103, lineId: 21, text: "z"}]) { affectedRows }
        }"""
    )
    return backend


def _lines(backend: Backend, order: int = 1) -> dict[int, tuple[str, int]]:
    document = (
        "query ($order: Int!) { lines(where: {orderId: {_eq: $order}}, orderBy: {id: ASC}) { id product quantity } }"
    )
    return {row["id"]: (row["product"], row["quantity"]) for row in backend.data(document, order=order)["lines"]}


def _parts(backend: Backend) -> dict[int, tuple[int, str]]:
    rows = backend.data("{ parts(orderBy: {id: ASC}) { id lineId text } }")["parts"]
    return {row["id"]: (row["lineId"], row["text"]) for row in rows}


def _update(inner: str, order: int = 1) -> str:
    return f"mutation {{ updateOrder(pkColumns: {{id: {order}}}, {inner}) {{ id }} }}"


_ALL = {11: ("a", 1), 12: ("b", 1), 13: ("c", 1), 14: ("h", 1), 15: ("s", 1)}
_SAVE = """mutation ($order: Int!, $rows: [LineUpsertInput!]!, $all: Boolean = false) {
  updateOrder(pkColumns: {id: $order}, _set: {note: "saved"}, lines: {upsert: {data: $rows, deleteMissing: $all}}) {
    note lines(orderBy: {product: ASC}) { product quantity }
  }
}"""


def test_a_form_is_saved_with_its_lines(shop: Backend) -> None:
    rows = [{"id": 11, "quantity": 5}, {"product": "new"}, {"id": 13, "product": "d", "quantity": 2}]

    answer = shop.data(_SAVE, order=1, rows=rows, all=True, **ANN)["updateOrder"]

    assert answer["note"] == "saved"
    # Line b was not listed. The hidden one nobody sees, and s may not be deleted.
    lines = [(line["product"], line["quantity"]) for line in answer["lines"]]
    assert lines == [("a", 5), ("d", 2), ("new", 1), ("s", 1)]
    assert {product for product, _ in _lines(shop).values()} == {"a", "d", "h", "s", "new"}
    assert _lines(shop, order=2) == {21: ("a", 1)}


def test_without_delete_missing_what_is_not_listed_stays(shop: Backend) -> None:
    shop.data(_SAVE, order=1, rows=[{"id": 11, "quantity": 5}], **ANN)

    assert _lines(shop) == _ALL | {11: ("a", 5)}


def test_a_list_of_nothing_deletes_all_that_may_go(shop: Backend) -> None:
    shop.data(_SAVE, order=1, rows=[], all=True, **ANN)

    assert _lines(shop) == {14: ("h", 1), 15: ("s", 1)}


def test_a_row_whose_key_is_null_is_new(shop: Backend) -> None:
    shop.data(_SAVE, order=1, rows=[{"id": None, "product": "n", "quantity": 3}], **ANN)

    assert ("n", 3) in _lines(shop).values()


def test_a_row_with_a_key_that_is_free_is_inserted_with_it(shop: Backend) -> None:
    shop.data(_SAVE, order=1, rows=[{"id": 90, "product": "n", "quantity": 3}], **ANN)

    assert _lines(shop)[90] == ("n", 3)


@pytest.mark.parametrize("line", [21, 14, 15], ids=["of another parent", "hidden", "closed"])
def test_a_row_that_is_not_the_callers_to_change_is_refused_and_undoes_all(line: int, shop: Backend) -> None:
    rows = [{"id": 11, "quantity": 5}, {"id": line, "quantity": 7}]
    error = shop.error(_SAVE, order=1, rows=rows, all=True, **ANN)
    failed = shop.error(_SAVE, order=1, rows=[{"id": 91, "product": "n", "quantity": 100}], **ANN)

    assert error["message"] == REFUSED
    assert error == failed
    assert _lines(shop) == _ALL
    assert _lines(shop, order=2) == {21: ("a", 1)}
    assert shop.data("{ order(id: 1) { note } }") == {"order": {"note": ""}}


def test_a_row_of_another_parent_is_refused_to_admin_as_well(shop: Backend) -> None:
    assert shop.error(_SAVE, order=1, rows=[{"id": 21, "quantity": 7}])["message"] == REFUSED


@pytest.mark.parametrize("rows", [[{"id": 11, "quantity": 100}], [{"product": "n", "quantity": 100}]])
def test_rows_are_checked_as_they_become(rows: list[Any], shop: Backend) -> None:
    assert shop.error(_SAVE, order=1, rows=rows, **ANN)["message"] == REFUSED
    assert _lines(shop) == _ALL


def test_a_parent_that_is_not_the_callers_to_change_leaves_all_as_it_is(shop: Backend) -> None:
    everything = """lines: {delete: {where: {}}, update: [{where: {}, _set: {quantity: 2}}]
        upsert: {data: [{id: 21, quantity: 3}, {product: "n"}], deleteMissing: true}, insert: [{product: "m"}]}"""

    assert shop.data(_update(everything, order=2), **ANN) == {"updateOrder": None}
    assert shop.data(_update('_set: {note: "x"}, ' + everything, order=2), **ANN) == {"updateOrder": None}
    assert _lines(shop, order=2) == {21: ("a", 1)}


def test_columns_of_the_relation_cannot_be_given(shop: Backend) -> None:
    error = shop.error(_SAVE, order=1, rows=[{"id": 11, "orderId": 3}], **ANN)
    other = shop.error(_update('lines: {insert: [{orderId: 3, product: "n"}]}'), **ANN)

    assert error["message"].startswith('cannot insert "orderId" columns')
    assert other["message"] == error["message"]
    assert error["extensions"]["problem"] == "PT105"


def test_rows_are_found_by_another_constraint(shop: Backend) -> None:
    save = """lines: {upsert: {constraint: one_product, deleteMissing: true
        data: [{product: "a", quantity: 5}, {product: "n", quantity: 6}]}}"""
    shop.data(_update(save), **ANN)

    lines = _lines(shop)
    assert lines[11] == ("a", 5)
    assert sorted(lines.values()) == [("a", 5), ("h", 1), ("n", 6), ("s", 1)]
    assert _lines(shop, order=2) == {21: ("a", 1)}


def test_what_is_not_listed_goes_before_its_values_are_taken(shop: Backend) -> None:
    shop.data(_SAVE, order=1, rows=[{"id": 11, "product": "b"}, {"product": "a"}], all=True, **ANN)

    lines = _lines(shop)
    assert lines[11] == ("b", 1)
    assert sorted(product for product, _ in lines.values()) == ["a", "b", "h", "s"]


def test_rows_of_a_relation_are_changed_where_they_match(shop: Backend) -> None:
    update = """lines: {update: [{where: {product: {_in: ["a", "s", "h"]}}, _inc: {quantity: 4}}
        {where: {id: {_eq: 21}}, _set: {quantity: 9}}, {where: {id: {_eq: 12}}, _set: {quantity: 7}}]}"""
    shop.data(_update(update), **ANN)

    assert _lines(shop) == _ALL | {11: ("a", 5), 12: ("b", 7)}
    assert _lines(shop, order=2) == {21: ("a", 1)}


def test_rows_of_a_relation_are_deleted_where_they_match(shop: Backend) -> None:
    shop.data(_update('lines: {delete: {where: {product: {_in: ["a", "b", "h", "s"]}}}}'), **ANN)

    assert _lines(shop) == {13: ("c", 1), 14: ("h", 1), 15: ("s", 1)}
    assert _lines(shop, order=2) == {21: ("a", 1)}


def test_rows_are_inserted_along_a_relation(shop: Backend) -> None:
    shop.data(_update('lines: {insert: [{id: 31, product: "n", parts: {data: [{id: 9, text: "p"}]}}]}'), **ANN)

    assert _lines(shop) == _ALL | {31: ("n", 1)}
    assert _parts(shop)[9] == (31, "p")


def test_what_is_said_of_a_relation_happens_in_one_order(shop: Backend) -> None:
    everything = """lines: {insert: [{product: "a"}], upsert: {data: [{id: 13, product: "b"}]}
        update: [{where: {}, _set: {quantity: 8}}], delete: {where: {id: {_in: [11, 12]}}}}"""
    shop.data(_update(everything), **ANN)

    assert sorted(_lines(shop).values()) == [("a", 1), ("b", 8), ("h", 1), ("s", 1)]


def test_relations_go_as_deep_as_they_lead(shop: Backend) -> None:
    deep = """lines: {upsert: {data: [
        {id: 11, parts: {upsert: {data: [{id: 101, text: "X"}, {id: 7, text: "new"}], deleteMissing: true}}}
        {id: 50, product: "n", parts: {upsert: {data: [{id: 8, text: "of a new line"}], deleteMissing: true}}}]}
        update: [{where: {id: {_eq: 12}}, parts: {insert: [{id: 9, text: "of b"}]}}]}"""
    shop.data(_update(deep), **ANN)

    assert _parts(shop) == {101: (11, "X"), 103: (21, "z"), 7: (11, "new"), 8: (50, "of a new line"), 9: (12, "of b")}


def test_what_hangs_on_a_row_that_may_not_be_changed_is_out_of_reach(shop: Backend) -> None:
    # Line 15 is closed and 14 hidden; a line of which nothing but its key is said must be one to change, too.
    shop.data(_update('lines: {update: [{where: {}, parts: {insert: [{text: "p"}]}}]}'), **ANN)
    assert sorted(line for line, _ in _parts(shop).values()) == [11, 11, 11, 12, 13, 21]

    error = shop.error(_update('lines: {upsert: {data: [{id: 15, parts: {insert: [{text: "p"}]}}]}}'), **ANN)
    assert error["message"] == REFUSED


def test_a_row_of_which_only_the_key_is_given_is_kept(shop: Backend) -> None:
    shop.data(_SAVE, order=1, rows=[{"id": 12}, {"id": 15}], all=True, **ANN)

    assert _lines(shop) == {12: ("b", 1), 14: ("h", 1), 15: ("s", 1)}


def test_the_row_that_is_referred_to_is_changed(shop: Backend) -> None:
    change = 'customer: {update: {_set: {name: "d"}}}'

    shop.data(_update(change), **ANN)
    shop.data(_update(change, order=3), **ANN)

    customers = shop.data("{ customers(orderBy: {id: ASC}) { name } }")["customers"]
    assert customers == [{"name": "d"}, {"name": "other"}]
    assert shop.error(_update('customer: {update: {_set: {name: "other"}}}'), **ANN)["message"] == REFUSED


def test_a_relation_leads_from_where_the_update_put_the_row(shop: Backend) -> None:
    shop.data(_update('_set: {customerId: 2}, customer: {update: {_set: {name: "d"}}}'))

    assert shop.data("{ customer(id: 2) { name } }") == {"customer": {"name": "d"}}


def test_rows_written_along_relations_are_counted(shop: Backend) -> None:
    update = """mutation { updateOrders(where: {id: {_in: [1, 2]}}, _set: {note: "n"}
        lines: {delete: {where: {product: {_eq: "b"}}}, upsert: {data: [{product: "n"}]}}) { affectedRows returning { id } } }"""
    nothing_of_its_own = """mutation { updateOrdersMany(updates: [{where: {id: {_eq: 1}}, lines: {insert: [{product: "m"}]}}])
        { affectedRows returning { id } } }"""

    assert shop.data(update, **ANN) == {"updateOrders": {"affectedRows": 3, "returning": [{"id": 1}]}}
    assert shop.data(nothing_of_its_own, **ANN) == {"updateOrdersMany": [{"affectedRows": 1, "returning": [{"id": 1}]}]}


def test_a_filter_along_a_relation_must_not_lose_a_part(shop: Backend) -> None:
    document = (
        "mutation ($id: Int) { updateOrder(pkColumns: {id: 1}, lines: {delete: {where: {id: {_eq: $id}}}}) { id } }"
    )

    assert shop.error(document, **ANN)["extensions"]["problem"] == "PT104"
    assert shop.error(_update("lines: {delete: {where: null}}"), **ANN)["extensions"]["code"] == "validation-failed"
    assert _lines(shop) == _ALL


def test_a_new_row_cannot_be_given_what_only_rows_that_exist_take(serve: Callable[..., Backend]) -> None:
    backend = _documents(serve)

    error = backend.error(_PAGES, rows=[{"seen": True}], role="user")

    assert error["message"] == "A row without id is a new one, and new rows cannot be given seen."
    assert error["extensions"]["problem"] == "PT105"


def test_keys_that_the_server_makes_find_rows_and_make_none(serve: Callable[..., Backend]) -> None:
    backend = _documents(serve)
    made = backend.data(_PAGES, rows=[{"text": "a"}], role="user")["updateDoc"]["pages"]
    key = made[0]["id"]

    again = backend.data(_PAGES, rows=[{"id": key, "seen": True}, {"text": "b"}], role="user")["updateDoc"]["pages"]
    assert [(page["text"], page["by"], page["seen"]) for page in again] == [("a", "us", True), ("b", "us", False)]
    assert again[0]["id"] == key

    unknown = {"id": "00000000-0000-7000-8000-000000000000", "seen": True}
    assert backend.error(_PAGES, rows=[unknown], role="user")["message"] == REFUSED
    # What only new rows are given cannot be changed.
    assert backend.error(_PAGES, rows=[{"id": key, "text": "z"}], role="user")["message"] == REFUSED


_PAGES = """mutation ($rows: [PageUpsertInput!]!) {
  updateDoc(pkColumns: {id: 1}, pages: {upsert: {data: $rows}}) { pages(orderBy: {text: ASC}) { id text by seen } } }"""


def _documents(serve: Callable[..., Backend]) -> Backend:
    """Pages get their key and a name from the server; text is for new ones, and whether it was seen for others."""

    class Doc(Model):
        id: Mapped[IntId]
        title: Mapped[str] = mapped_column(default="")
        pages: Mapped[list[Page]] = relationship(back_populates="doc")

    class Page(Model):
        id: Mapped[Id]
        text: Mapped[str]
        seen: Mapped[bool] = mapped_column(default=False)
        by: Mapped[str] = preset(lambda me: "us")
        doc_id: Mapped[int] = mapped_column(ForeignKey(Doc.id))
        doc: Mapped[Doc] = relationship(back_populates="pages")

    allow(Doc, "all", to="user", when=everyone)
    allow(Page, "read", to="user", when=everyone)
    allow(Page, "create", to="user", when=everyone, fields=[Page.text, Page.doc_id])
    allow(Page, "update", to="user", when=everyone, fields=[Page.seen])
    backend = serve()
    backend.data("mutation { insertDoc(object: {id: 1}) { id } }")
    return backend


def test_pairs_are_set_to_those_listed(serve: Callable[..., Backend]) -> None:
    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str] = mapped_column(default="")
        taggings: Mapped[list[Tagging]] = relationship(back_populates="post")

    class Tagging(Model):
        post_id: Mapped[int] = mapped_column(ForeignKey(Post.id), primary_key=True)
        tag: Mapped[str] = mapped_column(primary_key=True)
        post: Mapped[Post] = relationship(back_populates="taggings")

    allow(Post, "all", to="user", when=everyone)
    allow(Tagging, "read", "create", "delete", to="user", when=everyone)
    backend = serve()
    backend.data("mutation { insertPosts(objects: [{id: 1}, {id: 2}]) { affectedRows } }")
    backend.data(
        'mutation { insertTaggings(objects: [{postId: 1, tag: "x"}, {postId: 1, tag: "y"}, {postId: 2, tag: "x"}]) { affectedRows } }'
    )
    save = """mutation ($tags: [TaggingUpsertInput!]!) {
      updatePost(pkColumns: {id: 1}, taggings: {upsert: {data: $tags, deleteMissing: true}}) { taggings(orderBy: {tag: ASC}) { tag } } }"""

    # Nobody may update a tagging, nor need anybody.
    assert backend.data(save, tags=[{"tag": "y"}, {"tag": "z"}], role="user") == {
        "updatePost": {"taggings": [{"tag": "y"}, {"tag": "z"}]}
    }
    assert backend.data("{ taggings(where: {postId: {_eq: 2}}) { tag } }") == {"taggings": [{"tag": "x"}]}


def test_the_one_row_that_refers_is_saved_without_its_key(serve: Callable[..., Backend]) -> None:
    class Person(Model):
        id: Mapped[IntId]
        name: Mapped[str] = mapped_column(default="")
        profile: Mapped[Profile | None] = relationship(back_populates="person")

    class Profile(Model):
        id: Mapped[IntId]
        bio: Mapped[str]
        person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
        person: Mapped[Person] = relationship(back_populates="profile")

    backend = serve()
    backend.data("mutation { insertPerson(object: {id: 1}) { id } }")
    save = "mutation ($bio: String!) { updatePerson(pkColumns: {id: 1}, profile: {upsert: {data: {bio: $bio}}}) { profile { id bio } } }"

    first = backend.data(save, bio="a")["updatePerson"]["profile"]
    second = backend.data(save, bio="b")["updatePerson"]["profile"]

    assert (first["bio"], second["bio"], second["id"]) == ("a", "b", first["id"])


_INPUTS = ("delete", "update", "upsert", "insert")


@pytest.mark.parametrize(
    ("verbs", "inputs"),
    [
        (("read",), ()),
        (("read", "update"), ("update",)),
        (("read", "delete"), ("delete",)),
        (("create",), ("insert",)),
        (("read", "create"), ("upsert", "insert")),
        (("read", "create", "update", "delete"), _INPUTS),
    ],
    ids="+".join,
)  # fmt: skip
def test_a_role_has_the_inputs_of_its_rights(
    verbs: tuple[Any, ...], inputs: tuple[str, ...], serve: Callable[..., Backend]
) -> None:
    class Doc(Model):
        id: Mapped[IntId]
        title: Mapped[str] = mapped_column(default="")
        pages: Mapped[list[Page]] = relationship(back_populates="doc")

    class Page(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        doc_id: Mapped[int] = mapped_column(ForeignKey(Doc.id))
        doc: Mapped[Doc] = relationship(back_populates="pages")

    allow(Doc, "all", to="user", when=everyone)
    allow(Page, *verbs, to="user", when=everyone)
    sets = {"doc_id": 1} if {"create", "update"} & {*verbs} else None
    allow(Page, *verbs, to="tied", when=everyone, set=sets)
    allow(Doc, "all", to="tied", when=everyone)
    backend = serve()
    ask = """{ input: __type(name: "PageArrRelUpdateInput") { inputFields { name } }
        upsert: __type(name: "PageArrRelUpsertInput") { inputFields { name } }
        tied: __type(name: "PageArrRelChangeInput") { inputFields { name } } }"""

    found = backend.data(ask, role="user")
    assert tuple(each["name"] for each in (found["input"] or {"inputFields": []})["inputFields"]) == inputs
    if "upsert" in inputs:
        wanted = ["data", "constraint", *(["deleteMissing"] if "delete" in verbs else [])]
        assert [each["name"] for each in found["upsert"]["inputFields"]] == wanted
    # A column that the rules set cannot be what ties a new row to another.
    found = backend.data(ask, role="tied")
    tied = found["tied"] or found["input"] or {"inputFields": []}
    assert [each["name"] for each in tied["inputFields"]] == [each for each in inputs if each in ("delete", "update")]


@pytest.mark.parametrize(
    ("naming", "document"),
    [
        ("plain", 'updateDoc(pkColumns: {id: 1}, pages: {upsert: {data: [{text: "a"}], constraint: pk_pages, deleteMissing: true}}) { pages { text } }'),
        ("graphql-default", 'updateDocsByPk(pkColumns: {id: 1}, pages: {upsert: {data: [{text: "a"}], constraint: pk_pages, deleteMissing: true}}) { pages { text } }'),
        ("hasura-default", 'update_docs_by_pk(pk_columns: {id: 1}, pages: {upsert: {data: [{text: "a"}], constraint: pk_pages, delete_missing: true}}) { pages { text } }'),
    ],
)  # fmt: skip
def test_every_convention_has_it(naming: Any, document: str, serve: Callable[..., Backend]) -> None:
    class Doc(Model):
        id: Mapped[IntId]
        title: Mapped[str] = mapped_column(default="")
        pages: Mapped[list[Page]] = relationship(back_populates="doc")

    class Page(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        doc_id: Mapped[int] = mapped_column(ForeignKey(Doc.id))
        doc: Mapped[Doc] = relationship(back_populates="pages")

    backend = serve(naming=naming)
    backend.sql("INSERT INTO docs VALUES (1, ''); INSERT INTO pages VALUES (7, 'old', 1)")

    (answer,) = backend.data(f"mutation {{ {document} }}").values()

    assert answer == {"pages": [{"text": "a"}]}


def test_rows_written_along_relations_are_limited(declared: Any, serve: Callable[..., Backend]) -> None:
    class Doc(Model):
        id: Mapped[IntId]
        title: Mapped[str] = mapped_column(default="")
        pages: Mapped[list[Page]] = relationship(back_populates="doc")

    class Page(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        doc_id: Mapped[int] = mapped_column(ForeignKey(Doc.id))
        doc: Mapped[Doc] = relationship(back_populates="pages")

    backend = serve(limits=Limits(max_writes=5))
    for _ in range(3):
        backend.data("mutation { insertDocs(objects: [{}, {}]) { affectedRows } }")
    along = "mutation { updateDocs(where: {}, pages: {delete: {where: {}}}) { affectedRows } }"
    many = (
        "mutation ($rows: [PageUpsertInput!]!) { updateDoc(pkColumns: {id: 1}, pages: {upsert: {data: $rows}}) { id } }"
    )

    assert backend.error(along)["extensions"]["problem"] == "PT404"
    assert backend.error(many, rows=[{"text": "t"}] * 6)["extensions"]["problem"] == "PT404"
    assert backend.data(many, rows=[{"text": "t"}] * 5) == {"updateDoc": {"id": 1}}
