"""Somebody's own models, in SQLAlchemy 1.x style, which know nothing of Portico."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, Numeric, String, Text, func
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Supplier(Base):
    __tablename__ = "supplier"

    id = Column(Integer, primary_key=True)
    name = Column(String(200), nullable=False)
    email = Column(String(320))
    products = relationship("Product", back_populates="supplier")


class Product(Base):
    __tablename__ = "product"

    id = Column(Integer, primary_key=True)
    sku = Column(String(40), nullable=False, unique=True)
    title = Column(String(200), nullable=False)
    notes = Column(Text)
    price = Column(Numeric(10, 2), nullable=False)
    discontinued = Column(Boolean, nullable=False, default=False, server_default="0")
    supplier_id = Column(Integer, ForeignKey("supplier.id"), nullable=False, index=True)
    supplier = relationship("Supplier", back_populates="products")
    movements = relationship("StockMovement", back_populates="product")


class StockMovement(Base):
    __tablename__ = "stock_movement"

    id = Column(Integer, primary_key=True)
    product_id = Column(Integer, ForeignKey("product.id"), nullable=False, index=True)
    quantity = Column(Integer, nullable=False)
    booked_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    booked_by = Column(String(100), nullable=False)
    product = relationship("Product", back_populates="movements")
