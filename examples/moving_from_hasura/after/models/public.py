"""The tables of schema public."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from portico.schema import Model, enum_table, named
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as text_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.schema import conv


class Category(Model):
    __tablename__ = "categories"
    __table_args__ = (
        PrimaryKeyConstraint(name="categories_pkey"),
        UniqueConstraint("name", name="categories_name_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "categories.id",
            name="categories_parent_id_fkey",
            ondelete="SET NULL",
        ),
    )

    parent: Mapped["Category | None"] = relationship(
        remote_side="Category.id",
        back_populates="children",
        info=named("parent"),
    )
    children: Mapped[list["Category"]] = relationship(
        back_populates="parent",
        info=named("children"),
    )
    products: Mapped[list["Product"]] = relationship(
        back_populates="category",
        info=named("products"),
    )


class Customer(Model):
    __tablename__ = "customers"
    __table_args__ = (
        PrimaryKeyConstraint(name="customers_pkey"),
        UniqueConstraint("e_mail", name="customers_e_mail_key"),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True,
        server_default=text_("gen_random_uuid()"),
    )
    first_name: Mapped[str] = mapped_column(Text)
    last_name: Mapped[str] = mapped_column(Text)
    e_mail: Mapped[str] = mapped_column(Text, info=named("email"))
    city: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=text_("now()"))

    orders: Mapped[list["Order"]] = relationship(
        back_populates="customer",
        info=named("orders"),
    )
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="author",
        info=named("reviews"),
    )
    wishes: Mapped[list["Wish"]] = relationship(
        back_populates="customer",
        info=named("wishes"),
    )


class OrderLine(Model):
    __tablename__ = "order_lines"
    __table_args__ = (
        PrimaryKeyConstraint(name="order_lines_pkey"),
        CheckConstraint("qty > 0", name=conv("order_lines_qty_check")),
    )

    order_id: Mapped[UUID] = mapped_column(
        ForeignKey("orders.id", name="order_lines_order_id_fkey", ondelete="CASCADE"),
        primary_key=True,
    )
    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("products.id", name="order_lines_product_id_fkey"),
        primary_key=True,
    )
    qty: Mapped[int] = mapped_column(info=named("quantity"))
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))

    order: Mapped["Order"] = relationship(back_populates="lines", info=named("order"))
    product: Mapped["Product"] = relationship(info=named("product"))


class OrderStatus(Model):
    __tablename__ = "order_status"
    __table_args__ = (
        PrimaryKeyConstraint(name="order_status_pkey"),
        {
            "info": enum_table(
                {
                    "cancelled": "Given up",
                    "cart": "Being filled",
                    "packed": "Ready to go",
                    "placed": "Ordered and to be packed",
                    "sent": "On its way",
                },
            ),
        },
    )

    value: Mapped[str] = mapped_column(Text, primary_key=True)
    comment: Mapped[str | None] = mapped_column(Text)


class Order(Model):
    __tablename__ = "orders"
    __table_args__ = (
        PrimaryKeyConstraint(name="orders_pkey"),
        Index("orders_customer_id_idx", "customer_id"),
        {
            "info": named(
                roots={
                    "insert_one": "place_order",
                    "select_by_pk": "order",
                    "select_aggregate": "order_statistics",
                },
            ),
        },
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True,
        server_default=text_("gen_random_uuid()"),
    )
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customers.id", name="orders_customer_id_fkey"),
    )
    status: Mapped[str] = mapped_column(
        Text,
        ForeignKey("order_status.value", name="orders_status_fkey"),
        server_default=text_("'cart'::text"),
    )
    note: Mapped[str | None] = mapped_column(Text)
    packing_note: Mapped[str | None] = mapped_column(Text)
    handled_by: Mapped[UUID | None]
    placed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

    customer: Mapped["Customer"] = relationship(
        back_populates="orders",
        info=named("customer"),
    )
    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order",
        info=named("lines"),
    )


class Product(Model):
    __tablename__ = "products"
    __table_args__ = (
        PrimaryKeyConstraint(name="products_pkey"),
        CheckConstraint("price >= 0::numeric", name=conv("products_price_check")),
        Index("products_category_id_idx", "category_id"),
        {"info": named("plants")},
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True,
        server_default=text_("gen_random_uuid()"),
    )
    category_id: Mapped[int] = mapped_column(
        ForeignKey("categories.id", name="products_category_id_fkey"),
    )
    name: Mapped[str] = mapped_column(Text)
    descr: Mapped[str | None] = mapped_column(Text, info=named("description"))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    stock: Mapped[int] = mapped_column(server_default=text_("0"))
    care: Mapped[Any] = mapped_column(JSONB, server_default=text_("'{}'::jsonb"))
    withdrawn_at: Mapped[datetime | None]

    category: Mapped["Category"] = relationship(
        back_populates="products",
        info=named("category"),
    )
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="product",
        info=named("reviews"),
    )


class Review(Model):
    __tablename__ = "reviews"
    __table_args__ = (
        PrimaryKeyConstraint(name="reviews_pkey"),
        UniqueConstraint(
            "product_id",
            "customer_id",
            name="reviews_product_id_customer_id_key",
        ),
        CheckConstraint("stars >= 1 AND stars <= 5", name=conv("reviews_stars_check")),
        Index("reviews_customer_id_idx", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("products.id", name="reviews_product_id_fkey", ondelete="CASCADE"),
    )
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customers.id", name="reviews_customer_id_fkey", ondelete="CASCADE"),
    )
    stars: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(Text, server_default=text_("''::text"))
    published: Mapped[bool] = mapped_column(server_default=text_("false"))
    written_at: Mapped[datetime] = mapped_column(server_default=text_("now()"))

    author: Mapped["Customer"] = relationship(
        back_populates="reviews",
        info=named("author"),
    )
    product: Mapped["Product"] = relationship(
        back_populates="reviews",
        info=named("product"),
    )


class Wish(Model):
    __tablename__ = "wishes"
    __table_args__ = (PrimaryKeyConstraint(name="wishes_pkey"),)

    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customers.id", name="wishes_customer_id_fkey", ondelete="CASCADE"),
        primary_key=True,
    )
    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("products.id", name="wishes_product_id_fkey", ondelete="CASCADE"),
        primary_key=True,
    )
    wished_at: Mapped[datetime] = mapped_column(server_default=text_("now()"))

    customer: Mapped["Customer"] = relationship(
        back_populates="wishes",
        info=named("customer"),
    )
    product: Mapped["Product"] = relationship(info=named("product"))
