"""A notebook that everyone may read, and in which each note belongs to its author."""

from uuid import UUID

from sqlalchemy.orm import Mapped, relationship

from portico.gateway.auth import User
from portico.schema import Id, Me, Model, Now, Rule, allow, everyone, owner


class Note(Model):
    """A few words by somebody."""

    id: Mapped[Id]
    author_id: Mapped[UUID] = owner()  # the caller; clients cannot set it
    text: Mapped[str]
    written_at: Mapped[Now]
    author: Mapped[User] = relationship()


allow(Note, "read", when=everyone)
allow(User, "read", when=everyone, fields=[User.id, User.name])


@allow(Note, "write", to="user")
def my_notes(note: type[Note], me: Me) -> Rule:
    """Only the author writes, changes and deletes a note."""
    return note.author_id == me.id
