"""A channel's settings; ``README.md`` explains each."""

from urllib.parse import urlsplit

import msgspec

from amends.connectors.x.costs import PRICES
from amends.terms import BadInput, Channel

STREAMS = ("filtered", "activity")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses are without a path; ``budget`` is in US dollars a month, 0 for none."""

    api: str = "https://api.x.com"
    streaming: str = ""
    upload: str = ""
    web: str = "https://x.com"
    stream: str = ""
    poll_seconds: float = 30.0
    begin_hours: float = 1.0
    backfill_minutes: int = 0
    rules: int = 1000
    query_length: int = 512
    limit: int = 280
    budget: float = 0.0
    prices: str = ""

    @property
    def streams(self) -> list[str]:
        return [part.strip() for part in self.stream.split(",") if part.strip()]

    @property
    def price_list(self) -> dict[str, float]:
        """US dollars a call or thing, by kind."""
        return {**PRICES, **_prices(self.prices)}


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
    given = {name: value.strip() for name, value in channel.settings.items() if value.strip()}
    unknown = sorted(set(given) - set(Settings.__struct_fields__))
    if unknown:
        known = ", ".join(Settings.__struct_fields__)
        raise BadInput(f"X has no setting {unknown[0]!r}; it has {known}.")
    for name in ("api", "streaming", "upload", "web"):
        if name in given:
            given[name] = _address(name, given[name])
    _prices(given.get("prices", ""))
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        raise BadInput(f"{name} is {given.get(name, '')!r}; write a number.") from error
    if odd := [one for one in settings.streams if one not in STREAMS]:
        raise BadInput(f"There is no stream {odd[0]!r} on X; write {' or '.join(STREAMS)}.")
    _check_numbers(settings)
    return settings


def _check_numbers(settings: Settings) -> None:
    least = {"poll_seconds": 1.0, "begin_hours": 0.01, "rules": 1, "query_length": 64, "limit": 1}
    least |= {"backfill_minutes": 0, "budget": 0.0}
    for name, smallest in least.items():
        value = getattr(settings, name)
        if not smallest <= value < float("inf"):
            raise BadInput(f"{name} is {value:g}; write at least {smallest:g}.")


def _address(name: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")
    except ValueError:
        right = False
    if not right or "?" in address or "#" in address:
        raise BadInput(f"{name} is {address!r}; write it like https://api.x.com.")
    return address.rstrip("/")


def _prices(text: str) -> dict[str, float]:
    found = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, price = part.partition("=")
        try:
            found[name.strip()] = float(price)
        except ValueError as error:
            raise BadInput(f"prices holds {part!r}; write it like post_read=0.005.") from error
        if name.strip() not in PRICES or not 0 <= found[name.strip()] < 1e6:
            raise BadInput(f"prices holds {part!r}; there are {', '.join(PRICES)}.")
    return found
