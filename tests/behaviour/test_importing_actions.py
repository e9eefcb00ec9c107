"""Actions of a Hasura project whose names and texts are not plain: what is written says the same, is formatted, and can be loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.importing.hasura_actions import actions_text
from portico.gateway.importing.hasura_endpoints import endpoints_text
from portico.gateway.importing.hasura_metadata import HasuraProject
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.rule_expressions import ModelNames
from portico.gateway.loading import load_models
from portico.schema.names import Convention, Names
from portico.schema.reading import read_catalog
from portico.schema.sdl import print_sdl
from portico.schema.types.build import SchemaBuilder
from tests.support.imported import run_ruff

TYPES: dict[str, Any] = {
    "scalars": [{"name": "citext_like"}],
    "enums": [
        {"name": "UUID", "values": [{"value": "V4"}, {"value": "V7"}]},
        {"name": "Wrong", "values": [{"value": "None"}]},
    ],
    "input_objects": [
        {"name": "class", "fields": [{"name": "is", "type": "Boolean!"}, {"name": "inner", "type": "class"}]},
        {"name": "Made_of", "fields": [{"name": "wrong", "type": "Wrong"}, {"name": "id", "type": "ID!"}]},
    ],
    "objects": [
        {"name": "remote", "fields": [{"name": "own_id", "type": "uuid!"}, {"name": "kind", "type": "UUID!"}]},
        {"name": "Tree", "description": 'He said "so".', "fields": [{"name": "leaves", "type": "[Tree!]!"}, {"name": "json", "type": "json"}]},
    ],
}  # fmt: skip


def action(name: str, output: str, *arguments: tuple[str, str], **more: Any) -> Mapping[str, Any]:
    listed = [{"name": each, "type": type_} for each, type_ in arguments]
    definition = {
        "type": "query",
        "handler": "https://example.com/a",
        "output_type": output,
        "arguments": listed,
        **more,
    }
    return {"name": name, "definition": definition, "permissions": [{"role": "user"}], "comment": more.get("comment")}


ACTIONS = (
    action("ask", "remote!", ("of_which", "[class!]!"), ("from", "citext_like"), comment='Says """why""" \\ "how"'),
    action("mutation", "Tree", ("a", "timestamptz"), headers=[{"name": "X", "value": 'a"b{{ VALUE }}{c}\\d'}]),
    action("none_of_it", "Int", ("given", "Made_of")),
    action("del", "Int"),
)
NO_MODELS = ModelNames({}, {}, {}, {}, {}, {})
LEFT_OUT = [
    ("action none_of_it", "the enum Wrong has the value None, which Python cannot have"),
    ("action del", "no function of Python can be called so"),
    ("type Wrong of actions", "nothing that is carried over takes or gives it"),
    ("type Made_of of actions", "nothing that is carried over takes or gives it"),
]


@pytest.mark.parametrize("naming", ["hasura-default", "graphql-default"])
def test_strange_names_are_the_same_to_clients(tmp_path: Path, naming: Convention) -> None:
    report = Report()
    text = actions_text(HasuraProject((), (), {}, {}, {}, ACTIONS, TYPES), NO_MODELS, naming, report)
    assert sorted(report.notes) == sorted(LEFT_OUT)
    (tmp_path / "strange.py").write_text(text)
    assert run_ruff(tmp_path, "format", "--check", "--diff") == ""
    assert run_ruff(tmp_path, "check", "--select", "E,F,I,UP,B", "--ignore", "E501") == ""
    declarations = load_models(tmp_path / "strange.py")
    builder = SchemaBuilder(read_catalog(declarations, dialect="postgres", names=Names(naming)))
    schema = print_sdl(builder.whole_schema(builder.types("user"))).replace(" = null", "")
    for part in (
        "ask(from: citext_like, of_which: [class!]!): remote!",
        "mutation(a: timestamptz): Tree",
        "input class {\n  inner: class\n  is: Boolean!\n}",
        "type remote {\n  kind: UUID!\n  own_id: uuid!\n}",
        "type Tree {\n  json: json\n  leaves: [Tree!]!\n}",
        'He said "so".',
        "enum UUID {\n  V4\n  V7\n}",
        "scalar citext_like",
    ):
        assert part in schema, part
    (remote,) = [each for each in declarations.remotes.values() if each.service.headers]  # pyright: ignore
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VALUE", "v")
        assert remote.service.headers() == {"X": 'a"bv{c}\\d'}  # pyright: ignore


def test_a_document_that_cannot_stand_between_quotes_is_written_all_the_same(tmp_path: Path) -> None:
    query = 'query Q($t: String = """a "b" \\\\ c""") { orders(where: {status: {_eq: $t}}) { id } }'
    endpoints = [
        {
            "name": name,
            "url": "/q/",
            "methods": ["GET"],
            "definition": {"query": {"collection_name": "c", "query_name": "q"}},
        }
        for name in ("one", "same")
    ]
    collections = [{"name": "c", "definition": {"queries": [{"name": "q", "query": query}]}}]
    report = Report()
    project = HasuraProject((), (), {}, {}, {}, rest_endpoints=tuple(endpoints), query_collections=tuple(collections))
    (tmp_path / "quoted.py").write_text(endpoints_text(project, report) + "\n__all__ = []\n")
    (found,) = load_models(tmp_path / "quoted.py").endpoints
    assert 'a "b" \\\\ c' in found.document
    assert report.notes == [("endpoint same (GET)", "another is answered there")]
