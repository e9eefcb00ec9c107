"""What is a deliberate error: `Problem`, its permanent code, its message and the hint that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Source:
    """A place in an author's file: path as the author wrote it, 1-based line, and the text to put a caret under."""

    path: str
    line: int
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class HasuraError:
    """What Hasura v2 says in a problem's place; its clients may compare every word."""

    message: str
    path: str
    code: str


class Problem(Exception):
    """
    The base of every deliberate error.

    Subclasses fix three class attributes: `code`, permanent and never reused (ranges: PT1xx the request,
    PT2xx model files and start-up, PT3xx who may, PT4xx limits, PT5xx what Portico stands on);
    `status`, the HTTP status under `application/graphql-response+json`; and `error_code`, the word that
    clients of the Hasura v2 dialect switch on.

    Args:
        message: what happened, in the reader's words. It may reach a client: nothing of SQL, of hidden
            tables, columns or rows, and no secret belongs in it.
        hint: what would work instead, or None where the message already says it.
        path: where in the request, as a JSON path (`$.selectionSet.posts.args.limit`).
        source: where in the author's files; only PT2xx problems have one.
    """

    code: ClassVar[str] = "PT500"
    status: ClassVar[int] = 400
    error_code: ClassVar[str] = "validation-failed"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        path: str = "$",
        source: Source | None = None,
        locations: Sequence[tuple[int, int]] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.source = source
        self.locations = tuple(locations)
        self.hasura: HasuraError | None = None

    def __str__(self) -> str:
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{self.code}: {self.message}{hint}"


class Refused(Problem):
    """An author's own code refuses, in its own words."""

    code, status, error_code = "PT360", 403, "access-denied"


class ModelProblem(Problem):
    """A mistake in a model file; printed with file, line and caret by `render`."""

    code, error_code = "PT200", "start-failed"
    status = 500


class Problems(Exception):
    """Several start-up problems found in one pass, so that an author mends them in one pass."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n\n".join(str(problem) for problem in self.problems))


def render(problem: Problem, line_text: str | None = None) -> str:
    """
    The problem as an author reads it in a terminal: file:line, the line, a caret, what is wrong, the cure.

    Args:
        line_text: the source line; read by the caller, because this package opens no files.
    """
    if problem.source is None:
        return str(problem)
    where = f"{problem.source.path}:{problem.source.line}"
    parts = [f"{problem.code}  {where}"]
    if line_text is not None:
        shown = line_text.rstrip()
        start = shown.find(problem.source.fragment) if problem.source.fragment else -1
        if start < 0:
            start = len(shown) - len(shown.lstrip())
            width = len(shown) - start
        else:
            width = len(problem.source.fragment)
        parts += [f"    {shown}", "    " + " " * start + "^" * max(width, 1)]
    parts.append(f"  {problem.message}")
    if problem.hint:
        parts.append(f"  {problem.hint}")
    return "\n".join(parts)
