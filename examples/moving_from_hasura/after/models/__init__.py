"""The models of the database; rules belong into modules of their own, imported here."""

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
from . import actions
from . import events
from . import functions
from . import rules

__all__ = [
    "Category",
    "Customer",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Product",
    "Review",
    "Wish",
    "actions",
    "events",
    "functions",
    "rules",
]
