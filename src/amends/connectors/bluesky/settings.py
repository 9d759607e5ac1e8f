"""A channel's settings; the defaults are the public network. ``README.md`` explains each."""

from typing import Literal, get_args

import msgspec

from amends.terms import BadInput, Channel

StreamKind = Literal["jetstream-v1", "jetstream-v2", "firehose"]

STREAM_HOSTS: dict[StreamKind, str] = {
    "jetstream-v1": "wss://jetstream2.us-east.bsky.network",
    "jetstream-v2": "wss://jetstream.us-east.bsky.network",
    "firehose": "wss://bsky.network",
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses are without a path; ``poll_seconds`` and ``begin_hours`` are positive."""

    pds: str = "https://bsky.social"
    appview: str = ""
    chat_did: str = "did:web:api.bsky.chat"
    plc: str = "https://plc.directory"
    stream: StreamKind = "jetstream-v1"
    stream_url: str = ""
    poll_seconds: float = 4.0
    begin_hours: float = 24.0

    @property
    def stream_host(self) -> str:
        return (self.stream_url or STREAM_HOSTS[self.stream]).rstrip("/")


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
    given = {name: value.strip() for name, value in channel.settings.items() if value.strip()}
    unknown = sorted(set(given) - set(Settings.__struct_fields__))
    if unknown:
        known = ", ".join(Settings.__struct_fields__)
        msg = f"Bluesky has no setting {unknown[0]!r}; it has {known}."
        raise BadInput(msg)
    if given.get("stream", "firehose") not in get_args(StreamKind):
        msg = f"stream is {given['stream']!r}; write {', '.join(get_args(StreamKind))}."
        raise BadInput(msg)
    for name in ("poll_seconds", "begin_hours"):
        if name in given and not _positive(given[name]):
            msg = f"{name} is {given[name]!r}; write a number above 0."
            raise BadInput(msg)
    return msgspec.convert(given, Settings, strict=False)


def _positive(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False
