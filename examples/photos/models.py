"""Photos: albums that are private until their owner shares them, and the pictures in them."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.gateway.auth import User
from portico.gateway.storage import File
from portico.schema import Id, Me, Model, Now, Rule, allow, file, owner


class Album(Model):
    """Pictures that belong together."""

    id: Mapped[Id]
    title: Mapped[str]
    owner_id: Mapped[UUID] = owner()
    is_shared: Mapped[bool] = mapped_column(default=False, server_default="0")
    photos: Mapped[list["Photo"]] = relationship(back_populates="album", passive_deletes=True)
    owner: Mapped[User] = relationship()


class Photo(Model):
    """A picture in an album."""

    id: Mapped[Id]
    album_id: Mapped[UUID] = mapped_column(ForeignKey(Album.id, ondelete="CASCADE"), index=True)
    caption: Mapped[str]
    picture: Mapped[File] = file(types="image/*", max_bytes=10_000_000, sizes={"small": (320, 320)})
    added_at: Mapped[Now]
    album: Mapped[Album] = relationship(back_populates="photos")


@allow(User, "read", to="user", fields=[User.id, User.name])
def people(user: type[User], me: Me) -> Rule:
    """Names are known to who is signed in."""
    return me.id.is_not(None)


@allow(Album, "read", to="user")
def own_or_shared(album: type[Album], me: Me) -> Rule:
    """Albums are seen by their owner, and by everybody who is signed in once they are shared."""
    return (album.owner_id == me.id) | album.is_shared


@allow(Album, "write", to="user")
def own_albums(album: type[Album], me: Me) -> Rule:
    """Albums are changed by their owner."""
    return album.owner_id == me.id


@allow(Photo, "read", to="user")
def photos_of_seen_albums(photo: type[Photo], me: Me) -> Rule:
    """A photo is seen as its album is, and so are the bytes of its picture."""
    return photo.album.has(own_or_shared(Album, me))


@allow(Photo, "write", to="user")
def photos_of_own_albums(photo: type[Photo], me: Me) -> Rule:
    """Photos are added and deleted by the album's owner."""
    return photo.album.has(own_albums(Album, me))
