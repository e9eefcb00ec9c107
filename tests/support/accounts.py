"""A whole gateway with accounts, asked as a server would ask it: ASGI in this process, over a migrated database."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pyotp.totp import TOTP

from portico.gateway.app import Gateway
from portico.gateway.auth.attempts import Attempts
from portico.gateway.auth.mailbox import Mailbox
from portico.gateway.auth_settings import AuthSettings
from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate
from portico.gateway.settings import Settings
from tests.support.backend import Place
from tests.support.change_logs import Transaction

Answer = TypeVar("Answer")

MODELS = '''"""Notes."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from portico.gateway.auth import User
from portico.schema import Id, Me, Model, Rule, allow, owner


class Note(Model):
    """What somebody wrote down."""

    id: Mapped[Id]
    owner_id: Mapped[UUID] = owner()
    text: Mapped[str]


@allow(Note, "all", to="user")
def my_notes(note: type[Note], me: Me) -> Rule:
    """Notes are their owner's."""
    return note.owner_id == me.id


@allow(Note, "read", to="careful")
def notes_of_the_careful(note: type[Note], me: Me) -> Rule:
    """Only with two factors."""
    return (note.owner_id == me.id) & (me.assurance >= 2)
'''
ADDRESS = "203.0.113.7"
_PATIENCE_S = 5.0


@dataclass(frozen=True)
class Reply:
    """What a route answers."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: str
    email: str
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class Device:
    """An authenticator app, as its owner has it; each code is good once."""

    id: str
    secret: str
    person: Person | None = None
    recovery_codes: tuple[str, ...] = ()

    def code(self, step: int = 0) -> str:
        """The code of this half minute, or of one so many before or after."""
        return TOTP(self.secret).at(int(time.time()) + 30 * step)


class AccountServer:
    """
    A server with accounts.

    Args:
        models: the text of the model file.
        auth: what `[auth]` says; addresses need not be verified unless it says so.
        settings: others.
        is_migrated: the database has what the models need.
    """

    def __init__(
        self,
        place: Place,
        folder: Path,
        *,
        models: str = MODELS,
        auth: Mapping[str, Any] | None = None,
        is_migrated: bool = False,
        **settings: Any,
    ) -> None:
        self.place = place
        self._is_migrated = is_migrated
        self.folder = folder
        self.loop = asyncio.new_event_loop()
        (folder / "models.py").write_text(models)
        given: dict[str, Any] = {"verify_email": False, **(auth or {})}
        settings.setdefault("token_secret", "a secret of tests that is long enough")
        settings.setdefault("public_url", "https://notes.example.com")
        self.settings = Settings(database_url=place.url, auth=AuthSettings(**given), **settings)
        self.gateway = self._load()
        self._messages: asyncio.Queue[Any] = asyncio.Queue()
        self._said: list[Any] = []
        self._life = self.loop.create_task(self.gateway({"type": "lifespan"}, self._messages.get, self._hear))
        self.run(self._lifespan("startup"))
        self._made = dict(vars(self.accounts)) if self.accounts is not None else {}
        self._begin()

    def _begin(self) -> None:
        if self.accounts is not None:
            # Whoever has to wait does so however slow the machine is.
            self.accounts.attempts = Attempts(self.settings.auth, clock=lambda: 1_000.0)

    def renew(self) -> bool:
        """Makes it as if it were new; False where that is not known to be so."""
        accounts = self.accounts
        if accounts is None or vars(accounts).keys() != self._made.keys():
            return False
        if len(self.gateway.sockets) or self.gateway.reloads or self._life.done():
            return False
        vars(accounts).update(self._made)
        if isinstance(accounts.mailer.mailer, Mailbox):
            accounts.mailer.mailer.empty()
        tables = [
            each.name
            for each in self.declarations.registry.metadata.sorted_tables
            if not each.name.startswith("portico_")
        ]
        self.sql(*(f"DELETE FROM {each}" for each in reversed(tables)))
        self.run(accounts.keys.add())
        self._begin()
        return True

    def _load(self) -> Gateway:
        declarations = self.declarations = load_models(self.folder / "models.py")
        if not self._is_migrated:
            self.run(migrate(declarations, self.settings, self.folder))
        return Gateway(declarations, self.settings, self.folder)

    @property
    def accounts(self) -> Any:
        return self.gateway.accounts

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self._lifespan("shutdown"))
        self.loop.run_until_complete(self._life)
        self.loop.close()

    # ---- asking --------------------------------------------------------------------------------------

    def ask(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        address: str = ADDRESS,
    ) -> Any:
        """The parsed answer of one GraphQL request."""
        return self.run(self.answer(document, variables, token=token, headers=headers, address=address))

    async def answer(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        address: str = ADDRESS,
    ) -> Any:
        """As `ask`, inside of the loop."""
        body = {"query": document, "variables": variables or {}}
        given = {**(headers or {}), **({"authorization": f"Bearer {token}"} if token else {})}
        return (await self.reply("POST", "/graphql", body, headers=given, address=address)).json

    def request(self, method: str, path: str, body: Any = None, **keywords: Any) -> Reply:
        """What a route answers."""
        return self.run(self.reply(method, path, body, **keywords))

    async def reply(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        address: str = ADDRESS,
    ) -> Reply:
        """As `request`, inside of the loop."""
        path, _, query = path.partition("?")
        text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {
            "user-agent": "tests",
            "content-type": "application/json",
            "host": "notes.example.com",
            **(headers or {}),
        }
        waiting = [{"type": "http.request", "body": text, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            if waiting:
                return waiting.pop()
            await asyncio.Event().wait()
            raise AssertionError("nobody goes away")

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "scheme": "https", "http_version": "1.1", "client": (address, 50_000), "server": ("notes.example.com", 443),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        }  # fmt: skip
        await self.gateway(scope, receive, send)
        start = sent[0]
        told = [(name.decode(), value.decode("latin-1")) for name, value in start["headers"]]
        return Reply(start["status"], told, b"".join(each.get("body", b"") for each in sent[1:]))

    # ---- people --------------------------------------------------------------------------------------

    def sign_up(self, email: str = "ann@example.com", password: str = "correct horse battery") -> Person:
        """An account with a password, signed in."""
        found = self.ask(
            "mutation ($email: String!, $password: String!) {"
            " signUp(email: $email, password: $password) { tokens { accessToken refreshToken } } }",
            {"email": email, "password": password},
        )
        return self.person(found["data"]["signUp"]["tokens"], email)

    def sign_in(self, email: str = "ann@example.com", password: str = "correct horse battery", **keywords: Any) -> Any:
        """The whole answer of signing in with a password."""
        return self.ask(
            "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) {"
            " tokens { accessToken refreshToken expiresIn } challenge isCodeSent } }",
            {"email": email, "password": password},
            **keywords,
        )

    def enroll(self, person: Person) -> Device:
        """An authenticator app of somebody's, confirmed, and their tokens after that."""
        made = self.data("mutation { enrollTotp { id secret } }", token=person.access_token)["enrollTotp"]
        device = Device(made["id"], made["secret"])
        codes = self.data(
            "mutation ($id: ID!, $code: String!) { confirmFactor(id: $id, code: $code) }",
            {"id": device.id, "code": device.code(-1)},
            token=person.access_token,
        )["confirmFactor"]
        tokens = self.data(
            "mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }",
            {"token": person.refresh_token},
        )["refresh"]
        return replace(device, person=self.person(tokens, person.email), recovery_codes=tuple(codes))

    def elevate(self, token: str, **given: str) -> str:
        """An elevated access token."""
        found = self.data(
            "mutation ($code: String, $password: String) { stepUp(code: $code, password: $password) { accessToken } }",
            given,
            token=token,
        )
        return found["stepUp"]["accessToken"]

    def data(self, document: str, variables: Mapping[str, Any] | None = None, **keywords: Any) -> Any:
        """What a request gives that has no problem."""
        answer = self.ask(document, variables, **keywords)
        assert "errors" not in answer, answer
        return answer["data"]

    def person(self, tokens: Mapping[str, str], email: str = "") -> Person:
        """Whom tokens are of."""
        me = self.ask("{ me { id email } }", token=tokens["accessToken"])["data"]["me"]
        return Person(me["id"], me["email"] or email, tokens["accessToken"], tokens["refreshToken"])

    # ---- mails ---------------------------------------------------------------------------------------

    def mails(self, to: str) -> list[Any]:
        """What was sent to an address, the newest last."""
        return [each for each in self.accounts.mailer.mailer.mails if each.to == to]

    def link(self, to: str) -> str:
        """The token of the last link that was sent to an address."""
        return next(each.text.link[0] for each in reversed(self.mails(to)) if each.text.link).partition("token=")[2]

    def code(self, to: str) -> str:
        """The last code that was sent to an address."""
        return next(each.text.code for each in reversed(self.mails(to)) if each.text.code)

    def problem(self, answer: Any) -> str:
        """The code of an answer's only problem."""
        (error,) = answer["errors"]
        return error["extensions"]["problem"]

    def until(self, document: str, token: str, problem: str | None) -> float:
        """Seconds until a request is sent that is answered with a problem, or with none; what it takes by itself is another matter."""
        began = time.monotonic()
        while (sent := time.monotonic()) - began < _PATIENCE_S:
            answer = self.ask(document, token=token)
            if (self.problem(answer) if "errors" in answer else None) == problem:
                return sent - began
            self.run(asyncio.sleep(0.005))
        raise AssertionError(f"{document} is not answered with {problem}")

    def until_data(self, document: str, token: str, holds: Callable[[Any], bool]) -> float:
        """Seconds until a request is sent that is answered with such data."""
        began = time.monotonic()
        while (sent := time.monotonic()) - began < _PATIENCE_S:
            answer = self.ask(document, token=token)
            if "errors" not in answer and holds(answer["data"]):
                return sent - began
            self.run(asyncio.sleep(0.005))
        raise AssertionError(f"{document} is never answered so")

    def earlier(self, column: str, seconds: int, table: str = "auth_sessions", where: str = "1 = 1") -> None:
        """Makes it seem that so much time has gone by."""
        before = (
            f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-{seconds} seconds')"
            if self.place.dialect == "sqlite"
            else f"{column} - interval '{seconds} seconds'"
        )
        self.sql(f"UPDATE {table} SET {column} = {before} WHERE {where}")

    # ---- the database --------------------------------------------------------------------------------

    def sql(self, *statements: str) -> None:
        """Writes past Portico."""
        with Transaction(self.place) as own:
            for statement in statements:
                own.execute(statement)
            own.execute("COMMIT")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with Transaction(self.place) as own:
            return own.rows(query)

    # ---- ASGI ----------------------------------------------------------------------------------------

    async def _lifespan(self, what: str) -> None:
        self._messages.put_nowait({"type": f"lifespan.{what}"})
        while not any(each["type"].startswith(f"lifespan.{what}.") for each in self._said):
            if self._life.done():
                self._life.result()
            await asyncio.sleep(0.005)
        assert self._said[-1]["type"] == f"lifespan.{what}.complete", self._said[-1]

    async def _hear(self, message: Any) -> None:
        self._said.append(message)
