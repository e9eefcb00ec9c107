"""What is in the store: the same rows every time, in two sizes. `python data.py small` or `large`, after `portico migrate`."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg

from portico.gateway.engines import dialect_of, sqlite_path
from portico.gateway.settings import read_settings

Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Size:
    """How many rows of each kind."""

    artists: int
    albums: int
    tracks: int
    playlists: int
    playlist_tracks: int
    employees: int
    customers: int
    invoices: int
    invoice_lines: int


SIZES: Mapping[str, Size] = {
    "small": Size(275, 347, 3_503, 18, 8_715, 8, 59, 412, 2_240),
    "large": Size(50_000, 100_000, 1_000_000, 1_000, 200_000, 200, 20_000, 100_000, 500_000),
}

GENRES = [
    "Alternative",
    "Ambient",
    "Baroque",
    "Bluegrass",
    "Blues",
    "Bossa",
    "Chanson",
    "Choral",
    "Classical",
    "Country",
    "Dance",
    "Disco",
    "Dub",
    "Electronic",
    "Folk",
    "Funk",
    "Gospel",
    "Jazz",
    "Latin",
    "Metal",
    "Opera",
    "Reggae",
    "Rock",
    "Soul",
    "Soundtrack",
]
MEDIA_TYPES = ("MPEG audio file", "AAC audio file", "Protected AAC audio file", "Purchased AAC audio file", "FLAC")
PLACES = (
    ("Lisbon", "Portugal"), ("Graz", "Austria"), ("Québec", "Canada"), ("Kyoto", "Japan"), ("Łódź", "Poland"),
    ("Porto Alegre", "Brazil"), ("Århus", "Denmark"), ("Lyon", "France"), ("Köln", "Germany"), ("Cork", "Ireland"),
    ("Turin", "Italy"), ("Puebla", "Mexico"), ("Bergen", "Norway"), ("Arequipa", "Peru"), ("Boston", "USA"),
    ("Seville", "Spain"), ("Uppsala", "Sweden"), ("Leeds", "United Kingdom"), ("Córdoba", "Argentina"), ("Pune", "India"),
)  # fmt: skip
_FIRST = [
    "Ada",
    "Bram",
    "Cleo",
    "Dario",
    "Elif",
    "Femi",
    "Greta",
    "Hugo",
    "Iris",
    "Jonas",
    "Kaja",
    "Luca",
    "Mira",
    "Nils",
    "Oda",
    "Pia",
    "Quentin",
    "Rosa",
    "Sven",
    "Tove",
]
_LAST = [
    "Abel",
    "Bauer",
    "Costa",
    "Dahl",
    "Evans",
    "Fabre",
    "Gallo",
    "Haas",
    "Ito",
    "Jensen",
    "Keller",
    "Lopes",
    "Moreau",
    "Novak",
    "Okafor",
    "Petit",
    "Ruiz",
    "Silva",
]
_HOW = [
    "Blue",
    "Broken",
    "Cold",
    "Distant",
    "Electric",
    "Final",
    "Golden",
    "Hollow",
    "Idle",
    "Lonely",
    "Midnight",
    "Quiet",
    "Restless",
    "Second",
    "Silver",
    "Tiny",
]
_WHAT = [
    "Avenue",
    "Bridge",
    "Circle",
    "Dream",
    "Engine",
    "Fire",
    "Garden",
    "Harbour",
    "Island",
    "Lantern",
    "Mirror",
    "Ocean",
    "Parade",
    "River",
    "Season",
    "Train",
    "Window",
]
_SHORTEST_MS, _RANGE_MS = 60_000, 400_000
_OPENED = datetime(2021, 1, 1, tzinfo=UTC)


# Everything about a row follows from its number, so that a row can be told without looking it up.


def artist_of_album(album: int, size: Size) -> int:
    """Albums of an artist have neighbouring numbers."""
    return 1 + (album - 1) * size.artists // size.albums


def album_of_track(track: int, size: Size) -> int:
    """Tracks of an album have neighbouring numbers."""
    return 1 + (track - 1) * size.albums // size.tracks


def genre_of_album(album: int) -> int:
    """All tracks of an album are of one genre."""
    return 1 + album * 7 % len(GENRES)


def milliseconds_of_track(track: int) -> int:
    """From one minute to nearly eight."""
    return _SHORTEST_MS + track * 7_919 % _RANGE_MS


def cents_of_track(track: int) -> int:
    """One in ten costs more."""
    return 199 if track % 10 == 0 else 99


def invoice_of_line(line: int, size: Size) -> int:
    """Lines of an invoice have neighbouring numbers."""
    return 1 + (line - 1) * size.invoices // size.invoice_lines


def track_of_line(line: int, size: Size) -> int:
    """Sales are spread over all tracks."""
    return 1 + line * 48_271 % size.tracks


def rows_of(table: str, size: Size) -> Iterator[Row]:
    """The rows of a table in order of their numbers, with every column in the order of the model."""
    match table:
        case "artists":
            return ((n, _title(n, "The {how} {what}s")) for n in range(1, size.artists + 1))
        case "albums":
            return ((n, _title(n * 3, "{how} {what}"), artist_of_album(n, size)) for n in range(1, size.albums + 1))
        case "genres":
            return enumerate(GENRES, 1)
        case "media_types":
            return enumerate(MEDIA_TYPES, 1)
        case "tracks":
            return (_track(n, size) for n in range(1, size.tracks + 1))
        case "playlists":
            return ((n, _title(n, "{what}s at {how}")) for n in range(1, size.playlists + 1))
        case "playlist_tracks":
            return _playlist_tracks(size)
        case "employees":
            return (_employee(n) for n in range(1, size.employees + 1))
        case "customers":
            return (_customer(n, size) for n in range(1, size.customers + 1))
        case "invoices":
            return _invoices(size)
        case "invoice_lines":
            return (_line(n, size) for n in range(1, size.invoice_lines + 1))
        case _:
            raise ValueError(table)


def _title(number: int, pattern: str) -> str:
    how, what = _HOW[number % len(_HOW)], _WHAT[number * 5 % len(_WHAT)]
    return f"{pattern.format(how=how, what=what)} {number}"


def _track(number: int, size: Size) -> Row:
    album = album_of_track(number, size)
    milliseconds = milliseconds_of_track(number)
    composer = None if number % 4 == 0 else f"{_FIRST[number % 20]} {_LAST[number * 7 % 18]}"
    return (
        number,
        f"{_HOW[number * 7 % 16]} {_WHAT[number % 17]} {number}",
        album,
        1 + (number % 7) % len(MEDIA_TYPES),
        genre_of_album(album),
        composer,
        milliseconds,
        milliseconds * 33,
        _money(cents_of_track(number)),
    )


def _playlist_tracks(size: Size) -> Iterator[Row]:
    each, rest = divmod(size.playlist_tracks, size.playlists)
    step = size.tracks // (each + 1)
    for playlist in range(1, size.playlists + 1):
        for place in range(each + (playlist <= rest)):
            yield playlist, 1 + (playlist * 13 + place * step) % size.tracks


def _employee(number: int) -> Row:
    first, last = _FIRST[number * 3 % 20], _LAST[number * 5 % 18]
    title = "General manager" if number == 1 else "Sales manager" if number <= 3 else "Sales support"
    manager = None if number == 1 else 1 if number <= 3 else 2 + number % 2
    return number, first, last, title, manager, f"{first.lower()}.{number}@store.example"


def _customer(number: int, size: Size) -> Row:
    city, country = PLACES[number % len(PLACES)]
    representative = None if number % 50 == 0 else 4 + number % (size.employees - 3)
    phone = None if number % 6 == 0 else f"+{10 + number % 80} {1_000_000 + number}"
    first, last = _FIRST[number * 7 % 20], _LAST[number * 11 % 18]
    return number, first, last, f"customer{number}@mail.example", city, country, phone, representative


def _invoices(size: Size) -> Iterator[Row]:
    totals = [0] * (size.invoices + 1)
    for line in range(1, size.invoice_lines + 1):
        totals[invoice_of_line(line, size)] += cents_of_track(track_of_line(line, size))
    for number in range(1, size.invoices + 1):
        customer = 1 + number * 31 % size.customers
        city, country = PLACES[customer % len(PLACES)]
        yield number, customer, _OPENED + timedelta(minutes=17 * number), city, country, _money(totals[number])


def _line(number: int, size: Size) -> Row:
    track = track_of_line(number, size)
    return number, invoice_of_line(number, size), track, _money(cents_of_track(track)), 1


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


# ---- into a database -------------------------------------------------------------------------------------------------

# Column by column as the models declare them, and tables after those that they refer to.
COLUMNS: Mapping[str, str] = {
    "artists": "id name",
    "albums": "id title artist_id",
    "genres": "id name",
    "media_types": "id name",
    "tracks": "id name album_id media_type_id genre_id composer milliseconds bytes unit_price",
    "playlists": "id name",
    "playlist_tracks": "playlist_id track_id",
    "employees": "id first_name last_name title reports_to email",
    "customers": "id first_name last_name email city country phone support_rep_id",
    "invoices": "id customer_id invoice_date billing_city billing_country total",
    "invoice_lines": "id invoice_id track_id unit_price quantity",
}


def fill_sqlite(path: str, size: Size) -> None:
    """Fills the empty tables of a SQLite file."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -262144")
        with connection:
            for table, columns in COLUMNS.items():
                names = columns.split()
                statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
                connection.executemany(statement, (tuple(map(_as_stored, row)) for row in rows_of(table, size)))
        connection.execute("ANALYZE")
    finally:
        connection.close()


def _as_stored(value: Any) -> Any:
    """What SQLAlchemy's types keep in SQLite: numbers for decimals, UTC text for moments."""
    if isinstance(value, Decimal):
        return float(value)
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


async def fill_postgres(url: str, size: Size) -> None:
    """Fills the empty tables of a Postgres database, in one transaction."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for table, columns in COLUMNS.items():
                await connection.copy_records_to_table(table, records=rows_of(table, size), columns=columns.split())
                if columns.startswith("id "):
                    await connection.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                    )
        # Sets the visibility map besides the statistics, without which no count is answered by an index alone.
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def fill(url: str, folder: Path, size: Size) -> None:
    """Fills the database that a URL means."""
    if dialect_of(url) == "sqlite":
        fill_sqlite(sqlite_path(url, folder), size)
    else:
        asyncio.run(fill_postgres(url, size))


def main() -> None:
    """The command line."""
    if len(sys.argv) != 2 or sys.argv[1] not in SIZES:
        sys.exit("usage: python data.py small|large")
    began = time.perf_counter()
    folder = Path(__file__).parent
    fill(read_settings(folder).database_url, folder, SIZES[sys.argv[1]])
    sys.stdout.write(f"filled in {time.perf_counter() - began:.1f} s\n")


if __name__ == "__main__":
    main()
