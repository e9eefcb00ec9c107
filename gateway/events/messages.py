"""How do functions write to people: `Messages`, whose mails and pushes are jobs, kept with the transaction that sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.events.arguments import WrongArguments, to_json
from portico.gateway.events.later import DurableJobs, due_at_of
from portico.gateway.events.sent import SentMessage
from portico.schema.declarations import Declarations, HookDeclaration
from portico.schema.provided import Data, Provided
from portico.schema.templates import Mail, Push, template_name

if TYPE_CHECKING:
    from portico.gateway.events.messaging import PushDevice, TopicSubscription

MAIL, PUSH = "portico.mail", "portico.push"
MODULE = "portico.gateway.events.messaging"
_MOST_PUSH = 3_000  # bytes of a push's JSON: a record of Web Push has 4,096 with what encrypts it (RFC 8030, 7.2)


@dataclass(frozen=True, slots=True)
class MessageModels:
    """The classes of `messaging.py`, as the present declarations have them."""

    device: type[PushDevice]
    subscription: type[TopicSubscription]


def message_models(declarations: Declarations) -> MessageModels | None:
    """Those of messages; None where the author's files do not import them."""
    found: dict[str, Any] = {each.__name__: each for each in declarations.models if each.__module__ == MODULE}
    return MessageModels(found["PushDevice"], found["TopicSubscription"]) if found else None


class Messages(Provided):
    """
    Mails and pushes, for functions.

        await messages.send_mail("ann@example.com", "Your order", "It is on its way.", session=session)
        await messages.send_mail("ann@example.com", template=shipped, values={"order": order.id}, session=session)

    Each is a job: tried again while the other side is away, listed by `portico jobs list --name portico.mail`, its attempts kept.

    Args:
        templates: the author's, by name.
        most_bytes: of a template's values.
    """

    def __init__(
        self,
        jobs: DurableJobs,
        data: Data,
        models: Callable[[], MessageModels | None],
        templates: Mapping[str, HookDeclaration],
        most_bytes: int,
    ) -> None:
        self._jobs = jobs
        self._data = data
        self._models = models
        self._templates = templates
        self._most_bytes = most_bytes

    def within(self, data: Data) -> Messages:
        """See `Provided`."""
        made = copy(self)
        made._jobs, made._data = self._jobs.within(data), data  # noqa: SLF001
        return made

    async def send_mail(
        self,
        to: str,
        subject: str | None = None,
        text: str = "",
        html: str | None = None,
        *,
        template: Callable[..., Any] | None = None,
        values: Mapping[str, Any] | None = None,
        user: Any = None,
        after: float | timedelta | None = None,
        at: datetime | None = None,
        session: AsyncSession | None = None,
    ) -> str:
        """
        Has a mail sent; the id of its job.

        Args:
            text: paragraphs with empty lines between them. html: the same for who reads HTML; made of the text unless given.
            template, values: a function declared by `template` that gives `Mail`, in place of these three, and its arguments.
            user: the id of whom it is for, who sees what became of it (`myMessages`).
            after, at: not before, as `Jobs.later` has them.
            session: the transaction that it belongs to.

        Raises:
            WrongArguments: an address or a subject that would begin another header, no words or two kinds of them, or values that the
                template does not take.
        """
        if not to.isprintable() or "@" not in to:
            raise WrongArguments("A mail needs an address.")
        words = None if subject is None else written_mail(Mail(subject, text, html))
        payload = _json({"to": to, **self._words(Mail, words, template, values)})
        recipient = None if user is None else str(user)
        return await self._jobs.put(
            "mail", MAIL, payload, due_at=due_at_of(after, at), recipient=recipient, session=session
        )

    async def send_push(
        self,
        title: str | None = None,
        body: str = "",
        data: Mapping[str, Any] | None = None,
        *,
        users: Iterable[Any] = (),
        topic: str | None = None,
        template: Callable[..., Any] | None = None,
        values: Mapping[str, Any] | None = None,
        after: float | timedelta | None = None,
        at: datetime | None = None,
        session: AsyncSession | None = None,
    ) -> int:
        """
        Has a push sent to every device of some users, and of who has subscribed to a topic; to how many devices.

        Args:
            data: for the app, texts only.
            template, values: a function declared by `template` that gives `Push`, in place of these three, and its arguments.
            after, at: not before, as `Jobs.later` has them; to the devices of now.

        Raises:
            WrongArguments: the message is longer than a push may be, the models of messages are not imported, or as for `send_mail`.
        """
        words = None if title is None else written_push(Push(title, body, data or {}))
        said = self._words(Push, words, template, values)
        if session is not None:
            return await self._push_all(session, said, list(users), topic, due_at_of(after, at))
        async with self._data.begin() as session:
            return await self._push_all(session, said, list(users), topic, due_at_of(after, at))

    async def find(self, user: Any, *, limit: int = 50) -> list[SentMessage]:
        """What became of the messages to a user, the latest first: as long as their jobs are kept (`events.keep_hours`)."""
        return await self._jobs.sent_to(str(user), limit)

    def _words(
        self,
        kind: type[Any],
        words: Mapping[str, Any] | None,
        template: Callable[..., Any] | None,
        values: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        """What the payload says: the words, or who gives them."""
        if template is None and words is not None:
            return words
        if template is None or words is not None:
            raise WrongArguments(f"A {kind.__name__.lower()} needs words, or a template that gives them.")
        name = template_name(template)
        declared = self._templates.get(name)
        if declared is None or declared.function is not template or declared.subject is not kind:
            raise WrongArguments(f"{name} is no template of a {kind.__name__}.", hint="Declare it: @template")
        return {"template": name, "values": orjson.loads(to_json(template, values or {}, self._most_bytes))}

    async def _push_all(
        self, session: AsyncSession, said: Mapping[str, Any], users: list[Any], topic: str | None, due_at: float
    ) -> int:
        devices = await self._devices(session, users, topic)
        for device, user in devices:
            payload = _json({"device": str(device), **said})
            await self._jobs.put("push", PUSH, payload, due_at=due_at, recipient=str(user), session=session)
        return len(devices)

    async def _devices(self, session: AsyncSession, users: list[Any], topic: str | None) -> Sequence[Any]:
        """(id, user) of each."""
        models = self._models()
        if models is None:
            raise WrongArguments("There are no devices.", hint=f"from {MODULE} import PushDevice, Messages")
        device, subscription = models.device, models.subscription
        subscribed = select(subscription.user_id).where(subscription.topic == topic)
        chosen = or_(device.user_id.in_(users), device.user_id.in_(subscribed))
        return (await session.execute(select(device.id, device.user_id).where(chosen))).all()


def written_mail(mail: Mail) -> Mapping[str, Any]:
    """
    The words of a mail as its job has them.

    Raises:
        WrongArguments: the subject would begin another header.
    """
    if not mail.subject.isprintable():
        raise WrongArguments("A mail needs a subject of one line.")
    return {"subject": mail.subject, "text": mail.text, "html": mail.html}


def written_push(push: Push) -> Mapping[str, Any]:
    """
    The words of a push as its job has them.

    Raises:
        WrongArguments: they are longer than a push may be.
    """
    texts = {key: str(value) for key, value in push.data.items()}
    message = {"title": push.title, "body": push.body, "data": texts}
    if len(orjson.dumps(message)) > _MOST_PUSH:
        raise WrongArguments(f"A push has no more than {_MOST_PUSH:,} bytes as JSON.")
    return {"message": message}


def _json(said: Mapping[str, Any]) -> str:
    return orjson.dumps(said).decode()
