"""Chat: rooms, who is in which room, and what they said."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.gateway.auth import User
from portico.schema import Channel, Id, Me, Model, Now, Rule, allow, everyone, owner


class Room(Model):
    """A place to talk; whoever opens it may let others in."""

    id: Mapped[Id]
    title: Mapped[str]
    opened_by_id: Mapped[UUID] = owner()
    members: Mapped[list["Member"]] = relationship(back_populates="room")
    messages: Mapped[list["Message"]] = relationship(back_populates="room")


class Member(Model):
    """Somebody in a room."""

    room_id: Mapped[UUID] = mapped_column(ForeignKey(Room.id), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
    since: Mapped[Now]
    room: Mapped[Room] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class Message(Model):
    """A line said in a room."""

    id: Mapped[Id]
    room_id: Mapped[UUID] = mapped_column(ForeignKey(Room.id), index=True)
    author_id: Mapped[UUID] = owner()  # the caller; clients cannot set it
    body: Mapped[str]
    sent_at: Mapped[Now]
    room: Mapped[Room] = relationship(back_populates="messages")
    author: Mapped[User] = relationship()


class RoomChannel(Channel):
    """What happens in a room right now; nothing of it is kept."""

    room: Mapped[Room]

    class Message:
        """Something that is over as soon as it is seen."""

        kind: str  # "wave", "reaction", …
        body: str = ""

    class Presence:
        """Somebody who has the room open."""

        status: str = "here"
        typing: bool = False


allow(User, "read", when=everyone, to="user", fields=[User.id, User.name])
allow(Room, "create", when=everyone, to="user")


@allow(Room, "read", to="user")
def my_rooms(room: type[Room], me: Me) -> Rule:
    """Rooms are visible to their members."""
    return room.members.any(Member.user_id == me.id)


@allow(Room, "read", "update", "delete", to="user")
def rooms_i_opened(room: type[Room], me: Me) -> Rule:
    """Whoever opened a room keeps it."""
    return room.opened_by_id == me.id


@allow(Member, "read", to="user")
def members_of_my_rooms(member: type[Member], me: Me) -> Rule:
    """Members see each other."""
    return member.room.has(my_rooms(Room, me))


@allow(Member, "create", "delete", to="user")
def members_of_rooms_i_opened(member: type[Member], me: Me) -> Rule:
    """Whoever opened the room lets others in, and puts them out."""
    return member.room.has(Room.opened_by_id == me.id)


@allow(Message, "read", "create", to="user")
def messages_in_my_rooms(message: type[Message], me: Me) -> Rule:
    """Messages are read and written by the room's members."""
    return message.room.has(my_rooms(Room, me))


@allow(Message, "update", "delete", to="user")
def my_messages(message: type[Message], me: Me) -> Rule:
    """Only the author changes a message."""
    return message.author_id == me.id


# Besides what my_rooms and rooms_i_opened ask: a channel of a row is there for those who may read the row.
allow(RoomChannel, "join", "send", when=everyone, to="user")
