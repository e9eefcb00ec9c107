"""A record store: a catalogue that is open to everyone, and customers who see their own invoices and nobody else's."""

from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Me, Model, Now, Rule, allow, everyone, role

# ---- the catalogue ---------------------------------------------------------------------------------------------------


class Artist(Model):
    """Who makes records."""

    id: Mapped[IntId]
    name: Mapped[str] = mapped_column(index=True)
    albums: Mapped[list["Album"]] = relationship(back_populates="artist")


class Album(Model):
    """A record of one artist."""

    id: Mapped[IntId]
    title: Mapped[str]
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"), index=True)
    artist: Mapped[Artist] = relationship(back_populates="albums")
    tracks: Mapped[list["Track"]] = relationship(back_populates="album")


class Genre(Model):
    """What kind of music a track is."""

    id: Mapped[IntId]
    name: Mapped[str]
    tracks: Mapped[list["Track"]] = relationship(back_populates="genre")


class MediaType(Model):
    """What a track is sold as."""

    id: Mapped[IntId]
    name: Mapped[str]
    tracks: Mapped[list["Track"]] = relationship(back_populates="media_type")


class Track(Model):
    """One piece of music, which is what the store sells."""

    __table_args__ = (
        # Pages of all tracks and of a genre's by length; the second serves every look-up by genre too.
        Index(None, "milliseconds", "id"),
        Index(None, "genre_id", "milliseconds", "id"),
    )

    id: Mapped[IntId]
    name: Mapped[str]
    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id"), index=True)
    media_type_id: Mapped[int] = mapped_column(ForeignKey("media_types.id"), index=True)
    genre_id: Mapped[int] = mapped_column(ForeignKey("genres.id"))
    composer: Mapped[str | None]
    milliseconds: Mapped[int]
    bytes: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    album: Mapped[Album] = relationship(back_populates="tracks")
    media_type: Mapped[MediaType] = relationship(back_populates="tracks")
    genre: Mapped[Genre] = relationship(back_populates="tracks")
    playlists: Mapped[list["Playlist"]] = relationship(secondary="playlist_tracks", back_populates="tracks")
    sales: Mapped[list["InvoiceLine"]] = relationship(back_populates="track")


class Playlist(Model):
    """Tracks that go together."""

    id: Mapped[IntId]
    name: Mapped[str]
    tracks: Mapped[list[Track]] = relationship(secondary="playlist_tracks", back_populates="playlists")


class PlaylistTrack(Model):
    """Which track is on which playlist."""

    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlists.id"), primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), primary_key=True, index=True)


# ---- people and sales ------------------------------------------------------------------------------------------------


class Employee(Model):
    """Somebody who works here."""

    id: Mapped[IntId]
    first_name: Mapped[str]
    last_name: Mapped[str]
    title: Mapped[str]
    reports_to: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), index=True)
    email: Mapped[str]
    manager: Mapped["Employee | None"] = relationship(remote_side="Employee.id", back_populates="reports")
    reports: Mapped[list["Employee"]] = relationship(back_populates="manager")
    customers: Mapped[list["Customer"]] = relationship(back_populates="support_rep")


class Customer(Model):
    """Somebody who buys here."""

    id: Mapped[IntId]
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    city: Mapped[str]
    country: Mapped[str] = mapped_column(index=True)
    phone: Mapped[str | None]
    support_rep_id: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), index=True)
    support_rep: Mapped[Employee | None] = relationship(back_populates="customers")
    invoices: Mapped[list["Invoice"]] = relationship(back_populates="customer")


class Invoice(Model):
    """What a customer owes for one purchase."""

    id: Mapped[IntId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    invoice_date: Mapped[Now] = mapped_column(index=True)
    billing_city: Mapped[str]
    billing_country: Mapped[str] = mapped_column(index=True)
    total: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    customer: Mapped[Customer] = relationship(back_populates="invoices")
    lines: Mapped[list["InvoiceLine"]] = relationship(back_populates="invoice")


class InvoiceLine(Model):
    """One track on an invoice, at the price of the day."""

    id: Mapped[IntId]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), index=True)
    unit_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    quantity: Mapped[int]
    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    track: Mapped[Track] = relationship(back_populates="sales")


# ---- who may see and change what -------------------------------------------------------------------------------------

customer = role("customer")  # acts for the customer whose id the claim customer_id carries
employee = role("employee")  # acts for the employee of the claim employee_id
editor = role("editor")  # looks after the catalogue

for catalogue in (Artist, Album, Genre, MediaType, Track, Playlist, PlaylistTrack):
    allow(catalogue, "read", when=everyone)
for edited in (Artist, Album, Track, Playlist, PlaylistTrack):
    allow(edited, "write", to=editor, when=everyone)


@allow(Customer, "read", to=customer)
def myself(customer: type[Customer], me: Me) -> Rule:
    """Customers see themselves."""
    return customer.id == me.claim("customer_id", int)


@allow(Customer, "update", to=customer, fields=[Customer.email, Customer.phone, Customer.city, Customer.country])
def my_address(customer: type[Customer], me: Me) -> Rule:
    """Customers keep their own address up to date."""
    return myself(customer, me)


@allow(Invoice, "read", to=customer)
def my_invoices(invoice: type[Invoice], me: Me) -> Rule:
    """Customers see their own invoices."""
    return invoice.customer_id == me.claim("customer_id", int)


@allow(InvoiceLine, "read", to=customer)
def lines_of_my_invoices(line: type[InvoiceLine], me: Me) -> Rule:
    """Lines are seen with their invoice."""
    return line.invoice.has(my_invoices(Invoice, me))


@allow(Employee, "read", to=customer, fields=[Employee.first_name, Employee.last_name, Employee.email])
def my_support_rep(employee: type[Employee], me: Me) -> Rule:
    """Customers know by name who looks after them."""
    return employee.customers.any(myself(Customer, me))


allow(Employee, "read", to=employee, when=everyone)


@allow(Customer, "read", "update", to=employee)
def my_customers(customer: type[Customer], me: Me) -> Rule:
    """Employees see and look after the customers whose support they are."""
    return customer.support_rep_id == me.claim("employee_id", int)


@allow(Invoice, "read", "create", to=employee)
def invoices_of_my_customers(invoice: type[Invoice], me: Me) -> Rule:
    """Employees see and write the invoices of their customers."""
    return invoice.customer.has(my_customers(Customer, me))


@allow(InvoiceLine, "read", "create", to=employee)
def lines_for_my_customers(line: type[InvoiceLine], me: Me) -> Rule:
    """Lines belong to their invoice."""
    return line.invoice.has(invoices_of_my_customers(Invoice, me))
