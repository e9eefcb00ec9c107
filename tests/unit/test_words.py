"""Words: plurals, singulars and the cases of names."""

from __future__ import annotations

import pytest

from portico.schema.words import camel, made_plural, pascal, plural, singular, snake


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("post", "posts"),
        ("blog_post", "blog_posts"),
        ("category", "categories"),
        ("day", "days"),
        ("box", "boxes"),
        ("status", "statuses"),
        ("person", "people"),
        ("news", "news"),
        ("house", "houses"),
        ("quiz", "quizzes"),
    ],
)
def test_a_plural_goes_back_to_its_singular(noun: str, many: str) -> None:
    assert plural(noun) == many
    assert singular(many) == noun


@pytest.mark.parametrize(
    ("name", "snaked", "camelled", "pascalled"),
    [
        ("InvoiceLine", "invoice_line", "invoiceLine", "InvoiceLine"),
        ("invoice_line", "invoice_line", "invoiceLine", "InvoiceLine"),
        ("HTTPRequest", "http_request", "httpRequest", "HTTPRequest"),
        ("_secret_name", "secret_name", "_secretName", "_SecretName"),
        ("address2", "address2", "address2", "Address2"),
    ],
)
def test_names_change_their_case(name: str, snaked: str, camelled: str, pascalled: str) -> None:
    assert snake(name) == snaked
    assert camel(name) == camelled
    assert pascal(name) == pascalled


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("entry", "entries"),
        ("entries", "entries"),
        ("invoice_lines", "invoice_lines"),
        ("address", "addresses"),
        ("addresses", "addresses"),
        ("status", "statuses"),
        ("people", "people"),
        ("news", "news"),
        ("bonus", "bonuses"),
    ],
)
def test_a_table_is_made_plural_whatever_it_is_called(noun: str, many: str) -> None:
    assert made_plural(noun) == many
