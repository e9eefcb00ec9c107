"""When are there files: where the models import `File`. Starts what they stand on, and signs their addresses in answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portico.gateway.data import Database
from portico.gateway.edge import Edge
from portico.gateway.http import Headers, Receive
from portico.gateway.problems import InvalidSettings
from portico.gateway.settings import Settings
from portico.resolvers.live.feed import Feed
from portico.resolvers.live.ports import Operations, Outlet, Subscription
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.execute import Executor
from portico.schema.caller import Caller
from portico.schema.declarations import Declarations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portico.gateway.storage.buckets import Bucket
    from portico.gateway.storage.direct import DirectUploads
    from portico.gateway.storage.downloads import Downloads
    from portico.gateway.storage.images import Images
    from portico.gateway.storage.partials import Partials
    from portico.gateway.storage.routes import FileRoutes
    from portico.gateway.storage.signing import Signer
    from portico.gateway.storage.stores import Store
    from portico.gateway.storage.sweeping import Sweeper
    from portico.gateway.storage.tus_routes import TusRoutes
    from portico.gateway.storage.uploads import Uploads
    from portico.schema.files import FileMark
    from portico.schema.problems import Problem

_MODULE = "portico.gateway.storage.models"


class FileHost:
    """
    The files of a process.

    Args:
        executor: of the present models.
    """

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        data: Database,
        feed: Feed,
        edge: Edge,
        executor: Callable[[], Executor],
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._data = data
        self._feed = feed
        self._edge = edge
        self._executor = executor
        self._routes: FileRoutes | None = None
        self._signer: Signer | None = None
        self._is_running = False
        self._downloads: Downloads | None = None
        self._images: Images | None = None
        self.uploads: Uploads | None = None
        self.sweeper: Sweeper | None = None

    @property
    def required(self) -> Uploads:
        """
        What files stand on, for commands.

        Raises:
            NoFiles: the models import no `File`.
        """
        if self.uploads is None:
            from portico.gateway.storage.problems import NoFiles

            raise NoFiles("The models have no files.", hint="from portico.gateway.storage import File")
        return self.uploads

    def use(self, declarations: Declarations) -> None:
        """Takes the present models; what files stand on is loaded only where these import `File`."""
        model = next((each for each in declarations.models if each.__module__ == _MODULE), None)
        if model is None:
            return
        from portico.gateway.storage.buckets import buckets_of
        from portico.gateway.storage.hooks import FileHooks

        if self.uploads is None:
            self._make()
        assert self.uploads is not None
        hooks = FileHooks(declarations.hooks, self._data)
        self.uploads.use(model, buckets_of(self._executor().catalog), hooks)
        if self._images is None and any(each.mark.sizes for each in self.uploads.buckets.values()):
            self._begin_images()

    def _make(self) -> None:
        from portico.gateway.storage.buckets import may_fill
        from portico.gateway.storage.downloads import Downloads
        from portico.gateway.storage.reading import FileReader
        from portico.gateway.storage.routes import FileRoutes
        from portico.gateway.storage.signing import Signer
        from portico.gateway.storage.sweeping import Sweeper
        from portico.gateway.storage.uploads import Uploads

        storage = self._settings.storage
        reader = FileReader(self._executor)
        self._signer = Signer(self._keys(), self._settings.public_url, storage.url_s, self._is_public, reader.claims)
        store = self._store()

        def may(caller: Caller, bucket: Bucket) -> bool:
            return may_fill(self._executor().catalog, caller, bucket)

        self.uploads = Uploads(storage, self._data, store, self._signer, may)
        downloads = Downloads(
            lambda: store, self._signer, reader, self._edge, self._is_public, storage.public_max_age_s
        )
        self.sweeper = Sweeper(self.uploads, self._is_public, lambda error: self._edge.observe(b"", error))
        self._downloads = downloads
        self.uploads.direct = self._direct(self.uploads)
        self._routes = FileRoutes(self.uploads, downloads, self._edge, {"tus": self._tus()})

    def _store(self) -> Store:
        if self._settings.storage.s3.bucket:
            from portico.gateway.storage.s3 import S3Store

            return S3Store(self._settings.storage.s3)
        from portico.gateway.storage.disk import DiskStore

        return DiskStore(self._folder / self._settings.storage.folder)

    def _direct(self, uploads: Uploads) -> DirectUploads | None:
        if not self._settings.storage.s3.bucket:
            return None
        from portico.gateway.storage.direct import DirectUploads
        from portico.gateway.storage.s3 import S3Store
        from portico.gateway.storage.s3_presigned import Presigning

        assert isinstance(uploads.store, S3Store)
        return DirectUploads(uploads, Presigning(uploads.store))

    def _tus(self) -> TusRoutes:
        from portico.gateway.storage.turns import Turns
        from portico.gateway.storage.tus_host import TusHost
        from portico.gateway.storage.tus_routes import TusRoutes

        storage = self._settings.storage
        assert self.uploads is not None
        return TusRoutes(
            TusHost(self.uploads, self._edge),
            self._partials(self.uploads.store),
            path="/files/tus/",
            most_bytes=storage.tus_bytes,
            life_s=storage.tus_hours * 3600,
            turns=Turns(idle_s=storage.stall_s),
            observe=self._edge.observe,
        )

    def _partials(self, store: Store) -> Partials:
        storage = self._settings.storage
        if storage.s3.bucket:
            from portico.gateway.storage.s3 import S3Store
            from portico.gateway.storage.s3_partials import S3Partials

            assert isinstance(store, S3Store)
            return S3Partials(store)
        from portico.gateway.storage.disk_partials import DiskPartials

        # In the folder of the files, so that what has come is renamed; no key begins with a dot.
        return DiskPartials(self._folder / storage.folder / ".partial")

    def _begin_images(self) -> None:
        """Reads Pillow, where a column has sizes."""
        from portico.gateway.storage.images import ImageLimits, Images
        from portico.gateway.storage.variants import Variants

        storage, uploads = self._settings.storage, self.uploads
        assert uploads is not None
        assert self._downloads is not None
        limits = ImageLimits(
            most_bytes=storage.image_bytes, most_pixels=storage.image_pixels, threads=storage.image_threads
        )
        self._images = Images(uploads.store, limits)

        def mark_of(bucket: str) -> FileMark | None:
            found = uploads.buckets.get(bucket)
            return None if found is None else found.mark

        variants = Variants(self._images, mark_of)
        self._downloads.variant, uploads.look = variants, variants.look

    def _keys(self) -> Sequence[str]:
        storage, secret = self._settings.storage, self._settings.token_secret
        if storage.signing_keys:
            return storage.signing_keys
        if not secret:
            raise InvalidSettings(
                "Files need a secret, by which their addresses are signed.",
                hint="Set token_secret, or storage.signing_keys.",
            )
        return (hashlib.sha256(b"portico files " + secret.encode()).hexdigest(),)

    def _is_public(self, bucket: str) -> bool:
        found = self.uploads.buckets.get(bucket) if self.uploads is not None else None
        return found is not None and found.mark.public

    # ---- requests ------------------------------------------------------------------------------------

    def routes_at(self, path: str) -> FileRoutes | None:
        """What answers at a path of files."""
        return self._routes if self._routes is not None and self._routes.serves(path) else None

    def signed(self, body: bytes, caller: Caller) -> bytes:
        """An answer as its caller gets it: with addresses in the places that wait for them."""
        return body if self._signer is None else self._signer.sign(body, caller)

    def signing(self, operations: Operations) -> Operations:
        """The same operations, whose answers are signed as they leave: groups of subscribers share them until then."""
        return _SignedOperations(operations, self.signed, lambda: self._signer is not None)

    def multipart(self, headers: Headers, receive: Receive) -> AbstractAsyncContextManager[Any] | None:
        """What a multipart request asks, and its files until it is answered; None where it is none, or there are no files."""
        if self.uploads is None:
            return None
        from portico.gateway.storage.multipart import is_multipart, reading_multipart

        if not is_multipart(headers):
            return None
        return reading_multipart(self._settings.storage, self._settings.max_body_bytes, headers, receive)

    def provided(self, kind: type[Any]) -> Uploads | None:
        """What functions are handed of this kind, if it is of files."""
        return self.uploads if self.uploads is not None and isinstance(self.uploads, kind) else None

    # ---- life ----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begins, once the database is there; called again after a reload that brought files."""
        if self.sweeper is None or self._is_running:
            return
        self._is_running = True
        self.sweeper.start()
        if self.sweeper.tables <= self._feed.tables:
            self._feed.join(self.sweeper)

    async def close(self) -> None:
        """Ends what runs by itself."""
        if self.sweeper is not None:
            await self.sweeper.close()
        if self._images is not None:
            self._images.close()
        if self.uploads is not None:
            await self.uploads.store.close()


class _SignedOperations:
    """Operations whose answers are signed for whoever gets them."""

    def __init__(
        self, operations: Operations, sign: Callable[[bytes, Caller], bytes], signs: Callable[[], bool]
    ) -> None:
        self._operations = operations
        self._sign = sign
        self._signs = signs

    async def open(self, request: LiveRequest, outlet: Outlet) -> Subscription | None:
        """See `Operations`."""
        if not self._signs():
            return await self._operations.open(request, outlet)
        signed = _SignedOutlet(outlet, self._sign, request.caller)
        subscription = await self._operations.open(request, signed)
        return None if subscription is None else _SignedSubscription(subscription, signed)


class _SignedOutlet:
    """See `Outlet`."""

    __slots__ = ("_outlet", "_sign", "caller")

    def __init__(self, outlet: Outlet, sign: Callable[[bytes, Caller], bytes], caller: Caller) -> None:
        self._outlet = outlet
        self._sign = sign
        self.caller = caller

    def next(self, body: bytes) -> None:
        """See `Outlet`."""
        self._outlet.next(self._sign(body, self.caller))

    def end(self, problems: Sequence[Problem] = ()) -> None:
        """See `Outlet`."""
        self._outlet.end(problems)

    @property
    def is_clear(self) -> bool:
        """See `Outlet`."""
        return self._outlet.is_clear


class _SignedSubscription:
    """See `Subscription`."""

    __slots__ = ("_outlet", "_subscription")

    def __init__(self, subscription: Subscription, outlet: _SignedOutlet) -> None:
        self._subscription = subscription
        self._outlet = outlet

    def cleared(self) -> None:
        """See `Subscription`."""
        self._subscription.cleared()

    def act_as(self, caller: Caller) -> None:
        """See `Subscription`."""
        self._outlet.caller = caller
        self._subscription.act_as(caller)

    def close(self) -> None:
        """See `Subscription`."""
        self._subscription.close()
