"""How do functions write to people: `Messages`, whose mails and pushes are jobs, kept with the transaction that sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.events.arguments import WrongArguments
from portico.gateway.events.later import DurableJobs
from portico.schema.declarations import Declarations
from portico.schema.provided import Data, Provided

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

    Each is a job: tried again while the other side is away, listed by `portico jobs list --name portico.mail`, its attempts kept.
    """

    def __init__(self, jobs: DurableJobs, data: Data, models: Callable[[], MessageModels | None]) -> None:
        self._jobs = jobs
        self._data = data
        self._models = models

    async def send_mail(
        self,
        to: str,
        subject: str,
        text: str,
        html: str | None = None,
        *,
        due_at: float = 0.0,
        session: AsyncSession | None = None,
    ) -> str:
        """
        Has a mail sent; the id of its job.

        Args:
            text: paragraphs with empty lines between them. html: the same for who reads HTML; made of the text unless given.
            due_at: not before, in seconds since 1970.
            session: the transaction that it belongs to.

        Raises:
            WrongArguments: an address or a subject that would begin another header.
        """
        if not (to + subject).isprintable() or "@" not in to:
            raise WrongArguments("A mail needs an address, and a subject of one line.")
        payload = orjson.dumps({"to": to, "subject": subject, "text": text, "html": html}).decode()
        return await self._jobs.put("mail", MAIL, payload, due_at=due_at, session=session)

    async def send_push(
        self,
        title: str,
        body: str = "",
        data: Mapping[str, Any] | None = None,
        *,
        users: Iterable[Any] = (),
        topic: str | None = None,
        due_at: float = 0.0,
        session: AsyncSession | None = None,
    ) -> int:
        """
        Has a push sent to every device of some users, and of who has subscribed to a topic; to how many devices.

        Args:
            data: for the app, texts only.

        Raises:
            WrongArguments: the message is longer than a push may be, or the models of messages are not imported.
        """
        if session is None:
            async with self._data.begin() as session:
                return await self.send_push(title, body, data, users=users, topic=topic, due_at=due_at, session=session)
        message = {"title": title, "body": body, "data": {key: str(value) for key, value in (data or {}).items()}}
        if len(orjson.dumps(message)) > _MOST_PUSH:
            raise WrongArguments(f"A push has no more than {_MOST_PUSH:,} bytes as JSON.")
        devices = await self._devices(session, list(users), topic)
        for device in devices:
            payload = orjson.dumps({"device": str(device), "message": message}).decode()
            await self._jobs.put("push", PUSH, payload, due_at=due_at, session=session)
        return len(devices)

    async def _devices(self, session: AsyncSession, users: list[Any], topic: str | None) -> list[Any]:
        models = self._models()
        if models is None:
            raise WrongArguments("There are no devices.", hint=f"from {MODULE} import PushDevice, Messages")
        device, subscription = models.device, models.subscription
        subscribed = select(subscription.user_id).where(subscription.topic == topic)
        chosen = or_(device.user_id.in_(users), device.user_id.in_(subscribed))
        return list((await session.execute(select(device.id).where(chosen))).scalars())
