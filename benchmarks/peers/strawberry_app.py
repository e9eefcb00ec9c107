"""What a Python team writes by hand: Strawberry types, SQLAlchemy models and dataloaders, served by uvicorn."""

# ruff: noqa: D101, D102, UP045

# No postponed annotations here: Strawberry reads them at run time. Models lie beside this file so that it runs
# in the peers' environment, which has no Portico.

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Optional

import strawberry
from sqlalchemy import ForeignKey, Numeric, func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

engine = create_async_engine(os.environ["STORE_URL"], pool_size=10, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class ArtistRow(Base):
    __tablename__ = "artists"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class AlbumRow(Base):
    __tablename__ = "albums"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"))


class GenreRow(Base):
    __tablename__ = "genres"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class TrackRow(Base):
    __tablename__ = "tracks"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id"))
    genre_id: Mapped[int] = mapped_column(ForeignKey("genres.id"))
    composer: Mapped[Optional[str]]
    milliseconds: Mapped[int]
    bytes: Mapped[int]


class EmployeeRow(Base):
    __tablename__ = "employees"
    id: Mapped[int] = mapped_column(primary_key=True)
    last_name: Mapped[str]
    reports_to: Mapped[Optional[int]]


class CustomerRow(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    last_name: Mapped[str]
    support_rep_id: Mapped[Optional[int]]


class InvoiceRow(Base):
    __tablename__ = "invoices"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int]
    billing_city: Mapped[str]


class LineRow(Base):
    __tablename__ = "invoice_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int]
    track_id: Mapped[int]
    unit_price: Mapped[Any] = mapped_column(Numeric(10, 2))
    quantity: Mapped[int]


class Context(dict[str, Any]):
    """The loaders of one request, made when first used."""

    def one(self, model: type[Any]) -> DataLoader[Any, Any]:
        """Rows by key."""
        return self._loader(f"one {model.__name__}", lambda: _by_key(model))

    def many(self, model: type[Any], column: Any) -> DataLoader[Any, Any]:
        """Rows by a foreign key."""
        return self._loader(f"many {model.__name__}", lambda: _by_foreign_key(model, column))

    def _loader(self, name: str, make: Callable[[], DataLoader[Any, Any]]) -> DataLoader[Any, Any]:
        if name not in self:
            self[name] = make()
        return self[name]


def _by_key(model: type[Any]) -> DataLoader[Any, Any]:
    async def load(keys: list[int]) -> Sequence[Any]:
        async with sessions() as session:
            rows = {row.id: row for row in await session.scalars(select(model).where(model.id.in_(keys)))}
        return [rows.get(key) for key in keys]

    return DataLoader(load)


def _by_foreign_key(model: type[Any], column: Any) -> DataLoader[Any, Any]:
    async def load(keys: list[int]) -> Sequence[Any]:
        found: dict[int, list[Any]] = defaultdict(list)
        async with sessions() as session:
            for row in await session.scalars(select(model).where(column.in_(keys))):
                found[getattr(row, column.key)].append(row)
        return [found[key] for key in keys]

    return DataLoader(load)


Info = strawberry.Info[Context, None]


@strawberry.type
class Named:
    id: int
    name: str


@strawberry.type
class Track:
    id: int
    name: str
    composer: Optional[str]
    milliseconds: int
    bytes: int
    album_id: int
    genre_id: strawberry.Private[int]

    @strawberry.field
    async def album(self, info: Info) -> "Album":
        return _album(await info.context.one(AlbumRow).load(self.album_id))

    @strawberry.field
    async def genre(self, info: Info) -> Named:
        row = await info.context.one(GenreRow).load(self.genre_id)
        return Named(id=row.id, name=row.name)


@strawberry.type
class Album:
    id: int
    title: str
    artist_id: strawberry.Private[int]

    @strawberry.field
    async def artist(self, info: Info) -> "Artist":
        row = await info.context.one(ArtistRow).load(self.artist_id)
        return Artist(id=row.id, name=row.name)

    @strawberry.field
    async def tracks(self, info: Info) -> list[Track]:
        return [_track(row) for row in await info.context.many(TrackRow, TrackRow.album_id).load(self.id)]


@strawberry.type
class Artist:
    id: int
    name: str

    @strawberry.field
    async def albums(self, info: Info) -> list[Album]:
        return [_album(row) for row in await info.context.many(AlbumRow, AlbumRow.artist_id).load(self.id)]


@strawberry.type
class Employee:
    id: int
    last_name: str
    reports_to: strawberry.Private[Optional[int]]

    @strawberry.field
    async def manager(self, info: Info) -> Optional["Employee"]:
        return await _employee(info, self.reports_to)


@strawberry.type
class Customer:
    id: int
    last_name: str
    support_rep_id: strawberry.Private[Optional[int]]

    @strawberry.field
    async def support_rep(self, info: Info) -> Optional[Employee]:
        return await _employee(info, self.support_rep_id)


@strawberry.type
class Invoice:
    id: int
    billing_city: str
    customer_id: strawberry.Private[int]

    @strawberry.field
    async def customer(self, info: Info) -> Customer:
        row = await info.context.one(CustomerRow).load(self.customer_id)
        return Customer(id=row.id, last_name=row.last_name, support_rep_id=row.support_rep_id)


@strawberry.type
class InvoiceLine:
    id: int
    quantity: int
    invoice_id: int
    track_id: int

    @strawberry.field
    async def invoice(self, info: Info) -> Invoice:
        row = await info.context.one(InvoiceRow).load(self.invoice_id)
        return Invoice(id=row.id, billing_city=row.billing_city, customer_id=row.customer_id)

    @strawberry.field
    async def track(self, info: Info) -> Track:
        return _track(await info.context.one(TrackRow).load(self.track_id))


def _track(row: TrackRow) -> Track:
    return Track(
        id=row.id, name=row.name, composer=row.composer, milliseconds=row.milliseconds, bytes=row.bytes,
        album_id=row.album_id, genre_id=row.genre_id,
    )  # fmt: skip


def _album(row: AlbumRow) -> Album:
    return Album(id=row.id, title=row.title, artist_id=row.artist_id)


async def _employee(info: Info, key: int | None) -> Employee | None:
    row = None if key is None else await info.context.one(EmployeeRow).load(key)
    return None if row is None else Employee(id=row.id, last_name=row.last_name, reports_to=row.reports_to)


def _line(row: LineRow) -> InvoiceLine:
    return InvoiceLine(id=row.id, quantity=row.quantity, invoice_id=row.invoice_id, track_id=row.track_id)


async def _rows(query: Any) -> Sequence[Any]:
    async with sessions() as session:
        return (await session.scalars(query)).all()


@strawberry.type
class Query:
    @strawberry.field
    async def track(self, id: int) -> Optional[Track]:
        rows = await _rows(select(TrackRow).where(TrackRow.id == id))
        return _track(rows[0]) if rows else None

    @strawberry.field
    async def tracks(self, after: int, limit: int) -> list[Track]:
        query = select(TrackRow).where(TrackRow.id > after).order_by(TrackRow.id).limit(limit)
        return [_track(row) for row in await _rows(query)]

    @strawberry.field
    async def genre_tracks(
        self, genre: int, limit: int, offset: int = 0, milliseconds: int = 0, after: int | None = None
    ) -> list[Track]:
        query = select(TrackRow).where(TrackRow.genre_id == genre)
        if after is not None:
            here = select(TrackRow.milliseconds, TrackRow.id).where(TrackRow.id == after)
            query = query.where(func.row(TrackRow.milliseconds, TrackRow.id) > here.scalar_subquery())
        elif milliseconds:
            query = query.where(TrackRow.milliseconds > milliseconds)
        query = query.order_by(TrackRow.milliseconds, TrackRow.id).limit(limit).offset(offset)
        return [_track(row) for row in await _rows(query)]

    @strawberry.field
    async def track_count(self, genre: int, low: int, high: int) -> int:
        query = select(func.count()).select_from(TrackRow)
        query = query.where(TrackRow.genre_id == genre, TrackRow.milliseconds >= low, TrackRow.milliseconds < high)
        return (await _rows(query))[0]

    @strawberry.field
    async def artists(self, after: int, limit: int) -> list[Artist]:
        query = select(ArtistRow).where(ArtistRow.id > after).order_by(ArtistRow.id).limit(limit)
        return [Artist(id=row.id, name=row.name) for row in await _rows(query)]

    @strawberry.field
    async def invoice_lines(self, after: int, limit: int) -> list[InvoiceLine]:
        query = select(LineRow).where(LineRow.id > after).order_by(LineRow.id).limit(limit)
        return [_line(row) for row in await _rows(query)]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def insert_line(self, invoice: int, track: int, quantity: int) -> InvoiceLine:
        async with sessions() as session, session.begin():
            row = LineRow(invoice_id=invoice, track_id=track, unit_price=0.99, quantity=quantity)
            session.add(row)
            await session.flush()
            return _line(row)

    @strawberry.mutation
    async def update_track(self, id: int, bytes: int) -> Track:
        async with sessions() as session, session.begin():
            row = await session.get_one(TrackRow, id)
            row.bytes = bytes
            return _track(row)


class Server(GraphQL[Context, None]):
    async def get_context(self, request: Any, response: Any) -> Context:
        return Context()


schema = strawberry.Schema(query=Query, mutation=Mutation, extensions=[ParserCache, ValidationCache])
app = Server(schema)
