"""
How long does it take to describe a schema, beside graphql-core's executor: `python -m benchmarks.introspection [FOLDER]`.

A package of models with 250 tables that `portico import hasura` has written, or examples/record_store where none is named.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from graphql import OperationDefinitionNode, execute, get_introspection_query, parse
from graphql.execution.values import VariableValues

from portico.gateway.loading import load_models
from portico.resolvers.run.introspection_writer import IntrospectionWriter
from portico.schema.names import Names
from portico.schema.reading import read_catalog
from portico.schema.types.build import SchemaBuilder

_PASSES = 3
_EXAMPLE = Path(__file__).parents[1] / "examples" / "record_store" / "models.py"


def main(folder: Path) -> None:
    """Prints seconds of CPU for what administrators are told."""
    builder = SchemaBuilder(read_catalog(load_models(folder), dialect="postgres", names=Names("hasura-default")))
    document = parse(get_introspection_query())
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    fragments: Any = {each.name.value: each for each in document.definitions if each is not operation}  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    nodes: Any = list(operation.selection_set.selections)

    made, schema = _timed(lambda: builder.whole_schema(builder.types("admin")))
    written, text = _timed(lambda: IntrospectionWriter(schema, fragments, VariableValues({}, {})).field(nodes))
    executed, result = _timed(lambda: orjson.dumps(execute(schema, document).data["__schema"]))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownLambdaType, reportUnknownArgumentType, reportOptionalSubscript]
    assert text == result
    print(f"{len(schema.type_map):,} types, {len(text) / 1e6:.1f} MB")
    print(f"making the types      {made:.2f} s")
    print(f"writing               {written:.2f} s")
    print(f"graphql-core executes {executed:.2f} s, {executed / written:.1f} times as long")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """(the least seconds of CPU, what was made)."""
    times: list[float] = []
    made: Any = None
    for _ in range(_PASSES):
        began = time.process_time()
        made = work()
        times.append(time.process_time() - began)
    return min(times), made


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _EXAMPLE)
