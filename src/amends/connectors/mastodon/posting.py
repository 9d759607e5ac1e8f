"""Replies and direct messages, and finding them again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from amends.connectors.calling import Effect, Refusal
from amends.connectors.fields import mapping_of, mappings_of, text_of, time_of, web_link
from amends.connectors.mastodon.api import Api, Json
from amends.connectors.mastodon.html import plain_text
from amends.connectors.mastodon.server import Server
from amends.terms import Author, BadInput, Clock, ConnectorError, Published
from amends.text import strip_handles

_LOOK_BACK = timedelta(hours=24)  # how old a reply may be that a lost attempt is found in
_PAGES = 5  # of 40 statuses of ours
_VISIBILITIES = ("public", "unlisted", "private", "direct")


class Posting:
    """What our account writes. Raises ``ConnectorError`` and its kin only."""

    def __init__(self, api: Api, server: Server, clock: Clock) -> None:
        self._api = api
        self._server = server
        self._clock = clock
        self._us = ""

    async def us(self) -> str:
        """The id of our account."""
        if not self._us:
            told = mapping_of(await self._api.get("/api/v1/accounts/verify_credentials"))
            self._us = text_of(told.get("id")) or ""
        return self._us

    async def reply(
        self, text: str, *, post_id: str, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """Answer a status: to its author by name, to no wider circle, under its warning."""
        parent = await self.status(post_id)
        account = mapping_of(parent.get("account"))
        acct = text_of(account.get("acct")) or ""
        own = text_of(account.get("id")) == await self.us()
        visibility = parent.get("visibility")
        return await self._post(
            text if own else addressed(text, acct),
            visibility=visibility if visibility in _VISIBILITIES else "unlisted",
            attempt=attempt,
            in_reply_to_id=text_of(parent.get("id")) or post_id,
            warning=text_of(parent.get("spoiler_text")) or "",
            media=media,
        )

    async def message(
        self, text: str, *, to: Author, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """A status that only the named account and ours may see."""
        account = await self.account(to)
        return await self._post(
            addressed(text, text_of(account.get("acct")) or ""),
            visibility="direct",
            attempt=attempt,
            media=media,
        )

    async def account(self, author: Author) -> Json:
        """The account of somebody, by id or handle. Raises ``ConnectorError`` where there is none."""
        asked: list[tuple[str, dict[str, str]]] = []
        if author.id:
            asked.append((f"/api/v1/accounts/{path_part(author.id)}", {}))
        if author.handle:
            asked.append(("/api/v1/accounts/lookup", {"acct": author.handle.lstrip("@")}))
        for path, params in asked:
            try:
                found = mapping_of(await self._api.get(path, params))
            except Refusal as refusal:
                if refusal.status in (400, 404, 410, 422):
                    continue
                raise
            if text_of(found.get("acct")):
                return found
        msg = f"There is no account {author.handle or author.id!r} on this server any more."
        raise ConnectorError(msg)

    async def status(self, post_id: str) -> Json:
        """A status as it is now. Raises ``ConnectorError`` where it is gone."""
        try:
            found = mapping_of(await self._api.get(f"/api/v1/statuses/{path_part(post_id)}"))
        except Refusal as refusal:
            if refusal.status not in (404, 410):
                raise
            found = {}
        if text_of(found.get("id")) is None:
            msg = "The post is no longer there, or hidden from us, so it cannot be answered."
            raise ConnectorError(msg)
        return found

    async def find(
        self, text: str, *, post_id: str | None, to: Author | None = None
    ) -> Published | None:
        """The newest status of ours with this text, of the last 24 hours: under ``post_id``, or
        without one direct to somebody."""
        since, wanted, pages = self._clock.now() - _LOOK_BACK, _words(text), 0
        path = f"/api/v1/accounts/{path_part(await self.us())}/statuses"
        params: dict[str, str | int] = {"limit": 40, "exclude_reblogs": "true"}
        async for statuses in self._api.listed(path, params):
            pages += 1
            found = [mapping_of(one) for one in statuses]
            for status in found:
                if _may_be(status, post_id, to) and await self._says(status, wanted):
                    return self._published(status)
            oldest = [_time(one) for one in found]
            if pages >= _PAGES or any(time < since for time in oldest if time):
                break
        return None

    async def _says(self, status: Json, wanted: str) -> bool:
        """Whether a status has these words, as shown or, where servers dress them up, as typed."""
        if _words(_shown(status)) == wanted:
            return True
        path = f"/api/v1/statuses/{path_part(text_of(status.get('id')) or '')}/source"
        try:
            source = mapping_of(await self._api.get(path))
        except Refusal:
            return False
        return _words(text_of(source.get("text")) or "") == wanted

    async def _post(
        self,
        text: str,
        *,
        visibility: Any,
        attempt: str,
        in_reply_to_id: str | None = None,
        warning: str = "",
        media: Sequence[str] = (),
    ) -> Published:
        (await self._server.limits()).check(text, warning)
        body: dict[str, object] = {"status": text, "visibility": visibility}
        if in_reply_to_id:
            body["in_reply_to_id"] = in_reply_to_id
        if warning:
            body["spoiler_text"] = warning
        if media:
            body["media_ids"] = list(media)
        # Servers forget keys within the hour, and some know none: what was lost is looked up first.
        answer = await self._api.ask(
            "POST",
            "/api/v1/statuses",
            effect=Effect.ONCE,
            json=body,
            headers={"Idempotency-Key": attempt},
        )
        status = mapping_of(answer.value)
        if text_of(status.get("id")) is None:
            raise self._api.caller.lost(Effect.ONCE, sent=True)
        return self._published(status)

    def _published(self, status: Json) -> Published:
        return Published(
            id=text_of(status.get("id")) or "",
            url=web_link(status.get("url")),
            at=_time(status) or self._clock.now(),
        )


def addressed(text: str, acct: str) -> str:
    """The text with the name of whom it is for, without which nobody is told of it."""
    name = f"@{acct}"
    words = {word.strip(".,:;!?()").casefold() for word in text.split()}
    return text if not acct or name.casefold() in words else f"{name} {text}"


def path_part(given: str) -> str:
    """An id as part of a path. Raises ``ConnectorError`` for what is no id of any server's."""
    if not given or len(given) > 200 or not all(c.isalnum() or c in "-_" for c in given):
        msg = f"{given[:80]!r} is no id of this network."
        raise ConnectorError(msg)
    return given


def _may_be(status: Json, post_id: str | None, to: Author | None) -> bool:
    if post_id is not None:
        return text_of(status.get("in_reply_to_id")) == post_id
    if status.get("visibility") != "direct":
        return False
    named = [text_of(one.get("id")) for one in mappings_of(status.get("mentions"))]
    return to is None or to.id is None or not named or to.id in named


def _shown(status: Json) -> str:
    content = status.get("content")
    try:
        return plain_text(content).text if isinstance(content, str) else ""
    except BadInput:
        return ""


def _words(text: str) -> str:
    return " ".join(strip_handles(text).split())


def _time(status: Json) -> datetime | None:
    try:
        return time_of(status.get("created_at"))
    except BadInput:
        return None
