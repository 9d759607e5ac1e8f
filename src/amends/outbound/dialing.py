"""Resolve once, look at every address, connect to one of those and to nothing else."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from typing import TypeVar

import httpx2

from amends.outbound.addresses import AllowList, is_public, literal
from amends.outbound.errors import Refused, Unreachable

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Name and port in, addresses as text out; raises ``OSError`` for a name that is not known."""

_T = TypeVar("_T")
_PATIENCE = 3.0  # seconds for one address while others are left to try
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses the operating system knows for a name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def checked_url(text: str, *, schemes: Sequence[str] = ("http", "https")) -> httpx2.URL:
    """A URL that we may ask for, its host not yet looked at. Raises ``Refused``."""
    if any(sign.isspace() or sign == "\\" or not sign.isprintable() for sign in text):
        msg = "The address holds blanks, backslashes or control characters; leave them out."
        raise Refused(msg)
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError, UnicodeError) as error:
        msg = f"The address cannot be read ({error}); write it as https://host/path."
        raise Refused(msg) from error
    if url.scheme not in schemes:
        msg = f"{url.scheme or 'No scheme'} is not spoken here; use {' or '.join(schemes)}."
        raise Refused(msg)
    if url.userinfo or not url.raw_host:
        msg = "The address must name a host and hold no user name or password."
        raise Refused(msg)
    return url


def port_of(url: httpx2.URL) -> int:
    """The port of a URL, the scheme's own where none is written."""
    return url.port if url.port is not None else _PORTS[url.scheme]


def place(url: httpx2.URL) -> str:
    """A URL as it may be shown: no path and no query, which can hold secrets."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


class Dialer:
    """Turns names into addresses that were looked at, and connects to exactly those."""

    def __init__(self, allow: AllowList, resolve: Resolver | None) -> None:
        self._allow = allow
        self._resolve = resolve or system_resolver

    async def pin(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, asked for once. Raises ``Refused`` if any may not be used."""
        address = literal(host)
        if address is not None:
            answers: Sequence[str] = [str(address)]
        else:
            answers = await self._look_up(host, port)
        for answer in answers:
            self._check(host, port, answer)
        return answers

    async def dial(
        self,
        connect: Callable[[str, float | None], Awaitable[_T]],
        *,
        host: str,
        port: int,
        patience: float | None,
        failures: tuple[type[Exception], ...],
    ) -> _T:
        """``connect(address, seconds)`` for one pinned address after the other until one answers.

        ``patience`` is in seconds; ``failures`` are the errors after which the next one is tried.
        """
        try:
            async with asyncio.timeout(patience):
                *others, last = await self.pin(host, port)
        except TimeoutError as error:
            msg = f"The name {host} was not resolved in time; check the DNS server."
            raise Unreachable(msg) from error
        for address in others:
            try:
                return await connect(address, min(patience or _PATIENCE, _PATIENCE))
            except failures:
                continue
        return await connect(last, patience)

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        try:
            answers = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            msg = f"The name {host} is not known; check its spelling or the DNS server."
            raise Unreachable(msg) from error
        if not answers:
            msg = f"The name {host} has no address; check its spelling or the DNS server."
            raise Unreachable(msg)
        return answers

    def _check(self, host: str, port: int, answer: str) -> None:
        address = ip_address(answer.partition("%")[0])
        if is_public(address) or self._allow.permits(host, port, address):
            return
        shown = host if host == answer else f"{host} ({answer})"
        msg = (
            f"{shown} is not an address on the public internet; "
            f"to reach it, add {host}:{port} to AMENDS_ALLOW_HOSTS."
        )
        raise Refused(msg)
