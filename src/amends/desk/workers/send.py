"""The sender: claims replies, speaks to the network outside any transaction, settles what came."""

import asyncio
import functools
import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import Error as AnyDatabaseError

from amends.casework import ReplyStatus
from amends.connectors.protocol import Connector
from amends.desk.actions.delivery import (
    HOLD,
    by_hand_wait,
    claim_reply,
    expire_claims,
    is_another,
    settle_absent,
    settle_refused,
    settle_sent,
    settle_unknown,
)
from amends.desk.actions.scheduling import withdraw, withdraw_overtaken
from amends.desk.actions.stopping import pause_claimed, pause_stopped
from amends.desk.models import OutgoingReply
from amends.desk.queries.stops import is_overtaken, is_stopped
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.listen import Listeners
from amends.desk.workers.showing import GIVING, give_pictures, not_given
from amends.terms import (
    AmendsError,
    Author,
    Clock,
    ConnectorError,
    NotAllowed,
    Published,
    ReplyTarget,
    TryLater,
)

log = logging.getLogger(__name__)

AT_ONCE = 4
# A network may show a reply some time after it took it: until then "not there" proves nothing.
SETTLING = timedelta(seconds=60)
LOOK_AGAIN = timedelta(seconds=15)
NOBODY_CAN_LOOK = timedelta(days=365)
# What the network said is written down even where the database is gone for a minute.
WRITE_AGAIN_S = (0.2, 1.0, 3.0, 10.0, 20.0, 30.0)


@dataclass(slots=True)
class Sender:
    """Sends what is due for channels that are signed in; the rest waits in the outbox."""

    listeners: Listeners
    clock: Clock
    database: DatabaseThread
    holder: str
    hold: timedelta = HOLD
    settling: timedelta = SETTLING
    write_again_s: tuple[float, ...] = WRITE_AGAIN_S
    _claims: Iterator[int] = field(default_factory=itertools.count)
    _busy: set[asyncio.Task[None]] = field(default_factory=set)

    async def tick(self) -> None:
        """Give up claims that ran out, then start on what is due, a few at once."""
        await self.database(self._tidy)
        while len(self._busy) < AT_ONCE:
            reply = await self._claim()
            if reply is None:
                return
            task = asyncio.create_task(self._handle(reply), name=f"reply {reply.pk}")
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    def _tidy(self) -> None:
        now = self.clock.now()
        expire_claims(now=now)
        withdraw_overtaken(now=now)
        pause_stopped(now=now)

    async def close(self) -> None:
        """Let what is on the wire come to its end."""
        if self._busy:
            await asyncio.wait(self._busy, timeout=30)

    async def _claim(self) -> OutgoingReply | None:
        channels = list(self.listeners.running)
        if not channels:
            return None
        return await self.database(
            lambda: claim_reply(
                now=self.clock.now(),
                holder=f"{self.holder}.{next(self._claims)}",
                hold=self.hold,
                channels=channels,
            )
        )

    async def _handle(self, reply: OutgoingReply) -> None:
        running = self.listeners.running.get(reply.channel_id)
        try:
            if running is None:
                await self._hand_back(reply, "The account is being connected again.")
            elif reply.status == ReplyStatus.NOT_KNOWN:
                await self._look_up(reply, running.connector, running.account)
            else:
                await self._send(reply, running.connector, running.account)
        except NotAllowed:
            log.warning("Reply %s was settled by somebody else meanwhile", reply.pk)
        except Exception:
            log.exception("Reply %s could not be settled; its claim runs out", reply.pk)

    async def _send(self, reply: OutgoingReply, connector: Connector, us: Author) -> None:
        left_s = self._left_s(reply)
        if left_s <= 0:
            await self._hand_back(reply, "The desk was held up; nothing was sent.")
            return
        try:
            async with asyncio.timeout(left_s * GIVING):
                media = await give_pictures(reply, connector, self.database)
        except (AmendsError, TimeoutError) as error:
            await self._refused(reply, not_given(error, now=self.clock.now()))
            return
        if not await self._may_go(reply):
            return
        speak = functools.partial(connector.message if reply.private else connector.publish)
        if media:
            speak = functools.partial(speak, media=media)
        try:
            # Whoever looks it up after the claim ran out must not meet it on its way.
            async with asyncio.timeout(self._left_s(reply)):
                published = await speak(reply.text, target=target_of(reply), attempt=reply.attempt)
        except ConnectorError as error:
            await self._refused(reply, error)
        except TimeoutError:
            await self._unknown(reply, "No answer came in time.", after=timedelta(0))
        except Exception as error:
            log.exception("Sending reply %s went wrong", reply.pk)
            reason = f"Sending went wrong unexpectedly ({type(error).__name__})."
            await self._unknown(reply, reason, after=timedelta(0))
        else:
            await self._sent(reply, published, us)

    async def _may_go(self, reply: OutgoingReply) -> bool:
        """Asked last before the network is spoken to: a stop, or the customer, may have come since
        the reply was claimed."""
        now = self.clock.now()
        if await self.database(lambda: is_stopped(reply.channel_id)):
            await self._write(lambda: pause_claimed(reply, now=now))
            return False
        if reply.goes_at is not None and await self.database(lambda: is_overtaken(reply)):
            await self._write(lambda: withdraw(reply, now=now))
            return False
        return True

    def _left_s(self, reply: OutgoingReply) -> float:
        if reply.claimed_until is None:
            return 0.0
        return (reply.claimed_until - self.clock.now()).total_seconds()

    async def _hand_back(self, reply: OutgoingReply, reason: str) -> None:
        """Nothing was asked of the network: as it was before the claim, and due again."""
        if reply.status == ReplyStatus.NOT_KNOWN:
            await self._unknown(reply, reason, after=LOOK_AGAIN)
        else:
            await self._refused(reply, TryLater(reason, self.clock.now()))

    async def _look_up(self, reply: OutgoingReply, connector: Connector, us: Author) -> None:
        traits = connector.traits
        can_look = traits.looks_up_messages if reply.private else traits.looks_up
        repeats = traits.idempotent_messages if reply.private else traits.idempotent
        found, unsettled = None, self._unsettled(reply)
        if can_look:
            try:
                found = await connector.look_up(
                    reply.attempt, text=reply.text, target=target_of(reply), private=reply.private
                )
            except ConnectorError as error:
                wait = error.retry_at - self.clock.now() if error.retry_at else LOOK_AGAIN
                await self._unknown(reply, f"Looking it up failed: {error}", after=wait)
                return
        if found is not None:
            await self._found(reply, found, us)
        elif reply.by_hand:
            since = self.clock.now() - reply.queued_at
            await self._unknown(reply, reply.reason, after=by_hand_wait(since))
        elif repeats or (can_look and unsettled <= timedelta(0)):
            await self._write(lambda: settle_absent(reply, now=self.clock.now()))
        elif can_look:
            wait = min(LOOK_AGAIN, unsettled)
            await self._unknown(reply, "It is not there so far; looking again soon.", after=wait)
        else:
            reason = "This network cannot tell whether it went out. Look there, then decide."
            await self._unknown(reply, reason, after=NOBODY_CAN_LOOK)

    async def _found(self, reply: OutgoingReply, found: Published, us: Author) -> None:
        if await self.database(lambda: is_another(reply, found)):
            reason = "The same text is there from another time. Look there, then decide."
            await self._unknown(reply, reason, after=NOBODY_CAN_LOOK)
        else:
            await self._sent(reply, found, us)

    def _unsettled(self, reply: OutgoingReply) -> timedelta:
        """How long yet until "not there" can be believed: its worker may have spoken to the end
        of its claim."""
        if reply.sending_at is None:
            return self.settling
        return reply.sending_at + self.hold + self.settling - self.clock.now()

    async def _sent(self, reply: OutgoingReply, published: Published, us: Author) -> None:
        await self._write(lambda: settle_sent(reply, published, us=us, now=self.clock.now()))

    async def _refused(self, reply: OutgoingReply, error: ConnectorError) -> None:
        await self._write(lambda: settle_refused(reply, error, now=self.clock.now()))

    async def _unknown(self, reply: OutgoingReply, reason: str, *, after: timedelta) -> None:
        now = self.clock.now()
        await self._write(lambda: settle_unknown(reply, reason, now=now, look_up_at=now + after))

    async def _write(self, settle: Callable[[], object]) -> None:
        """Write down what the network said, again and again where the database is in trouble."""
        for pause_s in self.write_again_s:
            try:
                await self.database(settle)
            except AnyDatabaseError:
                log.exception("A reply could not be settled; that is tried again")
                await asyncio.sleep(pause_s)
            else:
                return
        await self.database(settle)


def target_of(reply: OutgoingReply) -> ReplyTarget:
    """Whom and what a reply answers, as connectors know it."""
    row = reply.to_post.author
    author = Author(id=row.native_id, handle=row.handle or None) if row else Author()
    return ReplyTarget(author=author, post_id=None if reply.private else reply.to_post.native_id)
