"""The demo network as a server of its own, for ``amends demo serve`` and for kill tests."""

import asyncio
import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from amends.connectors.demo.api import Answer, Request, answer
from amends.connectors.demo.network import DemoNetwork
from amends.connectors.demo.refusal import Refusal
from amends.terms import Clock

MAX_BODY = 64 * 1024
MAX_PICTURE = 1_500_000  # as text, which is a third longer than the picture
GRACE_SECONDS = 3
METHODS = ["GET", "POST", "DELETE"]


class Broken(Response):
    """Begins an answer and hangs up, as a server does that dies in the middle of one."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def make_app(network: DemoNetwork, *, token: str, control: bool = False) -> Starlette:
    """``control`` adds ``/control/...``, by which tests post and ask for faults."""

    async def client(request: HttpRequest) -> Response:
        if not _signed_in(request, token):
            return _json(401, {"error": "The token is not one of this network."})
        body = await _body(request)
        if body is None:
            return _json(400, {"error": "The body is not a JSON object of at most 64 KB."})
        asked = Request(
            method=request.method,
            path=request.scope["raw_path"].decode("ascii", "replace"),
            account=unquote(request.headers.get("x-account", "")),
            params=dict(request.query_params),
            body=body,
        )
        return _http(await asyncio.to_thread(answer, network, asked))

    async def controls(request: HttpRequest) -> Response:
        if not _signed_in(request, token):
            return _json(401, {"error": "The token is not one of this network."})
        body = await _body(request)
        verb = request.path_params["verb"]
        try:
            done = await asyncio.to_thread(CONTROLS[verb], network, body or {})
        except Refusal as no:
            return _json(no.status, {"error": no.reason})
        except (KeyError, TypeError, ValueError) as error:
            return _json(422, {"error": f"That is no {verb}: {error}."})
        return _json(200, done)

    async def health(_request: HttpRequest) -> Response:
        return _json(200, {"network": "demo"})

    routes = [Route("/health", health)]
    if control:
        routes.append(Route("/control/{verb}", controls, methods=["POST"]))
    routes.append(Route("/{path:path}", client, methods=METHODS))
    return Starlette(routes=routes)


def _signed_in(request: HttpRequest, token: str) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), token.encode())


async def _body(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON object of a body, empty where there is none; None for anything else."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > (MAX_PICTURE if request.url.path == "/pictures" else MAX_BODY):
            return None
    try:
        return msgspec.json.decode(raw, type=dict[str, Any]) if raw else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _json(status: int, body: object) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _http(found: Answer) -> Response:
    if found.lost:
        return Broken()
    response = Response(found.body, found.status, media_type=found.kind)
    if found.retry_after is not None:
        response.headers["retry-after"] = str(found.retry_after)
    return response


def _post(network: DemoNetwork, body: dict[str, Any]) -> object:
    return {"id": network.post(body.pop("handle"), body.pop("text"), **body)}


def _message(network: DemoNetwork, body: dict[str, Any]) -> object:
    return {"id": network.message(body["sender"], body["to"], body["text"])}


def _edit(network: DemoNetwork, body: dict[str, Any]) -> object:
    network.edit(body["id"], body["text"])
    return {}


def _delete(network: DemoNetwork, body: dict[str, Any]) -> object:
    network.delete(body["id"])
    return {}


def _signup(network: DemoNetwork, body: dict[str, Any]) -> object:
    return {"id": network.signup(body.pop("handle"), **body)}


def _fail(network: DemoNetwork, body: dict[str, Any]) -> object:
    wait = timedelta(seconds=int(body.get("seconds", 30)))
    network.fail(body["verb"], body["kind"], times=int(body.get("times", 1)), retry_after=wait)
    return {}


def _heal(network: DemoNetwork, _body: dict[str, Any]) -> object:
    network.heal()
    return {}


def _posts(network: DemoNetwork, _body: dict[str, Any]) -> object:
    return {"posts": network.posts()}


def _sent(network: DemoNetwork, body: dict[str, Any]) -> object:
    handle = body["handle"]
    return {"replies": network.replies_by(handle), "messages": network.messages_by(handle)}


CONTROLS: dict[str, Callable[[DemoNetwork, dict[str, Any]], object]] = {
    "post": _post,
    "message": _message,
    "edit": _edit,
    "delete": _delete,
    "signup": _signup,
    "fail": _fail,
    "heal": _heal,
    "posts": _posts,
    "sent": _sent,
}


class _Server(uvicorn.Server):
    """Tells where it listens once it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        if self._ready is not None and not self.should_exit:
            self._ready(self.servers[0].sockets[0].getsockname()[1])


def server(
    path: Path,
    *,
    host: str,
    port: int,
    seed: int,
    cast: bool,
    clock: Clock,
    token: str,
    control: bool = False,
    ready: Callable[[int], None] | None = None,
) -> uvicorn.Server:
    """A server that is not running yet; ``ready`` is told the port (0 takes a free one)."""
    app = make_app(
        DemoNetwork(path, seed=seed, clock=clock, cast=cast), token=token, control=control
    )
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        log_level="critical",
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    return _Server(config, ready)


def serve(
    path: Path,
    *,
    host: str,
    port: int,
    seed: int,
    cast: bool,
    clock: Clock,
    token: str,
    control: bool = False,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. Raises SystemExit where the port is taken."""
    made = server(
        path, host=host, port=port, seed=seed, cast=cast, clock=clock, token=token,
        control=control, ready=ready,
    )  # fmt: skip
    with suppress(KeyboardInterrupt):
        made.run()
