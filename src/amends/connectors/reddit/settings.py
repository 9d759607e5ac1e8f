"""A channel's settings; ``README.md`` explains each."""

import re

import msgspec

from amends.connectors.mastodon.settings import check_address
from amends.terms import BadInput, Channel

_SUBREDDIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{1,20}|u_[A-Za-z0-9_-]{3,20}")
_TOGETHER = 50  # subreddits that are read as one list


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``oauth_url`` serves the API, ``reddit_url`` signs in and is where people read."""

    handle: str
    oauth_url: str = "https://oauth.reddit.com"
    reddit_url: str = "https://www.reddit.com"
    user_agent: str = ""
    subreddits: str = ""
    search: str = "on"
    poll_seconds: float = 30.0
    begin_hours: float = 24.0

    @property
    def agent(self) -> str:
        """As Reddit wants it: platform, name, version, and who answers for it."""
        who = f"by /u/{self.handle}" if self.handle else "connecting"
        return self.user_agent or f"server:org.amends.desk:v0.1 ({who})"

    @property
    def groups(self) -> list[str]:
        """Names of subreddits joined by a plus, as many together as are read as one list."""
        names = sorted(set(_names(self.subreddits)), key=str.lower)
        return ["+".join(names[at : at + _TOGETHER]) for at in range(0, len(names), _TOGETHER)]


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
    given = {name: value.strip() for name, value in channel.settings.items() if value.strip()}
    known = [name for name in Settings.__struct_fields__ if name != "handle"]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadInput(f"Reddit has no setting {unknown[0]!r}; it has {', '.join(known)}.")
    for name in ("oauth_url", "reddit_url"):
        if name in given:
            check_address(name, given[name], ("http", "https"))
            given[name] = given[name].rstrip("/")
    check_subreddits(given.get("subreddits", ""))
    if given.get("search", "on") not in ("on", "off"):
        raise BadInput(f"search is {given['search']!r}; write on or off.")
    agent = given.get("user_agent", "descriptive")
    if len(agent) < 7 or not agent.isascii() or not agent.isprintable():
        raise BadInput(f"user_agent is {agent!r}; write at least seven plain letters.")
    try:
        told = {**given, "handle": account_name(channel.handle)}
        settings = msgspec.convert(told, Settings, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        raise BadInput(f"{name} is {given.get(name, '')!r}; write a number.") from error
    for name, least in (("poll_seconds", 1.0), ("begin_hours", 0.01)):
        if not least <= getattr(settings, name) < 1e6:
            raise BadInput(f"{name} is {getattr(settings, name):g}; write at least {least:g}.")
    return settings


def check_subreddits(text: str) -> None:
    """Raise ``BadInput`` for a name that no subreddit has."""
    for name in _names(text):
        if not _SUBREDDIT.fullmatch(name):
            raise BadInput(f"subreddits holds {name[:60]!r}; write names such as travel, luggage.")


def account_name(text: str) -> str:
    """A name as Reddit shows it, without ``u/`` in front."""
    return re.sub(r"^/?u/|^@", "", text.strip(), flags=re.IGNORECASE)


def _names(text: str) -> list[str]:
    parts = re.split(r"[,+\s]+", text)
    return [re.sub(r"^/?r/", "", part, flags=re.IGNORECASE) for part in parts if part]
