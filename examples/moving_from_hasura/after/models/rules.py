"""Who may see and change what, as the permissions of Hasura's metadata say it."""

from portico.schema import Me, Rule, allow, everyone, role
from sqlalchemy import and_, or_, select, true

from .public import (
    Category,
    Customer,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Review,
    Wish,
)

role("staff_on_duty", inherits=["customer", "staff"])


allow(
    Category,
    "read",
    when=everyone,
    to=["anonymous", "customer"],
    fields=["id", "name", "parent_id"],
)
allow(Category, "read", when=everyone, to="staff")
allow(Category, "create", when=everyone, to="staff", fields=["name", "parent_id"])


@allow(
    Customer,
    "read",
    to="customer",
    fields=[
        "id",
        "first_name",
        "last_name",
        "e_mail",
        "city",
        "created_at",
        "full_name",
    ],
    aggregates=False,
)
@allow(
    Customer,
    "update",
    to="customer",
    fields=["first_name", "last_name", "city"],
    check=everyone,
)
def customers_of_customer(row: type[Customer], me: Me) -> Rule:
    """Hasura: {"id": {"_eq": "X-Hasura-User-Id"}}"""
    return row.id == me.id


@allow(
    Customer,
    "read",
    to="staff",
    fields=["id", "first_name", "last_name", "city", "full_name"],
    limit=200,
)
def customers_of_staff(row: type[Customer], me: Me) -> Rule:
    """Hasura: {"orders": {"status": {"_nin": ["cart", "cancelled"]}}}"""
    return row.orders.any(Order.status.not_in(["cart", "cancelled"]))


def changed_order_lines(row: type[OrderLine], me: Me) -> Rule:
    """Hasura: {"qty": {"_gt": 0}}"""
    return row.qty > 0


@allow(
    OrderLine,
    "read",
    to="customer",
    fields=["order_id", "product_id", "qty", "unit_price"],
)
def order_lines_of_customer(row: type[OrderLine], me: Me) -> Rule:
    """Hasura: {"order": {"customer_id": {"_eq": "X-Hasura-User-Id"}}}"""
    return row.order.has(Order.customer_id == me.id)


@allow(OrderLine, "read", to="staff")
def order_lines_of_staff(row: type[OrderLine], me: Me) -> Rule:
    """Hasura: {"order": {"status": {"_neq": "cart"}}}"""
    return row.order.has(Order.status != "cart")


@allow(OrderLine, "create", to="customer", fields=["order_id", "product_id", "qty"])
def order_lines_of_customer_2(row: type[OrderLine], me: Me) -> Rule:
    """
    Hasura:
    {"_and": [{"order": {"customer_id": {"_eq": "X-Hasura-User-Id"}}}, {"order":
    {"status": {"_eq": "cart"}}}, {"qty": {"_gt": 0}}]}
    """
    return and_(
        row.order.has(Order.customer_id == me.id),
        row.order.has(Order.status == "cart"),
        row.qty > 0,
    )


@allow(OrderLine, "update", to="customer", fields=["qty"], check=changed_order_lines)
@allow(OrderLine, "delete", to="customer")
def order_lines_of_customer_3(row: type[OrderLine], me: Me) -> Rule:
    """
    Hasura:
    {"order": {"_and": [{"customer_id": {"_eq": "X-Hasura-User-Id"}}, {"status": {"_eq":
    "cart"}}]}}
    """
    return row.order.has(and_(Order.customer_id == me.id, Order.status == "cart"))


allow(
    OrderStatus,
    "read",
    when=everyone,
    to=["customer", "staff"],
    fields=["value", "comment"],
    aggregates=False,
)


def changed_orders(row: type[Order], me: Me) -> Rule:
    """Hasura: {"status": {"_in": ["cart", "placed", "cancelled"]}}"""
    return row.status.in_(["cart", "placed", "cancelled"])


def changed_orders_2(row: type[Order], me: Me) -> Rule:
    """Hasura: {"status": {"_in": ["packed", "sent", "cancelled"]}}"""
    return row.status.in_(["packed", "sent", "cancelled"])


@allow(
    Order,
    "read",
    to="customer",
    fields=["id", "customer_id", "status", "note", "placed_at"],
)
def orders_of_customer(row: type[Order], me: Me) -> Rule:
    """Hasura: {"customer_id": {"_eq": "X-Hasura-User-Id"}}"""
    return row.customer_id == me.id


@allow(
    Order,
    "read",
    to="staff",
    fields=[
        "id",
        "customer_id",
        "status",
        "note",
        "packing_note",
        "placed_at",
        "sent_at",
    ],
)
def orders_of_staff(row: type[Order], me: Me) -> Rule:
    """Hasura: {"status": {"_neq": "cart"}}"""
    return row.status != "cart"


@allow(
    Order,
    "create",
    to="customer",
    fields=["note"],
    set={"customer_id": lambda me: me.id, "status": "cart"},
)
def orders_of_customer_2(row: type[Order], me: Me) -> Rule:
    """Hasura: {"status": {"_eq": "cart"}}"""
    return row.status == "cart"


@allow(
    Order,
    "update",
    to="customer",
    fields=["note", "status"],
    heirs=False,
    check=changed_orders,
)
@allow(Order, "delete", to="customer")
def orders_of_customer_3(row: type[Order], me: Me) -> Rule:
    """Hasura: {"_and": [{"customer_id": {"_eq": "X-Hasura-User-Id"}}, {"status": {"_eq": "cart"}}]}"""
    return and_(row.customer_id == me.id, row.status == "cart")


@allow(
    Order,
    "update",
    to="staff",
    fields=["status", "packing_note"],
    set={"handled_by": lambda me: me.id},
    heirs=False,
    check=changed_orders_2,
)
def orders_of_staff_2(row: type[Order], me: Me) -> Rule:
    """Hasura: {"status": {"_in": ["placed", "packed"]}}"""
    return row.status.in_(["placed", "packed"])


def changed_products(row: type[Product], me: Me) -> Rule:
    """Hasura: {"price": {"_gte": 0}}"""
    return row.price >= 0


@allow(
    Product,
    "read",
    to="anonymous",
    fields=["id", "category_id", "name", "descr", "price", "care", "average_stars"],
    limit=100,
)
@allow(
    Product,
    "read",
    to="customer",
    fields=[
        "id",
        "category_id",
        "name",
        "descr",
        "price",
        "stock",
        "care",
        "average_stars",
    ],
    limit=100,
)
def products_of_anonymous(row: type[Product], me: Me) -> Rule:
    """Hasura: {"withdrawn_at": {"_is_null": true}}"""
    return row.withdrawn_at.is_(None)


allow(
    Product,
    "read",
    when=everyone,
    to="staff",
    fields=[
        "id",
        "category_id",
        "name",
        "descr",
        "price",
        "stock",
        "care",
        "withdrawn_at",
        "average_stars",
    ],
)
allow(
    Product,
    "update",
    when=everyone,
    to="staff",
    fields=["name", "descr", "category_id", "price", "stock", "care", "withdrawn_at"],
    check=changed_products,
)


@allow(
    Product,
    "create",
    to="staff",
    fields=["name", "descr", "category_id", "price", "stock", "care"],
)
def products_of_staff(row: type[Product], me: Me) -> Rule:
    """Hasura: {"price": {"_gte": 0}}"""
    return row.price >= 0


@allow(
    Review,
    "read",
    to="anonymous",
    fields=["id", "product_id", "stars", "text", "written_at"],
    aggregates=False,
)
def reviews_of_anonymous(row: type[Review], me: Me) -> Rule:
    """Hasura: {"published": {"_eq": true}}"""
    return row.published == true()


@allow(
    Review,
    "read",
    to="customer",
    fields=[
        "id",
        "product_id",
        "customer_id",
        "stars",
        "text",
        "published",
        "written_at",
    ],
)
def reviews_of_customer(row: type[Review], me: Me) -> Rule:
    """Hasura: {"_or": [{"published": {"_eq": true}}, {"customer_id": {"_eq": "X-Hasura-User-Id"}}]}"""
    return or_(row.published == true(), row.customer_id == me.id)


allow(Review, "read", when=everyone, to="staff")
allow(Review, "update", when=everyone, to="staff", fields=["published"], heirs=False)


@allow(
    Review,
    "create",
    to="customer",
    fields=["product_id", "stars", "text"],
    set={"customer_id": lambda me: me.id},
)
def reviews_of_customer_2(row: type[Review], me: Me) -> Rule:
    """
    Hasura:
    {"_exists": {"_table": {"name": "orders", "schema": "public"}, "_where": {"_and":
    [{"customer_id": {"_eq": "X-Hasura-User-Id"}}, {"status": {"_eq": "sent"}}]}}}
    """
    return select(Order).where(and_(Order.customer_id == me.id, Order.status == "sent")).exists()


@allow(
    Review,
    "update",
    to="customer",
    fields=["stars", "text"],
    heirs=False,
    check=everyone,
)
@allow(Review, "delete", to="customer")
def reviews_of_customer_3(row: type[Review], me: Me) -> Rule:
    """Hasura: {"customer_id": {"_eq": "X-Hasura-User-Id"}}"""
    return row.customer_id == me.id


@allow(
    Wish,
    "read",
    to="customer",
    fields=["customer_id", "product_id", "wished_at"],
    aggregates=False,
)
@allow(Wish, "delete", to="customer")
def wishes_of_customer(row: type[Wish], me: Me) -> Rule:
    """Hasura: {"customer_id": {"_eq": "X-Hasura-User-Id"}}"""
    return row.customer_id == me.id


allow(
    Wish,
    "create",
    when=everyone,
    to="customer",
    fields=["product_id"],
    set={"customer_id": lambda me: me.id},
)
