"""A channel's settings; ``README.md`` explains each."""

from urllib.parse import urlsplit

import msgspec

from amends.terms import BadInput, Channel

PUBLIC = {"federated": "public", "local": "public:local", "off": ""}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``server`` and ``streaming`` are addresses without a path; the lists are comma-separated."""

    server: str = ""
    streaming: str = ""
    stream: str = ""
    public: str = "federated"
    hashtags: str = ""
    lists: str = ""
    poll_seconds: float = 5.0
    begin_hours: float = 24.0

    @property
    def base(self) -> str:
        return self.server.rstrip("/")

    @property
    def streams(self) -> list[str]:
        """The names of the streams to follow, as Mastodon names them, with their argument."""
        return _split(self.stream)

    @property
    def tags(self) -> list[str]:
        return [tag.lstrip("#") for tag in _split(self.hashtags) if tag.lstrip("#")]

    @property
    def list_ids(self) -> list[str]:
        return _split(self.lists)


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend.

    Where no server is set, it is the one of the handle (``name@server``).
    """
    given = {name: value.strip() for name, value in channel.settings.items() if value.strip()}
    unknown = sorted(set(given) - set(Settings.__struct_fields__))
    if unknown:
        known = ", ".join(Settings.__struct_fields__)
        raise BadInput(f"Mastodon has no setting {unknown[0]!r}; it has {known}.")
    if "server" not in given and "@" in channel.handle.lstrip("@"):
        given["server"] = "https://" + channel.handle.rpartition("@")[2]
    _check(given)
    return msgspec.convert(given, Settings, strict=False)


def _check(given: dict[str, str]) -> None:
    for name, schemes in (("server", ("http", "https")), ("streaming", ("ws", "wss"))):
        if name in given or name == "server":
            check_address(name, given.get(name, ""), schemes)
    if given.get("public", "off") not in PUBLIC:
        raise BadInput(f"public is {given['public']!r}; write {', '.join(PUBLIC)}.")
    for stream in _split(given.get("stream", "")):
        check_stream(stream)
    for name in ("poll_seconds", "begin_hours"):
        if name in given and not _positive(given[name]):
            raise BadInput(f"{name} is {given[name]!r}; write a number above 0.")


def check_stream(name: str) -> None:
    """Raise ``BadInput`` for what is no stream: user, public, public:local, hashtag:…, list:…"""
    kind, colon, argument = name.partition(":")
    plain = name in ("user", "public", "public:local", "public:remote")
    if not plain and not (kind in ("hashtag", "list") and colon and argument):
        told = "user, public, public:local, hashtag:name or list:id"
        raise BadInput(f"There is no stream {name!r} on Mastodon; write {told}.")


def check_address(name: str, address: str, schemes: tuple[str, ...]) -> None:
    """Raise ``BadInput`` for what is no address without a path."""
    try:
        parts = urlsplit(address)
        right = parts.scheme in schemes and bool(parts.hostname) and parts.path in ("", "/")
    except ValueError:
        right = False
    if not right or parts.query or parts.fragment:
        msg = f"{name} is {address!r}; write it like {schemes[-1]}://mastodon.example."
        raise BadInput(msg)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _positive(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False
