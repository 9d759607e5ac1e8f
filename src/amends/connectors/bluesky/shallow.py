"""Answers that hold one post nested so deep that the whole page could not be read.

Anybody may write such a post: fields that no lexicon knows are passed on by everybody. The SDK's
JSON reader gives up at some 200 levels, and with it would go every other post of the page.
"""

import re
from typing import Any

DEEPEST = 60
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def shallow(body: bytes) -> bytes:
    """The JSON with null for whatever lies deeper than ``DEEPEST`` levels."""
    kept: list[bytes] = []
    depth, start = 0, 0
    for token in _TOKENS.finditer(body):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(body[start : token.start()])
        elif mark in (b"]", b"}"):
            if depth == DEEPEST + 1:
                kept.append(b"null")
                start = token.end()
            depth -= 1
    return b"".join([*kept, body[start:]]) if depth <= DEEPEST else body


def shallow_request(**settings: Any) -> Any:
    """The SDK's request object, reading what its own reader would not."""
    from atproto_client.request import AsyncRequest, _parse_response

    def parsed(response: Any) -> Any:
        try:
            return _parse_response(response)
        except ValueError:
            response._content = shallow(response.content)  # noqa: SLF001 (read anew just below)
            return _parse_response(response)

    class Request(AsyncRequest):  # type: ignore[misc]
        async def get(self, *args: Any, **kwargs: Any) -> Any:
            return parsed(await self._send_request("GET", *args, **kwargs))

        async def post(self, *args: Any, **kwargs: Any) -> Any:
            return parsed(await self._send_request("POST", *args, **kwargs))

    return Request(**settings)
