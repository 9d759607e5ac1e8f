"""Where we go and where not (hostile world: server-side request forgery)."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from amends.outbound import Outbound, Refused
from amends.outbound.addresses import AllowList, is_public
from amends.terms import BadInput

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.0.9",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "198.18.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "100::1",
]
REFUSED = [
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1./",
    "http://127.0.0.1:8080/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fe80::1%25eth0]/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://127\u30020\u30020\u30021/",
    "http://user@example.com/",
    "http://user:secret@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://exam ple.com/",
    "http://example.com/\r\nx: y",
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://example.com/",
    "ws://example.com/",
    "//example.com/",
    "/etc/passwd",
    "http:///x",
    "",
]


async def nowhere(host: str, port: int) -> Sequence[str]:
    pytest.fail(f"{host} was looked up")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_name_that_leads_to_such_an_address_is_refused(address: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8", address]

    with pytest.raises(Refused, match="AMENDS_ALLOW_HOSTS") as caught:
        await Outbound(resolve=resolve).request("GET", "http://innocent.example/")
    assert not caught.value.sent


@pytest.mark.parametrize("url", REFUSED)
async def test_spelling_is_refused_unresolved(url: str) -> None:
    with pytest.raises(Refused):
        await Outbound(resolve=nowhere).request("GET", url)


@pytest.mark.parametrize("url", REFUSED)
async def test_sdk_client_refuses_the_same(url: str) -> None:
    outbound = Outbound(resolve=nowhere)
    async with outbound.sdk_client() as client:
        try:
            built = client.build_request("GET", url)
        except Exception:  # noqa: BLE001 (httpx refuses some itself, in several ways)
            return
        with pytest.raises(Refused):
            await client.send(built)


def permits(entries: str, host: str, port: int, address: str) -> bool:
    return AllowList(entries.split()).permits(host, port, ip_address(address))


def test_allow_list_entries() -> None:
    assert permits("localhost:*", "localhost", 99, "127.0.0.1")
    assert permits("localhost", "LOCALHOST.", 99, "::1")
    assert permits("pds.internal:8080", "pds.internal", 8080, "10.0.0.7")
    assert permits("10.0.0.0/8", "any.example", 443, "10.9.9.9")
    assert permits("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1")
    assert permits("[::1]:8080", "::1", 8080, "::1")
    assert permits("fd00::/8", "any.example", 443, "fd12::1")
    assert permits("127.0.0.0/8", "::ffff:127.0.0.1", 80, "::ffff:127.0.0.1")
    assert permits("169.254.169.254", "169.254.169.254", 80, "169.254.169.254")


def test_allow_list_allows_no_more_than_it_says() -> None:
    assert not permits("pds.internal:8080", "pds.internal", 8081, "10.0.0.7")
    assert not permits("pds.internal", "evil.pds.internal", 80, "10.0.0.7")
    assert not permits("127.0.0.1:8080", "127.0.0.1", 80, "127.0.0.1")
    assert not permits("10.0.0.0/8", "any.example", 443, "11.0.0.1")
    assert not permits("pds.internal", "pds.internal", 80, "169.254.169.254")
    assert not permits("pds.internal", "pds.internal", 80, "fd00:ec2::254")
    assert not permits("", "localhost", 80, "127.0.0.1")


@pytest.mark.parametrize("entry", ["http://localhost", "a b", "host:port", "host:0", "10.0.0.0/99"])
def test_bad_entry_is_told(entry: str) -> None:
    with pytest.raises(BadInput, match="AMENDS_ALLOW_HOSTS"):
        AllowList([entry])
