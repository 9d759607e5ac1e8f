"""What places of reviews have in common: one text of a customer, and under it one answer of ours.

A second answer takes the place of the first there, so what we said before is kept above what is
said now, as long as the place takes both.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import msgspec

from amends.connectors.calling import Caller, Effect, Refusal
from amends.connectors.polling import Entry, Lists, letter_or_post, mark
from amends.terms import (
    Author,
    BadInput,
    Channel,
    Clock,
    ConnectorError,
    Page,
    Post,
    Published,
    Ref,
    ReplyTarget,
    Traits,
)
from amends.text import length

ANSWER = "/answer"  # put after a review's id: the id of what we said under it
SETTINGS = ("poll_seconds", "begin_hours")
_SINGLY = 40  # reviews at most that are looked at again at a time


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What stands under a review in our name; ``id`` is the place's own, where it has one."""

    text: str
    at: datetime | None
    id: str = ""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's review. ``stars`` are 1 to 5; ``text`` may be empty, which stars alone are."""

    id: str
    text: str
    stars: int | None
    author: str | None
    created_at: datetime | None
    edited_at: datetime | None = None
    lang: str | None = None
    url: str | None = None
    answer: Answer | None = None


class Place(Protocol):
    """Where reviews stand. Raises ``ConnectorError`` and its kin only; ``read`` ``BadInput``."""

    caller: Caller

    def pages(self, source: str) -> AsyncIterator[Sequence[Any]]:
        """Reviews as the place gives them, those that changed last first."""
        ...

    def read(self, raw: Any) -> Review: ...

    async def one(self, review_id: str) -> Review | None:
        """A review as it is now; None where it is gone."""
        ...

    async def say(self, review: Review, text: str) -> Answer:
        """Put an answer under a review, in the place of the one there is."""
        ...

    async def unsay(self, review: Review) -> None:
        """Take our answer away. None being there is no error."""
        ...


async def found(
    caller: Caller, asked: Awaitable[Any], read: Callable[[Any], Review]
) -> Review | None:
    """The review that a call brings; None where the place says that there is none."""
    try:
        return read(await asked)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return None
    except BadInput as error:
        raise caller.lost(Effect.SAFE, sent=True) from error


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often lists are read, in seconds, and how far back a new channel begins, in hours."""

    poll_seconds: float = 300.0
    begin_hours: float = 168.0


def read_given(
    channel: Channel, names: Sequence[str], network: str
) -> tuple[Mapping[str, str], Pace]:
    """What a channel's settings hold, and the pace. Raises ``BadInput`` that names the one to mend."""
    given = {name: value.strip() for name, value in channel.settings.items() if value.strip()}
    known = [*names, *SETTINGS]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadInput(f"{network} has no setting {unknown[0]!r}; it has {', '.join(known)}.")
    numbers = {}
    for name in set(SETTINGS) & set(given):
        try:
            numbers[name] = float(given[name])
        except ValueError:
            numbers[name] = 0.0
        if not 0 < numbers[name] < 1e6:
            raise BadInput(f"{name} is {given[name]!r}; write a number above 0.")
    return given, Pace(**numbers)


class ReviewsConnector:
    """Reads reviews and answers them. A subclass names its network and makes its place."""

    network: ClassVar[str]
    traits: ClassVar[Traits]
    gone: ClassVar[str] = "The review is no longer there, so it cannot be answered."

    def __init__(
        self, place: Place, us: Author, clock: Clock, *, sources: Sequence[str], pace: Pace
    ) -> None:
        self._place = place
        self._us = us
        self._clock = clock
        self._sources = sources
        self._pace = pace
        self._lists = Lists(clock, begin=timedelta(hours=pace.begin_hours))

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        del phrases  # reviews are read whole
        return self._sources

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        if source not in self._sources:
            raise ConnectorError(
                f"There is no source {source!r}; the channel's settings name them."
            )
        return await self._lists.page(
            source,
            cursor,
            lambda _since: self._entries(source),
            limit=limit,
            poll=lambda: timedelta(seconds=self._pace.poll_seconds),
            to_us=True,
        )

    def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        del cursor
        raise ConnectorError("Reviews have no stream.")

    async def thread(self, post_id: str) -> Sequence[Post]:
        review = await self._there(_review_id(post_id))
        return [self._post(review), *self._answers(review)]

    async def author(self, author_id: str) -> Author:
        if author_id in (self._us.id, self._us.handle):
            return self._us
        raise ConnectorError("No more is told of who wrote a review than stands at it.")

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del attempt  # the same answer again changes nothing
        if target.post_id is None or not text.strip():
            raise ConnectorError("A public reply needs a text and the review that it answers.")
        review = await self._there(_review_id(target.post_id))
        if (said := self._said(review, text)) is not None:
            return said
        answer = await self._place.say(review, self._together(review.answer, text))
        return self._published(review, answer)

    async def message(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del text, target, attempt
        raise ConnectorError(
            "Reviews know no private messages; answer and name a way to reach you."
        )

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        del attempt
        if private or target.post_id is None:
            return None
        review = await self._place.one(_review_id(target.post_id))
        return None if review is None else self._said(review, text)

    async def delete(self, post_id: str) -> None:
        review = await self._place.one(_review_id(post_id))
        if review is not None and review.answer is not None:
            await self._place.unsay(review)

    async def check(self) -> Author:
        """Who answers; reads a page of each list, so that a wrong key or name is told at once."""
        for source in self._sources:
            async for _ in self._place.pages(source):
                break
        return self._us

    @property
    def revisit_every(self) -> timedelta:
        """Lists begin with what changed last, but tell of no removal."""
        return timedelta(seconds=max(600.0, 4 * self._pace.poll_seconds))

    async def revisit(self, post_ids: Sequence[str]) -> tuple[Sequence[Post], Sequence[str]]:
        """These reviews as they are now, what stands under them, and the ids of those gone."""
        posts, gone = list[Post](), list[str]()
        for post_id in [one for one in post_ids if not one.endswith(ANSWER)][:_SINGLY]:
            with suppress(BadInput):  # unreadable now: what was heard first stays
                review = await self._place.one(post_id)
                if review is None:
                    gone.append(post_id)
                else:
                    posts += [self._post(review), *self._answers(review)]
        return posts, gone

    async def aclose(self) -> None:
        """Nothing is kept open between calls."""

    async def _entries(self, source: str) -> AsyncIterator[list[Entry]]:
        async for page in self._place.pages(source):
            yield [entry for raw in page for entry in self._entries_of(raw, source)]

    def _entries_of(self, raw: Any, source: str) -> list[Entry]:
        """The review, and after it our answer where it has one."""
        latest = self._place.caller.latest
        try:
            review = self._place.read(raw)
        except (BadInput, RecursionError):
            review = None
        entry = letter_or_post(
            raw,
            at=latest if review is None else _changed(review, latest),
            name="",
            source=source,
            translate=lambda one: self._post(review or self._place.read(one)),
            now=self._clock.now(),
        )
        answers = [] if review is None else self._answers(review)
        return [entry] + [
            Entry(at=entry.at + 1, mark=mark(f"{post.id} {post.text}"), post=post)
            for post in answers
        ]

    def _post(self, review: Review) -> Post:
        stars = {} if review.stars is None else {"rating": review.stars}
        return Post(
            id=review.id,
            network=self.network,
            text=review.text or _stars_alone(review.stars),
            author=Author(id=review.id, handle=review.author or "anonymous", name=review.author),
            created_at=review.created_at,
            edited_at=review.edited_at,
            lang=review.lang,
            url=review.url,
            counts=stars,
        )

    def _answers(self, review: Review) -> list[Post]:
        if review.answer is None or not review.answer.text:
            return []
        return [
            Post(
                id=review.id + ANSWER,
                network=self.network,
                text=review.answer.text,
                author=self._us,
                created_at=review.answer.at,
                in_reply_to=Ref(id=review.id),
                url=review.url,
            )
        ]

    async def _there(self, review_id: str) -> Review:
        review = await self._place.one(review_id)
        if review is None:
            raise ConnectorError(self.gone)
        return review

    def _said(self, review: Review, text: str) -> Published | None:
        """The answer under a review where it is this text, or ends with it."""
        if review.answer is None or not _words(review.answer.text).endswith(_words(text)):
            return None
        return self._published(review, review.answer)

    def _together(self, before: Answer | None, text: str) -> str:
        both = text if before is None else f"{before.text}\n\n{text}"
        return both if length(both, self.traits.unit) <= self.traits.limit else text

    def _published(self, review: Review, answer: Answer) -> Published:
        return Published(id=review.id + ANSWER, url=review.url, at=answer.at or self._clock.now())


def _changed(review: Review, latest: datetime) -> datetime:
    """When a review or its answer changed last, and never a time that is still to come."""
    answered = review.answer.at if review.answer else None
    told = [review.created_at, review.edited_at, answered]
    return min(max([one for one in told if one is not None], default=latest), latest)


def _review_id(post_id: str) -> str:
    return post_id.removesuffix(ANSWER)


def _stars_alone(stars: int | None) -> str:
    return f"{stars} of 5 stars, without a word." if stars else "A review without a word."


def _words(text: str) -> str:
    return " ".join(text.split())
