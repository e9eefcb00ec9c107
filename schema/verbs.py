"""What may be done with something: the verbs of rules, those of models and those of channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from portico.schema.declarations import CHANNEL_VERBS, VERBS, AnyVerb, current
from portico.schema.problems import ModelProblem, Source

VerbWord: TypeAlias = Literal["read", "create", "update", "delete", "write", "all", "join", "send"]
_OF_MODELS: Mapping[str, tuple[AnyVerb, ...]] = {
    **{verb: (verb,) for verb in VERBS},
    "write": ("create", "update", "delete"),
    "all": VERBS,
}
_OF_CHANNELS: Mapping[str, tuple[AnyVerb, ...]] = {**{verb: (verb,) for verb in CHANNEL_VERBS}, "all": CHANNEL_VERBS}


class UnknownVerb(ModelProblem):
    """A rule names a verb that does not exist, or not for its subject: models are read, channels are joined."""

    code = "PT201"


def verbs_of(subject: Any, words: tuple[str, ...], source: Source) -> tuple[AnyVerb, ...]:
    """
    The verbs that a rule's words stand for, each once.

    Raises:
        UnknownVerb: none is named, or one that the subject does not have.
    """
    known = _OF_CHANNELS if is_channel(subject) else _OF_MODELS
    all_of_them = ", ".join(known)
    if not words:
        raise UnknownVerb("The rule names no verb.", hint=f"Name one of: {all_of_them}.", source=source)
    found: dict[AnyVerb, None] = {}
    for word in words:
        if word not in known:
            whose = " of a channel" if known is _OF_CHANNELS else " of a model" if word in _OF_CHANNELS else ""
            raise UnknownVerb(f"{word!r} is no verb{whose}.", hint=f"Verbs are {all_of_them}.", source=source)
        found.update(dict.fromkeys(known[word]))
    return tuple(found)


def is_channel(subject: Any) -> bool:
    """Whether what a rule is about is a channel."""
    return isinstance(subject, type) and subject in current().channels
