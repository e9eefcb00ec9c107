"""Which role does a caller act under: the three that always exist, declared ones, and those that inherit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Mapped

from portico.resolvers.request import Request
from portico.schema import IntId, Me, Model, Rule, allow, everyone, owner, preset, role
from portico.schema.caller import Caller
from tests.support.backend import Backend


@pytest.fixture
def papers(serve: Callable[..., Backend]) -> Backend:
    class Paper(Model):
        id: Mapped[IntId]
        kind: Mapped[str]

    for each in ("open", "inner", "secret"):

        @allow(Paper, "read", to={"open": "user", "inner": "editor", "secret": "chief"}[each])
        def of_kind(paper: type[Paper], me: Me, kind: str = each) -> Rule:
            return paper.kind == kind

    role("editor", inherits=["user"])
    role("chief", inherits=["editor"])
    role("round", inherits=["circle"])
    role("circle", inherits=["round", "user"])
    role("guest")
    backend = serve()
    backend.sql(
        "INSERT INTO papers VALUES (1, 'open'); INSERT INTO papers VALUES (2, 'inner'), (3, 'secret'), (4, 'none')"
    )
    return backend


@pytest.mark.parametrize(
    ("role", "seen"),
    [("user", [1]), ("editor", [1, 2]), ("chief", [1, 2, 3]), ("round", [1]), ("circle", [1]), ("admin", [1, 2, 3, 4])],
)
def test_a_role_has_its_own_rules_and_those_it_inherits(role: str, seen: list[int], papers: Backend) -> None:
    answer = papers.data("{ papers(orderBy: {id: ASC}) { id } }", role=role)

    assert [row["id"] for row in answer["papers"]] == seen


@pytest.mark.parametrize("role", ["anonymous", "guest"])
def test_a_role_without_rules_sees_nothing(role: str, papers: Backend) -> None:
    assert papers.error("{ papers { id } }", role=role)["extensions"]["code"] == "validation-failed"
    said = papers.data("{ noQueriesAvailable }", role=role)["noQueriesAvailable"]
    assert said.startswith("There are no queries available to the current role.")


def test_a_role_that_nothing_names_does_not_exist(papers: Backend) -> None:
    error = papers.error("{ papers { id } }", role="nobody")

    assert (error["extensions"]["problem"], error["extensions"]["code"]) == ("PT301", "access-denied")


def test_roles_do_not_share_plans(papers: Backend) -> None:
    document = "{ papers(orderBy: {id: ASC}) { id } }"
    counts = [len(papers.data(document, role=each)["papers"]) for each in ("user", "chief", "admin", "user", "editor")]

    assert counts == [1, 3, 4, 1, 2]


def test_admin_is_past_all_rules_and_sets_what_clients_cannot(serve: Callable[..., Backend]) -> None:
    class User(Model):
        id: Mapped[IntId]

    class Paper(Model):
        id: Mapped[IntId]
        by: Mapped[int] = owner(User.id)
        org: Mapped[str | None] = preset(lambda me: me.claim("org"))

    allow(Paper, "create", "read", to="user", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO users VALUES (5)")
    insert = 'mutation { insertPaper(object: {by: 5, org: "x"}) { by org } }'

    assert backend.data(insert) == {"insertPaper": {"by": 5, "org": "x"}}
    assert "unknown field 'by'" in backend.error(insert, role="user", id=5)["message"]


def test_a_rule_for_a_trusted_backend_holds_only_for_its_requests(serve: Callable[..., Backend]) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        text: Mapped[str]

    allow(Paper, "read", to="user", when=everyone)
    allow(Paper, "write", to="user", when=everyone, backend_only=True)
    backend = serve()
    document = 'mutation { insertPaper(object: {text: "x"}) { text } }'
    trusted = Caller(id=1, role="user", roles=frozenset({"user"}), backend=True)

    assert backend.error(document, role="user")["extensions"]["code"] == "validation-failed"
    assert backend.run(backend.executor.execute(Request(document, None, {}, trusted))) == (
        b'{"data":{"insertPaper":{"text":"x"}}}'
    )
    assert backend.error(document, role="user")["extensions"]["code"] == "validation-failed"
