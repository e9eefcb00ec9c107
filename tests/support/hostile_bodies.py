"""Which HTTP requests are hostile: bodies that are no JSON, JSON that is no request, headers that lie."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

from tests.support.hostile import (
    BAD_JSON,
    BAD_METHOD,
    BAD_REQUEST,
    BAD_TYPE,
    DATA,
    MUTATION_BY_GET,
    NO_BATCH,
    NO_OPERATION,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    SYNTAX,
    TOO_LONG,
    Hostile,
    Sent,
    get,
    raw,
)

_GOOD = b'{"query": "{ __typename }"}'


def _method(name: str, method: str, wants: str = BAD_METHOD) -> Hostile:
    return Hostile(name, wants, lambda: Sent(_GOOD, method))


def _member(name: str, value: object) -> bytes:
    return json.dumps({"query": "{ __typename }", name: value}).encode()


BODIES: tuple[Hostile, ...] = (
    raw("the body null", BAD_REQUEST, b"null"),
    raw("the body 42", BAD_REQUEST, b"42"),
    raw('the body "x"', BAD_REQUEST, b'"x"'),
    raw("the body true", BAD_REQUEST, b"true"),
    raw("the body []", NO_BATCH, b"[]"),
    raw("a batch of 1,000", NO_BATCH, lambda: b"[" + b",".join([_GOOD] * 1_000) + b"]"),
    raw("an empty body", BAD_JSON, b""),
    raw("an empty object", BAD_REQUEST, b"{}"),
    raw("a body cut short", BAD_JSON, b'{"query": "{ __type'),
    raw("two bodies", BAD_JSON, _GOOD + _GOOD),
    raw("a trailing comma", BAD_JSON, b'{"query": "{ __typename }",}'),
    raw("a comment in JSON", BAD_JSON, b'{"query": "{ __typename }" /* */}'),
    raw("a BOM before JSON", BAD_JSON, b"\xef\xbb\xbf" + _GOOD),
    raw("invalid UTF-8", BAD_JSON, b'{"query": "\xff\xfe"}'),
    raw("an overlong UTF-8 sequence", BAD_JSON, b'{"query": "\xc0\xaf"}'),
    raw("a surrogate in UTF-8", BAD_JSON, b'{"query": "\xed\xa0\x80"}'),
    raw("UTF-16", BAD_JSON, lambda: _GOOD.decode().encode("utf-16")),
    raw("a raw NUL", BAD_JSON, b'{"query": "\x00"}'),
    raw("only NULs", BAD_JSON, b"\x00" * 1_000),
    raw("JSON 500 deep", NO_BATCH, lambda: b"[" * 500 + b"]" * 500),
    raw("JSON 500,000 deep", BAD_JSON, lambda: b"[" * 500_000 + b"]" * 500_000),
    raw("objects 100,000 deep", BAD_JSON, lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    raw("a query of a lone surrogate", BAD_JSON, b'{"query": "{ \\ud800 }"}'),
    raw("duplicate members", DATA, b'{"query": "{ __typename }", "query": "{ a: __typename }"}'),
    raw(
        "a million members",
        DATA,
        lambda: b'{"query":"{ __typename }",' + b",".join(b'"%d":0' % n for n in range(80_000)) + b"}",
    ),
    raw("a number with 100,000 digits", BAD_JSON, lambda: b'{"query": ' + b"9" * 100_000 + b"}"),
    raw("a body of 2 MB", TOO_LONG, lambda: b'{"query": "' + b" " * 2_000_000 + b'"}'),
    raw("a body of 30 MB", TOO_LONG, lambda: b" " * 30_000_000),
    raw("1 MB of spaces", BAD_JSON, lambda: b" " * 1_000_000),
    # ---- members
    *(
        raw(f"the {name} {json.dumps(value)}", BAD_REQUEST, _member(name, value))
        for name, values in (
            ("query", (None, 0, 1.5, True, [], {}, ["{ __typename }"])),
            ("operationName", (0, False, [], {}, ["a"])),
            ("variables", ("x", 0, True, [], [1], "{}")),
            ("extensions", ("x", 0, True, [1])),
        )
        for value in values
    ),
    raw("null for every other member", DATA, b'{"query": "{ __typename }", "variables": null, "operationName": null}'),
    raw("an operationName of 100 kB", NO_OPERATION, lambda: _member("operationName", "x" * 100_000)),
    raw("variables with a million keys", TOO_LONG, lambda: _member("variables", {str(n): n for n in range(70_000)})),
    # ---- headers
    raw("a gzip body", BAD_TYPE, lambda: gzip.compress(_GOOD), {"content-encoding": "gzip"}),
    raw("a gzip bomb", BAD_TYPE, lambda: gzip.compress(b" " * 50_000_000), {"content-encoding": "gzip"}),
    raw("a gzip body that does not say so", BAD_JSON, lambda: gzip.compress(_GOOD)),
    raw("an unknown encoding", BAD_TYPE, _GOOD, {"content-encoding": "x" * 1_000}),
    raw("identity as the encoding", DATA, _GOOD, {"content-encoding": "identity"}),
    raw("a form", BAD_TYPE, b"query=%7B__typename%7D", {"content-type": "application/x-www-form-urlencoded"}),
    raw("plain text", BAD_TYPE, _GOOD, {"content-type": "text/plain"}),
    raw("no content type", BAD_TYPE, _GOOD, {"content-type": ""}),
    raw("multipart", BAD_TYPE, _GOOD, {"content-type": "multipart/form-data; boundary=x"}),
    raw("UTF-7", BAD_TYPE, _GOOD, {"content-type": "application/json; charset=utf-7"}),
    raw("a content type of 50 kB", DATA, _GOOD, {"content-type": "application/json;" * 3_000}),
    raw("only HTML is accepted", NOT_ACCEPTABLE, _GOOD, {"accept": "image/png"}),
    raw("an Accept of 50 kB", NOT_ACCEPTABLE, _GOOD, {"accept": "a/b;q=0.1," * 5_000}),
    raw("an Accept with a quality NaN", NOT_ACCEPTABLE, _GOOD, {"accept": "application/json;q=nan"}),
    raw("an Accept with strange bytes", NOT_ACCEPTABLE, _GOOD, {"accept": "\xff\xfe;q=\xff"}),
    # ---- methods and paths
    _method("PUT", "PUT"),
    _method("DELETE", "DELETE"),
    _method("PATCH", "PATCH"),
    _method("TRACE", "TRACE"),
    _method("an unheard-of method", "PROPFIND"),
    Hostile("a path that is none", NOT_FOUND, lambda: Sent(None, "GET", "/graphql/../../etc/passwd", {})),
    Hostile("a path of 50 kB", NOT_FOUND, lambda: Sent(None, "GET", "/" + "x" * 50_000, {})),
    Hostile("an encoded path", NOT_FOUND, lambda: Sent(None, "GET", "/%2e%2e/%00/graphql", {})),
    # ---- GET
    get("GET without a query", BAD_REQUEST, ""),
    get("GET with an empty query", BAD_REQUEST, "query="),
    get(
        "GET with a mutation", MUTATION_BY_GET, "query=" + quote("mutation { deleteBooks(where: {}) { affectedRows } }")
    ),
    get("GET with variables that are no JSON", BAD_JSON, "query=%7B__typename%7D&variables=%7B"),
    get("GET with variables that are a list", BAD_REQUEST, "query=%7B__typename%7D&variables=[]"),
    get("GET with a NUL", SYNTAX, "query=%00"),
    get("GET with invalid UTF-8", BAD_REQUEST, "query=%ff%fe"),
    get("GET with 1,000 parameters", BAD_REQUEST, lambda: "&".join(f"a{n}=1" for n in range(1_000))),
    get("GET with a query of 60 kB", DATA, lambda: "query=%7B__typename" + "%20" * 20_000 + "%7D"),
    get("GET without a value", BAD_REQUEST, "query"),
)
