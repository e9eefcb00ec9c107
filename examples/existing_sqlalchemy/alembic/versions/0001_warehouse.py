"""The warehouse's tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "supplier",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320)),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sku", sa.String(40), nullable=False, unique=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("notes", sa.Text),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.Column("discontinued", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("supplier_id", sa.Integer, sa.ForeignKey("supplier.id"), nullable=False, index=True),
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id"), nullable=False, index=True),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("booked_by", sa.String(100), nullable=False),
    )


def downgrade() -> None:
    for table in ("stock_movement", "product", "supplier"):
        op.drop_table(table)
