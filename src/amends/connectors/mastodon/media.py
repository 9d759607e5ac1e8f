"""Pictures and other files attached to what we write."""

import hashlib
from collections.abc import Awaitable, Callable

from amends.connectors.calling import Answer, Effect, multipart
from amends.connectors.fields import mapping_of, text_of
from amends.connectors.mastodon.api import Api
from amends.connectors.mastodon.posting import path_part
from amends.terms import ConnectorError

_CHECKS = 30
_PAUSE = 1.0  # seconds, growing to five
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


async def upload(
    api: Api, content: bytes, *, kind: str, alt: str, sleep: Callable[[float], Awaitable[None]]
) -> str:
    """The id of an attachment that is ready to be posted. ``kind`` is its media type.

    A server that has taken the file but not worked through it answers 202, and is asked again.
    Raises ``ConnectorError`` and its kin.
    """
    boundary = hashlib.sha256(content).hexdigest()[:32]
    name = f"file.{_ENDINGS.get(kind, 'bin')}"
    parts: list[tuple[str, str | None, str, bytes]] = [("file", name, kind, content)]
    if alt:
        parts.append(("description", None, "", alt.encode()))
    answer = await api.ask(
        "POST",
        "/api/v2/media",
        effect=Effect.SAFE,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        content=multipart(parts, boundary),
    )
    found = text_of(mapping_of(answer.value).get("id"))
    if found is None:
        msg = "Mastodon took the file and gave it no id; attach it again."
        raise ConnectorError(msg)
    if not _ready(answer):
        await _until_ready(api, found, sleep)
    return found


async def _until_ready(api: Api, found: str, sleep: Callable[[float], Awaitable[None]]) -> None:
    for check in range(_CHECKS):
        await sleep(min(5.0, _PAUSE + check / 4))
        if _ready(await api.ask("GET", f"/api/v1/media/{path_part(found)}")):
            return
    msg = "Mastodon is still working through the file; take a smaller one, or leave it out."
    raise ConnectorError(msg)


def _ready(answer: Answer) -> bool:
    """202 and 206 say that it is not; until it is, the attachment has no address."""
    return answer.status == 200 and text_of(mapping_of(answer.value).get("url")) is not None
