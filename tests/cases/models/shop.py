"""A shop for several tenants: who sees and changes which orders, lines, customers and notes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Numeric, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Caller, IntId, Me, Model, Rule, allow, everyone, owner, preset, require, role


class Tenanted:
    """What belongs to one organisation."""

    org: Mapped[str] = preset(lambda me: me.claim("org"), String(20))


class User(Model):
    """Who works here."""

    id: Mapped[IntId]
    name: Mapped[str]
    salary: Mapped[int | None]
    orders: Mapped[list[Order]] = relationship(back_populates="seller")


class Customer(Tenanted, Model):
    """Who buys."""

    id: Mapped[IntId]
    name: Mapped[str]
    email: Mapped[str | None]
    limit: Mapped[int | None]
    orders: Mapped[list[Order]] = relationship(back_populates="customer")
    __table_args__ = (UniqueConstraint("email", "org", name="one_email"),)


class Order(Tenanted, Model):
    """What was bought."""

    id: Mapped[IntId]
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="new")
    total: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default="0")
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    seller_id: Mapped[int | None] = owner("users.id")
    customer: Mapped[Customer] = relationship(back_populates="orders")
    seller: Mapped[User | None] = relationship(back_populates="orders")
    lines: Mapped[list[Line]] = relationship(back_populates="order")


class Line(Model):
    """One thing of an order."""

    id: Mapped[IntId]
    product: Mapped[str]
    count: Mapped[int] = mapped_column(default=1)
    hidden: Mapped[bool] = mapped_column(default=False)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id, ondelete="CASCADE"), index=True)
    order: Mapped[Order] = relationship(back_populates="lines")


stock = Table(
    "stock",
    Order.metadata,
    Column("product", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("amount", Integer, nullable=False),
)

role("seller", inherits=["user"])
role("boss", inherits=["seller"])
role("auditor")
role("controller", inherits=["user", "auditor"])


@require(Tenanted, "all")
def same_org(row: type[Tenanted], me: Me) -> Rule:
    """Nobody reaches another organisation's rows."""
    return row.org == me.claim("org")


allow(User, "read", to="user", when=everyone, fields=["id", "name"])
allow(User, "read", to="boss", when=everyone, fields=["salary"])
allow(Customer, "read", to="user", when=everyone, fields=["id", "name", "org"], limit=2)
allow(Customer, "write", to="seller", when=everyone)


@allow(Customer, "read", to="seller")
def served(customer: type[Customer], me: Me) -> Rule:
    """Sellers see all of the customers they have served."""
    return customer.orders.any(Order.seller_id == me.id)


@allow(Customer, "read", to="seller", fields=["email", "limit"])
def contact_of_served(customer: type[Customer], me: Me) -> Rule:
    """Sellers see the contact of customers they have served."""
    return customer.orders.any(Order.seller_id == me.id)


@allow(Order, "read", to="user")
def open_orders(order: type[Order], me: Me) -> Rule:
    """Orders that are not secret."""
    return order.state != "secret"


@allow(Order, "read", "update", to="seller")
def my_orders(order: type[Order], me: Me) -> Rule:
    """A seller's own orders."""
    return order.seller_id == me.id


@allow(Order, "create", to="seller", set={Order.state: "taken"})
def orders_of_my_customers(order: type[Order], me: Me) -> Rule:
    """Orders of customers in the same organisation."""
    return order.customer.has(Customer.org == me.claim("org"))


@allow(Order, "delete", to="seller")
def my_new_orders(order: type[Order], me: Me) -> Rule:
    """Only new orders are deleted."""
    return (order.seller_id == me.id) & (order.state == "new")


@allow(Order, "read", to="auditor", fields=["id", "total", "state"], aggregates=True)
def dear_orders(order: type[Order], me: Me) -> Rule:
    """Auditors see what is dear."""
    return order.total >= 100


@allow(Line, "read", to="user")
def shown_lines(line: type[Line], me: Me) -> Rule:
    """Lines that are not hidden."""
    return ~line.hidden


@allow(Line, "write", to="seller")
def lines_of_my_orders(line: type[Line], me: Me) -> Rule:
    """Lines of a seller's own orders."""
    return line.order.has(Order.seller_id == me.id)


@allow(stock, "read", to="user", aggregates=False)
def stock_here(row: Any, me: Me) -> Rule:
    """What is in the places that the caller's token lists."""
    return row.c.place.in_(me.claims("places"))


def _caller(id: int, role: str, org: str, *places: str) -> Caller:
    return Caller(id=id, role=role, roles=frozenset({role}), claims={"org": org, "places": list(places)})


CALLERS = {
    "uma": _caller(1, "user", "north", "shelf"),
    "sam": _caller(2, "seller", "north", "shelf", "cellar"),
    "bea": _caller(3, "boss", "north"),
    "sid": _caller(4, "seller", "south"),
    "ann": _caller(5, "auditor", "north"),
    "con": _caller(6, "controller", "north"),
    "claimless": Caller(id=2, role="seller", roles=frozenset({"seller"})),
}

SEED: list[tuple[Any, list[dict[str, Any]]]] = [
    (
        User,
        [
            {"id": 1, "name": "Uma", "salary": 10},
            {"id": 2, "name": "Sam", "salary": 20},
            {"id": 3, "name": "Bea", "salary": 30},
            {"id": 4, "name": "Sid", "salary": 40},
        ],
    ),
    (
        Customer,
        [
            {"id": 3, "name": "Gus", "email": "gus@example.org", "limit": None, "org": "north"},
            {"id": 1, "name": "Eve", "email": "eve@example.org", "limit": 500, "org": "north"},
            {"id": 2, "name": "Fay", "email": "fay@example.org", "limit": 100, "org": "north"},
            {"id": 4, "name": "Hal", "email": "hal@example.org", "limit": 900, "org": "south"},
        ],
    ),
    (
        Order,
        [
            {"id": 1, "number": "A1", "state": "new", "total": Decimal(50), "org": "north", "customer_id": 1, "seller_id": 2},
            {"id": 2, "number": "A2", "state": "secret", "total": Decimal(150), "org": "north", "customer_id": 1, "seller_id": 2},
            {"id": 3, "number": "A3", "state": "sent", "total": Decimal(250), "org": "north", "customer_id": 2, "seller_id": 3},
            {"id": 4, "number": "A4", "state": "secret", "total": Decimal(350), "org": "north", "customer_id": 3, "seller_id": 3},
            {"id": 5, "number": "B1", "state": "new", "total": Decimal(450), "org": "south", "customer_id": 4, "seller_id": 4},
        ],
    ),
    (
        Line,
        [
            {"id": 1, "product": "pen", "count": 2, "hidden": False, "order_id": 1},
            {"id": 2, "product": "ink", "count": 1, "hidden": True, "order_id": 1},
            {"id": 3, "product": "cup", "count": 5, "hidden": False, "order_id": 2},
            {"id": 4, "product": "pen", "count": 7, "hidden": False, "order_id": 3},
            {"id": 5, "product": "mug", "count": 9, "hidden": False, "order_id": 5},
        ],
    ),
    (
        stock,
        [
            {"product": "pen", "place": "shelf", "amount": 10},
            {"product": "pen", "place": "cellar", "amount": 90},
            {"product": "ink", "place": "attic", "amount": 5},
        ],
    ),
]  # fmt: skip
