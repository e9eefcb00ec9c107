"""Actions: functions that other services answer."""

from __future__ import annotations

import os
from uuid import UUID

import strawberry
from portico.gateway.functions import remote
from portico.schema import mutation

from .public import Order


@strawberry.input
class CheckoutInput:
    order_id: UUID
    card_token: str


@strawberry.type
class CheckoutOutput:
    order_id: UUID
    receipt_url: str | None

    @strawberry.field
    def order(self) -> Order | None:
        return Order(id=self.order_id)


@mutation(to="customer")
@remote(
    lambda: f"{os.environ['PAYMENTS_URL']}/checkout",
    headers=lambda: {"Authorization": os.environ["PAYMENTS_AUTHORIZATION"]},
    forward=["cookie"],
    timeout_s=15,
)
async def checkout(order: CheckoutInput) -> CheckoutOutput | None:
    """Charges a card and marks the order as paid."""
