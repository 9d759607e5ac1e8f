"""The server of the pages."""

import socket

import uvicorn


class PagesServer(uvicorn.Server):
    """Lets go of open pages when it stops: their event streams would not end by themselves."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which waits for what is under way."""
        from amends.web.feed import shared_feed  # its models need the settings

        shared_feed().end()
        await super().shutdown(sockets)
