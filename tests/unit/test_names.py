"""Names: what tables, columns and types are called in each convention."""

from __future__ import annotations

import pytest

from portico.schema.names import CONVENTIONS, Convention, Names, RootKind, is_graphql_name


@pytest.mark.parametrize(
    ("kind", "plain", "graphql", "hasura"),
    [
        ("select", "blogPosts", "blogPosts", "blog_posts"),
        ("select_by_pk", "blogPost", "blogPostsByPk", "blog_posts_by_pk"),
        ("select_aggregate", "blogPostsAggregate", "blogPostsAggregate", "blog_posts_aggregate"),
        ("connection", "blogPostsConnection", "blogPostsConnection", "blog_posts_connection"),
        ("insert", "insertBlogPosts", "insertBlogPosts", "insert_blog_posts"),
        ("insert_one", "insertBlogPost", "insertBlogPostsOne", "insert_blog_posts_one"),
        ("update", "updateBlogPosts", "updateBlogPosts", "update_blog_posts"),
        ("update_by_pk", "updateBlogPost", "updateBlogPostsByPk", "update_blog_posts_by_pk"),
        ("update_many", "updateBlogPostsMany", "updateBlogPostsMany", "update_blog_posts_many"),
        ("delete", "deleteBlogPosts", "deleteBlogPosts", "delete_blog_posts"),
        ("delete_by_pk", "deleteBlogPost", "deleteBlogPostsByPk", "delete_blog_posts_by_pk"),
    ],
)
def test_root_fields_are_called(kind: RootKind, plain: str, graphql: str, hasura: str) -> None:
    assert [Names(each).roots("blog_posts")[kind] for each in CONVENTIONS] == [plain, graphql, hasura]


@pytest.mark.parametrize("noun", ["news", "invoice", "staff", "fish", "blog_post"])
def test_where_singular_and_plural_are_one_word_root_fields_still_differ(noun: str) -> None:
    roots = Names("plain").roots(noun)
    assert len(set(roots.values())) == len(roots)
    assert roots["select_by_pk"].endswith("ByPk")
    assert roots["insert_one"].endswith("One")


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("table", ["a", "users", "_hidden", "Invoice", "InvoiceLine", "order", "sms2", "data"])
def test_the_root_fields_of_a_table_are_all_different_and_graphql_names(convention: Convention, table: str) -> None:
    roots = Names(convention).roots(table)
    assert len(set(roots.values())) == len(roots)
    assert all(map(is_graphql_name, roots.values()))


@pytest.mark.parametrize(
    ("sql", "plain", "graphql", "hasura"),
    [
        ("created_at", "createdAt", "createdAt", "created_at"),
        ("CustomerId", "customerId", "customerId", "CustomerId"),
        ("ID", "id", "iD", "ID"),
        ("HTTPStatus", "httpStatus", "hTTPStatus", "HTTPStatus"),
        ("_private", "_private", "_private", "_private"),
        ("line_2", "line2", "line2", "line_2"),
        ("2fa", "_2fa", "2fa", "2fa"),
    ],
)
def test_columns_are_called(sql: str, plain: str, graphql: str, hasura: str) -> None:
    assert [Names(each).column(sql) for each in CONVENTIONS] == [plain, graphql, hasura]


@pytest.mark.parametrize(
    ("suffix", "plain", "graphql", "hasura"),
    [
        ("bool_exp", "PostBoolExp", "PostsBoolExp", "posts_bool_exp"),
        ("insert_input", "PostInsertInput", "PostsInsertInput", "posts_insert_input"),
        ("aggregate_fields", "PostAggregateFields", "PostsAggregateFields", "posts_aggregate_fields"),
    ],
)
def test_types_of_a_table_are_called(suffix: str, plain: str, graphql: str, hasura: str) -> None:
    found = [names.of_type(names.object_type("Post", "posts"), suffix) for names in map(Names, CONVENTIONS)]
    assert found == [plain, graphql, hasura]


def test_arguments_and_enum_values_are_called_as_in_the_convention() -> None:
    assert [Names(each).word("_is_null") for each in CONVENTIONS] == ["_isNull", "_isNull", "_is_null"]
    assert [Names(each).word("order_by") for each in CONVENTIONS] == ["orderBy", "orderBy", "order_by"]
    assert [Names(each).enum_value("asc_nulls_first") for each in CONVENTIONS] == [
        "ASC_NULLS_FIRST",
        "ASC_NULLS_FIRST",
        "asc_nulls_first",
    ]


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "__type", "ä", "a\n", "a.b"])
def test_these_are_no_graphql_names(name: str) -> None:
    assert not is_graphql_name(name)
