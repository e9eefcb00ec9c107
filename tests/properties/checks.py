"""Is an operation answered as it should be: difference from the oracle, canaries, refusals that tell nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.properties.answers import expected_data, expected_page
from tests.properties.changes import Changing, Fails
from tests.properties.description import Principal, State
from tests.properties.documents import Document
from tests.properties.expected import difference, shown
from tests.properties.eyes import Eyes
from tests.properties.known import accepts
from tests.properties.operations import Mutation, Operation, Query, Walk
from tests.properties.playing import Play, Reply
from tests.properties.spelling import Fakes, Mention, Speller, fakes_for, hidden_names, is_granted
from tests.properties.write_documents import document_of

_CANARY = re.compile(r"cn\d{5}x")
_CANARY_IN_HEX = re.compile(r"636e(?:3\d){5}78")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CODES = {
    "refused": "PT302",
    "unique": "PT501",
    "reference": "PT502",
    "null": "PT503",
    "conflict": "PT508",
    "unmet": "PT520",
    "invalid": "PT105",
}
_MOST_PAGES = 40


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: which detector says so, and what it saw."""

    detector: str
    text: str


class Checking:
    """One operation of one caller before the state as it is stored."""

    def __init__(self, play: Play, principal: Principal, state: State) -> None:
        self._play = play
        self._principal = principal
        self._state = state
        self._access = play.access(principal)

    def check(self, operation: Operation) -> tuple[Finding | None, State]:
        """What is wrong with the answer, and the state afterwards."""
        document = document_of(operation, Speller(self._play.world))
        hidden = [mention for mention in document.mentions if not is_granted(self._access, mention)]
        if hidden:
            return self._refused(operation, document, hidden), self._state
        match operation:
            case Query():
                return self._query(operation, document), self._state
            case Walk():
                return self._walk(operation), self._state
            case Mutation():
                return self._mutation(operation, document)

    def _eyes(self, state: State) -> Eyes:
        return Eyes(self._play.world, self._access, self._principal, state)

    # ---- reads ---------------------------------------------------------------------------------------

    def _query(self, query: Query, document: Document) -> Finding | None:
        reply = self._play.ask(document, self._principal)
        expected = expected_data(query, self._eyes(self._state))
        return self._leaks(document, reply, [self._state]) or _compared(expected, document, reply)

    def _walk(self, walk: Walk) -> Finding | None:
        eyes, after, start = self._eyes(self._state), "", 0
        for _ in range(_MOST_PAGES):
            document = document_of(walk, Speller(self._play.world), after=after)
            reply = self._play.ask(document, self._principal)
            page = expected_page(walk.root, eyes, None, start)
            found = self._leaks(document, reply, [self._state]) or _compared({"a0": page}, document, reply)
            if found is not None or reply.errors or not page["edges"]:
                return found
            got = reply.data["a0"]
            if [got["edges"][0]["cursor"], got["edges"][-1]["cursor"]] != [
                got["pageInfo"]["startCursor"],
                got["pageInfo"]["endCursor"],
            ]:
                return Finding("difference", f"cursors of a page are not those of its ends\n{_shown(document, reply)}")
            after = got["pageInfo"]["startCursor" if walk.root.window.backward else "endCursor"]
            start += len(page["edges"])
        return Finding("difference", f"the pages do not end after {after}")

    # ---- writes --------------------------------------------------------------------------------------

    def _mutation(self, mutation: Mutation, document: Document) -> tuple[Finding | None, State]:
        play = self._play
        changing = Changing(play.world, self._access, self._principal, self._state, play.next_id)
        failure, expected = "", None
        try:
            expected = changing.answer(mutation)
        except Fails as error:
            failure = error.failure
        reply = play.ask(document, self._principal)
        stored = play.read()
        leak = self._leaks(document, reply, [*changing.states, stored])
        if failure:
            found = _failed(failure, document, reply)
            wanted = self._state
        else:
            found = _compared(expected, document, reply)
            wanted = changing.state
        if reply.errors:
            wanted = self._state
        if found is None and not stored.same_as(wanted):
            found = Finding(
                "difference", f"the database differs: {_changed(wanted, stored)}\n{_shown(document, reply)}"
            )
        return leak or found, stored

    # ---- refusals ------------------------------------------------------------------------------------

    def _refused(self, operation: Operation, document: Document, hidden: Sequence[Mention]) -> Finding | None:
        """What is hidden must be refused, in the words in which what does not exist is."""
        reply = self._play.ask(document, self._principal)
        if not reply.errors or reply.crashed:
            named = ", ".join(f"{each.what} {each.table}.{each.name}/{each.verb}" for each in hidden)
            return Finding("difference", f"not refused, though it names {named}\n{_shown(document, reply)}")
        if isinstance(operation, Mutation) and not self._play.read().same_as(self._state):
            return Finding("difference", f"refused, but written\n{_shown(document, reply)}")
        if (leak := self._leaks(document, reply, [self._state])) is not None:
            return leak
        fakes = fakes_for([*hidden])
        if fakes is None:
            return None
        twin = document_of(operation, Speller(self._play.world, fakes))
        other = self._play.ask(twin, self._principal)
        if _without_guesses(reply.text) != _without_guesses(_unfaked(other.text, fakes)):
            text = f"the refusal differs from that of what does not exist: {other.text}\n{_shown(document, reply)}"
            return Finding("refusal", text)
        return None

    # ---- canaries ------------------------------------------------------------------------------------

    def _leaks(self, document: Document, reply: Reply, states: Iterable[State]) -> Finding | None:
        typed = document.text + json.dumps(document.variables, ensure_ascii=False)
        texts = set(_CANARY.findall(reply.text))
        texts |= {bytes.fromhex(each).decode() for each in _CANARY_IN_HEX.findall(reply.text)}
        unknown = {text for text in texts if text not in typed}
        for state in states:
            if not unknown:
                break
            unknown -= self._eyes(state).shown_texts()
        if unknown:
            return Finding("canary", f"{sorted(unknown)} are hidden\n{_shown(document, reply)}")
        if reply.errors:
            words = set(_WORD.findall(" ".join(_texts(reply)))) - set(_WORD.findall(typed))
            names = words & hidden_names(self._access)
            if names and not accepts("hidden names", reply.text):
                return Finding("canary", f"the error names what is hidden: {sorted(names)}\n{_shown(document, reply)}")
        return None


def does_something(play: Play, principal: Principal, state: State, mutation: Mutation) -> bool:
    """Whether a mutation is allowed and changes what is stored."""
    access = play.access(principal)
    document = document_of(mutation, Speller(play.world))
    if not all(is_granted(access, mention) for mention in document.mentions):
        return False
    changing = Changing(play.world, access, principal, state, play.next_id)
    try:
        changing.answer(mutation)
    except Fails:
        return False
    return not changing.state.same_as(state)


def _compared(expected: object, document: Document, reply: Reply) -> Finding | None:
    if reply.errors and accepts("error", reply.text):
        return None
    if reply.errors:
        return Finding("difference", f"an error in place of {shown(expected)}\n{_shown(document, reply)}")
    first = difference(expected, reply.data)
    return None if first is None else Finding("difference", f"{first}\n{_shown(document, reply)}")


def _failed(failure: str, document: Document, reply: Reply) -> Finding | None:
    """
    What is wrong with the error of a write that must fail.

    A request may have several mistakes, and `refused` and `null` tell nothing of other rows. What is taken or
    not there must not be told to those who may not write the row.
    """
    if not reply.errors:
        return Finding("difference", f"done, though it should fail with {failure}\n{_shown(document, reply)}")
    got = next((name for name, code in _CODES.items() if code == reply.code), reply.code)
    others = ("unique", "reference", "null")
    if got in (failure, "refused", "null") or (got in others and failure in others):
        return None
    if got in _CODES and accepts(f"{got} before {failure}", reply.text):
        return None
    return Finding("difference", f"failed with {got}, though it should with {failure}\n{_shown(document, reply)}")


def _changed(wanted: State, stored: State) -> str:
    found: list[str] = []
    for table, rows in wanted.rows.items():
        for id_ in sorted({*rows, *stored.rows[table]}):
            one, other = rows.get(id_), stored.rows[table].get(id_)
            if one != other:
                found.append(f"{table} {id_}: expected {one}, stored {other}")
    return "; ".join(found) or "pairs"


def _texts(reply: Reply) -> list[str]:
    """What the errors say, but for the rules that a refusal names on purpose."""
    return [f"{error['message']} {error['extensions']['path']}" for error in reply.errors]


def _unfaked(text: str, fakes: Fakes) -> str:
    """A text with the names that do not exist put back to those that they stand for."""
    reals = {fake: mention.table if mention.what == "root" else mention.name for mention, fake in fakes.items()}
    reals |= {fake.lower(): real.lower() for fake, real in reals.items()}
    # The longest first, because one may be the beginning of another.
    pattern = "|".join(sorted(map(re.escape, reals), key=len, reverse=True))
    return re.sub(pattern, lambda found: reals[found[0]], text)


def _without_guesses(text: str) -> str:
    """A refusal without guesses at what was meant, which depend on how names look."""
    text = re.sub(r"\. Did you mean [^?]*\? Found:", ", found:", text)
    return re.sub(r" Did you mean [^?]*\?", "", text)


def _shown(document: Document, reply: Reply) -> str:
    variables = f"\n  variables {json.dumps(document.variables, ensure_ascii=False)}" if document.variables else ""
    return f"  {document.text}{variables}\n  answer {reply.text[:1500]}"
