"""What the demo network answers to a client: one behaviour, in the process and over HTTP.

| verb | request | answer |
|---|---|---|
| check | ``GET /me`` | the account |
| author | ``GET /accounts/{handle or id}`` | an account |
| fetch | ``GET /events?source=&cursor=&limit=`` | ``{"items", "cursor", "more"}`` |
| thread | ``GET /threads/{post}`` | ``{"posts"}`` |
| publish | ``POST /posts`` ``{"text", "reply_to", "key"}`` | the post |
| message | ``POST /messages`` ``{"text", "to", "key"}`` | the message |
| look_up | ``GET /attempts/{key}``; ``GET /sent?reply_to=`` or ``?to=`` | a post; ``{"posts"}`` |
| upload | ``POST /pictures`` ``{"content", "kind", "alt"}`` | ``{"id"}`` |
| delete | ``DELETE /posts/{post}`` | ``{}`` |
| | ``GET /posts/{post}`` | the post |
"""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from amends.connectors.demo.faults import Fault
from amends.connectors.demo.network import DemoNetwork
from amends.connectors.demo.refusal import Refusal

HTML = b"<!doctype html><title>Back soon</title><h1>We are doing some housekeeping.</h1>"
MAX_LIMIT = 500


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """``account`` is the handle on whose behalf it is asked; ``path`` is quoted."""

    method: str
    path: str
    account: str
    params: Mapping[str, str] = {}
    body: Mapping[str, Any] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """``lost`` says that the caller must never hear it."""

    status: int
    body: bytes
    retry_after: int | None = None
    lost: bool = False
    kind: str = "application/json"


def answer(network: DemoNetwork, request: Request) -> Answer:
    """What the network says; never raises on anything a client can send."""
    try:
        verb = verb_of(request)
        network.tick()
        fault = network.next_fault(verb)
        if fault is not None and fault.kind != "lost":
            return broken(fault)
        body = msgspec.json.encode(act(network, verb, request))
        return Answer(status=200, body=body, lost=fault is not None)
    except Refusal as no:
        body = msgspec.json.encode({"error": no.reason})
        return Answer(status=no.status, body=body, retry_after=no.retry_after)


def broken(fault: Fault) -> Answer:
    """The answer of a network that has this fault."""
    if fault.kind == "html":
        return Answer(status=200, body=HTML, kind="text/html")
    status = {"ratelimit": 429, "error": 500, "expired": 401}[fault.kind]
    reason = {429: "Too many requests.", 500: "Something broke here.", 401: "The token expired."}
    body = msgspec.json.encode({"error": reason[status]})
    return Answer(status=status, body=body, retry_after=fault.seconds if status == 429 else None)


def verb_of(request: Request) -> str:
    """The verb of the connector protocol that a request serves. Refusal: 404."""
    first = request.path.split("/")[1] if "/" in request.path else ""
    verbs = {
        ("GET", "me"): "check",
        ("GET", "accounts"): "author",
        ("GET", "events"): "fetch",
        ("GET", "threads"): "thread",
        ("GET", "posts"): "thread",
        ("POST", "posts"): "publish",
        ("POST", "messages"): "message",
        ("POST", "pictures"): "upload",
        ("GET", "attempts"): "look_up",
        ("GET", "sent"): "look_up",
        ("DELETE", "posts"): "delete",
    }
    verb = verbs.get((request.method, first))
    if verb is None:
        raise Refusal(404, f"The demo network has no {request.method} {request.path}.")
    return verb


def act(network: DemoNetwork, verb: str, request: Request) -> Any:
    who = own_account(network, request.account)
    subject = unquote("".join(request.path.split("/", 2)[2:]))
    if verb == "check":
        return network.account(who)
    if verb == "author":
        return network.account(subject)
    if verb == "fetch":
        return fetch(network, who, request.params)
    if verb == "thread":
        return read(network, request, subject)
    if verb == "look_up":
        return look_up(network, who, request, subject)
    if verb == "delete":
        network.withdraw(who, subject)
        return {}
    if verb == "upload":
        return {"id": upload(network, request.body)}
    return write(network, who, verb, request.body)


def own_account(network: DemoNetwork, handle: str) -> str:
    try:
        return str(network.account(handle)["handle"])
    except Refusal as no:
        raise Refusal(401, no.reason) from no


def fetch(network: DemoNetwork, who: str, params: Mapping[str, str]) -> dict[str, Any]:
    cursor, limit = params.get("cursor") or "0", params.get("limit") or "100"
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise Refusal(400, f"{cursor[:40]} is no cursor of the demo network.")
    if not (limit.isascii() and limit.isdigit() and 0 < int(limit[:9]) <= MAX_LIMIT):
        raise Refusal(400, f"A limit is a whole number from 1 to {MAX_LIMIT}.")
    return network.events(who, params.get("source", ""), int(cursor), int(limit))


def read(network: DemoNetwork, request: Request, post_id: str) -> dict[str, Any]:
    posts = network.raw_thread(post_id)
    if request.path.startswith("/threads/"):
        return {"posts": posts}
    for post in posts:
        if post["id"] == post_id:
            return post
    raise Refusal(410, "The post was deleted by its author.")


def look_up(network: DemoNetwork, who: str, request: Request, key: str) -> dict[str, Any]:
    if request.path.startswith("/sent"):
        to = request.params.get("to") or None
        return {"posts": network.sent(who, reply_to=request.params.get("reply_to"), to=to)}
    found = network.attempt(who, key)
    if found is None:
        raise Refusal(404, "Nothing came of that attempt.")
    return found


def upload(network: DemoNetwork, body: Mapping[str, Any]) -> str:
    content, kind, alt = body.get("content"), body.get("kind"), body.get("alt")
    if not isinstance(content, str) or not isinstance(kind, str) or not isinstance(alt, str):
        raise Refusal(422, "A picture needs its content, its kind and what it shows.")
    try:
        return network.keep_picture(b64decode(content, validate=True), kind=kind, alt=alt)
    except ValueError as error:
        raise Refusal(422, "The content of the picture cannot be read.") from error


def write(network: DemoNetwork, who: str, verb: str, body: Mapping[str, Any]) -> dict[str, Any]:
    text, key = body.get("text"), body.get("key")
    target = body.get("reply_to" if verb == "publish" else "to")
    if not isinstance(text, str) or not isinstance(target, str) or not isinstance(key, str | None):
        raise Refusal(422, "A reply needs a text and whom it answers.")
    shown = body.get("pictures") or []
    if not isinstance(shown, list) or not all(isinstance(one, str) for one in shown):
        raise Refusal(422, "Pictures are named by their ids.")
    if verb == "publish":
        return network.publish(who, text, reply_to=target, key=key, pictures=shown)
    return network.send(who, text, to=target, key=key, pictures=shown)
