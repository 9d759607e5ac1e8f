"""How the cluster stands, asked of its broker for the page on listening."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from amends.listening.cluster import BrokerAway, Layout, State, connect, look, sentences
from amends.listening.cluster.state import Lane

PATIENCE_S: Final = 2.0
"""How long a page waits for the broker to say how it stands."""

Ask = Callable[[Sequence[str], Layout], Coroutine[Any, Any, State]]

# What hangs, such as the look-up of a name, holds a thread of these and no page.
_ASKING = ThreadPoolExecutor(2, thread_name_prefix="ask-cluster")


@dataclass(frozen=True, slots=True)
class Standing:
    """``said`` is worst first; there are no lanes where nobody answered."""

    well: bool
    said: Sequence[str]
    lanes: Sequence[Lane] = ()


async def ask(servers: Sequence[str], layout: Layout) -> State:
    """What the broker says. Raises ``BrokerAway``."""
    async with connect(servers, layout, name="amends desk", patience_s=PATIENCE_S / 2) as broker:
        return await look(broker)


def standing(*, now: datetime, asked: Ask = ask, patience_s: float = PATIENCE_S) -> Standing:
    """How the cluster stands, told in ``patience_s`` at most. The settings name brokers."""
    layout = Layout(
        partitions=settings.AMENDS_NATS_PARTITIONS,
        max_bytes=settings.AMENDS_NATS_GIGABYTES << 30,
    )
    asking = _ASKING.submit(lambda: asyncio.run(asked(settings.AMENDS_NATS, layout)))
    try:
        state = asking.result(patience_s)
    except BrokerAway as error:
        return Standing(well=False, said=[str(error)])
    except TimeoutError:
        said = f"No broker said within {patience_s:g} s how the cluster stands; look at them first."
        return Standing(well=False, said=[said])
    told = sentences(state, now=now)
    return Standing(well=told[0].startswith("All is well"), said=told, lanes=state.lanes)
