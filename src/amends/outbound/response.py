"""An answer."""

from collections.abc import Mapping
from typing import Any

import msgspec

from amends.terms import ConnectorError


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answered. Header names are lower case; ``url`` is the last one asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8, what is not shown as U+FFFD."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body read as JSON. Raises ``ConnectorError`` that says what came instead."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            msg = (
                f"{self._host()} answered {self._kind()} instead of JSON (status {self.status}); "
                "check the address of the network, or ask again later."
            )
            raise ConnectorError(msg) from error

    def _kind(self) -> str:
        kind = self.headers.get("content-type", "").lower()
        if "html" in kind or self.body.lstrip()[:1] == b"<":
            return "HTML"
        return "broken text" if self.body.strip() else "nothing"

    def _host(self) -> str:
        return self.url.partition("://")[2].partition("/")[0].partition("?")[0] or "The server"
