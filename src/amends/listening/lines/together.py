"""Several sources as one."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from amends.listening.lines.lines import Lines
from amends.listening.lines.sources import Source


async def together(
    sources: Sequence[Source], place_of: Callable[[str], str | None]
) -> AsyncGenerator[Lines]:
    """The lines of all sources. Those that end are read one after the other in the order given;
    beside them those that do not. What one of them raises ends all."""
    ending = [source for source in sources if not source.live]
    groups = [[source] for source in sources if source.live] + ([ending] if ending else [])
    if len(groups) == 1:
        async with aclosing(_in_turn(groups[0], place_of)) as lines:
            async for one in lines:
                yield one
        return
    # One part waits here for each source; all further waiting is left to the sockets.
    queue: asyncio.Queue[Lines | Exception | None] = asyncio.Queue(maxsize=len(groups))
    tasks = [asyncio.create_task(_pour(group, place_of, queue)) for group in groups]
    try:
        left = len(groups)
        while left:
            part = await queue.get()
            if isinstance(part, Exception):
                raise part
            if part is None:
                left -= 1
            else:
                yield part
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _in_turn(
    sources: Sequence[Source], place_of: Callable[[str], str | None]
) -> AsyncGenerator[Lines]:
    for source in sources:
        async with aclosing(source.open(place_of(source.name))) as lines:
            async for one in lines:
                yield one


async def _pour(
    sources: Sequence[Source],
    place_of: Callable[[str], str | None],
    queue: asyncio.Queue[Lines | Exception | None],
) -> None:
    try:
        async with aclosing(_in_turn(sources, place_of)) as lines:
            async for one in lines:
                await queue.put(one)
    except Exception as error:  # noqa: BLE001 (raised again by whoever takes it)
        await queue.put(error)
    else:
        await queue.put(None)
