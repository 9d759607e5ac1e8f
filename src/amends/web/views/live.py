"""Server-sent events: one number each, for people who are signed in."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from asgiref.sync import SyncToAsync, sync_to_async
from django.contrib.auth import get_user
from django.contrib.auth.decorators import login_not_required
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from amends.casework import Action, Role, may
from amends.desk.models import Responder
from amends.web.feed import HEARTBEAT_S, Feed, in_own_thread, shared_feed
from amends.web.sessions import SessionStore

CHECK_S: Final = 60.0
Welcome = Callable[[], Awaitable[bool]]


@login_not_required  # refused here: a stream is not sent to a sign-in page
async def stream(request: HttpRequest) -> HttpResponseBase:
    """The numbers as an event stream; 403 for those who may not see cases."""
    if request.method != "GET":
        return HttpResponse(status=405)
    if not await sync_to_async(_welcome)(request):
        return HttpResponse(status=403)
    key = request.session.session_key or ""

    async def still_welcome() -> bool:
        return await in_own_thread(lambda: _still_welcome(key))

    response = StreamingHttpResponse(_body(still_welcome), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _body(still_welcome: Welcome) -> AsyncIterator[bytes]:
    await _give_thread_back()
    async for line in lines(shared_feed(), still_welcome):
        yield line


async def _give_thread_back() -> None:
    """Let go of the thread that ran the middleware.

    Django keeps one for each request until its response ends, which for a stream may be hours:
    200 open pages held 200 threads. Whatever is still to run gets a new one.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context is None:
        return
    await sync_to_async(connections.close_all)()
    executor = SyncToAsync.context_to_thread_executor.pop(context, None)
    if executor is not None:
        executor.shutdown(wait=False)


def _welcome(request: HttpRequest) -> bool:
    person = request.user
    return (
        isinstance(person, Responder)
        and person.is_active
        and may(Role(person.role), Action.SEE_CASES)
    )


def _still_welcome(session_key: str) -> bool:
    """Whether the session lives and its person is still let in, read anew from the database."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    person = get_user(request)
    return isinstance(person, Responder) and may(Role(person.role), Action.SEE_CASES)


async def lines(
    feed: Feed,
    still_welcome: Welcome,
    *,
    clock: Callable[[], float] = time.monotonic,
    heartbeat_s: float = HEARTBEAT_S,
    check_s: float = CHECK_S,
) -> AsyncIterator[bytes]:
    """The stream's bytes. Ends once the person is no longer welcome: asked before each number is
    sent, and at the first heartbeat after ``check_s``."""
    yield b"retry: 2000\n\n"
    checked = clock()
    async for number in feed.numbers(heartbeat_s=heartbeat_s):
        due = clock() - checked >= check_s - heartbeat_s
        if number is not None or due:
            if not await still_welcome():
                return
            checked = clock()
        yield b": \n\n" if number is None else f"data: {number}\n\n".encode()
