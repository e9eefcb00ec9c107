"""How are the longest hostile documents written: fragments, cycles, arguments and filters that multiply."""

from __future__ import annotations

from tests.support.hostile import nested, repeated


def doubling(levels: int) -> str:
    """Fragments that spread the next one under two aliases: 2^levels fields."""
    steps = " ".join(
        f"fragment f{n} on Author {{ a: mentor {{ ...f{n + 1} }} b: mentor {{ ...f{n + 1} }} }}" for n in range(levels)
    )
    return f"{{ authors {{ ...f0 }} }} {steps} fragment f{levels} on Author {{ name }}"


def flat_doubling(levels: int) -> str:
    """The same without any depth: spreads alone double."""
    steps = " ".join(f"fragment f{n} on Author {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
    return f"{{ authors {{ ...f0 }} }} {steps} fragment f{levels} on Author {{ name }}"


def merged_doubling(levels: int) -> str:
    """Doubling under one key: every level merges with itself."""
    steps = " ".join(
        f"fragment f{n} on Author {{ mentor {{ ...f{n + 1} }} mentor {{ ...f{n + 1} }} }}" for n in range(levels)
    )
    return f"{{ authors {{ ...f0 }} }} {steps} fragment f{levels} on Author {{ name }}"


def chain(length: int) -> str:
    """Fragments that spread one another in a row."""
    steps = " ".join(f"fragment f{n} on Author {{ ...f{n + 1} }}" for n in range(length))
    return f"{{ authors {{ ...f0 }} }} {steps} fragment f{length} on Author {{ name }}"


def cycle_of_relations(depth: int) -> str:
    """author → books → author → …"""
    return "{ authors " + "{ books { author " * depth + "{ name }" + " } }" * depth + " }"


def many_operations(operations: int, fragments: int) -> str:
    """Each operation reaches every fragment."""
    spreads = repeated("...f{}", fragments)
    return (
        repeated("query q{} { authors { ...all } }", operations)
        + f" fragment all on Author {{ {spreads} }} "
        + repeated("fragment f{} on Author { name }", fragments)
    )


def argument_bomb(spreads: int, values: int) -> str:
    """One fragment with a long argument, spread often."""
    wanted = repeated("{}", values)
    return (
        "{ "
        + repeated("a{}: authors(limit: 1) { ...f }", spreads)
        + f" }} fragment f on Author {{ books(where: {{id: {{_in: [{wanted}]}}}}) {{ id }} }}"
    )


def merged_arguments(spreads: int, values: int) -> str:
    """The same argument compared with itself again and again."""
    wanted = repeated("{}", values)
    return (
        "{ authors { "
        + repeated("...f", spreads)
        + repeated(" ... { ...f }", spreads)
        + f" }} }} fragment f on Author {{ books(where: {{id: {{_in: [{wanted}]}}}}) {{ id }} }}"
    )


def deep_filter(depth: int) -> str:
    """A filter of negations."""
    return "{ authors(where: " + nested("{_not: ", "{id: {_eq: 1}}", "}", depth) + ") { id } }"


def deep_list(depth: int) -> str:
    """A list of lists as a JSON value."""
    return 'mutation { insertBook(object: {title: "t", details: ' + nested("[", "1", "]", depth) + "}) { id } }"


def any_of(times: int, each: str) -> str:
    """A filter of many alternatives."""
    return "{ authors(where: {_or: [" + repeated(each, times) + "]}) { id } }"


def related_filter(depth: int) -> str:
    """A filter through relations of relations."""
    inner = "{books: {author: " * depth + "{id: {_eq: 1}}" + "}}" * depth
    return "{ authors(where: " + inner + ") { id } }"


def nested_pages(depth: int) -> str:
    """Pages inside pages."""
    page = "studentsConnection(first: 1) { edges { node {"
    return "{ authors(limit: 1) { " + nested(page, "id", "} } }", depth) + " } }"


def nested_lists(depth: int) -> str:
    """Short lists inside lists."""
    return "{ authors(limit: 1) { " + nested("students(limit: 1) {", "id", "}", depth) + " } }"
