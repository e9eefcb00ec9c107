"""What do channels add to the schema: fields that give and take what they carry, and the types of it."""

from __future__ import annotations

from typing import Any, Literal

from graphql import GraphQLBoolean, GraphQLID, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType

from portico.schema.catalog import Catalog, ChannelType, Payload, PayloadField
from portico.schema.channel_access import channel_access
from portico.schema.scalars import TIMESTAMPTZ
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Argument, ChannelSpec, ColumnSpec, Field, Input, PartSpec, PayloadSpec

ME = "me"
"""The argument by which a subscription to those who are there appears among them."""

_SUFFIXES = {"message": "message", "message_input": "message", "presence": "presence", "presence_input": "presence"}


def channel_type_names(catalog: Catalog) -> dict[str, tuple[ChannelType, str]]:
    """Type name → (channel, suffix), of all that channels carry."""
    return {
        _type_name(payload, suffix): (channel, suffix)
        for channel in catalog.channels
        for suffix, kind in _SUFFIXES.items()
        if (payload := _payload(channel, kind)) is not None
    }


def channel_fields(types: RoleTypes, operation: Literal["mutation", "subscription"]) -> dict[str, Field]:
    """The role's fields of every channel."""
    found: dict[str, Field] = {}
    for channel in types.catalog.channels:
        access = channel_access(types.access, channel)
        for payload, gives, takes in (
            (channel.message, "messages", "send"),
            (channel.presence, "presence", "update"),
        ):
            if payload is None:
                continue
            if operation == "subscription" and access.join is not None:
                appears = gives == "presence" and access.send is not None
                found[payload.field] = _giving(types, channel, payload, gives, appears=appears)
            if operation == "mutation" and access.send is not None:
                found[payload.change] = _taking(types, channel, payload, takes)
    return found


def _giving(types: RoleTypes, channel: ChannelType, payload: Payload, use: Any, *, appears: bool) -> Field:
    item: Any = GraphQLNonNull(_output(types, channel, "message" if use == "messages" else "presence"))
    arguments = _parameters(types, channel)
    if appears:
        text = "How the caller appears to the others for as long as the subscription is open."
        arguments[ME] = Argument(_input(types, channel, "presence_input"), PartSpec(ME), description=text)
    if use == "messages":
        text = payload.description or "What is sent from now on; nothing is kept."
        return Field(item, ChannelSpec(channel, "messages"), arguments, text)
    text = payload.description or "Who is there, as a whole whenever it changes."
    return Field(GraphQLNonNull(GraphQLList(item)), ChannelSpec(channel, "presence"), arguments, text)


def _taking(types: RoleTypes, channel: ChannelType, payload: Payload, use: Any) -> Field:
    name, suffix = ("message", "message_input") if use == "send" else (ME, "presence_input")
    arguments = _parameters(types, channel)
    arguments[name] = Argument(GraphQLNonNull(_input(types, channel, suffix)), PartSpec(name))
    text = (
        "Sends to everybody who is subscribed at the moment."
        if use == "send"
        else "Changes how the caller appears where a subscription of theirs is open."
    )
    return Field(GraphQLNonNull(GraphQLBoolean), ChannelSpec(channel, use), arguments, text)


def _parameters(types: RoleTypes, channel: ChannelType) -> dict[str, Argument]:
    return {
        name: Argument(GraphQLNonNull(types.scalar(column.scalar)), ColumnSpec(column))
        for name, column in channel.parameters
    }


# ---- types -------------------------------------------------------------------------------------------


def channel_type(types: RoleTypes, channel: ChannelType, suffix: str) -> Any:
    """A type of a channel by its suffix, or None where the role has none."""
    access = channel_access(types.access, channel)
    granted = access.send if suffix.endswith("_input") else access.join
    if granted is None or _payload(channel, _SUFFIXES[suffix]) is None:
        return None
    return _input(types, channel, suffix) if suffix.endswith("_input") else _output(types, channel, suffix)


def _output(types: RoleTypes, channel: ChannelType, suffix: str) -> Any:
    payload = _payload(channel, suffix)
    assert payload is not None
    return types.keep(
        payload.type_name, lambda name: GraphQLObjectType(name, lambda: _outputs(types, payload, suffix))
    )  # fmt: skip


def _outputs(types: RoleTypes, payload: Payload, suffix: str) -> dict[str, Field]:
    moment = GraphQLNonNull(types.scalar(TIMESTAMPTZ))
    who, when = ("sender_id", "sent_at") if suffix == "message" else ("user_id", "since")
    word = types.names.word
    told = {
        word(who): Field(GraphQLID, PayloadSpec(who), description="The user's key; null for callers without one."),
        word(when): Field(moment, PayloadSpec(when)),
    }
    return {**told, **{each.field: Field(_type(types, each), PayloadSpec(each.field)) for each in payload.members}}


def _type(types: RoleTypes, member: PayloadField) -> Any:
    type_ = types.scalar(member.scalar)
    return type_ if member.nullable else GraphQLNonNull(type_)


def _input(types: RoleTypes, channel: ChannelType, suffix: str) -> Any:
    payload = _payload(channel, _SUFFIXES[suffix])
    assert payload is not None

    def members() -> dict[str, Input]:
        return {
            each.field: Input(
                types.scalar(each.scalar) if each.optional else GraphQLNonNull(types.scalar(each.scalar)),
                PayloadSpec(each.field),
            )
            for each in payload.members
        }

    return types.keep(payload.input_name, lambda name: GraphQLInputObjectType(name, members))


def _payload(channel: ChannelType, kind: str) -> Payload | None:
    return channel.message if kind == "message" else channel.presence


def _type_name(payload: Payload, suffix: str) -> str:
    return payload.input_name if suffix.endswith("_input") else payload.type_name
