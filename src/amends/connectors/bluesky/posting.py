"""Public replies: written under a key of our own, so that writing one twice posts once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from amends.connectors.bluesky.api import Api, Json
from amends.connectors.bluesky.compose import Resolve, find_facets, record_key
from amends.connectors.bluesky.errors import Refusal
from amends.connectors.bluesky.translate import POSTS, read_time, read_uri, web_address
from amends.connectors.calling import Effect
from amends.connectors.pictures import size_of
from amends.terms import ConnectorError, Published


async def publish(
    api: Api,
    text: str,
    *,
    post_id: str,
    attempt: str,
    resolve: Resolve,
    now: datetime,
    media: Sequence[str] = (),
) -> Published:
    """Reply to ``post_id``. What an earlier try with ``attempt`` posted is returned as it is.

    The record is put with ``swapRecord: null``, which a PDS takes only while the key is free:
    creating it anew would answer 500 there, putting it plainly would edit the post.
    """
    await api.sign_in()
    record: Json = {
        "$type": POSTS,
        "text": text,
        "createdAt": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reply": await _reply(api, post_id),
    }
    facets = await find_facets(text, resolve)
    if facets:
        record["facets"] = facets
    if media:
        images = [msgspec.json.decode(one) for one in media]
        record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    key = record_key(api.did, attempt)
    data: Json = {"repo": api.did, "collection": POSTS, "rkey": key, "record": record}
    try:
        await api.procedure(
            "com.atproto.repo.putRecord", {**data, "swapRecord": None}, effect=Effect.REPEATABLE
        )
    except Refusal as refusal:
        earlier = await find(api, attempt) if refusal.name == "InvalidSwap" else None
        if earlier is None:
            raise
        return earlier
    return _published(api, key, now)


async def upload(api: Api, content: bytes, *, kind: str, alt: str) -> str:
    """What a post says of a picture that our PDS holds now, as JSON. A PDS forgets pictures that
    no post names."""
    answer = await api.blob("com.atproto.repo.uploadBlob", content, kind=kind)
    blob = answer.get("blob")
    if not isinstance(blob, dict):
        msg = "Bluesky took the picture and did not say what it is called; attach it again."
        raise ConnectorError(msg)
    width, height = size_of(content)
    ratio = {"width": width, "height": height}
    return msgspec.json.encode({"alt": alt, "image": blob, "aspectRatio": ratio}).decode()


async def find(api: Api, attempt: str) -> Published | None:
    """The reply that an attempt posted; None where there is none."""
    await api.sign_in()
    key = record_key(api.did, attempt)
    record = await _record(api, f"at://{api.did}/{POSTS}/{key}")
    if record is None:
        return None
    value = record.get("value")
    created = read_time(value.get("createdAt")) if isinstance(value, dict) else None
    if created is None:
        msg = "The reply is on Bluesky, but its time cannot be read; look at it there."
        raise ConnectorError(msg)
    return _published(api, key, created)


async def _reply(api: Api, post_id: str) -> Json:
    """The strong references of a reply: the thread's first post and the one that is answered."""
    answer = await api.query("app.bsky.feed.getPosts", {"uris": [post_id]})
    posts = answer.get("posts")
    view = posts[0] if isinstance(posts, list) and posts and isinstance(posts[0], dict) else None
    value = view.get("record") if view else None
    if view is None:  # not indexed yet, or hidden from us
        view = await _record(api, post_id)
        value = view.get("value") if view else None
    if view is None or not isinstance(view.get("cid"), str):
        msg = "The post is no longer on Bluesky, so it cannot be answered there."
        raise ConnectorError(msg)
    parent = {"uri": post_id, "cid": view["cid"]}
    earlier = value.get("reply") if isinstance(value, dict) else None
    root = earlier.get("root") if isinstance(earlier, dict) else None
    return {"root": root if isinstance(root, dict) else parent, "parent": parent}


async def _record(api: Api, uri: str) -> Json | None:
    did, collection, key = read_uri(uri)
    params = {"repo": did, "collection": collection, "rkey": key}
    try:
        return await api.query("com.atproto.repo.getRecord", params)
    except Refusal as refusal:
        if refusal.name == "RecordNotFound" or "could not locate" in refusal.reason.lower():
            return None
        raise


def _published(api: Api, key: str, at: datetime) -> Published:
    uri = f"at://{api.did}/{POSTS}/{key}"
    return Published(id=uri, url=web_address(api.did, key, api.handle), at=at)
