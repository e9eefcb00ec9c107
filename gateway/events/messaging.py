"""Who is written to: devices that take pushes, and topics that people have subscribed to; ordinary models with ordinary rules."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portico.gateway.events.messages import Messages
from portico.gateway.events.sent import SentMessage
from portico.schema import Caller, Id, Me, Model, Now, Rule, allow, preset, query
from portico.schema.declarations import current
from portico.schema.templates import Mail, Push, template

__all__ = ["Mail", "Messages", "Push", "PushDevice", "SentMessage", "TopicSubscription", "template"]

Kind = Literal["web", "fcm", "apns"]


class PushDevice(Model):
    """
    A browser or app that takes pushes.

    kind: `web` (address: the endpoint of its subscription; keys: its `p256dh` and `auth`), `fcm` (address: its registration token)
    or `apns` (address: its device token, in hexadecimal).
    """

    id: Mapped[Id]
    user_id: Mapped[UUID] = preset(lambda me: me.id, index=True)
    kind: Mapped[str] = mapped_column(String(8))
    address: Mapped[str] = mapped_column(String(2048), unique=True)
    keys: Mapped[dict[str, Any] | None]
    name: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[Now]


class TopicSubscription(Model):
    """Somebody who wants to hear of a topic."""

    id: Mapped[Id]
    user_id: Mapped[UUID] = preset(lambda me: me.id, index=True)
    topic: Mapped[str] = mapped_column(String(100), index=True)
    created_at: Mapped[Now]


@allow(PushDevice, "all", to="user")
def my_devices(device: type[PushDevice], me: Me) -> Rule:
    """Devices are their owner's."""
    return device.user_id == me.id


@allow(TopicSubscription, "all", to="user")
def my_topics(subscription: type[TopicSubscription], me: Me) -> Rule:
    """So are subscriptions."""
    return subscription.user_id == me.id


@query(to="user")
async def my_messages(caller: Caller, messages: Messages, limit: int = 50) -> list[SentMessage]:
    """What became of the mails and pushes to the caller, the latest first."""
    return await messages.find(caller.id, limit=limit)


current().needs_jobs = True
