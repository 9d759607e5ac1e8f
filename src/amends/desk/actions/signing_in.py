"""Connecting an account by signing in on its network: where to go, and what comes back."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec
from django.conf import settings

from amends.casework import Action, Role, check_may
from amends.connectors.mastodon.oauth import App
from amends.connectors.mastodon.oauth import SignIn as MastodonSignIn
from amends.connectors.registry import make
from amends.connectors.x.oauth import SignIn as XSignIn
from amends.desk.actions.setup import connect_channel
from amends.desk.models import Brand, ChannelRow, Responder
from amends.outbound import Outbound
from amends.terms import (
    AuthError,
    BadInput,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    network_name,
)

if TYPE_CHECKING:
    from amends.connectors.reddit.oauth import SignIn as RedditSignIn

PATIENCE_S = 15.0

T = TypeVar("T")


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that waits for its code. Holds secrets: to be kept sealed.

    ``given`` is what the form said: ``server``, or ``client_id``, ``client_secret`` and
    ``redirect_uri``; with ``app_id`` and ``app_secret`` where the network made those.
    """

    network: str
    given: dict[str, str]
    state: str
    verifier: str
    url: str


def begin_sign_in(
    network: str,
    given: Mapping[str, str],
    *,
    chance: Callable[[], str],
    clock: Clock,
    by: Responder,
) -> Begun:
    """Where the person is to say yes. ``chance`` gives 43 characters or more, new each time.

    Raises ``BadInput`` for a network without such a sign-in, ``ConnectorError`` for what it refuses.
    """
    check_may(Role(by.role), Action.SET_UP)
    state, verifier, told = chance(), chance(), dict(given)
    if network == "mastodon":
        app = _run(lambda outbound: MastodonSignIn(told["server"], outbound, clock).register())
        told |= {"app_id": app.client_id, "app_secret": app.client_secret}
        told |= {"redirect_uri": app.redirect_uri}
    url = _run(lambda outbound: _address(network, told, state, verifier, outbound, clock))
    return Begun(network=network, given=told, state=state, verifier=verifier, url=url)


def finish_sign_in(
    begun: Begun, typed: str, *, brand: Brand, clock: Clock, by: Responder
) -> ChannelRow:
    """Connect the account whose code was typed, or the address that holds it.

    Raises ``BadInput`` for what is no code of this sign-in, ``ConnectorError`` where it is refused.
    """
    check_may(Role(by.role), Action.SET_UP)
    code = _code(typed, begun.state)
    told = {
        name: begun.given[name]
        for name in ("server", "api", "reddit_url", "oauth_url")
        if begun.given.get(name)
    }
    secrets, handle = _run(lambda outbound: _exchanged(begun, code, told, outbound, clock))
    return connect_channel(
        brand=brand,
        network=begun.network,
        handle=handle,
        settings=told,
        secrets=secrets,
        owner=by,
        by=by,
    )


async def _address(
    network: str,
    told: Mapping[str, str],
    state: str,
    verifier: str,
    outbound: Outbound,
    clock: Clock,
) -> str:
    if network == "mastodon":
        flow = MastodonSignIn(told["server"], outbound, clock)
        return flow.authorisation_url(_app(told), state=state, verifier=verifier)
    if network == "reddit":
        return _reddit(told, outbound, clock).authorisation_url(state=state)
    if network == "x":
        return _x(told, outbound, clock).authorisation_url(state=state, verifier=verifier)
    raise BadInput(
        f"There is no signing in on {network_name(network)} from here; fill in the form instead."
    )


async def _exchanged(
    begun: Begun, code: str, told: dict[str, str], outbound: Outbound, clock: Clock
) -> tuple[dict[str, str], str]:
    """The channel's secrets, and the account's handle with its server where it has one."""
    if begun.network == "mastodon":
        flow = MastodonSignIn(begun.given["server"], outbound, clock)
        secrets = await flow.exchange(_app(begun.given), code, verifier=begun.verifier)
    elif begun.network == "reddit":
        secrets = await _reddit(begun.given, outbound, clock).exchange(code)
    else:
        secrets = await _x(begun.given, outbound, clock).exchange(code, verifier=begun.verifier)
    channel = Channel(network=begun.network, handle="", settings=told)
    connector = make(channel, Credentials(values=secrets), outbound, clock)
    try:
        us = await connector.check()
    finally:
        await connector.aclose()
    server = urlsplit(begun.given.get("server", "")).netloc
    handle = us.handle or us.id or ""
    return secrets, f"{handle}@{server}" if server and "@" not in handle else handle


def _app(told: Mapping[str, str]) -> App:
    return App(
        server=told["server"],
        client_id=told["app_id"],
        client_secret=told["app_secret"],
        redirect_uri=told["redirect_uri"],
    )


def _x(told: Mapping[str, str], outbound: Outbound, clock: Clock) -> XSignIn:
    return XSignIn(
        outbound,
        clock,
        client_id=told["client_id"],
        client_secret=told.get("client_secret", ""),
        redirect_uri=told["redirect_uri"],
        api=told.get("api") or "https://api.x.com",
    )


def _reddit(told: Mapping[str, str], outbound: Outbound, clock: Clock) -> "RedditSignIn":
    from amends.connectors.reddit.oauth import SignIn as RedditSignIn  # loads asyncpraw

    return RedditSignIn(
        outbound,
        clock,
        client_id=told["client_id"],
        client_secret=told.get("client_secret", ""),
        redirect_uri=told["redirect_uri"],
        reddit_url=told.get("reddit_url", ""),
    )


def _code(typed: str, state: str) -> str:
    """The code itself, or out of the address the browser was sent to."""
    typed = typed.strip()
    if "code=" not in typed:
        if not typed or any(sign.isspace() for sign in typed):
            raise BadInput("Paste the code that the network showed, without blanks.")
        return typed
    query = parse_qs(urlsplit(typed).query)
    if query.get("state") != [state]:
        raise BadInput("That address belongs to another sign-in; begin again.")
    return query["code"][0]


def _run(work: Callable[[Outbound], Coroutine[Any, Any, T]]) -> T:
    """In a loop of its own; a view runs in a thread of its own."""

    async def whole() -> T:
        outbound = Outbound(allow=settings.AMENDS.allow_hosts, timeout=PATIENCE_S)
        try:
            return await work(outbound)
        finally:
            await outbound.aclose()

    try:
        return asyncio.run(whole())
    except AuthError as error:
        # Nothing is connected yet that could be connected again.
        raise ConnectorError(
            error.reason.replace("connect the channel again", "begin again")
        ) from error
