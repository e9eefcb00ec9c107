"""How much may a document ask: the limits of one role, each with its own refusal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    The limits of one document; the defaults serve every query that a person would write.

    Costs of the defaults on one 2020s core: a document of 8,000 tokens parses in 60 ms and validates in
    120 ms, 250 subqueries compile in 250 ms; all of it once per document. What takes longest within all
    limits takes 0.3 s (tests/security/test_hostile_documents.py).
    """

    max_document_bytes: int = 100_000  # longer documents are refused before lexing
    max_tokens: int = 8_000  # lexical tokens of a document
    max_depth: int = 16  # levels of selection, fragments expanded
    max_fields: int = 2_000  # fields selected, fragments expanded
    max_aliases: int = 200  # aliased fields, fragments expanded
    max_root_fields: int = 50  # fields of the operation itself
    max_directives: int = 200  # directives, fragments expanded
    max_operations: int = 100  # operations of one document; each is validated with every fragment it reaches
    max_argument_values: int = 20_000  # values written in arguments, fragments expanded
    max_value_depth: int = 32  # levels of an argument or variable, filters among them
    max_value_nodes: int = 20_000  # objects in lists of the variables; rows to insert are `max_writes`
    max_list_items: int = 100_000  # plain values in one list of the variables, as for `_in`
    max_predicates: int = 500  # comparisons in the filters of a document; SQLite takes 1,000 levels of OR
    max_subqueries: int = 250  # relations selected, filtered or ordered by, and single writes; a page counts as 3
    max_rows: int = (
        10_000_000  # rows a document could read by its page sizes; lists without one count as `assumed_rows`
    )
    assumed_rows: int = 20  # rows assumed of a list that has no limit
    max_groups: int = 10_000  # groups of one field; as many are answered without a limit
    max_batch_rows: int = 10_000  # rows or changes in one answer of a stream; rows that tie with the last come beside
    max_remote_requests: int = 10  # requests to other GraphQL services; one for each join, however many rows it has
    max_writes: int = 10_000  # rows one document may insert, and relations of rows it may write along


@dataclass(frozen=True, kw_only=True)
class FunctionLimits:
    """Limits of authors' functions; each process counts for itself."""

    timeout_s: float = 30.0  # a call that takes longer is cancelled, unless the function says otherwise
    concurrency: int = 100  # calls of one function at once, unless it says otherwise; others wait within their time
    threads: int = 16  # functions that are not async run in so many
    argument_values: int = 20_000  # in one argument, objects and lists included
    argument_depth: int = 32  # levels of one argument
    answer_bytes: int = (
        10_000_000  # of one function as JSON, with the rows in it; of one request to another GraphQL service
    )
    joined_rows: int = 1_000  # asked of another GraphQL service in one request, by different arguments
    waiting_answers: int = 16  # of a subscription, kept for a client that does not read; then the function waits
    waiting_calls: int = 10_000  # of one asynchronous function, in the database; more are refused
    kept_hours: float = 24.0  # what asynchronous functions have answered is kept so long


@dataclass(frozen=True, kw_only=True)
class ChannelLimits:
    """Limits of what is said over channels; each process counts for itself."""

    message_bytes: int = 65_536  # of one message as JSON
    presence_bytes: int = 2_048  # of how somebody appears
    sender_messages_per_s: float = 10.0  # messages and changes of one caller
    sender_burst: int = 20  # as many at once
    topic_messages_per_s: float = 500.0  # messages of all callers over one channel
    topic_burst: int = 1_000  # as many at once
    presence_members: int = 1_000  # sessions that are there at once
    presence_sessions: int = 20  # of them, of one caller
    presence_interval_s: float = 0.1  # who is there is told at most this often
    presence_lease_s: float = 15.0  # of a process that was not heard for so long nobody is there
    unsent_messages: int = 64  # kept for a reader that does not read; the oldest go
    unsent_bytes: int = 524_288  # the same in bytes
