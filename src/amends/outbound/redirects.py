"""What to ask next when a server answers with a redirect."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx2

from amends.outbound.dialing import checked_url, place, port_of
from amends.outbound.errors import Refused
from amends.outbound.response import Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Any other header may be a credential under some name, so a new origin gets these alone.
_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; header names in lower case."""

    method: str
    url: httpx2.URL
    headers: Mapping[str, str]
    content: bytes | None


def next_request(asked: Asked, response: Response) -> Asked | None:
    """The request a redirect asks for, None where the answer is no redirect.

    Raises ``Refused`` for a redirect from https to http, and for one that would carry a body to
    another origin.
    """
    target = response.headers.get("location")
    if response.status not in _REDIRECTS or not target:
        return None
    url = checked_url(urljoin(str(asked.url), target))
    if asked.url.scheme == "https" and url.scheme != "https":
        msg = f"{place(asked.url)} redirects to an address without encryption; it was not followed."
        raise Refused(msg, sent=True)
    method, content = _method(asked, response.status)
    if _origin(url) == _origin(asked.url):
        return Asked(method, url, _without_body(asked.headers, content), content)
    if content is not None:
        msg = f"{place(asked.url)} redirects a sent text to another server; it was not followed."
        raise Refused(msg, sent=True)
    kept = {name: value for name, value in asked.headers.items() if name in _HARMLESS}
    return Asked(method, url, kept, None)


def _method(asked: Asked, status: int) -> tuple[str, bytes | None]:
    if status in (307, 308) or asked.method in ("GET", "HEAD"):
        return asked.method, asked.content
    if status == 303 or asked.method == "POST":
        return "GET", None
    return asked.method, asked.content


def _without_body(headers: Mapping[str, str], content: bytes | None) -> Mapping[str, str]:
    if content is not None:
        return headers
    return {name: value for name, value in headers.items() if not name.startswith("content-")}


def _origin(url: httpx2.URL) -> tuple[str, bytes, int]:
    return url.scheme, url.raw_host, port_of(url)
