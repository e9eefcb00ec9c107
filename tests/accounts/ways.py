"""How do tests sign in by mail: the documents that they send."""

from __future__ import annotations

from typing import Any

from tests.support.accounts import AccountServer

SIGN_IN = "{ tokens { accessToken refreshToken } challenge isCodeSent }"
ME = "{ me { id email isEmailVerified isAnonymous } }"
PASSWORD = "correct horse battery"  # as `sign_up` has it


def ask(server: AccountServer, name: str, by: str | None = None, **arguments: Any) -> Any:
    """Calls a function with texts, by: whose token; the whole answer."""
    address = arguments.pop("address", None)
    variables = ", ".join(f"${each}: String!" for each in arguments)
    given = ", ".join(f"{each}: ${each}" for each in arguments)
    head = f"mutation ({variables})" if arguments else "mutation"
    is_plain = name.startswith("send") or name in ("changePassword", "changeEmail", "confirmEmail", "deleteAccount")
    fields = "" if is_plain else SIGN_IN
    document = f"{head} {{ {name}{f'({given})' if arguments else ''} {fields} }}"
    more = {"address": address} if address else {}
    return server.ask(document, arguments, token=by, **more)


def done(server: AccountServer, name: str, by: str | None = None, **arguments: Any) -> Any:
    """What the function has answered."""
    answer = ask(server, name, by, **arguments)
    assert "errors" not in answer, answer
    return answer["data"][name]


def refused(server: AccountServer, name: str, by: str | None = None, **arguments: Any) -> str:
    """The code of the problem that the function has answered with."""
    return server.problem(ask(server, name, by, **arguments))


def me(server: AccountServer, tokens: Any) -> Any:
    """Whom tokens are of."""
    return server.ask(ME, token=tokens["accessToken"])["data"]["me"]


def elevate(server: AccountServer, token: str) -> str:
    """Another token of the same session, elevated."""
    claims = server.accounts.verifier.claims(token)
    ((turn,),) = server.rows(f"SELECT counter FROM auth_sessions WHERE {_is_session(server, claims['sid'])}")
    return server.accounts.keys.sign({**claims, "elevated": True, "turn": turn})


def _is_session(server: AccountServer, id: str) -> str:
    return f"id = '{id.replace('-', '')}'" if server.place.dialect == "sqlite" else f"id = '{id}'"
