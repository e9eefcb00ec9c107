"""When do messages get their words: as they leave, of the template that they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from portico.gateway.events.arguments import from_json
from portico.gateway.events.calling import Provide, Run, call, handed
from portico.gateway.events.jobs import Job
from portico.gateway.events.worker import Done, Failed
from portico.schema.declarations import Declarations, HookDeclaration
from portico.schema.templates import template_name


def templates_of(declarations: Declarations) -> Mapping[str, HookDeclaration]:
    """The author's templates by name; `subject` is the class that they give."""
    return {template_name(each.function): each for each in declarations.hooks if each.kind == "template"}


def worded_run(
    run: Run, templates: Mapping[str, HookDeclaration], written: Callable[[Any], Mapping[str, Any]], provide: Provide
) -> Run:
    """
    Sends messages, those of templates with their words.

    Words are asked for here and not where a message is sent: nobody waits for them, and a dead letter whose template was mended has the
    new ones when it is replayed.

    Args:
        run: sends one that has words.
        written: the words as the payload has them.
    """

    async def run_worded(job: Job) -> Done:
        said = orjson.loads(job.payload)
        name = said.pop("template", None)
        if name is None:
            return await run(job)
        declared = templates.get(name)
        if declared is None:
            raise Failed(f"No template is called {name}.")
        function = declared.function
        values = from_json(function, orjson.dumps(said.pop("values")).decode())
        given = {each: provide(hint) for each, hint in handed(function).items()}
        words = await call(function, {**values, **given})
        if not isinstance(words, declared.subject):
            raise Failed(f"{name} gave no {declared.subject.__name__}.")
        return await run(replace(job, payload=orjson.dumps({**said, **written(words)}).decode()))

    return run_worded
