"""A Hasura project with everything that calls other services, imported and served: they are asked as they were, and clients are answered as they were."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from click.testing import CliRunner

from portico.gateway.cli.main import main
from portico.gateway.events.jobs import Job
from portico.gateway.importing.hasura_metadata import read_project
from tests.support.backend import Place
from tests.support.events import ADMIN_KEY, EventServer
from tests.support.imported import run_ruff
from tests.support.postgres import fresh_database

SCHEMA = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL, total numeric NOT NULL DEFAULT 0);
CREATE TABLE notes (text text NOT NULL);
INSERT INTO customers VALUES (1, 'ann'), (2, 'bob');
INSERT INTO orders VALUES (1, 1, 'cart', 9.50), (2, 2, 'cart', 1);
"""
SELECT = {"columns": "*", "filter": {"customer_id": {"_eq": "X-Hasura-User-Id"}}}
KRITI = {"template_engine": "Kriti", "version": 2, "body": {"action": "transform", "template": "{{$body}}"}}
TABLES: list[dict[str, Any]] = [
    {"table": {"schema": "public", "name": "customers"}},
    {
        "table": {"schema": "public", "name": "orders"},
        "select_permissions": [{"role": "customer", "permission": SELECT}],
        "update_permissions": [
            {"role": "customer", "permission": {**SELECT, "columns": ["status", "total"], "check": None}}
        ],
        "event_triggers": [
            {
                "name": "order_changed",
                "definition": {
                    "enable_manual": True,
                    "insert": {"columns": "*", "payload": ["id"]},
                    "update": {"columns": ["status"]},
                },
                "retry_conf": {"num_retries": 3, "interval_sec": 15, "timeout_sec": 20},
                "webhook": "{{SERVICES}}/changed",
                "headers": [
                    {"name": "X-Key", "value_from_env": "SERVICES_KEY"},
                    {"name": "X-Plain", "value": "as it is"},
                ],
            },
            {
                "name": "order_gone",
                "definition": {"enable_manual": False, "delete": {"columns": "*"}},
                "webhook_from_env": "GONE_URL",
            },
            {
                "name": "transformed",
                "definition": {"insert": {"columns": "*"}},
                "webhook": "https://example.com",
                "request_transform": KRITI,
            },
            {
                "name": "behind",
                "definition": {"update": {"columns": ["status", "colour"]}},
                "webhook": "https://example.com",
            },
            {"name": "by_hand", "definition": {"enable_manual": True}, "webhook": "https://example.com"},
        ],
        "remote_relationships": [{"name": "weather", "definition": {}}],
    },
    {
        "table": {"schema": "public", "name": "notes"},
        "event_triggers": [
            {"name": "noted", "definition": {"insert": {"columns": "*"}}, "webhook": "https://example.com"}
        ],
    },
]
CUSTOM_TYPES: dict[str, Any] = {
    "scalars": [{"name": "Slug", "description": "Letters and hyphens."}],
    "enums": [
        {
            "name": "Means",
            "description": "How is paid.",
            "values": [{"value": "CARD", "description": "By card."}, {"value": "CASH"}],
        }
    ],
    "input_objects": [
        {
            "name": "Payment",
            "description": "What is paid, and how.",
            "fields": [
                {"name": "order_id", "type": "Int!"},
                {"name": "means", "type": "Means!", "description": "By what."},
                {"name": "from", "type": "Slug"},
                {"name": "parts", "type": "[numeric!]"},
            ],
        }
    ],
    "objects": [
        {
            "name": "Receipt",
            "fields": [
                {"name": "number", "type": "bigint!"},
                {"name": "means", "type": "Means"},
                {"name": "paid_at", "type": "timestamptz!"},
                {"name": "lines", "type": "[receipt_line!]!"},
            ],
            "relationships": [
                {
                    "name": "order",
                    "type": "object",
                    "remote_table": {"schema": "public", "name": "orders"},
                    "field_mapping": {"number": "id"},
                },
                {"name": "bought", "type": "array", "remote_table": "orders", "field_mapping": {"number": "id"}},
                {
                    "name": "buyer",
                    "type": "object",
                    "remote_table": "orders",
                    "field_mapping": {"number": "customer_id"},
                },
            ],
        },
        {
            "name": "receipt_line",
            "description": "A line.",
            "fields": [{"name": "text", "type": "String!", "description": "What."}, {"name": "more", "type": "jsonb"}],
        },
        {"name": "Unused", "fields": [{"name": "id", "type": "ID"}]},
    ],
}


def action(name: str, output: str, arguments: Mapping[str, str], **more: Any) -> dict[str, Any]:
    roles = more.pop("roles", ["customer"])
    listed = [{"name": each, "type": type_} for each, type_ in arguments.items()]
    definition = {
        "kind": "synchronous", "type": "mutation", "handler": f"{{{{SERVICES}}}}/{name}", "output_type": output,
        "arguments": listed, **more,
    }  # fmt: skip
    comment = definition.pop("comment", None)
    return {
        "name": name, "definition": definition, "permissions": [{"role": each} for each in roles], "comment": comment,
    }  # fmt: skip


ACTIONS = [
    action(
        "pay", "Receipt!", {"payment": "Payment!", "note": "String"}, comment="Pays an order.", forward_client_headers=True,
        headers=[{"name": "Authorization", "value_from_env": "SERVICES_KEY"}], timeout=12,
    ),
    action("estimate", "numeric", {"order_id": "Int!"}, type="query", roles=["customer", "clerk"]),
    action("export_orders", "[receipt_line!]", {"since": "date"}, kind="asynchronous", timeout=120, forward_client_headers=True),
    action("internal", "Boolean!", {}, roles=[]),
    action("slow", "Int", {}, timeout=60, handler="http://10.0.0.7/slow"),
    action("transformed_action", "Int", {}, request_transform=KRITI),
    action("unknown_result", "Nowhere", {}),
    action("templated", "Int", {}, handler="https://example.com/{{$body.id}}"),
]  # fmt: skip
CRON = [
    {
        "name": "Morning report",
        "webhook": "{{SERVICES}}/report",
        "schedule": "0 7 * * 1-5",
        "include_in_metadata": True,
        "payload": {"lines": 5, "to": ["ann", None], "is_long": False},
        "retry_conf": {"num_retries": 2, "timeout_seconds": 30, "tolerance_seconds": 60, "retry_interval_seconds": 12},
        "headers": [{"name": "X-Key", "value_from_env": "SERVICES_KEY"}],
        "comment": "Counts what was sold.",
    },
    {"name": "order_gone", "webhook": "http://reports:3000/daily", "schedule": "0 0 * * *"},
    {"name": "never", "webhook": "https://example.com", "schedule": "0 0 31 2 *"},
    {"name": "shaped", "webhook": "https://example.com", "schedule": "* * * * *", "request_transform": KRITI},
]
ORDER = (
    "query Order($id: Int!, $full: Boolean = true) { orders_by_pk(id: $id) { id status total @include(if: $full) } }"
)
SETTLE = "mutation Settle($id: Int!, $status: String!) { update_orders_by_pk(pk_columns: {id: $id}, _set: {status: $status}) { id } }"
COLLECTIONS = [
    {
        "name": "allowed",
        "definition": {
            "queries": [
                {"name": "order", "query": ORDER},
                {"name": "settle", "query": SETTLE},
                {"name": "unasked", "query": "query { orders { id } }"},
            ]
        },
    }
]


def endpoint(name: str, url: str, methods: list[str], query: str, **more: Any) -> dict[str, Any]:
    definition = {"query": {"collection_name": "allowed", "query_name": query}}
    return {"name": name, "url": url, "methods": methods, "definition": definition, **more}


ENDPOINTS = [
    endpoint("order", "orders/:id", ["GET"], "order", comment="One order."),
    endpoint("settle", "orders/:id/settle", ["POST", "GET"], "settle"),
    endpoint("nothing", "nothing", ["GET"], "gone"),
    endpoint("strange", "strange/:other", ["GET"], "order"),
]
OTHERS = {
    "allowlist": [{"collection": "allowed", "scope": {"global": True}}],
    "remote_schemas": [{"name": "weather", "definition": {"url": "https://example.com/graphql"}}],
}
DOCUMENT: dict[str, Any] = {
    "version": 3,
    "sources": [{"name": "default", "kind": "postgres", "tables": TABLES, "configuration": {}}],
    "actions": ACTIONS,
    "custom_types": CUSTOM_TYPES,
    "cron_triggers": CRON,
    "query_collections": COLLECTIONS,
    "rest_endpoints": ENDPOINTS,
    **OTHERS,
}
LEFT_OUT = """
left out: allowlist: Portico does not have its like yet
left out: remote_schemas: Portico does not have its like yet
left out: remote_relationships of public.orders: Portico does not have its like yet
left out: forward_client_headers of action pay: of these only cookie; name others in forward=
left out: forward_client_headers of action export_orders: it is asynchronous, and credentials of clients would be kept
left out: timeout of action slow: 60 s are more than the 15 that requests wait
left out: action transformed_action: it has a request_transform: have the service take what Hasura sends, or a function ask it
left out: action unknown_result: Nowhere is no type of actions
left out: action templated: 'https://example.com/{{$body.id}}' is a template
left out: type Unused of actions: nothing that is carried over takes or gives it
left out: relationship bought of Receipt: it leads to many rows; ask for these by a field of their own
left out: relationship buyer of Receipt: it does not lead to one row by its primary key
left out: payload of insert of event trigger order_changed of public.orders: rows are sent as a whole
left out: enable_manual of event trigger order_changed of public.orders: it is not fired by hand
left out: interval_sec of event trigger order_changed of public.orders: pauses grow from 5 seconds on
left out: event trigger transformed of public.orders: it has a request_transform: have the service take what Hasura sends, or a function ask it
left out: event trigger behind of public.orders: its table has no column colour
left out: event trigger by_hand of public.orders: no operation of its table fires it; manual ones are not there
left out: event trigger noted of public.notes: its table has no primary key, or is not there
left out: tolerance_seconds of cron trigger Morning report: the setting events.late_s holds for all: 21600 unless set
left out: retry_interval_seconds of cron trigger Morning report: pauses grow from 5 seconds on
left out: the address of action slow: http://10.0.0.7/slow is called in development alone, for it is not public, or its port none of 80, 443, 8080, 8443; private_hosts = ["10.0.0.7"] would allow it
left out: the address of cron trigger order_gone: http://reports:3000/daily is called in development alone, for it is not public, or its port none of 80, 443, 8080, 8443; private_hosts = ["reports:3000"] would allow it
left out: cron trigger never: '0 0 31 2 *' is no time that cron knows, or never comes
left out: cron trigger shaped: it has a request_transform: have the service take what Hasura sends, or a function ask it
left out: endpoint settle (GET): by GET nothing may be changed
left out: endpoint nothing: there is no query gone in the collection allowed
left out: endpoint strange (GET): :other of its path is no variable of its document, or there twice
left out: query unasked of collection allowed: no endpoint asks it, and there are no lists of what may be asked
""".strip()
FILES = ("actions.py", "events.py", "endpoints.py")


@pytest.fixture(scope="module")
def database(postgres: str) -> Generator[str]:
    async def fill(url: str) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(SCHEMA)
        await connection.close()

    with fresh_database(postgres) as url:
        asyncio.run(fill(url))
        yield url


def moved(folder: Path, metadata: Path, database: str) -> str:
    """Imports into a folder; what the command says."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        arguments = ["import", "hasura", str(metadata), "--database", database, "--into", "moved"]
        done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def as_document(folder: Path, document: Mapping[str, Any] = DOCUMENT) -> Path:
    file = folder / "metadata.json"
    file.write_text(json.dumps(document))
    return file


def test_what_cannot_be_carried_over_is_said_by_name(tmp_path: Path, database: str) -> None:
    said = moved(tmp_path / "project", as_document(tmp_path), database)
    told = [line for line in said.splitlines() if line.startswith(("left out", "not carried"))]
    assert sorted(told) == sorted(LEFT_OUT.splitlines())


def test_what_is_written_is_formatted(tmp_path: Path, database: str) -> None:
    moved(tmp_path / "project", as_document(tmp_path), database)
    assert run_ruff(tmp_path / "project" / "moved", "format", "--check", "--diff") == ""
    assert (
        run_ruff(
            tmp_path / "project" / "moved",
            "check",
            "--select",
            "E,F,I,UP,B",
            "--ignore",
            "E501",
            "--per-file-ignores",
            "__init__.py:I001",
        )
        == ""
    )


# ---- other forms of metadata -------------------------------------------------------------------------

SDL = '''
type Mutation {
  pay(payment: Payment!, note: String): Receipt!
}

type Query {
  estimate(order_id: Int!): numeric
}

extend type Mutation {
  export_orders(since: date): [receipt_line!]
  internal: Boolean!
  slow: Int
  transformed_action: Int
  unknown_result: Nowhere
  templated: Int
}

"""Letters and hyphens."""
scalar Slug

"""How is paid."""
enum Means {
  """By card."""
  CARD
  CASH
}

"""What is paid, and how."""
input Payment {
  order_id: Int!
  """By what."""
  means: Means!
  from: Slug
  parts: [numeric!]
}

type Receipt {
  number: bigint!
  means: Means
  paid_at: timestamptz!
  lines: [receipt_line!]!
}

"""A line."""
type receipt_line {
  """What."""
  text: String!
  more: jsonb
}

type Unused {
  id: ID
}
'''


def yaml_of(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False)


def as_directory(folder: Path) -> Path:
    """As Hasura's CLI writes version 3: types of actions in a file of SDL, tables in files that are included."""
    metadata = folder / "metadata"
    tables = metadata / "databases" / "default" / "tables"
    tables.mkdir(parents=True)
    for each in TABLES:
        (tables / f"public_{each['table']['name']}.yaml").write_text(yaml_of(each))
    included = [f"!include public_{each['table']['name']}.yaml" for each in TABLES]
    (tables / "tables.yaml").write_text(yaml_of(included))
    sources = [
        {"name": "default", "kind": "postgres", "configuration": {}, "tables": "!include default/tables/tables.yaml"}
    ]
    (metadata / "databases" / "databases.yaml").write_text(yaml_of(sources))
    (metadata / "version.yaml").write_text("version: 3\n")
    without = ("arguments", "output_type", "type")
    actions = [
        {**each, "definition": {name: value for name, value in each["definition"].items() if name not in without}}
        for each in ACTIONS
    ]
    objects = [
        {"name": each["name"], **({"relationships": each["relationships"]} if "relationships" in each else {})}
        for each in CUSTOM_TYPES["objects"]
    ]
    types = {kind: [{"name": each["name"]} for each in CUSTOM_TYPES[kind]] for kind in CUSTOM_TYPES} | {
        "objects": objects
    }
    (metadata / "actions.yaml").write_text(yaml_of({"actions": actions, "custom_types": types}))
    (metadata / "actions.graphql").write_text(SDL)
    parts = {"cron_triggers": CRON, "query_collections": COLLECTIONS, "rest_endpoints": ENDPOINTS, "allow_list": OTHERS["allowlist"]}  # fmt: skip
    for name, part in {**parts, "remote_schemas": OTHERS["remote_schemas"]}.items():
        (metadata / f"{name}.yaml").write_text(yaml_of(part))
    return metadata


def test_every_form_of_metadata_says_the_same(tmp_path: Path, database: str) -> None:
    (tmp_path / "directory").mkdir()
    version_2 = {**DOCUMENT, "version": 2, "tables": TABLES}
    del version_2["sources"]
    (tmp_path / "old").mkdir()
    metadata = {
        "document": as_document(tmp_path),
        "exported": as_document(tmp_path / "old", {"resource_version": 7, "metadata": version_2}),
        "listed": as_directory(tmp_path / "directory"),
    }
    said = {name: moved(tmp_path / f"from_{name}", path, database) for name, path in metadata.items()}
    for name in ("exported", "listed"):
        for file in FILES:
            first, other = (tmp_path / f"from_{each}" / "moved" / file for each in ("document", name))
            assert other.read_text() == first.read_text(), (name, file)
        assert said[name].replace("allow_list:", "allowlist:") == said["document"]


def test_a_file_of_types_that_is_none_is_said(tmp_path: Path) -> None:
    metadata = as_directory(tmp_path)
    (metadata / "actions.graphql").write_text("type {")
    with pytest.raises(Exception, match=r"actions\.graphql cannot be read"):
        read_project(metadata)


# ---- served ------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path, postgres: str, service: Any, monkeypatch: pytest.MonkeyPatch) -> Generator[EventServer]:
    monkeypatch.setenv("SERVICES", service.url)
    monkeypatch.setenv("SERVICES_KEY", "secret")
    monkeypatch.setenv("GONE_URL", f"{service.url}/gone")
    with fresh_database(postgres) as url:

        async def fill() -> None:
            connection = await asyncpg.connect(url)
            await connection.execute(SCHEMA)
            await connection.close()

        asyncio.run(fill())
        moved(tmp_path / "project", as_document(tmp_path), url)
        models = "from moved import *  # noqa\n"
        served = EventServer(Place("postgres", url), tmp_path / "project", models, naming="hasura-default")
        served.fast_retries()
        yield served
        served.close()


def as_(role: str, id: str = "1", **more: str) -> dict[str, str]:
    return {"x-hasura-admin-secret": ADMIN_KEY, "x-hasura-role": role, "x-hasura-user-id": id, **more}


PAY = """mutation ($p: Payment!) { pay(payment: $p) { __typename number means paid_at lines { __typename text more } } }"""
PAID = {"order_id": 1, "means": "CARD", "from": "a-b", "parts": [1.5, 8]}


def test_actions_are_asked_and_answered_as_they_were(server: EventServer, service: Any) -> None:
    receipt: dict[str, Any] = {
        "number": 9007199254740993,
        "means": "CASH",
        "paid_at": "2026-01-31T12:00:00+00:00",
        "lines": [{"text": "one", "more": {"a": [1]}}],
    }
    service.answer = lambda asked: (200, {}, receipt)
    headers = as_("customer", cookie="a=b", authorization="")
    found = server.ask(PAY, {"p": PAID}, headers=headers)["data"]["pay"]
    lines = [{"__typename": "receipt_line", **each} for each in receipt["lines"]]
    assert found == {"__typename": "Receipt", **receipt, "lines": lines}
    (asked,) = service.asked
    assert asked["path"] == "/pay"
    assert asked["body"] == {
        "action": {"name": "pay"},
        "input": {"payment": PAID},
        "session_variables": {"x-hasura-role": "customer", "x-hasura-user-id": "1"},
        "request_query": PAY,
    }
    assert (asked["headers"]["authorization"], asked["headers"]["cookie"]) == ("secret", "a=b")

    # Its relationship to a table is one to rows under the caller's rules.
    related = PAY.replace("number means", "order { status }")
    for number, order in ((1, {"status": "cart"}), (2, None)):
        service.answer = lambda asked, number=number: (200, {}, {**receipt, "number": number})
        assert server.ask(related, {"p": PAID}, headers=as_("customer"))["data"]["pay"]["order"] == order

    service.answer = lambda asked: (400, {}, {"message": "No money.", "extensions": {"code": "poor"}})
    error = server.ask(PAY, {"p": PAID}, headers=as_("customer"))["errors"][0]
    assert (error["message"], error["extensions"]["code"]) == ("No money.", "poor")


def test_actions_are_for_those_who_had_them(server: EventServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, 3.5 if asked["path"] == "/estimate" else True)
    for role in ("customer", "clerk"):
        assert server.ask("{ estimate(order_id: 1) }", headers=as_(role))["data"] == {"estimate": 3.5}
    assert server.ask("mutation { internal }", headers=as_("admin"))["data"] == {"internal": True}
    for document, role in (("mutation { internal }", "customer"), ("mutation { slow }", "clerk")):
        assert server.problem(server.ask(document, headers=as_(role))) == "PT102"


def test_asynchronous_actions_give_an_id_and_their_result_later(server: EventServer, service: Any) -> None:
    service.answer = lambda asked: (200, {}, [{"text": "one", "more": None}])
    call = server.ask('mutation { export_orders(since: "2026-01-31") }', headers=as_("customer"))["data"][
        "export_orders"
    ]
    server.until_idle()
    show = "query ($id: uuid!) { export_orders(id: $id) { id created_at errors output { text } } }"
    found = server.ask(show, {"id": call}, headers=as_("customer"))["data"]["export_orders"]
    assert (found["id"], found["errors"], found["output"]) == (call, None, [{"text": "one"}])
    assert service.asked[0]["body"]["input"] == {"since": "2026-01-31"}
    assert server.ask(show, {"id": call}, headers=as_("customer", "2"))["data"]["export_orders"] is None


def test_event_triggers_send_hasuras_payload(server: EventServer, service: Any) -> None:
    update = "mutation ($to: orders_set_input!) { update_orders(where: {}, _set: $to) { affected_rows } }"
    server.ask(update, {"to": {"total": 3}}, headers=as_("customer"))
    assert server.until_idle() == {}
    server.ask(update, {"to": {"status": "placed"}}, headers=as_("customer"))
    server.wait_for(lambda: service.asked)
    (asked,) = service.asked
    assert (asked["path"], asked["headers"]["x-key"], asked["headers"]["x-plain"]) == ("/changed", "secret", "as it is")
    body = asked["body"]
    assert body["table"] == {"schema": "public", "name": "orders"}
    assert body["trigger"] == {"name": "order_changed"}
    assert body["event"]["op"] == "UPDATE"
    assert body["event"]["data"]["new"] == {"id": 1, "customer_id": 1, "status": "placed", "total": 3}
    assert body["event"]["data"]["old"]["status"] == "cart"
    assert body["event"]["session_variables"]["x-hasura-user-id"] == "1"
    assert body["delivery_info"] == {"current_retry": 0, "max_retries": 3}

    server.sql("DELETE FROM orders WHERE id = 2")
    server.wait_for(lambda: len(service.asked) == 2)
    gone = service.asked[1]
    assert (gone["path"], gone["body"]["event"]["op"], gone["body"]["event"]["data"]["new"]) == (
        "/gone",
        "DELETE",
        None,
    )
    assert gone["body"]["delivery_info"]["max_retries"] == 0


def test_cron_triggers_send_hasuras_payload(server: EventServer, service: Any) -> None:
    handler: Any = server.background._handlers["morning_report"]  # pyright: ignore[reportPrivateUsage]
    assert (handler.tries, handler.timeout_s) == (3, 35)
    job = Job(1, "1", "default", "morning_report", None, '{"due": 1769842800.0}', 1, None, None, 0, 0, 0)
    server.run(handler.run(job))
    server.run(handler.run(job))
    first, again = service.asked
    assert (first["path"], first["headers"]["x-key"]) == ("/report", "secret")
    assert first["body"] == {
        "id": again["body"]["id"],
        "name": "Morning report",
        "scheduled_time": "2026-01-31T07:00:00Z",
        "payload": {"lines": 5, "to": ["ann", None], "is_long": False},
        "comment": "Counts what was sold.",
    }
    service.answer = lambda asked: (503, {}, None)
    with pytest.raises(Exception, match="status 503"):
        server.run(handler.run(job))


def test_endpoints_answer_at_the_same_paths(server: EventServer) -> None:
    found = server.request("GET", "/api/rest/orders/1", headers=as_("customer"))
    assert (found.status, found.json) == (200, {"orders_by_pk": {"id": 1, "status": "cart", "total": 9.5}})
    short = server.request("GET", "/api/rest/orders/1?full=false", headers=as_("customer"))
    assert short.json == {"orders_by_pk": {"id": 1, "status": "cart"}}
    # Under the caller's rules.
    assert server.request("GET", "/api/rest/orders/2", headers=as_("customer")).json == {"orders_by_pk": None}
    done = server.request("POST", "/api/rest/orders/1/settle", {"status": "paid"}, headers=as_("customer"))
    assert done.json == {"update_orders_by_pk": {"id": 1}}
    assert server.rows("SELECT status FROM orders WHERE id = 1") == [("paid",)]
