"""The sender: claims replies, speaks to the network outside any transaction, settles what came."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta

from amends.casework import ReplyStatus
from amends.connectors.protocol import Connector
from amends.desk.actions.delivery import (
    HOLD,
    claim_reply,
    expire_claims,
    settle_absent,
    settle_refused,
    settle_sent,
    settle_unknown,
)
from amends.desk.models import OutgoingReply
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.listen import Listeners
from amends.terms import Author, Clock, ConnectorError, NotAllowed, Published, ReplyTarget

log = logging.getLogger(__name__)

AT_ONCE = 4
# A network may show a reply some time after it took it: until then "not there" proves nothing.
SETTLING = timedelta(seconds=60)
LOOK_AGAIN = timedelta(seconds=15)
NOBODY_CAN_LOOK = timedelta(days=365)


@dataclass(slots=True)
class Sender:
    """Sends what is due for channels that are signed in; the rest waits in the outbox."""

    listeners: Listeners
    clock: Clock
    database: DatabaseThread
    holder: str
    hold: timedelta = HOLD
    settling: timedelta = SETTLING
    _busy: set[asyncio.Task[None]] = field(default_factory=set)

    async def tick(self) -> None:
        """Give up claims that ran out, then start on what is due, a few at once."""
        await self.database(lambda: expire_claims(now=self.clock.now()))
        while len(self._busy) < AT_ONCE:
            reply = await self._claim()
            if reply is None:
                return
            task = asyncio.create_task(self._handle(reply), name=f"reply {reply.pk}")
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

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
                now=self.clock.now(), holder=self.holder, hold=self.hold, channels=channels
            )
        )

    async def _handle(self, reply: OutgoingReply) -> None:
        running = self.listeners.running.get(reply.channel_id)
        if running is None:
            return  # the channel stopped this moment; the claim runs out
        try:
            if reply.status == ReplyStatus.NOT_KNOWN:
                await self._look_up(reply, running.connector, running.account)
            else:
                await self._send(reply, running.connector, running.account)
        except NotAllowed:
            log.warning("Reply %s was settled by somebody else meanwhile", reply.pk)
        except Exception:
            log.exception("Reply %s could not be settled; its claim runs out", reply.pk)

    async def _send(self, reply: OutgoingReply, connector: Connector, us: Author) -> None:
        speak = connector.message if reply.private else connector.publish
        try:
            published = await speak(reply.text, target=target_of(reply), attempt=reply.attempt)
        except ConnectorError as error:
            refused = error
            await self.database(lambda: settle_refused(reply, refused, now=self.clock.now()))
        except Exception as error:
            log.exception("Sending reply %s went wrong", reply.pk)
            reason = f"Sending went wrong unexpectedly ({type(error).__name__})."
            await self._unknown(reply, reason, after=timedelta(0))
        else:
            await self._sent(reply, published, us)

    async def _look_up(self, reply: OutgoingReply, connector: Connector, us: Author) -> None:
        traits = connector.traits
        can_look = traits.looks_up_messages if reply.private else traits.looks_up
        repeats = traits.idempotent_messages if reply.private else traits.idempotent
        found = None
        if can_look:
            try:
                found = await connector.look_up(
                    reply.attempt, text=reply.text, target=target_of(reply), private=reply.private
                )
            except ConnectorError as error:
                await self._unknown(reply, f"Looking it up failed: {error}", after=LOOK_AGAIN)
                return
        if found is not None:
            await self._sent(reply, found, us)
        elif repeats or (can_look and self._settled(reply)):
            await self.database(lambda: settle_absent(reply, now=self.clock.now()))
        elif can_look:
            await self._unknown(
                reply, "It is not there so far; looking again soon.", after=LOOK_AGAIN
            )
        else:
            reason = "This network cannot tell whether it went out. Look there, then decide."
            await self._unknown(reply, reason, after=NOBODY_CAN_LOOK)

    def _settled(self, reply: OutgoingReply) -> bool:
        return reply.sending_at is not None and self.clock.now() - reply.sending_at >= self.settling

    async def _sent(self, reply: OutgoingReply, published: Published, us: Author) -> None:
        await self.database(lambda: settle_sent(reply, published, us=us, now=self.clock.now()))

    async def _unknown(self, reply: OutgoingReply, reason: str, *, after: timedelta) -> None:
        now = self.clock.now()
        await self.database(lambda: settle_unknown(reply, reason, now=now, look_up_at=now + after))


def target_of(reply: OutgoingReply) -> ReplyTarget:
    """Whom and what a reply answers, as connectors know it."""
    row = reply.to_post.author
    author = Author(id=row.native_id, handle=row.handle or None) if row else Author()
    return ReplyTarget(author=author, post_id=None if reply.private else reply.to_post.native_id)
