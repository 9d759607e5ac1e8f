"""Which addresses we go to: the public internet, and what the operator allows by name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from amends.outbound.errors import Refused
from amends.terms import BadInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# ``is_global`` differs between Python releases and knows nothing of these, or only some of them.
_NEVER_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "2001::/32",  # Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_NUMERIC = re.compile(r"(?:\d+|0[xX][0-9a-fA-F]*)")
_PORT = re.compile(r"\d{1,5}|\*")


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped or NAT64 one; any other as it is."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether an address is a host on the public internet, seen through any embedding."""
    inner = unwrapped(address)
    if any(inner in net for net in _NEVER_PUBLIC if net.version == inner.version):
        return False
    odd = inner.is_multicast or inner.is_reserved or inner.is_unspecified or inner.is_link_local
    return inner.is_global and not inner.is_private and not odd


def literal(host: str) -> Address | None:
    """The address that a host spells, None for a name.

    Raises ``Refused`` for spellings that programs read differently: decimal, octal, hexadecimal
    and shortened addresses, scope ids.
    """
    bare = host.removeprefix("[").removesuffix("]")
    if "%" in bare:
        msg = f"{host} names a network interface; write the address without it."
        raise Refused(msg)
    try:
        return ip_address(bare)
    except ValueError:
        pass
    if ":" in bare or _NUMERIC.fullmatch(bare.rstrip(".").rpartition(".")[2]):
        msg = f"{host} is an unusual spelling of an address; write it as four plain numbers."
        raise Refused(msg)
    return None


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str | None
    network: Network | None
    port: int | None  # None: any

    def permits(self, host: str, port: int, address: Address) -> bool:
        if self.port not in (None, port):
            return False
        inner = unwrapped(address)
        if self.network is not None:
            return any(one.version == self.network.version and one in self.network
                       for one in (address, inner))  # fmt: skip
        # A name must not become a way to the cloud's metadata service, which is link-local.
        usable = not (inner.is_link_local or inner.is_multicast or inner.is_unspecified)
        return self.name == host and usable and inner != IPv6Address("fd00:ec2::254")


class AllowList:
    """The operator's exceptions (AMENDS_ALLOW_HOSTS).

    Entries: ``host``, ``host:port``, ``host:*``, an address, a network such as ``10.0.0.0/8``,
    either with ``:port`` (IPv6 in square brackets). A name lets loopback and private addresses
    through; link-local ones, where metadata services lie, only an address or network does.
    Raises ``BadInput`` for an entry that is none of these.
    """

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._entries = tuple(_entry(text.strip()) for text in entries if text.strip())

    def permits(self, host: str, port: int, address: Address) -> bool:
        name = host.lower().rstrip(".")
        return any(entry.permits(name, port, address) for entry in self._entries)


def _entry(text: str) -> _Entry:
    host, port = _split_port(text)
    bare = host.removeprefix("[").removesuffix("]")
    try:
        return _Entry(None, ip_network(bare, strict=False), port)
    except ValueError:
        pass
    if not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?", bare.lower()):
        raise BadInput(_bad_entry(text))
    return _Entry(bare.lower().rstrip("."), None, port)


def _split_port(text: str) -> tuple[str, int | None]:
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        return text, None
    if not _PORT.fullmatch(port) or (port != "*" and not 0 < int(port) < 65536):
        raise BadInput(_bad_entry(text))
    return host, None if port == "*" else int(port)


def _bad_entry(text: str) -> str:
    return (
        f"{text!r} in AMENDS_ALLOW_HOSTS is no host, host:port, address or network; "
        "write for example localhost:*, 127.0.0.1:8080 or 10.0.0.0/8."
    )
