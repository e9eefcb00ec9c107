"""Functions of AWS Lambda, over a local service that checks signatures and the published format of Invoke."""

from __future__ import annotations

import base64
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from portico.gateway.loading import load_models
from portico.schema.problems import Problems
from tests.support.backend import Place
from tests.support.events import ADMIN_KEY, EventServer
from tests.support.sigv4 import Refused, Signed, Verifier

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:charge"
# Source: AWS Lambda API Reference, "Invoke", "Request Syntax".
_PATH = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
MODELS = f'''"""Orders that are paid elsewhere."""

from decimal import Decimal

from sqlalchemy.orm import Mapped

from portico.gateway.functions import remote_lambda
from portico.schema import IntId, Me, Model, Rule, allow, mutation, query

AT = {{"region": "eu-central-1", "endpoint_url": "URL"}}
seen = []


class Order(Model):
    id: Mapped[IntId]
    owner: Mapped[str]


@allow(Order, "read", to="user")
def my_orders(order: type[Order], me: Me) -> Rule:
    return order.owner == me.id


@query
@remote_lambda("{ARN}", qualifier="live", **AT)
async def order_of(number: int, limit: Decimal | None = None) -> Order | None: ...


@query
@remote_lambda("again", retries=2, **AT)
async def again() -> int: ...


@query
@remote_lambda("late", timeout_s=0.3, **AT)
async def late() -> int: ...


@mutation
@remote_lambda("by_and_by", asynchronous=True, **AT)
async def by_and_by() -> int: ...
'''


@dataclass
class Lambda:
    """What stands for AWS. answer: (function) → status, headers and body; asked: (function, headers, query, body) of each request."""

    url: str
    answer: Callable[[str], tuple[int, dict[str, str], bytes]] = lambda function: (200, {}, b"null")
    asked: list[tuple[str, dict[str, str], str, bytes]] = field(default_factory=list[Any])
    refused: list[str] = field(default_factory=list[str])


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server: Any = self.server
        service: Lambda = server.service
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, _, query = self.path.partition("?")
        named = _PATH.fullmatch(unquote(path))
        try:
            Verifier(ACCESS_KEY, SECRET_KEY, "lambda").check(Signed("POST", path, query, headers, body))
            if named is None or headers["x-amz-invocation-type"] != "RequestResponse":
                raise Refused("InvalidRequestContentException")
            assert "/eu-central-1/lambda/" in headers["authorization"]
        except Refused as error:
            service.refused.append(str(error))
            self._say(403, {"x-amzn-errortype": str(error)}, b'{"Message": "no"}')
            return
        service.asked.append((named[1], headers, query, body))
        self._say(*service.answer(named[1]))

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[Lambda]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # clients that have not waited
    server.service = Lambda(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.service
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server(place: Place, tmp_path: Path, aws: Lambda) -> Generator[EventServer]:
    made = EventServer(place, tmp_path, MODELS.replace("URL", aws.url))
    made.fast_retries()
    made.sql("INSERT INTO orders VALUES (1, 'ann'), (2, 'bob')")
    yield made
    made.close()


def ask(server: EventServer, document: str, id: str = "ann") -> Any:
    headers = {"x-portico-admin-key": ADMIN_KEY, "x-hasura-role": "user", "x-hasura-user-id": id}
    return server.ask(document, headers=headers)


def test_a_function_is_sent_what_http_services_are(server: EventServer, aws: Lambda) -> None:
    aws.answer = lambda function: (200, {"x-amz-executed-version": "1"}, b'{"id": 1}')
    document = "{ orderOf(number: 3, limit: 1.50) { owner } }"
    assert ask(server, document)["data"] == {"orderOf": {"owner": "ann"}}
    ((function, headers, query, body),) = aws.asked
    assert (function, query) == (ARN, "Qualifier=live")
    assert "x-amz-client-context" not in headers
    assert json.loads(body) == {
        "action": {"name": "order_of"},
        "input": {"number": 3, "limit": "1.50"},
        "session_variables": {"x-hasura-role": "user", "x-hasura-user-id": "ann"},
        "request_query": document,
    }
    # What it gives of models goes on under the caller's rules.
    assert ask(server, document, "bob")["data"] == {"orderOf": None}


REFUSAL = {"statusCode": 422, "headers": {}, "body": json.dumps({"message": "No money.", "extensions": {"code": "poor"}})}  # fmt: skip
SECRET = {"errorMessage": "SQL secret", "errorType": "DatabaseError", "stackTrace": ["secret"]}
ANSWERS = (
    ((200, {"x-amz-function-error": "Unhandled"}, json.dumps(SECRET).encode()), "The service has answered with status 500.", "unexpected", "PT573"),
    ((200, {}, json.dumps(REFUSAL).encode()), "No money.", "poor", "PT574"),
    ((200, {}, json.dumps({"statusCode": 500, "body": "secret"}).encode()), "The service has answered with what is no JSON.", "unexpected", "PT573"),
    ((200, {}, json.dumps({"statusCode": 200, "body": "//", "isBase64Encoded": True}).encode()), "The service has answered with status 500.", "unexpected", "PT573"),
    ((200, {}, b"<html>"), "The service has answered with what is no JSON.", "unexpected", "PT573"),
    ((200, {}, b'"' + b"x" * 1_000_001 + b'"'), "The service has answered with more than 1 MB.", "unexpected", "PT573"),
    ((404, {"x-amzn-errortype": "ResourceNotFoundException"}, b'{"Message": "secret"}'), "The service cannot be reached.", "unexpected", "PT573"),
)  # fmt: skip


def test_what_a_function_answers_is_told_in_its_words_or_in_ours(server: EventServer, aws: Lambda) -> None:
    for answer, message, code, problem in ANSWERS:
        aws.answer = lambda function, answer=answer: answer
        found = ask(server, "{ orderOf(number: 1) { owner } }")
        (error,) = found["errors"]
        assert (error["message"], error["extensions"]["code"], error["extensions"]["problem"]) == (message, code, problem)  # fmt: skip
        assert "secret" not in json.dumps(found)


def test_an_answer_for_api_gateway_is_a_result_as_well(server: EventServer, aws: Lambda) -> None:
    for more in ({"body": "5"}, {"body": base64.b64encode(b"5").decode(), "isBase64Encoded": True}):
        aws.answer = lambda function, more=more: (200, {}, json.dumps({"statusCode": 200, **more}).encode())
        assert ask(server, "{ again }")["data"] == {"again": 5}


def test_it_is_invoked_again_where_that_was_said(server: EventServer, aws: Lambda) -> None:
    throttled = (429, {"x-amzn-errortype": "TooManyRequestsException"}, b'{"Reason": "CallerRateLimitExceeded"}')
    aws.answer = lambda function: (200, {}, b"5") if len(aws.asked) == 3 else throttled
    assert ask(server, "{ again }")["data"] == {"again": 5}
    assert len(aws.asked) == 3
    # A function that raised has been invoked.
    aws.answer = lambda function: (200, {"x-amz-function-error": "Unhandled"}, b"{}")
    assert ask(server, "{ again }")["errors"][0]["extensions"]["problem"] == "PT573"
    assert len(aws.asked) == 4


def test_a_function_that_is_late_is_not_waited_for(server: EventServer, aws: Lambda) -> None:
    ask(server, "{ again }")  # the client is made by the first
    gate = threading.Event()
    aws.answer = lambda function: (200, {}, b"1") if gate.wait(5) else (200, {}, b"0")
    began = time.monotonic()
    assert ask(server, "{ late }")["errors"][0]["message"] == "The service has not answered in time."
    assert time.monotonic() - began < 3
    gate.set()


def test_an_asynchronous_one_is_invoked_by_a_job(server: EventServer, aws: Lambda) -> None:
    throttled = (429, {"x-amzn-errortype": "TooManyRequestsException"}, b"{}")
    aws.answer = lambda function: (200, {}, b"5") if len(aws.asked) == 2 else throttled
    call = ask(server, "mutation { byAndBy }")["data"]["byAndBy"]
    server.until_idle()
    assert ask(server, f'{{ byAndBy(id: "{call}") {{ output errors }} }}')["data"]["byAndBy"] == {
        "output": 5,
        "errors": None,
    }
    rows = server.rows("SELECT answer FROM portico_attempts ORDER BY number")
    assert rows[0][0] == "AWS refuses to invoke the function: TooManyRequestsException."


def test_other_keys_are_refused_by_who_checks_them(
    server: EventServer, aws: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    assert ask(server, "{ again }")["errors"][0]["extensions"]["problem"] == "PT573"
    assert set(aws.refused) == {"SignatureDoesNotMatch"}


def test_what_it_needs_is_said_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aioboto3", None)
    (tmp_path / "models.py").write_text(MODELS)
    with pytest.raises(Problems) as caught:
        load_models(tmp_path / "models.py")
    assert "portico[lambda]" in str(caught.value.problems[0])


def test_the_verifier_knows_the_published_example() -> None:
    """Source: "Signature Version 4 signing process", the example of ListUsers with its signature."""
    signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "host": "iam.amazonaws.com",
        "x-amz-date": "20150830T123600Z",
        "authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            f"SignedHeaders=content-type;host;x-amz-date, Signature={signature}"
        ),
    }
    request = Signed("GET", "/", "Action=ListUsers&Version=2010-05-08", headers, b"")
    now = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    assert Verifier(ACCESS_KEY, SECRET_KEY, "iam").check(request, now) == "header"
    for changed in (replace(request, body=b"x"), replace(request, query="Action=ListRoles&Version=2010-05-08")):
        with pytest.raises(Refused, match="SignatureDoesNotMatch"):
            Verifier(ACCESS_KEY, SECRET_KEY, "iam").check(changed, now)
    with pytest.raises(Refused, match="InvalidAccessKeyId"):
        Verifier(ACCESS_KEY, SECRET_KEY, "lambda").check(request, now)
