"""Replies and direct messages, and finding them again."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from amends.connectors.calling import Effect, Refusal
from amends.connectors.fields import mapping_of, mappings_of, text_of, time_of
from amends.connectors.x.api import MESSAGE_FIELDS, POST_FIELDS, USER_FIELDS, Api, stamp
from amends.connectors.x.translate import Includes, read_post
from amends.guard.manners import counted_length, manners_of
from amends.terms import (
    Author,
    BadInput,
    Clock,
    ConnectorError,
    OnlyByHand,
    Post,
    Published,
)
from amends.text import links, normalise, strip_handles

_LOOK_BACK = timedelta(hours=24)  # how old a reply may be that a lost attempt is found in
_PAGES = 3  # of 100 posts or messages of ours
_ID = re.compile(r"[0-9]{1,19}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_ACCOUNT = re.compile(r"suspend|locked|deactivat|not active|revoked", re.IGNORECASE)


class Posting:
    """What our account writes. Raises ``ConnectorError`` and its kin only."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._us: tuple[str, str] | None = None

    async def us(self) -> tuple[str, str]:
        """The id and the handle of our account."""
        if self._us is None:
            await self.ours()
        return self._us or ("", "")

    async def ours(self) -> Author:
        """Our account, as X knows it now."""
        user = mapping_of((await self._api.get("/2/users/me", USER_FIELDS)).get("data"))
        us = Includes({"users": [user]}).author(text_of(user.get("id")))
        if us is None:
            raise self._api.caller.lost(Effect.SAFE, sent=True)
        self._us = us.id or "", us.handle or ""
        return us

    def check_length(self, text: str, limit: int) -> None:
        """Raise ``ConnectorError`` where X would not take the text."""
        manners = manners_of("x")
        counted = counted_length(text, manners) if manners else len(text)
        if counted > limit:
            raise ConnectorError(f"X takes {limit:,} characters, counted its own way; this has"
                f" {counted:,}. Shorten it by {counted - limit:,}.")  # fmt: skip

    async def reply(self, text: str, *, post_id: str, media: Sequence[str] = ()) -> Published:
        """Answer a post. Raises ``OnlyByHand`` where X does not let applications answer it."""
        need_id(post_id)
        kind = "post_with_link" if links(normalise(text)) else "post"
        self._api.meter.check(kind)
        body: dict[str, Any] = {"text": text, "reply": {"in_reply_to_tweet_id": post_id}}
        if media:
            body["media"] = {"media_ids": list(media)}
        try:
            answer = await self._api.ask("POST", "/2/tweets", effect=Effect.ONCE, json=body)
        except Refusal as refusal:
            return await self._refused(refusal, text, post_id)
        self._api.meter.charge(kind)
        made = text_of(mapping_of(mapping_of(answer.value).get("data")).get("id"))
        if made is None:
            raise self._api.caller.lost(Effect.ONCE, sent=True)
        return await self._published(made)

    async def _refused(self, refusal: Refusal, text: str, post_id: str) -> Published:
        """What a refused reply means; the reply itself where it is there already."""
        said = mapping_of(refusal.value)
        problem, detail = str(said.get("type")), str(said.get("detail"))
        if refusal.status != 403:
            raise refusal
        if "duplicate" in detail.lower():
            found = await self.find(text, post_id=post_id)
            if found is None:
                raise refusal
            return found
        if _ACCOUNT.search(detail) or problem.endswith("unsupported-authentication"):
            raise self._api.caller.signed_out(self._api.caller.shown(detail)) from refusal
        if problem.endswith(("client-forbidden", "oauth1-permissions")):
            raise refusal
        query = urlencode({"in_reply_to": post_id, "text": text})
        raise OnlyByHand(
            "X lets applications answer only those who mentioned or quoted the account;"
            " open the post on X and send the reply there.",
            url=f"{self._api.settings.web}/intent/post?{query}",
            text=text,
        ) from refusal

    async def message(self, text: str, *, to: Author, media: Sequence[str] = ()) -> Published:
        """A direct message."""
        person = (await self.person(to)).id or ""
        self._api.meter.check("message")
        body: dict[str, Any] = {"text": text}
        if media:
            body["attachments"] = [{"media_id": one} for one in media]
        path = f"/2/dm_conversations/with/{person}/messages"
        answer = await self._api.ask("POST", path, effect=Effect.ONCE, json=body)
        self._api.meter.charge("message")
        made = text_of(mapping_of(mapping_of(answer.value).get("data")).get("dm_event_id"))
        if made is None:
            raise self._api.caller.lost(Effect.ONCE, sent=True)
        return Published(id=made, url=None, at=self._clock.now())

    async def person(self, author: Author) -> Author:
        """A profile, by id or handle. Raises ``ConnectorError`` where there is none."""
        asked = []
        if author.id and _ID.fullmatch(author.id):
            asked.append(f"/2/users/{author.id}")
        if author.handle and _NAME.fullmatch(author.handle.lstrip("@")):
            asked.append(f"/2/users/by/username/{author.handle.lstrip('@')}")
        for path in asked:
            try:
                answer = await self._api.get(path, USER_FIELDS)
            except Refusal as refusal:
                if refusal.status in (400, 404):
                    continue
                raise
            user = mapping_of(answer.get("data"))
            found = Includes({"users": [user]}).author(text_of(user.get("id")))
            if found is not None:
                return found
        msg = f"There is no account {author.handle or author.id!r} on X any more."
        raise ConnectorError(msg)

    async def find(self, text: str, *, post_id: str) -> Published | None:
        """The newest reply of ours to a post with this text, of the last 24 hours."""
        need_id(post_id)
        wanted, (us, _) = _words(text), await self.us()
        since = self._clock.now() - _LOOK_BACK
        params = {**POST_FIELDS, "max_results": 100, "start_time": stamp(since)}
        pages = 0
        async for page in self._api.listed(f"/2/users/{us}/tweets", params, kind="own_mention"):
            for post, value in _posts(page):
                parent = post.in_reply_to.id if post.in_reply_to else None
                if parent == post_id and _words(_expanded(post.text, value)) == wanted:
                    return await self._published(post.id, post)
            if (pages := pages + 1) >= _PAGES:
                break
        return None

    async def find_message(self, text: str, *, to: Author) -> Published | None:
        """The newest message of ours to somebody with this text, of the last 24 hours."""
        person, (us, _) = (await self.person(to)).id, await self.us()
        since, pages = self._clock.now() - _LOOK_BACK, 0
        params = {**MESSAGE_FIELDS, "max_results": 100, "event_types": "MessageCreate"}
        path = f"/2/dm_conversations/with/{person}/dm_events"
        async for page in self._api.listed(path, params, kind="message_read"):
            for value in mappings_of(page.get("data")):
                ours = value.get("sender_id") == us
                if ours and _words(_expanded(str(value.get("text")), value)) == _words(text):
                    made, at = text_of(value.get("id")), _time(value)
                    if made and (at is None or at >= since):
                        return Published(id=made, url=None, at=at or self._clock.now())
            if (pages := pages + 1) >= _PAGES:
                break
        return None

    async def delete(self, post_id: str) -> None:
        """Remove a post of ours, or a message; one that is gone is no error."""
        need_id(post_id)
        for path in (f"/2/tweets/{post_id}", f"/2/dm_events/{post_id}"):
            try:
                await self._api.ask("DELETE", path, effect=Effect.SAFE)
            except Refusal as refusal:
                if refusal.status != 404:
                    raise
            else:
                return

    async def _published(self, post_id: str, post: Post | None = None) -> Published:
        _, handle = await self.us()
        at = (post.created_at if post else None) or self._clock.now()
        url = f"{self._api.settings.web}/{handle or 'i'}/status/{post_id}"
        return Published(id=post_id, url=url, at=at)


def need_id(given: str) -> str:
    """Raise ``ConnectorError`` for what is no id on X."""
    if not _ID.fullmatch(given):
        msg = f"{given[:80]!r} is no id of a post on X."
        raise ConnectorError(msg)
    return given


def _posts(page: Mapping[str, Any]) -> list[tuple[Post, Mapping[str, Any]]]:
    around, found = Includes(mapping_of(page.get("includes"))), []
    for value in mappings_of(page.get("data")):
        try:
            found.append((read_post(value, around), value))
        except BadInput:
            continue
    return found


def _expanded(text: str, value: Mapping[str, Any]) -> str:
    """The text with the addresses that X shortened."""
    for url in mappings_of(mapping_of(value.get("entities")).get("urls")):
        short, whole = text_of(url.get("url")), text_of(url.get("expanded_url"))
        if short and whole:
            text = text.replace(short, whole)
    return text


def _words(text: str) -> str:
    return " ".join(strip_handles(text).split())


def _time(value: Mapping[str, Any]) -> datetime | None:
    try:
        return time_of(value.get("created_at"))
    except BadInput:
        return None
