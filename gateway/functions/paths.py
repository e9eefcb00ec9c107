"""Which path is meant: exact ones, and those with names in braces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_OURS = ("/graphql", "/v1/graphql", "/health", "/healthz", "/ready", "/graphiql", "/openapi.json", "/")
_OUR_PREFIXES = ("/auth/", "/.well-known/", "/portico/", "/graphiql/")
_MOST_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class PathPattern:
    """`/api/posts/{id}`: its parts, of which those in braces stand for any one that is not empty."""

    text: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> PathPattern:
        """
        The pattern that a text says.

        Raises:
            ValueError: it is none, or a path that is answered otherwise.
        """
        parts = tuple(text.split("/")[1:])
        names = [part[1:-1] for part in parts if _is_name(part)]
        wrong = any(("{" in part or "}" in part) and not _is_name(part) for part in parts)
        if not text.startswith("/") or wrong or len(set(names)) < len(names) or not all(map(str.isidentifier, names)):
            raise ValueError("is no path: it begins with /, and its names in braces are whole parts")
        if text in _OURS or any(text.startswith(prefix) for prefix in _OUR_PREFIXES):
            raise ValueError("is answered by Portico itself")
        return cls(text, parts)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in braces, in order."""
        return tuple(part[1:-1] for part in self.parts if _is_name(part))

    @property
    def shape(self) -> tuple[str, ...]:
        """Equal for patterns that match the same paths."""
        return tuple("{}" if _is_name(part) else part for part in self.parts)

    def match(self, path: str) -> Mapping[str, str] | None:
        """What its names stand for in a path; None where it is another."""
        given = path.split("/")[1:]
        if len(given) != len(self.parts) or len(path) > _MOST_CHARACTERS:
            return None
        found: dict[str, str] = {}
        for part, value in zip(self.parts, given, strict=True):
            if _is_name(part):
                if not value:
                    return None
                found[part[1:-1]] = value
            elif part != value:
                return None
        return found


def _is_name(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")
