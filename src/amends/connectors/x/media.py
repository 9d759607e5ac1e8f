"""Pictures attached to what we write."""

import hashlib

from amends.connectors.calling import Effect, multipart
from amends.connectors.fields import mapping_of, text_of
from amends.connectors.x.api import Api
from amends.terms import ConnectorError


async def upload(api: Api, content: bytes, *, kind: str, alt: str) -> str:
    """The id of a picture, to be posted within a day. ``kind`` is its media type."""
    boundary = hashlib.sha256(content).hexdigest()[:32]
    parts: list[tuple[str, str | None, str, bytes]] = [
        ("media", "picture", kind, content),
        ("media_category", None, "", b"tweet_image"),
        ("media_type", None, "", kind.encode()),
    ]
    host = api.settings.upload or api.settings.api
    answer = await api.ask(
        "POST",
        "/2/media/upload",
        effect=Effect.SAFE,
        host=host,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        content=multipart(parts, boundary),
    )
    told = mapping_of(mapping_of(answer.value).get("data"))
    found = text_of(told.get("id"))
    if found is None:
        msg = "X took the picture and gave it no id; attach it again."
        raise ConnectorError(msg)
    if alt:
        described = {"id": found, "metadata": {"alt_text": {"text": alt[:1000]}}}
        await api.ask("POST", "/2/media/metadata", effect=Effect.SAFE, json=described, host=host)
    return found
