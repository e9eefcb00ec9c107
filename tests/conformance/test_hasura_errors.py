"""What fails on /v1/graphql is answered as Hasura v2 answers it: status 200, one error, its code, path and words."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from tests.support.record_stores import admin_headers, record_store, token_headers
from tests.support.server import Answer, Server

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    with record_store(request.param, "hasura-default", tmp_path_factory.mktemp("store"), request) as server:
        yield server


def post(server: Server, body: Any, headers: Mapping[str, str] | None = None, path: str = "/v1/graphql") -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.request("POST", path, text, JSON | dict(admin_headers() if headers is None else headers))


def refused(answer: Answer) -> tuple[str, str, str]:
    """Code, path and message of an answer that is nothing but one error."""
    assert answer.status == 200, answer.text
    (error,) = answer.json["errors"]
    assert list(answer.json) == ["errors"]
    assert list(error) == ["message", "extensions"]
    assert sorted(error["extensions"]) == ["code", "path"]
    return error["extensions"]["code"], error["extensions"]["path"], error["message"]


VALIDATION = [
    ("{ nothing { id } }", "$.selectionSet.nothing", "field 'nothing' not found in type: 'query_root'"),
    ("{ tracks { id nothing } }", "$.selectionSet.tracks.selectionSet.nothing", "field 'nothing' not found in type: 'tracks'"),
    ("{ mine: tracks { ...f } } fragment f on tracks { x }", "$.selectionSet.mine.selectionSet.x", "field 'x' not found in type: 'tracks'"),
    ("{ tracks_by_pk { id } }", "$.selectionSet.tracks_by_pk.args.id", "missing required field 'id'"),
    ("{ tracks_by_pk { } }", "$.query", "not a valid graphql query"),
    ("{ tracks { id ", "$.query", "not a valid graphql query"),
    ("{ tracks { id @exclude(if: true) } }", "$.selectionSet.tracks.selectionSet", "directive 'exclude' is not defined in the schema"),
    ("{ tracks { id @include(if: true) @include(if: true) } }", "$.selectionSet.tracks.selectionSet", "the following directives are used more than once: ['include']"),
    ("{ tracks(size: 1) { id } }", "$.selectionSet.tracks", "'tracks' has no argument named 'size'"),
    ("{ tracks { id { x } } }", "$.selectionSet.tracks.selectionSet.id", "unexpected subselection set for non-object field"),
    ("{ tracks }", "$.selectionSet.tracks", "missing selection set for 'tracks'"),
    ("{ tracks(where: {name: {_ne: \"a\"}}) { id } }", "$.selectionSet.tracks.args.where.name._ne", "field '_ne' not found in type: 'String_comparison_exp'"),
    ("{ tracks(where: {_or: [{}, {nam: {}}]}) { id } }", "$.selectionSet.tracks.args.where._or[1].nam", "field 'nam' not found in type: 'tracks_bool_exp'"),
    ("{ tracks(where: {id: {_eq: \"a\"}}) { id } }", "$.selectionSet.tracks.args.where.id._eq", "expected a 32-bit integer for type 'Int', but found a string"),
    ("{ tracks(where: {name: {_eq: 1}}) { id } }", "$.selectionSet.tracks.args.where.name._eq", "expected a string for type 'String', but found an integer"),
    ("{ tracks(where: 1) { id } }", "$.selectionSet.tracks.args.where", "expected an object for type 'tracks_bool_exp', but found an integer"),
    ("{ tracks(order_by: {id: up}) { id } }", "$.selectionSet.tracks.args.order_by.id", "expected one of the values ['asc', 'asc_nulls_first', 'asc_nulls_last', 'desc', 'desc_nulls_first', 'desc_nulls_last'] for type 'order_by', but found 'up'"),
    ("{ tracks(order_by: {id: \"asc\"}) { id } }", "$.selectionSet.tracks.args.order_by.id", "expected an enum value for type 'order_by', but found a string"),
    ("{ tracks { ...f } }", "$.selectionSet.tracks.selectionSet", "reference to undefined fragment 'f'"),
    ("{ tracks(limit: $n) { id } }", "$.selectionSet.tracks.args.limit", "unbound variable \"n\""),
    ("query($n: String) { tracks(limit: $n) { id } }", "$.selectionSet.tracks.args.limit", "variable 'n' is declared as 'String', but used where 'Int' is expected"),
    ("query($n: Int!) { tracks(limit: $n) { id } }", "$.variableValues", "expecting a value for non-nullable variable: \"n\""),
    ("query a { tracks { id } } query b { tracks { id } }", "$", "exactly one operation has to be present in the document when operationName is not specified"),
    ("mutation { update_tracks(where: null, _set: {name: \"\"}) { affected_rows } }", "$.selectionSet.update_tracks.args.where", "expected an object for type 'tracks_bool_exp', but found null"),
    ("mutation { update_tracks(where: {}, _set: {bytes: 1, milliseconds: 1}, _inc: {bytes: 1, milliseconds: 1}) { affected_rows } }", "$.selectionSet.update_tracks.args", "Column found in multiple operators: ['bytes', 'milliseconds']."),
    ("mutation { insert_albums(objects: [{title: \"a\", artist_id: 1, artist: {data: {name: \"b\"}}}]) { affected_rows } }", "$.selectionSet.insert_albums.args.objects[0].artist", "cannot insert object relationship \"artist\" as \"artist_id\" column values are already determined"),
    ("mutation { insert_artists(objects: [{name: \"a\", albums: {data: [{title: \"b\", artist_id: 1}]}}]) { affected_rows } }", "$.selectionSet.insert_artists.args.objects[0].albums.data[0]", "cannot insert \"artist_id\" columns as their values are already being determined by parent insert"),
    (
        "{ tracks { ...t } } fragment t on tracks { album { ...a } } fragment a on albums { tracks { ...t } }",
        "$.selectionSet.tracks.selectionSet.t.selectionSet.album.selectionSet.a.selectionSet.tracks.selectionSet",
        "the fragment definition(s) t and a form a cycle",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("document", "path", "message"), VALIDATION)
def test_a_document_that_is_not_valid(document: str, path: str, message: str, store: Server) -> None:
    assert refused(post(store, {"query": document})) == ("validation-failed", path, message)


WHERE = "query($w: tracks_bool_exp) { mine: tracks(where: $w) { id } }"
AT = "$.selectionSet.mine.args.where"


@pytest.mark.parametrize(
    ("value", "code", "path", "message"),
    [
        ({"nam": {}}, "validation-failed", f"{AT}.nam", "field 'nam' not found in type: 'tracks_bool_exp'"),
        ({"_and": [{}, {"id": {"_eq": "a"}}]}, "validation-failed", f"{AT}._and[1].id._eq", "expected a 32-bit integer for type 'Int', but found a string"),
        (3, "validation-failed", AT, "expected an object for type 'tracks_bool_exp', but found an integer"),
        ({"id": {"_eq": None}}, "validation-failed", f"{AT}.id._eq", "unexpected null value"),
        ({"unit_price": {"_eq": [1]}}, "parse-failed", f"{AT}.unit_price._eq", None),
        ({"unit_price": {"_eq": "much"}}, "data-exception", f"{AT}.unit_price._eq", None),
    ],
)  # fmt: skip
def test_a_variable_is_wrong_at_the_place_that_uses_it(
    value: Any, code: str, path: str, message: str | None, store: Server
) -> None:
    found = refused(post(store, {"query": WHERE, "variables": {"w": value}}))
    assert found[:2] == (code, path)
    assert message is None or found[2].startswith(message)


def test_other_variables_that_are_wrong(store: Server) -> None:
    order = "query($o: [tracks_order_by!]) { tracks(order_by: $o) { id } }"
    code, path, message = refused(post(store, {"query": order, "variables": {"o": [{"id": "up"}]}}))
    assert (code, path) == ("validation-failed", "$.selectionSet.tracks.args.order_by[0].id")
    assert message.startswith("expected one of the values ['asc', ")
    assert message.endswith("for type 'order_by', but found 'up'")
    insert = "mutation($rows: [genres_insert_input!]!) { insert_genres(objects: $rows) { affected_rows } }"
    assert refused(post(store, {"query": insert, "variables": {"rows": [{"name": "a"}, {"name": 1}]}})) == (
        "validation-failed", "$.selectionSet.insert_genres.args.objects[1].name", "expected a string for type 'String', but found an integer",
    )  # fmt: skip
    assert refused(post(store, {"query": insert, "variables": {"rows": None}})) == (
        "validation-failed", "$.variableValues", "null value found for non-nullable type: \"[genres_insert_input!]!\"",
    )  # fmt: skip


CUSTOMER = 'first_name: "I", last_name: "N", city: "G", country: "A"'


def test_constraints_of_the_database(store: Server, request: pytest.FixtureRequest) -> None:
    taken = refused(post(store, {"query": f'mutation {{ insert_customers(objects: [{{{CUSTOMER}, email: "iris@mail.example"}}]) {{ affected_rows }} }}'}))  # fmt: skip
    assert taken[:2] == ("constraint-violation", "$.selectionSet.insert_customers.args.objects")
    if "postgres" in request.node.name:
        assert taken[2] == 'Uniqueness violation. duplicate key value violates unique constraint "uq_customers_email"'
    absent = refused(post(store, {"query": f"mutation {{ insert_customers_one(object: {{{CUSTOMER}}}) {{ id }} }}"}))
    assert absent == (
        "constraint-violation", "$.selectionSet.insert_customers_one.args.object", 'Not-NULL violation. null value in column "email" violates not-null constraint',
    )  # fmt: skip
    missing = refused(post(store, {"query": 'mutation { insert_albums(objects: [{title: "a", artist_id: 99}]) { affected_rows } }'}))  # fmt: skip
    assert missing[:2] == ("constraint-violation", "$.selectionSet.insert_albums.args.objects")
    assert missing[2].startswith("Foreign key violation. ")
    used = refused(post(store, {"query": "mutation { delete_artists(where: {id: {_eq: 1}}) { affected_rows } }"}))
    assert used[:2] == ("constraint-violation", "$")


def test_the_field_that_failed_is_named_among_several(store: Server) -> None:
    document = """mutation {
      first: insert_genres_one(object: {name: "never"}) { id }
      second: insert_albums(objects: [{title: "a", artist_id: 99}]) { affected_rows }
      third: insert_genres_one(object: {name: "never"}) { id }
    }"""
    assert refused(post(store, {"query": document}))[1] == "$.selectionSet.second.args.objects"
    assert post(store, {"query": '{ genres(where: {name: {_eq: "never"}}) { id } }'}).data == {"genres": []}


def test_a_pattern_that_cannot_be_read(store: Server, request: pytest.FixtureRequest) -> None:
    if "sqlite" in request.node.name:
        pytest.skip("SQLite reads every pattern")
    found = refused(post(store, {"query": '{ tracks(where: {name: {_like: "M\\\\"}}) { id } }'}))
    assert found == ("bad-request", "$", "LIKE pattern must not end with escape character")


def test_a_role_without_mutations(store: Server) -> None:
    document = {"query": 'mutation { insert_genres(objects: [{name: "a"}]) { affected_rows } }'}
    assert refused(post(store, document, admin_headers("customer")))[1] == "$.selectionSet.insert_genres"
    assert refused(post(store, document, {})) == ("validation-failed", "$", "no mutations exist")


def test_a_role_that_nothing_names_may_do_nothing(store: Server) -> None:
    headers = admin_headers("merchant")
    assert refused(post(store, {"query": "mutation { x }"}, headers)) == (
        "validation-failed",
        "$",
        "no mutations exist",
    )
    # Not what everyone may read either; and like each role that may not read the schema it is told no names of types.
    assert refused(post(store, {"query": "{ mine: genres { id } }"}, headers)) == (
        "validation-failed", "$.selectionSet.mine", "field 'genres' not found",
    )  # fmt: skip
    assert post(store, {"query": "{ genres { id } }"}, headers, "/graphql").error["extensions"]["problem"] == "PT102"
    said = post(store, {"query": "{ no_queries_available }"}, headers).data["no_queries_available"]
    assert said.startswith("There are no queries available to the current role.")


def test_a_refused_row(store: Server) -> None:
    row = '{customer_id: 1, billing_city: "G", billing_country: "A", total: 1}'
    document = {"query": f"mutation {{ insert_invoices(objects: [{row}]) {{ affected_rows }} }}"}
    refusal = "check constraint of an insert/update permission has failed"
    found = refused(post(store, document, admin_headers("employee", employee_id="99")))
    assert found == ("permission-error", "$.selectionSet.insert_invoices.args.objects", refusal)


def test_credentials(store: Server) -> None:
    document = {"query": "{ genres { id } }"}
    assert refused(post(store, document, {"X-Hasura-Admin-Secret": "wrong"}))[:2] == ("access-denied", "$")
    assert refused(post(store, document, {"Authorization": "Bearer a.b.c"}))[:2] == ("invalid-jwt", "$")
    other = refused(post(store, document, token_headers("customer") | {"X-Hasura-Role": "editor"}))
    assert other == ("access-denied", "$", "Your requested role is not in allowed roles.")
    backend = admin_headers() | {"X-Hasura-Use-Backend-Only-Permissions": "random"}
    assert refused(post(store, document, backend)) == (
        "bad-request", "$",
        'x-hasura-use-backend-only-permissions:  Not a valid boolean text. True values are ["true","t","yes","y"] '
        'and  False values are ["false","f","no","n"]. All values are case insensitive',
    )  # fmt: skip
    assert "data" in post(store, document, admin_headers() | {"X-Hasura-Use-Backend-Only-Permissions": "YES"}).json


def test_a_role_without_the_secret_is_not_heard(store: Server) -> None:
    found = post(store, {"query": "{ genres { id } }"}, {"X-Hasura-Role": "admin", "X-Hasura-User-Id": "1"})
    assert len(found.data["genres"]) >= 2
    hidden = post(store, {"query": "{ customers { id } }"}, {"X-Hasura-Role": "admin"})
    assert refused(hidden)[1] == "$.selectionSet.customers"


def test_bodies(store: Server) -> None:
    assert refused(post(store, b"{"))[:2] == ("invalid-json", "$")
    assert refused(post(store, {"variables": {}}))[:2] == ("parse-failed", "$")
    assert refused(post(store, {"query": "{ genres { id } }", "operationName": "x"})) == (
        "validation-failed", "$", 'no such operation found in the document: "x"',
    )  # fmt: skip
    hashed = {"query": "{ genres { id } }", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}
    assert refused(post(store, hashed)) == ("not-supported", "$", "Automatic Persisted Queries is not enabled")
    assert "data" in post(store, hashed, path="/graphql").json


def test_a_batch_is_answered_one_by_one(store: Server) -> None:
    answer = post(store, [{"query": "{ genres(limit: 1) { id } }"}, {"query": "{ x }"}, {"variables": {}}])
    assert answer.status == 200
    good, unknown, broken = answer.json
    assert good == {"data": {"genres": [{"id": 1}]}}
    assert unknown["errors"][0]["message"] == "field 'x' not found in type: 'query_root'"
    assert list(unknown["errors"][0]["extensions"]) == ["path", "code"]
    assert broken["errors"][0]["extensions"]["code"] == "parse-failed"
    assert refused(post(store, [{"query": "{ genres { id } }"}] * 6))[0] == "bad-request"


def test_portico_says_more_on_its_own_path(store: Server) -> None:
    answer = post(store, {"query": "{ genres { x y } }"}, path="/graphql")
    assert [error["extensions"]["problem"] for error in answer.json["errors"]] == ["PT102", "PT102"]
    assert answer.error["locations"] == [{"line": 1, "column": 12}]
    assert (
        post(store, {"query": "{ genres { id } }"}, {"X-Hasura-Admin-Secret": "wrong"}, path="/graphql").status == 401
    )


def test_the_newer_media_type_has_the_status_of_what_happened(store: Server) -> None:
    newer = admin_headers() | {"accept": "application/graphql-response+json"}
    answer = post(store, {"query": "{ x }"}, newer)
    assert answer.status == 400
    assert list(answer.error["extensions"]) == ["path", "code"]
