"""A stand-in for Bluesky's chat service, for which no server exists: state in memory, on loopback.

The real PDS forwards ``chat.bsky.convo.*`` here with a service token. Answers are built from the
lexicon's own models, so that a field the lexicon does not know cannot slip in.
"""

import base64
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.processes import LOOPBACK, free_ports, wait_until

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
Json = dict[str, Any]


class ChatError(Exception):
    """An answer with ``status`` and the XRPC error name ``error``."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error, self.message, self.status = error, message, status


@dataclass
class Convo:
    """Two members and what they said, oldest first, as views in the wire form."""

    id: str
    members: tuple[str, ...]
    rev: str
    messages: list[Json] = field(default_factory=list)


@dataclass
class ChatService:
    """The state, and the test's own way to it. ``handles`` names members by DID.

    ``closed`` are accounts that take no messages. ``lose_answers`` counts down: that many calls of
    ``sendMessage`` store the message and then answer 500.
    """

    did: str = ""
    handles: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    lose_answers: int = 0
    tokens: list[Json] = field(default_factory=list)
    convos: dict[str, Convo] = field(default_factory=dict)
    logs: dict[str, list[Json]] = field(default_factory=dict)
    _count: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def say(self, sender: str, to: str, text: str) -> Json:
        """A message from one account to another, as its sender would send it; the stored view."""
        with self._lock:
            return self.send(sender, self.convo(sender, [to]), {"text": text})

    def said(self, one: str, other: str) -> list[tuple[str, str]]:
        """What two accounts told each other: ``(sender, text)``, oldest first."""
        with self._lock:
            messages = self.convo(one, [other]).messages
            return [(m["sender"]["did"], m["text"]) for m in messages if "text" in m]

    def convo(self, viewer: str, members: list[str]) -> Convo:
        everyone = tuple(sorted({viewer, *members}))
        if any(member in self.closed for member in everyone if member != viewer):
            msg = "recipient has disabled incoming messages"
            raise ChatError("MessagesDisabled", msg)
        for convo in self.convos.values():
            if convo.members == everyone:
                return convo
        rev = self._rev()
        convo = Convo(id=rev, members=everyone, rev=rev)
        self.convos[convo.id] = convo
        self._log(convo, {"$type": "chat.bsky.convo.defs#logBeginConvo", "rev": rev})
        return convo

    def send(self, sender: str, convo: Convo, message: Json) -> Json:
        from atproto import models

        rev = self._rev()
        given = models.ChatBskyConvoDefs.MessageInput.model_validate(message)
        view = models.ChatBskyConvoDefs.MessageView(
            id=rev,
            rev=rev,
            sender=models.ChatBskyConvoDefs.MessageViewSender(did=sender),
            sent_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            text=given.text,
            facets=given.facets,
        )
        stored = _wire(view)
        convo.messages.append(stored)
        convo.rev = rev
        entry = {"$type": "chat.bsky.convo.defs#logCreateMessage", "rev": rev, "message": stored}
        self._log(convo, entry)
        return stored

    def delete(self, viewer: str, convo: Convo, message_id: str) -> Json:
        """Hide a message from ``viewer``; as in the real service the others keep it."""
        for message in convo.messages:
            if message["id"] == message_id:
                gone = {k: message[k] for k in ("id", "sender", "sentAt")}
                gone |= {"$type": "chat.bsky.convo.defs#deletedMessageView", "rev": self._rev()}
                entry = {"$type": "chat.bsky.convo.defs#logDeleteMessage", "message": gone}
                self._log(convo, entry | {"rev": gone["rev"]}, only=viewer)
                return gone
        raise ChatError("InvalidRequest", "Message not found")

    def view(self, viewer: str, convo: Convo) -> Json:
        from atproto import models

        profile = models.ChatBskyActorDefs.ProfileViewBasic
        members = [
            profile(did=did, handle=self.handles.get(did, "handle.invalid"))
            for did in convo.members
        ]
        shown = models.ChatBskyConvoDefs.ConvoView(
            id=convo.id, members=members, muted=False, rev=convo.rev, unread_count=0
        )
        last = {"lastMessage": convo.messages[-1]} if convo.messages else {}
        return _wire(shown) | {"status": "accepted"} | last

    def _log(self, convo: Convo, entry: Json, *, only: str | None = None) -> None:
        for member in convo.members if only is None else (only,):
            self.logs.setdefault(member, []).append(entry | {"convoId": convo.id})

    def _rev(self) -> str:
        # Revisions of the real service are TIDs too: 13 letters that sort by time.
        self._count += 1
        number = (time.time_ns() // 1000 << 10) + self._count % 1024
        return "".join(ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def _wire(model: Any) -> Json:
    shown: Json = model.model_dump(by_alias=True, exclude_none=True)
    return shown


def _claims(service: ChatService, request: Request, method: str) -> Json:
    """What the service token says; ``ChatError`` where it is not one for this method of ours."""
    header = request.headers.get("authorization", "")
    try:
        body = header.removeprefix("Bearer ").split(".")[1]
        claims: Json = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError) as error:
        raise ChatError("AuthMissing", "A service token is required", 401) from error
    good = str(claims.get("iss", "")).startswith("did:") and claims.get("lxm") == method
    if not good or str(claims.get("aud", "")).partition("#")[0] != service.did:
        raise ChatError("BadJwt", "The service token is not for this method of this service", 401)
    if float(claims.get("exp", 0)) < time.time():
        raise ChatError("JwtExpired", "The service token has expired", 401)
    service.tokens.append(claims)
    return claims


def _get_convo_for_members(service: ChatService, viewer: str, given: Json) -> Json:
    return {"convo": service.view(viewer, service.convo(viewer, given["members"]))}


def _own_convo(service: ChatService, viewer: str, convo_id: object) -> Convo:
    convo = service.convos.get(str(convo_id))
    if convo is None or viewer not in convo.members:
        raise ChatError("InvalidConvo", "Convo not found")
    return convo


def _send_message(service: ChatService, viewer: str, given: Json) -> Json:
    stored = service.send(viewer, _own_convo(service, viewer, given["convoId"]), given["message"])
    if service.lose_answers:
        service.lose_answers -= 1
        raise ChatError("InternalServerError", "Internal Server Error", 500)
    return stored


def _get_messages(service: ChatService, viewer: str, given: Json) -> Json:
    convo = _own_convo(service, viewer, given["convoId"][0])
    newest_first = [m for m in reversed(convo.messages) if m["rev"] < given.get("cursor", ["~"])[0]]
    page = newest_first[: int(given.get("limit", ["50"])[0])]
    more = {"cursor": page[-1]["rev"]} if len(page) < len(newest_first) else {}
    return {"messages": page} | more


def _list_convos(service: ChatService, viewer: str, given: Json) -> Json:
    mine = [convo for convo in service.convos.values() if viewer in convo.members]
    mine.sort(key=lambda convo: convo.rev, reverse=True)
    rest = [convo for convo in mine if convo.rev < given.get("cursor", ["~"])[0]]
    page = rest[: int(given.get("limit", ["50"])[0])]
    more = {"cursor": page[-1].rev} if len(page) < len(rest) else {}
    return {"convos": [service.view(viewer, convo) for convo in page]} | more


def _get_log(service: ChatService, viewer: str, given: Json) -> Json:
    after = given.get("cursor", [""])[0]
    entries = [entry for entry in service.logs.get(viewer, []) if entry["rev"] > after][:100]
    return {"logs": entries, "cursor": entries[-1]["rev"] if entries else after}


def _delete_for_self(service: ChatService, viewer: str, given: Json) -> Json:
    convo = _own_convo(service, viewer, given["convoId"])
    return service.delete(viewer, convo, str(given["messageId"]))


Handler = Callable[[ChatService, str, Json], Json]
QUERIES: dict[str, Handler] = {
    "chat.bsky.convo.getConvoForMembers": _get_convo_for_members,
    "chat.bsky.convo.getMessages": _get_messages,
    "chat.bsky.convo.listConvos": _list_convos,
    "chat.bsky.convo.getLog": _get_log,
}
PROCEDURES: dict[str, Handler] = {
    "chat.bsky.convo.sendMessage": _send_message,
    "chat.bsky.convo.deleteMessageForSelf": _delete_for_self,
}


def chat_app(service: ChatService) -> Starlette:
    """The service as an ASGI application."""

    async def endpoint(request: Request) -> Response:
        method = request.path_params["method"]
        handler = (QUERIES if request.method == "GET" else PROCEDURES).get(method)
        try:
            if handler is None:
                raise ChatError("MethodNotImplemented", "Method not implemented", 501)
            claims = _claims(service, request, method)
            query = {name: request.query_params.getlist(name) for name in request.query_params}
            given = query if request.method == "GET" else await request.json()
            with service._lock:
                return JSONResponse(handler(service, claims["iss"], given))
        except ChatError as error:
            body = {"error": error.error, "message": error.message}
            return JSONResponse(body, status_code=error.status)
        except (KeyError, ValueError, TypeError) as error:
            body = {"error": "InvalidRequest", "message": str(error)}
            return JSONResponse(body, status_code=400)

    return Starlette(routes=[Route("/xrpc/{method}", endpoint, methods=["GET", "POST"])])


class ChatServer:
    """``ChatService`` behind HTTP in a thread: ``service``, ``url``, ``stop()``."""

    def __init__(self) -> None:
        self.service = ChatService()
        (port,) = free_ports(1)
        # The PDS takes service endpoints by name, as the DID document of a test network does.
        self.url = f"http://localhost:{port}"
        config = uvicorn.Config(
            chat_app(self.service), host=LOOPBACK, port=port, log_level="error", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="chat", daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started, seconds=10, what="The chat stand-in")

    def stop(self) -> None:
        self._server.should_exit = True
        with suppress(RuntimeError):
            self._thread.join(10)
