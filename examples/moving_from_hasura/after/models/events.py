"""What happens after rows were written, and at certain times: other services are told."""

import os

from portico.schema import webhook

from .public import Order

webhook(
    Order,
    "create",
    "update",
    name="order_placed",
    url=lambda: os.environ["WAREHOUSE_WEBHOOK"],
    columns=[Order.status],
    form="hasura",
    headers=lambda: {"X-Warehouse-Key": os.environ["WAREHOUSE_KEY"]},
    tries=6,
    timeout_s=30,
)
