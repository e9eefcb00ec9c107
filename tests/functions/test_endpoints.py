"""Saved operations at paths: variables out of path, query and body, the rules of the caller, and their description."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.functions.routes import served_by
from portico.gateway.loading import load_models
from portico.schema.problems import Problems
from tests.support.accounts import AccountServer

MODELS = '''"""Posts, by REST as well."""

from pathlib import Path

from sqlalchemy.orm import Mapped

from portico.gateway.functions import endpoint
from portico.schema import IntId, Me, Model, Rule, allow, role


class Post(Model):
    id: Mapped[IntId]
    owner: Mapped[str]
    title: Mapped[str]
    price: Mapped[float | None]


@allow(Post, "all", to="user")
def my_posts(post: type[Post], me: Me) -> Rule:
    return post.owner == me.id


role("editor", inherits=["user"])
endpoint("GET", "/api/posts", """
    query Posts($limit: Int = 2, $titles: [String!], $cheap: Boolean! = false) {
        posts(limit: $limit, where: {title: {_in: $titles}}, orderBy: {id: ASC}) { id title price @skip(if: $cheap) }
    }
""")
endpoint("GET", "/api/posts/{id}", "query Post($id: Int!) { post(id: $id) { ...P } } fragment P on Post { title __typename }")
endpoint("POST", "/api/posts", "mutation Add($post: PostInsertInput!) { insertPost(object: $post) { id } }")
endpoint("PATCH", "/api/posts/{id}", Path(__file__).parent / "change.graphql")
endpoint("DELETE", "/api/posts/{id}", "mutation Gone($id: Int!) { deletePost(id: $id) { id } }", to="editor")
'''
CHANGE = "mutation Change($id: Int!, $set: PostSetInput!) { updatePost(pkColumns: {id: $id}, _set: $set) { title } }"


@pytest.fixture
def server(gateway: Callable[..., AccountServer], tmp_path: Path) -> AccountServer:
    (tmp_path / "change.graphql").write_text(CHANGE)
    made = gateway(MODELS.replace("Path(__file__).parent", f'Path("{tmp_path}")'), admin_keys=("k",))
    made.sql("INSERT INTO posts VALUES (1, 'ann', 'one', 1.5), (2, 'ann', 'two', NULL), (3, 'bob', 'three', 2)")
    return made


def as_user(id: str = "ann", role: str = "user") -> dict[str, str]:
    return {"x-portico-admin-key": "k", "x-hasura-admin-secret": "k", "x-hasura-role": role, "x-hasura-user-id": id}


def test_variables_come_from_path_query_and_body(server: AccountServer) -> None:
    def ask(method: str, path: str, body: Any = None) -> Any:
        reply = server.request(method, path, body, headers=as_user())
        return reply.status, reply.json

    assert ask("GET", "/api/posts/1") == (200, {"post": {"title": "one", "__typename": "Post"}})
    assert ask("GET", "/api/posts/3") == (200, {"post": None})
    assert ask("GET", "/api/posts?limit=1") == (200, {"posts": [{"id": 1, "title": "one", "price": 1.5}]})
    assert ask("GET", "/api/posts?titles=two&titles=three&cheap=true") == (200, {"posts": [{"id": 2, "title": "two"}]})
    assert ask("POST", "/api/posts", {"post": {"id": 9, "owner": "ann", "title": "new"}}) == (
        200,
        {"insertPost": {"id": 9}},
    )
    assert ask("PATCH", "/api/posts/9", {"set": {"title": "newer"}}) == (200, {"updatePost": {"title": "newer"}})


WRONG: tuple[Any, ...] = (
    ("GET", "/api/posts/x", None, 400, "PT104"),
    ("GET", "/api/posts?other=1", None, 400, "PT116"),
    ("GET", "/api/posts?limit=1&limit=2", None, 400, "PT116"),
    ("GET", "/api/posts/1?id=2", None, 400, "PT116"),
    ("PATCH", "/api/posts/1", {"id": 2, "set": {}}, 400, "PT116"),
    ("POST", "/api/posts", [], 400, "PT116"),
    ("POST", "/api/posts", {"post": {"id": 7, "owner": "bob", "title": "x"}}, 403, "PT302"),
    ("PUT", "/api/posts", {}, 405, "PT111"),
    ("DELETE", "/api/posts/1", None, 404, "PT110"),
)  # fmt: skip


def test_what_is_wrong_has_a_status_and_a_code(server: AccountServer) -> None:
    for method, path, body, status, problem in WRONG:
        reply = server.request(method, path, body, headers=as_user())
        assert (reply.status, reply.json["errors"][0]["extensions"]["problem"]) == (status, problem)


def test_openapi_describes_to_a_role_what_it_can_run(server: AccountServer) -> None:
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    found = server.request("GET", "/openapi.json", headers=as_user()).json

    assert found["openapi"] == "3.1.0"
    assert {path: sorted(ways) for path, ways in found["paths"].items()} == {
        "/api/posts": ["get", "post"],
        "/api/posts/{id}": ["get", "patch"],
    }
    get = found["paths"]["/api/posts"]["get"]
    assert get["operationId"] == "Posts"
    assert [(each["name"], each["in"], each["required"]) for each in get["parameters"]] == [
        ("limit", "query", False), ("titles", "query", False), ("cheap", "query", False),
    ]  # fmt: skip
    assert found["paths"]["/api/posts/{id}"]["get"]["parameters"][0]["required"] is True
    # What is described is what is answered and taken.
    schemas = {
        path: ways["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path, ways in found["paths"].items()
    }
    for path, schema in schemas.items():
        answer = server.request("GET", path.replace("{id}", "1"), headers=as_user()).json
        assert jsonschema_rs.Draft202012Validator(schema).is_valid(answer)
        assert not jsonschema_rs.Draft202012Validator(schema).is_valid({"other": 1})
    taken = found["paths"]["/api/posts"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    checker = jsonschema_rs.Draft202012Validator(taken)
    assert checker.is_valid({"post": {"title": "x", "owner": "y"}})
    assert not checker.is_valid({"post": {"titel": "x"}})
    assert not checker.is_valid({})
    more = server.request("GET", "/openapi.json", headers=as_user(role="editor")).json["paths"]["/api/posts/{id}"]
    assert sorted(more) == ["delete", "get", "patch"]
    assert server.request("GET", "/openapi.json").json["paths"] == {}
    assert server.request("DELETE", "/api/posts/1", headers=as_user(role="editor")).json == {"deletePost": {"id": 1}}


def test_openapi_is_valid_to_others(server: AccountServer) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    found = server.request("GET", "/openapi.json", headers=as_user()).json

    schema = schemathesis.openapi.from_dict(found)
    schema.validate()
    assert len(list(schema.get_all_operations())) == 4


@pytest.mark.parametrize(("old", "new"), [
    ("query Post($id: Int!)", "query Post($other: Int!)"),
    ("{ ...P } }", "{ ...P }"),
    ('endpoint("POST"', 'endpoint("GET"'),
    ('endpoint("POST"', 'endpoint("TRACE"'),
    ("mutation Gone", "subscription Gone"),
])  # fmt: skip
def test_an_endpoint_that_cannot_be_is_told_at_the_start(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "change.graphql").write_text(CHANGE)
    (tmp_path / "models.py").write_text(MODELS.replace(old, new))
    with pytest.raises(Problems) as problems:
        served_by(load_models(tmp_path / "models.py"))
    assert problems.value.problems[0].code == "PT218"
