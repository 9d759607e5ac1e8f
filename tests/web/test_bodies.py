"""What is too large is not taken in: asked of the application itself, before Django reads."""

from typing import Any

import pytest

from amends.connectors.webhook.signing import LARGEST
from amends.web.bodies import OTHERWISE, BodyLimit, limit_for

PIECE = b"x" * 65_536


class Reader:
    """An application that reads all and answers 200; ``took`` is how many bytes it got."""

    def __init__(self) -> None:
        self.took = 0
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.took += len(message["body"])
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def ask(app: Any, path: str, *, pieces: int, told: bytes | None) -> int | None:
    headers = [(b"content-length", told)] if told is not None else []
    left, statuses = iter(range(pieces, 0, -1)), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": PIECE, "more_body": next(left) > 1}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await BodyLimit(app)({"type": "http", "path": path, "headers": headers}, receive, send)
    return statuses[0] if len(statuses) == 1 else None


def test_strangers_may_send_little_wherever_they_may_send_at_all() -> None:
    from tests.web.test_doors import _routes
    from tests.web.test_matrix import PUBLIC

    much = [url for name, url in _routes() if name in PUBLIC and limit_for(url) > LARGEST]
    assert much == ["/robots.txt"]  # which reads nothing


@pytest.mark.parametrize("path", ["/hooks/reviews/", "/hooks/x/1/", "/h/token/", "/sign-in/"])
async def test_unsigned_post_that_hides_its_length_is_cut_off(path: str) -> None:
    app = Reader()
    assert await ask(app, path, pieces=1000, told=None) == 413
    assert app.took <= LARGEST


@pytest.mark.parametrize("told", [b"1000001", b"9" * 30, b"-1", b"many"])
async def test_unsigned_post_that_tells_too_much_is_not_read_at_all(told: bytes) -> None:
    app = Reader()
    assert await ask(app, "/hooks/reviews/", pieces=1, told=told) == 413
    assert app.asked == 0


async def test_length_that_lies_is_counted() -> None:
    app = Reader()
    assert await ask(app, "/hooks/reviews/", pieces=1000, told=b"10") == 413
    assert app.took <= LARGEST


async def test_what_fits_goes_through() -> None:
    app = Reader()
    assert await ask(app, "/hooks/reviews/", pieces=2, told=None) == 200
    assert app.took == 2 * len(PIECE)
    assert limit_for("/cases/T1/attach/") == OTHERWISE


async def test_django_itself_is_asked_for_nothing_and_keeps_no_file() -> None:
    from amends.config.asgi import application

    assert await ask(application._app, "/hooks/reviews/", pieces=1000, told=None) == 413
