"""The worker: frames from the broker, through whoever takes them, acknowledged once they are stored.

Any number of workers share the lanes. One that dies takes nothing with it: what it had not
acknowledged goes to another after ``Layout.ack_wait_s``. What it had stored comes a second time
then and changes nothing.

Messages of one source are worked in no certain order, and a removal may overtake its post. So frames
that may remove posts have a lane of their own, are taken at once, and again when everything that was
published before them is done; only then are they acknowledged.
"""

import asyncio
import contextlib
import logging
import math
import random
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from amends.listening.cluster.broker import Broker, BrokerAway, Delivery, Puller
from amends.listening.cluster.layout import REMOVALS
from amends.listening.cluster.packets import Packet, unpack
from amends.listening.gathering import Sleep
from amends.listening.listener import Aside, BackOff, Health, HealthState
from amends.terms import BadInput, DeadLetter
from amends.text import storable

log = logging.getLogger(__name__)

MESSAGES: Final = 16  # asked of a lane at once
MOST_REMOVALS: Final = 256  # messages held until what came before them is done
SOON_S: Final = 5.0  # in which the brokers hear of what is done
MOST_LYING: Final = 64  # messages of a lane that are worked again at once
DEATHS: Final = 5  # workers that may fall silent over a message before it is given up


class Taker(Protocol):
    """Stores what frames hold; the desk has one. Plain functions that may block."""

    def take(self, source: str, packet: Packet) -> int:
        """Store all of it, or raise and store nothing; how many mentions. Again changes nothing."""
        ...

    def take_one_by_one(self, source: str, packet: Packet) -> int:
        """The same where that fails: frames that fail alone become dead letters.

        Raises where the trouble is no frame's fault.
        """
        ...

    def bury(self, source: str, letters: Sequence[DeadLetter]) -> None:
        """Keep what cannot be taken."""
        ...


def _say_nothing(_state: HealthState, _sentence: str) -> None:
    return None


@dataclass(slots=True, kw_only=True)
class ClusterWorker:
    """What a worker stands on. ``run`` it until cancelled."""

    broker: Broker
    taker: Taker
    rng: random.Random
    aside: Aside = asyncio.to_thread
    sleep: Sleep = asyncio.sleep
    health: Health = _say_nothing
    back_off: BackOff = field(default_factory=lambda: BackOff(first_s=0.2, longest_s=30.0))
    wait_s: float = 2.0
    look_s: float = 0.5
    count: Counter[str] = field(default_factory=Counter)
    _held: dict[int, Delivery] = field(default_factory=dict)
    _removals: list[Delivery] = field(default_factory=list)
    _found: asyncio.Queue[Sequence[Delivery]] = field(default_factory=lambda: asyncio.Queue(4))

    async def run(self) -> None:
        """Work every lane until cancelled; what is held then is given back at once."""
        lanes = await self._lanes()
        self.health("well", "Working.")
        try:
            async with asyncio.TaskGroup() as group:
                for lane in lanes:
                    group.create_task(self._lane(lane))
                group.create_task(self._work_on())
                group.create_task(self._hold())
                group.create_task(self._settle_removals())
                group.create_task(self._take_what_lies(lanes))
        finally:
            for delivery in list(self._held.values()):
                with contextlib.suppress(BrokerAway):
                    await delivery.later(0)

    async def _lanes(self) -> Sequence[str]:
        troubles = 0
        while True:
            try:
                return await self.broker.lanes()
            except BrokerAway as error:
                troubles += 1
                self.health("waiting", str(error))
                await self.sleep(self.back_off.wait_s(min(troubles, 5), self.rng))

    async def _lane(self, lane: str) -> None:
        puller: Puller | None = None
        troubles = 0
        while True:
            try:
                if puller is None:
                    puller = await self.broker.puller(lane)
                while lane == REMOVALS and len(self._removals) >= MOST_REMOVALS:
                    await self.sleep(self.look_s)
                found = await puller.take(MESSAGES, wait_s=self.wait_s)
            except BrokerAway as error:
                troubles += 1
                self.health("waiting", str(error))
                await self.sleep(self.back_off.wait_s(min(troubles, 5), self.rng))
                continue
            if troubles and (found or self.broker.connected):
                troubles = 0
                self.health("well", "Working.")
            if found:
                self._held.update((one.place, one) for one in found)
                await self._found.put(found)

    async def _work_on(self) -> None:
        """What came from all lanes while the last was taken is taken together: a transaction costs
        the same for one message as for fifty."""
        while True:
            found = list(await self._found.get())
            while not self._found.empty():
                found += self._found.get_nowait()
            await self._work(found)

    async def _work(self, found: Sequence[Delivery]) -> None:
        """Take what was delivered, then acknowledge it."""
        for one in [one for one in found if one.tries > DEATHS]:
            await self._give_up(one, f"{DEATHS} workers fell silent over these frames.")
        going = [one for one in found if one.tries <= DEATHS]
        for source, deliveries in _by_source(going).items():
            await self._take(source, deliveries)

    async def _take(self, source: str, deliveries: Sequence[Delivery]) -> None:
        """Together where that can be, else each alone."""
        try:
            packets = [unpack(one.body) for one in deliveries]
            for packet in _merged(packets):
                await self._store(source, packet)
        except Exception:
            log.exception("%d messages of %s are tried one by one", len(deliveries), source)
            for one in deliveries:
                await self._take_alone(one)
        else:
            for one in deliveries:
                await self._finish(one)

    async def _take_alone(self, one: Delivery) -> None:
        """Until it is stored. The broker hears that we are at it, and gives it to nobody else."""
        troubles = 0
        while True:
            try:
                packet = unpack(one.body)
                await self._store(one.source, packet, alone=troubles > 1)
            except BadInput as error:
                await self._give_up(one, str(error))
                return
            except Exception as error:
                troubles += 1
                log.exception("A message of %s cannot be taken", one.source)
                name = type(error).__name__
                self.health("waiting", f"Frames cannot be stored ({name}); they are tried again.")
                await self.sleep(self.back_off.wait_s(troubles, self.rng))
                continue
            if troubles:
                self.health("well", "Working.")
            await self._finish(one)
            return

    async def _store(self, source: str, packet: Packet, *, alone: bool = False) -> None:
        take = self.taker.take_one_by_one if alone else self.taker.take
        self.count["mentions"] += await self.aside(lambda: take(source, packet))
        self.count["frames"] += len(packet.lines)

    async def _finish(self, one: Delivery) -> None:
        if one.lane == REMOVALS:
            self._removals.append(one)
            return
        await self._done(one)

    async def _done(self, one: Delivery) -> None:
        self._held.pop(one.place, None)
        self.count["messages"] += 1
        if one.tries > 1:
            self.count["delivered again"] += 1
        with contextlib.suppress(BrokerAway):  # it comes again then, and changes nothing
            await one.done()

    async def _give_up(self, one: Delivery, reason: str) -> None:
        """Keep the beginnings as dead letters; retried until they are kept."""
        letters = _letters(one, reason)
        troubles = 0
        while True:
            try:
                await self.aside(lambda: self.taker.bury(one.source, letters))
            except Exception:
                log.exception("A message of %s cannot be buried", one.source)
                troubles += 1
                await self.sleep(self.back_off.wait_s(troubles, self.rng))
            else:
                self.count["given up"] += 1
                await self._done(one)
                return

    async def _hold(self) -> None:
        """Tell the broker that we are at work, so that it waits."""
        while True:
            await self.sleep(self.broker.layout.ack_wait_s / 3)
            for delivery in list(self._held.values()):
                with contextlib.suppress(BrokerAway):
                    await delivery.at_work()

    async def _take_what_lies(self, lanes: Sequence[str]) -> None:
        """Work again what was handed out long ago and lies in the broker still: it may forget that it was
        done, or whom it gave it to. Long is soon where nobody is known to be at work in the lane; else what
        kills those who work it has been given up by then."""
        deadly_s = (DEATHS + 1) * self.broker.layout.ack_wait_s
        looks = deque[dict[str, tuple[int, int]]](maxlen=math.ceil(deadly_s / SOON_S))
        while True:
            try:
                looks.append({lane: await self.broker.handed_out(lane) for lane in lanes})
                await self.sleep(SOON_S)
                for lane, (place, at_work) in looks[-1].items():
                    if not at_work:
                        await self._take_lying(lane, place)
                    elif len(looks) == looks.maxlen:
                        await self._take_lying(lane, looks[0][lane][0])
            except BrokerAway:
                await self.sleep(self.look_s)

    async def _take_lying(self, lane: str, up_to: int) -> None:
        found = await self.broker.lying(lane, up_to, most=MOST_LYING)
        if found := [one for one in found if one.place not in self._held]:
            log.warning(
                "%d messages of lane %s lay for long and are worked again", len(found), lane
            )
            self.count["lay for long"] += len(found)
            self._held.update((one.place, one) for one in found)
            await self._found.put(found)

    async def _settle_removals(self) -> None:
        while True:
            await self.sleep(self.look_s)
            if not self._removals:
                continue
            try:
                settled = await self.broker.settled()
            except BrokerAway:
                continue
            ready = [one for one in self._removals if one.place <= settled]
            self._removals = [one for one in self._removals if one.place > settled]
            for source, deliveries in _by_source(ready).items():
                await self._take_again(source, deliveries)

    async def _take_again(self, source: str, deliveries: Sequence[Delivery]) -> None:
        try:
            for packet in _merged([unpack(one.body) for one in deliveries]):
                await self.aside(lambda packet=packet: self.taker.take(source, packet))  # type: ignore[misc]
        except Exception:
            log.exception("Removals of %s are tried again", source)
            self._removals += deliveries
        else:
            for one in deliveries:
                await self._done(one)


def _by_source(deliveries: Sequence[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for one in deliveries:
        found.setdefault(one.source, []).append(one)
    return found


def _merged(packets: Sequence[Packet]) -> list[Packet]:
    """One packet for each kind of frame."""
    kinds: dict[str, list[Packet]] = {}
    for packet in packets:
        kinds.setdefault(packet.kind, []).append(packet)
    return [
        Packet(
            kind=kind,
            lines=tuple(line for one in some for line in one.lines),
            deleted=tuple(gone for one in some for gone in one.deleted),
            dead=tuple(dead for one in some for dead in one.dead),
        )
        for kind, some in kinds.items()
    ]


def _letters(one: Delivery, reason: str) -> list[DeadLetter]:
    """What is left of a message that no worker survives, or that nobody can unpack."""
    try:
        packet = unpack(one.body)
    except BadInput:
        return [DeadLetter(source=one.source, reason=reason, raw=repr(one.body[:500]))]
    return [
        *packet.dead,
        *(
            DeadLetter(
                source=one.source,
                reason=reason,
                raw=storable(line[:2000].decode("utf-8", "replace")),
            )
            for line in packet.lines
        ),
    ]
