"""The notebook's album: the photos, signatures, recordings and files that answers name, kept and read again."""

from collections.abc import Sequence
from typing import Any

from app.album import Album
from app.attachments import check_file, plain_name
from app.photos import Area
from app.sealed_files import Remains
from app.setup import Policy


class Attaching:
    """The part of the notebook that keeps files."""

    _album: Album

    @property
    def _policy(self) -> Policy:
        raise NotImplementedError

    def place_photos(self) -> list[str]:
        raise NotImplementedError

    def _now(self) -> str:
        raise NotImplementedError

    def _changed(self) -> None:
        raise NotImplementedError

    async def add_photo(self, data: bytes) -> dict[str, Any]:
        """Keeps a picture (scaled, without metadata), durable when this returns; gives the image answer.

        Raises NotAPhoto, NoRoom.
        """
        return await self.keep_fitted(await self.fit_photo(data))

    async def fit_photo(self, data: bytes) -> bytes:
        """A picture scaled and without metadata, to be looked at before it is kept. Raises NotAPhoto."""
        return await self._album.fit(data, self._policy)

    async def keep_fitted(self, picture: bytes, blurred: Sequence[Area] = ()) -> dict[str, Any]:
        """Keeps what `fit_photo` gave, with these areas blurred for good; gives the image answer.

        Raises NotAPhoto, NoRoom.
        """
        return await self._album.add(picture, self._policy, blurred)

    async def add_file(self, data: bytes, name: str = "", *, sound: bool = False) -> dict[str, Any]:
        """Keeps a file as it is, durable when this returns; gives its answer. Raises NotThisFile, NoRoom."""
        answer = await self._album.add_file(data, check_file(data, name, sound=sound))
        return answer | ({"name": plain_name(name)} if plain_name(name) else {})

    async def photo(self, sha: str) -> bytes | None:
        """A photo that is on this phone, or None."""
        return await self._album.read(sha)

    async def damaged_photo(self, sha: str) -> Remains | None:
        """What can be read of a photo that is damaged, however little; None when it is whole or not on this phone."""
        return await self._album.remains(sha)

    def photos_to_fetch(self) -> list[str]:
        """The photos of places that are not on this phone yet."""
        return [sha for sha in self.place_photos() if self._album.state(sha)[0] == "absent"]

    async def keep_photo(self, sha: str, data: bytes) -> None:
        """Keeps a place's or another officer's photo for looking at. Raises ValueError when its name says another."""
        await self._album.keep(sha, data, self._now())
        self._changed()
