"""A blog: posts with tags and comments, drafts that only their author sees, and editors who may change any post."""

from enum import Enum
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.gateway.auth import User
from portico.schema import Id, Me, Model, Now, Rule, Touched, allow, everyone, owner, role


class State(Enum):
    """How far a post is."""

    DRAFT = "draft"
    PUBLISHED = "published"


post_tags = Table(
    "post_tags",
    Model.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Tag(Model):
    """A word that posts are found by."""

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    posts: Mapped[list["Post"]] = relationship(secondary=post_tags, back_populates="tags")


class Post(Model):
    """An article."""

    id: Mapped[Id]
    author_id: Mapped[UUID] = owner()
    title: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str]
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    likes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Now]
    updated_at: Mapped[Touched]
    author: Mapped[User] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=post_tags, back_populates="posts")
    comments: Mapped[list["Comment"]] = relationship(back_populates="post", cascade="all, delete-orphan")


class Comment(Model):
    """What a reader says to a post."""

    id: Mapped[Id]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[UUID] = owner()
    body: Mapped[str]
    created_at: Mapped[Now]
    post: Mapped[Post] = relationship(back_populates="comments")
    author: Mapped[User] = relationship()


editor = role("editor", inherits=["user"])

allow(Tag, "read", when=everyone)
allow(Tag, "write", to=editor, when=everyone)
allow(User, "read", when=everyone, fields=[User.id, User.name])


@allow(Post, "read")
def published_posts(post: type[Post], me: Me) -> Rule:
    """Published posts are for everyone."""
    return post.state == State.PUBLISHED


@allow(Post, "all", to="user")
def my_posts(post: type[Post], me: Me) -> Rule:
    """Authors see and change their own posts, drafts too."""
    return post.author_id == me.id


allow(Post, "read", "update", "delete", to=editor, when=everyone)


@allow(Comment, "read")
def comments_on_visible_posts(comment: type[Comment], me: Me) -> Rule:
    """Comments are read with their post."""
    return comment.post.has(Post.state == State.PUBLISHED) | comment.post.has(Post.author_id == me.id)


@allow(Comment, "create", to="user")
def comment_on_published_posts(comment: type[Comment], me: Me) -> Rule:
    """Signed-in readers comment on published posts."""
    return comment.post.has(Post.state == State.PUBLISHED)


@allow(Comment, "update", "delete", to="user")
def my_comments(comment: type[Comment], me: Me) -> Rule:
    """Authors change their comments."""
    return comment.author_id == me.id
