"""How much anybody may send, counted before anything reads it.

Django takes a body in whole, onto the disk where it is long, before it asks who sent it. What
networks and strangers post without a session is small, so more than that is not even taken in.
"""

from typing import Any, Final

from amends.connectors.webhook.signing import LARGEST

Message = Any  # what ASGI passes; servers and Django type it differently
Receive = Any
Send = Any
App = Any

# Where nobody is signed in: a signature over the whole body, a link or a password says who it is.
STRANGERS: Final = ("/hooks/", "/h/", "/sign-in/", "/enter/", "/healthz")
OTHERWISE: Final = 32_000_000  # bytes: a file of evidence, a list of accounts
_SENTENCE: Final = b"What was sent is too large, so it was not taken in."


def limit_for(path: str) -> int:
    """How many bytes may be sent to an address."""
    return LARGEST if path.startswith(STRANGERS) else OTHERWISE


class BodyLimit:
    """An ASGI application whose requests are no longer than ``limit_for`` says: 413 otherwise.

    A length that is told is believed to be too large; one that is not told is counted.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = _Counted(receive, send, limit_for(str(scope["path"])))
        if _told(scope) <= counted.limit:
            await self._app(scope, counted.receive, counted.send)
        else:
            counted.over = True
        if counted.over and not counted.begun:
            await _refuse(send)


class _Counted:
    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self.limit = receive, send, limit
        self.begun = self.over = False
        self._came = 0

    async def receive(self) -> Message:
        """The next piece; where it is too many, as if whoever sends had hung up."""
        message = await self._receive()
        self._came += len(message.get("body", b""))
        if self._came <= self.limit:
            return message
        self.over = True
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


def _told(scope: Message) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 19 else OTHERWISE + 1
    return 0


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_SENTENCE)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _SENTENCE})
