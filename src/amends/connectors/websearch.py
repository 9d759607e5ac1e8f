"""Brave's Web Search API: what a search of the web finds, by somebody's own index.

``GET /res/v1/web/search`` with ``X-Subscription-Token``; 20 results at a time, 10 pages. What is left
of the rate limit stands in ``X-RateLimit-*``, a window a number with commas between them.
"""

from datetime import timedelta
from typing import Final

from amends.connectors.calling import Caller, Refusal
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.outbound import Outbound
from amends.terms import AuthError, Clock, ConnectorError

HOST: Final = "https://api.search.brave.com"
AT_ONCE: Final = 20
MOST_PAGES: Final = 3
LATER: Final = timedelta(hours=1)


class WebSearch:
    """One key. Raises ``ConnectorError`` and its kin: ``AuthError`` for a key that is not taken."""

    def __init__(self, key: str, outbound: Outbound, clock: Clock, *, host: str = HOST) -> None:
        self._host = host.rstrip("/")
        self._key = key
        self._caller = Caller("Brave Search", outbound, clock)
        self._caller.hidden = [key]

    async def page(self, query: str, number: int, *, country: str = "") -> tuple[list[str], bool]:
        """The addresses of a page of results, the first being 0, and whether there are more."""
        params: dict[str, str | int] = {
            "q": query, "count": AT_ONCE, "offset": number,
            "result_filter": "web", "safesearch": "off", "spellcheck": 0,
        }  # fmt: skip
        if country:
            params["country"] = country
        try:
            answer = await self._caller.call(
                "GET",
                f"{self._host}/res/v1/web/search",
                headers={"X-Subscription-Token": self._key, "Accept": "application/json"},
                params=params,
            )
        except Refusal as refusal:
            raise _named(refusal) from refusal
        said = mapping_of(answer.value)
        if text_of(said.get("type")) != "search":
            raise ConnectorError("Brave Search answered something else; check the address.")
        found = mappings_of(mapping_of(said.get("web")).get("results"))
        more = mapping_of(said.get("query")).get("more_results_available") is True
        return [url for one in found if (url := text_of(one.get("url")))], more


def _named(refusal: Refusal) -> ConnectorError:
    """The key is refused with 403, and with 422 where it is none at all."""
    error = mapping_of(mapping_of(refusal.value).get("error"))
    code = str(error.get("code"))
    if refusal.status == 403 or "TOKEN" in code:
        return AuthError("Brave Search does not take the key. Put a valid one in under Set-up.")
    detail = text_of(error.get("detail"))
    return ConnectorError(f"Brave Search refused: {detail[:200]}") if detail else refusal
