"""Rules for models that exist already: who may see and book what, and not a line changed in warehouse.py."""

from typing import Any

from warehouse import Product, StockMovement, Supplier

from portico.schema import Me, Rule, allow, everyone, role

clerk = role("clerk", inherits=["user"])

allow(Supplier, "read", when=everyone, to="user", fields=["id", "name"])
allow(Supplier, "read", when=everyone, to=clerk, fields=["email"])


@allow(Product, "read")
def products_on_sale(product: Any, me: Me) -> Rule:
    """Everyone sees what is still sold."""
    return product.discontinued.is_(False)


allow(Product, "read", "update", when=everyone, to=clerk)


@allow(StockMovement, "read", to="user")
def my_movements(movement: Any, me: Me) -> Rule:
    """People see what they booked."""
    return movement.booked_by == me.claim("name")


allow(StockMovement, "read", when=everyone, to=clerk)
allow(StockMovement, "create", when=everyone, to=clerk, set={"booked_by": lambda me: me.claim("name")})
