"""What does a role's schema look like as text: SDL in a stable order, for review, code generators and snapshots."""

from __future__ import annotations

from graphql import GraphQLSchema, lexicographic_sort_schema, print_schema


def print_sdl(schema: GraphQLSchema) -> str:
    """The schema with everything sorted by name, so that two prints differ only where the schemas do."""
    return print_schema(lexicographic_sort_schema(schema)) + "\n"
