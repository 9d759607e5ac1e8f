"""What connectors have in common that listen and cannot answer."""

from collections.abc import AsyncIterator, Sequence
from typing import ClassVar

from amends.terms import Author, ConnectorError, Page, Post, Published, ReplyTarget, Traits


def reader(network: str, handle: str) -> Author:
    """Who we are where nobody signs in: by an id that no author has, so that somebody who happens
    to be called like the channel is not taken for us."""
    return Author(id=f"{network}//{handle}", handle=handle)


class ReadOnly:
    """No stream, no threads, no replies; ``instead`` says where to answer."""

    traits: ClassVar[Traits] = Traits(unit="characters")
    instead: ClassVar[str]

    def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        del cursor
        raise ConnectorError(f"There is no stream here. {self.instead}")

    async def thread(self, post_id: str) -> Sequence[Post]:
        del post_id
        raise ConnectorError("Nothing is told here of what others answered; look at the post.")

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del text, target, attempt
        raise ConnectorError(self.instead)

    async def message(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del text, target, attempt
        raise ConnectorError(self.instead)

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        del attempt, text, target, private
        return None  # nothing ever goes out

    async def delete(self, post_id: str) -> None:
        del post_id
        raise ConnectorError("Nothing of ours stands there, so nothing can be removed.")
