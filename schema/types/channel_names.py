"""Does a channel take the name of something else: its fields and types beside those of tables, functions and channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portico.schema.caller import ADMIN
from portico.schema.catalog import Catalog, ChannelType
from portico.schema.names import NameTaken
from portico.schema.problems import Problem
from portico.schema.types.functions import FunctionTypes


def channels_taken(
    catalog: Catalog, types: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], functions: FunctionTypes
) -> Iterator[Problem]:
    """
    A problem for each name that two would have.

    Args:
        types: the names of all other generated types.
        fields: operation → the names of root fields of tables.
    """
    taken_types = {*types, *functions.types_for(ADMIN)}
    taken = {
        "mutation": {*fields["mutation"], *functions.fields("mutation")},
        "subscription": {*fields["subscription"], *functions.fields("subscription")},
    }
    for channel in catalog.channels:
        for operation, name in _fields(channel):
            if name in taken[operation]:
                yield _taken(channel, f"its {operation} {name!r}")
            taken[operation].add(name)
        for name in _types(channel):
            if name in taken_types:
                yield _taken(channel, f"its type {name!r}")
            taken_types.add(name)


def _fields(channel: ChannelType) -> Iterator[tuple[str, str]]:
    for payload in (channel.message, channel.presence):
        if payload is not None:
            yield "subscription", payload.field
            yield "mutation", payload.change


def _types(channel: ChannelType) -> Iterator[str]:
    for payload in (channel.message, channel.presence):
        if payload is not None:
            yield payload.type_name
            yield payload.input_name


def _taken(channel: ChannelType, what: str) -> Problem:
    return NameTaken(
        f"The channel {channel.name} would have the name of something else: {what}.",
        hint="Name the class of the channel otherwise.",
        source=channel.source,
    )
