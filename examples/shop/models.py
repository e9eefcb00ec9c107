"""A shop: a payment comes in, an order is packed, its buyer is written to, and every morning there is a report."""

import json
import os
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portico.gateway.auth import User
from portico.gateway.events.messaging import Messages
from portico.gateway.signing import is_signed
from portico.schema import (
    Caller,
    Data,
    Event,
    Id,
    Jobs,
    Me,
    Model,
    Now,
    Refused,
    Rule,
    allow,
    cron,
    everyone,
    job,
    mutation,
    on,
    owner,
    webhook,
)


class Product(Model):
    id: Mapped[Id]
    name: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    stock: Mapped[int]


class Order(Model):
    id: Mapped[Id]
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id), index=True)
    buyer_id: Mapped[UUID] = owner()
    status: Mapped[str] = mapped_column(default="placed", server_default="placed")
    placed_at: Mapped[Now]


class Report(Model):
    id: Mapped[Id]
    day: Mapped[datetime] = mapped_column(unique=True)
    orders: Mapped[int]


allow(Product, "read", when=everyone)


@allow(Order, "read", to="user")
def my_orders(order: type[Order], me: Me) -> Rule:
    """Orders are their buyer's."""
    return order.buyer_id == me.id


# ---- buying ------------------------------------------------------------------------------------------


@mutation(to="user")
async def place_order(product: UUID, caller: Caller, data: Data, jobs: Jobs) -> UUID:
    """Buy a product; who has not paid within an hour has bought nothing."""
    async with data.begin() as session:
        order = Order(product_id=product, buyer_id=UUID(str(caller.id)))
        session.add(order)
        await session.flush()
        await jobs.later(give_up, {"order": order.id}, after=timedelta(hours=1), session=session)
    return order.id


@mutation
async def payment_received(id: str, timestamp: str, signature: str, body: str, data: Data, jobs: Jobs) -> bool:
    """What the payment service says, signed by it: `{"order": "…"}`. What it says twice changes nothing the second time."""
    headers = {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    if not is_signed(headers, body.encode(), os.environ["PAYMENT_SECRETS"].split(",")):
        raise Refused("This is not signed by the payment service.")
    async with data.begin() as session:
        order = await session.get(Order, UUID(json.loads(body)["order"]), with_for_update=True)
        if order is None or order.status != "placed":
            return False
        order.status = "paid"
        await jobs.later(pack, {"order": order.id}, session=session)
    return True


@job(tries=5)
async def pack(order: UUID, data: Data) -> None:
    """Take the product from the shelf."""
    async with data.begin() as session:
        found = await session.get(Order, order, with_for_update=True)
        if found is None or found.status != "paid":
            return  # packed before: jobs are run at least once
        product = await session.get(Product, found.product_id, with_for_update=True)
        assert product is not None
        product.stock -= 1
        found.status = "sent"


@job
async def give_up(order: UUID, data: Data) -> None:
    """Forget an order that nobody has paid."""
    async with data.begin() as session:
        found = await session.get(Order, order, with_for_update=True)
        if found is not None and found.status == "placed":
            found.status = "given up"


# ---- telling -----------------------------------------------------------------------------------------


@on(Order, "update", columns=[Order.status])
async def write_to_the_buyer(order: Order, data: Data, messages: Messages) -> None:
    """Say that it is on its way."""
    if order.status != "sent":
        return
    async with data.begin() as session:
        buyer = await session.get(User, order.buyer_id)
        product = await session.get(Product, order.product_id)
        if buyer is not None and buyer.email is not None and product is not None:
            await messages.send_mail(buyer.email, "Your order", f"Your {product.name} is on its way.", session=session)


def for_the_warehouse(event: Event) -> dict[str, str]:
    """No more than it needs to know."""
    assert event.new is not None
    return {"order": event.new["id"], "status": event.new["status"]}


webhook(
    Order,
    "update",
    columns=[Order.status],
    url=lambda: os.environ["WAREHOUSE_URL"],
    secrets=lambda: os.environ["WAREHOUSE_SECRETS"].split(","),
    payload=for_the_warehouse,
    name="warehouse",
)


@cron("0 7 * * *")
async def count_orders(due: datetime, data: Data) -> None:
    """Count yesterday's orders, once a day, whoever is there to do it."""
    async with data.begin() as session:
        day = due - timedelta(days=1)
        count = await session.scalar(select(func.count()).where(Order.placed_at >= day, Order.placed_at < due))
        session.add(Report(day=day, orders=count or 0))
